"""The inputs of markets and payer states in a workbook: what their formulas use, and why some cannot be changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date

from onepill.access import MarketInput, stays_apart
from onepill.core.distributions import Distribution
from onepill.model.schema import Market
from onepill.model.values import number_of
from onepill.reports.workbook.model import EntrantWords, Floor, InputRow, has_plain_cash, market_group, market_path
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.plan.payer_contracts import duty_rates
from onepill.workbench.plan.payer_medicare import YEARLY_SELECTION
from onepill.workbench.sheets.rows import Rows, Unit
from onepill.workbench.sheets.states import (
    EXCLUSIVITY,
    access_of,
    launch_lag,
    renewal_cut,
    renewal_weights,
    state_words,
)

COST_SHARES = ("cogs_share", "selling_share", "tax_share")
TOGETHER = {"renewal": ("every_years", "halved_after_years", "until_years"), "revision": ("day",)}
"""What is stated with a cut, of which a file has all or nothing."""
SHARE, NUMBER, YEARS = Unit("share", "share"), Unit("number", "number"), Unit("years", "number")


def market_rows(rows: Rows) -> None:
    """What the formulas of each market and payer state use."""
    programme = {name.lower(): market for name, market in rows.loaded.programme.markets.items()}
    for given in rows.base.markets:
        if market_group(given) in rows.tables:
            _table_market(rows, given)
            continue
        market, path = programme[market_group(given)], market_path(given)
        _uptake_and_price(rows, given, market)
        _competition(rows, given, market)
        _pool(rows, given, market)
        if given.group:
            _state(rows, given)
            _contracts(rows, given)
            years = rows.base.paths[given.group].path.market.exclusivity.years
            if years is not None:
                rows.add(EXCLUSIVITY.format(path), years, YEARS)
        else:
            _exclusivity(rows, given, path)
    _floors(rows)


def floors(base: Assembled) -> tuple[Floor, ...]:
    """Where peak sales decide whether Medicare may select the drug: nothing excludes it, and the file says nothing."""
    found = []
    for group, known in base.paths.items():
        path, name = f"markets.{group}.access", "transitions.selection"
        stated = access_of(base, group).transitions.get("selection")
        scale = tuple(draw.stream for draw in known.path.market.scale)
        same = [m.id for m in base.markets if m.group == group and tuple(draw.stream for draw in m.scale) == scale]
        is_stated = stated is not None and stated.prob is not None
        if same and not is_stated and base.filled.ledger.get(f"{path}.{name}.low_spend") is not None:
            prob = (
                f"{path}.{name}.prob" if any(move == "selection" for s in known.segments for move, _ in s.exits) else ""
            )
            share, floor = f"{path}.medicare_share", f"{path}.{name}.low_spend"
            found.append(Floor(same[0], share, floor, prob, YEARLY_SELECTION))
    return tuple(found)


def bound_ways(base: Assembled, inputs: Collection[InputRow]) -> tuple[str, ...]:
    """The chances of ways between payer states which may not become 0: another state would be another then."""
    typed = {row.path for row in inputs if row.is_editable and row.value > 0}
    ways = (
        (f"markets.{group}.access.transitions.{move.id}.prob", known.path, move)
        for group, known in base.paths.items()
        for move in known.path.moves
    )
    return tuple(name for name, path, move in ways if name in typed and not stays_apart(path, move))


def _floors(rows: Rows) -> None:
    """What decides over Medicare's selection, whose chance follows from it."""
    for floor in floors(rows.base):
        for path, unit in ((floor.share, SHARE), (floor.floor, Unit("USD", "amount"))):
            rows.add(path, _noted(rows, path), unit, locked="floor")
        if floor.prob:
            rows.rows[floor.prob] = replace(rows.rows[floor.prob], follows=True)


def _noted(rows: Rows, path: str) -> float:
    """The mean of a value in the ledger."""
    known = rows.provenance(path)
    assert known is not None
    told = known.value
    return Distribution(told["kind"], tuple(told["params"])).mean() if isinstance(told, dict) else float(told)


def order_shares(base: Assembled, tables: Collection[str]) -> dict[str, str]:
    """By class share, the path of the drug's share by its order of entry, where the sheets work that out.

    They do in all markets but those that lie in `tables`.
    """
    return {
        draw.stream: f"{market_path(given)}.competition.order_share"
        for given in base.markets
        if given.competition is not None and market_group(given) not in tables
        for draw in given.scale
        if draw.stream == f"{market_path(given)}.competition.class_share"
    }


def entrants_of(base: Assembled, given: MarketInput) -> tuple[EntrantWords, ...]:
    """The entrants of a market's class, as its file names them."""
    market = next(m for key, m in base.filled.programme.markets.items() if key.lower() == market_group(given))
    if market.competition is None or given.competition is None:
        return ()
    found, rivals, first = [], iter(given.competition.rivals), base.filled.as_of.toordinal()
    for entrant in market.competition.entrants:
        rival, *_ = [next(rivals) for _ in range(entrant.count)]
        delay = entrant.delay.distribution.mean() if entrant.delay is not None else 0.0
        found.append(EntrantWords(entrant.count, tuple(float(day - first) for day in rival.days), delay))
    return tuple(found)


def _uptake_and_price(rows: Rows, given: MarketInput, market: Market) -> None:
    path, state = market_path(given), state_words(rows.base, given)
    rows.add(f"{path}.growth_per_year", given.growth_per_year, Unit("rate", "rate"))
    years = state.years if state else f"{path}.uptake.years_to_peak"
    if given.has_yearly_patients:
        known = f"{path}.uptake" if years == f"{path}.uptake.years_to_peak" else years
        rows.add(years, given.years_to_peak, YEARS, known=known)
    if state is not None and (given.continues is not None or state.levels):
        whole = rows.base.paths[given.group].path.market
        rows.add(f"{path}.uptake.years_to_peak", whole.years_to_peak, YEARS, known=f"{path}.uptake")
    for i, payer in enumerate(market.payers):
        rows.add(f"{path}.payers.{i}.patient_share", number_of(payer.patient_share), SHARE)
        rows.add(f"{path}.payers.{i}.price_share", number_of(payer.price_share), NUMBER)
    for i, level in enumerate(given.price_levels):
        rows.day(f"{path}.price_steps.{i}.since", level.since.toordinal(), known=f"{path}.price_steps.{i}.factor")
        rows.add(f"{path}.price_steps.{i}.factor", level.factor, NUMBER)
    whole = rows.base.paths[given.group].path.market if given.group else given
    paid = rows.provenance(f"{path}.access.paid_share")
    left = float(paid.value) if paid and isinstance(paid.value, int | float) and paid.value else 1.0
    for name in COST_SHARES:
        rows.add(f"{path}.{name}", getattr(whole, name) * (left if name == "cogs_share" else 1.0), SHARE)


def _competition(rows: Rows, given: MarketInput, market: Market) -> None:
    """The class on the plan's day and its entrants."""
    if given.competition is None or market.competition is None:
        return
    path, found = f"{market_path(given)}.competition", given.competition
    rows.add(f"{path}.order", float(found.order), NUMBER, locked="form")
    rows.add(f"{path}.in_class", float(found.others), NUMBER, locked="form")
    rows.mean(f"{path}.entry_exponent", found.exponent, kind="share", unit="share")
    for i, entrant in enumerate(market.competition.entrants):
        where = f"{path}.entrants.{i}"
        prob = entrant.prob.distribution.mean() if entrant.prob is not None else 1.0
        rows.mean(f"{where}.prob", prob, kind="share", unit="share", note="" if entrant.prob else "certain")
        if entrant.day is not None:
            rows.day(f"{where}.day", entrant.day.toordinal())
        elif entrant.delay is not None:
            rows.mean(f"{where}.delay", entrant.delay.distribution.mean(), kind="duration", unit="days")


def _pool(rows: Rows, given: MarketInput, market: Market) -> None:
    """Who waits at launch, and who falls ill in a year, where formulas divide one by the other."""
    flow = market.patients
    if given.pool is None or flow is None or flow.prevalence is None:
        return
    path = f"{market_path(given)}.patients"
    rows.add(f"{path}.prevalence.treated_over_years", given.pool.treated_over_years, YEARS)
    if not given.has_yearly_patients:
        return
    parts = {
        "population": flow.population,
        "incidence": flow.incidence,
        "incidence_per_100_000": flow.incidence_per_100_000 if flow.incidence is None else None,
        "prevalence.patients": flow.prevalence.patients,
        "prevalence.per_100_000": flow.prevalence.per_100_000 if flow.prevalence.patients is None else None,
    }
    for name, value in parts.items():
        if value is not None and f"{path}.{name}" not in rows.rows:
            rows.mean(f"{path}.{name}", value.distribution.mean(), kind="number", unit="number")


def _state(rows: Rows, given: MarketInput) -> None:
    """A payer state's own start and cuts, and those of the states before that left its price lower."""
    told = state_words(rows.base, given)
    assert told is not None
    if told.start:
        rows.mean(told.start, given.start_share, kind="share", unit="share")
    states = {state.id: state for state in rows.base.paths[given.group].path.states}
    for name in given.id.removeprefix(f"{given.group}.").split("."):
        state, where = states[name], f"{market_path(given)}.access.states.{name}"
        if state.yearly_cut is not None:
            _cut(rows, f"{where}.revision", state.yearly_cut.cut_share)
        if renewal_weights(state):
            _cut(rows, f"{where}.renewal", renewal_cut(state))


def _cut(rows: Rows, where: str, share: float) -> None:
    """A cut, with what the file has to say beside it where it leaves the whole to the rules."""
    known = ((name, rows.provenance(f"{where}.{name}")) for name in TOGETHER[where.rpartition(".")[2]])
    beside = tuple((name, entry.value) for name, entry in known if entry is not None)
    rows.mean(f"{where}.cut_share", share, kind="share", unit="share", beside=beside)


def _contracts(rows: Rows, given: MarketInput) -> None:
    """Contracts with the payers and duties."""
    access, path = access_of(rows.base, given.group), f"{market_path(given)}.access"
    values = {"free_goods_share": access.free_goods_share}
    if access.outcome_contract is not None:
        terms = access.outcome_contract
        values["outcome_contract.refund_share"] = terms.refund_share
        values["outcome_contract.non_response_share"] = terms.non_response_share
    if access.instalments is not None:
        values["instalments.kept_share_per_year"] = access.instalments.kept_share_per_year
        rows.add(f"{path}.instalments.years", float(access.instalments.years), YEARS, locked="form")
    if access.tariff is not None:
        values["tariff.customs_value_share"] = access.tariff.customs_value_share
    for name, value in values.items():
        if value is not None:
            rows.mean(f"{path}.{name}", value.distribution.mean(), kind="share", unit="share")
    if access.tariff is None or not given.duties:
        return
    for i, (day, rate) in enumerate(duty_rates(rows.base.filled, given.group, access.tariff)):
        where = f"{path}.tariff.levels.{i}" if access.tariff.rate is None else f"{path}.tariff"
        known = f"{path}.tariff.rate"
        if day > date.min:
            rows.day(f"{where}.since", day.toordinal(), known=f"{path}.tariff.since")
        if access.tariff.rate is not None:
            rows.mean(f"{where}.rate", rate, kind="share", unit="share")
        else:
            rows.add(f"{where}.rate", rate, SHARE, known=known, locked="law")


def _exclusivity(rows: Rows, given: MarketInput, path: str) -> None:
    rule, loss = given.exclusivity, f"{path}.loss_of_exclusivity"
    if rule.patent is not None:
        rows.day(f"{loss}.patent", rule.patent.toordinal())
    if rule.years is not None:
        rows.add(f"{loss}.exclusivity_years", rule.years, YEARS)
        if rule.approval_to_launch_days and not launch_lag(rows.base, given):
            known, days = f"{path}.approval_to_launch_days", Unit("days", "duration")
            rows.add(known, float(rule.approval_to_launch_days), days, locked="fact")
    rows.add(f"{loss}.retained_share", rule.retained_share, SHARE)


def _table_market(rows: Rows, given: MarketInput) -> None:
    """What formulas use of a market whose sales are looked up: the rest lies in its table."""
    if given.group:  # the timeline waits these years for the state after the loss of exclusivity
        years = rows.base.paths[given.group].path.market.exclusivity.years
        if years is not None:
            rows.add(EXCLUSIVITY.format(market_path(given)), years, YEARS, locked="table")
    plan = next(m for m in rows.base.plan.markets if m.id == given.id)
    if has_plain_cash(given, plan):
        for name in COST_SHARES:
            rows.add(f"{market_path(given)}.{name}", getattr(given, name), SHARE)


def locked_beginnings(base: Assembled, tables: Collection[str]) -> dict[str, str]:
    """How the paths begin whose values formulas do not follow, and why: they are shown and not changed.

    `tables` are the programme's markets that lie in tables.
    """
    found: dict[str, str] = {}
    for given in base.markets:
        path = market_path(given)
        if market_group(given) in tables:
            found |= dict.fromkeys(_in_table(given, path), "table")
        elif given.group:
            found |= {f"{path}.{rest}": "start" for rest in _behind_numbers(base, given)}
    return found


def _in_table(given: MarketInput, path: str) -> Iterator[str]:
    """What lies in a market's table."""
    if given.group:
        yield from (f"{path}.{name}" for name in ("access.", "growth_per_year", "uptake.", "payers.", *COST_SHARES))
    yield f"{path}.competition.entr"
    if given.pool is not None:  # the table holds those who wait as years of new patients
        yield from (f"{path}.patients.{name}" for name in ("population", "incidence", "prevalence"))
    if given.exclusivity.years is not None:
        yield f"{path}.launch_lag"


def _behind_numbers(base: Assembled, given: MarketInput) -> Iterator[str]:
    """The lags that mean numbers of cuts rest on, where they may run already."""
    told = state_words(base, given)
    segment = next(item for item in base.paths[given.group].segments if item.id == given.id)
    for words, item in zip(told.carried if told else (), segment.carried, strict=True):
        for (name, _), (path, _, _) in zip(item.days.lags if item.days else (), words.lags, strict=True):
            if not path:
                yield f"access.transitions.{name}.lag"
