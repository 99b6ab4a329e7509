"""The eight chapters: which are worked out, what each one shows, and which input would fill the others."""

from __future__ import annotations

from onepill.reports.charts import market_class
from onepill.reports.context import Context, Row, View
from onepill.reports.markets import Market
from onepill.reports.numerals import Estimate, money_estimates, musd, percent
from onepill.reports.views.clinical import clinical_view
from onepill.reports.views.data_resources import data_view
from onepill.reports.views.identity import asset_rows
from onepill.reports.views.investment import investment_view
from onepill.reports.views.payers import payer_views
from onepill.reports.views.research import landscape_charts, landscape_view
from onepill.reports.views.review import review_view

ASPECTS = ("research", "clinical", "review", "application", "industry", "investment", "data", "world")
NOTHING: View = {
    "lede": "",
    "asset": [],
    "competitors": None,
    "charts": [],
    "gates": [],
    "readouts": [],
    "groups": [],
    "markets": [],
    "payers": [],
    "statistics": [],
    "heat": None,
}
"""What a chapter shows unless it has content of its own."""
MARKET_INPUTS = ("patients_per_year", "peak_share", "months_on_treatment", "net_price_per_month")
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
    facts, competitors = landscape_view(context)
    rows = [*asset_rows(context), *facts]
    return {"asset": rows, "competitors": competitors, "charts": landscape_charts(context)} if rows else {}


def _application(context: Context) -> View:
    """Each market's launch and peak, as the value used them, and who pays."""
    worth = money_estimates([market.row.get("rnpv_usd") for market in context.markets])
    rows = [_market_row(context, market, w) for market, w in zip(context.markets, worth, strict=True)]
    return {"markets": rows, "payers": payer_views(context)}


def _market_row(context: Context, market: Market, worth: Estimate | None) -> View:
    launch = market.row.get("launch") or market.launch or {}
    prob = market.row.get("launch_prob", launch.get("prob"))
    peak = market.row.get("peak_sales_usd")
    paths = [f"markets.{market.id}.{name}" for name in MARKET_INPUTS]
    at = f"milestones.{launch.get('id') or f'{market.id}.launch'}"
    own = f"/value/by_market/{context.value['by_market'].index(market.row)}"
    span = "" if market.is_launched or not launch.get("p10") else f"{launch['p10']} … {launch['p90']}"
    return {
        "css": market_class(market.jurisdiction),
        "name": market.name,
        "launch": context.told(launch.get("p50") or "–", f"{at}.p50"),
        "span": context.told(span, f"{at}.p10"),
        "chance": context.words("state.actual") if market.is_launched else context.told(percent(prob, 1), f"{at}.prob"),
        "peak": context.told(musd(peak.get("mean") if isinstance(peak, dict) else peak, 1), f"{own}/peak_sales_usd"),
        "worth": context.estimate(worth, f"value.by_market.{market.id}.rnpv_usd"),
        "marks": context.notes.paths(paths),
    }


CONTENTS = {
    "research": _research,
    "clinical": clinical_view,
    "review": review_view,
    "application": _application,
    "investment": investment_view,
    "data": data_view,
}
