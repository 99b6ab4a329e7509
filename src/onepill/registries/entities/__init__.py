"""Which drug, company, condition and target does a free text name, and how is that known?

Pure: names and rows in, links with their evidence out. Nothing here opens a file but its own packaged tables.
"""

from onepill.registries.entities.aliases import Alias, aliases_from_rows, packaged_aliases, programme_aliases
from onepill.registries.entities.book import DrugBook, DrugEntry
from onepill.registries.entities.companies import Company, CompanyBook, company_key, sponsor_class
from onepill.registries.entities.condition_book import Condition, ConditionBook, condition_book_from_rows
from onepill.registries.entities.corrections import (
    Correction,
    Corrections,
    corrections_from_csv,
    corrections_to_csv,
)
from onepill.registries.entities.drug_linker import DrugLinker
from onepill.registries.entities.drug_names import drug_key
from onepill.registries.entities.fuzzy import FuzzyIndex
from onepill.registries.entities.learned import learned_aliases
from onepill.registries.entities.links import ACCEPTED_AT, UNCERTAIN_AT, Evidence, Link, LinkKind, LinkStatus
from onepill.registries.entities.not_drugs import not_a_drug
from onepill.registries.entities.review import Linked, linked, review_rows, review_to_csv
from onepill.registries.entities.splitting import split_names
from onepill.registries.entities.stems import Stem, stems_of
from onepill.registries.entities.targets import TargetBook, TargetClaim

__all__ = [
    "ACCEPTED_AT",
    "UNCERTAIN_AT",
    "Alias",
    "Company",
    "CompanyBook",
    "Condition",
    "ConditionBook",
    "Correction",
    "Corrections",
    "DrugBook",
    "DrugEntry",
    "DrugLinker",
    "Evidence",
    "FuzzyIndex",
    "Link",
    "LinkKind",
    "LinkStatus",
    "Linked",
    "Stem",
    "TargetBook",
    "TargetClaim",
    "aliases_from_rows",
    "company_key",
    "condition_book_from_rows",
    "corrections_from_csv",
    "corrections_to_csv",
    "drug_key",
    "learned_aliases",
    "linked",
    "not_a_drug",
    "packaged_aliases",
    "programme_aliases",
    "review_rows",
    "review_to_csv",
    "split_names",
    "sponsor_class",
    "stems_of",
]
