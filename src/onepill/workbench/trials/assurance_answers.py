"""The assurance operations: the chance of success given what is known, before a trial and within it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from onepill.core.errors import InputError
from onepill.workbench.trials import assurance_words as words
from onepill.workbench.trials.assurance_known import Known, normal_known, parse_known
from onepill.workbench.trials.design_words import NORMAL, ONE_SIDED

if TYPE_CHECKING:
    from onepill.stats.assurance import Prior
    from onepill.stats.endpoints import Endpoint
    from onepill.stats.sequential import Boundary, Design
    from onepill.workbench.questions.assurance import AssuranceAsk, InterimAsk, ResponsesAsk

Row = dict[str, Any]
NEAR_CERTAIN = 1 - 1e-9
MOST_SE = 1e9
"""Above it nothing is known of an effect in any unit."""
CALENDAR = (
    "accrual_per_month",
    "accrual_months",
    "follow_up_months",
    "control_median_months",
    "event_prob",
    "dropout_per_year",
)


def assurance(ask: AssuranceAsk) -> Row:
    """How likely success is, given what is known about the effect and not only where it is as assumed."""
    from onepill.stats.assurance import assurance_by_look
    from onepill.stats.sequential import design
    from onepill.workbench.trials.assurance_file import with_file
    from onepill.workbench.trials.design_answers import shares_of
    from onepill.workbench.trials.design_effects import endpoint_of

    ask, from_file = with_file(ask)
    endpoint = endpoint_of(ask)
    if endpoint is None or endpoint.asks_non_inferiority:
        message = "assurance needs the effect that the test is sized for, of superiority"
        hint = "write --difference and --sd, --rates, or --hazard-ratio, without --margin"
        raise InputError.single("effect.missing", message, hint=hint, path="difference")
    _refuse_calendar(ask)
    known = _known(ask, endpoint)
    futility = None if ask.futility.strip() == "none" else ask.futility
    shares = 1 if ask.looks is None and not ask.at else shares_of(ask)
    found = design(
        shares,
        alpha=ask.alpha,
        power=ask.power,
        bound=ask.bound,
        futility=futility,
        binding=ask.binding,
        sides=ask.sides,
    )
    amount, drift = _amount_and_drift(ask, endpoint, found)
    prior = _prior(known, endpoint, _assumed(ask), drift)
    upper, lower = assurance_by_look(prior, found.boundary)
    nothing_up, nothing_down = found.boundary.stop_probs(0.0)
    spike = ask.no_effect_prob
    upper, lower = (1 - spike) * upper + spike * nothing_up, (1 - spike) * lower + spike * nothing_down
    ends = 1 - sum(float(up + down) * (1 - share) for up, down, share in zip(upper, lower, found.shares, strict=True))
    return {
        "endpoint": endpoint.kind,
        "unit": endpoint.unit,
        "amount": amount,
        "expected_amount": amount * ends,
        "at": list(found.shares),
        "upper_z": [z if math.isfinite(z) else None for z in found.upper_z],
        "alpha": ask.alpha,
        "power_assumed": float(found.boundary.stop_probs(drift)[0].sum()),
        "assumed_effect": _assumed(ask),
        "known": {
            "kind": "points" if known.se is None else "normal",
            "effects": list(known.effects),
            "weights": list(known.weights),
            "se": known.se,
            "no_effect_prob": spike,
            "benefit_prob": (1 - spike) * prior.prob_above(0.0),
            "from_file": from_file,
        },
        "assurance": float(upper.sum()),
        "upper": upper.tolist(),
        "lower": lower.tolist(),
        "assumptions": [
            words.KNOWN_IS_TRUE,
            *([words.SINGLE_ARM] if from_file and from_file["path"].endswith("response_rate") else []),
            words.SAME_VARIANCE,
            words.CEILING,
            ONE_SIDED,
            NORMAL,
        ],
    }


def interim(ask: InterimAsk) -> Row:
    """The chances of a trial at an interim look, by what it has shown and by what was known before."""
    from scipy.special import ndtri

    from onepill.stats.assurance import NormalPrior, predictive_power, rest_of_trial
    from onepill.stats.sequential import boundary_at, design

    if (ask.effect is None) != (ask.se is None):
        message = "what was known is an effect with its standard error"
        raise InputError.single("prior.shape", message, hint="write --effect 0.8 --se 0.4", path="effect")
    plain = ask.bound.strip() == "none"
    # Shares, error and power are checked by a design in either case.
    found = design(ask.at, alpha=ask.alpha, power=ask.power, bound="of" if plain else ask.bound)
    if not 1 <= ask.look < len(found.shares):
        message = f"looks 1 to {len(found.shares) - 1} have a later one, not {ask.look}"
        raise InputError.single("interim.look", message, hint="write --look 1", path="look", value=ask.look)
    boundary: Boundary = found.boundary
    drift, look, share = found.drift, ask.look, found.shares[ask.look - 1]
    if plain:  # looks at which nobody stops change nothing: this one and the end are left
        boundary = boundary_at([share, 1.0], upper_z=[math.inf, float(-ndtri(ask.alpha))])
        drift, look = found.fixed_drift, 1
    power = rest_of_trial(boundary, look, ask.z)
    seen = ask.z / math.sqrt(share)
    known = None if ask.effect is None else NormalPrior(ask.effect * drift, (ask.se or 0.0) * drift)
    return {
        "look": ask.look,
        "share": share,
        "z": ask.z,
        "effect_seen": seen / drift,
        "upper_z": [z if math.isfinite(z) else None for z in boundary.upper_z],
        "stops": ask.z >= boundary.upper_z[look - 1],
        "conditional_power_null": float(power(0.0)),
        "conditional_power_seen": float(power(seen)),
        "conditional_power_assumed": float(power(drift)),
        "predictive_power": predictive_power(boundary, look, ask.z),
        "predictive_power_known": None if known is None else predictive_power(boundary, look, ask.z, known),
        "assumptions": [words.FLAT, ONE_SIDED, NORMAL],
    }


def responses(ask: ResponsesAsk) -> Row:
    """Whether a single arm with responses will be a success, and at which numbers it should stop."""
    from onepill.stats.responses import SingleArm, bounds, operating, predictive_prob

    _check_responses(ask)
    arm = SingleArm(ask.max_patients, ask.null_rate, ask.threshold, (ask.prior_beta[0], ask.prior_beta[1]))
    prob = predictive_prob(arm, ask.responses, ask.patients)
    looks = range(ask.first_look, ask.max_patients, ask.every)
    rows = bounds(arm, looks, no_go_below=ask.no_go_below, go_above=ask.go_above)
    rates = [ask.null_rate, *([] if ask.target_rate is None else [ask.target_rate])]
    return {
        "responses": ask.responses,
        "patients": ask.patients,
        "max_patients": ask.max_patients,
        "least_responses": arm.least_responses(),
        "posterior_prob": float(arm.posterior_above_null(ask.responses, ask.patients)),
        "predictive_prob": prob,
        "decision": _decision(ask, prob),
        "bounds": [vars(row) for row in rows],
        "operating": [vars(operating(arm, rows, rate)) for rate in rates],
        "assumptions": [words.BETA, words.EXACT],
    }


def _refuse_calendar(ask: AssuranceAsk) -> None:
    """What says how patients come would be lost in silence: assurance has no calendar."""
    for name in (name for name in CALENDAR if getattr(ask, name)):
        message = f"--{name.replace('_', '-')} says nothing of assurance, which has no calendar"
        hint = "leave it out; `onepill design` has one"
        raise InputError.single("effect.unused", message, hint=hint, path=name, value=getattr(ask, name))


def _known(ask: AssuranceAsk, endpoint: Endpoint) -> Known:
    """What the question says is known, in one of its two ways."""
    if (ask.prior is None) == (ask.effect is None):
        message = "what is known about the effect is needed, once"
        hint = "write --effect with --se or --prior-n, or --prior"
        raise InputError.single("prior.missing", message, hint=hint, path="prior")
    if ask.prior is not None:
        for name in (name for name in ("se", "prior_n") if getattr(ask, name) is not None):
            message = f"--{name.replace('_', '-')} goes with --effect; --prior has its own"
            raise InputError.single("prior.unused", message, hint="leave it out", path=name, value=getattr(ask, name))
        known = parse_known(ask.prior)
    else:
        known = normal_known(ask.effect or 0.0, _standard_error(ask, endpoint))
    if endpoint.kind == "time_to_event" and min(known.effects) <= 0:
        message = f"a hazard ratio is above 0, not {min(known.effects):g}"
        raise InputError.single("prior.effect", message, hint="write --effect 0.8", path="effect")
    if endpoint.kind == "rates" and not max(map(abs, known.effects)) < 1:
        message = f"a difference of two rates lies between -1 and 1, not at {max(known.effects, key=abs):g}"
        raise InputError.single("prior.effect", message, hint="write --effect 0.15", path="effect")
    return known


def _standard_error(ask: AssuranceAsk, endpoint: Endpoint) -> float:
    """The standard error that is told, or that of so many patients or events."""
    if (ask.se is None) == (ask.prior_n is None):
        message = "an effect is known with a standard error, or from so many patients or events"
        raise InputError.single("prior.se", message, hint="write --se 0.15 or --prior-n 120", path="se")
    if ask.se is not None and ask.se > MOST_SE:
        message = f"a standard error of {ask.se:g} is beyond anything meant"
        raise InputError.single("prior.se", message, hint="write --se 0.15", path="se", value=str(ask.se))
    if ask.se is not None:
        return ask.se
    n = ask.prior_n or 0.0
    if not 0 < n < math.inf:
        message = f"what is known rests on more than {n:g} patients or events"
        raise InputError.single("prior.n", message, hint="write --prior-n 120", path="prior_n", value=str(n))
    ratio = ask.ratio
    if endpoint.kind == "means":
        return (ask.sd or 0.0) * (1 + ratio) / math.sqrt(ratio * n)
    if endpoint.kind == "time_to_event":
        return (1 + ratio) / math.sqrt(ratio * n)
    treated, control = (ask.effect or 0.0) + ask.rates[1], ask.rates[1]
    if not 0 < treated < 1:
        message = f"with a control rate of {control:g} a difference of {ask.effect:g} is no rate"
        raise InputError.single("prior.effect", message, hint="write treated minus control", path="effect")
    return math.sqrt((treated * (1 - treated) / ratio + control * (1 - control)) * (1 + ratio) / n)


def _amount_and_drift(ask: AssuranceAsk, endpoint: Endpoint, found: Design) -> tuple[float, float]:
    """Patients or events in all, and the expected z at the assumed effect with them."""
    from scipy.special import ndtri

    from onepill.workbench.trials.design_answers import given_amount

    amount = given_amount(ask, endpoint)
    needed = endpoint.needed(alpha=ask.alpha, power=ask.power)
    if amount is None:
        return needed * found.inflation, found.drift
    if len(found.shares) > 1:
        return amount, found.fixed_drift * math.sqrt(amount / needed)
    power = endpoint.power(amount, alpha=ask.alpha)
    if power < NEAR_CERTAIN:
        return amount, float(ndtri(power) - ndtri(ask.alpha))
    # So near 1 a power no longer tells the drift: it grows with the root of the size from where it does.
    edge = endpoint.needed(alpha=ask.alpha, power=NEAR_CERTAIN)
    return amount, float(ndtri(NEAR_CERTAIN) - ndtri(ask.alpha)) * math.sqrt(amount / edge)


def _assumed(ask: AssuranceAsk) -> float:
    """The effect that the test is sized for, as it is written."""
    if ask.rates:
        return ask.rates[0] - ask.rates[1]
    return float(ask.difference if ask.hazard_ratio is None else ask.hazard_ratio)  # type: ignore[arg-type]


def _prior(known: Known, endpoint: Endpoint, assumed: float, drift: float) -> Prior:
    """What is known on the scale of the expected z at full information."""
    from onepill.stats.assurance import NormalPrior, PointsPrior

    is_ratio = endpoint.kind == "time_to_event"
    unit = drift / (math.log(assumed) if is_ratio else assumed)
    effects = tuple(unit * (math.log(effect) if is_ratio else effect) for effect in known.effects)
    if known.se is None:
        return PointsPrior(effects, known.weights)
    return NormalPrior(effects[0], abs(unit) * known.se)


def _decision(ask: ResponsesAsk, prob: float) -> str:
    if ask.patients == ask.max_patients:
        return "go" if prob == 1 else "no_go"
    if prob < ask.no_go_below:
        return "no_go"
    return "go" if prob > ask.go_above else "continue"


def _check_responses(ask: ResponsesAsk) -> None:
    if not ask.responses <= ask.patients <= ask.max_patients:
        message = f"{ask.responses} responses, {ask.patients} patients and {ask.max_patients} in all do not rise"
        raise InputError.single("responses.order", message, hint="write fewer responses", path="responses")
    if len(ask.prior_beta) != 2 or not all(0 < number < math.inf for number in ask.prior_beta):
        message = "a Beta prior has two numbers above 0"
        raise InputError.single("responses.prior", message, hint="write --prior-beta 0.5,0.5", path="prior_beta")
    if ask.go_above < ask.no_go_below:
        message = f"a go above {ask.go_above:g} and a no-go below {ask.no_go_below:g} would both hold in between"
        hint = "write --go-above at or above --no-go-below"
        raise InputError.single("responses.bounds", message, hint=hint, path="go_above", value=ask.go_above)
    if ask.target_rate is not None and not ask.null_rate < ask.target_rate:
        message = f"the rate worth finding, {ask.target_rate:g}, is not above that of no interest, {ask.null_rate:g}"
        raise InputError.single("design.rate", message, hint="turn them round", path="target_rate")
