"""What a browser or an agent is told leaves out where on the server's disk the home and the package stand."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onepill.core.errors import OnepillError
    from onepill.workbench.asking.context import Context

PACKAGE = str(Path(__file__).resolve().parents[2])


def without_fields(answer: Any, fields: frozenset[str]) -> Any:
    """An answer without its own places on this machine, and those of the rows right in it: they stand empty."""
    if not isinstance(answer, Mapping):
        return answer
    return {name: _emptied(value, name in fields, fields) for name, value in answer.items()}


def _emptied(value: Any, is_place: bool, fields: frozenset[str]) -> Any:
    if is_place:
        return "" if isinstance(value, str) else None
    if isinstance(value, Mapping) and fields & value.keys():
        return without_fields(value, fields)
    if isinstance(value, list) and value and isinstance(value[0], Mapping) and fields & value[0].keys():
        return [without_fields(row, fields) for row in value]
    return value


def without_places(text: str, context: Context) -> str:
    """A text with names in the place of the home's and the package's folders."""
    from onepill.store.places import home_folder

    homes = {str(home) for home in (context.home, home_folder(), home_folder().absolute()) if home is not None}
    for home in sorted((home for home in homes if len(home) > 1), key=len, reverse=True):
        text = _put(text, home, "ONEPILL_HOME")
    return _put(text, PACKAGE, "onepill")


def _put(text: str, place: str, name: str) -> str:
    """A whole path that begins with the place, as it is or as JSON writes it; not the like within an address."""
    ways = {place, json.dumps(place, ensure_ascii=False)[1:-1]}
    if not any(way in text for way in ways):
        return text
    either = "|".join(map(re.escape, ways))
    return re.sub(rf"(?<![\w./~-])(?:{either})(?![\w.-])", name, text)


def hide_places(error: OnepillError, context: Context) -> None:
    """The same of an error: its message, and the texts of its findings."""
    error.args = tuple(without_places(one, context) if isinstance(one, str) else one for one in error.args)
    error.findings = tuple(
        replace(
            found,
            message=without_places(found.message, context),
            hint=without_places(found.hint, context),
            file=without_places(found.file, context),
            value=without_places(found.value, context) if isinstance(found.value, str) else found.value,
        )
        for found in error.findings
    )
