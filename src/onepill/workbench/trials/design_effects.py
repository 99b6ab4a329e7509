"""The endpoint, effect and accrual of a question about designs: read from its fields, with all findings at once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from onepill.core.errors import Finding, InputError

if TYPE_CHECKING:
    from onepill.stats.accrual import Hazards
    from onepill.stats.calendar import Accrual
    from onepill.stats.endpoints import Endpoint, TimeToEvent
    from onepill.workbench.questions.design import EffectAsk

MEANS, RATES, HAZARDS = "difference", "rates", "hazard_ratio"
ONLY_EVENTS = ("accrual_months", "control_median_months", "event_prob")
ABOVE_0 = ("sd", "hazard_ratio", "ratio", "accrual_per_month", "accrual_months", "control_median_months")
LEAST, LARGEST = 1e-6, 1e6
"""What a deviation, a ratio, a rate or a time may be: beyond it sizes pass every number that a machine holds."""
MOST_DEVIATIONS = 10_000


def endpoint_of(ask: EffectAsk) -> Endpoint | None:
    """The endpoint that the question is about; none where it names no effect.

    Raises:
        InputError: `effect.*`, one finding for each thing that is wrong.
    """
    from onepill.stats.endpoints import Means, Rates, TimeToEvent

    findings = list(_check(ask))
    if findings:
        raise InputError("; ".join(finding.message for finding in findings), findings=findings)
    margin = ask.margin or 0.0
    sign = -1 if ask.lower_is_better else 1
    if ask.sd is not None:
        difference = ask.difference or 0.0
        return Means(difference * sign if ask.margin else abs(difference), ask.sd, ask.ratio, margin)
    if ask.rates:
        return Rates(ask.rates[0], ask.rates[1], ask.ratio, margin, higher_is_better=not ask.lower_is_better)
    if ask.hazard_ratio is not None:
        return TimeToEvent(ask.hazard_ratio, ask.ratio, ask.margin or 1.0)
    return None


def accrual_of(ask: EffectAsk) -> Accrual | None:
    """How patients come; none where the question does not say."""
    from onepill.stats.accrual import hazard_of_yearly_prob
    from onepill.stats.calendar import Accrual

    if ask.accrual_per_month is None:
        return None
    dropout = hazard_of_yearly_prob(ask.dropout_per_year)
    return Accrual(ask.accrual_per_month, ask.accrual_months, ask.follow_up_months, dropout)


def hazards_of(ask: EffectAsk, endpoint: TimeToEvent, effect: float) -> Hazards | None:
    """Hazards of both arms at a multiple of the assumed effect; none where the controls' median is not given."""
    from onepill.stats.accrual import Hazards, hazard_of_median, hazard_of_yearly_prob

    if ask.control_median_months is None:
        return None
    control = hazard_of_median(ask.control_median_months)
    treated = control * endpoint.hazard_ratio_at(effect)
    return Hazards(control, treated, hazard_of_yearly_prob(ask.dropout_per_year), ask.ratio)


def known_share(ask: EffectAsk) -> float:
    """The share of patients still there when their endpoint is due."""
    return float((1 - ask.dropout_per_year) ** ((ask.follow_up_months or 0.0) / 12))


def _check(ask: EffectAsk) -> Iterator[Finding]:
    named = [name for name in (MEANS, RATES, HAZARDS) if getattr(ask, name) not in (None, [])]
    if ask.sd is not None and MEANS not in named:
        named.insert(0, "sd")
    if len(named) > 1:
        options = " and ".join(map(_option, named))
        hint = "write the options of means, of rates or of time to event"
        yield Finding("effect.several", "error", f"{options} are of different endpoints", hint, path=named[1])
        return
    yield from _check_ranges(ask)
    if not named:
        yield from _check_unused(ask)
    elif named[0] in (MEANS, "sd"):
        yield from _check_means(ask)
    elif named[0] == RATES:
        yield from _check_rates(ask)
    else:
        yield from _check_hazards(ask)
    if named and named[0] != HAZARDS:
        for name in (name for name in ONLY_EVENTS if getattr(ask, name) is not None):
            hint = "leave it out; how long patients enter follows from how many there are"
            yield _finding("effect.unused", f"{_option(name)} is of time to event only", name, ask, hint)
        if 0 < ask.dropout_per_year < 1 and ask.follow_up_months is None:
            message = "--dropout-per-year tells how many are lost only with the time until the endpoint is known"
            yield _finding("effect.unused", message, "dropout_per_year", ask, "write --follow-up-months 12")


def _check_ranges(ask: EffectAsk) -> Iterator[Finding]:
    for name in ABOVE_0:
        value = getattr(ask, name)
        if value is not None and not 0 < value < math.inf:
            yield _finding("effect.range", f"{_option(name)} is above 0, not {value:g}", name, ask, "write it positive")
        elif value is not None and not LEAST < value < LARGEST:
            message = f"{_option(name)} of {value:g} is beyond anything meant"
            yield _finding("effect.range", message, name, ask, f"write from {LEAST:g} to {LARGEST:g}")
    if ask.follow_up_months is not None and not 0 <= ask.follow_up_months < math.inf:
        message = f"--follow-up-months is not below 0, and {ask.follow_up_months:g} is no length of time"
        yield _finding("effect.range", message, "follow_up_months", ask, "write months")
    if not 0 <= ask.dropout_per_year < 1:
        message = f"--dropout-per-year is a share from 0 to below 1, not {ask.dropout_per_year:g}"
        yield _finding("effect.range", message, "dropout_per_year", ask, "write 0.05 for five percent")
    if ask.event_prob is not None and not LEAST < ask.event_prob <= 1:
        message = f"--event-prob is a share above 0 up to 1, not {ask.event_prob:g}"
        yield _finding("effect.range", message, "event_prob", ask, "write 0.6 for sixty percent")
    if ask.margin is not None and not 0 < ask.margin < math.inf:
        message = f"--margin is a loss above 0, not {ask.margin:g}"
        yield _finding("effect.margin", message, "margin", ask, "leave it out to ask for superiority")


def _check_unused(ask: EffectAsk) -> Iterator[Finding]:
    """Without an effect nothing is counted in patients, so that what says how they come would be lost in silence."""
    defaults = type(ask).model_fields
    names = ("margin", "lower_is_better", "ratio", "accrual_per_month", "follow_up_months", "dropout_per_year")
    for name in (*names, *ONLY_EVENTS):
        if getattr(ask, name) != defaults[name].default:
            hint = "write --difference and --sd, --rates, or --hazard-ratio"
            yield _finding("effect.none", f"{_option(name)} says nothing without an effect", name, ask, hint)


def _check_means(ask: EffectAsk) -> Iterator[Finding]:
    if ask.sd is None:
        message = "a difference of means needs its standard deviation"
        yield _finding("effect.sd", message, "sd", ask, "write --sd 8")
    if ask.difference is None and ask.margin is None:
        message = "a standard deviation needs the difference that is assumed"
        yield _finding("effect.difference", message, "difference", ask, "write --difference 2.5")
    elif ask.difference is not None and not math.isfinite(ask.difference):
        message = f"--difference is a number, not {ask.difference:g}"
        yield _finding("effect.difference", message, "difference", ask, "write --difference 2.5")
    else:
        yield from _check_benefit(ask, ask.difference or 0.0, "difference")
        yield from _check_size(ask)


def _check_size(ask: EffectAsk) -> Iterator[Finding]:
    """Beyond this many deviations no test tells the effect from nothing, or needs more than two patients."""
    if ask.sd is None or not 0 < ask.sd < math.inf or not (ask.difference or ask.margin):
        return
    effect = (abs(ask.difference or 0.0) + abs(ask.margin or 0.0)) / ask.sd
    if not LEAST <= effect <= MOST_DEVIATIONS:
        message = f"an effect of {effect:g} standard deviations is beyond anything meant"
        hint = f"write from {LEAST:g} to {MOST_DEVIATIONS:,} standard deviations"
        yield _finding("effect.range", message, "difference", ask, hint)


def _check_rates(ask: EffectAsk) -> Iterator[Finding]:
    if len(ask.rates) != 2:
        message = f"two rates are compared, not {len(ask.rates)}"
        yield _finding("effect.rates", message, "rates", ask, "write --rates 0.4,0.2: treated, then control")
        return
    if not all(0 < rate < 1 for rate in ask.rates):
        message = f"rates lie between 0 and 1: {ask.rates[0]:g}, {ask.rates[1]:g}"
        yield _finding("effect.rates", message, "rates", ask, "write 0.4 for forty percent")
        return
    if ask.margin is not None and not ask.margin < 1:
        message = f"a loss of {ask.margin:g} is more than any rate has"
        yield _finding("effect.margin", message, "margin", ask, "write 0.1 for ten points")
    yield from _check_benefit(ask, ask.rates[0] - ask.rates[1], "rates")


def _check_benefit(ask: EffectAsk, difference: float, path: str) -> Iterator[Finding]:
    """Superiority needs some difference, non-inferiority one that is less bad than the margin."""
    if ask.margin is None and difference == 0:
        yield _finding("effect.zero", "no difference is no effect to find", path, ask, "write the effect assumed")
    benefit = -difference if ask.lower_is_better else difference
    if ask.margin is not None and ask.margin > 0 and not benefit + ask.margin > 0:
        message = f"a benefit of {benefit:g} is no better than the loss of {ask.margin:g} that is to be excluded"
        hint = "raise the margin; --lower-is-better turns the difference round"
        yield _finding("effect.margin", message, "margin", ask, hint)
    if ask.margin is None and ask.lower_is_better:
        message = "--lower-is-better tells which way a margin lies, and there is none"
        yield _finding("effect.unused", message, "lower_is_better", ask, "leave it out; the sign of an effect is free")


def _check_hazards(ask: EffectAsk) -> Iterator[Finding]:
    margin = ask.margin if ask.margin is not None else 1.0
    if ask.margin is not None and not ask.margin > 1:
        message = f"a hazard ratio of {ask.margin:g} is no loss; the margin is above 1"
        yield _finding("effect.margin", message, "margin", ask, "write --margin 1.3")
    elif ask.hazard_ratio == margin or (ask.margin is not None and not ask.hazard_ratio < margin):  # type: ignore[operator]
        message = f"a hazard ratio of {ask.hazard_ratio:g} against {margin:g} is no effect to find"
        yield _finding("effect.zero", message, "hazard_ratio", ask, "write the hazard ratio assumed, such as 0.7")
    if ask.lower_is_better:
        message = "a hazard ratio is better the lower it is"
        yield _finding("effect.unused", message, "lower_is_better", ask, "leave it out")
    if ask.event_prob is not None and ask.control_median_months is not None:
        message = "--event-prob and --control-median-months both say how many patients have an event"
        yield _finding("effect.events", message, "event_prob", ask, "leave one of them out")
    yield from _check_event_calendar(ask)


def _check_event_calendar(ask: EffectAsk) -> Iterator[Finding]:
    open_ended = (ask.accrual_months is None) == (ask.follow_up_months is None)
    if ask.control_median_months is not None and ask.accrual_per_month is None:
        message = "how many patients enter each month is needed to tell when events come"
        yield _finding("effect.accrual", message, "accrual_per_month", ask, "write --accrual-per-month 20")
    elif ask.control_median_months is not None and open_ended:
        message = "either how long patients enter or how long the last is followed is needed; the other is worked out"
        hint = "write --accrual-months 18 or --follow-up-months 6"
        yield _finding("effect.accrual", message, "accrual_months", ask, hint)
    if ask.control_median_months is None:
        for name in ("accrual_per_month", "accrual_months", "follow_up_months"):
            if getattr(ask, name) is not None:
                message = f"{_option(name)} tells when events come only with the controls' median"
                yield _finding("effect.unused", message, name, ask, "write --control-median-months 12")
        if ask.dropout_per_year:
            message = "--dropout-per-year tells how many events are lost only with the controls' median"
            yield _finding("effect.unused", message, "dropout_per_year", ask, "write --control-median-months 12")


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _finding(code: str, message: str, path: str, ask: EffectAsk, hint: str) -> Finding:
    from onepill.stats.errors import shown

    value = getattr(ask, path)
    is_list = isinstance(value, list)
    return Finding(code, "error", message, hint, path=path, value=str(value) if is_list else shown(value))
