"""Which rows the Gantt chart shows, and in which order.

Shown are stages, launches, facts, the steps that end in a milestone (under the milestone's name) and the steps that
make up a tenth of a wait for approval or more; the other steps are in the passport's JSON. Development comes first,
then the markets in the document's order, each by median day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from onepill.reports.catalogue import capital

BINDING_SHARE = 0.1
DEVELOPMENT = "development"
HIDDEN_KINDS = ("trial_authorisation", "readout")  # a stage's own row says as much
ALWAYS_SHOWN = ("stage", "launch", "fact")


Text = Callable[[Any], str]


@dataclass(frozen=True)
class GanttRow:
    """One row: a group's head (`name`, `jurisdiction` only), a fact (`p10` = `p90`) or simulated days (ISO or null)."""

    name: str
    jurisdiction: str | None
    is_head: bool = False
    is_fact: bool = False
    prob: float | None = None
    begin: str | None = None
    p10: str | None = None
    p50: str | None = None
    p90: str | None = None


def gantt_rows(passport: Mapping[str, Any], text: Text, head: Text) -> list[GanttRow]:
    """The rows of a passport; `text` puts a label into the page's language, `head` names a group."""
    milestones = passport.get("milestones") or ()
    by_activity = {m["activity"]: m for m in milestones if m.get("activity")}
    binding = binding_shares(passport)
    grouped: list[tuple[str, GanttRow]] = []
    shown = set()
    for activity in passport.get("activities") or ():
        milestone = by_activity.get(activity["id"])
        if _is_shown(activity, milestone, binding):
            grouped.append((str(activity["group"]), _activity_row(activity, milestone, text)))
            shown.add(activity["id"])
    for milestone in milestones:
        if not shown & {milestone.get("activity"), milestone["id"]} and milestone.get("kind") not in HIDDEN_KINDS:
            grouped.append((str(milestone.get("jurisdiction") or DEVELOPMENT), _milestone_row(milestone, text)))
    return [row for group in _groups([g for g, _ in grouped], passport) for row in _group(group, grouped, head)]


def _group(group: str, grouped: list[tuple[str, GanttRow]], head: Text) -> list[GanttRow]:
    """A group's head, and its rows by their median day; what never comes is last."""
    rows = sorted((row for g, row in grouped if g == group), key=lambda row: row.p50 or "9999")
    return [GanttRow(head(group), None if group == DEVELOPMENT else group, is_head=True), *rows]


def _groups(found: list[str], passport: Mapping[str, Any]) -> list[str]:
    rows = (passport.get("value") or {}).get("by_market") or ()
    order = [DEVELOPMENT, *(str(row.get("jurisdiction") or row["market"]) for row in rows)]
    return sorted(dict.fromkeys(found), key=lambda group: order.index(group) if group in order else len(order))


def binding_shares(passport: Mapping[str, Any]) -> dict[str, float]:
    """For each activity the largest part of a wait for approval that it makes up, 0 to 1.

    By mean days on the critical path where the document counts them, else by share of futures.
    """
    shares: dict[str, float] = {}
    approvals = [m for m in passport.get("milestones") or () if m.get("kind") == "approval"]
    for rows in (m.get("binding") or () for m in approvals):
        total = sum(row.get("mean_days") or 0.0 for row in rows)
        for row in rows:
            part = (row.get("mean_days") or 0.0) / total if total else row.get("share") or 0.0
            shares[row["activity"]] = max(shares.get(row["activity"], 0.0), part)
    return shares


def _is_shown(activity: Mapping[str, Any], milestone: Mapping[str, Any] | None, binding: Mapping[str, float]) -> bool:
    if activity["kind"] in ALWAYS_SHOWN or (milestone is not None and milestone.get("kind") not in HIDDEN_KINDS):
        return True
    return binding.get(activity["id"], 0.0) >= BINDING_SHARE


def _activity_row(activity: Mapping[str, Any], milestone: Mapping[str, Any] | None, text: Text) -> GanttRow:
    """A stage keeps its own name and chance; a step that ends in a milestone has the milestone's."""
    if milestone is not None and activity["kind"] != "stage":
        return replace(_milestone_row(milestone, text), begin=_begin(activity))
    days = activity.get("finish") or {}
    return GanttRow(
        capital(text(activity.get("label")) or str(activity["id"])),
        activity.get("jurisdiction"),
        is_fact=activity.get("status") == "actual",
        prob=activity.get("prob"),
        begin=_begin(activity),
        p10=days.get("p10"),
        p50=days.get("p50"),
        p90=days.get("p90"),
    )


def _begin(activity: Mapping[str, Any]) -> str | None:
    return (activity.get("start") or {}).get("p50")


def _milestone_row(milestone: Mapping[str, Any], text: Text) -> GanttRow:
    name = capital(text(milestone.get("label")) or str(milestone["id"]))
    return GanttRow(
        name,
        milestone.get("jurisdiction"),
        is_fact=milestone.get("status") == "actual",
        prob=milestone.get("prob"),
        p10=milestone.get("p10"),
        p50=milestone.get("p50"),
        p90=milestone.get("p90"),
    )
