"""How far a known fact shifts the chance of a gate: each factor's figure, source and range (docs/methods/success.md).

A published ratio of success rates is no likelihood ratio: it is turned into the shift on log-odds that, set on the
gates where the factor acts, gives that ratio over the span that it was measured on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import Any

from onepill.core.provenance import Grade, Source
from onepill.evidence.known import Effect, Fact, Known, Response
from onepill.evidence.rate_tables import CUTS, Cells
from onepill.stats.overlapping_cuts import expit, logit, logit_moments

Text = dict[str, str]
POWER, ERROR = 0.9, 0.025
"""Assumed of phase 3: its power at the planned effect and its one-sided error."""
PASSED = 0.1
"""Assumed one-sided level at which phase 2 counted as passed."""
_STANDARD = NormalDist()
_PHASES = ("phase_1", "phase_2", "phase_3", "filing")
_SHIFT_LIMIT = 12.0


@dataclass(frozen=True)
class Shift:
    """A change on log-odds with its range: `low` to `high` is read as a 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def sd(self) -> float:
        return (self.high - self.low) / (2 * 1.959963984540054)


NO_SHIFT = Shift(0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Factor:
    """A kind of evidence: what it is called, where it acts, whether it counts unless switched off."""

    id: str
    name: Text
    group: str
    acts_on: tuple[str, ...]
    default: str
    grade: Grade
    source: Source
    note: Text


@dataclass(frozen=True)
class Item:
    """A factor about which something is known of this drug.

    `shifts` gives the shift of a gate from its base chance; `is_default` says whether it counts unless switched off.
    """

    factor: Factor
    shift: Callable[[str, float], Shift]
    is_default: bool
    path: str
    says: bool | None
    fact_source: Source | None


def factor_ids() -> tuple[str, ...]:
    """Every factor by name."""
    return tuple(_document()["factors"])


def switch_names() -> tuple[str, ...]:
    """What can be switched on or off: factors, and the cuts of the tables but the area."""
    return (*factor_ids(), *(name for name in CUTS if name != "area"))


@cache
def factor(name: str) -> Factor:
    """A factor by its name.

    Raises:
        KeyError: there is none of that name.
    """
    entry = _document()["factors"][name]
    groups: Mapping[str, list[str]] = _document()["groups"]
    return Factor(
        id=name,
        name=entry["name"],
        group=next((group for group, members in groups.items() if name in members), ""),
        acts_on=tuple(entry["acts_on"]),
        default=entry["default"],
        grade=entry["grade"],
        source=Source(**entry["source"]),
        note=entry["note"],
    )


def role_of(transition: str) -> str:
    """The phase that a transition ends: `phase_3` for both its ends, `filing` for filing to approval."""
    return transition.partition("_to_")[0]


def items(known: Known, *, reference: Cells) -> tuple[Item, ...]:
    """Everything known about the drug, as shifts.

    Args:
        known: the facts.
        reference: the table's cells of all programmes, against which published ratios are read.
    """
    found: list[Item] = []
    for name in ("genetic_support", "proof_of_mechanism", "class_precedent"):
        fact: Fact | None = getattr(known, name)
        if fact is not None:
            found.append(_fact_item(name, fact, reference))
    if known.phase_2_effect is not None:
        found.append(_effect_item("phase_2_effect", known.phase_2_effect, known.phase_2_effect.source))
    if known.response_rate is not None:
        found.append(_effect_item("response_rate", _as_effect(known.response_rate), known.response_rate.source))
    granted = {place: fact for place, fact in known.breakthrough.items() if fact.value}
    if granted:
        found.append(_breakthrough_item(granted, reference))
    return tuple(found)


def relative_success_shift(ratio: float, *, supported_share: float, has_it: bool, reference: Cells, name: str) -> float:
    """The shift that a ratio of success rates with and without a feature means against the average programme.

    The table's average already holds programmes with the feature: with their share s, success without it is
    1 / (1 - s + s ratio) of the average, and with it `ratio` times that.
    """
    without = 1 / (1 - supported_share + supported_share * ratio)
    return _solve(name, reference, goal=(without * ratio if has_it else without) * _span(name, reference, 0.0))


def share_shift(share: float, *, reference: Cells, name: str) -> float:
    """The shift after which the table's chance over the factor's span is `share`."""
    return _solve(name, reference, goal=share)


def effect_shift(effect: Effect, *, heterogeneity: float, base_prob: float) -> float:
    """Bayes' rule on an observed effect: the drug works as planned, or not at all.

    Both likelihoods are conditional on phase 2 having passed, since the base chance is of programmes that did:

        L = f(x | target) / f(x | 0),   f(x | m) = N(x; m, v) / P(N(m, v) > z(1 - 0.1) se),   v = se^2 + (h target)^2

    Phase 3 succeeds with its power if the drug works and with its error if not; `base_prob` fixes how likely the drug
    works before x.

    Args:
        effect: estimate, error and target.
        heterogeneity: h, standard deviation between the trials' true effects as a share of the target.
        base_prob: chance of the gate before, 0 to 1.

    Returns:
        The change of the gate's log-odds; 0 where the base chance is beyond the power.
    """
    prior = (base_prob - ERROR) / (POWER - ERROR)
    if not 0 < prior < 1:
        return 0.0
    sd = math.hypot(effect.standard_error, heterogeneity * effect.target)
    limit = _STANDARD.inv_cdf(1 - PASSED) * effect.standard_error
    log_ratio = (effect.target * effect.estimate - effect.target**2 / 2) / sd**2
    log_ratio -= math.log(_upper((limit - effect.target) / sd)) - math.log(_upper(limit / sd))
    log_ratio = min(max(log_ratio, -_SHIFT_LIMIT), _SHIFT_LIMIT)
    works = expit(logit(prior) + log_ratio)
    return logit(works * POWER + (1 - works) * ERROR) - logit(base_prob)


def _fact_item(name: str, fact: Fact, reference: Cells) -> Item:
    entry, about = _document()["factors"][name], factor(name)
    if entry["kind"] == "relative_success":
        share = entry["supported"]["n"] / entry["supported"]["of"]
        shifts = [
            relative_success_shift(
                entry["ratio"][key], supported_share=share, has_it=fact.value, reference=reference, name=name
            )
            for key in ("value", "low", "high")
        ]
    else:
        ratio = entry["yes" if fact.value else "no"]
        shifts = [math.log(ratio[key]) for key in ("value", "low", "high")]
    shift = _ordered(shifts)
    is_default = about.default == "on"
    return Item(about, _on(about.acts_on, shift), is_default, fact.path, fact.value, fact.source)


def _breakthrough_item(granted: Mapping[str, Fact], reference: Cells) -> Item:
    entry, about = _document()["factors"]["breakthrough"], factor("breakthrough")
    sourced = [place for place in entry["jurisdictions"] if place in granted]
    fact = granted[sourced[0]] if sourced else next(iter(granted.values()))
    shift = _ordered(
        [share_shift(entry["share"][key], reference=reference, name="breakthrough") for key in ("value", "low", "high")]
    )
    return Item(about, _on(about.acts_on, shift), bool(sourced), fact.path, True, fact.source)


def _effect_item(name: str, effect: Effect, source: Source | None) -> Item:
    entry, about = _document()["factors"][name], factor(name)

    def shift(role: str, base_prob: float) -> Shift:
        if role not in about.acts_on:
            return NO_SHIFT
        between = entry["heterogeneity"]
        value, *ends = (
            effect_shift(effect, heterogeneity=between[key], base_prob=base_prob) for key in ("value", "low", "high")
        )
        return Shift(value, min(value, *ends), max(value, *ends))

    is_default = about.default == "on_if_sourced" and source is not None
    return Item(about, shift, is_default, effect.path, None, source)


def _as_effect(response: Response) -> Effect:
    """A response rate against its control on log-odds, less the fall that phase 3 usually brings.

    The observed share is kept half a patient away from 0 and from 1.
    """
    discount = _document()["factors"]["response_rate"]["discount"]
    edge = 0.5 / response.n
    share = min(max(response.share - discount, edge), 1 - edge)
    return Effect(
        estimate=logit(share) - logit(response.control_share),
        standard_error=math.sqrt(1 / (response.n * share * (1 - share))),
        target=logit(response.target_share) - logit(response.control_share),
        source=response.source,
        path=response.path,
    )


def _on(acts_on: tuple[str, ...], shift: Shift) -> Callable[[str, float], Shift]:
    return lambda role, _: shift if role in acts_on else NO_SHIFT


def _ordered(shifts: list[float]) -> Shift:
    return Shift(shifts[0], min(shifts), max(shifts))


def _span(name: str, reference: Cells, shift: float) -> float:
    """The chance over the factor's span with its gates shifted."""
    entry = _document()["factors"][name]
    first = _PHASES.index(entry["span_from"])
    product = 1.0
    for transition, (prob, n) in reference.items():
        role = role_of(transition)
        # Counts of one's own may hold no success or no failure, which has no log-odds: its centre is taken instead.
        log_odds = logit(prob) if 0 < prob < 1 else logit_moments(prob * n, n)[0]
        if _PHASES.index(role) >= first:
            product *= expit(log_odds + shift if role in entry["acts_on"] else log_odds)
    return product


def _solve(name: str, reference: Cells, *, goal: float) -> float:
    """The shift at which the chance over the span is `goal`, by bisection to 1e-12; the nearest within limits."""
    low, high = -_SHIFT_LIMIT, _SHIFT_LIMIT
    while high - low > 1e-12:
        middle = (low + high) / 2
        low, high = (middle, high) if _span(name, reference, middle) < goal else (low, middle)
    return (low + high) / 2


def _upper(z: float) -> float:
    """Chance of a standard normal above z, kept off 0."""
    return max(0.5 * math.erfc(z / math.sqrt(2)), 1e-300)


@cache
def _document() -> dict[str, Any]:
    import json
    from importlib.resources import files

    text = files("onepill.evidence").joinpath("data/evidence_factors.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
