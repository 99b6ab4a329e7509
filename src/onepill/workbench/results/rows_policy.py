"""Policies and scenarios on the same paths: what each measure does alone, together, and left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from onepill.core.dates import NEVER
from onepill.core.errors import InputError
from onepill.model.overlays import Overlay
from onepill.model.values import Value
from onepill.policy import MeasureMatch, Uptake, match_policy
from onepill.rulebook import Policy, Rulebook, RuleValue
from onepill.sim import Results, estimate
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.plan.stage_costs import reaches
from onepill.workbench.plan.terms import all_terms, assumed_terms, programme_terms
from onepill.workbench.results.policy_effects import Effects, difference
from onepill.workbench.results.simulate import OWNER, Runs, day_row, estimate_row, whole

Row = dict[str, Any]
NOT_QUANTIFIED = "not_quantified"
ASPECTS = range(1, 9)


def policy_section(base: Assembled, runs: Runs, policies: Sequence[Policy], *, seed: int, threads: int) -> list[Row]:
    """Each policy with its measures, measured against the law otherwise in force on the same paths."""
    return [_policy(base, runs, policy, seed=seed, threads=threads) for policy in policies]


def _policy(base: Assembled, runs: Runs, policy: Policy, *, seed: int, threads: int) -> Row:
    matches = policy_matches(base, policy)
    effects = Effects(base, runs.drawn, matches, seed=seed, threads=threads)
    rows = [measure_row(effects, match) for match in matches]
    return {
        **policy_head(policy),
        "together": effects.effect(list(effects.active)),
        "measures": rows,
        "aspects": aspect_rows(effects, rows),
        "timeline": timeline_rows(effects),
    }


def policy_head(policy: Policy) -> Row:
    """What a policy is, without its measures; `measures_in_document` is None where no source counts them."""
    return {
        "id": policy.id,
        "name": dict(policy.name),
        "jurisdiction": policy.jurisdiction,
        "announced": policy.announced.isoformat(),
        "from": policy.first.isoformat(),
        "until": policy.last.isoformat() if policy.last else None,
        "source": policy.source.as_row(),
        "measures_in_document": policy.measures_in_document,
        "not_captured": dict(policy.not_captured),
    }


def policy_matches(base: Assembled, policy: Policy) -> list[MeasureMatch]:
    """Every measure of a policy against the programme.

    Raises:
        InputError: `policy.not_known` where the policy was announced after the plan's day.
    """
    programme = base.filled.programme
    terms = all_terms(programme)
    uptake = {name: _uptake(value) for name, value in programme.policy_uptake.items()}
    if policy.announced > base.filled.as_of:
        hint = f"ask with --as-of {policy.announced} or later"
        message = f"{policy.id} was announced on {policy.announced}, after {base.filled.as_of}"
        raise InputError.single("policy.not_known", message, hint=hint, value=policy.id)
    caps = _base_caps(base, policy)
    assumed, usd_per = assumed_terms(programme), base.filled.usd_per()
    return match_policy(policy, terms=terms, uptake=uptake, usd_per=usd_per, base_caps_usd=caps, assumed=assumed)


def _uptake(value: Value) -> Uptake:
    """The file's uptake; a number alone is the user's own word, a distribution has its p10 and p90 as limits."""
    if value.distribution.is_fixed:
        return Uptake(value.number, value.number, value.number)
    low, high = value.distribution.quantile([0.1, 0.9])
    return Uptake(value.number, float(low), float(high))


def _base_caps(base: Assembled, policy: Policy) -> dict[str, float]:
    """Limits in US dollars of the subsidies in force without the policy, on its first day or the plan's."""
    day, caps = max(policy.first, base.filled.as_of), {}
    for name in {m.baseline for m in policy.measures if m.kind == "subsidy" and m.baseline}:
        rule = base.filled.rulebook.rule(name)
        try:
            found = rule.on(day, base.filled.as_of)
        except InputError:
            continue
        caps[name] = float(found.value) * base.filled.usd_per().get(found.unit, 0.0)
    return caps


def measure_row(effects: Effects, match: MeasureMatch) -> Row:
    """A measure with its effect alone and left out of all others, or with why it has none in numbers."""
    base, measure = effects.base, match.measure
    row: Row = {
        "id": measure.id,
        "aspect": measure.aspect,
        "kind": measure.kind,
        "name": dict(measure.name),
        "applies": match.applies,
        "failing": [term_row(base.filled.rulebook, term, measure.id.rpartition(".")[0]) for term in match.failing],
        "is_target": measure.is_target,
        "is_too_late": False,
        "uptake": match.overlay.uptake if match.overlay else None,
        "uptake_assumed": match.uptake_assumed if match.overlay else None,
        "uncertain": [],
        "counterfactual": _counterfactual(base, match),
        "sources": _sources(match),
        "subsidy_usd": None,
    }
    if measure.id not in effects.active or match.overlay is None:
        unknown: Row = {"binds": None, "alone": NOT_QUANTIFIED, "left_out": NOT_QUANTIFIED}
        return {**row, **unknown, "why": _why_not(base, match)}
    others = [name for name in effects.active if name != measure.id]
    binds, why = _binding(base, effects.run([match.overlay]), match.overlay)
    alone = effects.effect([measure.id])
    return {
        **row,
        "is_too_late": why is not None and why == _too_late(base, match.overlay),
        "uncertain": effects.uncertain(measure.id),
        "binds": binds,
        "alone": alone,
        "left_out": effects.effect([measure.id], beside=others),
        "why": why,
        "subsidy_usd": alone["subsidy_usd"],
    }


def aspect_rows(effects: Effects, measures: Sequence[Row]) -> list[Row]:
    """The eight aspects: how many measures each has, how many apply and are in numbers, and what these do together."""
    return [_aspect(effects, number, [row for row in measures if row["aspect"] == number]) for number in ASPECTS]


def _aspect(effects: Effects, number: int, rows: Sequence[Row]) -> Row:
    counted = [row["id"] for row in rows if row["id"] in effects.active]
    return {
        "aspect": number,
        "measures": len(rows),
        "applies": sum(row["applies"] for row in rows),
        "quantified": len(counted),
        "effect": effects.effect(counted) if counted else NOT_QUANTIFIED,
    }


def timeline_rows(effects: Effects) -> list[Row]:
    """Each milestone that is still ahead, without the measures and with all of them."""
    overlays = [m.overlay for m in effects.active.values() if m.overlay is not None]
    before, after = effects.drawn, effects.run(overlays)
    return [
        {"id": info.id, "without": day_row(before.days_of(info.id)), "with": day_row(after.days_of(info.id))}
        for info in effects.base.network.milestones
        if not _is_fact(effects.base, info.activity)
    ]


def _is_fact(base: Assembled, activity: str) -> bool:
    return any(a.id == activity and a.finished is not None for a in base.network.fragment.activities)


def term_row(rulebook: Rulebook, term: str, owner: str) -> Row:
    """A condition that fails, in words, and the input that answers it; `owner` is the policy or jurisdiction."""
    found = rulebook.term(term.removeprefix("not "), owner)
    words = found.name if found else {"en": term, "zh": term}
    return {"term": term, "en": words["en"], "zh": words["zh"], "answered_by": found.answered_by if found else ""}


def _why_not(base: Assembled, match: MeasureMatch) -> dict[str, str]:
    if not match.applies:
        words = [term_row(base.filled.rulebook, term, match.measure.id.rpartition(".")[0]) for term in match.failing]
        missing = {lang: separator.join(w[lang] for w in words) for lang, separator in (("en", ", "), ("zh", "、"))}
        return {"en": f"does not apply: {missing['en']}", "zh": f"不适用，缺少条件：{missing['zh']}"}
    return {"en": match.reason, "zh": "该措施没有可计入的时限、比例或金额"}


def _sources(match: MeasureMatch) -> list[Row]:
    return [source.as_row() for version in match.measure.versions for source in version.sources]


def _counterfactual(base: Assembled, match: MeasureMatch) -> Row | None:
    """The rule that is in force without the measure, with its value for this pill's own work or on the plan's day."""
    rule_id = match.measure.baseline
    if rule_id is None:
        return None
    rule = base.filled.rulebook.rule(rule_id)
    try:
        found = baseline_on(base, rule_id)
    except InputError:
        ended = {"en": f"nothing is otherwise in force ({rule.name['en']} has no value on that day)"}
        ended["zh"] = f"该日无其他规定有效（{rule.name['zh']}在该日无值）"
        return {"rule": rule_id, "text": ended, "value": None, "unit": rule.unit, "source": None}
    source = found.version.source
    return {
        "rule": rule_id,
        "text": dict(rule.name),
        "value": found.value,
        "unit": found.unit,
        "source": source.as_row() if source else None,
        "source_grade": found.version.source_grade,
    }


def baseline_on(base: Assembled, rule_id: str) -> RuleValue:
    """The baseline's value as this pill's own work uses it, else on the plan's day.

    Raises:
        InputError: the rule has no value that was known on that day.
    """
    used = next((use.found for use in base.network.clocks if use.rule_id == rule_id), None)
    day = base.filled.as_of
    return used or base.filled.rulebook.rule(rule_id).on(day, day, programme_terms(base.filled.programme))


def _binding(base: Assembled, alone: Results, overlay: Overlay) -> tuple[float | None, dict[str, str] | None]:
    """The share of recorded paths on which the measure's clock ends first, and why where it never does."""
    if overlay.on == "stage_cost":
        return None, _nothing_paid(base, overlay)
    short = overlay.id.rpartition(".")[2]
    ids = list(alone.trace.activity_ids)
    pairs = [
        (i, ids.index(f"{name.rpartition('.')[0]}.ordinary"))
        for i, name in enumerate(ids)
        if name.endswith(f".{short}")
    ]
    if not pairs:
        return 0.0, _too_late(base, overlay)
    earlier = [
        (alone.trace.finish[fast] < alone.trace.finish[plain]) & (alone.trace.finish[fast] < NEVER)
        for fast, plain in pairs
    ]
    share = float(np.mean(np.any(earlier, axis=0)))
    if share > 0:
        return share, None
    why = "the ordinary clock is never later than the measure's"
    return 0.0, {"en": why, "zh": "普通时限从不晚于该措施的时限"}


def _nothing_paid(base: Assembled, overlay: Overlay) -> dict[str, str] | None:
    """Why a subsidy pays nothing: no work of that kind with cost is still ahead."""
    if any(reaches(stage, overlay) and stage.costs for stage in base.filled.stages):
        return None
    kind = overlay.target.replace("_", " ")
    return {"en": f"no {kind} of this pill is still ahead there", "zh": f"该药在当地已无待开展的相应阶段（{kind}）"}


def _too_late(base: Assembled, overlay: Overlay) -> dict[str, str]:
    """Nothing on the plan's future is subject to the measure: it comes too late, or is about other work."""
    begun = [s for s in base.filled.stages if s.started and overlay.jurisdiction[:2] in s.regions]
    day: date | None = max((s.started for s in begun if s.started), default=None)
    if day is not None and (overlay.first is None or day < overlay.first):
        en = f"too late for this pill: its trials there began by {day}, before {overlay.first}"
        return {"en": en, "zh": f"对该药为时已晚：其在当地的试验已于{day}前启动，早于{overlay.first}"}
    en = "no work of this pill that still lies ahead is subject to it"
    return {"en": en, "zh": "该药后续工作中没有适用此措施的环节"}


def scenario_row(name: str, summary: dict[str, str] | None, before: Results, after: Results) -> Row:
    """A scenario against the base on the same futures."""
    rows = []
    paired = difference(before, after)
    for milestone, saved in paired["days_saved"].items():
        i = before.milestone_ids.index(milestone)
        old = before.milestone_days[i] < NEVER
        new = after.days_of(milestone) < NEVER
        days = {"mean": 0.0 - saved["mean"], "standard_error": saved["standard_error"]}
        rows.append({"id": milestone, "days_difference": days, "prob_difference": float(new.mean() - old.mean())})
    return {
        "name": name,
        "summary": summary,
        "rnpv_difference_usd": paired["rnpv_gain_usd"],
        "rnpv_usd": whole(estimate_row(estimate(after.npv_usd[OWNER]))),
        "milestones": rows,
    }
