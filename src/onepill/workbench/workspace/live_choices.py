"""What may stand at an input that holds words instead of a number, and what these are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onepill.model.names import PLACES, place
from onepill.model.payer_path import PATH_NAMES
from onepill.model.schema import CONVENTIONS, STAGE_KINDS, Programme
from onepill.workbench.common.words import ROUTES

if TYPE_CHECKING:
    from onepill.rulebook import Rulebook

Row = dict[str, Any]
CLOSED = {
    "kind": STAGE_KINDS,
    "convention": CONVENTIONS,
    "base_rates": ("bio", "wong"),
    "cost_timing": ("even", "start", "middle", "finish"),
    "path": PATH_NAMES,
}
"""Fields whose words the schema closes, by the last part of their path."""
PLACE_FIELDS = ("regions", "held", "calendar", "jurisdiction")


def choices_at(path: str, value: Any, programme: Programme, rulebook: Rulebook) -> list[Row]:
    """Every word that may stand at a path, each with its name where the rulebook or the file gives one.

    Empty where the words are free: what is asked of a trial, what ends a market.
    """
    if isinstance(value, bool):
        return [_choice("true"), _choice("false")]
    if not isinstance(value, str | list) or any(not isinstance(one, str) for one in value):
        return []
    return _known(path, programme, rulebook)


def _known(path: str, programme: Programme, rulebook: Rulebook) -> list[Row]:
    group, _, rest = path.partition(".")
    owner, field = rest.partition(".")[0], path.rpartition(".")[2]
    if field in CLOSED:
        return [_choice(code) for code in CLOSED[field]]
    if field in PLACE_FIELDS:
        return [_choice(code, place(code)) for code in PLACES]
    if field == "indication":
        return [_choice(code, dict(one.name)) for code, one in programme.indications.items()]
    if field == "after":
        return _activities(programme, apart_from=owner.lower())
    if field in ("dossier", "filing"):
        return [_choice(code) for code in (programme.dossiers if field == "dossier" else programme.filings)]
    if group == "filings" and field in ("route", "designations"):
        return _of_filing(field, _jurisdiction(programme, owner), rulebook)
    return []


def _activities(programme: Programme, *, apart_from: str) -> list[Row]:
    """Stages by their titles, then filings, which `after` may name."""
    stages = [
        _choice(name, dict(stage.title) if stage.title else None)
        for name, stage in programme.development.items()
        if name.lower() != apart_from
    ]
    return stages + [_choice(f"filings.{name.lower()}") for name in programme.filings if name.lower() != apart_from]


def _jurisdiction(programme: Programme, name: str) -> str:
    filing = next(found for key, found in programme.filings.items() if key.lower() == name.lower())
    return filing.jurisdiction or name.upper()


def _of_filing(field: str, jurisdiction: str, rulebook: Rulebook) -> list[Row]:
    """The routes of a jurisdiction and the ordinary ones, or what its agency may grant."""
    if field == "route":
        own = {p.route for p in rulebook.procedures(jurisdiction) if p.grants == "approval"}
        return [_choice(code) for code in sorted(own | ROUTES)]
    granted = (rulebook.term(code, jurisdiction) for code in rulebook.vocabulary)
    return [_choice(t.id, dict(t.name)) for t in granted if t and t.answered_by == f"filings.{jurisdiction}.{field}"]


def _choice(code: str, name: Row | None = None) -> Row:
    return {"code": code, "name": name}
