"""Chapter 2: the gates with their intervals and both tables, and what the trials have shown so far."""

from __future__ import annotations

from onepill.reports.charts import staircase_chart
from onepill.reports.charts.staircase import steps_of
from onepill.reports.context import Context, Row, View
from onepill.reports.footnotes import grade_of
from onepill.reports.markets import Market
from onepill.reports.numerals import number, percent


def clinical_view(context: Context) -> View:
    """The chapter's content; empty when there is neither a gate nor a read-out."""
    gates = [_gate(context, row) for row in (context.passport.get("success") or {}).get("gates") or ()]
    readouts = [_readout(context, row) for row in (context.passport.get("identity") or {}).get("readouts") or ()]
    if not gates and not readouts:
        return {}
    market = stair_market(context)
    return {
        "lede": _lede(context, market) if market else "",
        "chart": staircase_chart(context.passport, market, context.words) if market else None,
        "gates": gates,
        "gates_note": _tables_note(context),
        "readouts": readouts,
    }


def stair_market(context: Context) -> Market | None:
    """The market whose staircase is drawn: the best one still open, else the first open one with a gate."""
    best = context.best_market
    markets = [m for m in (best, *context.open_markets, *context.markets) if m is not None]
    return next((m for m in markets if steps_of(context.passport, m.chain, context.words.text)), None)


def _lede(context: Context, market: Market) -> str:
    steps = steps_of(context.passport, market.chain, context.words.text)
    narrowest = min(steps, key=lambda s: s.prob)
    key = "clinical.lede_one" if len(steps) == 1 else "clinical.lede"
    return context.words(
        key,
        place=context.words.place(market.jurisdiction),
        chance=percent(steps[-1].after, 1),
        gate=narrowest.name,
        prob=percent(narrowest.prob, 1),
    )


def _gate(context: Context, row: Row) -> View:
    interval = ""
    if row.get("low") is not None and row.get("high") is not None:
        interval = f"{row['low'] * 100:.1f}–{row['high'] * 100:.1f}"
    return {
        "name": context.label(row),
        "prob": percent(row.get("prob"), 1),
        "grade": grade_of(row),
        "interval": interval,
        "n": number(row.get("n")),
        "note": _gate_note(context, row),
        "marks": context.notes.roots(f"success.gates.{row['id']}"),
    }


def _gate_note(context: Context, row: Row) -> str:
    """Where a gate stands, whose figure it is, and what the other table says of the same quantity."""
    words = context.words
    place = context.place(row["jurisdiction"]) if row.get("jurisdiction") else ""
    table = words.either("table", row["table"]) if row.get("table") else ""
    included = words("clinical.included") if row.get("included") else ""
    parts = [part for part in (place, table, included) if part]
    if row.get("adjustments"):
        parts.append(_adjusted(context, row))
    if row.get("other_table_prob") is not None:
        quantity = words.either("comparable", words.text(row.get("comparable")) or "same")
        parts.append(words("clinical.other", prob=percent(row["other_table_prob"], 1), quantity=quantity))
    return words("list.comma").join(parts)


def _adjusted(context: Context, row: Row) -> str:
    """The chance before evidence about the drug, and what of it counts."""
    words = context.words
    names = [f"{words.text(item['name'])} ×{number(item['odds_ratio'], 2)}" for item in row["adjustments"]]
    return words("clinical.adjusted", base=percent(row["base"], 1), factors=words("list.comma").join(names))


def _tables_note(context: Context) -> str:
    rates = (context.passport.get("success") or {}).get("base_rates") or {}
    if not rates.get("table"):
        return ""
    names = {k: context.words.either("table", rates.get(k) or "") for k in ("table", "other")}
    area = (
        context.words("clinical.tables_area", area=context.words.either("area", rates["area"]))
        if rates.get("area")
        else ""
    )
    return context.words("clinical.tables", area=area, **names)


def _readout(context: Context, row: Row) -> View:
    sources = context.notes.source(row.get("source"), grade=row.get("source_grade"), used_for=str(row.get("trial", "")))
    return {
        "trial": str(row.get("trial") or "–"),
        "line": context.words.text(row.get("line")),
        "comparator": context.words.text(row.get("comparator")) or context.words("clinical.single_arm"),
        "n": number(row.get("n")),
        "cut_off": str(row.get("cut_off") or ""),
        "response": percent(row.get("response_share"), 1),
        "pfs": number(row.get("pfs_months"), 1),
        "os": number(row.get("os_months"), 1),
        "grade_3": percent(row.get("grade_3_share"), 1),
        "marks": sources,
    }
