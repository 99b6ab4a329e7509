"""Rows of the compiled rulebook to its nouns; keys that a row lacks were empty in the pack."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from onepill.core.provenance import Source
from onepill.rulebook.lookup import Rule
from onepill.rulebook.nouns import (
    Absence,
    Effect,
    Measure,
    Outcome,
    PlanGate,
    Policy,
    Procedure,
    Reliance,
    ReviewModelUse,
    Step,
    Variant,
    Version,
)

Row = Mapping[str, Any]


class SourceTable:
    """The sources of all packs by key, each made once."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._rows = rows
        self._made: dict[str, Source] = {}

    def get(self, key: str) -> Source:
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = Source(**self._rows[key])
        return made


def make_rule(key: str, row: Row, sources: SourceTable) -> Rule:
    absent = row.get("absent")
    return Rule(
        id=key,
        jurisdiction=row["jurisdiction"],
        calendar=row.get("calendar", ""),
        topic=row["topic"],
        name=row.get("name", {}),
        unit=row.get("unit", ""),
        nature=row.get("nature"),
        starts=row.get("starts", ""),
        counts_start_day=row["counts_start_day"],
        roll=row["roll"],
        stops=tuple(row.get("stops", ())),
        facts=tuple(row.get("facts", ())),
        versions=_versions(row, "versions", sources),
        variants=tuple(_variant(name, variant, sources) for name, variant in row.get("variants", {}).items()),
        beside=_versions(row, "beside", sources),
        absent=Absence(date.fromisoformat(absent["checked"]), absent["note"]) if absent else None,
        note=row.get("note", ""),
    )


def _variant(name: str, row: Row, sources: SourceTable) -> Variant:
    return Variant(name, row.get("when"), _versions(row, "versions", sources), row.get("name", {}))


def _versions(row: Row, key: str, sources: SourceTable) -> tuple[Version, ...]:
    return tuple(_version(version, sources) for version in row.get(key, ()))


def _version(row: Row, sources: SourceTable) -> Version:
    return Version(
        value=row["value"],
        first=_day(row, "first"),
        attested=tuple(map(date.fromisoformat, row.get("attested", ()))),
        last=_day(row, "last"),
        announced=_day(row, "announced"),
        status=row["status"],
        source_grade=row["source_grade"],
        sources=tuple(map(sources.get, row.get("sources", ()))),
        ref=row.get("ref", ""),
        formula=row.get("formula", ""),
        recheck=_day(row, "recheck"),
        body=row.get("body", ""),
        note=row.get("note", ""),
    )


def _day(row: Row, key: str) -> date | None:
    text = row.get(key)
    return date.fromisoformat(text) if text else None


def make_procedure(key: str, row: Row, sources: SourceTable) -> Procedure:
    return Procedure(
        id=key,
        jurisdiction=row["jurisdiction"],
        calendar=row.get("calendar", ""),
        topic=row["topic"],
        name=row["name"],
        per=row["per"],
        grants=row["grants"],
        needed_when=row.get("needed_when"),
        steps=tuple(_step(step) for step in row.get("steps", ())),
        facts=tuple(row.get("facts", ())),
        note=row.get("note", ""),
        route=row.get("route", "standard"),
        relies_on=_reliance(row["relies_on"], sources) if row.get("relies_on") else None,
        gate=PlanGate(**row["gate"]) if row.get("gate") else None,
        second_cycle=row.get("second_cycle"),
    )


def _reliance(row: Row, sources: SourceTable) -> Reliance:
    return Reliance(
        references=tuple(row["references"]),
        at_least=row.get("at_least", 1),
        within_years=row.get("within_years"),
        same=tuple(row.get("same", ())),
        nmpa_accepted=row.get("nmpa_accepted"),
        source_grade=row["source_grade"],
        source=sources.get(row["source"]) if row.get("source") else None,
        note=row.get("note", ""),
    )


def _step(row: Row) -> Step:
    return Step(
        id=row["id"],
        name=row.get("name", {}),
        by=row["by"],
        kind=row["kind"],
        clock=row.get("clock"),
        duration=row.get("duration"),
        after=tuple(tuple(entry) for entry in row.get("after", ())),
        when=row.get("when"),
        optional=row["optional"],
        stop=row["stop"],
        gate=row.get("gate"),
        fee=row.get("fee"),
        forecast=row.get("forecast"),
        review_model=_review_model(row["review_model"]) if row.get("review_model") else None,
        covers=tuple(row.get("covers", ())),
        anchor=row.get("anchor"),
        instead_of=row.get("instead_of"),
        outcomes=tuple(Outcome(o["id"], o.get("prob_rule"), o.get("note", "")) for o in row.get("outcomes", ())),
        note=row.get("note", ""),
    )


def _review_model(row: Row) -> ReviewModelUse:
    classes = tuple((name, when) for name, when in row.get("classes", {}).items())
    return ReviewModelUse(row["step"], row.get("one_cycle"), classes, row["otherwise"], row.get("new_substance"))


def make_policy(key: str, row: Row, sources: SourceTable) -> Policy:
    return Policy(
        id=key,
        jurisdiction=row["jurisdiction"],
        name=row["name"],
        title=row["title"],
        number=row.get("number", ""),
        announced=date.fromisoformat(row["announced"]),
        first=date.fromisoformat(row["first"]),
        last=_day(row, "last"),
        source=sources.get(row["source"]),
        measures=tuple(_measure(name, measure, sources) for name, measure in row["measures"].items()),
        not_captured=row.get("not_captured", {}),
        measures_in_document=row.get("measures_in_document"),
    )


def _measure(key: str, row: Row, sources: SourceTable) -> Measure:
    effect = row.get("effect")
    return Measure(
        id=key,
        aspect=row["aspect"],
        kind=row["kind"],
        name=row["name"],
        when=row.get("when"),
        effect=Effect(effect["on"], effect["target"], effect["verb"], effect["value"], effect.get("where", ""))
        if effect
        else None,
        baseline=row.get("baseline"),
        uptake=row.get("uptake"),
        uptake_note=row.get("uptake_note", ""),
        is_target=row["is_target"],
        unit=row["unit"],
        versions=_versions(row, "versions", sources),
        not_quantified_reason=row.get("not_quantified_reason", ""),
        facts=tuple(row.get("facts", ())),
        note=row.get("note", ""),
    )
