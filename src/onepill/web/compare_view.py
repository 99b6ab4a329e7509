"""Scenarios and versions side by side: value, days and chances against the saved version."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from onepill.reports.numerals import Numerals, money_estimate, number, percent
from onepill.web.addresses import base_path, explain_path
from onepill.web.live_view import POINT
from onepill.web.path_words import FAMILIES, PathWords
from onepill.web.speaking import Speaking
from onepill.workbench.workspace.typed_values import typed

Row = dict[str, Any]
Link = Callable[[str, Any], str]
TAKEN = ("scenario", "version", "draws")
"""What the address of a comparison says of its sides."""


def compare_view(found: Row, shown: Row, asked: Speaking) -> Row:
    """A column a side, a row a figure; the first column is the saved version itself."""
    words = PathWords(shown["titles"], asked)
    link = partial(_explained, found["id"], asked)
    sides = [_side(side, found, words, link) for side in found["sides"]]
    milestones = [row for row in found["base"]["milestones"] if row["id"].endswith(".approval")]
    return {
        "draws": number(found["draws"]),
        "version": found["base"]["version"],
        "value": money_estimate(found["base"]["rnpv_usd"]),
        "sides": sides,
        "href": link("value.rnpv_usd.mean", found["base"]["version"]),
        "rows": [_milestone(row, found, words, link) for row in milestones],
        "scenarios": shown["scenarios"],
        "chosen": {side["name"] for side in found["sides"]},
    }


def _explained(programme_id: str, asked: Speaking, path: str, side: Row | int) -> str:
    """The page that explains a number of a scenario or of a version; empty for a text that is not kept."""
    address = explain_path(programme_id, path)
    if isinstance(side, int):
        return asked.link(address, drop=TAKEN, version=str(side))
    if side["kind"] == "scenario":
        return asked.link(address, drop=TAKEN, scenario=side["name"])
    return asked.link(address, drop=TAKEN, version=side["name"].rpartition(" ")[2]) if side["kind"] == "version" else ""


def _side(side: Row, found: Row, words: PathWords, link: Link) -> Row:
    asked, gain = words.asked, side["rnpv_difference_usd"]
    moved = money_estimate(gain)
    changes = [_change(row, words) for row in side["changes"] or side["values"]]
    return {
        "name": side["name"],
        "summary": asked.words.text(side["summary"]),
        "value": money_estimate(side["rnpv_usd"]),
        "gain": ("+" if gain["mean"] > 0 else "") + moved.mean,
        "error": moved.error,
        "direction": "up" if gain["mean"] > 0 else "down" if gain["mean"] < 0 else "muted",
        "explain": link("value.rnpv_usd.mean", side),
        "changes": changes,
        "href": asked.link(base_path(found["id"]), drop=("version",), scenario=side["name"])
        if side["kind"] == "scenario"
        else "",
    }


def _change(row: Row, words: PathWords) -> Row:
    """A value that a side changes: what it is called, what it becomes, and why where that is said."""
    value = row["value"] if "value" in row else row["after"]
    return {
        "path": row["path"],
        "name": words.full(row["path"].lower()),
        "value": _in_words(row["path"], value, words),
        "reason": words.asked.words.text(row.get("reason")),
    }


def _in_words(path: str, value: Any, words: PathWords) -> str:
    own = path.rpartition(".")[2] in FAMILIES or path.endswith((".after", ".stops_on", ".ends_on"))
    codes = value if isinstance(value, list) else [value]
    if own and all(isinstance(code, str) for code in codes):
        return words.asked.words("live.input_sep").join(words.code(path, code) for code in codes)
    return "–" if value is None else typed(value)


def _milestone(row: Row, found: Row, names: PathWords, link: Link) -> Row:
    """An approval's median and chance in the saved version, and what each side moves."""
    words, path = names.asked.words, f"milestones.{row['id']}"
    cells = []
    for side in found["sides"]:
        moved = next((one for one in side["milestones"] if one["id"] == row["id"]), None)
        days = moved["days_difference"] if moved else None
        cells.append(
            {
                "days": "" if days is None else f"{'+' if days['mean'] > 0 else ''}{number(days['mean'], 0)}",
                "error": "" if days is None or not days["standard_error"] else number(days["standard_error"], 1),
                "points": "" if moved is None else _points(moved["prob_difference"]),
                "day_href": link(f"{path}.p50", side) if moved else "",
                "prob_href": link(f"{path}.prob", side) if moved else "",
            }
        )
    version = found["base"]["version"]
    return {
        "name": names.milestone(row["id"]),
        "day_href": link(f"{path}.p50", version),
        "prob_href": link(f"{path}.prob", version),
        "day": Numerals(words.base).month(row["p50"]) or words("live.never"),
        "prob": percent(row["prob"], 1),
        "cells": cells,
    }


def _points(difference: float) -> str:
    return f"{'+' if difference > 0 else ''}{number(difference * POINT, 1)}" if difference else "0"
