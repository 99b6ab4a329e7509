"""A policy's measures against one programme: which apply, and which overlay each one is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from onepill.core.errors import InputError
from onepill.core.units import parse_amount, parse_duration
from onepill.model.overlays import Overlay
from onepill.rulebook import Effect, Measure, Policy, failing, matches, terms_of

VERBS = {
    "rule": ("set", "cap", "add", "scale"),
    "span": ("cap",),
    "work": ("parallel", "drop"),
    "stage_cost": ("subsidy", "set", "cap", "add", "scale"),
}
"""What an overlay can do to each kind of target; any other effect is not quantified and says so."""


@dataclass(frozen=True)
class Uptake:
    """The chance (0 to 1) that a measure is achieved for a programme, and the limits between which it may lie."""

    mean: float
    low: float
    high: float


UNKNOWN_UPTAKE = Uptake(1.0, 0.0, 1.0)
"""Full uptake is assumed where nobody gave one; it may be none at all."""


@dataclass(frozen=True)
class MeasureMatch:
    """A measure against a programme.

    `failing` lists the conditions that do not hold; `overlay` is None where the effect cannot be put in numbers, and
    `reason` then says why. `uptake_assumed` is True where nobody gave an uptake and full uptake is taken;
    `terms_assumed` are the conditions whose answer is an assumption without which the measure would not apply.
    """

    measure: Measure
    failing: tuple[str, ...]
    overlay: Overlay | None
    reason: str
    uptake: Uptake
    uptake_assumed: bool
    terms_assumed: tuple[str, ...] = ()

    @property
    def applies(self) -> bool:
        return not self.failing


def match_policy(
    policy: Policy,
    *,
    terms: frozenset[str],
    uptake: Mapping[str, Uptake],
    usd_per: Mapping[str, float],
    base_caps_usd: Mapping[str, float],
    assumed: frozenset[str] = frozenset(),
) -> list[MeasureMatch]:
    """Every measure of a policy in its own order.

    Args:
        terms: the conditions that hold for the programme.
        uptake: by measure id, for those that somebody gave one for.
        usd_per: US dollars for one unit of a currency.
        base_caps_usd: by baseline rule, the limit in US dollars of the subsidy that is otherwise in force.
        assumed: the terms whose answer, yes or no, is an assumption.
    """
    found = [
        _match(policy, measure, terms=terms, uptake=uptake, usd_per=usd_per, assumed=assumed)
        for measure in policy.measures
    ]
    return [_against(match, base_caps_usd) for match in found]


def _against(match: MeasureMatch, base_caps_usd: Mapping[str, float]) -> MeasureMatch:
    """A subsidy is worth what it pays beyond the one that it takes the place of."""
    if match.overlay is None or match.overlay.verb != "subsidy":
        return match
    cap = base_caps_usd.get(match.measure.baseline or "", 0.0)
    return replace(match, overlay=replace(match.overlay, base_cap_usd=cap))


def _match(
    policy: Policy,
    measure: Measure,
    *,
    terms: frozenset[str],
    uptake: Mapping[str, Uptake],
    usd_per: Mapping[str, float],
    assumed: frozenset[str],
) -> MeasureMatch:
    missing = tuple(failing(measure.when, terms))
    given = uptake.get(measure.id, _stated(measure))
    share = given or UNKNOWN_UPTAKE
    overlay, reason = None, measure.not_quantified_reason
    if measure.effect is not None and measure.baseline is None and measure.effect.on != "stage_cost":
        reason = reason or "no rule or sourced baseline is on file to measure it against"
    elif measure.effect is not None and not reason:
        overlay, reason = _overlay(policy, measure, share.mean, usd_per=usd_per)
    decisive = (term for term in terms_of(measure.when) & assumed if not matches(measure.when, terms ^ {term}))
    return MeasureMatch(measure, missing, overlay, reason, share, given is None, tuple(sorted(decisive)))


def _stated(measure: Measure) -> Uptake | None:
    """The uptake that the policy's own file states."""
    value = measure.uptake
    return Uptake(value, value, value) if isinstance(value, int | float) else None


def _overlay(
    policy: Policy, measure: Measure, uptake: float, *, usd_per: Mapping[str, float]
) -> tuple[Overlay | None, str]:
    try:
        return overlay_of(policy, measure, uptake=uptake, usd_per=usd_per), ""
    except InputError as error:
        return None, str(error)


def overlay_of(policy: Policy, measure: Measure, *, uptake: float, usd_per: Mapping[str, float]) -> Overlay:
    """The measure's effect as an overlay, in force from its own first day to its last.

    Raises:
        InputError: the effect's value cannot be read, is in a currency without an exchange rate, or its verb is not
            built for its target.
    """
    effect, (first, last) = measure.effect, _in_force(policy, measure)
    if effect is None:
        raise InputError.single(
            "measure.no_effect", f"{measure.id} states no effect", hint="it cannot be put in numbers"
        )
    if effect.verb not in VERBS[effect.on]:
        message = f"{effect.verb} on a {effect.on.replace('_', ' ')} is not built"
        hint = f"built: {', '.join(VERBS[effect.on])}"
        raise InputError.single("measure.verb", message, hint=hint, path=measure.id, value=effect.verb)
    value, unit, cap = _amounts(effect, usd_per=usd_per)
    return Overlay(
        id=measure.id,
        on=effect.on,  # type: ignore[arg-type]  # the loader admits only rule, span and stage_cost
        target=effect.target,
        verb=effect.verb,
        value=value,
        unit=unit,
        jurisdiction=effect.where or policy.jurisdiction,
        first=first,
        last=last,
        uptake=uptake,
        cap_usd=cap,
    )


def _in_force(policy: Policy, measure: Measure) -> tuple[date, date | None]:
    own = measure.versions[0] if measure.versions else None
    first = (own.first if own else None) or policy.first
    return first, (own.last if own else None) or policy.last


def _amounts(effect: Effect, *, usd_per: Mapping[str, float]) -> tuple[float, str, float]:
    if effect.verb == "subsidy":
        if "rate" not in effect.value:
            hint = "only its limit is known"
            raise InputError.single("measure.no_rate", "the share of the cost that it pays is not stated", hint=hint)
        return float(effect.value["rate"]), "share", _cap(effect.value, usd_per=usd_per)
    if effect.on == "work":
        return 1.0, "", float("inf")
    if effect.on == "stage_cost" and effect.verb != "scale":
        return _usd(effect.value, usd_per=usd_per), "USD", float("inf")
    if effect.verb in ("add", "scale") and isinstance(effect.value, int | float):
        return float(effect.value), "", float("inf")
    span = parse_duration(effect.value)
    return span.value, span.unit, float("inf")


def _cap(value: Any, *, usd_per: Mapping[str, float]) -> float:
    return _usd(value["cap"], usd_per=usd_per) if value.get("cap") else float("inf")


def _usd(value: Any, *, usd_per: Mapping[str, float]) -> float:
    money = parse_amount(value)
    if money.currency not in usd_per:
        hint = f"add capital.exchange_rates.{money.currency}"
        raise InputError.single("currency.no_rate", f"there is no exchange rate for {money.currency}", hint=hint)
    return money.value * usd_per[money.currency]
