"""Company codes that registers put beside a drug's name: `Copanlisib (BAY80-6946)`, or a code among other names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from onepill.registries.entities.aliases import Alias
from onepill.registries.entities.drug_linker import DrugLinker
from onepill.registries.entities.drug_names import code_key, inside_and_outside
from onepill.registries.entities.links import ACCEPTED_AT
from onepill.registries.entities.splitting import split_names

LEAST_SHARE = 0.75
"""A code that stands beside several drugs is taken for the one that holds this share of its records, else for none."""
_NOT_OF_THE_DRUG = ("ind", "ndc", "nct")
"""Numbers of applications, packages and trials."""
_FIRM_RULES = frozenset({"drug.name", "drug.form", "drug.salt", "drug.own_name"})


def learned_aliases(rows: Iterable[Mapping[str, Any]], linker: DrugLinker) -> tuple[Alias, ...]:
    """Codes of named drugs out of `intervention` rows of the one table model.

    A row counts where its name without brackets is exactly one drug by a literal rule; codes are read from its brackets
    and from `other_names`. Codes that the book already knows are left out.

    Returns:
        Aliases of kind `code`, sorted; the record is the first one that shows the pair.
    """
    records: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    spelt: dict[str, str] = {}
    names: dict[str, str] = {}
    sources: dict[str, str] = {}
    for row in rows:
        outside, codes = inside_and_outside(str(row["name"]))
        drug = _only_drug(outside, linker)
        if drug is None:
            continue
        for code in _codes((*codes, *(row.get("other_names") or ()))):
            key = code_key(code)
            if not linker.book.hits(key):
                records[key][drug[0]].add(str(row["record_id"]))
                spelt[key], names[drug[0]] = min(code, spelt.get(key, code)), drug[1]
                sources[key] = min(str(row["source"]), sources.get(key, str(row["source"])))
    found = []
    for key, of_drug in records.items():
        drug_id, own = max(of_drug.items(), key=lambda item: (len(item[1]), item[0]))
        if len(own) >= LEAST_SHARE * sum(len(others) for others in of_drug.values()):
            found.append(Alias(names[drug_id], spelt[key], "code", sources[key], min(own)))
    return tuple(sorted(found, key=lambda alias: (alias.drug, alias.alias)))


def _only_drug(outside: str, linker: DrugLinker) -> tuple[str, str] | None:
    if not outside or code_key(outside):
        return None
    links = linker.link(outside)
    if len(links) != 1 or links[0].score < ACCEPTED_AT or links[0].evidence.rule not in _FIRM_RULES:
        return None
    return links[0].entity_id, links[0].name


def _codes(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for part in split_names(text):
            key = code_key(part)
            if key and not key.startswith(_NOT_OF_THE_DRUG):
                yield part.upper()
