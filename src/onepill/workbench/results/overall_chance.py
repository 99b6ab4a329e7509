"""The chance of each approval ahead, as the product of its gates, with an interval by draws."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onepill.core.streams import uniforms
from onepill.evidence import CHANCE_DRAWS, CHANCE_SEED, gate_draws
from onepill.model.checks import values_of
from onepill.pathway import FilingInput, StageInput
from onepill.sim.plan import SUCCEEDED
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.plan.filled import GateRow
from onepill.workbench.plan.plain_inputs import value_path
from onepill.workbench.results.rows_plan import gate_chain
from onepill.workbench.results.rows_value import gate_path

Draws = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Overall:
    """The chance of one approval; None where it is no plain product (alternatives, or work after a failure)."""

    filing: str
    jurisdiction: str
    gates: tuple[str, ...]
    prob: float | None
    low: float | None
    high: float | None
    base: float | None


def overall_chances(base: Assembled) -> list[Overall]:
    """Every approval that is still ahead, in the plan's order."""
    done = {filing.id for filing in base.filled.filings if filing.approved or filing.refused}
    return [
        _overall(base, info.activity, info.id.removesuffix(".approval"), info.jurisdiction)
        for info in base.network.milestones
        if info.kind == "approval" and info.id.removesuffix(".approval") not in done
    ]


def _overall(base: Assembled, activity: str, filing: str, jurisdiction: str) -> Overall:
    chain = tuple(gate_chain(base, activity))
    gates = [gate for gate in base.filled.gates if gate.id in chain]
    if not _is_product(base, filing):
        return Overall(filing, jurisdiction, chain, None, None, None, None)
    prob = math.prod(gate.prob for gate in gates)
    drawn = np.prod([np.ones(CHANCE_DRAWS), *(_draws(base, gate) for gate in gates)], axis=0)
    low, high = (float(limit) for limit in np.quantile(drawn, [0.025, 0.975]))
    without = math.prod(gate.prob if gate.is_stated or gate.chance is None else gate.chance.base for gate in gates)
    return Overall(filing, jurisdiction, chain, prob, min(low, prob), max(high, prob), without)


def _draws(base: Assembled, gate: GateRow) -> Draws:
    """Draws of a gate's chance: predicted ones by their gates, stated ones by the file's distribution."""
    if gate.chance is not None and not gate.is_stated:
        used = [adjustment for adjustment in gate.chance.adjustments if adjustment.is_used]
        parts = [gate_draws(part, used) for part in gate.chance.gates]
        return np.asarray(np.prod(parts, axis=0), dtype=np.float64)
    path = gate_path(gate.stream)
    for name, value in values_of(base.filled.programme):
        if value_path(name) == path and not value.distribution.is_fixed:
            cumulative = uniforms(CHANCE_SEED, stream=f"success.stated.{path}", paths=np.arange(CHANCE_DRAWS))
            return np.asarray(value.distribution.quantile(cumulative), dtype=np.float64)
    return np.full(CHANCE_DRAWS, gate.prob)


def _is_product(base: Assembled, filing: str) -> bool:
    """Whether all gates on the way must be passed: no alternatives, nothing that a failure starts or stops."""
    parts: dict[str, FilingInput | StageInput] = {stage.id: stage for stage in base.filled.stages}
    parts |= {found.id: found for found in base.filled.filings}
    queue, seen = [filing], set[str]()
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        found = parts[name]
        if (found.any_of and len(found.after) > 1) or (isinstance(found, StageInput) and found.stops_on):
            return False
        for other, event in found.after:
            before = other if other in parts else other.partition(".")[0]
            if event != SUCCEEDED and parts[before].success:
                return False
            queue.append(before)
    return True
