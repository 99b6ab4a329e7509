"""The chance of a stage or a filing: its gates' base chances, shifted by what is known about the drug.

Passports and `success` both ask here, so that they cannot differ. Formulae and assumptions: docs/methods/success.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onepill.core.errors import InputError
from onepill.core.normal import ndtri
from onepill.core.streams import uniforms
from onepill.evidence.factors import Item, Shift, items, role_of, switch_names
from onepill.evidence.gate_bases import GateBase, Profile, gate_base
from onepill.evidence.gates import stage_transitions
from onepill.evidence.known import Known, Switches
from onepill.evidence.rate_tables import RateTable
from onepill.stats.overlapping_cuts import expit

Draws = npt.NDArray[np.float64]
CHANCE_DRAWS = 4_000
"""Draws of an interval of a product: the 2.5 and 97.5 % limits then move by about 1 % of the interval's width."""
CHANCE_SEED = 1
"""Of these draws: a passport's own seed moves its futures and not what is known of a chance."""
DIRECTNESS = ("phase_2_effect", "response_rate", "breakthrough")
"""Which of a group stands for it where two shift equally far."""


@dataclass(frozen=True)
class Adjustment:
    """One factor at one stage.

    Attributes:
        item: the factor with the drug's fact.
        shift: on log-odds, summed over the stage's gates.
        is_on: whether it is switched on.
        is_used: whether it counts here: on, acts here, and not told already by another of its group.
        told_by: the factor of its group that stands for it, empty if it stands for itself.
    """

    item: Item
    shift: Shift
    is_on: bool
    is_used: bool
    told_by: str = ""

    @property
    def ratio(self) -> float:
        """Factor on the odds: the likelihood ratio of success."""
        return math.exp(self.shift.value)


@dataclass(frozen=True)
class StageChance:
    """A chance with what it was made of.

    `prob` is the product of the gates' medians, `low` and `high` are 95 % limits; `base` and its limits are the same
    without evidence about the drug.
    """

    quantity: str
    table: RateTable
    gates: tuple[GateBase, ...]
    adjustments: tuple[Adjustment, ...]
    base: float
    base_low: float
    base_high: float
    prob: float
    low: float
    high: float

    @property
    def n(self) -> int:
        """Programmes of the smallest cell behind it."""
        return min(gate.n for gate in self.gates)

    @property
    def shifts(self) -> Mapping[str, Shift]:
        """What counts, by factor."""
        return {item.item.factor.id: item.shift for item in self.adjustments if item.is_used}


def stage_chance(
    kind: str,
    profile: Profile,
    *,
    table: RateTable,
    known: Known | None = None,
    switches: Switches | None = None,
    seed: int = CHANCE_SEED,
    through_approval: bool = False,
) -> StageChance | None:
    """The chance of a stage under one table.

    Args:
        kind: a stage kind of the programme file, or `filing`.
        profile: what the tables sort by.
        table: `published_table(...)` or `registry_table(...)`.
        known: what is known about the drug.
        switches: factors and cuts switched on or off by name.
        seed: of the draws behind the interval of a product of gates.
        through_approval: take a stage with phase 3 in it up to approval.

    Returns:
        The chance, or None where the table has no gate for it (`preclinical`, `bridging`, …, and a filing in a table
        whose phase 3 reaches to approval).

    Raises:
        InputError: an unknown kind, area, factor, or a factor switched both on and off.
    """
    switches = switches or Switches()
    _check_switches(switches)
    transitions = _transitions(kind, table, through_approval=through_approval)
    if not transitions:
        return None
    seen = profile.without(switches.off)
    gates = tuple(gate_base(seen, transition, table=table) for transition in transitions)
    adjustments = _adjustments(items(known or Known(), reference=table.overall), gates, switches)
    base, prob = chance_interval(gates, (), seed=seed), chance_interval(gates, adjustments, seed=seed)
    return StageChance(_quantity(transitions), table, gates, adjustments, *base, *prob)


def chance_interval(
    gates: Sequence[GateBase], adjustments: Iterable[Adjustment], *, seed: int = CHANCE_SEED
) -> tuple[float, float, float]:
    """Median and 95 % limits of the product of gates: in closed form for one, by draws for several."""
    used = [adjustment for adjustment in adjustments if adjustment.is_used]
    medians = [gate.log_odds + sum(gate_shift(a, gate).value for a in used) for gate in gates]
    prob = chance_median(gates, used)
    if len(gates) == 1:
        sd = math.hypot(gates[0].sd, *(gate_shift(a, gates[0]).sd for a in used))
        return prob, expit(medians[0] - 1.959963984540054 * sd), expit(medians[0] + 1.959963984540054 * sd)
    drawn = np.prod([gate_draws(gate, used, seed=seed) for gate in gates], axis=0)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return prob, float(min(low, prob)), float(max(high, prob))


def chance_median(gates: Sequence[GateBase], adjustments: Iterable[Adjustment]) -> float:
    """The product of the gates' medians with what counts among the adjustments."""
    used = [adjustment for adjustment in adjustments if adjustment.is_used]
    return math.prod(expit(gate.log_odds + sum(gate_shift(a, gate).value for a in used)) for gate in gates)


def gate_draws(
    gate: GateBase, used: Iterable[Adjustment], *, seed: int = CHANCE_SEED, draws: int = CHANCE_DRAWS
) -> Draws:
    """Draws of one gate's chance. A gate's stream is its table, transition and cuts, a factor's its name: what two
    stages have in common, they draw in common."""
    cuts = ",".join(f"{use.cut}={use.level}" for use in gate.cuts)
    log_odds = gate.log_odds + gate.sd * _normals(f"success.{gate.table}.{gate.transition}.{cuts}", seed, draws)
    for adjustment in used:
        shift = gate_shift(adjustment, gate)
        if shift.sd or shift.value:
            name = f"success.factor.{adjustment.item.factor.id}"
            log_odds = log_odds + shift.value + shift.sd * _normals(name, seed, draws)
    return np.asarray(1 / (1 + np.exp(-log_odds)), dtype=np.float64)


def gate_shift(adjustment: Adjustment, gate: GateBase) -> Shift:
    """A factor's shift at one gate, read from the gate's own base chance, so that the order of factors is of no
    account."""
    return adjustment.item.shift(role_of(gate.transition), gate.prob)


def _normals(stream: str, seed: int, draws: int) -> Draws:
    return ndtri(uniforms(seed, stream=stream, paths=np.arange(draws)))


def _adjustments(found: Sequence[Item], gates: Sequence[GateBase], switches: Switches) -> tuple[Adjustment, ...]:
    shifts = {item.factor.id: _summed(item, gates) for item in found}
    on = {item.factor.id: _is_on(item, switches) for item in found}
    acting = [item for item in found if _acts(item, gates)]
    tellers = {item.factor.id: "" for item in found} | _tellers(acting, shifts, on)
    return tuple(
        Adjustment(
            item=item,
            shift=shifts[item.factor.id],
            is_on=on[item.factor.id],
            is_used=on[item.factor.id] and not tellers[item.factor.id] and _acts(item, gates),
            told_by=tellers[item.factor.id],
        )
        for item in found
    )


def _is_on(item: Item, switches: Switches) -> bool:
    name = item.factor.id
    return name in switches.on or (item.is_default and name not in switches.off)


def _acts(item: Item, gates: Sequence[GateBase]) -> bool:
    return any(role_of(gate.transition) in item.factor.acts_on for gate in gates)


def _summed(item: Item, gates: Sequence[GateBase]) -> Shift:
    parts = [item.shift(role_of(gate.transition), gate.prob) for gate in gates]
    return Shift(sum(p.value for p in parts), sum(p.low for p in parts), sum(p.high for p in parts))


def _tellers(found: Sequence[Item], shifts: Mapping[str, Shift], on: Mapping[str, bool]) -> dict[str, str]:
    """For each factor that another of its group stands for, that other one: the one that shifts furthest."""
    tellers: dict[str, str] = {}
    for group in {item.factor.group for item in found if item.factor.group}:
        rivals = [name for name in DIRECTNESS if any(i.factor.id == name and i.factor.group == group for i in found)]
        rivals = [name for name in rivals if on[name]]
        teller = max(rivals, key=lambda name: abs(shifts[name].value), default="")
        tellers |= {name: teller for name in rivals if name != teller}
    return tellers


def _transitions(kind: str, table: RateTable, *, through_approval: bool) -> tuple[str, ...]:
    if kind == "filing":
        return ("filing_to_approval",) if "filing_to_approval" in table.gates else ()
    found = stage_transitions(kind, gates=table.gates)
    reaches = through_approval and found[-1:] == ("phase_3_to_filing",)
    return (*found, "filing_to_approval") if reaches else found


def _quantity(transitions: Sequence[str]) -> str:
    return f"{transitions[0].partition('_to_')[0]}_to_{transitions[-1].partition('_to_')[2]}"


def _check_switches(switches: Switches) -> None:
    known = switch_names()
    for name in sorted(switches.on | switches.off):
        if name not in known:
            hint = f"choose {', '.join(known)}"
            raise InputError.single("success.factor_unknown", f"no factor {name!r}", hint=hint, value=name)
    for name in sorted(switches.on & switches.off):
        message, hint = f"{name} is switched on and off", "keep one of the two"
        raise InputError.single("success.factor_twice", message, hint=hint, value=name)
