"""The formulas and notes of provenance in Chinese; what a programme's file says itself stays in its own words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urlencode

from onepill.web.speaking import Words

Row = dict[str, Any]
QUANTILES = re.compile(
    r"quantiles of past reviews' days over their clock's days, times this review's clock of (?P<days>\d+) days; "
    r"n = (?P<n>[\d,]+)"
)
RULE = re.compile(r"(?:^|; )rule ([a-z][\w.]*[\w])")
PARTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), key)
    for pattern, key in (
        (r"used as (?P<used>limit|goal|target|forecast|typical)", "note.used_as"),
        (r"variant (?P<id>\w+)", "note.variant"),
        (r"(?P<amount>[\d,]+) USD at the file's exchange rate", "note.exchanged"),
        (r"start not established: used before the first day on which a source states it", "note.start_unknown"),
        (r"the programme file's default", "note.default"),
        (r"of (?P<day>\d{4}-\d\d-\d\d), constant after the plan's day", "note.rate_of"),
        (r"not used on this plan's day", "note.unused"),
        (r"used by the lean proof of concept alone", "note.lean"),
        (r"table (?P<table>\w+), area (?P<rest>.+)", "note.table"),
        (r"n = (?P<n>[\d,]+)", "note.count"),
        (r"cell (?P<cell>\S.*)", "note.cell"),
        (r"knows reviews decided by (?P<day>\S+)", "note.knows"),
        (
            r"validated: (?P<share>[\d.]+%) of (?P<n>[\d,]+) reviews ended within p10 to p90 in ten folds, "
            r"(?P<yearly>[\d.]+%) of (?P<m>[\d,]+) year by year",
            "note.validated",
        ),
        (
            r"approved applications alone, first receipt to final approval, whatever the number of cycles",
            "note.approved_alone",
        ),
        (r"changed in the workbench, without a source", "note.changed"),
        (r"income tax on the market's operating cash, without loss offset", "note.tax"),
        (r"cost of goods as a share of net sales", "note.cogs"),
        (r"selling and administration as a share of net sales", "note.selling"),
        (r"default uptake curve", "note.uptake"),
        (r"time from approval to the first sale", "note.launch_lag"),
        (r"time from the last readout to the submission", "note.preparation"),
        (r"cost of capital used by Paul (?P<year>\d{4})", "note.paul"),
    )
)
"""What onepill itself writes into a note, a part of it each."""


@cache
def _formulas() -> dict[str, str]:
    file = resources.files("onepill.web").joinpath("messages", "formulas.zh.json")
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return found


def formula_words(formula: str, t: Words) -> Row:
    """A formula in the page's language where it is a sentence; one of numbers is the same in both."""
    told = (_formulas().get(formula) or _matched(formula, t)) if t.base.lang == "zh" else None
    return {"text": told or formula, "lang": "" if told or t.base.lang == "en" else "en"}


def _matched(formula: str, t: Words) -> str | None:
    found = QUANTILES.fullmatch(formula)
    return t("note.quantiles", **found.groupdict()) if found else None


def note_parts(note: str, t: Words) -> list[Row]:
    """A note in its parts, each in the page's language where onepill wrote it; its rules are shown by themselves."""
    parts = [part for part in note.split("; ") if part and not re.fullmatch(r"rule [a-z][\w.]*\w", part)]
    if t.base.lang == "en":
        return [{"text": "; ".join(parts), "lang": ""}] if parts else []
    return [_part(part, t) for part in parts]


def _part(text: str, t: Words) -> Row:
    for pattern, key in PARTS:
        if found := pattern.fullmatch(text):
            named = found.groupdict()
            if "used" in named:
                named["used"] = t.either("used_as", named["used"])
            return {"text": t(key, **named), "lang": ""}
    return {"text": text, "lang": "en"}


def rule_links(note: str, day: str) -> Iterator[Row]:
    """The rules that a note names, each with the page of its versions, as of the day that its value is dated."""
    for rule in dict.fromkeys(RULE.findall(note)):
        on = {"on": day} if re.fullmatch(r"\d{4}-\d\d-\d\d", day) else {}
        yield {"id": rule, "href": f"/world/rule?{urlencode({'id': rule, **on, 'asked': 1})}"}
