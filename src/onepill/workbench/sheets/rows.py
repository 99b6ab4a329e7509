"""The rows of inputs while they are collected: each value in the file's unit, with its place, limits and source."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from math import isclose

from onepill.core.distributions import fixed
from onepill.core.provenance import Provenance
from onepill.core.units import DAYS_PER_UNIT, DURATION_UNITS
from onepill.model import Loaded
from onepill.model.checks import values_of
from onepill.model.values import LONGEST_DAYS, Value
from onepill.reports.workbook.model import DrawPaths, InputRow, Kind
from onepill.sim.plan import Draw
from onepill.workbench.common import ledger as notes
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.plan.market_patients import PER_100_000
from onepill.workbench.plan.plain_inputs import note_plain_inputs, value_path
from onepill.workbench.sheets.fields import field_at
from onepill.workbench.sheets.owners import Owners

_UNIT = re.compile(r"[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\s*([A-Za-z_]+)")
_SCALES = {"k": 1e3, "M": 1e6, "B": 1e9}
STRUCTURAL = frozenset(("review", "resubmission", "time"))
"""What takes the place of a whole procedure where a file states it: changed in a workbook only where it is stated."""
FIELDS = {
    "tariff.rate": "duty_rate",
    "tariff.since": "duty_since",
    "instalments.years": "instalment_years",
}
"""Words of their own for fields whose name means something else elsewhere."""


Beside = tuple[tuple[str, int | float | str], ...]


@dataclass(frozen=True)
class Unit:
    """The unit of a value as the file says it; `size` such units make one of the model's."""

    name: str
    kind: Kind
    size: float = 1.0
    currency: str = ""


class Rows:
    """Input rows by path; a later row of the same path is not added."""

    def __init__(
        self, loaded: Loaded, base: Assembled, *, locked: Mapping[str, str], tables: Collection[str] = ()
    ) -> None:
        """`locked` names by the beginning of a path why its values cannot be changed (see `InputRow.locked`); `tables`
        are the programme's markets that lie in tables."""
        self.loaded, self.base, self.tables = loaded, base, tables
        self.rows: dict[str, InputRow] = {}
        self.draws: DrawPaths = {}
        self.values = {value_path(path): value for path, value in values_of(loaded.programme)}
        self._locked = dict(locked)
        self._owners = Owners(loaded.programme, base)
        self.shared: dict[str, str] = {}
        """By draw, the value that formulas make of other inputs and that stands for its factor."""
        self.fees = {fee.path: fee.found.unit for fee in base.network.fees}
        note_plain_inputs(base.filled.ledger, loaded.programme)
        for use in base.network.clocks:
            write = notes.note_rule if use.review is None else notes.note_review
            write(base.filled.ledger, use.path, use.found)
        for fee in base.network.fees:
            notes.note_rule(base.filled.ledger, fee.path, fee.found)

    def add(
        self,
        path: str,
        value: float,
        unit: Unit,
        *,
        note: str = "",
        elapsed_days: float = 0.0,
        known: str = "",
        locked: str = "",
        beside: Beside = (),
    ) -> None:
        """Add a row, its fields as in `InputRow`; `known` is the path of its provenance where that is another."""
        if path in self.rows:
            return
        why = locked or self._why_locked(path, unit)
        field = None if why else field_at(path, self.loaded.data, beside=[name for name, _ in beside])
        lowest, highest = _limits(unit, field.lowest if field else None, field.highest if field else None)
        self.rows[path] = InputRow(
            path=path,
            owner=self._owners.of(path),
            field=FIELDS.get(".".join(path.split(".")[-2:]), _last(path)),
            value=value,
            unit=unit.name,
            kind=unit.kind,
            size=unit.size,
            currency=unit.currency,
            is_editable=field is not None,
            lowest=lowest,
            highest=highest,
            provenance=self.provenance(known or path),
            note=note,
            elapsed_days=elapsed_days,
            beside=beside,
            locked=why or ("" if field is not None else "no_field"),
        )

    def _why_locked(self, path: str, unit: Unit) -> str:
        if unit.kind == "day":
            return "day"
        if _last(path) in STRUCTURAL and path not in self.values:
            return "procedure"
        return next((why for begin, why in self._locked.items() if path.startswith(begin)), "")

    def provenance(self, path: str) -> Provenance | None:
        return self.base.filled.ledger.get(path)

    def day(self, path: str, ordinal: int, *, known: str = "") -> None:
        self.add(path, float(ordinal), Unit("day", "day"), known=known)

    def draw(
        self,
        draw: Draw,
        kind: Kind,
        *,
        unit: str = "",
        note: str = "",
        elapsed_days: float = 0.0,
        beside: Beside = (),
    ) -> None:
        """A draw of the plan at its mean, and the factor and the cap that a policy or a patient flow puts on it."""
        found = self._unit(draw.stream, kind, unit)
        value = self._in_unit(draw.stream, draw.distribution.params[0], found, is_given=bool(note))
        path = self._path(draw.stream, value)
        self.add(
            path,
            value,
            found,
            note=note,
            elapsed_days=elapsed_days,
            known=draw.stream,
            locked="twice" if path != draw.stream else "",
            beside=beside,
        )
        plain, parts = Unit("number", "number"), [path]
        for name, amount, neutral in (("factor", draw.factor, 1.0), ("cap", draw.cap, float("inf"))):
            if name == "factor" and draw.stream in self.shared:
                parts.append(self.shared[draw.stream])
                continue
            if amount == neutral:
                parts.append("")
                continue
            parts.append(self._path(f"{draw.stream}.{name}", amount))
            self.add(parts[-1], amount, plain, locked="policy" if draw.factor != PER_100_000 else "unit")
        self.draws[draw] = (parts[0], parts[1], parts[2])

    def mean(self, path: str, value: float, *, kind: Kind, unit: str, note: str = "", beside: Beside = ()) -> None:
        """A value of the file, or of its defaults, that counts with its mean alone."""
        self.draw(Draw(path, fixed(value)), kind, unit=unit, note=note, beside=beside)

    def _path(self, path: str, value: float) -> str:
        """The path itself, or with a number where it stands for another value already: neither can be changed then."""
        number, found = 1, path
        while found in self.rows and self.rows[found].value != value:
            self.rows[found] = replace(self.rows[found], is_editable=False, locked="twice")
            number += 1
            found = f"{path}.{number}"
        return found

    def _in_unit(self, path: str, mean: float, unit: Unit, *, is_given: bool) -> float:
        """The mean as the file counts it: from the file's own numbers where there are any."""
        value = self.values.get(path)
        rate = self.loaded.programme.capital.exchange_rates.get(unit.currency)
        given = mean * (rate.per_usd if rate else 1.0)
        # A running stage of a fixed length may have outlasted it: the model then ends it on the plan's day.
        is_fixed = value is not None and value.distribution.is_fixed and unit.kind == "duration"
        if value is not None and (
            is_fixed or (not is_given and isclose(value.number, given, rel_tol=1e-9, abs_tol=1e-6))
        ):
            given = value.number
        return given / unit.size

    def _unit(self, path: str, kind: Kind, unit: str) -> Unit:
        value, fee = self.values.get(path), self.fees.get(path)
        if fee is not None:
            return Unit(fee, "amount", currency="" if fee == "USD" else fee)
        if value is None:
            return Unit(unit, "share" if unit == "share" else kind)
        if kind == "duration":
            return unit_of_duration(value)
        if len(value.unit) == 3 and value.unit.isupper():
            return unit_of_amount(value)
        return Unit(value.unit, "share" if value.unit == "share" else kind)


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def unit_of_duration(value: Value) -> Unit:
    if value.unit == "wd":
        return Unit("wd", "duration")
    token = _UNIT.search(value.text)
    name = DURATION_UNITS.get(token[1], "days") if token else "days"
    return Unit(name, "duration", DAYS_PER_UNIT[name])


def unit_of_amount(value: Value) -> Unit:
    token = _UNIT.search(value.text)
    name = token[1] if token and token[1].endswith(value.unit) else value.unit
    scale = _SCALES.get(name[:-3], 1.0)
    return Unit(name, "amount", scale, "" if value.unit == "USD" else value.unit)


def _limits(unit: Unit, low: float | None, high: float | None) -> tuple[float | None, float | None]:
    if unit.kind == "share":
        return 0.0, 1.0
    if unit.kind == "duration":
        return 0.0, LONGEST_DAYS / unit.size
    return (0.0 if low is None else low), high


def plain_unit(stream: str) -> str:
    return "share" if stream.endswith(("_share", "_prob", ".price_factor")) else "number"
