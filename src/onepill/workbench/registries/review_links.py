"""Every text of a warehouse that the landscape links, with its links and how often it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from onepill.core.errors import InputError
from onepill.registries.entities import (
    CompanyBook,
    Corrections,
    DrugLinker,
    Evidence,
    Link,
    Linked,
    TargetBook,
    TargetClaim,
    linked,
)
from onepill.registries.roles import DRUG_TYPES
from onepill.workbench.landscape.names import condition_book, drug_book, rows_of, target_book

if TYPE_CHECKING:
    from pathlib import Path

    from onepill.store.warehouse import Reader

KINDS = ("drug", "company", "condition", "target")
_OF_DRUGS = """
    SELECT name AS text, count(DISTINCT source || ':' || record_id) AS uses, min(source || ':' || record_id) AS example
    FROM intervention
    WHERE role = 'investigated' AND name IS NOT NULL AND list_contains(?, intervention_type) GROUP BY name
    UNION ALL
    SELECT trim(part) AS text, count(DISTINCT source || ':' || record_id), min(source || ':' || record_id)
    FROM (SELECT source, record_id, unnest(string_split(substance, ';')) AS part FROM approval WHERE is_human)
    WHERE trim(part) <> '' GROUP BY trim(part)
    ORDER BY text, uses
"""
_OF_CONDITIONS = """
    SELECT term AS text, count(DISTINCT source || ':' || record_id) AS uses, min(source || ':' || record_id) AS example
    FROM condition WHERE kind = 'condition' AND term IS NOT NULL GROUP BY term
    UNION ALL
    SELECT trim(part) AS text, count(DISTINCT source || ':' || record_id), min(source || ':' || record_id)
    FROM (SELECT source, record_id, unnest(string_split(therapeutic_area, ';')) AS part FROM approval WHERE is_human)
    WHERE trim(part) <> '' GROUP BY trim(part)
    ORDER BY text, uses
"""
_OF_COMPANIES = """
    SELECT name AS text, count(DISTINCT source || ':' || record_id) AS uses, min(source || ':' || record_id) AS example
    FROM sponsor WHERE name IS NOT NULL AND sponsor_role IS DISTINCT FROM 'collaborator' GROUP BY name
    UNION ALL
    SELECT company AS text, count(DISTINCT source || ':' || record_id), min(source || ':' || record_id)
    FROM approval WHERE is_human AND company IS NOT NULL GROUP BY company
    ORDER BY text, uses
"""
"""The texts that become evidence, as `landscape_evidence` reads them."""


def refuse_unloaded(reader: Reader, root: Path) -> None:
    """Refuse a warehouse in which nothing is loaded.

    Raises:
        InputError: `review.empty`.
    """
    if not reader.generation.sources:
        hint = "load a register's file first: `onepill registry load ctgov PATH`"
        raise InputError.single("review.empty", f"the warehouse {root} holds nothing", hint=hint, file=str(root))


def every_link(reader: Reader, corrections: Corrections, *, kinds: Collection[str] | None = None) -> Iterator[Linked]:
    """The links of every text of these kinds (all four where none is given), decided ones among them."""
    wanted = set(kinds or KINDS)
    if "condition" in wanted:
        yield from _linked(reader, _OF_CONDITIONS, [], condition_book(reader, corrections).link)
    if "company" in wanted:
        companies = CompanyBook(corrections)
        yield from _linked(reader, _OF_COMPANIES, [], lambda text: (companies.link(text),))
    if wanted & {"drug", "target"}:
        yield from _of_drugs(reader, corrections, wanted)


def _linked(
    reader: Reader, sql: str, given: Iterable[object], link: Callable[[str], tuple[Link, ...]]
) -> Iterator[Linked]:
    for row in rows_of(reader, sql, given):
        yield from linked(link(row["text"]), uses=row["uses"], example=row["example"])


def _of_drugs(reader: Reader, corrections: Corrections, wanted: Collection[str]) -> Iterator[Linked]:
    book = drug_book(reader)
    uses: Counter[str] = Counter()
    names: dict[str, tuple[str, str]] = {}
    for one in _linked(reader, _OF_DRUGS, [sorted(DRUG_TYPES)], DrugLinker(book, corrections).link):
        if "drug" in wanted:
            yield one
        if one.link.status == "accepted":
            for drug_id, name in zip(one.link.entity_id.split("|"), one.link.name.split("|"), strict=True):
                uses[drug_id] += one.uses
                names.setdefault(drug_id, (name, one.example))
    if "target" in wanted:
        targets = target_book(reader, book, corrections)
        for drug_id in sorted(uses):
            name, example = names[drug_id]
            yield from _of_targets(targets, drug_id, name, uses=uses[drug_id], example=example)


def _of_targets(targets: TargetBook, drug_id: str, name: str, *, uses: int, example: str) -> Iterator[Linked]:
    """What is claimed of a drug's targets, where none of it is sure: the text is the drug's name."""
    if targets.targets(drug_id, name=name):
        return
    claims = [claim for claim in targets.claims(drug_id, name=name) if claim.kind == "target"]
    best = [claim for claim in claims if claim.score == claims[0].score]
    if best:
        yield Linked(_as_link(best, name), uses, example)
    else:
        yield Linked(Link("target", name, "", "", 0.0, Evidence("target.unknown")), uses, example)


def _as_link(claims: list[TargetClaim], name: str) -> Link:
    first = claims[0]
    symbols = "|".join(dict.fromkeys(claim.value for claim in claims))
    return Link("target", name, symbols, symbols, first.score, first.evidence)
