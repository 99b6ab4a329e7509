"""One input of a programme: a number or a distribution in the unit of its field, with its source."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, WrapValidator
from pydantic_core import PydanticCustomError

from onepill.core import distributions as dist
from onepill.core.dates import parse_day
from onepill.core.distributions import Distribution
from onepill.core.errors import InputError
from onepill.core.provenance import GRADES, Grade, Source
from onepill.core.units import DAYS_PER_UNIT, LARGEST, parse_amount, parse_duration

META_KEYS = {"value", "source", "grade", "date", "assumption", "note", "factors"}
LONGEST_DAYS = 36_525
"""A hundred years, for calendar and working days alike; whatever is longer is a slip of the pen."""
SHAPES: dict[frozenset[str], Callable[..., Distribution]] = {
    frozenset({"low", "high"}): dist.uniform,
    frozenset({"low", "mode", "high"}): dist.triangular,
    frozenset({"low", "mode", "high", "pert"}): dist.pert,
    frozenset({"p10", "p90"}): dist.lognormal,
}


@dataclass(frozen=True)
class Value:
    """An input as typed in the file.

    `distribution` is in `unit` (days, wd, an ISO 4217 currency, share, count, rate). `assumption` says why the value
    is assumed; a value with neither source nor assumption is the user's own word. `text` is what the file says.
    """

    distribution: Distribution
    unit: str
    text: str
    source: Source | None = None
    grade: Grade | None = None
    date: str = ""
    assumption: str = ""
    note: str = ""
    factors: tuple[tuple[str, float], ...] = ()

    @property
    def number(self) -> float:
        """The fixed value, or the mean of a distribution."""
        return self.distribution.mean()


Parser = Callable[[Any], tuple[float, str]]


def fail(code: str, message: str, *, hint: str = "") -> PydanticCustomError:
    """An error that pydantic carries to the finding of the same code (braces in its own text are template syntax)."""
    return PydanticCustomError(code, "{message}", {"message": message, "hint": hint})


def parse_value(raw: Any, *, parser: Parser, name: str) -> Value:
    """Read a plain value, `{value, source}`, or a distribution with or without its source.

    Raises:
        PydanticCustomError: with the code of the finding.
    """
    if isinstance(raw, Value):
        return raw
    meta, body = _split(raw, name=name)
    distribution, unit = _distribution(body, parser=parser, name=name)
    source = _source(meta.get("source"))
    return Value(
        distribution,
        unit,
        _text(body),
        source=source,
        grade=_grade(meta.get("grade"), source=source),
        date=_day(meta.get("date")),
        assumption=_words(meta.get("assumption"), key="assumption"),
        note=_words(meta.get("note"), key="note"),
        factors=_factors(meta.get("factors")),
    )


def _split(raw: Any, *, name: str) -> tuple[dict[str, Any], Any]:
    if not isinstance(raw, Mapping):
        return {}, raw
    meta = {key: raw[key] for key in raw if key in META_KEYS}
    rest = {key: raw[key] for key in raw if key not in META_KEYS}
    empty = [key for key in meta if meta[key] is None and key != "value"]
    if empty:
        raise fail("value.empty", f"{empty[0]} of {name} is empty", hint="fill it, or leave it out")
    if ("value" in meta) == bool(rest):
        hint = "write {value: …, source: …} or a distribution such as {low: …, mode: …, high: …}"
        raise fail("value.shape", f"{name} needs either a value or a distribution", hint=hint)
    return meta, meta.get("value", rest)


def _distribution(body: Any, *, parser: Parser, name: str) -> tuple[Distribution, str]:
    if not isinstance(body, Mapping):
        number, unit = parser(body)
        return dist.fixed(number), unit
    if set(body) == {"values", "probs"}:
        return _discrete(body, parser=parser, name=name)
    if set(body) in ({"alpha", "beta"}, {"alpha", "beta", "low", "high"}):
        return _beta(body, parser=parser, name=name)
    shape = SHAPES.get(frozenset(body))
    if shape is None or body.get("pert", True) is not True:
        raise fail("value.distribution", f"{name} has an unknown distribution: {', '.join(body)}", hint=_KNOWN_SHAPES)
    if shape is dist.lognormal and parser in _BOUNDED:
        hint = "write {low, mode, high} or {alpha, beta}"
        raise fail("value.distribution", f"{name} cannot be lognormal, which has no upper end", hint=hint)
    return _of_numbers(shape, [body[key] for key in _NUMBER_KEYS if key in body], parser=parser, name=name)


_NUMBER_KEYS = ("low", "mode", "high", "p10", "p90")
_KNOWN_SHAPES = (
    "known: {low, high}, {low, mode, high} (with pert: true), {p10, p90}, {alpha, beta} (with low and high), "
    "{values, probs}"
)


def _of_numbers(
    shape: Callable[..., Distribution], raw: list[Any], *, parser: Parser, name: str, first: tuple[float, ...] = ()
) -> tuple[Distribution, str]:
    """A distribution whose parameters after `first` are quantities of one unit."""
    parsed = [parser(item) for item in raw]
    unit = _one_unit([unit for _, unit in parsed], name=name)
    return _build(shape, [*first, *(number for number, _ in parsed)], name=name), unit


def _beta(body: Mapping[str, Any], *, parser: Parser, name: str) -> tuple[Distribution, str]:
    """From 0 to 1 for a share; anything else says where it begins and ends."""
    if "low" not in body and parser is not _share:
        hint = "write {alpha: …, beta: …, low: …, high: …}"
        raise fail("value.distribution", f"{name} needs the ends of its beta distribution", hint=hint)
    shapes = (_number(body["alpha"], name="alpha"), _number(body["beta"], name="beta"))
    return _of_numbers(dist.beta, [body.get("low", 0), body.get("high", 1)], parser=parser, name=name, first=shapes)


def _discrete(body: Mapping[str, Any], *, parser: Parser, name: str) -> tuple[Distribution, str]:
    values, probs = body["values"], body["probs"]
    if not isinstance(values, list) or not isinstance(probs, list) or not values:
        raise fail(
            "value.distribution", f"{name}: values and probs are lists", hint="{values: [1, 2], probs: [0.4, 0.6]}"
        )
    parsed = [parser(item) for item in values]
    numbers, chances = tuple(number for number, _ in parsed), tuple(_share(prob)[0] for prob in probs)
    return _build(dist.discrete, [numbers, chances], name=name), _one_unit([unit for _, unit in parsed], name=name)


def _build(shape: Callable[..., Distribution], args: list[Any], *, name: str) -> Distribution:
    try:
        return shape(*args)
    except ValueError as error:
        raise fail("value.distribution", f"{name}: {error}", hint="low, mode and high rise; probs sum to 1") from None


def _one_unit(units: list[str], *, name: str) -> str:
    if len(set(units)) != 1:
        hint = "use one unit in a distribution"
        raise fail("unit.mixed", f"{name} mixes units: {', '.join(sorted(set(units)))}", hint=hint)
    return units[0]


def _text(body: Any) -> str:
    if isinstance(body, Mapping):
        return ", ".join(f"{key} {_text(item)}" for key, item in body.items())
    if isinstance(body, list):
        return " / ".join(_text(item) for item in body)
    return str(body)


def _day(raw: Any) -> str:
    if raw is None:
        return ""
    try:
        return parse_day(raw).isoformat()
    except InputError as error:
        raise fail(error.findings[0].code, str(error), hint=error.findings[0].hint) from None


def day_or_year(raw: Any) -> str:
    """The day of a document, or its month or year where no more is known; YAML reads a year as a number."""
    return str(raw) if _MONTH_OR_YEAR.fullmatch(str(raw)) else _day(raw)


_MONTH_OR_YEAR = re.compile(r"|[12]\d{3}(-(0[1-9]|1[0-2]))?")


def _words(raw: Any, *, key: str) -> str:
    if raw is None or isinstance(raw, str):
        return raw or ""
    raise fail("text.shape", f"{key} is a text, not {raw!r}", hint="put it in quotes")


def _source(raw: Any) -> Source | None:
    if raw is None:
        return None
    if isinstance(raw, str) and raw:
        return Source(raw)
    if isinstance(raw, Mapping) and set(raw) <= _SOURCE_KEYS and raw.get("title") and all(map(_is_plain, raw.values())):
        days = {key: day_or_year(raw.get(key)) for key in ("date", "retrieved")}
        return Source(str(raw["title"]), str(raw.get("url") or ""), **days)
    raise fail("source.shape", "a source is a title or {title, url, date, retrieved}", hint="name the document")


_SOURCE_KEYS = {"title", "url", "date", "retrieved"}


def _is_plain(item: Any) -> bool:
    """A text, or a year, which YAML reads as a number."""
    return item is None or (isinstance(item, str | int) and not isinstance(item, bool))


def _grade(raw: Any, *, source: Source | None) -> Grade | None:
    if raw is None:
        return "secondary" if source else None
    if raw not in GRADES:
        raise fail("source.grade", f"{raw!r} is not a source grade", hint=f"one of {', '.join(GRADES)}")
    found: Grade = raw
    return found


def _factors(raw: Any) -> tuple[tuple[str, float], ...]:
    if raw is None:
        return ()
    if not isinstance(raw, Mapping):
        raise fail("factors.shape", "factors is a mapping of a factor to its loading", hint="factors: {efficacy: 0.6}")
    loadings = tuple((str(name), _number(loading, name="a loading")) for name, loading in raw.items())
    if sum(loading**2 for _, loading in loadings) > 1:
        raise fail("factors.loadings", "the squares of the loadings sum to more than 1", hint="lower the loadings")
    return loadings


def _number(raw: Any, *, name: str) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise fail("value.number", f"{raw!r} is not a number ({name})", hint="write a plain number, such as 0.4")
    if not abs(raw) <= LARGEST:
        raise fail("value.range", f"the number is larger than anything meant ({name})", hint="check its digits")
    return float(raw)


def _share(raw: Any) -> tuple[float, str]:
    percent = _PERCENT.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if percent:
        hint = f"write {float(percent[1]) / 100:g} for {percent[1]} %"
        raise fail("value.share", f"{raw!r} is not a number from 0 to 1", hint=hint)
    number = _number(raw, name="a share from 0 to 1")
    if not 0 <= number <= 1:
        hint = f"write {number / 100:g} for {number:g} %" if 2 <= number <= 100 else "write a number from 0 to 1"
        raise fail("value.share", f"{number:g} is not between 0 and 1", hint=hint)
    return number, "share"


_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,9})?)\s*%")


def _count(raw: Any) -> tuple[float, str]:
    number = _number(raw, name="a count")
    if number < 0:
        raise fail("value.negative", f"{number:g} is below 0", hint="write a number of 0 or more")
    return number, "count"


def _duration(raw: Any) -> tuple[float, str]:
    try:
        span = parse_duration(raw)
    except InputError as error:
        raise fail(error.findings[0].code, str(error), hint=error.findings[0].hint) from None
    number, unit = (span.value, "wd") if span.unit == "wd" else (span.value * DAYS_PER_UNIT[span.unit], "days")
    if number < 0:
        raise fail("value.negative", f"{raw} is below 0", hint="a duration is 0 or more")
    if number > LONGEST_DAYS:
        raise fail("value.range", f"{raw} is longer than a hundred years", hint="check the number and its unit")
    return number, unit


def _amount(raw: Any) -> tuple[float, str]:
    try:
        money = parse_amount(raw)
    except InputError as error:
        raise fail(error.findings[0].code, str(error), hint=error.findings[0].hint) from None
    if money.value < 0:
        raise fail("value.negative", f"{raw} is below 0", hint="an amount is 0 or more; the field says who pays")
    return money.value, money.currency


def _kind(parser: Parser, name: str, plain: dict[str, Any]) -> Any:
    def check(raw: Any) -> Value:
        return parse_value(raw, parser=parser, name=name)

    return Annotated[Value, BeforeValidator(check), WithJsonSchema(_json_schema(plain))]


_YEAR_OR_TEXT = {"type": ["string", "integer"]}
_SOURCE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "minLength": 1},
        "url": {"type": "string"},
        "date": _YEAR_OR_TEXT,
        "retrieved": _YEAR_OR_TEXT,
    },
    "required": ["title"],
    "additionalProperties": False,
}


def _json_schema(plain: dict[str, Any]) -> dict[str, Any]:
    numbers = {"low": plain, "mode": plain, "high": plain, "p10": plain, "p90": plain}
    meta = {
        "source": {"anyOf": [{"type": "string", "minLength": 1}, _SOURCE_SCHEMA]},
        "grade": {"enum": list(GRADES)},
        "date": {"type": "string", "format": "date"},
        "assumption": {"type": "string"},
        "note": {"type": "string"},
        "factors": {"type": "object", "additionalProperties": {"type": "number"}},
    }
    shapes = {
        "value": {"anyOf": [plain, {"type": "object"}]},
        "pert": {"const": True},
        "alpha": {"type": "number", "exclusiveMinimum": 0},
        "beta": {"type": "number", "exclusiveMinimum": 0},
        "values": {"type": "array", "items": plain, "minItems": 1},
        "probs": {"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 1}, "minItems": 1},
    }
    needed = (["value"], ["low", "high"], ["p10", "p90"], ["alpha", "beta"], ["values", "probs"])
    typed = {
        "type": "object",
        "properties": {**numbers, **shapes, **meta},
        "anyOf": [{"required": keys} for keys in needed],
        "additionalProperties": False,
    }
    return {"anyOf": [plain, typed]}


def _within(low: float, high: float, unit: str) -> Parser:
    """A parser of numbers from `low` to `high`."""

    def parse(raw: Any) -> tuple[float, str]:
        number = _number(raw, name=f"a number from {low:g} to {high:g}")
        if not low <= number <= high:
            raise fail("value.range", f"{number:g} is not between {low:g} and {high:g}", hint="check the number")
        return number, unit

    return parse


def _plain_or_spread(low: float, high: float, unit: str, name: str, *, above: bool = False) -> Any:
    """A plain number, whose source stands beside it, or a value with its own: `{value, source}` or a distribution.

    It is from `low` (`above` it, where it says so) to `high`; a `Value` where more than a number was typed.
    """
    parser = _share if unit == "share" and (low, high) == (0, 1) else _within(low, high, unit)
    _BOUNDED.add(parser)

    def check(raw: Any, plain: Callable[[Any], float]) -> float | Value:
        if not isinstance(raw, Mapping | Value):
            return plain(raw)
        found = parse_value(raw, parser=parser, name=name)
        if above and float(found.distribution.quantile(0.0)) <= low:
            raise fail("value.range", f"{name} is above {low:g}", hint="raise the low end")
        return found

    limits = Field(gt=low, le=high) if above else Field(ge=low, le=high)
    bound = {"exclusiveMinimum" if above else "minimum": low, "maximum": high}
    schema = WithJsonSchema(_json_schema({"type": "number", **bound}))
    return Annotated[float, limits, WrapValidator(check), schema]


_BOUNDED: set[Parser] = {_share}
"""Parsers of what has an upper end."""


def number_of(given: float | Value) -> float:
    """A plain number, or the mean of a value."""
    return given.number if isinstance(given, Value) else given


def high_end(given: float | Value) -> float:
    """A plain number, or the most that a value may be."""
    return float(given.distribution.quantile(1.0)) if isinstance(given, Value) else given


ShareValue = _kind(_share, "a share", {"type": "number", "minimum": 0, "maximum": 1})
CountValue = _kind(_count, "a count", {"type": "number", "minimum": 0})
DurationValue = _kind(_duration, "a duration", {"type": "string", "pattern": "^[0-9._eE+-]+ ?[a-z_]+$"})
AmountValue = _kind(_amount, "an amount", {"type": "string", "pattern": "^[0-9._eE+-]+ ?[kMB]?[A-Z]{3}$"})
PlainShare = _plain_or_spread(0, 1, "share", "a share")
PlainFactor = _plain_or_spread(0, 100, "share", "a factor")
PlainGrowth = _plain_or_spread(-0.5, 0.5, "rate", "a rate")
PlainYears = _plain_or_spread(0, 20, "years", "a number of years", above=True)
