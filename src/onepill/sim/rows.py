"""Growing lists of records: streams, links, draws and gates, each added once and known by its position."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from onepill.core.distributions import Distribution
from onepill.core.normal import ndtri
from onepill.sim import arrays as k
from onepill.sim.checks import Loadings, outcome_names
from onepill.sim.plan import FINISHED, STARTED, Draw, Gate, Link, Plan
from onepill.sim.quantiles import dyadic_table, normal_space_table, probability_at

Floats = npt.NDArray[np.float64]
Row = dict[str, float]
NO_STREAM = -1


@dataclass
class Streams:
    """Stream names in order of first use, and how often each is used."""

    index: dict[str, int] = field(default_factory=dict)
    uses: dict[str, int] = field(default_factory=dict)

    def add(self, name: str) -> int:
        self.uses[name] = self.uses.get(name, 0) + 1
        return self.index.setdefault(name, len(self.index))


class LinkRows:
    """Links by position."""

    def __init__(self, plan: Plan) -> None:
        self.rows: list[Row] = []
        self._position = {a.id: i for i, a in enumerate(plan.activities)}
        self._codes = [{name: code for code, name in enumerate(outcome_names(a))} for a in plan.activities]

    def add(self, link: Link) -> int:
        activity = self._position[link.activity]
        codes = {STARTED: k.STARTED_CODE, FINISHED: k.FINISHED_CODE} | self._codes[activity]
        self.rows.append({"activity": activity, "event": codes[link.event], "lag_days": link.lag_days})
        return len(self.rows) - 1

    def add_all(self, links: Sequence[Link], name: str) -> Row:
        """Add the links; returns their range as the fields `name_from` and `name_to`."""
        start = len(self.rows)
        for link in links:
            self.add(link)
        return {f"{name}_from": start, f"{name}_to": len(self.rows)}


class LoadRows:
    """Loadings of draws and gates on common factors."""

    def __init__(self, plan: Plan) -> None:
        self.rows: list[Row] = []
        self._factor = {name: i for i, name in enumerate(plan.factors)}

    def add(self, loadings: Loadings) -> Row:
        """Add an item's loadings; returns their range and what they leave to the item's own normal."""
        start = len(self.rows)
        self.rows.extend({"factor": self._factor[name], "load": loading} for name, loading in loadings)
        left = 1.0 - math.fsum(loading**2 for _, loading in loadings)
        return {"loads_from": start, "loads_to": len(self.rows), "own": math.sqrt(max(left, 1e-18))}


class DrawRows:
    """Draws by position, with one pool of knots in which equal tables stand once."""

    def __init__(self, streams: Streams, loads: LoadRows) -> None:
        self.rows: list[Row] = []
        self.draws: list[Draw] = []
        self._streams, self._loads = streams, loads
        self._pool: list[Floats] = []
        self._placed: dict[tuple[Distribution, float, int], int] = {}
        self._pool_size = 0
        self._powers: list[float] = []

    def add(self, draw: Draw, *, elapsed: float = 0.0) -> int:
        """Add a draw, given that it exceeds `elapsed`."""
        survived = 0.0
        if elapsed > 0 and draw.factor > 0:
            survived = probability_at(draw.distribution, elapsed / draw.factor)
        fixed = draw.distribution.is_fixed
        stream = NO_STREAM if fixed else self._streams.add(draw.stream)
        self.rows.append(self._row(draw, survived, elapsed) | self._loads.add(draw.loadings) | {"stream": stream})
        self.draws.append(draw)
        return len(self.rows) - 1

    def add_all(self, draws: Sequence[Draw], name: str) -> Row:
        """Add the draws; returns their range as the fields `name_from` and `name_to`."""
        start = len(self.rows)
        for draw in draws:
            self.add(draw)
        return {f"{name}_from": start, f"{name}_to": len(self.rows)}

    def knots(self) -> Floats:
        return np.concatenate(self._pool) if self._pool else np.zeros(1)

    def powers(self) -> Floats:
        return np.array(self._powers or [0.0])

    def _row(self, draw: Draw, survived: float, elapsed: float) -> Row:
        if len(draw.powers) == 1:
            return {"kind": k.FIXED, "low": draw.at(0.0)}
        if draw.powers:
            return self._polynomial(draw)
        distribution, factor = draw.distribution, draw.factor
        if survived >= 1.0:
            return {"kind": k.FIXED, "low": min(elapsed, draw.cap)}
        if distribution.is_fixed:
            return {"kind": k.FIXED, "low": min(factor * distribution.params[0], draw.cap)}
        if draw.loadings or survived or distribution.kind not in ("uniform", "triangular"):
            return self._table(distribution, survived, bool(draw.loadings)) | {"scale": factor, "cap": draw.cap}
        return _closed_form(distribution, factor) | {"cap": draw.cap}

    def _polynomial(self, draw: Draw) -> Row:
        """The row of the value itself, with the coefficients of what becomes of it."""
        if draw.distribution.is_fixed:
            return {"kind": k.FIXED, "low": draw.at(draw.distribution.params[0])}
        start = len(self._powers)
        self._powers += [draw.factor * coefficient for coefficient in draw.powers]
        plain = replace(draw, powers=(), factor=1.0, cap=math.inf)
        return {**self._row(plain, 0.0, 0.0), "powers_from": start, "powers_to": len(self._powers), "cap": draw.cap}

    def _table(self, distribution: Distribution, survived: float, loaded: bool) -> Row:
        kinds = {"discrete": k.STEPS, "empirical": k.LINES}
        kind = kinds.get(distribution.kind, k.NORMAL_SPACE if loaded else k.DYADIC)
        key, table = (distribution, survived, kind), _knots(distribution, survived, kind)
        if key not in self._placed:
            self._placed[key] = self._pool_size
            self._pool.append(table)
            self._pool_size += len(table)
        return {"kind": kind, "offset": self._placed[key], "size": len(table) // 2}


class GateRows:
    """Gates by position."""

    def __init__(self, streams: Streams, loads: LoadRows) -> None:
        self.rows: list[Row] = []
        self.edges: list[Row] = []
        self._streams, self._loads = streams, loads

    def add(self, gate: Gate, codes: dict[str, int]) -> int:
        cut = cut_uniform([prob for _, prob in gate.outcomes], [codes[name] for name, _ in gate.outcomes])
        start = len(self.edges)
        self.edges.extend(cut.edges)
        row: Row = {"edges_from": start, "edges_to": len(self.edges), "stream": self._streams.add(gate.stream)}
        self.rows.append(row | {"fail_low": cut.fail_low, "fail_high": cut.fail_high} | self._loads.add(gate.loadings))
        return len(self.rows) - 1


@dataclass(frozen=True)
class Cut:
    """A uniform cut into outcomes: their edges, and the interval of code 0."""

    edges: list[Row]
    fail_low: float
    fail_high: float


def cut_uniform(probs: Sequence[float], codes: Sequence[int]) -> Cut:
    """Edges of the outcomes' intervals, in the given order; the last edge is exactly 1."""
    upper = [min(math.fsum(probs[: i + 1]), 1.0) for i in range(len(probs) - 1)] + [1.0]
    low, high = 0.0, 0.0
    for i, code in enumerate(codes):
        if code == k.FAILED_CODE:
            low, high = (upper[i - 1] if i else 0.0), upper[i]
    edges = [
        {"upper": edge, "upper_normal": float(ndtri(edge)), "code": code}
        for edge, code in zip(upper, codes, strict=True)
    ]
    return Cut(edges, low, high)


def _closed_form(distribution: Distribution, factor: float) -> Row:
    low, high = distribution.params[0], distribution.params[-1]
    row: Row = {"kind": k.UNIFORM, "low": factor * low, "high": factor * high}
    if distribution.kind == "uniform" or low == high:
        return row
    rise, fall = distribution.params[1] - low, high - distribution.params[1]
    area = factor * factor * (high - low)
    return row | {"kind": k.TRIANGULAR, "split": rise / (high - low), "rise": area * rise, "fall": area * fall}


def _knots(distribution: Distribution, survived: float, kind: int) -> Floats:
    """The table of this kind; steps and lines keep their own probabilities, followed by their values."""
    if kind == k.DYADIC:
        return dyadic_table(distribution, survived)
    if kind == k.NORMAL_SPACE:
        return normal_space_table(distribution, survived)
    half = len(distribution.params) // 2
    values, probs = np.asarray(distribution.params[:half]), np.asarray(distribution.params[half:])
    if kind == k.STEPS:
        upper = (np.cumsum(probs) - survived) / (1.0 - survived)
        return np.concatenate((np.maximum(upper, 0.0), values))
    if survived:
        kept = probs > survived
        start = float(distribution.quantile(survived))
        probs = np.append(0.0, (probs[kept] - survived) / (1.0 - survived))
        values = np.append(start, values[kept])
    return np.concatenate((probs, values))
