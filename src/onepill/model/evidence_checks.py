"""What a schema cannot say of known evidence: intervals out of order, targets on the wrong side, double switches."""

from __future__ import annotations

from collections.abc import Iterator

from onepill.core.errors import Finding
from onepill.model.known_evidence import KnownEffect, KnownResponse
from onepill.model.schema import Programme


def check_evidence(programme: Programme) -> Iterator[Finding]:
    """All findings about known evidence and about how chances are read."""
    named = {"indication": programme.indication} if programme.indication else {}
    named |= {f"indications.{name}": found for name, found in programme.indications.items()}
    for path, indication in named.items():
        known = indication.evidence
        if known.phase_2_effect is not None:
            yield from _effect(f"{path}.evidence.phase_2_effect", known.phase_2_effect)
        if known.response_rate is not None:
            yield from _response(f"{path}.evidence.response_rate", known.response_rate)
    for name in sorted(set(programme.success.switch_on) & set(programme.success.switch_off)):
        yield _error("success.factor_twice", f"{name} is switched on and off", "success", "keep one of the two", name)
    if programme.success.oncology_subtype and all(found.area != "oncology" for found in named.values()):
        message, path = "no indication of this file is in oncology", "success.oncology_subtype"
        yield Finding("success.subtype_unused", "warning", message, "leave it out", path)


def _error(code: str, message: str, path: str, hint: str, value: object = None) -> Finding:
    return Finding(code, "error", message, hint, path, value=value)


def _effect(path: str, effect: KnownEffect) -> Iterator[Finding]:
    is_ratio = effect.scale != "difference"
    numbers = (effect.estimate, effect.low, effect.high, effect.target)
    if is_ratio and min(numbers) <= 0:
        yield _error("evidence.ratio", f"a {effect.scale} is above 0", path, "write 0.62, not its logarithm", numbers)
        return
    if not effect.low <= effect.estimate <= effect.high or effect.low == effect.high:
        message = f"the interval {effect.low:g} to {effect.high:g} does not enclose {effect.estimate:g}"
        yield _error("evidence.interval", message, path, "give the limits of the 95 % interval", effect.estimate)
    none = 1.0 if is_ratio else 0.0
    is_for_it = effect.target < none if effect.scale == "hazard_ratio" else effect.target > none
    if not is_for_it:
        side = "below 1" if effect.scale == "hazard_ratio" else f"above {none:g}"
        message = f"a target of {effect.target:g} does not speak for the drug"
        yield _error("evidence.target", message, f"{path}.target", f"a {effect.scale} {side}", effect.target)


def _response(path: str, response: KnownResponse) -> Iterator[Finding]:
    if response.target_share <= response.control_share:
        message = f"a target of {response.target_share:g} is not above the control's {response.control_share:g}"
        hint = "give the response rate that phase 3 is planned for"
        yield _error("evidence.target", message, f"{path}.target_share", hint, response.target_share)
