"""One input of a programme: a number or a distribution in the unit of its field, with its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from onepill.core import distributions as dist
from onepill.core.dates import parse_day
from onepill.core.distributions import Distribution
from onepill.core.errors import InputError
from onepill.core.provenance import GRADES, Grade, Source
from onepill.core.units import DAYS_PER_UNIT, parse_amount, parse_duration

META_KEYS = {"value", "source", "grade", "date", "assumption", "note", "factors"}
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
    """An error that pydantic carries to the finding of the same code (braces are its template syntax)."""
    plain = message.replace("{", "(").replace("}", ")")
    return PydanticCustomError(code, plain, {"hint": hint})  # type: ignore[arg-type]  # codes are made of our own constants


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
        date=parse_day(meta["date"]).isoformat() if "date" in meta else "",
        assumption=str(meta.get("assumption") or ""),
        note=str(meta.get("note") or ""),
        factors=_factors(meta.get("factors")),
    )


def _split(raw: Any, *, name: str) -> tuple[dict[str, Any], Any]:
    if not isinstance(raw, Mapping):
        return {}, raw
    meta = {key: raw[key] for key in raw if key in META_KEYS}
    rest = {key: raw[key] for key in raw if key not in META_KEYS}
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
    if set(body) == {"alpha", "beta"}:
        return _build(dist.beta, [float(body["alpha"]), float(body["beta"])], name=name), "share"
    shape = SHAPES.get(frozenset(body))
    if shape is None:
        hint = "known: {low, high}, {low, mode, high} (with pert: true), {p10, p90}, {alpha, beta}, {values, probs}"
        raise fail("value.distribution", f"{name} has an unknown distribution: {', '.join(map(str, body))}", hint=hint)
    keys = [key for key in ("low", "mode", "high", "p10", "p90") if key in body]
    parsed = [parser(body[key]) for key in keys]
    return _build(shape, [number for number, _ in parsed], name=name), _one_unit(
        [unit for _, unit in parsed], name=name
    )


def _discrete(body: Mapping[str, Any], *, parser: Parser, name: str) -> tuple[Distribution, str]:
    parsed = [parser(item) for item in body["values"]]
    numbers = tuple(number for number, _ in parsed)
    probs = tuple(float(prob) for prob in body["probs"])
    return _build(dist.discrete, [numbers, probs], name=name), _one_unit([unit for _, unit in parsed], name=name)


def _build(shape: Callable[..., Distribution], args: list[Any], *, name: str) -> Distribution:
    try:
        return shape(*args)
    except ValueError as error:
        raise fail("value.distribution", f"{name}: {error}", hint="write the numbers in rising order") from None


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


def _source(raw: Any) -> Source | None:
    if raw is None:
        return None
    if isinstance(raw, str):
        return Source(raw)
    if isinstance(raw, Mapping) and set(raw) <= {"title", "url", "date", "retrieved"} and raw.get("title"):
        return Source(**{key: str(item) for key, item in raw.items() if item is not None})
    raise fail("source.shape", "a source is a title or {title, url, date, retrieved}", hint="name the document")


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
    loadings = tuple((str(name), float(loading)) for name, loading in raw.items())
    if sum(loading**2 for _, loading in loadings) > 1:
        raise fail("factors.loadings", "the squares of the loadings sum to more than 1", hint="lower the loadings")
    return loadings


def _number(raw: Any, *, name: str) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise fail("value.number", f"{raw!r} is not a number ({name})", hint="write a plain number, such as 0.4")
    return float(raw)


def _share(raw: Any) -> tuple[float, str]:
    number = _number(raw, name="a share from 0 to 1")
    if not 0 <= number <= 1:
        hint = f"write {number / 100:g} for {number:g} %" if 2 <= number <= 100 else "write a number from 0 to 1"
        raise fail("value.share", f"{number:g} is not between 0 and 1", hint=hint)
    return number, "share"


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
    if span.value < 0:
        raise fail("value.negative", f"{raw} is below 0", hint="a duration is 0 or more")
    return (span.value, "wd") if span.unit == "wd" else (span.value * DAYS_PER_UNIT[span.unit], "days")


def _amount(raw: Any) -> tuple[float, str]:
    try:
        money = parse_amount(raw)
    except InputError as error:
        raise fail(error.findings[0].code, str(error), hint=error.findings[0].hint) from None
    return money.value, money.currency


def _kind(parser: Parser, name: str, plain: dict[str, Any]) -> Any:
    def check(raw: Any) -> Value:
        return parse_value(raw, parser=parser, name=name)

    return Annotated[Value, BeforeValidator(check), WithJsonSchema(_json_schema(plain))]


def _json_schema(plain: dict[str, Any]) -> dict[str, Any]:
    numbers = {"low": plain, "mode": plain, "high": plain, "p10": plain, "p90": plain}
    meta = {
        "source": {"anyOf": [{"type": "string"}, {"type": "object"}]},
        "grade": {"enum": list(GRADES)},
        "date": {"type": "string"},
        "assumption": {"type": "string"},
        "note": {"type": "string"},
        "factors": {"type": "object", "additionalProperties": {"type": "number"}},
    }
    more = {
        "pert": {"const": True},
        "alpha": {"type": "number"},
        "beta": {"type": "number"},
        "values": {"type": "array", "items": plain},
        "probs": {"type": "array", "items": {"type": "number"}},
    }
    shape = {"type": "object", "properties": {**numbers, **more, **meta}, "additionalProperties": False}
    value = {"value": {"anyOf": [plain, {"type": "object"}]}}
    wrapped = {"type": "object", "properties": {**value, **meta}, "required": ["value"], "additionalProperties": False}
    return {"anyOf": [plain, wrapped, shape]}


ShareValue = _kind(_share, "a share", {"type": "number", "minimum": 0, "maximum": 1})
CountValue = _kind(_count, "a count", {"type": "number", "minimum": 0})
DurationValue = _kind(_duration, "a duration", {"type": "string", "pattern": "^[0-9._eE+-]+ ?[a-z_]+$"})
AmountValue = _kind(_amount, "an amount", {"type": "string", "pattern": "^[0-9._eE+-]+ ?[kMB]?[A-Z]{3}$"})
