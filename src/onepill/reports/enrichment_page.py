"""Enrichment as one self-contained HTML file: which design, what the biomarker is worth, where the choice flips."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from onepill.reports.catalogue import HTML_LANG, Catalogue, Lang, catalogue
from onepill.reports.charts.enrichment import enrichment_chart
from onepill.reports.numerals import Numerals, musd, number, percent
from onepill.reports.page import STYLES, page_environment, style

View = dict[str, Any]


def render_enrichment(answer: Mapping[str, Any], *, lang: Lang) -> str:
    """The answer of `design enrichment` as HTML: no script, no request, the same for the same answer.

    Raises:
        ValueError: the language is unknown.
    """
    words = catalogue(lang)
    page = {
        "lang": HTML_LANG[lang],
        "statement": _statement(answer, words),
        "keys": _keys(answer, words),
        "chart": enrichment_chart(answer, words),
        "designs": [_design(row, words) for row in answer["designs"]],
        "crossings": [_crossing(row, words) for row in answer["crossings"]],
        "assumptions": [words.text(row) for row in answer["assumptions"]],
        "styles": [Markup(style(name)) for name in STYLES],  # noqa: S704 -- our own packaged styles
    }
    return page_environment().get_template("enrichment.html.j2").render(t=words, page=page)


def _statement(answer: Mapping[str, Any], words: Catalogue) -> list[str]:
    """What is cheapest and fastest here, what targeting saves, and which designs have no size."""
    said = []
    if answer["cheapest"]:
        names = {key: words(f"enrichment.{answer[key]}") for key in ("cheapest", "fastest")}
        said.append(words("enrichment.best", prevalence=percent(answer["prevalence"], 1), **names))
    money = Numerals(words)
    for row in answer["worth"]:
        if row["design"] != "targeted":
            continue
        gain = "saves" if row["cost_usd"] >= 0 else "costs"
        months = "sooner" if row["months"] >= 0 else "later"
        cost = words(f"enrichment.{gain}", money=money.money(abs(row["cost_usd"])))
        time = words(f"enrichment.{months}", months=number(abs(row["months"]), 1))
        said.append(words("enrichment.worth", cost=cost, time=time))
    said += [words("enrichment.no_size", design=words(f"enrichment.{name}")) for name in answer["without_size"]]
    return said


def _keys(answer: Mapping[str, Any], words: Catalogue) -> list[tuple[str, str]]:
    shares = ("sensitivity", "specificity", "positive_share", "predictive_value")
    return [(words(f"enrichment.{key}"), percent(answer[key], 1)) for key in shares]


def _design(row: Mapping[str, Any], words: Catalogue) -> View:
    return {
        "name": words(f"enrichment.{row['design']}"),
        "cells": [
            *(number(row[key]) for key in ("randomised", "screened", "assayed")),
            "–" if row["enrich_prob"] is None else percent(row["enrich_prob"], 1),
            musd(row["cost_usd"], 2),
            number(row["months"], 1),
        ],
    }


def _crossing(row: Mapping[str, Any], words: Catalogue) -> list[str]:
    value = musd(row["value"], 2) if row["measure"] == "cost_usd" else number(row["value"], 1)
    names = [words(f"enrichment.{row[key]}") for key in ("measure", "below", "above")]
    return [*names, percent(row["prevalence"], 2), value]
