"""What the sheets are told of a payer state: which inputs its price, its cost of goods and its start follow from."""

from __future__ import annotations

from math import isclose

from onepill.access import (
    LOSS_OF_EXCLUSIVITY,
    CutsMade,
    DaysIn,
    MarketInput,
    PayerPath,
    PayerState,
    PriceAge,
    StartLevel,
)
from onepill.access.payer_inputs import PAYER
from onepill.model.payer_path import Access
from onepill.pathway import listing_days
from onepill.reports.workbook.model import CarriedWords, LevelWords, StateWords, market_group, market_path
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.plan.payer_defaults import UPTAKE_YEARS

EXCLUSIVITY = "{}.loss_of_exclusivity.exclusivity_years"


def year_lags(base: Assembled) -> dict[str, str]:
    """By activity of a payer path, the path of the years of protection that its links wait."""
    found = {}
    for market, compiled in base.paths.items():
        name = f"{market}.{PAYER}.{LOSS_OF_EXCLUSIVITY}"
        if compiled.path.market.exclusivity.years is not None and any(a.id == name for a in base.plan.activities):
            found[name] = EXCLUSIVITY.format(f"markets.{market}")
    return found


def state_words(base: Assembled, given: MarketInput) -> StateWords | None:
    """Of a payer state, else None."""
    group = market_group(given)
    if group == given.id:
        return None
    compiled, access = base.paths[group], access_of(base, group)
    segment = next(item for item in compiled.segments if item.id == given.id)
    path, where = compiled.path, f"{market_path(given)}.access"
    states = {state.id: state for state in path.states}
    state, own = states[segment.state], f"{where}.states.{segment.state}"
    has_own = segment.state in access.states and access.states[segment.state].start_share is not None
    names = given.id.removeprefix(f"{group}.").split(".")
    weights = renewal_weights(state)
    return StateWords(
        path=own,
        years=_years_path(access, own, segment.state, market_path(given)),
        free_goods=f"{where}.free_goods_share" if access.free_goods_share is not None else "",
        refund=_refund(access, where),
        carried=tuple(_carried(states[left.state], left, path, where) for left in segment.carried),
        price_factors=tuple(draw.stream for name in names if (draw := states[name].price) is not None),
        start=f"{own}.start_share" if has_own else "",
        levels=tuple(_level(path, item, where) for item in segment.start_levels),
        before=() if state.follows else tuple(_patients(states[name]) for name in segment.sources),
        patients="" if state.follows else _patients(state),
        renewal=f"{own}.renewal.cut_share" if weights else "",
        weights=weights,
        launch_lag=launch_lag(base, path.market),
        launch_lag_days=path.market.exclusivity.approval_to_launch_days,
        listing_days=waits_for_list(base, path.market),
        shape=path.market.shape,
    )


def launch_lag(base: Assembled, given: MarketInput) -> str:
    """The path of the lag that leads from a market's launch back to its approval; "" where a number or none does."""
    launch = next(a for a in base.plan.activities if a.id == given.launch.activity)
    if launch.duration is None or launch.finished is not None:
        return ""
    mean = round(launch.duration.distribution.mean()) + waits_for_list(base, given)
    return launch.duration.stream if given.exclusivity.approval_to_launch_days == mean else ""


def waits_for_list(base: Assembled, given: MarketInput) -> int:
    """The days from approval to the price list for which a market's launch waits before its lag."""
    filing = next((f for f in base.filled.filings if f"{f.id}.launch" == given.launch.activity), None)
    return listing_days(base.filled.rulebook, filing, base.filled.as_of) if filing is not None else 0


def access_of(base: Assembled, market: str) -> Access:
    """The payer path in the file of a market that has one."""
    found = next(m.access for key, m in base.filled.programme.markets.items() if key.lower() == market)
    assert found is not None
    return found


def renewal_cut(state: PayerState) -> float:
    """The share by which a state's first renewal lowers its price; 0 without any."""
    ages = _by_age(state)
    return 1 - ages[0].factor if ages else 0.0


def renewal_weights(state: PayerState) -> tuple[float, ...]:
    """By step of the price by age, its share over that of the first; empty where the steps are no renewals.

    Renewals cut by one share, or by half of it (see `payer_paths.renewal_ages`).
    """
    cut, factor, found = renewal_cut(state), 1.0, list[float]()
    for age in _by_age(state):
        share = (1 - age.factor / factor) / cut if cut > 0 and factor > 0 else 0.0
        weight = round(2 * share) / 2
        if weight not in (0.5, 1.0) or not isclose(share, weight, rel_tol=1e-9):
            return ()
        found.append(weight)
        factor = age.factor
    return tuple(found)


def taken_over(base: Assembled, given: MarketInput) -> tuple[object, ...]:
    """What the formulas of a payer state have as plain numbers, to nine places."""
    told, before = state_words(base, given), given.continues
    assert told is not None
    ages = () if told.weights else tuple((age.after_years, round(age.factor, 9)) for age in given.price_ages)
    return (
        tuple((item.waits, item.rounds) for item in told.levels),
        tuple(_numbers(item) for item in told.carried),
        () if told.levels or told.start or before else round(given.start_share, 9),
        before and before.launched,
        (told.weights, *(item.weights for item in told.carried)),
        ages,
    )


def _numbers(item: CarriedWords) -> tuple[object, ...]:
    lags = tuple((round(weight, 9), path or round(mean, 6)) for path, mean, weight in item.lags)
    return round(item.base, 6), round(item.launch_lag, 9), item.protected, round(item.left, 9), lags


def _by_age(state: PayerState) -> list[PriceAge]:
    return sorted(state.price_ages, key=lambda age: age.after_years)


def _patients(state: PayerState) -> str:
    """The path of the factor on a state's patients, "" where it has none."""
    return state.patients.stream if state.patients is not None else ""


def _refund(access: Access, where: str) -> tuple[str, ...]:
    if access.outcome_contract is None:
        return ()
    return (f"{where}.outcome_contract.refund_share", f"{where}.outcome_contract.non_response_share")


def _carried(state: PayerState, left: CutsMade, path: PayerPath, where: str) -> CarriedWords:
    own, weights, days = f"{where}.states.{state.id}", renewal_weights(state), left.days or DaysIn(0.0)
    lowest = 1.0 if weights else min((age.factor for age in state.price_ages), default=1.0)
    means = {move.id: move.lag.distribution.mean() for move in path.moves if move.lag is not None}
    years = path.market.exclusivity.years
    return CarriedWords(
        cut=f"{own}.revision.cut_share" if left.days is not None else "",
        every_years=left.every_years,
        base=days.base,
        launch_lag=days.launch_lag,
        exclusivity="" if years is None else EXCLUSIVITY.format(where.removesuffix(".access")),
        protected=days.protected,
        lags=tuple((_lag(path, name, where), means[name], weight) for name, weight in days.lags),
        renewal=f"{own}.renewal.cut_share" if weights else "",
        weights=weights,
        left=lowest,
    )


def _lag(path: PayerPath, move: str, where: str) -> str:
    """The path of a move's lag; "" where it may run already, so that another mean stands among the inputs."""
    is_begun = path.market.launched is not None or bool(path.entered)
    return "" if is_begun else f"{where}.transitions.{move}.lag"


def _level(path: PayerPath, item: StartLevel, where: str) -> LevelWords:
    move = next(move for move in path.moves if move.id == item.move)
    has_prob = path.has_gate(move) and item.rounds > 1
    return LevelWords(
        is_whole=move.calendar == LOSS_OF_EXCLUSIVITY,
        lag=f"{where}.transitions.{move.id}.lag" if item.is_lagged else "",
        waits=item.waits,
        rounds=item.rounds,
        prob=f"{where}.transitions.{item.move}.prob" if has_prob else "",
    )


def _years_path(access: Access, own: str, state: str, market: str) -> str:
    """The path of the years to the peak: the state's own, else the market's."""
    entry = access.states.get(state)
    has_own = (entry is not None and entry.uptake is not None) or (access.path, state) in UPTAKE_YEARS
    return f"{own if has_own else market}.uptake.years_to_peak"
