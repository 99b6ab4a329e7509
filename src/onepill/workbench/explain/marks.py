"""What an answer itself says about one of its numbers: sources, rules, remarks; the days and loads it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from onepill.core.errors import InputError
from onepill.workbench.explain.way import Place, is_text

if TYPE_CHECKING:
    from onepill.rulebook import Rulebook

Row = dict[str, Any]
SOURCES = ("source", "sources", "fact_source", "mechanism_source")
VERSION = ("value", "unit", "from", "until", "ref", "source_grade", "source")
RULES = ("rule", "procedure", "rules")
REMARKS = (
    *("formula", "method", "note", "reason", "says", "why", "interval", "origin", "status", "as_of_method", "variant"),
    *("tag_reason", "not_quantified_reason", "is_assumption", "cut", "evidence"),
)
"""Fields that say how a value was found."""
MADE_WITH = (
    *("as_of", "on", "since", "known_on", "signed_on", "draws", "seed", "generation", "engine_version", "convention"),
    *("as_of_method", "unit", "counts", "annotations", "money"),
)
"""Fields of a whole answer that every number in it rests on."""
MOST = 12
"""Of each kind: a row with more names them in its own list."""


def sources_of(way: list[Place], row: int) -> list[Row]:
    """The nearest sources that are named on the way outwards: those of the number's row, else of what it is in."""
    for index in range(len(way) - 1, -1, -1):
        node = way[index].value
        if isinstance(node, Mapping) and (
            found := list(_sources(node, way[index].path, "row" if index >= row else ""))
        ):
            return found[:MOST]
    return []


def _sources(node: Mapping[str, Any], path: str, of: str) -> Iterator[Row]:
    grade = next((str(node[key]) for key in ("source_grade", "grade") if isinstance(node.get(key), str)), None)
    for key in SOURCES:
        given = node.get(key)
        for one in given if isinstance(given, list) else [given]:
            if told := _source(one, node):
                yield {"of": of or "around", "path": path, "key": key, "grade": grade, **told}
    if isinstance(node.get("source_title"), str):
        told = {"title": node["source_title"], "url": node.get("source_url") or "", "date": "", "retrieved": ""}
        yield {"of": of or "around", "path": path, "key": "source_title", "grade": grade, **told}


def _source(given: Any, node: Mapping[str, Any]) -> Row | None:
    if isinstance(given, str) and given:
        return {"title": given, "url": str(node.get("source_url") or ""), "date": "", "retrieved": ""}
    if not isinstance(given, Mapping) or not (given.get("title") or given.get("url")):
        return None
    title = given.get("title") or ""
    said = title.get("en", "") if isinstance(title, Mapping) else title
    return {"title": str(said), **{name: str(given.get(name) or "") for name in ("url", "date", "retrieved")}}


def rules_of(way: list[Place], row: int, day: date | None) -> list[Row]:
    """The nearest rules that are named on the way outwards; a procedure's are those of its steps, in force on `day`."""
    for index in range(len(way) - 1, -1, -1):
        node = way[index].value
        if isinstance(node, Mapping):
            named = [(name, told) for name, told in _named_rules(node)]
            if named:
                at = {"of": "row" if index >= row else "around", "path": way[index].path}
                return [{**at, **one} for name, told in named for one in _rules(name, told, day)][:MOST]
    return []


def _named_rules(node: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key in RULES:
        given = node.get(key)
        for one in given if isinstance(given, list) else [given]:
            if isinstance(one, Mapping) and isinstance(one.get("rule"), str):
                yield one["rule"], one
            elif isinstance(one, str) and one:
                yield one, node


def _rules(name: str, told: Mapping[str, Any], day: date | None) -> Iterator[Row]:
    """A rule as the answer tells it, or as the rulebook has it on the day; of a procedure each rule of its steps."""
    from onepill.rulebook import load_rulebook

    book = load_rulebook()
    if name in {procedure.id for procedure in book.procedures()}:
        steps = book.procedure(name).steps
        ids = [one for step in steps for one in (step.clock, step.duration, step.forecast) if one]
        yield {"rule": name, "procedure": None, **dict.fromkeys(VERSION)}
        yield from ({**_on(book, one, day), "procedure": name} for one in dict.fromkeys(ids))
    elif name in {rule.id for rule in book.rules()}:
        version = {key: told[key] for key in ("from", "until", "ref") if isinstance(told.get(key), str)}
        yield {**_on(book, name, None if version else day), "procedure": None, **version}


def _on(book: Rulebook, name: str, day: date | None) -> Row:
    """A rule with its version in force on a day, where there is one."""
    empty: Row = {"rule": name, **dict.fromkeys(VERSION)}
    try:
        found = book.rule(name).on(day, day) if day else None
    except InputError:
        return empty
    if found is None:
        return empty
    version = found.version
    return {
        "rule": name,
        "value": found.value,
        "unit": found.unit,
        "from": version.first.isoformat() if version.first else None,
        "until": version.last.isoformat() if version.last else None,
        "ref": version.ref or None,
        "source_grade": version.source_grade,
        "source": version.source.as_row() if version.source else None,
    }


def remarks_of(way: list[Place], row: int) -> list[Row]:
    """What the number's row, and what stands between, say of how the value was found."""
    objects = [place for place in reversed(way[row:]) if isinstance(place.value, Mapping)]
    told = [(key, place.path, place.value.get(key)) for place in objects for key in REMARKS]
    return [{"key": key, "path": path, "value": value} for key, path, value in told if _is_said(value)]


def made_with(answer: Any) -> list[Row]:
    """Days, seed, draws and loads of the whole answer; of the warehouse how many records and of which day."""
    if not isinstance(answer, Mapping):
        return []
    found = [{"key": key, "path": f"/{key}", "value": answer[key]} for key in MADE_WITH if _is_told(answer.get(key))]
    for number, one in enumerate((answer.get("data") or {}).get("sources", ())):
        found.append({"key": "snapshot", "path": f"/data/sources/{number}", "value": f"{one['source']} {one['day']}"})
    records = (answer.get("coverage") or {}).get("records") if isinstance(answer.get("coverage"), Mapping) else None
    for key, value in (records or {}).items():
        found.append({"key": key, "path": f"/coverage/records/{key}", "value": value})
    return found


def day_of(answer: Any) -> date | None:
    """The day of whose law an answer speaks."""
    told = [answer.get(key) for key in ("on", "as_of")] if isinstance(answer, Mapping) else []
    days = [one for one in told if isinstance(one, str) and len(one) == len("2026-11-22")]
    return date.fromisoformat(days[0]) if days else None


def _is_said(value: Any) -> bool:
    return isinstance(value, bool) or (is_text(value) and bool(value))


def _is_told(value: Any) -> bool:
    return isinstance(value, int | float) or (is_text(value) and bool(value))
