"""The landscape's world out of a warehouse: made once for a load, kept beside it, and read again in a moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from onepill.core.errors import InputError
from onepill.landscape import DrugRow, World, world_from_columns
from onepill.landscape.columns import EvidenceColumns, evidence_columns
from onepill.registries import TABLES
from onepill.registries.entities import DrugLinker, TargetBook, TargetClaim
from onepill.workbench.landscape_annotations import ALWAYS, annotation_rows
from onepill.workbench.landscape_cache import read_inputs, write_inputs
from onepill.workbench.landscape_claims import Claim, gather_claims
from onepill.workbench.landscape_evidence import Gathered, Key, gather
from onepill.workbench.landscape_names import Names, condition_book, drug_book, rows_of, target_book

if TYPE_CHECKING:
    from onepill.registries.entities import ConditionBook
    from onepill.store.warehouse import Generation, LoadEntry, Reader

HINT = "load a register's file (`onepill registry load ctgov PATH`) or fetch it (`onepill registry sync ctgov`)"


@dataclass(frozen=True, eq=False)
class Inputs:
    """What a generation of the warehouse holds for the landscape.

    Attributes:
        drug_names, sponsor_names: preferred names by id.
        conditions: name and ids above, by id, for the conditions of the evidence and of the claims and those above.
        claims: what drug lists and knowledge graphs say of drugs in conditions; it makes no programme.
        counts: trials and approvals that were used and left out, by reason.
        links: distinct texts of drugs and conditions by what became of them.
        snapshot_day: the newest day that any source of it shows; the day of loading where the source tells none.
    """

    drugs: tuple[DrugRow, ...]
    columns: EvidenceColumns
    drug_names: Mapping[str, str]
    sponsor_names: Mapping[str, str]
    conditions: Mapping[str, tuple[str, tuple[str, ...]]]
    claims: tuple[Claim, ...]
    counts: Mapping[str, int]
    links: Mapping[str, Mapping[str, int]]
    snapshot_day: date


@dataclass(frozen=True, eq=False)
class LoadedWorld:
    """The world with the names of what its ids stand for."""

    root: Path
    generation: int
    inputs: Inputs
    world: World = field(repr=False)


def loaded_world(root: Path) -> LoadedWorld:
    """The world of the warehouse's current generation.

    Linking a generation's texts takes seconds to minutes; what comes of it is kept in the warehouse's folder and used
    again until the next load or the next version of onepill.

    Raises:
        InputError: `landscape.empty` where no trial and no approval can be used.
        MissingExtra: onepill[registry] is not installed.
    """
    from onepill.store.warehouse import current, open_reader

    found = current(root)
    inputs = read_inputs(root, found.number, Inputs)
    if inputs is None:
        with open_reader(root, TABLES) as reader:
            found, inputs = reader.generation, make_inputs(reader, root)
        write_inputs(root, found.number, inputs)
    world = world_from_columns(inputs.drugs, inputs.columns, snapshot_day=inputs.snapshot_day)
    return LoadedWorld(root, found.number, inputs, world)


def make_inputs(reader: Reader, root: Path) -> Inputs:
    """Link every distinct text of the generation once and gather its evidence.

    Raises:
        InputError: `landscape.empty`.
    """
    _refuse_empty(reader, root)
    book, conditions = drug_book(reader), condition_book(reader)
    names, day_of = Names(DrugLinker(book), conditions), _known_days(reader)
    found = gather(reader, names, day_of)
    if not found.rows:
        message = f"the warehouse {root} holds no trial or approval of a drug that is known"
        raise InputError.single("landscape.empty", message, hint=HINT, value=dict(found.counts))
    # Counted before the claims: coverage tells of the texts of trials and approvals.
    links = {kind: dict(of) for kind, of in names.counts().items()}
    claims = gather_claims(reader, names, day_of)
    drugs = sorted({row.drug_id for row in found.rows} | {claim.drug_id for claim in claims})
    return Inputs(
        drugs=tuple(_drug_rows(drugs, found, names, target_book(reader, book), day_of)),
        columns=evidence_columns(found.rows),
        drug_names=names.drug_names,
        sponsor_names=names.sponsor_names,
        conditions=_conditions(
            {row.indication_id for row in found.rows} | {claim.indication_id for claim in claims}, conditions
        ),
        claims=claims,
        counts=dict(sorted(found.counts.items())),
        links=links,
        snapshot_day=max(_shown(load) for state in reader.generation.sources.values() for load in state.loads),
    )


def _refuse_empty(reader: Reader, root: Path) -> None:
    sql = "SELECT EXISTS (FROM trial) OR EXISTS (FROM approval) AS held"
    if reader.connection.execute(sql).fetchone() != (True,):
        message = f"the warehouse {root} holds no trials and no approvals"
        raise InputError.single("landscape.empty", message, hint=HINT, file=str(root))


def _drug_rows(
    drugs: Iterable[str], found: Gathered, names: Names, book: TargetBook, day_of: Mapping[Key, date]
) -> Iterable[DrugRow]:
    origins = _origins(found)
    known = _day_of_claim(day_of)
    for drug_id in drugs:
        name = names.drug_names[drug_id]
        claims = book.claims(drug_id, name=name)
        yield from annotation_rows(drug_id, claims, known, name=name, origin=origins.get(drug_id))


def _day_of_claim(day_of: Mapping[Key, date]) -> Callable[[TargetClaim], date]:
    def day(claim: TargetClaim) -> date:
        return day_of.get((claim.evidence.source, claim.evidence.record), ALWAYS)

    return day


def _origins(found: Gathered) -> dict[str, tuple[str, date]]:
    """The country of a drug's first industry sponsor, and the day from which it is taken for the drug's origin.

    Not for a drug that was approved before its first trial on record. Where a source lists it as approved without a
    day, a dated approval after that trial must show that it was new.
    """
    dated: dict[str, date] = {}
    undated: set[str] = set()
    for row in found.rows:
        if row.stage == "approval" and row.day is not None:
            dated[row.drug_id] = min(row.day, dated.get(row.drug_id, row.day))
        elif row.stage == "approval":
            undated.add(row.drug_id)
    told: dict[str, tuple[str, date]] = {}
    for drug_id, (day, countries) in found.first_trial.items():
        country = next(iter(countries)) if len(countries) == 1 else ""
        approved = dated.get(drug_id, date.max)
        if country and approved > day and (drug_id not in undated or drug_id in dated):
            told[drug_id] = (country, approved if drug_id in undated else day)
    return told


def _conditions(named: set[str], book: ConditionBook) -> dict[str, tuple[str, tuple[str, ...]]]:
    used = named - {""}
    above = {one: book.ancestors(one) for one in used}
    every = used.union(*above.values()) if used else used
    return {one: (book.conditions[one].name, above.get(one, book.ancestors(one))) for one in sorted(every)}


def _known_days(reader: Reader) -> dict[Key, date]:
    """For each record of a drug source the day from which this version of it was known to the warehouse: that of the
    load that first brought it, or an earlier one that a later load of the same version was said to show.
    """
    shown = days_of_loads(reader.generation)
    sql = """SELECT r.source, r.record_id, r.first_generation, r.first_snapshot FROM record r
        WHERE r.is_current AND r.source IN (
            SELECT source FROM target UNION SELECT source FROM mechanism UNION SELECT source FROM drug
            UNION SELECT source FROM relation
            UNION SELECT source FROM vocabulary WHERE vocabulary = 'atc')"""
    return {
        (row["source"], row["record_id"]): min(
            shown[row["source"], row["first_generation"]], row["first_snapshot"] or date.max
        )
        for row in rows_of(reader, sql)
    }


def days_of_loads(generation: Generation) -> dict[tuple[str, int], date]:
    days: dict[tuple[str, int], date] = defaultdict(lambda: date.max)
    for source, state in generation.sources.items():
        for load in state.loads:
            days[source, load.generation] = _shown(load)
    return days


def _shown(load: LoadEntry) -> date:
    return load.snapshot_day or load.loaded_at.date()
