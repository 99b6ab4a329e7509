"""The answer page: what, where, when, how likely, worth, biggest risks, next decision, and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onepill.reports.charts import market_class
from onepill.reports.context import Context, Row, View
from onepill.reports.footnotes import GRADES
from onepill.reports.views.identity import names, what_line
from onepill.reports.views.keys import key_figures
from onepill.reports.numerals import money_estimates, percent
from onepill.reports.views.statement import statement
from onepill.reports.views.tracks import Track, track_axis

MOST_RISKS = 4


def answer_view(context: Context) -> View:
    """All that the first page shows."""
    own, other = names(context)
    return {
        "name": own,
        "other_name": other,
        "what": what_line(context),
        "what_marks": context.notes.path("asset"),
        "statement": statement(context),
        "keys": key_figures(context),
        "where": where_table(context),
        "decision": decision_view(context),
        "risks": risk_rows(context),
        "rest": rest_view(context),
        "findings": findings_count(context),
    }


def where_table(context: Context) -> View:
    """The markets, one a row: route, approval on a shared axis, chance, worth; then development and the total."""
    rows: Sequence[Row] = context.value.get("by_market") or ()
    worth = money_estimates([*(row.get("rnpv_usd") for row in rows), context.value.get("rnpv_usd")])
    axis = track_axis([d for row in rows for d in _days(context, row)], str(context.passport["as_of"]))
    body = [_where_row(context, row, axis, estimate) for row, estimate in zip(rows, worth, strict=False)]
    body.sort(key=lambda row: row["market"] == "development")
    return {"rows": body, "axis": axis, "total": worth[-1]}


def _days(context: Context, row: Row) -> list[str]:
    approval = context.approval(str(row["market"]), row) or {}
    return [approval[k] for k in ("p10", "p50", "p90") if approval.get(k)]


def _where_row(context: Context, row: Row, axis: Any, worth: Any) -> View:
    market = str(row["market"])
    approval = context.approval(market, row)
    done = bool(approval and approval.get("status") == "actual")
    words = context.words
    return {
        "market": market,
        "css": market_class(market),
        "name": context.market_name(row),
        "route": _route(context, market, row, done=done),
        "track": Track.of(approval, axis) if approval else None,
        "approval": _approval_text(context, approval, done=done),
        "marks": context.milestone_marks(approval) if approval and done else (),
        "chance": words("state.done") if done else percent((approval or {}).get("prob"), 1),
        "worth": worth,
    }


def _route(context: Context, market: str, row: Row, *, done: bool) -> str:
    if market == "development":
        return context.words("answer.paid_before")
    route = context.words.either("route", row["route"]) if row.get("route") else ""
    launched = any(m.get("jurisdiction") == market and m.get("kind") == "launch" and m.get("status") == "actual"
                   for m in context.milestones)
    state = context.words("answer.on_sale") if launched else context.words("answer.approved") if done else ""
    return context.words("list.comma").join(part for part in (state, "" if done else route) if part)


def _approval_text(context: Context, approval: Row | None, *, done: bool) -> str:
    if not approval or not approval.get("p50"):
        return "" if approval is None else "–"
    return context.numerals.day(approval["p50"]) if done else context.numerals.month_column(approval["p50"])


def decision_view(context: Context) -> View | None:
    """The next decision, or None when the document names none."""
    decision = context.passport.get("decision")
    if not decision:
        return None
    steps = [
        {"day": step.get("day"), "shown": context.numerals.day(step.get("day")), "text": context.words.text(step.get("label"))}
        for step in decision.get("steps") or ()
    ]
    return {"ask": context.words.text(decision.get("label")), "why": context.words.text(decision.get("why")), "steps": steps}


def risk_rows(context: Context) -> list[View]:
    """The biggest risks, largest loss first, with what the mean loses if they happen."""
    rows = list(context.passport.get("risks") or ())[:MOST_RISKS]
    losses = money_estimates([{"mean": -(row.get("rnpv_loss_usd") or 0.0)} for row in rows])
    return [
        {
            "text": context.words.text(row.get("label")),
            "chance": percent(row.get("prob")),
            "loss": loss.mean if loss and loss.mean else "",
            "negative": bool(loss and loss.negative),
            "note": context.words.text(row.get("note")),
            "marks": context.notes.roots(f"success.gates.{row['gate']}") if row.get("gate") else (),
        }
        for row, loss in zip(rows, losses, strict=True)
    ]


def rest_view(context: Context) -> View | None:
    """On what the answer rests: the share of its variance by grade of source, assumptions first."""
    share = assumption_share(context)
    if share is None:
        return None
    segments = _segments(context, share)
    largest = _largest_input(context)
    words = context.words
    text = words("rest.assumptions", share=percent(share))
    if largest is not None:
        one = percent(share_of(largest))
        text = words("rest.and_one", share=percent(share), one=one, name=context.label(largest))
    return {"text": text, "segments": segments}


def assumption_share(context: Context) -> float | None:
    """The share of the variance that rests on unsourced assumptions, 0 to 1."""
    share = context.value.get("assumption_variance_share")
    if isinstance(share, dict):
        share = share.get("mean")
    return None if share is None else min(max(float(share), 0.0), 1.0)


def _largest_input(context: Context) -> Row | None:
    rows = [r for r in context.value.get("variance") or () if r.get("group") not in GRADES and (share_of(r) or 0) >= 0.1]
    return max(rows, key=lambda r: share_of(r) or 0.0, default=None)


def share_of(row: Row) -> float | None:
    """A variance row's share, 0 to 1: total effects may overlap, so they need not sum to 1."""
    share = row.get("share", row.get("mean"))
    return None if share is None else min(max(float(share), 0.0), 1.0)


def _segments(context: Context, assumption: float) -> list[View]:
    """Shares by grade where the document gives them, else assumptions against all the rest."""
    rows = [(r.get("group"), share_of(r)) for r in context.value.get("variance") or ()]
    by_grade = {str(group): share for group, share in rows if group in GRADES and share is not None}
    if len(by_grade) < 2:
        by_grade = {"assumption": assumption, "rest": 1 - assumption}
    total = sum(by_grade.values()) or 1.0
    order = ("assumption", "unverified", "derived", "secondary", "official", "rest")
    segments, start = [], 0.0
    for grade in (g for g in order if by_grade.get(g)):
        width = by_grade[grade] / total * 100
        words = context.words(f"grade.{grade}") if grade != "rest" else context.words("rest.sourced")
        segments.append({"grade": grade, "name": words, "share": percent(by_grade[grade]), "at": start, "width": width})
        start += width
    return segments


def findings_count(context: Context) -> str:
    """How many findings of each severity, in a line."""
    rows = context.passport.get("findings") or ()
    counts = {s: sum(row.get("severity") == s for row in rows) for s in ("error", "warning", "note")}
    said = [context.words.count(f"count.{s}", n) for s, n in counts.items() if n]
    return context.words("list.comma").join(said) if said else context.words("findings.none")
