"""Deals compared as one self-contained HTML file: the frontier, parties, cash by year, distributions, every term."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from onepill.reports.catalogue import HTML_LANG, Catalogue, Lang, catalogue
from onepill.reports.charts.deal_cash import COLOURS, deal_cash_chart
from onepill.reports.charts.deal_frontier import frontier_chart, letters
from onepill.reports.charts.deal_values import deal_values_chart
from onepill.reports.deal_vehicles import vehicle_view
from onepill.reports.finding_words import finding_views
from onepill.reports.numerals import MINUS, Numerals, musd, number, percent
from onepill.reports.page import STYLES, page_environment, style

View = dict[str, Any]
Row = Mapping[str, Any]


def render_deals(answer: Row, *, lang: Lang) -> str:
    """The answer of `deal compare` as HTML: no script, no request, the same for the same answer.

    Raises:
        ValueError: the language is unknown.
    """
    words = catalogue(lang)
    first = letters(answer)[answer["deals"][0]["deal"]]
    page = {
        "lang": HTML_LANG[lang],
        "zh": lang == "zh",
        "programme": answer["programme"],
        "as_of": answer["as_of"],
        "title": words.text(answer["title"]),
        "statement": _statement(answer, words),
        "keys": _keys(answer, words),
        "frontier": frontier_chart(answer, words),
        "cash": deal_cash_chart(answer, words),
        "values": deal_values_chart(answer, words),
        "deals": [_deal(deal, answer, words) for deal in answer["deals"]],
        "has_vehicle": any(deal["vehicle"] for deal in answer["deals"]),
        "differences": [row for deal in answer["deals"] for row in _differences(deal, answer, words)],
        "from_first": words("deal.from_first", letter=first),
        "inputs": [_input(row, words) for row in answer["inputs"] if row["path"].startswith("deals.")],
        "findings": finding_views(answer["findings"], words),
        "footer": [("seed", str(answer["seed"])), ("draws", number(answer["draws"]))],
        "styles": [Markup(style(name)) for name in STYLES],  # noqa: S704 -- our own packaged styles
    }
    return page_environment().get_template("deal.html.j2").render(t=words, page=page)


def _statement(answer: Row, words: Catalogue) -> list[str]:
    """Which deal is worth most to whom, whether both sides would gain, and how many are beaten."""
    money = Numerals(words)
    best = {side: max(answer["deals"], key=lambda d: d["sides"][side]["npv_usd"]["mean"]) for side in COLOURS}
    owner = best["owner"]["sides"]["owner"]
    months = owner["months_to_first_cash"]
    when = "deal.first_never" if months is None else "deal.first" if months >= 1 else "deal.first_at_once"
    said = [
        words(
            when,
            deal=_named(best["owner"], answer, words),
            value=money.money(owner["npv_usd"]["mean"]),
            months=number(months),
        ),
        words(
            "deal.others",
            deal=_named(best["partner"], answer, words),
            value=money.money(best["partner"]["sides"]["partner"]["npv_usd"]["mean"]),
        ),
    ]
    gaining = [deal for deal in answer["deals"] if all(_gain(deal, side) > 0 for side in COLOURS)]
    names = words.enumerate([_named(deal, answer, words) for deal in gaining])
    if not any(_gain(deal, "partner") > 0 for deal in answer["deals"]):
        said.append(words("deal.both_lose"))
    elif gaining:
        said.append(words("deal.some_gain", deals=names))
    beaten = [row for row in answer["frontier"] if row["dominated_by"] and row["id"] != "none"]
    if beaten:
        said.append(words("deal.dominated", count=len(beaten), total=len(answer["deals"])))
    return said


def _gain(deal: Row, side: str) -> float:
    return float(deal["differences"]["from_none"][side]["mean"])


def _named(deal: Row, answer: Row, words: Catalogue) -> str:
    return words("deal.named", letter=letters(answer)[deal["deal"]], title=words.text(deal["deal_title"]))


def _keys(answer: Row, words: Catalogue) -> list[tuple[str, str]]:
    whole = answer["programme_npv_usd"]
    found = [(words("deal.programme"), f"{musd(whole['mean'])} ± {musd(whole['standard_error'], 2)}")]
    for side in COLOURS:
        best = max(answer["deals"], key=lambda d: d["sides"][side]["npv_usd"]["mean"])
        value = musd(best["sides"][side]["npv_usd"]["mean"])
        found.append((words(f"deal.best_{side}"), f"{value} ({letters(answer)[best['deal']]})"))
    return found


def _deal(deal: Row, answer: Row, words: Catalogue) -> View:
    structure = words(f"deal.structure_{deal['structure']}")
    return {
        "letter": letters(answer)[deal["deal"]],
        "title": words.text(deal["deal_title"]),
        "signed": words("deal.signed", structure=structure, day=deal["signed_on"]),
        "parties": [_party(party, deal, words) for party in deal["parties"]],
        "vehicle": vehicle_view(deal, words),
    }


def _party(party: Row, deal: Row, words: Catalogue) -> View:
    npv, months = party["npv_usd"], party["months_to_first_cash"]
    share = deal["shares"][party["id"]]
    remark = "deal.is_owner" if party["is_owner"] else "deal.passes_on" if party["passes_on"] else None
    return {
        "name": words.text(party["name"]),
        "remark": words(remark) if remark else "",
        "cells": [
            f"{musd(npv['mean'], 2)} ± {musd(npv['standard_error'], 2)}",
            musd(party["own_npv_usd"]["mean"], 2),
            musd(party["without_usd"]["mean"], 2),
            musd(npv["p5"], 1),
            musd(npv["p50"], 1),
            musd(npv["p95"], 1),
            percent(party["prob_loss"]),
            musd(party["tail_mean_usd"], 1),
            "–" if share is None else percent(share).replace("-", MINUS),
            words("deal.never") if months is None else number(months),
            percent(party["discount_rate_per_year"], 1),
        ],
    }


def _differences(deal: Row, answer: Row, words: Catalogue) -> list[View]:
    return [
        {
            "name": f"{letters(answer)[deal['deal']]} · {words(f'deal.{side}')}",
            "cells": [_difference(deal["differences"][key][side]) for key in ("from_none", "from_first")],
        }
        for side in COLOURS
    ]


def _difference(row: Row) -> str:
    if not row["mean"] and not row["standard_error"]:
        return "0"
    return f"{musd(row['mean'], 2)} ± {musd(row['standard_error'], 2)} ({percent(row['better_prob'])})"


def _input(row: Row, words: Catalogue) -> View:
    grade = "assumption" if row["origin"] == "assumption" else row["source_grade"]
    source = row["source"] or {}
    return {
        "path": row["path"].removeprefix("deals."),
        "value": f"{row['value']}",
        "grade": grade,
        "grade_name": words(f"grade.{grade}"),
        "title": source.get("title", ""),
        "url": source.get("url", ""),
        "note": row["note"] or "",
    }
