"""A number's way back to its sources, as a list that is read from the number down."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from onepill.reports.footnotes import grade_of
from onepill.reports.numerals import number, percent
from onepill.reports.page import web_address
from onepill.reports.said_values import printed_value, spread_values
from onepill.web.addresses import base_path, explain_path
from onepill.web.explain_words import formula_words, note_parts, rule_links
from onepill.web.path_words import PathWords
from onepill.web.speaking import Speaking

Row = dict[str, Any]
MOST_SHOWN = 120
DEEPEST = 3
WHOLE = 1_000
"""From here on a number is shown without decimals."""
SPREAD = re.compile(r"low (.+?), (?:mode (.+?), )?high (.+)")
"""How a ledger writes a range."""


def explain_view(chain: Row, live: Row, asked: Speaking) -> Row:
    """A number of a programme: itself, then what it was computed from, depth first; repeated steps are told once."""
    passport = live["passport"]
    labels = {row["id"].lower(): row["label"] for part in ("activities", "milestones") for row in passport[part]}
    words = PathWords(live["titles"], asked, labels)
    back = asked.link(base_path(live["id"]), drop=("draws",))
    link = lambda path: asked.link(explain_path(live["id"], path), drop=("draws",))  # noqa: E731 -- one use, named
    found = chain_view(chain, words, link=link, document=passport)
    is_input = found["first"]["path"].lower() in {(row["explained_by"] or "").lower() for row in live["inputs"]}
    field = f"{back}#v-{found['first']['path'].replace('.', '-')}"
    return {**found, "path": chain["path"], "back": back, "field": field if is_input else ""}


def ledger_view(live: Row, asked: Speaking) -> Row:
    """Every number of a programme's passport, by the part of the file or of the answer that it belongs to."""
    passport = live["passport"]
    labels = {row["id"].lower(): row["label"] for part in ("activities", "milestones") for row in passport[part]}
    words = PathWords(live["titles"], asked, labels)
    groups: dict[str, list[Row]] = {}
    for row in passport["provenance"]:
        href = asked.link(explain_path(live["id"], row["path"]), drop=("draws",))
        groups.setdefault(words.group(row["path"]), []).append({**_step({**row, "depth": 0}, words), "href": href})
    back = asked.link(f"{base_path(live['id'])}/passport", drop=("draws",))
    return {"groups": groups, "count": len(passport["provenance"]), "back": back}


def chain_view(chain: Row, words: PathWords, *, link: Callable[[str], str], document: Row | None = None) -> Row:
    """The steps of a chain in words; `link` is the address that explains a path. The standard error of a mean stands in
    the `document` that the chain is of.
    """
    steps = [{**_step(row, words), "href": link(row["path"])} for row in chain["chain"] if not row["repeated"]]
    first, error = chain["chain"][0], _error_beside(document, chain["chain"][0]["path"])
    said = "" if error is None else shown_value({**first, "value": error}, words)
    return {"first": steps[0], "steps": steps[:MOST_SHOWN], "left": max(0, len(steps) - MOST_SHOWN), "error": said}


def _error_beside(document: Any, path: str) -> float | None:
    """The standard error of a mean in a document: its rows are told apart by their ids."""
    node = document
    for part in path.split(".")[:-1]:
        if isinstance(node, list):
            rows = [row for row in node if isinstance(row, Mapping)]
            node = next((row for row in rows if part in _ids(row)), None)
        else:
            node = node.get(part) if isinstance(node, Mapping) else None
    if not isinstance(node, Mapping) or not path.endswith(".mean"):
        return None
    error = node.get("standard_error")
    return float(error) if isinstance(error, int | float) else None


def _ids(row: Mapping[str, Any]) -> list[str]:
    """What a row of a document is called in paths, which write markets in small letters."""
    return [
        str(row[name]).lower() for name in ("id", "deal", "market", "name", "key") if isinstance(row.get(name), str)
    ]


def _step(row: Row, words: PathWords) -> Row:
    t, grade, source = words.asked.words, grade_of(row), row["source"] or {}
    origin, grade_name = t.either("origin", row["origin"]), t.base.either("grade", grade)
    note, day = row["note"] or "", row["date"] or ""
    return {
        "path": row["path"],
        "name": words.full(row["path"]),
        "depth": min(row["depth"], DEEPEST),
        "value": shown_value(row, words),
        "origin": "" if row["origin"] == "assumption" else origin,
        "grade": grade,
        "grade_name": grade_name,
        "formula": formula_words(row["formula"], t) if row["formula"] else None,
        "notes": note_parts(note, t),
        "rules": list(rule_links(note, day)),
        "date": day,
        "source": str(source.get("title") or ""),
        "source_url": web_address(str(source.get("url") or "")),
        "source_date": str(source.get("date") or ""),
        "retrieved": str(source.get("retrieved") or ""),
    }


def shown_value(row: Row, words: PathWords) -> str:
    """A value with its unit in the page's words; a range as its ends and mode, with the kind of its distribution."""
    t, value, unit = words.asked.words, row["value"], row["unit"] or ""
    if isinstance(value, Mapping) and "params" in value:
        is_share = unit in ("share", "prob")
        params = " – ".join(percent(part, 1) if is_share else f"{part:.4g}" for part in spread_values(value))
        spread = params if is_share else f"{params} {_unit(unit, words)}".strip()
        return t("explain.shape", shape=t.either("shape", value["kind"]), value=spread)
    if isinstance(value, bool):
        return t("engine.yes" if value else "engine.no")
    if not isinstance(value, int | float):
        found = SPREAD.fullmatch(str(value))
        return _range([one for one in found.groups() if one]) if found else _curve(value, unit, words)
    if unit in ("share", "prob"):
        return percent(float(value), 1)
    if unit == "USD":
        return f"{number(value)} USD"
    shown = number(value) if abs(value) >= WHOLE else f"{value:,.4g}"
    return f"{shown} {_unit(unit, words)}".strip()


def _range(ends: list[str]) -> str:
    """`45 MCNY, 65 MCNY, 100 MCNY` with the unit once."""
    units = {end.partition(" ")[2] for end in ends}
    shared = units.pop() if len(units) == 1 else ""
    parts = [end.removesuffix(f" {shared}") if shared else end for end in ends]
    return f"{' – '.join(printed_value(part) for part in parts)} {shared}".strip()


def _curve(value: Any, unit: str, words: PathWords) -> str:
    if unit != "curve":
        return printed_value(value)
    t, (shape, _, rest) = words.asked.words, str(value).partition(", ")
    years = rest.removesuffix(" years to peak")
    return t("explain.curve", shape=t.either("shape", shape), years=years)


def _unit(unit: str, words: PathWords) -> str:
    t = words.asked.words
    own, rate = f"input_unit.{unit}", unit.removesuffix(" per USD")
    if rate != unit:
        return t("explain.rate_unit", code=rate)
    return (
        t(own) if t.has(own) and unit not in ("count", "rate", "share") else t.base.either("unit", unit) if unit else ""
    )
