"""Fills what a programme says of core dossiers and of gates before a filing."""

from __future__ import annotations

from onepill.core.distributions import fixed
from onepill.model.regulatory import Dossier
from onepill.pathway import GateInput, StageInput
from onepill.sim.plan import Cost, Draw
from onepill.workbench.plan.filled import Filled

CORE = {"en": "Core dossier", "zh": "核心申报资料"}


def dossier_input(filled: Filled, name: str, dossier: Dossier, *, after: tuple[tuple[str, str], ...]) -> StageInput:
    """A core dossier as a piece of work that the filings which share it wait for."""
    path = f"dossiers.{name}"
    length = filled.draw(f"{path}.preparation", dossier.preparation, None)
    cost = filled.draw(f"{path}.preparation_cost", dossier.preparation_cost, None)
    return StageInput(
        id=path,
        kind="dossier",
        indication="main",
        label=dossier.title or CORE,
        regions=(),
        calendar="",
        after=after,
        any_of="any" in dossier.after,
        not_before=dossier.data_cut,
        duration=length or Draw(f"{path}.preparation", fixed(0.0)),
        duration_unit=dossier.preparation.unit,
        start_up=None,
        start_up_unit="days",
        costs=(Cost(cost, "filing"),) if cost else (),
        success=(),
        loadings=(),
        held=frozenset(),
        stops_on=(),
        started=None,
        finished=None,
        outcome=None,
        section="",
    )


def gate_inputs(filled: Filled) -> dict[tuple[str, str], GateInput]:
    """What the file says of each gate, by jurisdiction and kind."""
    found = {}
    for code, kinds in filled.programme.gates.items():
        for kind, state in kinds.items():
            is_met = bool(state.done or state.by or state.not_needed)
            time = filled.draw(f"gates.{code.lower()}.{kind}.time", state.time, None)
            found[code, kind] = GateInput(is_met, time, state.time.unit if state.time else "days")
    return found
