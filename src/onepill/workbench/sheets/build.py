"""A programme's deterministic model as a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from onepill import __version__
from onepill.core.errors import InputError
from onepill.model import Loaded, load_programme
from onepill.model.names import place
from onepill.reports.workbook import InputRow, WorkbookModel, build_workbook
from onepill.reports.workbook.cases import Cases
from onepill.reports.workbook.model import DrawPaths, MarketWords, RivalCells, StepWords, market_group, market_path
from onepill.reports.workbook.rival_cells import looked_up
from onepill.rulebook import load_rulebook
from onepill.sim.plan import Plan
from onepill.workbench.plan.assemble import Assembled, assemble
from onepill.workbench.plan.fill import fill
from onepill.workbench.results.deterministic import Deterministic, at_means, deterministic_value
from onepill.workbench.results.rows_identity import title
from onepill.workbench.sheets.inputs import gate_factors, input_rows
from onepill.workbench.sheets.market_inputs import bound_ways, entrants_of, floors
from onepill.workbench.sheets.states import launch_lag, state_words, waits_for_list, year_lags

Row = dict[str, Any]
Lang = Literal["en", "zh"]


@dataclass(frozen=True)
class Valued:
    """A programme with its deterministic value and the inputs behind it."""

    loaded: Loaded
    base: Assembled
    value: Deterministic
    inputs: tuple[InputRow, ...]
    draws: DrawPaths
    looked_up: Mapping[str, RivalCells]


def value_inputs(text: str, *, file: str = "", as_of: date | None = None, scenarios: Sequence[str] = ()) -> Valued:
    """Read a programme, fill it, and value it at its means.

    Raises:
        InputError: all findings about the file, an unknown scenario, a plan with too many futures.
    """
    loaded = load_programme(text, file=file, as_of=as_of, scenarios=scenarios)
    base = _assembled(loaded)
    value = deterministic_value(base.plan)
    tables = _tables(base, value.plan)
    inputs, draws = input_rows(loaded, base, value.plan, tables=tables)
    return Valued(loaded, base, value, inputs, draws, tables)


def _assembled(loaded: Loaded) -> Assembled:
    """The programme with the payer states that a chance of 0 leads to, unless they are too many for formulas."""
    rulebook = load_rulebook()
    base = assemble(fill(loaded.programme, rulebook), keeps_idle_moves=True)
    if not any(found.path.kept for found in base.paths.values()):
        return base
    plain = assemble(fill(loaded.programme, rulebook))
    try:
        certain = at_means(base.plan)
        is_held = bool(Cases(certain).steps) and _tables(base, certain).keys() <= _tables(plain, certain).keys()
    except InputError:
        is_held = False
    return base if is_held else plain


def _tables(base: Assembled, certain: Plan) -> Mapping[str, RivalCells]:
    """The markets whose rivals take too many cells, by market; `certain` is the plan at its means."""
    if all(given.competition is None for given in base.markets):
        return {}
    launched = [launch.market.id for launch in Cases(certain).launches]
    return looked_up(base.markets, launched, years=len(certain.discount_by_year))


def make_workbook(valued: Valued, *, lang: Lang = "en", scenarios: Sequence[str] = ()) -> bytes:
    """The workbook's bytes.

    Raises:
        MissingExtra: `onepill[workbook]` is not installed.
        InputError: the plan has no sheets of a sensible size.
    """
    return build_workbook(workbook_model(valued, scenarios=scenarios), lang=lang)


def workbook_model(valued: Valued, *, scenarios: Sequence[str] = ()) -> WorkbookModel:
    """What the sheets show."""
    programme, base, value = valued.loaded.programme, valued.base, valued.value
    infos = {info.id: StepWords(info.label, info.jurisdiction, info.path) for info in base.network.activities}
    plain = {a.id: StepWords(_plain_label(a.id), "", a.id) for a in value.plan.activities if a.id not in infos}
    return WorkbookModel(
        programme=programme.programme,
        title=title(programme),
        as_of=programme.as_of,
        engine_version=__version__,
        rulebook_hash=base.filled.rulebook.hash,
        convention=programme.capital.convention,
        horizon_years=programme.capital.horizon_years,
        inputs=valued.inputs,
        plan=value.plan,
        markets=base.markets,
        rnpv_usd=value.rnpv_usd,
        by_market=value.by_market,
        yearly_usd=_by_year(value),
        steps=infos | plain,
        market_words=_market_words(base),
        gates={a.id: gate_factors(a) for a in value.plan.activities if a.gate and a.outcome is None},
        draws=valued.draws,
        year_lags=year_lags(base),
        looked_up=valued.looked_up,
        floors=floors(base),
        bound_ways=bound_ways(base, valued.inputs),
        scenario=", ".join(scenarios),
    )


def _by_year(value: Deterministic) -> tuple[float, ...]:
    """The present value of each calendar year that the plan counts."""
    rows = [discounted for _, discounted in value.yearly.values()]
    return tuple(sum(float(row[k]) for row in rows) for k in range(len(value.plan.discount_by_year)))


def _plain_label(activity: str) -> dict[str, str]:
    """A step that no engine names, by its id in plain words."""
    words = activity.replace("_", " ").replace(".", ": ", 1).replace(".", ", ")
    return {"en": words, "zh": words}


def _market_words(base: Assembled) -> dict[str, MarketWords]:
    """Names and paths of the plan's markets, and of the programme's markets behind payer states."""
    found = {}
    for given in base.markets:
        group = market_group(given)
        name = _market_name(base, group)
        found[group] = MarketWords(name, market_path(given), "")
        if given.id != group:
            state = given.id.removeprefix(f"{group}.").replace("_", " ").replace(".", ", ")
            name = {lang: f"{text}: {state}" for lang, text in name.items()}
        told = (
            launch_lag(base, given),
            state_words(base, given),
            entrants_of(base, given),
            waits_for_list(base, given),
        )
        found[given.id] = MarketWords(name, market_path(given), *told)
    return found


def _market_name(base: Assembled, market: str) -> dict[str, str]:
    """A market's place, with its id where a place has several markets."""
    markets = {key.lower(): m for key, m in base.filled.programme.markets.items()}
    codes = [m.jurisdiction or key.upper() for key, m in markets.items()]
    code = markets[market].jurisdiction or market.upper() if market in markets else market
    return place(code) if codes.count(code) == 1 else {k: f"{v} ({market})" for k, v in place(code).items()}
