"""When and where a term holds: moments, windows and territories as a terms file writes them."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema

from onepill.model.types import Closed, Day, Identifier, Words
from onepill.model.values import DurationValue, fail

SIGNING = "signing"
TERMINATION = "termination"
"""The day on which the contract ends early, for what is owed then."""
OPTION = "option."
WORLD = "world"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class When(Closed):
    """The latest of a day, an event of the programme and the exercise of an option, plus a lag; none: the signing."""

    day: Day | None = None
    event: str | None = None
    option: Identifier | None = None
    lag: DurationValue | None = None

    @property
    def is_signing(self) -> bool:
        return self.day is None and self.event is None and self.option is None

    @property
    def lag_days(self) -> int:
        return round(self.lag.number) if self.lag is not None else 0


def _when(raw: Any) -> Any:
    """`signing`, `termination`, a day, `option.opt_in` or an event such as `phase_3:succeeded` stand for themselves."""
    if not isinstance(raw, str):
        return raw
    if raw == SIGNING:
        return {}
    if _DAY.fullmatch(raw):
        return {"day": raw}
    if raw == TERMINATION:
        return {"option": TERMINATION}
    return {"option": raw.removeprefix(OPTION)} if raw.startswith(OPTION) else {"event": raw}


class Territory(Closed):
    """Markets by name or jurisdiction; `world` is every market of the file but those in `world_except`."""

    places: Words = []  # noqa: RUF012 -- pydantic copies a default for each instance
    world_except: Words | None = None


def _territory(raw: Any) -> Any:
    """`world`, one place, a list of places, or `{world_except: [CN]}`."""
    if raw == WORLD:
        return {"world_except": []}
    if isinstance(raw, str | list):
        return {"places": raw}
    if isinstance(raw, dict) and set(raw) != {"world_except"}:
        raise fail(
            "territory.shape", "a territory is a list of markets", hint="world, [US, EU] or {world_except: [CN]}"
        )
    return raw


_PLACES = {"type": ["string", "array"], "items": {"type": "string"}}
_EXCEPT = {
    "type": "object",
    "properties": {"world_except": _PLACES},
    "required": ["world_except"],
    "additionalProperties": False,
}
_MOMENT = {
    "type": "object",
    "properties": {
        "day": {"type": "string", "format": "date"},
        "event": {"type": "string"},
        "option": {"type": "string"},
        "lag": {"type": ["string", "object"]},
    },
    "additionalProperties": False,
}
Moment = Annotated[When, BeforeValidator(_when), WithJsonSchema({"anyOf": [{"type": "string"}, _MOMENT]})]
AnyTerritory = Annotated[Territory, BeforeValidator(_territory), WithJsonSchema({"anyOf": [_PLACES, _EXCEPT]})]
Measure = Literal["annual", "cumulative"]
