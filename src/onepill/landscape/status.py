"""Fields that registries overwrite: status, enrolment and days of completion are true for the day they were copied."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from onepill.landscape.watch import TrialState


def states_on(snapshots: Iterable[tuple[date, TrialState]], as_of: date) -> dict[str, TrialState]:
    """The newest copy of each trial that had been taken by the day.

    A trial without such a copy is absent: what its record says today is not what it said then. Of two copies of one
    day the later in order of their content counts, so that the order of loading does not.

    Args:
        snapshots: copies of records, each with the day it was taken.
    """
    newest: dict[str, tuple[date, TrialState]] = {}
    for day, state in snapshots:
        if day <= as_of:
            kept = newest.get(state.record_id)
            if kept is None or (day, repr(state)) > (kept[0], repr(kept[1])):
                newest[state.record_id] = (day, state)
    return {record_id: state for record_id, (_, state) in newest.items()}
