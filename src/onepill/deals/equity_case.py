"""A structure with a vehicle on the programme's paths: what the legs leave it, shared out among its holders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from onepill.deals.bases import Bases
from onepill.deals.days import ContractDays
from onepill.deals.equity import Equity, EquityDays, EquityOutcome, share_out
from onepill.deals.equity_exits import ExitSums, exit_sums
from onepill.deals.evaluate import Case
from onepill.deals.inputs import Discounts
from onepill.deals.outcome import FlowKey, Outcome
from onepill.sim.plan import Money


def equity_days(case: Case, bases: Bases, outcome: Outcome, equity: Equity) -> EquityDays:
    """The days of tranches and exits on these paths, with the flows that `outcome` kept for the vehicle."""
    days = ContractDays.of(case.structure, bases.timeline.futures, case.held_until)
    none = np.empty((0, bases.paths), dtype=np.int32)
    return EquityDays(
        flows_usd=outcome.yearly_usd[equity.vehicle.party],
        tranche=np.array([days.of_when(when) for when in equity.tranche_days]) if equity.tranche_days else none,
        exit=np.array([days.of_when(when) for when in equity.exit_days]) if equity.exit_days else none,
        held_until=days.held_until,
    )


def price_exits(case: Case, bases: Bases, outcome: Outcome, equity: Equity, buyers: Sequence[Discounts]) -> ExitSums:
    """This stretch's part of what the exits are worth; `exit_values` makes values of the sum over all stretches."""
    return exit_sums(equity, equity_days(case, bases, outcome, equity), bases.years, buyers)


def with_equity(
    case: Case,
    bases: Bases,
    outcome: Outcome,
    equity: Equity,
    *,
    exit_value_usd: Money,
    keep: Iterable[str] | None = None,
) -> tuple[Outcome, EquityOutcome]:
    """The outcome of the legs with the vehicle's money shared out, and what moved for it.

    Args:
        outcome: of `evaluate` with the vehicle's party among those kept, and no rule of its own for the vehicle.
        exit_value_usd: by exit, from `equity_exits.exit_values` over all paths.
        keep: parties whose yearly flows with the vehicle are wanted in the second answer; the first then has nobody's
            years. None: those whose years `outcome` has, to which they are added.
    """
    owner = case.discounts[case.structure.owner]
    discounts = {party: case.discounts.get(party, owner) for party in equity.parties}
    days = equity_days(case, bases, outcome, equity)
    wanted = outcome.yearly_usd if keep is None else keep
    found = share_out(equity, days, bases.years, discounts, exit_value_usd=exit_value_usd, keep=wanted)
    return _joined(outcome if keep is None else replace(outcome, yearly_usd={}), found, equity), found


def _joined(outcome: Outcome, found: EquityOutcome, equity: Equity) -> Outcome:
    npv, first, yearly = dict(outcome.npv_usd), dict(outcome.first_cash_day), dict(outcome.yearly_usd)
    conduits = {fund.party for fund in equity.funds}
    for party in equity.parties:
        npv[party] = _added(npv, party, found.npv_usd[party])
        first[party] = np.minimum(first[party], found.first_day[party]) if party in first else found.first_day[party]
        if party in yearly and party not in conduits:
            yearly[party] = yearly[party] + found.net_usd[party]
    flows = outcome.flows_usd | {FlowKey("vehicle", item, party): usd for (item, party), usd in found.flows_usd.items()}
    return replace(outcome, npv_usd=npv, first_cash_day=first, yearly_usd=yearly, flows_usd=flows)


def _added(known: Mapping[str, Money], party: str, usd: Money) -> Money:
    return known[party] + usd if party in known else usd
