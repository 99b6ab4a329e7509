"""What a design needs in patients, events and months, as one document for one look and for several."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from onepill.core.errors import InputError
from onepill.workbench.trials.design_effects import accrual_of, hazards_of, known_share
from onepill.workbench.trials.design_words import METHODS

if TYPE_CHECKING:
    from onepill.stats.calendar import Calendar
    from onepill.stats.endpoints import Endpoint
    from onepill.stats.sequential import Design
    from onepill.workbench.questions.design import EffectAsk

Row = dict[str, Any]
EFFECTS = {"null": 0.0, "intermediate": 0.5, "alternative": 1.0}
"""The effects that expectations are stated for, as multiples of the assumed one."""
_ROUNDING = 1e-6
"""Sizes are solved to about this; a whole number is not raised by the error of its solution."""


def size_row(ask: EffectAsk, endpoint: Endpoint, design: Design, *, fixed: float | None = None) -> Row:
    """The size of a design for an endpoint.

    Args:
        ask: the question, for accrual and follow-up.
        endpoint: what is measured, with the effect assumed.
        design: the design; one with one look has inflation 1.
        fixed: information of a test with one look; worked out from the design's error and power if left out.
    """
    fixed = endpoint.needed(alpha=design.alpha, power=design.power) if fixed is None else fixed
    maximum = fixed * design.inflation
    needed = [share * maximum for share in design.shares]
    calendars = {name: _calendar(ask, endpoint, needed, effect) for name, effect in EFFECTS.items()}
    planned = calendars["alternative"]
    patients = _patients(ask, endpoint, maximum, planned)
    whole = None if patients is None else _arms(patients, endpoint.ratio)
    return {
        "endpoint": endpoint.kind,
        "unit": endpoint.unit,
        "method": METHODS[endpoint.kind, endpoint.asks_non_inferiority],
        "fixed": fixed,
        "maximum": maximum,
        "maximum_whole": _whole(maximum),
        "expected": {name: float(maximum * design.expected_share(effect)) for name, effect in EFFECTS.items()},
        "patients": None if whole is None else sum(whole.values()),
        "arms": whole,
        "accrual_months": planned.accrual_months if planned else None,
        "months": planned.months[-1] if planned else None,
        "expected_months": _expected_months(design, calendars),
        "looks": [
            {
                "look": look + 1,
                "share": share,
                "needed": needed[look],
                "month": planned.months[look] if planned else None,
                "entered": planned.entered[look] if planned else None,
            }
            for look, share in enumerate(design.shares)
        ],
    }


def _calendar(ask: EffectAsk, endpoint: Endpoint, needed: Sequence[float], effect: float) -> Calendar | None:
    from dataclasses import replace

    from onepill.stats.calendar import event_calendar, patient_calendar
    from onepill.stats.endpoints import TimeToEvent

    accrual = accrual_of(ask)
    if accrual is None:
        return None
    if not isinstance(endpoint, TimeToEvent):
        return patient_calendar(needed, accrual, known_share=known_share(ask))
    assumed, true = hazards_of(ask, endpoint, 1.0), hazards_of(ask, endpoint, effect)
    if assumed is None or true is None:
        return None
    planned = event_calendar(needed, accrual, assumed)
    if planned is None or planned.months[-1] is None:
        raise _never(ask, needed[-1], planned)
    # Patients enter as planned for the assumed effect; under another one the events come at another time.
    return event_calendar(needed, replace(accrual, months=planned.accrual_months), true)


def _never(ask: EffectAsk, events: float, planned: Calendar | None) -> InputError:
    found = f" of {planned.patients:,.0f} patients" if planned else ""
    message = f"{events:,.0f} events never come{found}: too few enter, or too many drop out"
    hint = "let more patients enter each month, or for longer"
    path = "accrual_months" if ask.accrual_months is not None else "accrual_per_month"
    return InputError.single("effect.events_never_come", message, hint=hint, path=path, value=getattr(ask, path))


def _patients(ask: EffectAsk, endpoint: Endpoint, maximum: float, planned: Calendar | None) -> float | None:
    """Patients who are to enter; of time to event only where the question tells how many have one."""
    if planned is not None:
        return planned.patients
    if endpoint.unit == "patients":
        return maximum / known_share(ask)
    return None if ask.event_prob is None else maximum / ask.event_prob


def _expected_months(design: Design, calendars: dict[str, Calendar | None]) -> Row | None:
    """Expected months to the end; null under an effect with a look that never comes."""
    if calendars["alternative"] is None:
        return None
    return {name: _mean_months(design, found, EFFECTS[name]) for name, found in calendars.items()}


def _mean_months(design: Design, calendar: Calendar | None, effect: float) -> float | None:
    if calendar is None or any(month is None for month in calendar.months):
        return None
    upper, lower = design.stop_probs(effect)
    early = [float(chance) for chance in (upper + lower)[:-1]]
    chances = [*early, 1 - sum(early)]
    return math.fsum(chance * (month or 0.0) for chance, month in zip(chances, calendar.months, strict=True))


def _arms(patients: float, ratio: float) -> dict[str, int]:
    treated = patients * ratio / (1 + ratio)
    return {"treated": _whole(treated), "control": _whole(patients - treated)}


def _whole(amount: float) -> int:
    return math.ceil(amount * (1 - _ROUNDING))
