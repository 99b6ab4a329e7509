"""The answer page: what, where, when, how likely, worth, biggest risks, next decision, and what it rests on."""

from __future__ import annotations

from onepill.reports.catalogue import capital
from onepill.reports.charts import market_class
from onepill.reports.context import Context, Row, View
from onepill.reports.footnotes import GRADES
from onepill.reports.markets import Market
from onepill.reports.numerals import Estimate, money_estimates, percent
from onepill.reports.views.identity import names, what_line
from onepill.reports.views.keys import key_figures
from onepill.reports.views.statement import statement
from onepill.reports.views.tracks import Axis, Track, track_axis

MOST_RISKS = 4


def answer_view(context: Context) -> View:
    """All that the first page shows."""
    own, other = names(context)
    return {
        "name": own,
        "other_name": other,
        "what": what_line(context),
        "what_marks": context.asset_marks(),
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
    markets = [*context.markets, *(m for m in context.all_markets if m.is_development)]
    worth = money_estimates([*(m.row.get("rnpv_usd") for m in markets), context.value.get("rnpv_usd")])
    days = [m.approval[k] for m in markets if m.approval for k in ("p10", "p50", "p90") if m.approval.get(k)]
    axis = track_axis(days, str(context.passport["as_of"]))
    rows = [_where_row(context, m, axis, estimate) for m, estimate in zip(markets, worth, strict=False)]
    return {"rows": rows, "axis": axis, "total": context.estimate(worth[-1], "value.rnpv_usd")}


def _where_row(context: Context, market: Market, axis: Axis, worth: Estimate | None) -> View:
    approval, words = market.approval, context.words
    at = f"milestones.{approval['id']}" if approval else ""
    chance = words("state.done") if market.is_approved else percent((approval or {}).get("prob"), 1)
    return {
        "css": market_class(market.jurisdiction),
        "name": market.name,
        "route": _route(context, market),
        "track": Track.of(approval, axis) if approval else None,
        "approval": context.told(_approval_text(context, market), f"{at}.p50"),
        "marks": context.milestone_marks(approval) if approval and market.is_approved else (),
        "chance": context.told(chance, f"{at}.prob"),
        "worth": context.estimate(worth, f"value.by_market.{market.id}.rnpv_usd"),
    }


def _route(context: Context, market: Market) -> str:
    words = context.words
    if market.is_development:
        return words("answer.paid_before")
    if market.is_approved:
        return words("answer.on_sale") if market.is_launched else words("answer.approved")
    return words.either("route", market.row["route"]) if market.row.get("route") else ""


def _approval_text(context: Context, market: Market) -> str:
    approval = market.approval
    if not approval or not approval.get("p50"):
        return "" if approval is None else "–"
    return (
        context.numerals.day(approval["p50"]) if market.is_approved else context.numerals.month_column(approval["p50"])
    )


def decision_view(context: Context) -> View | None:
    """The next decision, or None when the document names none."""
    decision = context.passport.get("decision")
    if not decision:
        return None
    steps = [
        {
            "day": step.get("day"),
            "shown": context.told(context.numerals.day(step.get("day")), f"/decision/steps/{i}/day"),
            "text": capital(context.words.text(step.get("label"))),
            "place": _step_place(context, step),
        }
        for i, step in enumerate(decision.get("steps") or ())
    ]
    return {
        "ask": context.words.text(decision.get("label")),
        "why": context.words.sentence(decision.get("why")),
        "steps": steps,
    }


def _step_place(context: Context, step: Row) -> str:
    return context.place(step["jurisdiction"]) if step.get("jurisdiction") else ""


def risk_rows(context: Context) -> list[View]:
    """The biggest risks, largest loss first, with what the mean loses if they happen."""
    rows = list(context.passport.get("risks") or ())[:MOST_RISKS]
    losses = money_estimates([{"mean": -(row.get("rnpv_loss_usd") or 0.0)} for row in rows])
    return [
        {
            "text": context.words.text(row.get("label")),
            "chance": context.told(percent(row.get("prob")), f"/risks/{i}/prob"),
            "loss": context.told(loss.mean, f"/risks/{i}/rnpv_loss_usd") if loss and loss.mean else "",
            "negative": bool(loss and loss.negative),
            "note": context.words.text(row.get("note")),
            "marks": context.notes.roots(f"success.gates.{row['gate']}") if row.get("gate") else (),
        }
        for i, (row, loss) in enumerate(zip(rows, losses, strict=True))
    ]


def rest_view(context: Context) -> View | None:
    """On what the answer rests: the share of its variance by grade of source, assumptions first."""
    share = assumption_share(context)
    if share is None:
        return None
    segments = _segments(context, share)
    largest = _largest_input(context)
    said = context.told(percent(share), "/value/assumption_variance_share")
    text = context.says("rest.assumptions", share=said)
    if largest is not None:
        index = context.value["variance"].index(largest)
        one = context.told(percent(share_of(largest)), f"/value/variance/{index}/mean", "/value/variance")
        text = context.says("rest.and_one", share=said, one=one, name=context.words.text(largest.get("label")))
    return {"text": text, "segments": segments}


def assumption_share(context: Context) -> float | None:
    """The share of the variance that rests on unsourced assumptions, 0 to 1."""
    share = context.value.get("assumption_variance_share")
    if isinstance(share, dict):
        share = share.get("mean")
    return None if share is None else min(max(float(share), 0.0), 1.0)


def _largest_input(context: Context) -> Row | None:
    rows = [
        r for r in context.value.get("variance") or () if r.get("group") not in GRADES and (share_of(r) or 0) >= 0.1
    ]
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
        shown = context.told(percent(by_grade[grade]), "/value/variance")
        segments.append({"grade": grade, "name": words, "share": shown, "at": start, "width": width})
        start += width
    return segments


def findings_count(context: Context) -> str:
    """How many findings of each severity, in a line."""
    rows = context.passport.get("findings") or ()
    counts = {s: sum(row.get("severity") == s for row in rows) for s in ("error", "warning", "note")}
    said = [context.words.count(f"count.{s}", n) for s, n in counts.items() if n]
    return context.words("list.comma").join(said) if said else context.words("findings.none")
