"""Rows about days and chances: milestones, activities, clocks, gates."""

from __future__ import annotations

from typing import Any

import numpy as np

from onepill.core.dates import NEVER, iso
from onepill.pathway import STEP_NAMES, ClockUse, ReviewTime
from onepill.sim import critical_path
from onepill.sim.plan import Activity, Plan
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.plan.filled import GateRow
from onepill.workbench.results.simulate import Runs, day_row

Row = dict[str, Any]
KIND_ORDER = {"trial_authorisation": 0, "filed": 1, "approval": 2, "launch": 3}


def milestone_rows(base: Assembled, runs: Runs) -> list[Row]:
    """Every milestone: facts as actual, the rest simulated, with what binds it."""
    days = dict(zip((name for name, _ in base.plan.milestones), runs.drawn.milestone_days, strict=True))
    rows = []
    for info in base.network.milestones:
        fact = _fact_day(base.plan, info.activity)
        row: Row = {"id": info.id, "jurisdiction": info.jurisdiction, "kind": info.kind, "label": dict(info.label)}
        row |= {"status": "actual" if fact is not None else "simulated", "activity": info.activity}
        row |= day_row(days[info.id])
        row["binding"] = [] if fact is not None else binding_rows(base, runs, info.id)
        rows.append(row)
    return sorted(rows, key=lambda r: (_order(base, r["jurisdiction"]), KIND_ORDER[r["kind"]]))


def _order(base: Assembled, jurisdiction: str) -> int:
    filings = [filing.jurisdiction for filing in base.filled.filings]
    return filings.index(jurisdiction) if jurisdiction in filings else len(filings)


def _activity(plan: Plan, name: str) -> Activity:
    return next(a for a in plan.activities if a.id == name)


def _fact_day(plan: Plan, name: str) -> int | None:
    return _activity(plan, name).finished


def binding_rows(base: Assembled, runs: Runs, milestone: str) -> list[Row]:
    """Activities on the critical path of a milestone that take time there; parts of one activity are one row."""
    shares: dict[str, Row] = {}
    for found in critical_path(base.plan, runs.drawn.trace, milestone):
        if found.days <= 0 or found.share <= 0:
            continue
        name = shown_name(base, found.activity)
        row = shares.setdefault(name, {"activity": name, "share": 0.0, "mean_days": 0.0})
        row["share"] = max(row["share"], float(found.share))
        row["mean_days"] += float(found.days)
    return sorted(shares.values(), key=lambda r: (-r["mean_days"] * r["share"], r["activity"]))


def shown_name(base: Assembled, name: str) -> str:
    """The activity that people see for an internal one: its longest parent that is shown."""
    kinds = {info.id: info.kind for info in base.network.activities}
    while kinds.get(name) == "internal" and "." in name:
        name = name.rpartition(".")[0]
    return name


def activity_rows(base: Assembled, runs: Runs) -> list[Row]:
    """Every shown activity with the spread of its start and its finish over the recorded paths."""
    trace = runs.drawn.trace
    index = {activity.id: i for i, activity in enumerate(base.plan.activities)}
    rows = []
    for info in base.network.activities:
        if info.kind == "internal":
            continue
        activity = _activity(base.plan, info.id)
        start, finish = _days_of(trace.start[index[info.id]]), _days_of(trace.finish[index[info.id]])
        rows.append(
            {
                "id": info.id,
                "jurisdiction": info.jurisdiction or None,
                "group": info.group,
                "kind": info.kind,
                "label": dict(info.label),
                "status": _status(activity),
                "prob": start.pop("prob"),
                "start": start,
                "finish": {key: value for key, value in finish.items() if key != "prob"},
                "path": info.path,
            }
        )
    return rows


def _status(activity: Activity) -> str:
    if activity.finished is not None:
        return "actual"
    return "running" if activity.started is not None else "simulated"


def _days_of(days: Any) -> Row:
    row = day_row(np.asarray(days))
    row.pop("mean")
    return dict(row)


def clock_rows(base: Assembled) -> list[Row]:
    """The rules and review times that set a length on this plan, each once, with what they were used as."""
    seen: dict[tuple[str, str], Row] = {}
    for use in base.network.clocks:
        row = seen.setdefault((use.rule_id, use.found.variant), _clock_row(base, use) | {"activities": []})
        row["activities"].append(use.activity)
    return list(seen.values())


def _clock_row(base: Assembled, use: ClockUse) -> Row:
    version = use.found.version
    return {
        "rule": use.rule_id,
        **(_rule_words(base, use) if use.review is None else _review_words(base, use)),
        "value": use.found.value,
        "unit": use.found.unit,
        "from": version.first.isoformat() if version.first else None,
        "attested": [day.isoformat() for day in version.attested],
        "status": version.status,
        "source_grade": version.source_grade,
        "source": version.source.as_row() if version.source else None,
        "used_as": use.used_as,
        "start_unknown": use.found.start_unknown,
        "variant": use.found.variant or None,
        "review": _review_row(use.review) if use.review else None,
    }


def _rule_words(base: Assembled, use: ClockUse) -> Row:
    rule = base.filled.rulebook.rule(use.rule_id)
    return {"name": dict(rule.name), "jurisdiction": rule.jurisdiction, "nature": rule.nature}


def _review_words(base: Assembled, use: ClockUse) -> Row:
    """The review-time model stands beside the rulebook: it has a name and a place, and is seen, not prescribed."""
    assert use.review is not None
    place = next(info.jurisdiction for info in base.network.activities if info.id == use.activity)
    return {"name": dict(STEP_NAMES[use.review.step]), "jurisdiction": place, "nature": "typical"}


def _review_row(found: ReviewTime) -> Row:
    """What stands behind a review time: the reviews of its cell, what it knows, and how the back-test went."""
    return {
        "step": found.step,
        "cell": found.cell,
        "n": found.n,
        "step_n": found.step_n,
        "knows_through": found.knows_through.isoformat(),
        "clock_days": found.naive_days,
        "validated": vars(found.validation) if found.validation else None,
        "note": found.note,
    }


def gate_rows(base: Assembled) -> list[Row]:
    """Every chance on the way, with the other table's figure beside it."""
    rows = []
    for gate in base.filled.gates:
        rows.append(
            {
                "id": gate.id,
                "activity": gate.activity,
                "jurisdiction": gate.jurisdiction or None,
                "kind": gate.kind,
                "label": gate.label,
                "base": gate.chance.base if gate.chance and not gate.is_stated else None,
                "adjustments": _counting(gate),
                "prob": gate.prob,
                "table": gate.table or None,
                "n": gate.n,
                "low": gate.low,
                "high": gate.high,
                "other_table_prob": gate.other_table_prob,
                "comparable": gate.comparable or None,
                "included": gate.included,
                "origin": gate.origin,
                "source_grade": gate.source_grade,
            }
        )
    return rows


def _counting(gate: GateRow) -> list[Row]:
    """What is known about the drug and counts at this gate: its factor on the odds."""
    if gate.chance is None or gate.is_stated:
        return []
    used = [adjustment for adjustment in gate.chance.adjustments if adjustment.is_used]
    return [{"factor": a.item.factor.id, "name": dict(a.item.factor.name), "odds_ratio": a.ratio} for a in used]


def success_section(base: Assembled, runs: Runs) -> Row:
    """Gates, the chance of each approval, and by jurisdiction the gates before its first approval that is open."""
    days = dict(zip((name for name, _ in base.plan.milestones), runs.drawn.milestone_days, strict=True))
    markets: list[Row] = []
    chain: dict[str, list[str]] = {}
    for info in base.network.milestones:
        if info.kind == "approval":
            prob = float(np.mean(days[info.id] < NEVER))
            markets.append({"jurisdiction": info.jurisdiction, "milestone": info.id, "cumulative_prob": prob})
            chain[info.id] = chain.get(info.jurisdiction) or gate_chain(base, info.activity)
    capital = base.filled.programme.capital
    tables = {"table": capital.base_rates, "other": "wong" if capital.base_rates == "bio" else "bio"}
    return {"gates": gate_rows(base), "markets": markets, "chain": chain, "base_rates": tables}


def gate_chain(base: Assembled, activity: str) -> list[str]:
    """Ids of the gates before an activity, in the order in which they come."""
    ancestors = _ancestors(base.plan, activity)
    streams = {a.gate.stream for a in base.plan.activities if a.id in ancestors and a.gate is not None}
    return [gate.id for gate in base.filled.gates if gate.stream in streams]


def _ancestors(plan: Plan, name: str) -> set[str]:
    by_id = {activity.id: activity for activity in plan.activities}
    found, queue = set(), [name]
    while queue:
        current = queue.pop()
        if current not in found:
            found.add(current)
            queue += [link.activity for link in by_id[current].after if by_id[current].finished is None]
    return found


def fact_rows(base: Assembled) -> list[Row]:
    """What already happened, by day."""
    facts = []
    for info in base.network.milestones:
        day = _fact_day(base.plan, info.activity)
        if day is not None:
            facts.append(
                {"milestone": info.id, "label": dict(info.label), "jurisdiction": info.jurisdiction, "day": iso(day)}
            )
    return sorted(facts, key=lambda row: row["day"])
