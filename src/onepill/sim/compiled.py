"""A plan as flat arrays, and the cheap patches that sensitivity runs put on it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from onepill.core.errors import InputError
from onepill.core.normal import ndtri
from onepill.sim import arrays as k
from onepill.sim.plan import Draw, Plan
from onepill.sim.rows import NO_STREAM, cut_uniform

FACTOR_STREAM = "factor."
"""A common factor `x` draws from the stream `factor.x`."""
Outcomes = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class RoyaltyRow:
    """Where a contract's royalty is summed: in its own yearly sums, or by launch day where it is linear."""

    contract: str
    payer: str
    payee: str
    index: int = -1
    markets: tuple[int, ...] = ()
    rate: float = 0.0


@dataclass(frozen=True)
class CompiledPlan:
    """What `run` takes. Patches return a new plan that shares every array they leave alone.

    `streams` names what is drawn; `rows` are the (item, party) pairs of the daily sums; `tables` names what can be
    looked up beyond its end; `gate_activity` is the activity of each gate; `gate_sets` are the gates that each weight
    is the product of; `drawn_gates` (activity, reason) are those that weighted runs draw all the same.
    """

    plan: Plan
    model: k.Model
    streams: tuple[str, ...]
    draws: tuple[Draw, ...]
    outcomes: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, str], ...]
    royalties: tuple[RoyaltyRow, ...]
    tables: tuple[str, ...]
    gate_activity: tuple[str, ...]
    gate_sets: tuple[tuple[int, ...], ...]
    drawn_gates: tuple[tuple[str, str], ...]

    def freeze(self, stream: str, *, value: float | None = None, quantile: float | None = None) -> CompiledPlan:
        """Fix every draw of a stream, at `value` (in the distribution's unit) or at its own `quantile`.

        Gates, caps and common factors of the stream can be fixed at a quantile only.

        Raises:
            InputError: `plan.unknown_stream`, or `plan.freeze` if not exactly one of the two is given.
        """
        rows = [i for i, draw in enumerate(self.draws) if draw.stream == stream]
        index = NO_STREAM if rows and stream not in self.streams else self._stream_index(stream)
        if (value is None) == (quantile is None):
            raise InputError.single("plan.freeze", f"give either a value or a quantile for {stream!r}", path=stream)
        model = _with_chance(self.model, draws=self._frozen_draws(rows, value, quantile))
        is_drawn = quantile is not None and index != NO_STREAM
        return replace(self, model=_freeze_chances(model, index, quantile or 0.0) if is_drawn else model)

    def with_gate(self, stream: str, outcomes: Outcomes) -> CompiledPlan:
        """Give the gates of a stream new probabilities; outcomes left out get none.

        Raises:
            InputError: `plan.unknown_stream`, `plan.unknown_outcome` or `plan.probabilities`.
        """
        index = self._stream_index(stream)
        probs = [prob for _, prob in outcomes]
        if min(probs) < 0 or abs(sum(probs) - 1) > 1e-9:
            raise InputError.single("plan.probabilities", f"the outcomes of {stream!r} do not sum to 1", path=stream)
        model = self.model
        for gate in np.flatnonzero(model.chance.gates["stream"] == index).tolist():
            model = _recut(model, gate, probs, self._codes(gate, outcomes, stream))
        return replace(self, model=model)

    def _stream_index(self, stream: str) -> int:
        if stream not in self.streams:
            raise InputError.single("plan.unknown_stream", f"the plan draws nothing from {stream!r}", path=stream)
        return self.streams.index(stream)

    def _codes(self, gate: int, outcomes: Outcomes, stream: str) -> list[int]:
        activity = [a.id for a in self.plan.activities].index(self.gate_activity[gate])
        names = self.outcomes[activity]
        known = {names[code] for code in _edges(self.model, gate)["code"]}
        for name, _ in outcomes:
            if name not in known:
                raise InputError.single("plan.unknown_outcome", f"{stream!r} has no outcome {name!r}", path=stream)
        return [names.index(name) for name, _ in outcomes]

    def _frozen_draws(self, rows: list[int], value: float | None, quantile: float | None) -> k.Array:
        """The draws with these rows fixed, those that were fixed already among them."""
        draws: k.Array = self.model.chance.draws.copy()
        for i in rows:
            draw = self.draws[i]
            at = float(draw.distribution.quantile(quantile or 0.0)) if value is None else value
            draws["kind"][i], draws["low"][i] = k.FIXED, draw.at(at)
            draws["stream"][i] = NO_STREAM
        return draws


def _with_chance(model: k.Model, **arrays: k.Array) -> k.Model:
    return model._replace(chance=model.chance._replace(**arrays))


def _edges(model: k.Model, gate: int) -> k.Array:
    row = model.chance.gates[gate]
    edges: k.Array = model.chance.edges[row["edges_from"] : row["edges_to"]]
    return edges


def _freeze_chances(model: k.Model, stream: int, quantile: float) -> k.Model:
    for gate in np.flatnonzero(model.chance.gates["stream"] == stream).tolist():
        edges = _edges(model, gate)
        hit = int(np.searchsorted(edges["upper"], quantile, side="right"))
        model = _recut(model, gate, [float(i == hit) for i in range(edges.size)], edges["code"].tolist())
    factors, caps = model.chance.factors.copy(), model.network.caps.copy()
    factors["frozen"][factors["stream"] == stream] = ndtri(quantile)
    mine = caps["stream"] == stream
    caps["prob"][mine] = quantile < caps["prob"][mine]
    return _with_chance(model, factors=factors)._replace(network=model.network._replace(caps=caps))


def _recut(model: k.Model, gate: int, probs: list[float], codes: list[int]) -> k.Model:
    """The model with one gate cut anew; intervals that are no longer needed are left empty at the end."""
    cut = cut_uniform(probs, codes)
    gates, edges = model.chance.gates.copy(), model.chance.edges.copy()
    first, last = gates["edges_from"][gate], gates["edges_to"][gate]
    rows = cut.edges + [cut.edges[-1]] * int(last - first - len(probs))
    edges[first:last] = k.build(k.EDGE, rows)
    gates["fail_low"][gate], gates["fail_high"][gate] = cut.fail_low, cut.fail_high
    return _with_chance(model, gates=gates, edges=edges)
