"""Scenarios and versions side by side: value, days and chances against the saved version."""

from __future__ import annotations

from typing import Any

from onepill.reports.numerals import Numerals, money_estimate, number, percent
from onepill.web.live_view import POINT, base_path
from onepill.web.speaking import Speaking

Row = dict[str, Any]


def compare_view(found: Row, shown: Row, asked: Speaking) -> Row:
    """A column a side, a row a figure; the first column is the saved version itself."""
    words = asked.words
    sides = [_side(side, found, asked) for side in found["sides"]]
    milestones = [row for row in found["base"]["milestones"] if row["id"].endswith(".approval")]
    return {
        "draws": number(found["draws"]),
        "version": found["base"]["version"],
        "value": money_estimate(found["base"]["rnpv_usd"]),
        "sides": sides,
        "rows": [_milestone(row, found, words) for row in milestones],
        "scenarios": shown["scenarios"],
        "chosen": {side["name"] for side in found["sides"]},
    }


def _side(side: Row, found: Row, asked: Speaking) -> Row:
    gain = side["rnpv_difference_usd"]
    moved = money_estimate(gain)
    changes = side["changes"] or side["values"]
    return {
        "name": side["name"],
        "summary": asked.words.text(side["summary"]),
        "value": money_estimate(side["rnpv_usd"]),
        "gain": ("+" if gain["mean"] > 0 else "") + moved.mean,
        "error": moved.error,
        "direction": "up" if gain["mean"] > 0 else "down" if gain["mean"] < 0 else "muted",
        "changes": changes,
        "href": asked.link(base_path(found["id"]), drop=("version",), scenario=side["name"])
        if side["kind"] == "scenario"
        else "",
    }


def _milestone(row: Row, found: Row, words: Any) -> Row:
    """An approval's median and chance in the saved version, and what each side moves."""
    cells = []
    for side in found["sides"]:
        moved = next((one for one in side["milestones"] if one["id"] == row["id"]), None)
        days = moved["days_difference"] if moved else None
        cells.append(
            {
                "days": "" if days is None else f"{'+' if days['mean'] > 0 else ''}{number(days['mean'], 0)}",
                "error": "" if days is None or not days["standard_error"] else number(days["standard_error"], 1),
                "points": "" if moved is None else _points(moved["prob_difference"]),
            }
        )
    code, _, rest = row["id"].partition(".")[0].partition("_")
    place = f"{words.base.either('jurisdiction', code.upper())} {rest.replace('_', ' ')}".strip()
    return {
        "name": words("live.approval_in", place=place),
        "day": Numerals(words.base).month(row["p50"]) or words("live.never"),
        "prob": percent(row["prob"], 1),
        "cells": cells,
    }


def _points(difference: float) -> str:
    return f"{'+' if difference > 0 else ''}{number(difference * POINT, 1)}" if difference else "0"
