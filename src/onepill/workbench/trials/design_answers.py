"""The design operations: how many patients, with how many looks, and when."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from onepill.core.errors import Finding, InputError
from onepill.workbench.trials import design_words as words
from onepill.workbench.trials.design_effects import endpoint_of

if TYPE_CHECKING:
    from onepill.stats.endpoints import Endpoint
    from onepill.stats.sequential import Design
    from onepill.workbench.questions.assurance import AssuranceAsk
    from onepill.workbench.questions.design import (
        EffectAsk,
        FixedAsk,
        SequentialAsk,
        SingleArmAsk,
    )

Row = dict[str, Any]


def fixed(ask: FixedAsk) -> Row:
    """How many patients or events a test with one look needs, or which power it has with those it gets."""
    from onepill.stats.errors import check_errors
    from onepill.stats.sequential import design
    from onepill.workbench.trials.design_sizes import size_row

    findings = list(check_errors(ask.alpha, ask.power))
    if findings:
        raise InputError("; ".join(finding.message for finding in findings), findings=findings)
    endpoint = endpoint_of(ask)
    if endpoint is None:
        message = "a size needs the effect that is assumed"
        hint = "write --difference and --sd, --rates, or --hazard-ratio"
        raise InputError.single("effect.missing", message, hint=hint, path="difference")
    amount, power = given_amount(ask, endpoint), ask.power
    if amount is not None:
        power = endpoint.power(amount, alpha=ask.alpha)
    one_look = design(1, alpha=ask.alpha, power=ask.power)
    return {
        "alpha": ask.alpha,
        "power": power,
        "worked_out": "size" if amount is None else "power",
        "size": size_row(ask, endpoint, one_look, fixed=amount),
        "assumptions": [words.ONE_SIDED, *_calendar_words(ask, endpoint)],
    }


def sequential(ask: SequentialAsk) -> Row:
    """When a trial may stop early: bounds at each look, what they cost in information, patients and months."""
    from onepill.stats.sequential import design
    from onepill.workbench.trials.design_sizes import EFFECTS, size_row

    shares = shares_of(ask)
    futility = None if ask.futility.strip() == "none" else ask.futility
    found = design(
        shares,
        alpha=ask.alpha,
        power=ask.power,
        bound=ask.bound,
        futility=futility,
        binding=ask.binding,
        sides=ask.sides,
    )
    endpoint = endpoint_of(ask)
    stops = {name: found.stop_probs(effect) for name, effect in EFFECTS.items()}
    return {
        "looks": len(found.shares),
        "at": list(found.shares),
        "alpha": found.alpha,
        "power": found.power,
        "sides": found.sides,
        "bound": found.bound,
        "futility": found.futility or "none",
        "binding": found.binding,
        "upper_z": _finite(found.upper_z),
        "lower_z": None if _lower_bound(found) == "none" else _finite(found.lower_z),
        "lower_bound": _lower_bound(found),
        "upper_p": [0.5 * math.erfc(z / math.sqrt(2)) for z in found.upper_z],
        "alpha_spent": list(found.alpha_spent),
        "beta_spent": None if futility is None else stops["alternative"][1].cumsum().tolist(),
        "type_1_error": float(stops["null"][0].sum()),
        "drift": found.drift,
        "inflation": found.inflation,
        "expected_inflation": {name: float(found.expected_inflation(e)) for name, e in EFFECTS.items()},
        "stop_probs": {name: {"upper": up.tolist(), "lower": low.tolist()} for name, (up, low) in stops.items()},
        "size": None if endpoint is None else size_row(ask, endpoint, found),
        "assumptions": [words.ONE_SIDED, words.NORMAL, *_bound_words(found), *_calendar_words(ask, endpoint)],
    }


def single_arm(ask: SingleArmAsk) -> Row:
    """How many patients tell a response rate from one of no interest in a single arm: one stage, or Simon's two."""
    from onepill.stats.single_arm import MOST_PATIENTS, Question, one_stage, simon

    findings = list(_check_single_arm(ask))
    if findings:
        raise InputError("; ".join(finding.message for finding in findings), findings=findings)
    asked = Question(ask.null_rate, ask.target_rate, ask.alpha, ask.power)
    single, two = one_stage(asked), simon(asked)
    if single is None or two is None:
        message = f"no design up to {MOST_PATIENTS} patients tells {ask.target_rate:g} from {ask.null_rate:g}"
        hint = "such a difference needs a controlled trial: see onepill design fixed --rates"
        raise InputError.single("design.single_arm.size", message, hint=hint, path="target_rate")
    optimal, minimax = two
    return {
        "null_rate": ask.null_rate,
        "target_rate": ask.target_rate,
        "alpha": ask.alpha,
        "power": ask.power,
        "one_stage": vars(single),
        "optimal": vars(optimal),
        "minimax": vars(minimax),
        "searched_up_to": MOST_PATIENTS,
        "assumptions": [words.BY_EYE],
    }


def shares_of(ask: SequentialAsk | AssuranceAsk) -> int | list[float]:
    """The number of looks, or where they are.

    Raises:
        InputError: `design.looks`, neither is told, or both and they disagree.
    """
    if not ask.at and ask.looks is None:
        message = "a sequential design needs its number of looks, or where they are"
        raise InputError.single("design.looks", message, hint="write --looks 5 or --at 0.3,0.6,1", path="looks")
    if ask.at and ask.looks not in (None, len(ask.at)):
        message = f"--looks says {ask.looks} and --at names {len(ask.at)}"
        raise InputError.single("design.looks", message, hint="leave --looks out", path="looks", value=ask.looks)
    return ask.at or ask.looks or 0


def given_amount(ask: FixedAsk | AssuranceAsk, endpoint: Endpoint) -> float | None:
    """The size whose power is asked for, in the endpoint's unit; none where the size is asked for.

    Raises:
        InputError: `effect.amount`, it is in the other unit, or too small for a test.
    """
    for unit in ("patients", "events"):
        amount = getattr(ask, unit)
        if amount is not None and unit != endpoint.unit:
            message = f"this endpoint is counted in {endpoint.unit}, not in {unit}"
            raise InputError.single("effect.amount", message, hint=f"write --{endpoint.unit}", path=unit, value=amount)
    amount = getattr(ask, endpoint.unit)
    if amount is None:
        return None
    if not amount * min(endpoint.ratio, 1) / (1 + endpoint.ratio) >= 2 or not math.isfinite(amount):
        message = f"a test needs two {endpoint.unit} of each arm, and {amount:g} in all leave fewer"
        raise InputError.single("effect.amount", message, hint="write more", path=endpoint.unit, value=str(amount))
    return float(amount)


def _lower_bound(found: Design) -> str:
    if found.futility is not None:
        return "futility"
    return "harm" if found.sides == 2 else "none"


def _finite(bounds: Sequence[float]) -> list[float | None]:
    return [z if math.isfinite(z) else None for z in bounds]


def _bound_words(found: Design) -> list[words.Text]:
    said = []
    if found.futility is not None:
        said.append(words.BINDING if found.binding else words.NOT_BINDING)
    if found.sides == 2:
        said.append(words.TWO_SIDED)
    return said


def _calendar_words(ask: EffectAsk, endpoint: Endpoint | None) -> list[words.Text]:
    said = [words.INFLATED] if endpoint is not None and hasattr(ask, "looks") else []
    if ask.accrual_per_month is not None:
        said.append(words.STEADY)
    if ask.control_median_months is not None:
        said.append(words.EXPONENTIAL)
    return said


def _check_single_arm(ask: SingleArmAsk) -> list[Finding]:
    from onepill.stats.errors import check_errors

    findings = list(check_errors(ask.alpha, ask.power))
    for path in ("null_rate", "target_rate"):
        rate = getattr(ask, path)
        if not 0 < rate < 1:
            message = f"a response rate lies between 0 and 1, not at {rate:g}"
            findings.append(Finding("design.rate", "error", message, "write 0.2 for a fifth", path, value=str(rate)))
    if not findings and not ask.null_rate < ask.target_rate:
        message = f"the rate worth finding, {ask.target_rate:g}, is not above that of no interest, {ask.null_rate:g}"
        findings.append(Finding("design.rate", "error", message, "turn them round", "target_rate"))
    return findings
