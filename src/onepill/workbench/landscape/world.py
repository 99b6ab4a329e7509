"""The landscape's world out of a warehouse: made once for a load, kept beside it, and read again in a moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from onepill.core.errors import InputError
from onepill.landscape import DrugRow, World, world_from_columns
from onepill.registries import TABLES
from onepill.registries.entities import TargetBook, TargetClaim
from onepill.registries.sink import paused_collection
from onepill.workbench.landscape.annotations import ALWAYS, annotation_rows, is_sure_target
from onepill.workbench.landscape.cache import cache_file, read_world, write_world
from onepill.workbench.landscape.claims import Claim, gather_claims
from onepill.workbench.landscape.corrections import corrections_mark, kept_corrections
from onepill.workbench.landscape.data_age import SourceDay, shown_day, source_days
from onepill.workbench.landscape.evidence import Gathered, Key, gather
from onepill.workbench.landscape.links import Tell, book_key, read_links, write_links
from onepill.workbench.landscape.names import Names, books_of, rows_of, target_book
from onepill.workbench.landscape.stated import stated_by_records

if TYPE_CHECKING:
    from onepill.registries.entities import ConditionBook
    from onepill.store.warehouse import Generation, Reader
    from onepill.workbench.landscape.corrections import Kept

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

    drug_names: Mapping[str, str]
    sponsor_names: Mapping[str, str]
    conditions: Mapping[str, tuple[str, tuple[str, ...]]]
    claims: tuple[Claim, ...]
    counts: Mapping[str, int]
    links: Mapping[str, Mapping[str, int]]
    snapshot_day: date


@dataclass(frozen=True, eq=False)
class LoadedWorld:
    """The world with the names of what its ids stand for, and the day that each of its sources shows."""

    root: Path
    generation: int
    inputs: Inputs
    world: World = field(repr=False)
    sources: tuple[SourceDay, ...] = ()


def loaded_world(root: Path) -> LoadedWorld:
    """The world of the warehouse's current generation.

    A load makes it and keeps it in the warehouse's folder (`prepare_world`); where it was not made, or links were
    corrected since, the first question makes it. A process that asks again keeps it in memory until the warehouse's
    manifest or its corrections are others.

    Raises:
        InputError: `landscape.empty` where no trial and no approval can be used.
        MissingExtra: onepill[registry] is not installed.
    """
    return _loaded(root, _identity(root / "manifest.json"), corrections_mark(root))


def prepare_world(root: Path, *, tell: Tell | None = None) -> bool:
    """Make and keep the world of the current generation unless it is kept; whether there is one.

    Texts that were linked for an earlier generation by the same books of names are not linked again.
    """
    from onepill.store.warehouse import current

    try:
        if not cache_file(root, current(root).number, corrections_mark(root)).exists():
            _make(root, tell)
    except InputError as error:
        if any(finding.code == "landscape.empty" for finding in error.findings):
            return False
        raise
    return True


def _identity(manifest: Path) -> tuple[int, ...]:
    """A load replaces the manifest by another file."""
    try:
        found = manifest.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size


@lru_cache(maxsize=2)
def _loaded(root: Path, identity: tuple[int, ...], mark: str) -> LoadedWorld:
    from onepill.store.warehouse import current

    found = current(root)
    kept = read_world(cache_file(root, found.number, mark), Inputs)
    return LoadedWorld(root, found.number, *kept, source_days(found)) if kept else _make(root)


def _make(root: Path, tell: Tell | None = None) -> LoadedWorld:
    from onepill.store.warehouse import open_reader

    kept = kept_corrections(root)
    with open_reader(root, TABLES) as reader, paused_collection():
        inputs, world = make_world(reader, root, kept, tell=tell)
        made = reader.generation
    write_world(cache_file(root, made.number, kept.mark), inputs, world)
    return LoadedWorld(root, made.number, inputs, world, source_days(made))


def make_world(reader: Reader, root: Path, kept: Kept, *, tell: Tell | None = None) -> tuple[Inputs, World]:
    """Link every distinct text of the generation once and gather its evidence.

    Raises:
        InputError: `landscape.empty`.
    """
    _refuse_empty(reader, root)
    corrections = kept.corrections
    books, key = books_of(reader, corrections), book_key(reader.generation, kept.mark)
    names = Names(books, kept=read_links(root, key), tell=tell)
    day_of = _known_days(reader)
    found = gather(reader, names, day_of)
    columns = found.columns
    if not len(columns.drug.codes):
        message = f"the warehouse {root} holds no trial or approval of a drug that is known"
        raise InputError.single("landscape.empty", message, hint=HINT, value=dict(found.counts))
    # Counted before the claims: coverage tells of the texts of trials and approvals.
    links = names.counts()
    claims = gather_claims(reader, names, day_of)
    write_links(root, key, names.links)
    named = {claim.drug_id for claim in claims}.union(columns.drug.names)
    conditions = {claim.indication_id for claim in claims}.union(columns.indication.names)
    targets = target_book(reader, books.drugs.book, corrections)

    known = _day_of_claim(day_of)

    def has_target(drug_id: str) -> bool:
        """On every day: a list of a later day must not take back what records told before it."""
        claims = targets.claims(drug_id, name=names.drug_names[drug_id])
        return any(is_sure_target(claim) and known(claim) == ALWAYS for claim in claims)

    stated = stated_by_records(reader, names, cache(has_target), day_of)
    drugs = tuple(_drug_rows(sorted(named), found, names, targets, day_of, stated=stated))
    shown = max(shown_day(load) for state in reader.generation.sources.values() for load in state.loads)
    inputs = Inputs(
        drug_names=names.drug_names,
        sponsor_names=names.sponsor_names,
        conditions=_conditions(conditions, books.conditions),
        claims=claims,
        counts=dict(sorted(found.counts.items())),
        links=links,
        snapshot_day=shown,
    )
    return inputs, world_from_columns(drugs, columns, snapshot_day=shown)


def _refuse_empty(reader: Reader, root: Path) -> None:
    sql = "SELECT EXISTS (FROM trial) OR EXISTS (FROM approval) AS held"
    if reader.connection.execute(sql).fetchone() != (True,):
        message = f"the warehouse {root} holds no trials and no approvals"
        raise InputError.single("landscape.empty", message, hint=HINT, file=str(root))


def _drug_rows(
    drugs: Iterable[str],
    found: Gathered,
    names: Names,
    book: TargetBook,
    day_of: Mapping[Key, date],
    *,
    stated: Mapping[str, list[TargetClaim]],
) -> Iterable[DrugRow]:
    origins = _origins(found)
    known = _day_of_claim(day_of)
    for drug_id in drugs:
        name = names.drug_names[drug_id]
        claims = book.claims(drug_id, name=name, stated=stated.get(drug_id, ()))
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
    """The day that each load of a source shows, by source and generation; the day of loading where it told none."""
    days: dict[tuple[str, int], date] = defaultdict(lambda: date.max)
    for source, state in generation.sources.items():
        for load in state.loads:
            days[source, load.generation] = shown_day(load)
    return days
