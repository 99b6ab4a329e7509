"""The plain values at a programme file's border: ids, days, texts, codes, prerequisites, sources."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from onepill.core.dates import parse_day
from onepill.core.errors import InputError
from onepill.model.values import day_or_year, fail

JURISDICTIONS = (
    *("CN", "US", "EU", "JP", "GB", "CH", "HK", "MO", "KR", "SG"),
    *("MY", "TH", "ID", "VN", "PH", "AU", "CA", "SA", "AE", "BR"),
)
ALIASES = {"UK": "GB"}
_ID = re.compile(r"^[a-z][a-z0-9_\-]*$")
_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_\-]*$")


def _day(raw: Any) -> date:
    try:
        return parse_day(raw)
    except InputError as error:
        raise fail(error.findings[0].code, str(error), hint=error.findings[0].hint) from None


def jurisdiction_code(text: str) -> str:
    """The code as files and plans write it: capitals, `GB` for `UK`; it need not be a known one."""
    code = text.upper()
    return ALIASES.get(code, code)


def _jurisdiction(raw: Any) -> str:
    code = jurisdiction_code(str(raw))
    if code not in JURISDICTIONS:
        raise fail(
            "jurisdiction.unknown", f"{raw!r} is not a known jurisdiction", hint=f"known: {', '.join(JURISDICTIONS)}"
        )
    return code


def _text(raw: Any) -> dict[str, str]:
    """Both languages; one that is left out is shown in the other."""
    found = {"en": raw, "zh": raw} if isinstance(raw, str) else raw
    is_closed = isinstance(found, dict) and found and set(found) <= {"en", "zh"}
    if not is_closed or not all(isinstance(item, str) and item.strip() for item in found.values()):
        raise fail("text.shape", "a text is a string or {en: …, zh: …}, not empty", hint="write en and zh")
    other = next(iter(found.values()))
    return {"en": found.get("en", other), "zh": found.get("zh", other)}


def _identifier(raw: Any) -> str:
    if not isinstance(raw, str) or not _ID.fullmatch(raw):
        hint = "lower case letters, digits, _ and -, a letter first; it is permanent"
        raise fail("id.shape", f"{raw!r} is not an id", hint=hint)
    return raw


def _name(raw: Any) -> str:
    if not isinstance(raw, str) or not _NAME.fullmatch(raw):
        hint = "letters, digits, _ and -, a letter first, such as US or CN_1L"
        raise fail("id.shape", f"{raw!r} names no filing or market", hint=hint)
    return raw


def _words(raw: Any) -> Any:
    """One word or a list of them."""
    return [raw] if isinstance(raw, str) else raw


def _after(raw: Any) -> dict[str, list[str]]:
    """`[a, b]` means all of them, `{any: [a, b]}` the first of them."""
    if isinstance(raw, dict) and set(raw) in ({"any"}, {"all"}):
        mode, items = next(iter(raw.items()))
    else:
        mode, items = "all", raw
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise fail(
            "after.shape", "after is a list of ids or events", hint="after: [phase_3] or after: {any: [a, b:failed]}"
        )
    return {mode: items}


_DAY_SCHEMA = {"type": "string", "format": "date"}
_TEXT_SCHEMA = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {
            "type": "object",
            "properties": {"en": {"type": "string", "minLength": 1}, "zh": {"type": "string", "minLength": 1}},
            "additionalProperties": False,
            "minProperties": 1,
        },
    ]
}
_EVENTS_SCHEMA = {"type": "array", "items": {"type": "string"}}
_AFTER_SCHEMA = {
    "anyOf": [
        _EVENTS_SCHEMA,
        {
            "type": "object",
            "properties": {"any": _EVENTS_SCHEMA, "all": _EVENTS_SCHEMA},
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        },
    ]
}
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema(_DAY_SCHEMA)]
Jurisdiction = Annotated[
    str, BeforeValidator(_jurisdiction), WithJsonSchema({"enum": [*JURISDICTIONS, *map(str.lower, JURISDICTIONS)]})
]
Text = Annotated[dict[str, str], BeforeValidator(_text), WithJsonSchema(_TEXT_SCHEMA)]
Identifier = Annotated[str, BeforeValidator(_identifier), WithJsonSchema({"type": "string", "pattern": _ID.pattern})]
Name = Annotated[str, BeforeValidator(_name), WithJsonSchema({"type": "string", "pattern": _NAME.pattern})]
DayOrYear = Annotated[str, BeforeValidator(day_or_year), WithJsonSchema({"type": ["string", "integer"]})]
Words = Annotated[
    list[str], BeforeValidator(_words), WithJsonSchema({"type": ["string", "array"], "items": {"type": "string"}})
]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
After = Annotated[dict[str, list[str]], BeforeValidator(_after), WithJsonSchema(_AFTER_SCHEMA)]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


class SourceText(Closed):
    """A document: its title, address, own day and the day it was read."""

    title: str
    url: str = ""
    date: DayOrYear = ""
    retrieved: DayOrYear = ""


class Answer(Closed):
    """Whether a condition of the rulebook holds; `assumption` says why it is taken so where nobody has shown it."""

    value: bool
    source: SourceText | None = None
    assumption: str = ""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "boolean"}, handler(core)]}


def _answer(raw: Any) -> Any:
    if not isinstance(raw, bool | dict | Answer):
        hint = "write true or false, or {value: true, assumption: why it is taken so}"
        raise fail("schema.type", f"{raw!r} is neither true nor false", hint=hint)
    return {"value": raw} if isinstance(raw, bool) else raw


Answers = dict[str, Annotated[Answer, BeforeValidator(_answer)]]
