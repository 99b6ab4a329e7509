"""Chapter 2: the gates with their intervals and both tables, and what the trials have shown so far."""

from __future__ import annotations

from onepill.reports.charts import staircase_chart
from onepill.reports.charts.staircase import steps_of
from onepill.reports.context import Context, Row, View
from onepill.reports.footnotes import grade_of
from onepill.reports.markets import Market
from onepill.reports.numerals import number, percent
from onepill.reports.told import joined


def clinical_view(context: Context) -> View:
    """The chapter's content; empty when there is neither a gate nor a read-out."""
    gates = [_gate(context, row, i) for i, row in enumerate((context.passport.get("success") or {}).get("gates") or ())]
    readouts = [
        _readout(context, row, i)
        for i, row in enumerate((context.passport.get("identity") or {}).get("readouts") or ())
    ]
    if not gates and not readouts:
        return {}
    market = stair_market(context)
    drawn = staircase_chart(context.passport, market, context.words) if market else None
    return {
        "lede": _lede(context, market) if market else "",
        "chart": context.drawn(drawn, "/success/gates"),
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
    return context.says(
        key,
        place=context.words.place(market.jurisdiction),
        chance=context.told(percent(steps[-1].after, 1), f"success.markets.{market.id}"),
        gate=narrowest.name,
        prob=context.told(percent(narrowest.prob, 1), "/success/gates"),
    )


def _gate(context: Context, row: Row, index: int) -> View:
    at, own = f"/success/gates/{index}", f"success.gates.{row['id']}"
    interval = ""
    if row.get("low") is not None and row.get("high") is not None:
        interval = f"{row['low'] * 100:.1f}–{row['high'] * 100:.1f}"
    return {
        "name": context.label(row),
        "prob": context.told(percent(row.get("prob"), 1), own, f"{at}/prob"),
        "grade": grade_of(row),
        "interval": context.told(interval, f"{at}/low"),
        "n": context.told(number(row.get("n")), f"{at}/n"),
        "note": _gate_note(context, row, at),
        "marks": context.notes.roots(f"success.gates.{row['id']}"),
    }


def _gate_note(context: Context, row: Row, at: str) -> str:
    """Where a gate stands, whose figure it is, and what the other table says of the same quantity."""
    words = context.words
    place = context.place(row["jurisdiction"]) if row.get("jurisdiction") else ""
    table = words.either("table", row["table"]) if row.get("table") else ""
    included = words("clinical.included") if row.get("included") else ""
    parts = [part for part in (place, table, included) if part]
    if row.get("adjustments"):
        parts.append(_adjusted(context, row, at))
    if row.get("other_table_prob") is not None:
        quantity = words.either("comparable", words.text(row.get("comparable")) or "same")
        prob = context.told(percent(row["other_table_prob"], 1), f"{at}/other_table_prob")
        parts.append(context.says("clinical.other", prob=prob, quantity=quantity))
    return joined(parts, words("list.comma"))


def _adjusted(context: Context, row: Row, at: str) -> str:
    """The chance before evidence about the drug, and what of it counts."""
    words = context.words
    names = [
        joined([words.text(item["name"]), _ratio(context, item, f"{at}/adjustments/{i}")], " ")
        for i, item in enumerate(row["adjustments"])
    ]
    base = context.told(percent(row["base"], 1), f"{at}/base")
    return context.says("clinical.adjusted", base=base, factors=joined(names, words("list.comma")))


def _ratio(context: Context, item: Row, at: str) -> str:
    return context.told(f"×{number(item['odds_ratio'], 2)}", f"{at}/odds_ratio")


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


def _readout(context: Context, row: Row, index: int) -> View:
    at = f"/identity/readouts/{index}"
    sources = context.notes.source(row.get("source"), grade=row.get("source_grade"), used_for=str(row.get("trial", "")))
    return {
        "trial": str(row.get("trial") or "–"),
        "line": context.words.text(row.get("line")),
        "comparator": context.words.text(row.get("comparator")) or context.words("clinical.single_arm"),
        "n": context.told(number(row.get("n")), f"{at}/n"),
        "cut_off": context.told(str(row.get("cut_off") or ""), f"{at}/cut_off"),
        "response": context.told(percent(row.get("response_share"), 1), f"{at}/response_share"),
        "pfs": context.told(number(row.get("pfs_months"), 1), f"{at}/pfs_months"),
        "os": context.told(number(row.get("os_months"), 1), f"{at}/os_months"),
        "grade_3": context.told(percent(row.get("grade_3_share"), 1), f"{at}/grade_3_share"),
        "marks": sources,
    }
