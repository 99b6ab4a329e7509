"""Where a number of an answer comes from, in the words of a page: itself, its question, its sources, the way to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from onepill.reports.numerals import number as shown_number
from onepill.reports.numerals import percent
from onepill.reports.page import web_address
from onepill.reports.said_values import printed_value
from onepill.web.engine_forms import HIDDEN
from onepill.web.engine_tables import DASH, told_value
from onepill.web.engine_tables import number as cell_number
from onepill.web.explain_view import chain_view
from onepill.web.explain_words import note_parts
from onepill.web.method_words import method_links
from onepill.web.path_words import PathWords
from onepill.web.speaking import Words

Row = dict[str, Any]
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
WHOLE = 1_000
UNASKED = (*HIDDEN, "threads")


def number_part(at: str) -> str:
    """A place in an answer as the part of an address: without its first stroke."""
    return quote(at.removeprefix("/"), safe="/~.:@,*")


def number_view(found: Row, words: PathWords, *, link: Callable[[str], str]) -> Row:
    """An answer of `explain number` as the page shows it; `link` is the address that explains a place or a path."""
    t = words.asked.words
    unsaid: Sequence[Any] = (None, "", [], *(one["value"] for one in found["remarks"] if isinstance(one["value"], str)))
    chain, kin = (
        chain_view({"chain": found[name]}, words, link=link) if found[name] else None for name in ("chain", "kin")
    )
    return {
        **{key: found[key] for key in ("operation", "basis", "path", "engine_version")},
        "methods": method_links(found["methods"], t),
        "value": value_text(found["value"], found["unit"], t),
        "error": "" if found["standard_error"] is None else value_text(found["standard_error"], found["unit"], t),
        "way": _way(found, t),
        "question": [_pair(one, t, "field") for one in found["question"] if _is_asked(one)],
        "inputs": [_input(one, t, link) for one in found["inputs"]],
        "error_formula": t(f"number.error_{found['error_formula']}") if found["error_formula"] else "",
        "documents": [{**one, "label": _label(one["field"], "field", t)} for one in found["documents"]],
        "row": [_pair(one, t, "ecol", link) for one in found["row"] if one["value"] not in unsaid],
        "sources": [_source(one, t) for one in found["sources"]],
        "rules": [_rule(one, found, t) for one in found["rules"]],
        "remarks": [_pair(one, t, "ecol") for one in found["remarks"]],
        "made_with": [_pair(one, t, "made", link) for one in found["made_with"]],
        "assumptions": [t.text(one) for one in found["assumptions"]],
        "chain": chain,
        "kin": kin,
    }


def value_text(value: Any, unit: str | None, t: Words) -> str:
    """A value in full, with its unit."""
    if value is None:
        return DASH
    if isinstance(value, bool):
        return t("engine.yes" if value else "engine.no")
    if isinstance(value, Mapping) or not isinstance(value, int | float):
        return t.text(value) if isinstance(value, Mapping) else str(value)
    if unit == "share":
        return percent(float(value), 1)
    if unit == "USD":
        return f"{shown_number(value)} USD"
    shown = shown_number(value) if abs(value) >= WHOLE and value == int(value) else cell_number(value, "")
    return f"{shown} {_unit(unit, t)}".strip()


def _unit(unit: str | None, t: Words) -> str:
    return t.base.either("unit", unit) if unit and t.base.has(f"unit.{unit}") else ""


def _is_asked(one: Row) -> bool:
    return one["key"] not in UNASKED and one["value"] not in (None, "", [], {}, False)


def _label(key: str, family: str, t: Words) -> str:
    name = f"{family}.{key}"
    if t.has(name):
        return t(name)
    return t(f"ecol.{key}") if t.has(f"ecol.{key}") else ""


def _way(found: Row, t: Words) -> list[str]:
    """The way to a number: a table by its title, a row by its name, else by its number; at its end what it is."""
    steps = [_step(step, t) for step in found["way"]]
    own = found["path"].rpartition("/")[2]
    ends = [_called(key, t) for key in dict.fromkeys((found["name"], own)) if key]
    whole = steps + ends
    return [one for number, one in enumerate(whole) if one not in whole[number + 1 : number + 2]]


def _called(key: str, t: Words) -> str:
    """What a part of an answer is called: the head of its column, or the title of its table; else its own name."""
    families = ("ecol", "etable", "made")
    return next((t(f"{family}.{key}") for family in families if t.has(f"{family}.{key}")), key)


def _step(step: Row, t: Words) -> str:
    key, said = step["key"], t.text(step["named"]) if step["named"] else ""
    if key.isdecimal():
        row = t("number.row", number=int(key) + 1)
        return f"{row}{t('watch.colon')}{said}" if said else row
    place = t.base.either("jurisdiction", key) if t.base.has(f"jurisdiction.{key}") else ""
    return said if said and not place else place or _called(key, t)


def _pair(one: Row, t: Words, family: str, link: Callable[[str], str] | None = None) -> Row:
    value = one["value"]
    if isinstance(value, list):
        shown = t("list.comma").join(str(part) for part in value)
    elif isinstance(value, Mapping) and set(value) != {"en", "zh"}:
        shown = t("list.semicolon").join(f"{key} {part}" for key, part in value.items())
    elif one["key"].endswith("_usd") and isinstance(value, int | float) and not one["key"].endswith("_month_usd"):
        shown = value_text(value, "USD", t)
    else:
        shown = _word(told_value({one["key"]: value}, one["key"], t), one["key"], t)
    is_figure = any(sign.isdigit() for sign in shown)
    href = link(one["path"]) if link and is_figure and one["path"].startswith("/") else ""
    named = {"label": _label(one["key"], family, t), "key": one["key"], "stated": one.get("stated", "")}
    return {**named, "value": shown, "href": href}


def _input(one: Row, t: Words, link: Callable[[str], str]) -> Row:
    """A measure, what holds without it or what it does, in words."""
    source, value = one["source"] or {}, one["value"]
    is_plain = isinstance(value, int | float | str | Mapping) and not isinstance(value, bool)
    unit = t.base.either("unit", one["unit"]) if one["unit"] and t.base.has(f"unit.{one['unit']}") else ""
    is_figure = is_plain and any(sign.isdigit() for sign in str(value))
    return {
        "role": one["role"],
        "role_name": t(f"number.role_{one['role']}"),
        "name": t.text(one["name"]) if one["name"] else "",
        "key": one["key"],
        "value": f"{printed_value(value)} {unit}".strip() if is_plain else "",
        "href": link(one["path"]) if is_figure and one["role"] == "measure" else "",
        "from": one["from"] or "",
        "source": str(source.get("title") or ""),
        "source_url": web_address(str(source.get("url") or "")),
        "date": str(source.get("date") or ""),
        "grade": one["source_grade"] or "",
        "grade_name": t.base.either("grade", one["source_grade"]) if one["source_grade"] else "",
    }


def _word(shown: str, key: str, t: Words) -> str:
    """A code in words, where there are some."""
    families, code = (key, "choice", "state", "status"), shown.replace(" ", "_")
    return next((t(f"{one}.{code}") for one in families if t.has(f"{one}.{code}")), shown)


def _source(one: Row, t: Words) -> Row:
    grade = one["grade"] or ""
    return {
        **one,
        "url": web_address(one["url"]),
        "of_name": t(f"number.of_{one['of']}"),
        "grade": grade,
        "grade_name": t.base.either("grade", grade) if grade else "",
    }


def _rule(one: Row, found: Row, t: Words) -> Row:
    """A rule with the page of its versions, as of the day of the answer."""
    days = [mark["value"] for mark in found["made_with"] if mark["key"] in ("on", "as_of")]
    on = {"on": days[0]} if days and DAY.fullmatch(str(days[0])) else {}
    address = f"/world/rule?{urlencode({'id': one['rule'], **on, 'asked': 1})}"
    source, grade = one["source"] or {}, one["source_grade"] or ""
    return {
        **one,
        "href": address,
        "value": value_text(one["value"], one["unit"], t) if one["value"] is not None else "",
        "ref": list(note_parts(one["ref"], t)) if one["ref"] else [],
        "grade": grade,
        "grade_name": t.base.either("grade", grade) if grade else "",
        "source": source.get("title", ""),
        "source_url": web_address(source.get("url", "")),
        "retrieved": source.get("retrieved", ""),
    }


def plain_words(titles: Mapping[str, Row], asked: Any) -> PathWords:
    """Words for the paths of an answer: those of a programme's file, and for a deal's its paths."""
    return _PlainWords(titles, asked)


class _PlainWords(PathWords):
    def full(self, path: str) -> str:
        try:
            return super().full(path)
        except (KeyError, IndexError):  # a deal's path has no words of the programme's file
            return path


def counted_link(operation: str, question: Sequence[Row], row: Sequence[Row]) -> str:
    """The page that lists the programmes which a number of the landscape counts; "" where none can filter to them."""
    if not operation.startswith("landscape") or operation.startswith("landscape watch"):
        return ""
    asked = {one["key"]: one["value"] for one in question}
    filters = [(name, value) for name in LISTS for value in asked.get(name) or ()]
    filters += [("on", asked["on"])] if asked.get("on") else []
    stands = {one["key"]: one["value"] for one in row}
    if operation == "landscape matrix" and {"row", "column"} <= set(stands):
        for side, dimension in (("row", asked.get("rows")), ("column", asked.get("columns"))):
            if dimension not in DIMENSIONS:
                return ""
            filters.append((DIMENSIONS[dimension], stands[f"{side}_name"]))
    return f"/landscape/pictures?{urlencode([*filters, ('asked', 1)])}"


LISTS = ("targets", "indications", "modalities", "origins")
DIMENSIONS = {"target": "targets", "indication": "indications", "modality": "modalities", "origin": "origins"}
"""Fields of the question that filter to what a side of the matrix counts."""
