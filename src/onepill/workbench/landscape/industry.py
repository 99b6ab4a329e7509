"""Indicators of the industry: concentration of sponsors, the way from first trial to approval, import dependence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from onepill.core.errors import InputError

if TYPE_CHECKING:
    from onepill.landscape import Question, World
    from onepill.workbench.questions.research import IndustryAsk

Row = dict[str, Any]


def industry(ask: IndustryAsk) -> Row:
    """How concentrated is the industry, how many drugs reach approval and how fast, and how far does it import."""
    from onepill.workbench.landscape.answers import asked, head, undated

    loaded, question, findings = asked(ask)
    findings += undated(loaded)
    _refuse_late(ask.first_year, question)
    names = question.origins or loaded.world.annotations.origin.names
    by_origin = {one: _group(loaded.world, replace(question, origins=(one,)), ask) for one in names}
    return {
        **head(loaded, question, findings),
        "first_year": ask.first_year,
        "origin_share": _origin_share(loaded.world, question),
        "all": _group(loaded.world, question, ask),
        "by_origin": {one: row for one, row in by_origin.items() if row["sponsors"]["sponsors"]["value"]},
        "trade": _trade(ask, question),
        "trade_absent": None if ask.trade else dict(ABSENT),
        "trade_note": dict(NOTE),
    }


def _refuse_late(first_year: int, question: Question) -> None:
    if first_year > question.as_of.year:
        message = f"the first year {first_year} is after the day {question.as_of}"
        hint = f"write --first-year {question.as_of.year} or earlier"
        raise InputError.single("landscape.first_year", message, hint=hint, path="first_year", value=first_year)


def _origin_share(world: World, question: Question) -> float:
    from onepill.landscape.crowding import count, coverage_of

    counted = count(world, question, unit="agent")
    return coverage_of(counted.programmes, counted.classes).origin_share


def _group(world: World, question: Question, ask: IndustryAsk) -> Row:
    from onepill.landscape import sponsor_concentration, translation
    from onepill.landscape.compare import number_of_sponsors
    from onepill.workbench.landscape.answers import measures

    found = translation(world, question, first_year=ask.first_year)
    sponsors = {"sponsors": number_of_sponsors(world, question)}
    sponsors |= sponsor_concentration(world, question, seed=ask.seed)
    median = found.median
    years = {"value": median.years, "low": median.low, "high": median.high, "n": found.agents, "unit": "years"}
    return {
        "sponsors": measures(sponsors),
        "translation": {
            "agents": found.agents,
            "approved": found.approved,
            "left_out": found.left_out,
            "median_years": years,
            "approved_within_years": measures(found.approved_within_years),
        },
    }


def _trade(ask: IndustryAsk, question: Question) -> Row | None:
    if ask.trade is None:
        return None
    from onepill.landscape.trade import import_dependence
    from onepill.workbench.landscape.trade_file import read_trade

    codes = list(ask.hs_codes)
    wrong = [one for one in codes if not one.isdigit() or not 2 <= len(one) <= 10]
    if wrong or not codes:
        hint = "give 2 to 10 digits of the Harmonized System, such as 29 or 2941"
        raise InputError.single("trade.hs", f"{wrong or codes} is no commodity code", hint=hint, path="hs_codes")
    found = import_dependence(
        read_trade(ask.trade.text, ask.trade.file), hs_codes=codes, before_year=question.as_of.year
    )
    rows = [vars(row) for row in found.rows]
    return {"file": ask.trade.file, "hs_codes": codes, "rows": rows, "counts": found.counts}


ABSENT = {
    "en": "Import dependence of starting materials: no trade data loaded. Give a CSV with --trade FILE, columns "
    "hs_code, year, reporter, partner, flow, value_usd.",
    "zh": "起始物料进口依赖度：未加载贸易数据。请用 --trade FILE 提供 CSV，"
    "列为 hs_code、year、reporter、partner、flow、value_usd。",
}
NOTE = {
    "en": "Commodity codes do not tell a drug's starting materials from other organic chemicals. The import share is "
    "imports over imports and exports; what is made and used at home is seen only where production is given.",
    "zh": "商品编码无法将药物起始物料与其他有机化学品区分。进口份额指进口占进出口总额之比；"
    "本国自产自用部分仅在提供产量数据时可见。",
}
