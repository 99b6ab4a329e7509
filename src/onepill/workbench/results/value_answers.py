"""The `value` operation: forecast and rNPV in full, for the programme and its markets, scenarios beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from onepill.core.errors import InputError, sort_findings

if TYPE_CHECKING:
    from onepill.model import Loaded
    from onepill.workbench.plan.assemble import Assembled
    from onepill.workbench.questions.value import ValueAsk
    from onepill.workbench.results.simulate import Runs

Row = dict[str, Any]


def value(ask: ValueAsk, *, progress: Any = None) -> Row:
    """Forecast and rNPV in full: patients, price, sales, cost, tax and cash by market and year."""
    from onepill.model import load_programme
    from onepill.rulebook import load_rulebook
    from onepill.workbench.plan.assemble import assemble
    from onepill.workbench.plan.fill import fill
    from onepill.workbench.results.simulate import simulate

    rulebook = load_rulebook()
    loaded = load_programme(ask.text, file=ask.file, as_of=ask.as_of)
    variants = {
        name: load_programme(ask.text, file=ask.file, as_of=ask.as_of, scenarios=[name]) for name in ask.scenarios
    }
    base = assemble(fill(loaded.programme, rulebook))
    shown = _shown(base, ask.market)
    runs = simulate(base.plan, draws=ask.draws, seed=ask.seed, threads=ask.threads, progress=progress)
    document = _document(loaded, base, runs, ask, shown)
    document["scenarios"] = [
        _scenario(name, assemble(fill(variant.programme, rulebook)), runs, threads=ask.threads)
        for name, variant in variants.items()
    ]
    document["provenance"] = _provenance(base, runs, document)
    return document


def _shown(base: Assembled, asked: Sequence[str]) -> set[str]:
    """The ids of the markets asked for, all where none is; a jurisdiction stands for its markets."""
    from onepill.workbench.results.rows_value import market_ids

    codes = {id_: {id_.lower(), _jurisdiction(base, id_).lower()} for id_ in market_ids(base)}
    for name in asked:
        if not any(name.lower() in known for known in codes.values()):
            hint = f"known: {', '.join(name.upper() for name in codes) or 'none'}"
            raise InputError.single("value.market", f"the programme has no market {name!r}", hint=hint, value=name)
    wanted = {name.lower() for name in asked}
    return {id_ for id_, known in codes.items() if not wanted or known & wanted}


def _jurisdiction(base: Assembled, id_: str) -> str:
    name = id_.partition(".")[0]
    markets = base.filled.programme.markets.items()
    return next((market.jurisdiction or key for key, market in markets if key.lower() == name), name)


def _document(loaded: Loaded, base: Assembled, runs: Runs, ask: ValueAsk, shown: set[str]) -> Row:
    from onepill.workbench.results.findings import all_findings, overflow_findings
    from onepill.workbench.results.forecast_runs import forecast_markets, market_groups
    from onepill.workbench.results.payer_rows import payer_rows
    from onepill.workbench.results.rows_cost import cost_per_launch
    from onepill.workbench.results.rows_forecast import forecast_row
    from onepill.workbench.results.rows_identity import title
    from onepill.workbench.results.rows_value import assumption_share, expected_row, market_rows, rnpv_row, yearly_rows
    from onepill.workbench.results.simulate import OWNER

    programme, npv = loaded.programme, runs.drawn.npv_usd[OWNER]
    forecasts = forecast_markets(base, runs, threads=ask.threads)
    found = [*all_findings(loaded, base), *overflow_findings(runs.drawn)]
    rate = base.filled.ledger.get("capital.discount_rate_per_year")
    return {
        "programme": programme.programme,
        "title": title(programme),
        "as_of": programme.as_of.isoformat(),
        "seed": ask.seed,
        "draws": ask.draws,
        "capital": {
            "discount_rate_per_year": rate.value if rate else None,
            "convention": programme.capital.convention,
            "horizon_years": programme.capital.horizon_years,
        },
        "rnpv_usd": {**rnpv_row(npv), "prob_loss": float((npv < 0).mean())},
        "rnpv_expected_usd": expected_row(runs),
        "by_market": market_rows(base, runs),
        "yearly": yearly_rows(base, runs),
        "cost_per_launch_usd": cost_per_launch(base, runs),
        "assumption_variance_share": assumption_share(base, runs, seed=ask.seed),
        "rivals_difference_usd": _rivals(base, runs, threads=ask.threads),
        "markets": [
            forecast_row(base, group, forecasts[id_]) for id_, group in market_groups(base).items() if id_ in shown
        ],
        "payer_paths": [row for row in payer_rows(base, runs) if row["id"] in shown],
        "findings": [finding.as_row() for finding in sort_findings(found)],
    }


def _rivals(base: Assembled, runs: Runs, *, threads: int) -> Row | None:
    """What the value gains if no expected rival comes, and if all come for sure, on the same futures."""
    from onepill.sim import paired_value, run
    from onepill.workbench.results.rival_levers import rivals_of, with_rivals_chance
    from onepill.workbench.results.simulate import OWNER, estimate_row, whole

    streams = [f"{id_}.prob" for id_ in rivals_of(base)]
    if not streams:
        return None
    found = {}
    for name, prob in (("none", 0.0), ("all", 1.0)):
        changed = with_rivals_chance(runs.compiled, streams, prob)
        after = run(changed, draws=runs.drawn.draws, seed=runs.drawn.seed, threads=threads)
        found[name] = whole(estimate_row(paired_value(after, runs.drawn, party=OWNER)))
    return found


def _scenario(name: str, changed: Assembled, runs: Runs, *, threads: int) -> Row:
    """A scenario on the same futures: the programme's value, its difference, and each market's part and peak."""
    from onepill.sim import compile_plan, run
    from onepill.workbench.results.forecast_runs import market_groups
    from onepill.workbench.results.rows_funnel import funnel_section
    from onepill.workbench.results.rows_policy import scenario_row
    from onepill.workbench.results.rows_value import market_parts, rnpv_row
    from onepill.workbench.results.simulate import OWNER

    found = run(compile_plan(changed.plan), draws=runs.drawn.draws, seed=runs.drawn.seed, threads=threads)
    scenario, npv = changed.filled.programme.scenarios[name], found.npv_usd[OWNER]
    parts = market_parts(changed, found)
    peaks = {id_: funnel_section(changed, group.whole) for id_, group in market_groups(changed).items()}
    keys = ("peak_patients_per_year", "peak_sales_usd")
    return {
        **scenario_row(name, dict(scenario.summary) if scenario.summary else None, runs.drawn, found),
        "rnpv_usd": {**rnpv_row(npv), "prob_loss": float((npv < 0).mean())},
        "by_market": [
            {"id": id_, "rnpv_usd": round(part), **{key: peaks[id_][key] if id_ in peaks else None for key in keys}}
            for id_, part in parts.items()
        ],
        "changes": [change.model_dump(mode="json") for change in scenario.changes],
    }


def _provenance(base: Assembled, runs: Runs, document: Row) -> list[Row]:
    """Every input used and every value shown, as in a passport of the same programme."""
    from onepill.workbench.results.derive import derive_provenance
    from onepill.workbench.results.rows_plan import milestone_rows, success_section

    like_passport = {
        "policies": [],
        "milestones": milestone_rows(base, runs),
        "success": success_section(base, runs),
        "value": document,
    }
    return derive_provenance(base, like_passport)
