"""What drug lists and knowledge graphs say of drugs in conditions, without a trial: for what, and what failed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, cast

from onepill.registries.entities.targets import symbols_of
from onepill.workbench.landscape.names import Names, Row, rows_of

if TYPE_CHECKING:
    from onepill.store.warehouse import Reader

Saying = Literal["listed", "treats", "studied_for", "prevents", "failed_on"]
_LISTED = """
    SELECT source, record_id, drug_name, stage, unnest(indications) AS term FROM drug
    WHERE indications IS NOT NULL AND drug_name IS NOT NULL ORDER BY source, record_id, ordinal
"""
_RELATIONS = """
    SELECT source, record_id, subject, relation, object, stage, year, failure_mode, failure_scope, failed_in
    FROM relation WHERE relation IN ('treats', 'studied_for', 'prevents', 'failed_on') AND NOT is_derived
    ORDER BY source, record_id, ordinal
"""
_CONCEPTS = "SELECT source, drug_name, alias FROM alias WHERE record_id LIKE 'concept:%' ORDER BY record_id, ordinal"
WHOLE_PROGRAMME = "program-death"
"""The source's word for a failure that ended all of a drug's development."""


@dataclass(frozen=True)
class Claim:
    """One statement of a source about a drug.

    Attributes:
        indication_id: empty where no condition is told or known.
        stage: in the source's words.
        targets: of a failure, the targets that it is said of; else empty, for what is known of the drug.
        year, mode, scope, words: of a failure: when, why, what failed, and in what, in the source's words.
        record_id: `source:record`. known_on: the day from which the warehouse knows it.
    """

    drug_id: str
    indication_id: str
    saying: Saying
    stage: str
    record_id: str
    known_on: date
    targets: tuple[str, ...] = ()
    year: int | None = None
    mode: str = ""
    scope: str = ""
    words: str = ""


def gather_claims(reader: Reader, names: Names, day_of: Mapping[tuple[str, str], date]) -> tuple[Claim, ...]:
    """All claims of the warehouse whose drug is known; one without a known condition only where it tells a failure."""
    found = [*_listed(reader, names, day_of), *_related(reader, names, day_of)]
    return tuple(dict.fromkeys(found))


def _listed(reader: Reader, names: Names, day_of: Mapping[tuple[str, str], date]) -> Iterator[Claim]:
    for row in rows_of(reader, _LISTED):
        key = (row["source"], row["record_id"])
        for drug_id in names.drug_ids(row["drug_name"]):
            for condition_id in names.condition_ids(row["term"]):
                yield Claim(drug_id, condition_id, "listed", row["stage"] or "", ":".join(key), day_of[key])


def _related(reader: Reader, names: Names, day_of: Mapping[tuple[str, str], date]) -> Iterator[Claim]:
    concepts = defaultdict(list)
    for row in rows_of(reader, _CONCEPTS):
        concepts[row["source"], row["drug_name"]].append(row["alias"])
    every = list(rows_of(reader, _RELATIONS))
    studied: dict[str, dict[str, None]] = defaultdict(dict)
    for row in (row for row in every if row["relation"] != "failed_on"):
        key = (row["source"], row["record_id"])
        texts = [row["object"].replace("-", " "), *concepts[row["source"], row["object"]]]
        conditions = _first_known(texts, names)
        for drug_id in names.drug_ids(row["subject"]):
            for one in conditions:
                studied[drug_id][one] = None
                saying = cast("Saying", row["relation"])
                yield Claim(drug_id, one, saying, row["stage"] or "", ":".join(key), day_of[key])
    for row in (row for row in every if row["relation"] == "failed_on"):
        for drug_id in names.drug_ids(row["subject"]):
            yield from _failures(row, drug_id, names, studied[drug_id], day_of)


def _failures(
    row: Row, drug_id: str, names: Names, studied: Iterable[str], day_of: Mapping[tuple[str, str], date]
) -> Iterator[Claim]:
    """In the condition that is told; where none is known and the whole programme ended, in all that it was for."""
    told = names.condition_ids(row["failed_in"]) if row["failed_in"] else ()
    ended = tuple(studied) if row["failure_scope"] == WHOLE_PROGRAMME else ()
    key = (row["source"], row["record_id"])
    for condition_id in told or ended or ("",):
        yield Claim(
            drug_id=drug_id,
            indication_id=condition_id,
            saying="failed_on",
            stage="",
            record_id=":".join(key),
            known_on=day_of[key],
            targets=symbols_of(row["object"]),
            year=row["year"],
            mode=row["failure_mode"] or "",
            scope=row["failure_scope"] or "",
            words=row["failed_in"] or "",
        )


def _first_known(texts: Iterable[str], names: Names) -> tuple[str, ...]:
    return next((found for text in texts if (found := names.condition_ids(text))), ())
