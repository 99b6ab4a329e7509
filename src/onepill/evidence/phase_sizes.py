"""How large should phase II be, and which result sends the drug to phase III? The pair that is worth most.

Phase II ends with an estimate of the log hazard ratio. Below the threshold phase III follows, sized as if the estimate
were the truth; its success is worth more the larger the effect that it establishes (Kirchner M, Kieser M, Goette H,
Schueler A 2016, Statistics in Medicine 35:305-316).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

Floats = npt.NDArray[np.float64]
_REACH = 8.5
_PANELS, _NODES = 6, 16
"""Quadrature over the estimate of phase II: errors below 1e-9 of the utility (against one of ten times the nodes)."""
_ROUNDING = 1e-9


@dataclass(frozen=True)
class TrueEffects:
    """Hazard ratios that may be true, with weights that sum to 1."""

    hazard_ratios: tuple[float, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True)
class PhaseTerms:
    """What both phases cost and what success is worth, all in the same money; arms are of equal size.

    `classes` are hazard ratios, falling from at most 1; a success whose upper confidence limit lies below a class but
    not below the next is worth the gain of that class. `event_probs` are shares of patients with an event.
    """

    alpha: float
    power: float
    event_probs: tuple[float, float]
    patient_costs: tuple[float, float]
    fixed_costs: tuple[float, float]
    classes: tuple[float, ...]
    gains: tuple[float, ...]


@dataclass(frozen=True)
class Plan:
    """A size of phase II with its threshold, and what follows; `phase_3` numbers count no-go as nothing.

    `class_probs` are the chances of a success of each class.
    """

    events: int
    threshold: float
    phase_2_patients: int
    phase_3_events: int
    phase_3_patients: int
    go_prob: float
    class_probs: tuple[float, ...]
    phase_2_cost: float
    phase_3_cost: float
    gain: float
    no_effect_go_prob: float

    @property
    def utility(self) -> float:
        return self.gain - self.phase_2_cost - self.phase_3_cost

    @property
    def success_prob(self) -> float:
        return math.fsum(self.class_probs)


def value_plan(effects: TrueEffects, terms: PhaseTerms, *, events: int, threshold: float) -> Plan:
    """What a phase II with so many events and this threshold for the hazard ratio leads to."""
    go, needed, probs = _averages(effects, terms, events, np.asarray([threshold]))
    return _plan(terms, events, threshold, go=float(go[0]), needed=float(needed[0]), probs=probs[:, 0])


def best_plan(effects: TrueEffects, terms: PhaseTerms, *, events: Sequence[int], thresholds: Sequence[float]) -> Plan:
    """The plan of the highest utility on a grid, the smallest of equals."""
    limits = np.asarray(thresholds, dtype=np.float64)
    best: Plan | None = None
    for count in events:
        go, needed, probs = _averages(effects, terms, count, limits)
        plans = [
            _plan(terms, count, float(limits[i]), go=float(go[i]), needed=float(needed[i]), probs=probs[:, i])
            for i in range(limits.size)
        ]
        found = max(plans, key=lambda plan: plan.utility)
        best = found if best is None or found.utility > best.utility else best
    if best is None:
        raise ValueError("a best plan needs at least one number of events")
    return best


def utilities(effects: TrueEffects, terms: PhaseTerms, *, events: Sequence[int], threshold: float) -> tuple[float, ...]:
    """The utility of each size of phase II with one threshold: how flat the optimum is."""
    return tuple(value_plan(effects, terms, events=count, threshold=threshold).utility for count in events)


def _averages(effects: TrueEffects, terms: PhaseTerms, events: int, limits: Floats) -> tuple[Floats, Floats, Floats]:
    """The chance to go, expected events of phase III, and chances of each class; averages over the true effects."""
    go, needed = np.zeros_like(limits), np.zeros_like(limits)
    probs = np.zeros((len(terms.classes), limits.size))
    for ratio, weight in zip(effects.hazard_ratios, effects.weights, strict=True):
        one = _given_effect(-math.log(ratio), terms, events, -np.log(limits))
        go, needed, probs = go + weight * one[0], needed + weight * one[1], probs + weight * one[2]
    return go, needed, probs


def _given_effect(effect: float, terms: PhaseTerms, events: int, least: Floats) -> tuple[Floats, Floats, Floats]:
    """The same under one true effect (minus the log hazard ratio); `least` is the smallest estimate that goes."""
    spread = 2 / math.sqrt(events)
    critical = float(-ndtri(terms.alpha))
    z_sum = critical + float(ndtri(terms.power))
    places, weights = _rule()
    width = np.maximum(effect - least, 0) + _REACH * spread
    estimate = least[:, None] + width[:, None] * places
    density = np.exp(-0.5 * ((estimate - effect) / spread) ** 2) / (spread * math.sqrt(2 * math.pi))
    mass = density * weights * width[:, None]
    error = estimate / z_sum  # the standard error of phase III sized for the estimate
    needed = (4 / error**2 * mass).sum(axis=1)
    beyond = [(ndtr((effect + math.log(step)) / error - critical) * mass).sum(axis=1) for step in terms.classes]
    beyond.append(np.zeros_like(least))
    return ndtr((effect - least) / spread), needed, -np.diff(np.asarray(beyond), axis=0)


def _rule() -> tuple[Floats, Floats]:
    """Places from 0 to 1 and weights, closer where the integral begins: phase III is largest there."""
    places, weights = np.polynomial.legendre.leggauss(_NODES)
    edges = np.linspace(0, 1, _PANELS + 1) ** 1.5
    half = np.diff(edges)[:, None] / 2
    return (edges[:-1, None] + half * (1 + places)).ravel(), (half * weights).ravel()


def _plan(terms: PhaseTerms, events: int, threshold: float, *, go: float, needed: float, probs: Floats) -> Plan:
    phase_3_events = math.ceil(needed - _ROUNDING)
    first, second = _even(events / terms.event_probs[0]), _even(phase_3_events / terms.event_probs[1])
    return Plan(
        events=events,
        threshold=threshold,
        phase_2_patients=first,
        phase_3_events=phase_3_events,
        phase_3_patients=second,
        go_prob=go,
        class_probs=tuple(probs.tolist()),
        phase_2_cost=terms.fixed_costs[0] + terms.patient_costs[0] * first,
        phase_3_cost=terms.fixed_costs[1] * go + terms.patient_costs[1] * second,
        gain=float(np.dot(terms.gains, probs)),
        no_effect_go_prob=float(ndtr(math.log(threshold) * math.sqrt(events) / 2)),
    )


def _even(patients: float) -> int:
    """Whole patients in two equal arms."""
    return 2 * math.ceil((patients - _ROUNDING) / 2)
