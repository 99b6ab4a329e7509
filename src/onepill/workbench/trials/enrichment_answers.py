"""Whom to enrol by a biomarker, and how large phase II should be: designs that are chosen by what they are worth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from onepill.core.errors import Finding, InputError
from onepill.workbench.trials import assurance_words as words
from onepill.workbench.trials.assurance_known import Known, parse_known
from onepill.workbench.trials.design_words import ONE_SIDED

if TYPE_CHECKING:
    from onepill.evidence.enrichment import Priced
    from onepill.evidence.phase_sizes import PhaseTerms, TrueEffects
    from onepill.stats.enrichment import Outcome
    from onepill.workbench.questions.assurance import EnrichmentAsk, ProgrammeAsk

Row = dict[str, Any]
CURVE = [share / 100 for share in range(2, 101, 2)]
"""Prevalences of the picture, and between which crossings are sought."""
WORTH = ("randomised", "screened", "cost_usd", "months")
NORMAL_POINTS = 41
MOST_SE = 10.0
NEAR = 1e-6
"""Hazard ratios that stand for a normal prior: the utility then moves by less than 0.1 % with more."""
NEAR_BEST_SHARE = 0.01


def enrichment(ask: EnrichmentAsk) -> Row:
    """Whom to enrol by a biomarker: everybody, positive assays, or a choice at an interim look; where that flips."""
    from onepill.evidence.enrichment import DESIGNS, Costs, crossings, curves, price
    from onepill.stats.enrichment import Assay, Terms

    outcome = _outcome(ask)
    assay = Assay(ask.prevalence, ask.sensitivity, ask.specificity)
    terms = Terms(ask.alpha, ask.power, ask.ratio, ask.interim_share, ask.enrich_below)
    costs = Costs(ask.assay_cost_usd, ask.patient_cost_usd, ask.accrual_per_month, ask.follow_up_months)
    found = {name: price(name, outcome, assay, terms, costs) for name in DESIGNS}
    designs = [row for row in found.values() if row is not None]
    drawn = curves(outcome, assay, terms, costs, prevalences=CURVE)
    crossed = crossings(drawn, outcome, assay, terms, costs)
    return {
        "endpoint": _kind(ask),
        "prevalence": ask.prevalence,
        "sensitivity": ask.sensitivity,
        "specificity": ask.specificity,
        "positive_share": assay.positive_share,
        "predictive_value": assay.predictive_value,
        "designs": [vars(row) for row in designs],
        "without_size": [name for name, row in found.items() if row is None],
        "cheapest": min(designs, key=lambda row: row.cost_usd).design if designs else None,
        "fastest": min(designs, key=lambda row: row.months).design if designs else None,
        "worth": _worth(found),
        "crossings": [vars(row) for row in crossed],
        "curves": [
            {"design": name, "points": [None if row is None else vars(row) for row in rows]}
            for name, rows in drawn.items()
        ],
        "assumptions": [
            words.MIXED,
            words.SAME_ASSAY,
            words.NO_SCREEN_ALL,
            words.CLOSED,
            words.NORMAL_SIZE,
            ONE_SIDED,
        ],
    }


def programme(ask: ProgrammeAsk) -> Row:
    """How large phase II should be, and which result sends a drug to phase III: the pair that is worth most."""
    from onepill.evidence.phase_sizes import best_plan, utilities

    effects, terms, events, thresholds = _programme_inputs(ask)
    best = best_plan(effects, terms, events=events, thresholds=thresholds)
    worth = utilities(effects, terms, events=events, threshold=best.threshold)
    floor = best.utility - NEAR_BEST_SHARE * abs(best.utility)
    near = [count for count, value in zip(events, worth, strict=True) if value >= floor]
    ends = (events[0], events[-1])
    return {
        "best": {
            "events": best.events,
            "threshold": best.threshold,
            "phase_2_patients": best.phase_2_patients,
            "phase_3_events": best.phase_3_events,
            "phase_3_patients": best.phase_3_patients,
            "go_prob": best.go_prob,
            "no_effect_go_prob": best.no_effect_go_prob,
            "success_prob": best.success_prob,
            "class_probs": list(best.class_probs),
            "phase_2_cost_musd": best.phase_2_cost,
            "phase_3_cost_musd": best.phase_3_cost,
            "gain_musd": best.gain,
            "utility_musd": best.utility,
        },
        "hazard_ratios": list(effects.hazard_ratios),
        "weights": list(effects.weights),
        "go": best.utility > 0,
        "near_best_events": [near[0], near[-1]],
        "by_events": [{"events": count, "utility_musd": value} for count, value in zip(events, worth, strict=True)],
        "at_edge": best.events in ends or best.threshold in (thresholds[0], thresholds[-1]),
        "assumptions": [words.PHASE_3, words.EVENTS_NORMAL, words.UNDISCOUNTED, ONE_SIDED],
    }


def _kind(ask: EnrichmentAsk) -> str:
    if ask.differences:
        return "means"
    return "rates" if ask.rates else "time_to_event"


def _outcome(ask: EnrichmentAsk) -> Outcome:
    """The endpoint with its effects in marker positives and negatives.

    Raises:
        InputError: `enrichment.*`, every finding.
    """
    from onepill.stats.enrichment import EventOutcome, MeanOutcome, RateOutcome
    from onepill.stats.errors import check_errors

    findings = [*check_errors(ask.alpha, ask.power), *_check_outcome(ask)]
    _raise(findings)
    if ask.differences:
        return MeanOutcome(ask.differences[0], ask.differences[1], ask.sd or 0.0)
    if ask.rates:
        return RateOutcome(ask.rates[2], ask.rates[0], ask.rates[1])
    return EventOutcome(ask.hazard_ratios[0], ask.hazard_ratios[1], ask.event_prob or 0.0)


def _check_outcome(ask: EnrichmentAsk) -> list[Finding]:
    told = [name for name in ("differences", "rates", "hazard_ratios") if getattr(ask, name)]
    if len(told) != 1:
        message = "the effect in marker positives and negatives is needed, of one endpoint"
        hint = "write --differences 0.5,0 --sd 1, --rates 0.4,0.2,0.2, or --hazard-ratios 0.6,1 --event-prob 0.7"
        return [Finding("enrichment.effect", "error", message, hint, path="differences")]
    name, count = told[0], 3 if told[0] == "rates" else 2
    values, option = getattr(ask, told[0]), f"--{told[0].replace('_', '-')}"
    shown = ", ".join(map(str, values))
    if len(values) != count or not all(map(math.isfinite, values)):
        message = f"{option} takes {count} numbers, not {len(values)}"
        return [Finding("enrichment.effect", "error", message, "positives first", path=name, value=shown)]
    if name == "rates" and not all(0 < value < 1 for value in values):
        message = "rates lie between 0 and 1"
        return [Finding("enrichment.effect", "error", message, "write 0.4 for 40 %", path=name, value=shown)]
    if name == "hazard_ratios" and min(values) <= 0:
        return [Finding("enrichment.effect", "error", "hazard ratios are above 0", "write 0.6,1", name, value=shown)]
    needs = {"differences": "sd", "hazard_ratios": "event_prob"}
    found = [
        Finding("enrichment.missing", "error", f"{option} needs --{other.replace('_', '-')}", "write it too", other)
        for other in [needs.get(name)]
        if other and getattr(ask, other) is None
    ]
    found += [
        Finding("enrichment.unused", "error", f"--{other.replace('_', '-')} is of another endpoint", "leave it", other)
        for key, other in needs.items()
        if key != name and getattr(ask, other) is not None
    ]
    if not _benefit(name, values) > 0:
        message = "marker positives have no benefit: nobody would be enrolled for it"
        hint = "benefits are positive differences, higher rates than the controls', hazard ratios below 1"
        found.append(Finding("enrichment.no_benefit", "error", message, hint, path=name, value=shown))
    return found


def _benefit(name: str, values: list[float]) -> float:
    """Benefit of marker positives, on a scale where more is better."""
    if name == "differences":
        return values[0]
    return values[0] - values[2] if name == "rates" else -math.log(values[0])


def _worth(found: dict[str, Priced | None]) -> list[Row]:
    base = found["all_comers"]
    others = [(name, found[name]) for name in ("targeted", "adaptive")]
    if base is None:
        return []
    return [
        {"design": name, **{key: getattr(base, key) - getattr(row, key) for key in WORTH}}
        for name, row in others
        if row is not None
    ]


def _programme_inputs(ask: ProgrammeAsk) -> tuple[TrueEffects, PhaseTerms, range, list[float]]:
    from onepill.evidence.phase_sizes import PhaseTerms, TrueEffects
    from onepill.stats.errors import check_errors

    _raise([*check_errors(ask.alpha, ask.power), *_check_programme(ask)])
    known = parse_known(ask.prior) if ask.prior else Known((ask.hazard_ratio or 1.0,), (1.0,), None)
    if min(known.effects) <= 0:
        message = f"a hazard ratio is above 0, not {min(known.effects):g}"
        raise InputError.single("prior.effect", message, hint="write normal:0.8,0.15", path="prior")
    if known.se is not None and known.se > MOST_SE:
        message = f"a standard error of {known.se:g} of a logarithm of the hazard ratio is no knowledge"
        raise InputError.single("prior.se", message, hint="write normal:0.8,0.15", path="prior", value=known.se)
    effects = TrueEffects(*_points(known))
    two = [tuple(getattr(ask, name)) for name in ("event_probs", "patient_costs_musd", "fixed_costs_musd")]
    terms = PhaseTerms(ask.alpha, ask.power, two[0], two[1], two[2], tuple(ask.classes), tuple(ask.gains_musd))
    low, high = (round(100 * limit) for limit in ask.thresholds)
    return effects, terms, range(int(ask.events[0]), int(ask.events[1]) + 1), [k / 100 for k in range(low, high + 1)]


def _points(known: Known) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Hazard ratios with weights; a normal logarithm by Gauss-Hermite quadrature."""
    if known.se is None:
        return known.effects, known.weights
    import numpy as np

    places, weights = np.polynomial.hermite_e.hermegauss(NORMAL_POINTS)
    ratios = known.effects[0] * np.exp(known.se * places)
    return tuple(ratios.tolist()), tuple((weights / weights.sum()).tolist())


def _check_programme(ask: ProgrammeAsk) -> list[Finding]:
    found = []

    def wrong(path: str, message: str, hint: str) -> None:
        value = str(getattr(ask, path))
        found.append(Finding(f"programme.{path}", "error", message, hint, path=path, value=value))

    if (ask.hazard_ratio is None) == (ask.prior is None):
        wrong("hazard_ratio", "the true hazard ratio is needed, or a prior of it, once", "write --hazard-ratio 0.8")
    for path in ("event_probs", "patient_costs_musd", "fixed_costs_musd"):
        values = getattr(ask, path)
        in_range = [0 < value <= 1 if path == "event_probs" else 0 <= value < math.inf for value in values]
        if len(values) != 2 or not all(in_range):
            wrong(path, f"--{path.replace('_', '-')} takes two numbers, of phase II and III", "write 0.7,0.7 or 10,15")
    falling = all(one > other for one, other in zip(ask.classes, ask.classes[1:], strict=False))
    if not ask.classes or not falling or not all(0 < step <= 1 for step in ask.classes):
        wrong("classes", "classes are hazard ratios that fall from at most 1", "write --classes 1,0.95,0.85")
    if len(ask.gains_musd) != len(ask.classes) or not all(map(math.isfinite, ask.gains_musd)):
        wrong(
            "gains_musd", f"a gain is needed for each of {len(ask.classes)} classes", "write --gains-musd 100,300,500"
        )
    events, limits = ask.events, ask.thresholds
    if len(events) != 2 or not 1 <= events[0] <= events[1] <= 5000 or any(count != int(count) for count in events):
        wrong("events", "events of phase II are tried from one whole number to another, 1 to 5,000", "write 10,400")
    whole = all(abs(100 * limit - round(100 * limit)) < NEAR for limit in limits if math.isfinite(limit))
    if len(limits) != 2 or not 0.01 <= limits[0] <= limits[1] < 0.99 + NEAR or not whole:
        message = "thresholds are tried in hundredths from one hazard ratio to another, 0.01 to 0.99"
        wrong("thresholds", message, "write 0.7,0.95")
    return found


def _raise(findings: list[Finding]) -> None:
    if findings:
        raise InputError("; ".join(finding.message for finding in findings), findings=findings)
