"""The eight chapters: which are worked out, what each one shows, and which input would fill the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onepill.reports.views.clinical import clinical_view
from onepill.reports.charts import market_class
from onepill.reports.context import Context, Row, View
from onepill.reports.views.data_resources import data_view
from onepill.reports.views.identity import asset_rows
from onepill.reports.views.investment import investment_view
from onepill.reports.numerals import money_estimates, musd, percent
from onepill.reports.views.review import review_view

ASPECTS = ("research", "clinical", "review", "application", "industry", "investment", "data", "world")
NOTHING: View = {"lede": "", "asset": [], "gates": [], "readouts": [], "groups": [], "markets": [], "statistics": [], "heat": None}
"""What a chapter shows unless it has content of its own."""
STATE_SIGNS = {"computed": "full", "thin": "half", "empty": "none"}


def chapter_views(context: Context) -> list[View]:
    """One view per aspect, in order; a chapter without content keeps its one line on what would fill it."""
    rows = {row["aspect"]: row for row in context.passport.get("chapters") or ()}
    return [_chapter(context, number, name, rows.get(number) or {}) for number, name in enumerate(ASPECTS, start=1)]


def _chapter(context: Context, number: int, name: str, row: Row) -> View:
    state = str(row.get("state") or "empty")
    content = CONTENTS[name](context) if name in CONTENTS else {}
    return {
        "number": number,
        "id": name,
        "title": context.words(f"aspect.{name}"),
        "short": context.words(f"aspect_short.{name}"),
        "question": context.words(f"question.{name}"),
        "state": state,
        "sign": STATE_SIGNS.get(state, "none"),
        "state_name": context.words(f"chapter_state.{state}"),
        "thin": name not in ("clinical", "review", "investment") or not content,
        "needs": _needs(context, row, state),
        **NOTHING,
        **content,
    }


def _needs(context: Context, row: Row, state: str) -> str:
    needs = context.words.text(row.get("needs")).rstrip(".。")
    words = context.words
    if state == "empty":
        return words.join([words("chapter.not_computed"), words("chapter.fills", needs=needs) if needs else ""])
    return words("chapter.more", needs=needs) if needs else ""


def _research(context: Context) -> View:
    rows = asset_rows(context)
    return {"asset": rows} if rows else {}


def _application(context: Context) -> View:
    """Each market's launch and peak, as the value used them."""
    rows: Sequence[Row] = context.markets
    if not rows:
        return {}
    peaks = [_mean(row.get("peak_sales_usd")) for row in rows]
    worth = money_estimates([row.get("rnpv_usd") for row in rows])
    body = [_market_row(context, row, peak, estimate) for row, peak, estimate in zip(rows, peaks, worth, strict=True)]
    return {"markets": body}


def _mean(value: Any) -> float | None:
    """The mean of an estimate, or a number that stands alone."""
    return value.get("mean") if isinstance(value, dict) else value


def _market_row(context: Context, row: Row, peak: float | None, worth: object) -> View:
    market = str(row["market"])
    launch = row.get("launch") or context.milestone(market, "launch", row) or {}
    path = f"markets.{row.get('id') or market.lower()}"
    launched = (context.milestone(market, "launch", row) or {}).get("status") == "actual"
    prob = row.get("launch_prob", launch.get("prob"))
    return {
        "css": market_class(market),
        "name": context.market_name(row),
        "launch": launch.get("p50") or "–",
        "span": "" if launched or not launch.get("p10") else f"{launch['p10']} … {launch['p90']}",
        "chance": context.words("state.actual") if launched else percent(prob, 1),
        "peak": musd(peak, 1),
        "worth": worth,
        "marks": context.notes.paths([f"{path}.{name}" for name in (
            "patients_per_year", "peak_share", "months_on_treatment", "net_price_per_month")]),
    }


CONTENTS = {
    "research": _research,
    "clinical": clinical_view,
    "review": review_view,
    "application": _application,
    "investment": investment_view,
    "data": data_view,
}
