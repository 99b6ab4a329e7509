"""Fills every gap of a programme from rules, base rates and registries, each with its provenance."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from onepill.core.distributions import fixed
from onepill.core.errors import Finding
from onepill.core.provenance import Grade, Ledger, Origin
from onepill.evidence import BaseRate, approval, counterpart, default_duration, stage_success
from onepill.model.checks import split_event
from onepill.model.schema import Filing, Market, Programme, Stage
from onepill.model.values import Value
from onepill.pathway import FilingInput, StageInput, forecast_distribution
from onepill.rulebook import Rulebook
from onepill.sim.plan import FAILED, FINISHED, SUCCEEDED, Cost, Draw
from onepill.workbench import defaults
from onepill.workbench import ledger as notes
from onepill.workbench.defaults import Default
from onepill.workbench.terms import filing_terms, stage_terms

KIND_LABELS = {
    "preclinical": {"en": "Preclinical", "zh": "临床前研究"},
    "phase_1": {"en": "Phase 1", "zh": "I期"},
    "phase_1_2": {"en": "Phase 1/2", "zh": "I/II期"},
    "phase_2": {"en": "Phase 2", "zh": "II期"},
    "phase_2_3": {"en": "Phase 2/3", "zh": "II/III期"},
    "phase_3": {"en": "Phase 3", "zh": "III期"},
    "bridging": {"en": "Bridging study", "zh": "桥接研究"},
    "post_marketing": {"en": "Post-marketing study", "zh": "上市后研究"},
    "other": {"en": "Other work", "zh": "其他工作"},
}


@dataclass(frozen=True)
class GateRow:
    """A chance on the way: what the passport shows of it. `low` and `high` are limits of a 95 % interval."""

    id: str
    stream: str
    activity: str
    jurisdiction: str
    kind: str
    label: dict[str, str]
    prob: float
    table: str
    n: int | None
    low: float | None
    high: float | None
    other_table_prob: float | None
    comparable: str
    included: bool
    origin: Origin
    source_grade: Grade


@dataclass
class Filled:
    """A programme without gaps."""

    programme: Programme
    rulebook: Rulebook
    ledger: Ledger = field(default_factory=Ledger)
    stages: list[StageInput] = field(default_factory=list)
    filings: list[FilingInput] = field(default_factory=list)
    gates: list[GateRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def as_of(self) -> date:
        return self.programme.as_of

    def usd_per(self) -> dict[str, float]:
        """US dollars for one unit of each currency that the file gives a rate for."""
        rates = self.programme.capital.exchange_rates
        return {"USD": 1.0, **{code: 1 / rate.per_usd for code, rate in rates.items()}}

    def draw(self, path: str, value: Value | None, default: Default | None) -> Draw | None:
        """A value as a draw in its own unit (US dollars for money), its provenance noted."""
        if value is not None:
            notes.note_user(self.ledger, path, value)
            rate = self.usd_per().get(value.unit, 1.0) if _is_money(value.unit) else 1.0
            if rate != 1.0:
                self._note_rate(path, value.unit)
            scaled = value.distribution.scaled(rate) if rate != 1.0 else value.distribution
            return Draw(path, scaled, value.factors)
        if default is None:
            return None
        notes.note_default(self.ledger, path, default)
        return Draw(path, default.distribution)

    def number(self, path: str, value: Value | None, default: Default) -> float:
        """A value that must be one number: the mean of a distribution."""
        drawn = self.draw(path, value, default)
        return drawn.distribution.mean() if drawn else 0.0

    def _note_rate(self, path: str, currency: str) -> None:
        rate = self.programme.capital.exchange_rates[currency]
        source_path = f"capital.exchange_rates.{currency.lower()}"
        if self.ledger.get(source_path) is None:
            note = "constant after the plan's day"
            grade: Grade = "secondary" if rate.source else "unverified"
            source = None if rate.source is None else _source(rate.source)
            notes.note_base(
                self.ledger,
                source_path,
                rate.per_usd,
                unit=f"{currency} per USD",
                origin="user",
                grade=grade,
                source=source,
                note=note,
            )


def _source(text: object) -> object:
    from onepill.core.provenance import Source

    return Source(**text.model_dump())  # type: ignore[attr-defined]  # a SourceText


def _is_money(unit: str) -> bool:
    return len(unit) == 3 and unit.isupper()


def fill(programme: Programme, rulebook: Rulebook) -> Filled:
    """The programme with every stage and filing complete."""
    filled = Filled(programme, rulebook)
    for name, stage in programme.development.items():
        filled.stages.append(_stage(filled, name, stage))
    for name, filing in programme.filings.items():
        filled.filings.append(_filing(filled, name.lower(), filing))
    for name, market in programme.markets.items():
        if market.launched and (market.filing or name).lower() not in {f.id for f in filled.filings}:
            filled.filings.append(_already_sold(name.lower(), market))
    return filled


def _area(programme: Programme, indication: str | None) -> str:
    known = programme.all_indications()
    return str((known[indication] if indication else next(iter(known.values()))).area)


def _stage(filled: Filled, name: str, stage: Stage) -> StageInput:
    path, done = f"development.{name}", stage.done
    ended = done.succeeded or done.failed or done.finished
    duration = _duration(filled, f"{path}.duration", stage, is_needed=ended is None)
    start_up = _start_up(filled, f"{path}.start_up", stage) if done.started is None else None
    return StageInput(
        id=name,
        kind=stage.kind,
        indication=stage.indication or "main",
        label=stage.title or KIND_LABELS[stage.kind],
        regions=tuple(dict.fromkeys(stage.regions)),
        calendar=stage.calendar or (stage.regions[0] if len(stage.regions) == 1 else ""),
        after=_after(stage.after),
        any_of="any" in stage.after,
        not_before=stage.not_before,
        duration=duration,
        duration_unit=stage.duration.unit if stage.duration else "days",
        start_up=start_up,
        start_up_unit=stage.start_up.unit if stage.start_up else "days",
        costs=_stage_costs(filled, path, stage) if ended is None else (),
        success=() if ended else _stage_gate(filled, name, stage),
        loadings=stage.success_prob.factors if stage.success_prob else (),
        held=frozenset(stage.held),
        stops_on=tuple(_event(item) for item in stage.stops_on),
        started=done.started,
        finished=ended,
        outcome=FAILED if done.failed else SUCCEEDED if done.succeeded else None,
        terms=stage_terms(filled.programme, stage),
    )


START_UP_RULES = {"CN": "cn.performance.trial_start_up_site"}
"""Sourced times from a hospital's first paper to the start of a trial, by the only region of a stage."""


def _start_up(filled: Filled, path: str, stage: Stage) -> Draw | None:
    """The file's time, else what a source shows for trials in that one country."""
    rule_id = START_UP_RULES.get(stage.regions[0]) if len(set(stage.regions)) == 1 else None
    if stage.start_up is not None or rule_id is None or not stage.kind.startswith("phase"):
        return filled.draw(path, stage.start_up, None)
    found = filled.rulebook.rule(rule_id).on(filled.as_of, filled.as_of)
    notes.note_rule(filled.ledger, path, found, note="default of a trial in this country")
    return Draw(path, forecast_distribution(found))


def _after(after: dict[str, list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple(_event(item) for items in after.values() for item in items)


_FILING_EVENTS = {
    "succeeded": ("approval", SUCCEEDED),
    "approved": ("approval", SUCCEEDED),
    "submitted": ("submission", FINISHED),
    "started": ("submission", FINISHED),
    "finished": ("decision", FINISHED),
    "refused": ("decision", FAILED),
    "failed": ("decision", FAILED),
}


def _event(text: str) -> tuple[str, str]:
    """An event as typed: `phase_3:failed` of a stage, `filings.cn:approved` of a filing."""
    name, event = split_event(text)
    if not name.startswith("filings."):
        return name, event
    step, found = _FILING_EVENTS[event]
    return f"{name.removeprefix('filings.').lower()}.{step}", found


def _duration(filled: Filled, path: str, stage: Stage, *, is_needed: bool) -> Draw:
    if stage.duration is not None or not is_needed:
        return filled.draw(path, stage.duration, None) or Draw(path, fixed(0.0))
    if stage.kind in defaults.STAGE_DURATIONS:
        default = defaults.STAGE_DURATIONS[stage.kind]
        filled.findings.append(_assumed(path, default.why))
        return filled.draw(path, None, default) or Draw(path, default.distribution)
    found = default_duration(stage.kind, _area(filled.programme, stage.indication))
    if found is None:
        return Draw(path, defaults.STAGE_DURATIONS["other"].distribution)
    shown = {f"p{round(p * 100)}": round(days) for p, days in found.quantiles}
    note = f"registry cell {found.cell}, n = {found.n}, {found.events} ended; {found.note}"
    notes.note_base(
        filled.ledger, path, shown, unit="days", origin="registry", grade=found.grade, source=found.source, note=note
    )
    return Draw(path, found.distribution)


def _assumed(path: str, why: str) -> Finding:
    return Finding(
        "value.assumed", "note", f"{path} is assumed: {why}", "give a value with its source in the file", path
    )


def _stage_costs(filled: Filled, path: str, stage: Stage) -> tuple[Cost, ...]:
    default = defaults.TRIAL_COSTS[stage.kind]
    if stage.cost is None:
        filled.findings.append(_assumed(f"{path}.cost", default.why))
    drawn = filled.draw(f"{path}.cost", stage.cost, default)
    return (Cost(drawn, "development", timing=stage.cost_timing),) if drawn else ()


def _stage_gate(filled: Filled, name: str, stage: Stage) -> tuple[tuple[str, float], ...]:
    """The outcomes of a stage that can fail: the file's chance, else the chosen table's."""
    path, label = f"development.{name}.success_prob", stage.title or KIND_LABELS[stage.kind]
    area, table = _area(filled.programme, stage.indication), filled.programme.capital.base_rates
    prob, rate, default = None, None, defaults.STAGE_SUCCESS.get(stage.kind)
    if stage.success_prob is not None:
        prob = filled.number(path, stage.success_prob, defaults.STAGE_SUCCESS["preclinical"])
    elif stage.kind in ("bridging", "post_marketing", "other"):
        message = f"no base rate covers the success of {name}; it is taken as certain"
        filled.findings.append(Finding("success.certain", "note", message, "give success_prob with its source", path))
        return ()
    else:
        rate = stage_success(stage.kind, area, table=table)
        prob = rate.prob if rate else filled.number(path, None, default or defaults.STAGE_SUCCESS["preclinical"])
    if rate is not None:
        _note_base_rate(filled, path, rate)
    pair = counterpart(stage.kind, area, table=table) if stage.kind.startswith("phase") else None
    filled.gates.append(_gate_row(filled, name, name, "", "stage", label, prob, path, rate, stage.success_prob, pair))
    return ((SUCCEEDED, prob), (FAILED, 1 - prob))


def _note_base_rate(filled: Filled, path: str, rate: BaseRate) -> None:
    words = [f"table {rate.table}, {rate.area_used}", f"n = {rate.n}" if rate.n else "", rate.note]
    notes.note_base(
        filled.ledger,
        path,
        rate.prob,
        unit="share",
        origin="base_rate",
        grade=rate.grade,
        source=rate.source,
        note="; ".join(word for word in words if word),
    )


def _gate_row(
    filled: Filled,
    gate_id: str,
    activity: str,
    jurisdiction: str,
    kind: str,
    label: dict[str, str],
    prob: float,
    path: str,
    rate: BaseRate | None,
    value: Value | None,
    pair: object,
) -> GateRow:
    entry = filled.ledger.get(path)
    low, high = (rate.low, rate.high) if rate else _limits(value)
    stream = f"development.{activity}.success" if kind == "stage" else f"filings.{gate_id.partition('.')[0]}.approval"
    return GateRow(
        id=gate_id,
        stream=stream,
        activity=activity,
        jurisdiction=jurisdiction,
        kind=kind,
        label=label,
        prob=prob,
        table=rate.table if rate else "",
        n=rate.n if rate else None,
        low=low,
        high=high,
        other_table_prob=pair.other.prob if pair is not None else None,  # type: ignore[attr-defined]  # a Counterpart
        comparable=pair.quantity if pair is not None else "",  # type: ignore[attr-defined]
        included=bool(rate and rate.formula == "1"),
        origin=entry.origin if entry else "assumption",
        source_grade=entry.source_grade if entry else "unverified",
    )


def _limits(value: Value | None) -> tuple[float | None, float | None]:
    if value is None or value.distribution.is_fixed:
        return None, None
    low, high = value.distribution.quantile([0.025, 0.975])
    return float(low), float(high)


def _filing(filled: Filled, name: str, filing: Filing) -> FilingInput:
    jurisdiction, path, done = filing.jurisdiction or name.upper(), f"filings.{name}", filing.done
    decided = done.approved or done.refused
    preparation = None
    if done.submitted is None and decided is None:
        preparation = filled.draw(f"{path}.preparation", filing.preparation, defaults.PREPARATION)
    cost = filled.draw(f"{path}.preparation_cost", filing.preparation_cost, None) if preparation else None
    market = _market_of(filled.programme, name)
    return FilingInput(
        id=name,
        jurisdiction=jurisdiction,
        label=filing.title or {},
        after=_after(filing.after),
        any_of="any" in filing.after,
        not_before=filing.not_before,
        preparation=preparation or Draw(f"{path}.preparation", fixed(0.0)),
        costs=(Cost(cost, "filing"),) if cost else (),
        review=filled.draw(f"{path}.review", filing.review, None) if decided is None else None,
        success=() if decided else _filing_gate(filled, name, jurisdiction, filing),
        loadings=filing.approval_prob.factors if filing.approval_prob else (),
        resubmission=_resubmission(filled, path, filing) if decided is None else None,
        submitted=done.submitted,
        accepted=done.accepted,
        approved=done.approved,
        refused=done.refused,
        launch_lag=_launch_lag(filled, name, market),
        launched=market.launched if market else None,
        terms=filing_terms(filled.programme, filing, jurisdiction=jurisdiction),
    )


def _market_of(programme: Programme, filing: str) -> Market | None:
    found = [m for key, m in programme.markets.items() if (m.filing or key).lower() == filing]
    return found[0] if found else None


def _launch_lag(filled: Filled, name: str, market: Market | None) -> Draw | None:
    if market is None or market.launched is not None:
        return None
    return filled.draw(f"markets.{name}.launch_lag", market.launch_lag, defaults.LAUNCH_LAG)


def _resubmission(filled: Filled, path: str, filing: Filing) -> Draw | None:
    if filing.first_cycle_prob is None:
        return None
    return filled.draw(f"{path}.resubmission", filing.resubmission, defaults.RESUBMISSION)


def _filing_gate(filled: Filled, name: str, jurisdiction: str, filing: Filing) -> tuple[tuple[str, float], ...]:
    """Eventual approval, split by the first cycle's share where the file gives one."""
    path, area = f"filings.{name}.approval_prob", _area(filled.programme, filing.indication)
    table, rate = filled.programme.capital.base_rates, None
    if filing.approval_prob is not None:
        prob = filled.number(path, filing.approval_prob, defaults.STAGE_SUCCESS["preclinical"])
    else:
        rate = _approval_rate(filled, path, area, table)
        _note_base_rate(filled, path, rate)
        prob = rate.prob
    title = filing.title or {"en": "approval", "zh": "批准"}
    label = {"en": f"{jurisdiction} {title['en']}", "zh": f"{jurisdiction} {title['zh']}"}
    row = _gate_row(
        filled,
        f"{name}.approval",
        f"{name}.approval",
        jurisdiction,
        "filing",
        label,
        prob,
        path,
        rate,
        filing.approval_prob,
        None,
    )
    filled.gates.append(row)
    if filing.first_cycle_prob is None:
        return ((SUCCEEDED, prob), (FAILED, 1 - prob))
    first = filled.number(
        f"filings.{name}.first_cycle_prob", filing.first_cycle_prob, defaults.STAGE_SUCCESS["preclinical"]
    )
    return ((SUCCEEDED, prob * first), ("resubmit", prob * (1 - first)), (FAILED, 1 - prob))


def _approval_rate(filled: Filled, path: str, area: str, table: str) -> BaseRate:
    """The table's rate of a filing; BIO's where Wong's phase-3 gate, which would include it, is not drawn."""
    ahead = any(
        stage.kind in ("phase_3", "phase_2_3") and not (stage.done.succeeded or stage.success_prob)
        for stage in filled.programme.development.values()
    )
    rate = approval(area, table=table, phase_3_ahead=ahead)
    if rate is not None:
        return rate
    message = f"the table {table} has no rate for a filing alone; {path} uses the table bio"
    filled.findings.append(Finding("success.table_mixed", "warning", message, "give approval_prob in the file", path))
    found = approval(area, table="bio")
    assert found is not None  # bio prints filing to approval for every area
    return found


def _already_sold(name: str, market: Market) -> FilingInput:
    """A market without a filing that is already supplied: its launch stands for the approval too."""
    return FilingInput(
        id=name,
        jurisdiction=market.jurisdiction or name.upper(),
        label={},
        after=(),
        any_of=False,
        not_before=None,
        preparation=Draw(f"filings.{name}.preparation", fixed(0.0)),
        costs=(),
        review=None,
        success=(),
        loadings=(),
        resubmission=None,
        submitted=None,
        accepted=None,
        approved=market.launched,
        refused=None,
        launch_lag=None,
        launched=market.launched,
    )
