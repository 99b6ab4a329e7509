"""A deal's return risk as rows: chances by year and cause, worth by party, clauses."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from onepill.core.errors import Finding
from onepill.deals.clauses import LEVELS
from onepill.model.deal import Deal
from onepill.rulebook import Rulebook
from onepill.sim import Estimate
from onepill.workbench.deals.return_defaults import CAUSES, ENDED, REFUSED, STRESSED, TRIALS
from onepill.workbench.deals.return_inputs import ReturnInputs
from onepill.workbench.deals.return_runs import BY_PARTNER, ClauseGain, Returned, Sums, Worth

Row = dict[str, Any]
DIGITS = 6
FAILURES = "deal_return.late_stage_failures.reasons"
DATA = ("efficacy", "safety")
OWN = "own"
REACHED = 1e-9
"""How near the share ended must come to the cohort's."""


def section(deal: Deal, inputs: ReturnInputs, returned: Returned) -> Row:
    """The part that a valued deal shows too."""
    life, counted = inputs.life, inputs.clause_effects
    return {
        "hazard": _hazard(inputs, returned),
        "by_year": _by_year(returned),
        "second_life": {
            "prob": life.prob,
            "transition_days": life.transition_days,
            "restart_days": life.restart_days,
            "repeat_share": round(life.repeat_share, DIGITS),
            "sales_dip_share": round(life.sales_dip_share, DIGITS),
        },
        "clause_effects_counted": counted,
        "parties": _parties(deal, returned.worth),
        "stress": _stress(deal, returned),
    }


def _stress(deal: Deal, returned: Returned) -> Row | None:
    """What an end would be worth where none is added, since the programme's own failures exceed the cohort's."""
    if returned.stress is None:
        return None
    return {
        "why": dict(STRESSED),
        "hazard_per_year": round(returned.stress.per_year[0], DIGITS),
        "left_prob": round(returned.stress_left.estimate().mean, DIGITS),
        "parties": _parties(deal, returned.stress_worth),
    }


def _parties(deal: Deal, worth: Worth) -> Row:
    return {name: _party(dict(party.name), name, worth) for name, party in deal.parties.items()}


def _hazard(inputs: ReturnInputs, returned: Returned) -> Row:
    added = returned.added
    return {
        "cohort": inputs.level.name if inputs.level else OWN,
        "per_year": [round(rate, DIGITS) for rate in returned.hazard.per_year],
        "after_launch": returned.after_launch,
        "age_years": round(returned.age_years, 4),
        "asked_share": round(added.asked_share, DIGITS) if added else None,
        "own_share": round(added.own_share, DIGITS) if added else None,
        "reached_share": round(added.reached_share, DIGITS) if added else None,
    }


def _by_year(returned: Returned) -> list[Row]:
    rows, paths = [], returned.paths
    for i, (left, total) in enumerate(zip(returned.left_by_year, returned.all_by_year, strict=True)):
        share = total / paths
        rows.append(
            {
                "years": i + 1,
                "own_prob": round((total - left) / paths, DIGITS),
                "added_prob": round(left / paths, DIGITS),
                "total_prob": round(share, DIGITS),
                "total_prob_standard_error": round((share * (1 - share) / paths) ** 0.5, DIGITS),
            }
        )
    return rows


def _party(name: dict[str, str], party: str, worth: Worth) -> Row:
    return {
        "name": name,
        "without_end_usd": _usd(worth.without_end[party]),
        "no_second_life_usd": _usd(worth.no_second_life[party]),
        "second_life_usd": _usd(worth.second_life[party]),
        "end_change_usd": _usd(worth.end_change[party]),
        "second_life_gain_usd": _usd(worth.second_life_gain[party]),
    }


def _usd(sums: Sums) -> Row:
    found: Estimate = sums.estimate()
    return {"mean": round(found.mean), "standard_error": round(found.standard_error)}


def cause_rows(returned: Returned, rulebook: Rulebook, *, stages: Collection[str]) -> list[Row]:
    """Ends by cause within the hazard's age: what failed on the paths, and the assumed split of the rest.

    Args:
        stages: ids of the programme's stages of development: what fails in one is a trial, all else an authority.
    """
    paths, at_age = returned.paths, returned.at_age
    trials = sum(count for name, count in at_age.items() if name in stages) / paths
    by_partner = at_age.get(BY_PARTNER, 0) / paths
    ended = at_age.get("ended", 0) / paths
    refused = sum(at_age.values()) / paths - trials - by_partner - ended
    counts: Mapping[str, int] = rulebook.rule(FAILURES).versions[-1].value
    both = counts["efficacy"] + counts["safety"]
    rows = [_cause(name, "published", trials * counts[name] / both, _split(counts[name], both)) for name in DATA]
    rows.append(_cause("regulator", "paths", refused, REFUSED))
    if ended:
        rows.append(_cause("other", "paths", ended, ENDED))
    for cause in CAUSES:
        low, high = (round(by_partner * share, DIGITS) for share in (cause.low, cause.high))
        row = _cause(cause.cause, "assumption", by_partner * cause.mode, cause.why)
        rows.append({**row, "low_prob": low, "high_prob": high})
    return rows


def _split(part: int, both: int) -> dict[str, str]:
    return {lang: text.format(part=part, both=both) for lang, text in TRIALS.items()}


def _cause(name: str, told_by: str, prob: float, note: dict[str, str]) -> Row:
    row = {"cause": name, "told_by": told_by, "prob": round(prob, DIGITS)}
    return {**row, "low_prob": None, "high_prob": None, "note": dict(note)}


def clause_rows(returned: Returned) -> list[Row]:
    beside = "hazard" if returned.stress is None else "stress"
    return [_clause(gain, beside) for gain in returned.clauses]


def _clause(gain: ClauseGain, beside: str) -> Row:
    clause = gain.clause
    return {
        "clause": clause.id,
        "in_terms": clause.in_terms or bool(gain.fee),
        "is_assumption": True,
        "beside": beside,
        "why": dict(clause.why),
        "factors": [{"on": e.on, "low": e.low, "mode": e.mode, "high": e.high} for e in clause.effects],
        "levels": [
            {
                "level": level,
                "left_prob": round(gain.ends[level].estimate().mean, DIGITS),
                "gain_usd": {party: _usd(sums) for party, sums in gain.gains[level].items()},
            }
            for level in LEVELS
        ],
        "fee_usd": {party: _usd(sums) for party, sums in gain.fee.items()} or None,
    }


def risk_findings(inputs: ReturnInputs, returned: Returned | None, deal: Deal) -> list[Finding]:
    """What must be said of the numbers."""
    path = "termination"
    if returned is None:
        message = "no market is granted, or all is sold for good, so that nothing can come back"
        hint = "termination: {} in the terms of a purchase that may be undone"
        return [Finding("return.nothing_granted", "note", message, hint, "structure", value=deal.structure)]
    found, added = list(inputs.findings), returned.added
    if added is not None and added.own_share >= added.asked_share:
        message = (
            f"on these futures the licensed programme fails by itself in {added.own_share:.1%} of cases within "
            f"{returned.age_years:.1f} years, more than the {added.asked_share:.1%} of the cohort: no hazard is added"
        )
        hint = "termination: {hazard_per_year: …} adds one all the same"
        found.append(Finding("return.own_failures", "warning", message, hint, path, value=round(added.own_share, 4)))
    elif added is not None and abs(added.reached_share - added.asked_share) > REACHED:
        message = (
            f"too few licences are in development for long enough: the cohort's own hazard comes to "
            f"{added.reached_share:.1%} within {returned.age_years:.1f} years instead of {added.asked_share:.1%}"
        )
        found.append(Finding("return.not_reached", "warning", message, "termination: {after_launch: true}", path))
    if returned.after_launch and not inputs.after_launch:
        message = "a licensed market was launched before the deal: the hazard counts though it is launched"
        found.append(Finding("return.launched", "note", message, path=path))
    if not returned.after_launch:
        message = "the hazard is counted until the first launch: what the cohorts show of launched drugs is not known"
        found.append(Finding("return.until_launch", "note", message, "termination: {after_launch: true}", path))
    return found
