"""What a programme at each stage counts in phase-weighted crowding: the published chance of approval from there."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onepill.landscape.inputs import StageWeights

TABLE = "bio"
STARTS = {
    "phase_1": ("early_phase_1", "phase_1", "phase_1_2"),
    "phase_2": ("phase_2", "phase_2_3"),
    "phase_3": ("phase_3",),
}
"""A trial of two phases counts as the earlier one; an early phase 1 as a phase 1 (assumptions)."""


@cache
def stage_weights() -> StageWeights:
    """Chances from the start of a phase to approval, of all areas; a stage before humans counts nothing.

    The sum over programmes is the number of approvals to be expected of them, by the table's counting.
    """
    from onepill.evidence import base_rate, cumulative_to_approval, table_about
    from onepill.landscape.inputs import StageWeights

    filed = base_rate("all", "filing_to_approval", table=TABLE)
    weights = {"approval": 1.0, "preapproval": filed.prob}
    for start, stages in STARTS.items():
        weights |= dict.fromkeys(stages, cumulative_to_approval(start, "all", table=TABLE).prob)
    return StageWeights(weights, f"{filed.source.title} ({table_about(TABLE)['name']})")
