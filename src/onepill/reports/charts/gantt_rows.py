"""Which rows the Gantt chart shows, and in which order.

Shown are stages, launches, facts, the steps that end in a milestone (under the milestone's name) and the steps that bind
in at least one future of ten; the other steps are in the passport's JSON. Groups keep the order of the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

BINDING_SHARE = 0.1
ALWAYS_SHOWN = ("stage", "launch", "fact")


@dataclass(frozen=True)
class GanttRow:
    """One row: a group's head (only `name` and `jurisdiction`), a fact (`p10` = `p90`) or simulated days (ISO, or null)."""

    name: str
    jurisdiction: str | None
    is_head: bool = False
    is_fact: bool = False
    prob: float | None = None
    begin: str | None = None
    p10: str | None = None
    p50: str | None = None
    p90: str | None = None
    mark_path: str = ""


def gantt_rows(passport: Mapping[str, Any], text: Any, head: Any) -> list[GanttRow]:
    """The rows of a passport; `text` puts a label into the page's language, `head` names a group."""
    milestones = {m["activity"]: m for m in passport.get("milestones") or () if m.get("activity")}
    binding = binding_shares(passport)
    shown = [(a, milestones.get(a["id"])) for a in passport.get("activities") or ()]
    shown = [(a, m) for a, m in shown if _is_shown(a, m, binding)]
    rows: list[GanttRow] = []
    for group in dict.fromkeys(a["group"] for a, _ in shown):
        rows.append(GanttRow(head(group), None if group == "development" else group, is_head=True))
        rows.extend(_row(a, m, text) for a, m in shown if a["group"] == group)
    return rows or list(_from_milestones(passport, text, head))


def binding_shares(passport: Mapping[str, Any]) -> dict[str, float]:
    """For each activity the largest share of futures in which it binds an approval."""
    shares: dict[str, float] = {}
    for milestone in passport.get("milestones") or ():
        for row in milestone.get("binding") or () if milestone.get("kind") == "approval" else ():
            shares[row["activity"]] = max(shares.get(row["activity"], 0.0), row.get("share") or 0.0)
    return shares


def _is_shown(activity: Mapping[str, Any], milestone: Mapping[str, Any] | None, binding: Mapping[str, float]) -> bool:
    if activity["kind"] in ALWAYS_SHOWN or milestone is not None:
        return True
    return binding.get(activity["id"], 0.0) >= BINDING_SHARE


def _row(activity: Mapping[str, Any], milestone: Mapping[str, Any] | None, text: Any) -> GanttRow:
    is_step = activity["kind"] == "step" and milestone is not None
    named = milestone if is_step and milestone is not None else activity
    days = named if is_step else activity.get("finish") or {}
    return GanttRow(
        text(named.get("label")) or str(named["id"]),
        activity.get("jurisdiction"),
        is_fact=activity.get("status") == "actual",
        prob=named.get("prob"),
        begin=(activity.get("start") or {}).get("p50"),
        p10=days.get("p10"),
        p50=days.get("p50"),
        p90=days.get("p90"),
    )


def _from_milestones(passport: Mapping[str, Any], text: Any, head: Any) -> Iterator[GanttRow]:
    """A document without activities still has its milestones."""
    milestones = passport.get("milestones") or ()
    for group in dict.fromkeys(m.get("jurisdiction") for m in milestones):
        yield GanttRow(head(group or "development"), group, is_head=True)
        for m in milestones:
            if m.get("jurisdiction") == group:
                days = {k: m.get(k) for k in ("prob", "p10", "p50", "p90")}
                yield GanttRow(text(m.get("label")) or m["id"], group, is_fact=m.get("status") == "actual", **days)
