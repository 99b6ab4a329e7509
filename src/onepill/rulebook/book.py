"""The rulebook as loaded: look-up by id, made when first asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from typing import Any

from onepill.core.errors import InputError
from onepill.core.provenance import Source
from onepill.rulebook.lookup import Rule
from onepill.rulebook.nouns import (
    Absence,
    Effect,
    Measure,
    Outcome,
    Policy,
    Procedure,
    Step,
    Term,
    Variant,
    Version,
)

Row = Mapping[str, Any]


@lru_cache(maxsize=1)
def load_rulebook() -> Rulebook:
    """The packaged rulebook; the same object on every call."""
    return Rulebook(files("onepill.rulebook").joinpath("compiled.json").read_text(encoding="utf-8"))


class Rulebook:
    """Rules, procedures and policies by id.

    Parsing a compiled rulebook is fast because its entries become objects only when asked for; each is made once.
    """

    def __init__(self, compiled: str) -> None:
        data = json.loads(compiled)
        self.hash = hashlib.sha256(compiled.encode()).hexdigest()
        """SHA-256 of the compiled text, hexadecimal."""
        self.absent_topics: tuple[Row, ...] = tuple(data["absent_topics"])
        self.jurisdictions: tuple[str, ...] = tuple(data["jurisdictions"])
        self.vocabulary = {
            key: Term(key, term["name"], term["answered_by"]) for key, term in data["vocabulary"].items()
        }
        self._rows: dict[str, dict[str, Any]] = {kind: data[kind] for kind in ("rules", "procedures", "policies")}
        self._sources = _SourceTable(data["sources"])
        self._made: dict[tuple[str, str], Any] = {}

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id.

        Raises:
            InputError: `rule.unknown`, with the nearest ids.
        """
        made: Rule = self._get("rules", rule_id)
        return made

    def rules(self, jurisdiction: str | None = None) -> tuple[Rule, ...]:
        """All rules (of one jurisdiction), by id."""
        return tuple(self._all("rules", jurisdiction))

    def procedure(self, procedure_id: str) -> Procedure:
        """The procedure of that id.

        Raises:
            InputError: `rule.unknown`.
        """
        made: Procedure = self._get("procedures", procedure_id)
        return made

    def procedures(self, jurisdiction: str | None = None) -> tuple[Procedure, ...]:
        """All procedures (of one jurisdiction), by id."""
        return tuple(self._all("procedures", jurisdiction))

    def policy(self, policy_id: str) -> Policy:
        """The policy of that id.

        Raises:
            InputError: `rule.unknown`.
        """
        made: Policy = self._get("policies", policy_id)
        return made

    def policies(self) -> tuple[Policy, ...]:
        """All policies, by id."""
        return tuple(self._all("policies", None))

    def ids(self) -> list[str]:
        """Ids of everything that can be asked for, sorted."""
        return sorted(key for rows in self._rows.values() for key in rows)

    def _all(self, kind: str, jurisdiction: str | None) -> list[Any]:
        rows = self._rows[kind]
        return [self._get(kind, key) for key in rows if jurisdiction in (None, rows[key]["jurisdiction"])]

    def _get(self, kind: str, key: str) -> Any:
        found = self._made.get((kind, key))
        if found is None:
            row = self._rows[kind].get(key)
            if row is None:
                raise _unknown(key, list(self._rows[kind]))
            found = self._made[kind, key] = _MAKERS[kind](key, row, self._sources)
        return found


def _unknown(key: str, known: list[str]) -> InputError:
    near = get_close_matches(key, known, n=3, cutoff=0.4)
    hint = f"nearest: {', '.join(near)}" if near else "see `onepill rules list`"
    return InputError.single("rule.unknown", f"no rule or procedure {key!r}", hint=hint, path=key, value=key)


class _SourceTable:
    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._rows = rows
        self._made: dict[str, Source] = {}

    def get(self, key: str) -> Source:
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = Source(**self._rows[key])
        return made


def _make_rule(key: str, row: Row, sources: _SourceTable) -> Rule:
    absent = row["absent"]
    return Rule(
        id=key,
        versions=_versions(row["versions"], sources),
        variants=tuple(
            Variant(name, variant["when"], _versions(variant["versions"], sources), variant["name"])
            for name, variant in row["variants"].items()
        ),
        beside=_versions(row["beside"], sources),
        absent=Absence(date.fromisoformat(absent["checked"]), absent["note"]) if absent else None,
        stops=tuple(row["stops"]),
        facts=tuple(row["facts"]),
        **{name: row[name] for name in _RULE_PLAIN},
    )


_RULE_PLAIN = (
    "jurisdiction", "calendar", "topic", "name", "unit", "nature", "starts", "counts_start_day", "roll", "note",
)  # fmt: skip


def _versions(rows: list[Row], sources: _SourceTable) -> tuple[Version, ...]:
    return tuple(_version(row, sources) for row in rows)


def _version(row: Row, sources: _SourceTable) -> Version:
    return Version(
        value=row["value"],
        first=_day(row["first"]),
        attested=tuple(map(date.fromisoformat, row["attested"])),
        last=_day(row["last"]),
        announced=_day(row["announced"]),
        status=row["status"],
        source_grade=row["source_grade"],
        sources=tuple(map(sources.get, row["sources"])),
        ref=row["ref"],
        formula=row["formula"],
        recheck=_day(row["recheck"]),
        body=row["body"],
        note=row["note"],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _make_procedure(key: str, row: Row, _: _SourceTable) -> Procedure:
    plain = {name: row[name] for name in _PROCEDURE_PLAIN}
    return Procedure(id=key, steps=tuple(map(_step, row["steps"])), facts=tuple(row["facts"]), **plain)


_PROCEDURE_PLAIN = ("jurisdiction", "calendar", "topic", "name", "per", "grants", "needed_when", "note")


def _step(row: Row) -> Step:
    lists = {
        "after": tuple(map(tuple, row["after"])),
        "covers": tuple(row["covers"]),
        "outcomes": tuple(Outcome(**outcome) for outcome in row["outcomes"]),
    }
    return Step(**{**row, **lists})


def _make_policy(key: str, row: Row, sources: _SourceTable) -> Policy:
    days = {name: _day(row[name]) for name in ("announced", "first", "last")}
    plain = {name: row[name] for name in ("jurisdiction", "name", "title", "number", "not_captured")}
    measures = tuple(_measure(name, measure, sources) for name, measure in row["measures"].items())
    return Policy(id=key, source=sources.get(row["source"]), measures=measures, **days, **plain)  # type: ignore[arg-type]


def _measure(key: str, row: Row, sources: _SourceTable) -> Measure:
    effect = row["effect"]
    made = {
        "effect": Effect(**effect) if effect else None,
        "versions": _versions(row["versions"], sources),
        "facts": tuple(row["facts"]),
    }
    return Measure(id=key, **{**row, **made})


_MAKERS: dict[str, Any] = {"rules": _make_rule, "procedures": _make_procedure, "policies": _make_policy}
