"""Rows of a market's patients: the funnel, the pool at launch, the class and its rivals."""

from __future__ import annotations

from math import prod
from typing import Any

from onepill.access import FlowRow, FlowStep, MarketInput, first_share, funnel, share_steps
from onepill.core.dates import iso
from onepill.sim.plan import Draw
from onepill.workbench.common import ledger as notes
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.plan.market_patients import PER_100_000, mean_of
from onepill.workbench.results.forecast_runs import patient_draws

Row = dict[str, Any]
STEP_NAMES: dict[str, dict[str, str]] = {
    "population": {"en": "people", "zh": "人口"},
    "incidence_per_100_000": {"en": "new patients in 100,000 people a year", "zh": "每10万人年新发患者"},
    "incidence": {"en": "new patients a year", "zh": "年新发患者数"},
    "patients": {"en": "patients waiting at launch", "zh": "上市时的存量患者"},
    "per_100_000": {"en": "patients waiting at launch in 100,000 people", "zh": "上市时每10万人的存量患者"},
    "patients_per_year": {"en": "patients a year", "zh": "年患者数"},
    "diagnosed_share": {"en": "diagnosed", "zh": "确诊"},
    "line_share": {"en": "reach the line of therapy", "zh": "进入该治疗线"},
    "biomarker_test_share": {"en": "tested for the biomarker", "zh": "接受生物标志物检测"},
    "biomarker_positive_share": {"en": "positive", "zh": "检测阳性"},
    "eligible_share": {"en": "eligible", "zh": "符合条件"},
    "treated_share": {"en": "treated", "zh": "接受治疗"},
    "class_share": {"en": "share of the class", "zh": "该类药物份额"},
    "order_of_entry": {"en": "the drug's share of its class by order of entry", "zh": "按进入顺序的类内份额"},
    "peak_share": {"en": "the drug's share at the peak", "zh": "峰值份额"},
    "months_on_treatment": {"en": "months on treatment", "zh": "治疗月数"},
    "compliance_share": {"en": "of the months taken", "zh": "依从性"},
    "net_price_per_month": {"en": "net price a month", "zh": "月净价"},
    "price_share": {"en": "payers' share of the price", "zh": "支付方价格份额"},
}
KINDS = {"population": "people", "months_on_treatment": "months", "net_price_per_month": "price"}


def funnel_section(base: Assembled, given: MarketInput) -> Row:
    """The funnel, pool, class and peak of one market; what the peak rests on is noted in the ledger."""
    rows = funnel(funnel_steps(base, given))
    counted = [row for row in rows if row.unit == "patients"]
    patients = counted[-1].running * given.peak_level if counted else None
    sales = rows[-1].running * given.peak_level
    _note(base, given, rows, patients=patients, sales=sales)
    return {
        "funnel": [_funnel_row(row) for row in rows],
        "pool": _pool(given),
        "competition": _competition(given),
        "peak_patients_per_year": None if patients is None else round(patients, 1),
        "peak_sales_usd": round(sales),
    }


def funnel_steps(base: Assembled, given: MarketInput) -> tuple[FlowStep, ...]:
    """The steps from patients to peak sales, each at its mean: what the scale multiplies, and the payers' share."""
    steps = [step for draw in given.scale for step in _steps_of(base, given, draw)]
    if given.price_share != 1.0:
        steps.append(FlowStep("price_share", f"markets.{given.id}.price_share", given.price_share, "share"))
    return tuple(steps)


def _steps_of(base: Assembled, given: MarketInput, draw: Draw) -> list[FlowStep]:
    """A draw as a step; a class share bears the order of entry in its factor, which is a step of its own."""
    key = draw.stream.rpartition(".")[2]
    if key == "class_share" and given.competition is not None:
        order = f"{draw.stream.rpartition('.')[0]}.order_share"
        factor = first_share(given.competition)
        own = FlowStep(key, draw.stream, draw.distribution.mean(), "share")
        return [own, FlowStep("order_of_entry", order, factor, "share")]
    if key in ("incidence_per_100_000", "per_100_000"):
        return [FlowStep(key, draw.stream, draw.distribution.mean() * PER_100_000, "count")]
    entry = base.filled.ledger.get(draw.stream)
    kind = KINDS.get(key) or ("share" if entry is not None and entry.unit == "share" else "count")
    value = draw.distribution.mean() if key == "population" else mean_of(draw)
    return [FlowStep(key, draw.stream, value, kind)]


def _funnel_row(row: FlowRow) -> Row:
    step = row.step
    per = step.key.endswith("per_100_000")
    return {
        "key": step.key,
        "label": STEP_NAMES.get(step.key, {"en": step.key, "zh": step.key}),
        "path": step.path,
        "value": step.value / PER_100_000 if per else step.value,
        "unit": {"people": "people", "count": "per_100_000" if per else "patients", "price": "USD"}.get(
            step.kind, step.kind
        ),
        "running": row.running,
        "running_unit": row.unit,
    }


def _pool(given: MarketInput) -> Row | None:
    """The pool at launch: its patients on the drug over all, and over how many years."""
    if given.pool is None:
        return None
    patients = prod(mean_of(draw) for draw in patient_draws(given)) * given.pool.ratio_years
    path = f"markets.{given.id}.patients.prevalence"
    return {
        "path": path,
        "ratio_years": given.pool.ratio_years if given.has_yearly_patients else None,
        "treated_over_years": given.pool.treated_over_years,
        "patients_on_drug": round(patients, 1),
    }


def _competition(given: MarketInput) -> Row | None:
    """The class on the plan's day, and the mean share that rivals leave from each of their days on (launch before)."""
    entry = given.competition
    if entry is None:
        return None
    steps = share_steps(entry)
    days = [{"from": iso(day), "share_kept": float(steps.factors[0, i + 1])} for i, day in enumerate(steps.days)]
    return {
        "path": f"markets.{given.id}.competition",
        "order": entry.order,
        "others": entry.others,
        "entry_exponent": entry.exponent,
        "order_share": first_share(entry),
        "rivals": len(entry.rivals),
        "expected_rivals": sum(rival.prob for rival in entry.rivals),
        "steps": days,
    }


def _note(
    base: Assembled, given: MarketInput, rows: tuple[FlowRow, ...], *, patients: float | None, sales: float
) -> None:
    """The peak as a derived value of its steps."""
    paths, ledger = tuple(row.step.path for row in rows), base.filled.ledger
    formula, name = "product of the steps at their means, before rivals to come", f"forecast.{given.id}"
    if patients is not None:
        upto = paths[: sum(row.unit in ("people", "patients") for row in rows)]
        shown = round(patients, 1)
        notes.note_derived(
            ledger, f"{name}.peak_patients_per_year", shown, unit="count", formula=formula, derived_from=upto
        )
    notes.note_derived(ledger, f"{name}.peak_sales_usd", round(sales), unit="USD", formula=formula, derived_from=paths)
