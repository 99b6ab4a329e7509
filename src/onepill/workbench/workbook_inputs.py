"""The inputs of a workbook: every number that the deterministic plan uses, in the file's unit, with its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import isclose, prod

from onepill.access import MOVED, STAYED, MarketInput
from onepill.core.dates import NEVER
from onepill.core.provenance import Provenance
from onepill.core.units import DAYS_PER_UNIT, DURATION_UNITS
from onepill.model import Loaded
from onepill.model.checks import values_of
from onepill.model.names import place
from onepill.model.values import LONGEST_DAYS, Value
from onepill.reports.workbook.model import (
    DrawPaths,
    InputRow,
    Kind,
    beyond_formulas,
    has_plain_cash,
    market_group,
    market_path,
)
from onepill.sim.plan import FAILED, SUCCEEDED, Activity, Draw, Plan
from onepill.workbench import ledger as notes
from onepill.workbench.assemble import Assembled
from onepill.workbench.deterministic import elapsed_days
from onepill.workbench.plain_inputs import note_plain_inputs, value_path
from onepill.workbench.workbook_fields import field_at
from onepill.workbench.workbook_states import state_words

Text = dict[str, str]
GateFactors = dict[str, tuple[tuple[str, bool], ...]]
"""By outcome, the shares that multiply to its chance: (path, whether the complement is meant)."""
_UNIT = re.compile(r"[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\s*([A-Za-z_]+)")
_ROUND = re.compile(r"(\.transitions\.[^.]+)\.round_[0-9]+$")
_SCALES = {"k": 1e3, "M": 1e6, "B": 1e9}
STRUCTURAL = frozenset(("review", "resubmission", "time"))
"""What takes the place of a whole procedure where a file states it: changed in a workbook only where it is stated."""
COST_SHARES = ("cogs_share", "selling_share", "tax_share")
_RANKS = ("as_of", "capital", "development", "dossiers", "filings", "gates", "markets", "rights")


@dataclass(frozen=True)
class _Unit:
    """The unit of a value as the file says it; `size` such units make one of the model's."""

    name: str
    kind: Kind
    size: float = 1.0
    currency: str = ""


class _Rows:
    """Input rows by path; a later row of the same path is not added."""

    def __init__(self, loaded: Loaded, base: Assembled) -> None:
        self.loaded, self.base = loaded, base
        self.rows: dict[str, InputRow] = {}
        self.draws: DrawPaths = {}
        self.values = {value_path(path): value for path, value in values_of(loaded.programme)}
        self.in_tables = tuple(_in_tables(base))
        self.fees = {fee.path: fee.found.unit for fee in base.network.fees}
        note_plain_inputs(base.filled.ledger, loaded.programme)
        for use in base.network.clocks:
            write = notes.note_rule if use.review is None else notes.note_review
            write(base.filled.ledger, use.path, use.found)
        for fee in base.network.fees:
            notes.note_rule(base.filled.ledger, fee.path, fee.found)

    def add(
        self, path: str, value: float, unit: _Unit, *, note: str = "", known: str = "", locked: bool = False
    ) -> None:
        """Add a row; `known` is the path of its provenance where that is another."""
        if path in self.rows:
            return
        is_set = (
            locked
            or path.startswith(self.in_tables)
            or unit.kind == "day"
            or (_last(path) in STRUCTURAL and path not in self.values)
        )
        field = None if is_set else field_at(path, self.loaded.data)
        lowest, highest = _limits(unit, field.lowest if field else None, field.highest if field else None)
        self.rows[path] = InputRow(
            path=path,
            owner=self._owner(path),
            field=_last(path),
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
        )

    def provenance(self, path: str) -> Provenance | None:
        return self.base.filled.ledger.get(path)

    def day(self, path: str, ordinal: int, *, known: str = "") -> None:
        self.add(path, float(ordinal), _Unit("day", "day"), known=known)

    def draw(self, draw: Draw, kind: Kind, *, unit: str = "", note: str = "") -> None:
        """A draw of the plan at its mean, and the factor and the cap that a policy or a patient flow puts on it."""
        found = self._unit(draw.stream, kind, unit)
        value = self._in_unit(draw.stream, draw.distribution.params[0], found, is_given=bool(note))
        path = self._path(draw.stream, value)
        self.add(path, value, found, note=note, known=draw.stream, locked=path != draw.stream)
        plain, parts = _Unit("number", "number"), [path]
        for name, amount, neutral in (("factor", draw.factor, 1.0), ("cap", draw.cap, float("inf"))):
            if amount == neutral:
                parts.append("")
                continue
            parts.append(self._path(f"{draw.stream}.{name}", amount))
            self.add(parts[-1], amount, plain, locked=True)
        self.draws[draw] = (parts[0], parts[1], parts[2])

    def _path(self, path: str, value: float) -> str:
        """The path itself, or with a number where it stands for another value already: neither can be changed then."""
        number, found = 1, path
        while found in self.rows and self.rows[found].value != value:
            self.rows[found] = replace(self.rows[found], is_editable=False)
            number += 1
            found = f"{path}.{number}"
        return found

    def _in_unit(self, path: str, mean: float, unit: _Unit, *, is_given: bool) -> float:
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

    def _unit(self, path: str, kind: Kind, unit: str) -> _Unit:
        value, fee = self.values.get(path), self.fees.get(path)
        if fee is not None:
            return _Unit(fee, "amount", currency="" if fee == "USD" else fee)
        if value is None:
            return _Unit(unit, kind)
        if kind == "duration":
            return unit_of_duration(value)
        if len(value.unit) == 3 and value.unit.isupper():
            return unit_of_amount(value)
        return _Unit(value.unit, "share" if value.unit == "share" else kind)

    def _owner(self, path: str) -> Text:
        head, _, rest = path.partition(".")
        name, programme = rest.partition(".")[0], self.loaded.programme
        stage = programme.development.get(name)
        if head == "development" and stage is not None:
            found = next((s.label for s in self.base.filled.stages if s.id == name), None)
            return dict(found) if found else {"en": name, "zh": name}
        if path.startswith("capital.exchange_rates."):
            code = path.split(".")[2]
            return {"en": code, "zh": code}
        groups: dict[str, dict[str, str]] = {
            "filings": {k.lower(): f.jurisdiction or k.upper() for k, f in programme.filings.items()},
            "markets": {k.lower(): m.jurisdiction or k.upper() for k, m in programme.markets.items()},
        }
        place_code = groups.get(head, {}).get(name)
        if place_code is None:
            return (
                {} if head in ("capital", "as_of") else {"en": path.rpartition(".")[0], "zh": path.rpartition(".")[0]}
            )
        codes = list(groups[head].values())
        owner = place(place_code)
        if codes.count(place_code) > 1:
            owner = {lang: f"{text} ({name})" for lang, text in owner.items()}
        numbered = re.match(r"\w+\.\w+\.(?:payers|price_steps)\.(\d+)\.", path)
        number = f" {int(numbered[1]) + 1}" if numbered else ""
        return {lang: text + number for lang, text in owner.items()}


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def input_rows(loaded: Loaded, base: Assembled, certain: Plan) -> tuple[tuple[InputRow, ...], DrawPaths]:
    """All inputs of the plan at its means, capital first, and which of them each of its draws is made of.

    Paths are those of the file where it has a field.
    """
    rows = _Rows(loaded, base)
    _capital(rows)
    for activity, drawn in zip(certain.activities, base.plan.activities, strict=True):
        _activity(rows, activity, drawn)
    for market in certain.markets:
        for draw in market.scale:
            rows.draw(draw, "number", unit=_plain_unit(draw.stream))
        if market.launch_cost:
            rows.draw(market.launch_cost, "amount", unit="USD")
    _markets(rows)
    _royalties(rows)
    order = {name: rank for rank, name in enumerate(_RANKS)}
    found = sorted(rows.rows.values(), key=lambda row: order.get(row.path.partition(".")[0], len(order)))
    return tuple(found), rows.draws


def gate_factors(activity: Activity) -> GateFactors:
    """Which inputs make the chances of a gate: a share of success, and one of the first cycle where it is split."""
    gate = activity.gate
    if gate is None:
        return {}
    names = [name for name, _ in gate.outcomes]
    path = f"{gate.stream}_prob"
    if set(names) == {FAILED, SUCCEEDED} and gate.stream.rpartition(".")[2] in ("success", "approval"):
        return {FAILED: ((path, True),), SUCCEEDED: ((path, False),)}
    if set(names) == {MOVED, STAYED}:
        # Every round of a payer's transition, and every way to it, has the one chance that the file knows.
        path = _ROUND.sub(r"\1", gate.stream) + ".prob"
        return {MOVED: ((path, False),), STAYED: ((path, True),)}
    if set(names) == {FAILED, "resubmit", SUCCEEDED}:
        first = f"{gate.stream.rpartition('.')[0]}.first_cycle_prob"
        return {
            FAILED: ((path, True),),
            "resubmit": ((path, False), (first, True)),
            SUCCEEDED: ((path, False), (first, False)),
        }
    return {name: ((f"{activity.id}.{name}.prob", False),) for name in names}


def unit_of_duration(value: Value) -> _Unit:
    if value.unit == "wd":
        return _Unit("wd", "duration")
    token = _UNIT.search(value.text)
    name = DURATION_UNITS.get(token[1], "days") if token else "days"
    return _Unit(name, "duration", DAYS_PER_UNIT[name])


def unit_of_amount(value: Value) -> _Unit:
    token = _UNIT.search(value.text)
    name = token[1] if token and token[1].endswith(value.unit) else value.unit
    scale = _SCALES.get(name[:-3], 1.0)
    return _Unit(name, "amount", scale, "" if value.unit == "USD" else value.unit)


def _limits(unit: _Unit, low: float | None, high: float | None) -> tuple[float | None, float | None]:
    if unit.kind == "share":
        return 0.0, 1.0
    if unit.kind == "duration":
        return 0.0, LONGEST_DAYS / unit.size
    return (0.0 if low is None else low), high


def _plain_unit(stream: str) -> str:
    return "share" if stream.endswith(("_share", "_prob")) else "number"


def _capital(rows: _Rows) -> None:
    programme = rows.loaded.programme
    rows.day("as_of", programme.as_of.toordinal())
    path = "capital.discount_rate_per_year"
    value, entry = programme.capital.discount_rate_per_year, rows.provenance(path)
    rate = value.number if value else float(entry.value) if entry and isinstance(entry.value, int | float) else 0.0
    rows.add(path, rate, _Unit("share", "share"))
    for code, exchange in programme.capital.exchange_rates.items():
        path = f"capital.exchange_rates.{code}"
        rows.add(f"{path}.per_usd", exchange.per_usd, _Unit(f"{code} per USD", "number"), known=path.lower())


def _activity(rows: _Rows, activity: Activity, drawn: Activity) -> None:
    path = next((info.path for info in rows.base.network.activities if info.id == activity.id), activity.id)
    for event, day in (("started", activity.started), ("finished", activity.finished)):
        if day is not None:
            rows.day(f"{activity.id}.{event}", day, known=path if ".done." in path else f"{path}.done.{event}")
    if activity.not_before not in (None, rows.base.plan.as_of) and activity.not_before is not None:
        rows.day(f"{activity.id}.not_before", activity.not_before, known=f"{path}.not_before")
    if activity.duration is not None and activity.finished is None:
        elapsed = elapsed_days(drawn, rows.base.plan)
        is_running = elapsed > 0 and drawn.duration is not None and not drawn.duration.distribution.is_fixed
        note = f"mean given that {elapsed:,.0f} days have passed" if is_running else ""
        rows.draw(activity.duration, "duration", unit="wd" if activity.calendar else "days", note=note)
    _gate(rows, activity)
    for number, cap in enumerate(activity.span_caps):
        rows.add(f"{activity.id}.cap.{number}", float(cap.days), _Unit("days", "duration"), locked=True)
    is_sunk = activity.finished is not None and activity.finished < rows.base.plan.as_of
    for number, cost in enumerate(() if is_sunk else activity.costs):
        rows.draw(cost.amount, "amount", unit="USD")
        if cost.start_from > 0:
            rows.day(f"{activity.id}.cost.{number}.from", cost.start_from)
        if cost.start_until < NEVER:
            rows.day(f"{activity.id}.cost.{number}.until", cost.start_until)


def _gate(rows: _Rows, activity: Activity) -> None:
    gate = activity.gate
    if gate is None or activity.outcome is not None:
        return
    probs, factors = dict(gate.outcomes), gate_factors(activity)
    shares = _gate_shares(probs, factors)
    for path, share in shares.items():
        rows.add(path, share, _Unit("share", "share"))
    made = {name: prod(1 - shares[p] if other else shares[p] for p, other in items) for name, items in factors.items()}
    if any(abs(made[name] - prob) > 1e-12 for name, prob in probs.items()):
        raise ValueError(f"the chances of {activity.id} are not made of {', '.join(shares)}")


def _gate_shares(probs: dict[str, float], factors: GateFactors) -> dict[str, float]:
    """The shares behind a gate's outcomes, by path."""
    if set(probs) == {FAILED, "resubmit", SUCCEEDED} and len(factors[SUCCEEDED]) == 2:
        passed = probs["resubmit"] + probs[SUCCEEDED]
        (first, _), (second, _) = factors[SUCCEEDED]
        return {first: passed, second: probs[SUCCEEDED] / passed if passed else 0.0}
    return {path: probs[name] for name, items in factors.items() for path, is_other in items if not is_other}


def _markets(rows: _Rows) -> None:
    programme = {name.lower(): market for name, market in rows.loaded.programme.markets.items()}
    share, number = _Unit("share", "share"), _Unit("number", "number")
    for given in rows.base.markets:
        if beyond_formulas(given):
            _table_market(rows, given)
            continue
        path, market, state = market_path(given), programme[market_group(given)], state_words(rows.base, given)
        rows.add(f"{path}.growth_per_year", given.growth_per_year, _Unit("rate", "rate"))
        years = state.years_path if state else f"{path}.uptake.years_to_peak"
        known = f"{path}.uptake" if years == f"{path}.uptake.years_to_peak" else years
        rows.add(years, given.years_to_peak, _Unit("years", "number"), known=known)
        for i, payer in enumerate(market.payers):
            rows.add(f"{path}.payers.{i}.patient_share", payer.patient_share, share)
            rows.add(f"{path}.payers.{i}.price_share", payer.price_share, number)
        for i, level in enumerate(given.price_levels):
            rows.day(f"{path}.price_steps.{i}.since", level.since.toordinal(), known=f"{path}.price_steps.{i}.factor")
            rows.add(f"{path}.price_steps.{i}.factor", level.factor, number)
        for name in COST_SHARES:
            ratio = state.goods_ratio if state and name == "cogs_share" else 1.0
            rows.add(f"{path}.{name}", getattr(given, name) / ratio, share)
        if state is not None:
            continue  # its loss of exclusivity is the way to another state
        rule, loss = given.exclusivity, f"{path}.loss_of_exclusivity"
        if rule.patent is not None:
            rows.day(f"{loss}.patent", rule.patent.toordinal())
        if rule.years is not None:
            rows.add(f"{loss}.exclusivity_years", rule.years, _Unit("years", "number"))
            if rule.approval_to_launch_days and not launch_lag(rows.base, given):
                known, days = f"{path}.approval_to_launch_days", _Unit("days", "duration")
                rows.add(known, float(rule.approval_to_launch_days), days, locked=True)
        rows.add(f"{loss}.retained_share", rule.retained_share, share)


def _table_market(rows: _Rows, given: MarketInput) -> None:
    """What formulas use of a market whose sales are looked up: the rest lies in its table."""
    plan = next(m for m in rows.base.plan.markets if m.id == given.id)
    if has_plain_cash(given, plan):
        for name in COST_SHARES:
            rows.add(f"{market_path(given)}.{name}", getattr(given, name), _Unit("share", "share"))


def _in_tables(base: Assembled) -> Iterator[str]:
    """How the paths begin that would change a market's table, so that they are shown and not changed."""
    for given in base.markets:
        path = market_path(given)
        if given.group:
            yield f"{path}.access."
        if given.continues is not None or given.start_share not in (0.0, 1.0):
            yield f"{path}.uptake."  # the level that a state takes over
        if beyond_formulas(given):
            if given.group:
                yield from (f"{path}.{name}" for name in ("growth_per_year", "uptake.", "payers.", *COST_SHARES))
            if given.competition is not None:
                yield f"{path}.competition.entr"
            if given.pool is not None:  # the table holds those who wait as years of new patients
                yield from (f"{path}.patients.{name}" for name in ("population", "incidence", "prevalence"))
            if given.exclusivity.years is not None:
                yield f"{path}.launch_lag"


def launch_lag(base: Assembled, given: MarketInput) -> str:
    """The path of the lag that leads from a market's launch back to its approval; "" where a number or none does."""
    launch = next(a for a in base.plan.activities if a.id == given.launch.activity)
    if launch.duration is None or launch.finished is not None:
        return ""
    mean = round(launch.duration.distribution.mean())
    return launch.duration.stream if given.exclusivity.approval_to_launch_days == mean else ""


def _royalties(rows: _Rows) -> None:
    for contract in rows.base.plan.contracts:
        for number, royalty in enumerate(contract.royalties):
            for tier, (above, rate) in enumerate(royalty.tiers):
                path = f"rights.{contract.id}.royalty.{tier}" if number == 0 else f"{contract.id}.{number}.{tier}"
                rows.add(f"{path}.rate", rate, _Unit("share", "share"))
                rows.add(f"{path}.above_usd", above, _Unit("USD", "number"), locked=tier == 0)
