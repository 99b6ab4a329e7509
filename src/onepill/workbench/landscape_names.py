"""Which drug, condition and company the texts of a warehouse name: each distinct text is linked once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from onepill.registries.entities import (
    Company,
    CompanyBook,
    ConditionBook,
    Corrections,
    DrugBook,
    DrugLinker,
    Link,
    TargetBook,
    aliases_from_rows,
    condition_book_from_rows,
    packaged_aliases,
)
from onepill.registries.entities.drug_names import code_key
from onepill.registries.entities.text import slug

if TYPE_CHECKING:
    from onepill.store.warehouse import Reader

Row = dict[str, Any]
NAME_SOURCES = ["repurposing_hub", "pharma_space"]
"""Sources whose drugs and aliases name substances; registers list anything under `other names`."""
APPROVAL_NAMES = ["fda_nme", "purple_book", "ema"]
"""Sources of approvals whose substances and brands the labelled sample of links was measured with."""

_NAMES: tuple[tuple[str, str, tuple[object, ...]], ...] = (
    ("drug", "SELECT source, record_id, drug_name FROM drug WHERE list_contains(?, source)", (NAME_SOURCES,)),
    (
        "alias",
        "SELECT source, record_id, drug_name, alias, alias_kind FROM alias WHERE list_contains(?, source)",
        (NAME_SOURCES,),
    ),
    ("vocabulary", "SELECT source, record_id, vocabulary, term FROM vocabulary WHERE vocabulary = 'atc'", ()),
    (
        "approval",
        "SELECT source, record_id, substance, drug_name FROM approval "
        "WHERE is_human AND substance IS NOT NULL AND list_contains(?, source)",
        (APPROVAL_NAMES,),
    ),
)
"""Where names of drugs stand."""
_CONDITIONS = """
    SELECT source, record_id, vocabulary, kind, term, tree_number, mapped_id, mapped_term FROM vocabulary
    WHERE vocabulary IN ('mesh', 'mondo_efo') ORDER BY record_id, ordinal
"""


@dataclass
class Linked:
    """What became of the distinct texts of one kind: accepted, uncertain, own_code, no_drug, unknown, no_condition."""

    texts: Counter[str] = field(default_factory=Counter)


def rows_of(reader: Reader, sql: str, given: Iterable[object] = ()) -> Iterator[Row]:
    """The rows of a question as dicts, some thousand at a time."""
    cursor = reader.connection.execute(sql, list(given))
    names = [column[0] for column in cursor.description]
    while batch := cursor.fetchmany(10_000):
        for row in batch:
            yield dict(zip(names, row, strict=True))


def drug_book(reader: Reader) -> DrugBook:
    """The drugs that the packaged tables and the warehouse's drug sources and approvals name.

    Trial records teach no name, so that a record loaded later never changes what an earlier text is linked to.
    """
    found = [
        alias for table, sql, given in _NAMES for alias in aliases_from_rows(table, rows_of(reader, sql, list(given)))
    ]
    return DrugBook([*packaged_aliases(), *found])


def condition_book(reader: Reader, corrections: Corrections | None = None) -> ConditionBook:
    """The conditions of MeSH, MONDO and EFO, as far as they are loaded."""
    return condition_book_from_rows(rows_of(reader, _CONDITIONS), corrections)


def target_book(reader: Reader, book: DrugBook, corrections: Corrections | None = None) -> TargetBook:
    """Targets, mechanisms and modalities that the loaded sources claim, and those that stems of names tell."""
    return TargetBook(
        book,
        targets=rows_of(reader, "SELECT source, record_id, drug_name, target, action FROM target"),
        mechanisms=rows_of(reader, "SELECT source, record_id, drug_name, mechanism FROM mechanism"),
        modalities=rows_of(reader, "SELECT source, record_id, drug_name, modality FROM drug WHERE modality <> ''"),
        atc=list(rows_of(reader, "SELECT source, record_id, term FROM vocabulary WHERE vocabulary = 'atc'")),
        corrections=corrections,
    )


class Names:
    """Links of texts, each made once; what is uncertain or unknown is counted and not used."""

    def __init__(self, drugs: DrugLinker, conditions: ConditionBook, companies: CompanyBook) -> None:
        self._drugs, self.conditions, self._companies = drugs, conditions, companies
        self._drug_ids: dict[str, tuple[str, ...]] = {}
        self._condition_ids: dict[str, tuple[str, ...]] = {}
        self._company: dict[str, Company] = {}
        self.linked = {"drug": Linked(), "condition": Linked()}
        self.drug_names: dict[str, str] = {}
        self.sponsor_names: dict[str, str] = {}

    def drug_ids(self, text: str) -> tuple[str, ...]:
        """Drugs that the text surely names; a company's code that no table has is a drug of its own."""
        found = self._drug_ids.get(text)
        if found is None:
            found = self._drug_ids[text] = self._link_drug(text)
        return found

    def condition_ids(self, text: str) -> tuple[str, ...]:
        """Conditions that the text surely names."""
        found = self._condition_ids.get(text)
        if found is None:
            links = self.conditions.link(text)
            # A correction may name a condition whose source was forgotten since.
            known = self.conditions.conditions
            sure = (link.entity_id for link in links if link.status == "accepted" and link.entity_id in known)
            found = tuple(dict.fromkeys(sure))
            kind = "accepted" if found else "uncertain" if _any_uncertain(links) else "unknown"
            self.linked["condition"].texts[kind] += 1
            self._condition_ids[text] = found
        return found

    def company(self, text: str) -> Company:
        """The company that a sponsor's text names; an unlisted one goes by its own name."""
        found = self._company.get(text)
        if found is None:
            found = self._company[text] = self._companies.company(text)
            if found.company_id:
                self.sponsor_names.setdefault(found.company_id, found.name)
        return found

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """Distinct texts by kind and by what became of them."""
        return {kind: dict(sorted(linked.texts.items())) for kind, linked in self.linked.items()}

    def _link_drug(self, text: str) -> tuple[str, ...]:
        links, found = self._drugs.link(text), {}
        for link in links:
            if link.status == "accepted":
                found[link.entity_id] = link.name
        kind = "accepted" if found else "uncertain" if _any_uncertain(links) else ""
        if not kind:
            found = _own_codes(links)
            kind = "own_code" if found else "no_drug" if _says_no_drug(links) else "unknown"
        self.linked["drug"].texts[kind] += 1
        self.drug_names.update(found)
        return tuple(found)


def _own_codes(links: Iterable[Link]) -> dict[str, str]:
    """Codes such as SHR-1234 that no table has: surely a drug, of which nothing else is known."""
    keys = [link.name for link in links if link.evidence.rule == "drug.unknown" and code_key(link.name)]
    return {slug(code_key(key)): key.upper() for key in keys}


def _any_uncertain(links: Iterable[Link]) -> bool:
    return any(link.status == "uncertain" for link in links)


def _says_no_drug(links: Iterable[Link]) -> bool:
    return all(link.evidence.rule.startswith("drug.not_a_drug") for link in links)
