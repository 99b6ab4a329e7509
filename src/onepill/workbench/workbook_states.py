"""What the sheets are told of a payer state: which inputs its price, its cost of goods and its start follow from."""

from __future__ import annotations

from math import isclose

from onepill.access import CutsMade, MarketInput, PayerPath, PayerSegment, PayerState, PriceAge
from onepill.model.payer_path import Access
from onepill.reports.workbook.model import CarriedWords, LevelWords, StateWords, market_group, market_path
from onepill.workbench.assemble import Assembled
from onepill.workbench.payer_defaults import UPTAKE_YEARS


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
        carried=tuple(_carried(states[left.state], left, where) for left in segment.carried),
        price_factors=tuple(draw.stream for name in names if (draw := states[name].price) is not None),
        start=f"{own}.start_share" if has_own else "",
        levels=tuple(_levels(path, segment, where)),
        before=() if state.follows else tuple(_patients(states[name]) for name in segment.sources),
        patients="" if state.follows else _patients(state),
        renewal=f"{own}.renewal.cut_share" if weights else "",
        weights=weights,
    )


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
        tuple(round(level, 9) for item in told.levels for level in item.levels),
        tuple((round(item.cuts, 9), round(item.left, 9), item.weights) for item in told.carried),
        () if told.levels or told.start or before else round(given.start_share, 9),
        before and before.launched,
        told.weights,
        ages,
    )


def _by_age(state: PayerState) -> list[PriceAge]:
    return sorted(state.price_ages, key=lambda age: age.after_years)


def _patients(state: PayerState) -> str:
    """The path of the factor on a state's patients, "" where it has none."""
    return state.patients.stream if state.patients is not None else ""


def _refund(access: Access, where: str) -> tuple[str, ...]:
    if access.outcome_contract is None:
        return ()
    return (f"{where}.outcome_contract.refund_share", f"{where}.outcome_contract.non_response_share")


def _carried(state: PayerState, left: CutsMade, where: str) -> CarriedWords:
    own, weights = f"{where}.states.{state.id}", renewal_weights(state)
    lowest = 1.0 if weights else min((age.factor for age in state.price_ages), default=1.0)
    return CarriedWords(
        cut=f"{own}.revision.cut_share" if state.yearly_cut is not None else "",
        cuts=left.cuts,
        renewal=f"{own}.renewal.cut_share" if weights else "",
        weights=weights,
        left=lowest,
    )


def _levels(path: PayerPath, segment: PayerSegment, where: str) -> list[LevelWords]:
    moves = {move.id: move for move in path.moves}
    found = []
    for item in segment.start_levels:
        prob = f"{where}.transitions.{item.move}.prob" if moves[item.move].prob < 1 and len(item.levels) > 1 else ""
        found.append(LevelWords(prob, item.levels))
    return found


def _years_path(access: Access, own: str, state: str, market: str) -> str:
    """The path of the years to the peak: the state's own, else the market's."""
    entry = access.states.get(state)
    has_own = (entry is not None and entry.uptake is not None) or (access.path, state) in UPTAKE_YEARS
    return f"{own if has_own else market}.uptake.years_to_peak"
