"""The `world` operation: jurisdictions, their routes and their clocks on a day, and what is announced to change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from onepill.core.errors import InputError

if TYPE_CHECKING:
    from datetime import date

    from onepill.rulebook import Procedure, Rule, Rulebook, RuleValue
    from onepill.workbench.questions.world import WorldAsk

Row = dict[str, Any]


def world(ask: WorldAsk) -> Row:
    """Jurisdictions, routes and clocks of the world on a day, and what changes when."""
    from onepill.rulebook import load_rulebook
    from onepill.workbench.filing.law_changes import law_changes
    from onepill.workbench.questions.world import asked_day

    rulebook = load_rulebook()
    on = asked_day(ask.on)
    known_on = ask.known_on or on
    places = _places(rulebook, ask.jurisdictions)
    changes = [
        row
        for row in law_changes(rulebook, after=on, until=None, known_on=known_on)
        if row["jurisdiction"] in places and row["status"] != "proposed"
    ]
    clocks = [row for rule in rulebook.rules() if rule.jurisdiction in places and (row := _clock(rule, on, known_on))]
    routes = [_route(procedure) for procedure in rulebook.procedures() if procedure.jurisdiction in places]
    return {
        "on": on.isoformat(),
        "known_on": known_on.isoformat(),
        "jurisdictions": [_jurisdiction(place, rulebook, clocks, routes, changes) for place in places],
        "routes": routes,
        "clocks": clocks,
        "changes": changes,
    }


def _places(rulebook: Rulebook, asked: Sequence[str]) -> list[str]:
    """The jurisdictions asked for.

    Raises:
        InputError: `jurisdiction.unknown`.
    """
    known = sorted({rule.jurisdiction for rule in rulebook.rules()})
    if unknown := [place for place in asked if place not in known]:
        message = f"the rulebook has no jurisdiction {unknown[0]!r}"
        raise InputError.single("jurisdiction.unknown", message, hint=f"one of: {', '.join(known)}", value=unknown[0])
    return [place for place in known if not asked or place in asked]


def _clock(rule: Rule, on: date, known_on: date) -> Row | None:
    """The value that holds without conditions on the day; None where none is known."""
    try:
        found = rule.on(on, known_on)
    except InputError:
        return None
    return {
        "rule": rule.id,
        "name": dict(rule.name),
        "jurisdiction": rule.jurisdiction,
        "topic": rule.topic,
        "nature": rule.nature,
        **_value(found),
        "variants": len(rule.variants),
    }


def _value(found: RuleValue) -> Row:
    from onepill.workbench.common.rule_rows import value_row

    row = value_row(found)
    return {**row, "unit": row["unit"] or None, "start_unknown": found.start_unknown}


def _route(procedure: Procedure) -> Row:
    return {
        "procedure": procedure.id,
        "name": dict(procedure.name),
        "jurisdiction": procedure.jurisdiction,
        "topic": procedure.topic,
        "steps": len(procedure.steps),
    }


def _jurisdiction(
    place: str, rulebook: Rulebook, clocks: Sequence[Row], routes: Sequence[Row], changes: Sequence[Row]
) -> Row:
    own = [row for row in clocks if row["jurisdiction"] == place]
    ahead = [row for row in changes if row["jurisdiction"] == place]
    return {
        "jurisdiction": place,
        "rules_in_force": len(own),
        "official": sum(row["source_grade"] == "official" for row in own),
        "absent": sum(rule.absent is not None for rule in rulebook.rules(place)),
        "routes": sum(row["jurisdiction"] == place for row in routes),
        "changes_ahead": len(ahead),
        "next_change": ahead[0]["day"] if ahead else None,
    }
