"""Which published rate sits on which stage and filing of a programme, and what the other table says there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from onepill.core.errors import InputError
from onepill.evidence.base_rates import (
    DEFAULT_TABLE,
    OTHER_TABLE,
    BaseRate,
    base_rate,
    chained_rate,
    gates_for,
    printed_cumulative,
)

STAGE_KINDS: tuple[str, ...] = (
    "preclinical",
    "phase_1",
    "phase_1_2",
    "phase_2",
    "phase_2_3",
    "phase_3",
    "bridging",
    "dose_optimisation",
    "post_marketing",
    "other",
)
"""The kinds of the programme file; those outside `_PHASES` have no published gate."""

_PHASES: dict[str, tuple[str, ...]] = {
    "phase_1": ("phase_1",),
    "phase_1_2": ("phase_1", "phase_2"),
    "phase_2": ("phase_2",),
    "phase_2_3": ("phase_2", "phase_3"),
    "phase_3": ("phase_3",),
}
_ADVANCE = {"phase_1": "phase_1_to_2", "phase_2": "phase_2_to_3"}


@dataclass(frozen=True)
class Counterpart:
    """The same quantity in the chosen table and in the other one; they are shown, never averaged.

    `quantity` is what both numbers are of, which may reach further than the gate: BIO's phase 3 ends at filing,
    Wong's at approval, so that a phase-3 gate is compared from phase 3 to approval.
    """

    quantity: str
    own: BaseRate
    other: BaseRate


def stage_success(kind: str, area: str, *, table: str = DEFAULT_TABLE) -> BaseRate | None:
    """The success rate of a stage under one table.

    A phase-3 stage succeeds at filing under `bio` and at approval under `wong`, whose filing gates are then 1
    (`approval`). A combined phase takes the product of its phases' gates in the same table.

    Returns:
        The rate, or None for a kind that no table covers (`preclinical`, `bridging`, `dose_optimisation`,
        `post_marketing`, `other`): the caller must have a value.

    Raises:
        InputError: an unknown kind, area or table.
    """
    transitions = _stage_transitions(kind, table=table)
    if not transitions:
        return None
    rate = chained_rate(area, transitions, table=table, quantity=_span(transitions))
    if "phase_3_to_approval" in transitions:
        return _noted(rate, "includes filing and approval")
    return rate


def approval(area: str, *, table: str = DEFAULT_TABLE, phase_3_ahead: bool = True) -> BaseRate | None:
    """The success rate of a filing under one table.

    Args:
        area: one of `AREAS`.
        table: one of `TABLES`.
        phase_3_ahead: whether a phase-3 stage whose gate is drawn under the same table leads to this filing.

    Returns:
        `bio`: filing to approval. `wong`: 1, because the phase-3 gate includes it; None when no phase-3 gate is
        ahead, since the table prints no rate for a filing alone: the caller must have a value.
    """
    if "filing_to_approval" in gates_for(table):
        return base_rate(area, "filing_to_approval", table=table)
    if not phase_3_ahead:
        return None
    included = base_rate(area, "phase_3_to_approval", table=table)
    return replace(
        included,
        prob=1.0,
        n=None,
        low=None,
        high=None,
        quantity="filing_to_approval",
        grade="derived",
        note="included in the rate of phase 3 to approval",
        formula="1",
    )


def counterpart(kind: str, area: str, *, table: str = DEFAULT_TABLE) -> Counterpart | None:
    """The nearest quantity that both tables have, for a stage kind or `filing`.

    Phases 1 and 2 compare gate with gate. A stage with phase 3 in it compares up to approval: in `bio` the product
    of its gates with the filing gate. A filing alone has no counterpart.

    Raises:
        InputError: an unknown kind, area or table.
    """
    if kind == "filing" or not _stage_transitions(kind, table=table):
        return None
    other = OTHER_TABLE[table]
    return Counterpart(
        quantity=_span(_through_approval(kind, table=table)),
        own=_through_rate(kind, area, table=table),
        other=_through_rate(kind, area, table=other),
    )


def other_table_prob(kind: str, area: str, *, table: str = DEFAULT_TABLE) -> float | None:
    """The other table's rate of `counterpart(...).quantity`, 0 to 1; None where there is no counterpart."""
    pair = counterpart(kind, area, table=table)
    return None if pair is None else pair.other.prob


def cumulative_to_approval(first_kind: str, area: str, *, table: str = DEFAULT_TABLE) -> BaseRate:
    """From the start of a phase to approval: the product of one table's gates, with the printed figure in the note.

    Args:
        first_kind: `phase_1`, `phase_2` or `phase_3`.
    """
    phases = ("phase_1", "phase_2", "phase_3")
    if first_kind not in phases:
        raise InputError.single("stage.kind_unknown", f"no start {first_kind!r}", hint=f"choose {', '.join(phases)}")
    transitions: tuple[str, ...] = ()
    for phase in phases[phases.index(first_kind) :]:
        transitions += _through_approval(phase, table=table) if phase == "phase_3" else (_ADVANCE[phase],)
    quantity = f"{first_kind}_to_approval"
    rate = chained_rate(area, transitions, table=table, quantity=quantity)
    printed = printed_cumulative(area, quantity, table=table)
    return rate if printed is None else _noted(rate, f"the publication prints {printed:.1%}")


def stage_transitions(kind: str, *, gates: tuple[str, ...]) -> tuple[str, ...]:
    """The gates that a stage passes, among those that a table has; empty for a kind that no table covers.

    Raises:
        InputError: an unknown kind.
    """
    if kind not in STAGE_KINDS:
        raise InputError.single(
            "stage.kind_unknown",
            f"no stage kind {kind!r}",
            hint=f"choose {', '.join(STAGE_KINDS)}",
            value=kind,
        )
    last = "phase_3_to_filing" if "phase_3_to_filing" in gates else "phase_3_to_approval"
    return tuple(_ADVANCE.get(phase, last) for phase in _PHASES.get(kind, ()))


def _stage_transitions(kind: str, *, table: str) -> tuple[str, ...]:
    return stage_transitions(kind, gates=gates_for(table))


def _through_approval(kind: str, *, table: str) -> tuple[str, ...]:
    transitions = _stage_transitions(kind, table=table)
    return (*transitions, "filing_to_approval") if transitions[-1] == "phase_3_to_filing" else transitions


def _through_rate(kind: str, area: str, *, table: str) -> BaseRate:
    transitions = _through_approval(kind, table=table)
    return chained_rate(area, transitions, table=table, quantity=_span(transitions))


def _span(transitions: tuple[str, ...]) -> str:
    """`phase_2_to_3` and `phase_3_to_filing` together are `phase_2_to_filing`."""
    start, _, _ = transitions[0].partition("_to_")
    _, _, end = transitions[-1].partition("_to_")
    return f"{start}_to_{end}"


def _noted(rate: BaseRate, note: str) -> BaseRate:
    return replace(rate, note=f"{rate.note}; {note}" if rate.note else note)
