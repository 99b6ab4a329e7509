"""The form that keeps a watch: filled with what the address names, so that a page's filters can be kept as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from onepill.web.engine_forms import Control, controls, given
from onepill.web.speaking import Words
from onepill.workbench.operations import operation

SAVE = "landscape watch save"
FIRST = ("name", "targets", "indications", "modalities", "origins", "programmes", "accounts")


def watch_link(watch: Mapping[str, Any]) -> str:
    """The query that fills the form with a watch, to save it changed."""
    fields = {"name": watch["name"], **watch["filters"], **{name: watch[name] for name in ("programmes", "accounts")}}
    return urlencode([(name, _typed(value)) for name, value in fields.items() if value not in ([], None)])


def _typed(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def watch_form(params: Sequence[tuple[str, str]], t: Words) -> list[Control]:
    """The controls of a new watch, the name first."""
    model = operation(SAVE).remote_question
    fields = given(params, model, presets={})
    made = controls(model, fields, t, first=FIRST, programmes=(), programme="", codes={})
    return [replace(one, help=t(f"watch.help_{one.name}")) if one.name in FIRST[-2:] else one for one in made]
