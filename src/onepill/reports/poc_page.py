"""The lean proof of concept as one self-contained HTML file: the answer, the tree, simple policies, every number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from onepill.reports.catalogue import HTML_LANG, Catalogue, Lang, catalogue
from onepill.reports.charts.decision_tree import decision_tree_chart
from onepill.reports.finding_words import finding_views
from onepill.reports.numerals import Numerals, musd, number, percent
from onepill.reports.page import STYLES, page_environment, style

View = dict[str, Any]


def render_poc(answer: Mapping[str, Any], *, lang: Lang) -> str:
    """The answer of `poc plan` as HTML: no script, no request, the same for the same answer.

    Raises:
        ValueError: the language is unknown.
    """
    words = catalogue(lang)
    page = {
        "lang": HTML_LANG[lang],
        "zh": lang == "zh",
        "programme": answer["programme"],
        "as_of": answer["as_of"],
        "title": words.text(answer["title"]),
        "statement": _statement(answer, words),
        "keys": _keys(answer, words),
        "chart": decision_tree_chart(answer, words),
        "policies": _policies(answer, words),
        "experiments": _experiments(answer, words),
        "inputs": [_input(row, words) for row in answer["inputs"]],
        "findings": finding_views(answer["findings"], words),
        "footer": [("seed", str(answer["seed"])), ("draws", number(answer["draws"]))],
        "styles": [Markup(style(name)) for name in STYLES],  # noqa: S704 -- our own packaged styles
    }
    return page_environment().get_template("poc.html.j2").render(t=words, page=page)


def _statement(answer: Mapping[str, Any], words: Catalogue) -> list[str]:
    """The answer in sentences: what to do first, what it is worth, what it takes."""
    money, policy = Numerals(words), answer["policy"]
    names = {row["id"]: words.text(row["title"]) for row in answer["experiments"]}
    if policy["decision"]:
        first = words(f"poc.now_{policy['decision']}")
    else:
        first = words("poc.first", experiments=words.enumerate([names[name] for name in policy["start"]]))
    worth = words(
        "poc.worth",
        gain=money.money(answer["value_of_information_usd"]),
        prior=money.money(answer["value_without_experiments_usd"]),
    )
    takes = words(
        "poc.takes", cost=money.money(answer["expected_cost_usd"]), months=number(answer["expected_months"], 1)
    )
    bound = "" if answer["exact"] else words("poc.bound", bound=money.money(answer["bound_usd"]))
    return [first, worth, takes, *([bound] if bound else [])]


def _keys(answer: Mapping[str, Any], words: Catalogue) -> list[tuple[str, str]]:
    error = answer["expected_value_standard_error_usd"]
    worth = musd(answer["expected_value_usd"], 2) + (f" ± {musd(error, 2)}" if error else "")
    found = [
        ("poc.value", worth),
        ("poc.perfect", musd(answer["value_of_perfect_information_usd"], 2)),
        ("poc.wrong_go", percent(answer["wrong_go_prob"], 1)),
        ("poc.wrong_no_go", percent(answer["wrong_no_go_prob"], 1)),
    ]
    return [(words(key), value) for key, value in found]


def _policies(answer: Mapping[str, Any], words: Catalogue) -> list[View]:
    names = {row["id"]: words.text(row["title"]) for row in answer["experiments"]}
    return [
        {
            "name": words(f"poc.kind_{row['kind']}"),
            "order": " → ".join(names[name] for name in row.get("order", ())),
            "cells": [
                musd(row["expected_value_usd"], 2),
                musd(row["expected_cost_usd"], 2),
                number(row["expected_months"], 1),
                *(percent(row[key], 1) for key in ("go_prob", "wrong_go_prob", "wrong_no_go_prob")),
            ],
        }
        for row in ({**answer, "kind": "best"}, *answer["compared"])
    ]


def _experiments(answer: Mapping[str, Any], words: Catalogue) -> list[View]:
    return [
        {
            "name": words.text(row["title"]),
            "kind": words(f"poc.experiment_{row['kind']}"),
            "cells": [
                musd(row["cost_usd"], 2),
                number(row["months"], 1),
                percent(row["positive_prob"]),
                percent(row["use_prob"], 1),
                musd(row["alone_gain_usd"], 2),
            ],
        }
        for row in answer["experiments"]
    ]


def _input(row: Mapping[str, Any], words: Catalogue) -> View:
    grade = "assumption" if row["origin"] == "assumption" else row["source_grade"]
    source = row["source"] or {}
    return {
        "path": row["path"],
        "value": str(row["value"]),
        "grade": grade,
        "grade_name": words(f"grade.{grade}"),
        "title": source.get("title", ""),
        "url": source.get("url", ""),
        "note": row["note"] or "",
    }
