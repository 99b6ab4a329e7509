"""Tables of announced deals: the packaged one and a user's own, a CSV file with the same columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from onepill.core.dates import parse_day
from onepill.core.errors import Finding, InputError
from onepill.core.spreadsheet import unsafe
from onepill.deals.comparables import (
    ENDED,
    SOURCE_KINDS,
    STAGES,
    STATUSES,
    STRUCTURES,
    TERRITORIES,
    UNRANKED_STAGES,
    Deal,
)
from onepill.model.schema import AREAS, MODALITIES

ROUNDING_USD = 0.05e6
"""Sources round each amount to a tenth of a million: so far may a sum of parts lie from the total."""
SAME_DEAL_DAYS = 180
"""Rows of the same parties and asset within so many days are taken for one deal unless they say what they are."""
PACKAGED = "comparable_deals.csv"
EARLIER = "earlier"


def _day(raw: object) -> date:
    try:
        return parse_day(raw)
    except InputError as error:
        raise ValueError(str(error)) from None


Filled = Annotated[str, StringConstraints(min_length=1)]
Usd = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Day = Annotated[date, BeforeValidator(_day)]
Country = Annotated[str, StringConstraints(pattern="^([A-Z]{2})?$")]
Url = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]


def _symbols(raw: object) -> object:
    return [part.strip() for part in raw.split(";") if part.strip()] if isinstance(raw, str) else raw


class DealRow(BaseModel):
    """A row of the table as text; what is empty is not known. `Deal` says what each column means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    deal_id: Filled
    announced_on: Day
    licensor: Filled
    licensee: Filled
    asset: Filled
    modality: Literal[MODALITIES]  # type: ignore[valid-type]
    area: Literal[AREAS]  # type: ignore[valid-type]
    stage: Literal[(*STAGES, *UNRANKED_STAGES)]  # type: ignore[valid-type]
    structure: Literal[STRUCTURES]  # type: ignore[valid-type]
    source_title: Filled
    source_url: Url
    source_kind: Literal[SOURCE_KINDS] = "other"  # type: ignore[valid-type]
    source_grade: Literal["official", "secondary", "unverified"] = "unverified"
    territory_kind: Literal[TERRITORIES] = "undisclosed"  # type: ignore[valid-type]
    day_precision: Literal["day", "month"] = "day"
    targets: Annotated[tuple[str, ...], BeforeValidator(_symbols)] = ()
    licensor_country: Country = ""
    licensee_country: Country = ""
    territory: str = ""
    upfront_usd: Usd | None = None
    other_payments_usd: Usd | None = None
    development_regulatory_milestones_usd: Usd | None = None
    sales_milestones_usd: Usd | None = None
    milestones_usd: Usd | None = None
    total_usd: Usd | None = None
    royalty_low_share: Share | None = None
    royalty_high_share: Share | None = None
    equity_share: Share | None = None
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] = "USD"
    usd_per_unit: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    rate_on: Day | None = None
    product: Literal["innovative", "biosimilar"] = "innovative"
    status: Literal[STATUSES] = "unknown"  # type: ignore[valid-type]
    status_on: Day | None = None
    amends: str = ""
    duplicate_of: str = ""
    source_date: Day | None = None
    checked_url: Url | None = None
    checked_on: Day | None = None
    note: str = ""

    def as_deal(self) -> Deal:
        return Deal(**{**self.model_dump(), "checked_url": self.checked_url or ""})


COLUMNS = tuple(DealRow.model_fields)
REQUIRED = tuple(name for name, field in DealRow.model_fields.items() if field.is_required())


@lru_cache(maxsize=1)
def packaged_deals() -> tuple[Deal, ...]:
    """The table that comes with the product, checked like any other."""
    from importlib.resources import files

    text = files("onepill.deals").joinpath(f"data/{PACKAGED}").read_text(encoding="utf-8")
    return read_deals(text, PACKAGED)


def read_deals(text: str, file: str = "") -> tuple[Deal, ...]:
    """Read a table of deals.

    Args:
        text: CSV with the columns of `COLUMNS` in any order, those of `REQUIRED` at least.
        file: its name, for the findings.

    Raises:
        InputError: all findings at once, each with its line: `deals.csv`, `.columns`, `.empty`, `.fields`, `.missing`,
            `.choice`, `.value`, `.sum`, `.order`, `.currency`, `.status`, `.repeated`, `.reference`, `.same_deal`.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=None), strict=True)
    try:
        names = tuple(reader.fieldnames or ())
        findings = [one.at(file=file, line=1) for one in _column_findings(names)]
        if findings:
            raise InputError(findings[0].message, findings=findings)
        read = [(reader.line_num, *_read_row(_plain(raw))) for raw in reader]
    except csv.Error as error:
        hint = "save the table as plain CSV, with quotes around a value that holds a comma"
        where = {"hint": hint, "file": file, "line": reader.line_num}
        raise InputError.single("deals.csv", f"the table is no CSV: {error}", **where) from None
    deals = [(line, deal) for line, deal, _ in read if deal is not None]
    findings = [one.at(file=file, line=line) for line, _, found in read for one in found]
    findings += [one.at(file=file, line=line) for line, one in _between_rows(deals)]
    if findings:
        raise InputError(f"{len(findings)} problems in {file or 'the table of deals'}", findings=findings)
    if not deals:
        hint = "give at least one row, or leave the table out to ask the packaged one"
        raise InputError.single("deals.empty", "the table holds no row", hint=hint, file=file, line=1)
    return tuple(deal for _, deal in deals)


def _plain(raw: Mapping[str | None, Any]) -> dict[str | None, Any]:
    """A row as it was before it was made safe for spreadsheets."""
    return {name: unsafe(text) if isinstance(text, str) else text for name, text in raw.items()}


def _column_findings(names: Sequence[str]) -> Iterator[Finding]:
    code, columns = "deals.columns", f"the columns are {', '.join(COLUMNS)}"
    for name in dict.fromkeys(names):
        if name not in COLUMNS:
            near = get_close_matches(name, COLUMNS, n=1)
            hint = f"did you mean {near[0]}?" if near else columns
            yield Finding(code, "error", f"{name!r} is no column of a table of deals", hint, value=name)
        elif names.count(name) > 1:
            yield Finding(code, "error", f"the column {name} is there twice", "keep one of them", value=name)
    if missing := [name for name in REQUIRED if name not in names]:
        yield Finding(code, "error", f"the table lacks the columns {', '.join(missing)}", columns, value=missing[0])


def _read_row(raw: Mapping[str | None, Any]) -> tuple[Deal | None, list[Finding]]:
    """A row, or what is wrong with it; an empty one is neither."""
    if None in raw or None in raw.values():
        message = "the line has more or fewer fields than the first one"
        return None, [Finding("deals.fields", "error", message, "put quotes around a value that holds a comma")]
    given = {str(name): value.strip() for name, value in raw.items()}
    if not any(given.values()):
        return None, []
    try:
        deal = DealRow.model_validate({name: value for name, value in given.items() if value}).as_deal()
    except ValidationError as error:
        return None, [_finding(item) for item in error.errors()]
    return deal, list(_within_row(deal))


def _finding(item: Any) -> Finding:
    name = str(item["loc"][0])
    if item["type"] == "missing":
        return Finding("deals.missing", "error", f"{name} is empty", "every row needs it", name)
    if item["type"] == "literal_error":
        said = f"{item['input']!r} is no {name}"
        return Finding("deals.choice", "error", said, f"one of: {item['ctx']['expected']}", name)
    hint = "amounts are whole dollars, shares lie from 0 to 1, days are YYYY-MM-DD, addresses begin with https://"
    return Finding("deals.value", "error", f"{name}: {item['msg']}", hint, name, value=str(item.get("input")))


def _within_row(deal: Deal) -> Iterator[Finding]:
    yield from _sum_findings(deal)
    low, high = deal.royalty_low_share, deal.royalty_high_share
    if low is not None and high is not None and low > high:
        message = f"royalty_low_share {low:g} is above royalty_high_share {high:g}"
        yield Finding("deals.order", "error", message, "the low end of the tiers comes first", "royalty_low_share")
    if deal.currency != "USD" and (deal.usd_per_unit is None or deal.rate_on is None):
        hint = "give usd_per_unit and rate_on: dollars for one unit, and the day of that rate"
        message = f"an amount announced in {deal.currency} needs its rate and the rate's day"
        yield Finding("deals.currency", "error", message, hint, "currency", value=deal.currency)
    if deal.status in ENDED and deal.status_on is None:
        message = f"status {deal.status} has no day"
        yield Finding("deals.status", "error", message, "give status_on, so that a past day is not told", "status_on")
    if deal.status_on is not None and deal.status_on < deal.announced_on:
        message = f"status_on {deal.status_on} is before announced_on {deal.announced_on}"
        yield Finding("deals.order", "error", message, "a deal ends after it began", "status_on")


def _sum_findings(deal: Deal) -> Iterator[Finding]:
    """Parts may not exceed the whole, and make it up where all of them are told."""
    kinds = (deal.development_regulatory_milestones_usd, deal.sales_milestones_usd)
    wholes = (
        ("milestones_usd", deal.milestones_usd, kinds, all(part is not None for part in kinds)),
        (
            "total_usd",
            deal.total_usd,
            (deal.upfront_usd, deal.other_payments_usd, deal.milestones_usd),
            deal.upfront_usd is not None and deal.milestones_usd is not None,
        ),
    )
    for name, whole, parts, is_complete in wholes:
        told = sum(part for part in parts if part is not None)
        if whole is None or not any(part is not None for part in parts):
            continue
        if told > whole + ROUNDING_USD or (is_complete and told < whole - ROUNDING_USD):
            message = f"the parts come to {told:,.0f} dollars, {name} says {whole:,.0f}"
            hint = "put what is neither upfront nor milestone into other_payments_usd; leave out what is not told"
            yield Finding("deals.sum", "error", message, hint, name, value=whole)


def _between_rows(deals: Sequence[tuple[int, Deal]]) -> Iterator[tuple[int, Finding]]:
    lines: dict[str, int] = {}
    for line, deal in deals:
        if deal.deal_id in lines:
            message = f"{deal.deal_id} stands in line {lines[deal.deal_id]} too"
            yield line, Finding("deals.repeated", "error", message, "give each row its own deal_id", "deal_id")
        lines.setdefault(deal.deal_id, line)
    for line, deal in deals:
        for name in ("amends", "duplicate_of"):
            meant = getattr(deal, name)
            is_allowed = meant in lines or (name == "amends" and meant == EARLIER)
            if meant and (not is_allowed or meant == deal.deal_id):
                hint = "the deal_id of another row" + (f", or {EARLIER}" if name == "amends" else "")
                yield line, Finding("deals.reference", "error", f"{name}: no other deal {meant!r}", hint, name)
    yield from _same_deals(deals, lines)


def _same_deals(deals: Sequence[tuple[int, Deal]], lines: Mapping[str, int]) -> Iterator[tuple[int, Finding]]:
    """Rows that look like one deal told twice, and do not say so."""
    seen: dict[tuple[str, ...], Deal] = {}
    for line, deal in sorted(deals, key=lambda one: (one[1].announced_on, one[0])):
        if deal.amends or deal.duplicate_of:
            continue
        key = (deal.licensor.casefold(), deal.licensee.casefold(), deal.asset.casefold())
        other = seen.get(key)
        if other is not None and (deal.announced_on - other.announced_on).days <= SAME_DEAL_DAYS:
            message = f"{deal.licensor}, {deal.licensee} and {deal.asset} stand in line {lines[other.deal_id]} too"
            hint = f"write duplicate_of or amends: {other.deal_id}, or name the assets apart"
            yield line, Finding("deals.same_deal", "error", message, hint, "asset", value=deal.asset)
        seen[key] = deal
