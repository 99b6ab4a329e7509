"""Programmes of a watch between two days: who came, who moved on the ladder, whose tag changed, what was approved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from onepill.landscape import Question, Reason, Standing, Standings, World, date_changes, diff_tags
from onepill.landscape.columns import UNKNOWN, Codes, Flags
from onepill.landscape.reasons import explain_agent
from onepill.landscape.stages import APPROVAL, LADDER
from onepill.landscape.tags import TAGS
from onepill.landscape.versions import DatedChange
from onepill.landscape.watch import Change
from onepill.workbench.landscape.tagged import Tagged, tagged
from onepill.workbench.landscape.watch_told import Told

Events = Mapping[str, frozenset[str]]
"""Drugs of the watch by the record that investigates or approves them."""


@dataclass(frozen=True)
class ProgrammeChanges:
    """Changes of programmes, and the drugs that were in the watch on either day."""

    told: tuple[Told, ...]
    drugs: frozenset[str]


def programme_changes(world: World, question: Question, since: date, *, minimum_coverage: float) -> ProgrammeChanges:
    """New and gone programmes, stages and tags between `since` and the question's day."""

    def tagged_on(day: date) -> Tagged:
        return tagged(world, replace(question, as_of=day), minimum_coverage=minimum_coverage)

    old, new = tagged_on(since), tagged_on(question.as_of)
    places = standings(old), standings(new)
    changed = sorted(drug for drug in places[0].keys() | places[1].keys() if places[0].get(drug) != places[1].get(drug))
    before, after = _reasons(old, places[0], changed), _reasons(new, places[1], changed)
    changes = [*diff_tags(list(before.values()), list(after.values())), *_within(places[0], places[1], changed)]
    dated = date_changes(changes, lambda day: standings(tagged_on(day), changed), since, question.as_of)
    reasons = before | after
    told = tuple(_told(one, reasons[one.change.subject]) for one in dated)
    return ProgrammeChanges(told, frozenset(places[0].keys() | places[1].keys()))


def standings(found: Tagged, drugs: Sequence[str] | None = None) -> Standings:
    """Where each shown drug stands; of some drugs alone if they are named."""
    agents, names = found.tags.agents, found.world.drugs
    keep = found.tags.shown if drugs is None else found.tags.shown & _are(agents.drug, names, drugs)
    rows = np.flatnonzero(keep)
    within = _rank_within(found)
    return {
        names[drug]: Standing(LADDER[rank], TAGS[tag], "" if within is None else LADDER[within[drug]])
        for drug, rank, tag in zip(
            agents.drug[rows].tolist(), agents.rank[rows].tolist(), found.tags.tag[rows].tolist(), strict=True
        )
    }


def _are(codes: Codes, names: Sequence[str], wanted: Iterable[str]) -> Flags:
    """Which codes stand for one of the wanted names; the code of what is unknown, -1, stands for none."""
    chosen = set(wanted)
    flags = np.array([*(name in chosen for name in names), False])
    found: Flags = flags[codes]
    return found


def _rank_within(found: Tagged) -> list[int] | None:
    """The highest stage of each drug in the conditions asked for; None where none was."""
    if not found.question.indications:
        return None
    programmes = found.counted.programmes
    top = np.zeros(len(found.world.drugs), dtype=np.int8)
    np.maximum.at(top, programmes.drug, programmes.rank)
    ranks: list[int] = top.tolist()
    return ranks


def _reasons(found: Tagged, places: Standings, drugs: Iterable[str]) -> dict[str, Reason]:
    row_of = {int(drug): row for row, drug in enumerate(found.tags.agents.drug)}
    return {one: explain_agent(found.world, found.tags, row_of[found.place[one]]) for one in drugs if one in places}


def _within(before: Standings, after: Standings, drugs: Iterable[str]) -> list[Change]:
    """Changes of the stage in the conditions asked for, of drugs that were in the watch on both days."""
    changes = []
    for drug in drugs:
        old, new = before.get(drug), after.get(drug)
        if old and new and old.stage_in_indication != new.stage_in_indication:
            values = old.stage_in_indication, new.stage_in_indication
            changes.append(Change(drug, "stage_in_indication", *values, "notable", "own"))
    return changes


def _told(dated: DatedChange, reason: Reason) -> Told:
    # A tag can turn on other drugs' records: no single record then tells it.
    record = reason.evidence[0] if reason.evidence and dated.change.what in ("stage", "new") else ""
    return Told("programme", dated, (dated.change.subject,), record, reason.evidence)


def watched_events(world: World, question: Question, drugs: Iterable[str]) -> Events:
    """The records of the watch's drugs, in the conditions asked for; also those that count from a later day only."""
    events, wanted = world.events, set(question.indications)
    keep = _are(events.drug, world.drugs, drugs) & events.investigated & (events.record != UNKNOWN)
    if wanted:
        keep &= _are(events.indication, world.indications, wanted)
    found: dict[str, set[str]] = defaultdict(set)
    for drug, record in zip(events.drug[keep].tolist(), events.record[keep].tolist(), strict=True):
        found[world.records[record]].add(world.drugs[drug])
    return {record: frozenset(of) for record, of in found.items()}


def approvals(world: World, question: Question, since: date, events: Events, told: Iterable[Told]) -> tuple[Told, ...]:
    """Approvals between the days that no change of a programme tells already: of further agencies, or of further uses.

    An approval often names no condition, so that those of the watch's drugs count whatever condition was asked for.
    """
    drugs = frozenset(drug for of in events.values() for drug in of)
    shown = {(drug, one.record) for one in told for drug in one.drugs}
    rows, found = world.events, dict[tuple[str, str], date]()
    keep = _are(rows.drug, world.drugs, drugs) & (rows.rank == APPROVAL) & ~rows.post_marketing
    keep &= rows.record != UNKNOWN
    keep &= (rows.counted_from > since.toordinal()) & (rows.counted_from <= question.as_of.toordinal())
    for row in np.flatnonzero(keep):
        key = world.drugs[int(rows.drug[row])], world.records[int(rows.record[row])]
        found[key] = date.fromordinal(int(rows.counted_from[row]))
    return tuple(
        Told("approval", DatedChange(_approval(drug, record), day), (drug,), record, (record,))
        for (drug, record), day in sorted(found.items())
        if (drug, record) not in shown
    )


def _approval(drug: str, record: str) -> Change:
    return Change(drug, "approval", None, record, "notable", "own")
