"""How well does money do that is put into a vehicle: multiples, rates of return, and when it comes back?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onepill.core.dates import DAYS_PER_YEAR
from onepill.deals.equity import Equity, EquityOutcome
from onepill.deals.inputs import SIGNING
from onepill.deals.years import Years
from onepill.sim.plan import Money

PASSED_ON = ("draw", "management_fee", "paid_out", "carried_interest", "clawback")
"""Items between a fund and those behind it, which are no part of what the fund itself pays in and gets."""


@dataclass(frozen=True)
class Spread:
    """Observed order statistics over paths."""

    p5: float
    p50: float
    p95: float


@dataclass(frozen=True)
class MoneyMeasures:
    """What one party's money does in a vehicle, after fees and carry for the partners of a fund.

    Attributes:
        paid_in_usd, paid_out_usd: means over paths, undiscounted.
        multiple: of the mean flows, paid out / paid in; None where nothing is paid in.
        irr_per_year: of the mean flows; None where they do not turn from outlays to income once.
        dpi: by year, all paid out so far / all paid in so far, of the mean flows; NaN before the first payment.
        path_multiple: over the paths on which something is paid in; None without any.
        path_irr_per_year: over those with one rate of return, -1 where all is lost; None without any.
        path_irr_defined_share: of the paths on which something is paid in.
        prob_loss: of getting less than was paid in, on those paths.
    """

    party: str
    paid_in_usd: float
    paid_out_usd: float
    multiple: float | None
    irr_per_year: float | None
    dpi: Money
    path_multiple: Spread | None
    path_irr_per_year: Spread | None
    path_irr_defined_share: float
    prob_loss: float


def years_ahead(years: Years, *, convention: str) -> Money:
    """When each year's flows count as falling, in years from the plan's day, shape (years,).

    `end_year` k, `mid_year` max(k - 1/2, 0), `exact` and `continuous` the middle of the calendar year, k + 1/2 less
    what of year 0 is past, in years of 365.25 days: as discounting has it.
    """
    k = np.arange(years.count, dtype=np.float64)
    if convention == "end_year":
        return k
    if convention == "mid_year":
        return np.maximum(k - 0.5, 0.0)
    past_days = int(years.length_days[0]) - int(years.bounds[1] - years.bounds[0])
    return np.maximum(k + 0.5 - past_days / DAYS_PER_YEAR, 0.0)


def rates_of_return(flows_usd: Money, ahead_years: Money) -> Money:
    """The internal rate of return by row of (paths, years): -1 for outlays without income, NaN where there is none.

    `ahead_years` as `years_ahead` has it: from year 1 on they lie a year apart.
    """
    from onepill.deals.kernel_irr import UNDEFINED
    from onepill.deals.kernel_irr import rates_of_return as fill

    flows = np.ascontiguousarray(flows_usd, dtype=np.float64)
    rates = np.zeros(flows.shape[0])
    fill(flows, float(ahead_years[1] - ahead_years[0]) if ahead_years.size > 1 else 0.0, rates)
    return np.where(rates == UNDEFINED, np.nan, rates)


def mean_flows(outcome: EquityOutcome, party: str, *, passes_on: bool = False) -> tuple[Money, Money]:
    """What a party pays in and gets in each year, means over paths, each 0 or more, shape (years,).

    `passes_on`: the party is a fund, whose payments to those behind it do not count.
    """
    items = [usd for (item, who), usd in outcome.flows_usd.items() if who == party and not _passed(item, passes_on)]
    years = next(iter(outcome.flows_usd.values())).size if outcome.flows_usd else 0
    paid = -sum((np.minimum(usd, 0.0) for usd in items), np.zeros(years))
    return paid, sum((np.maximum(usd, 0.0) for usd in items), np.zeros(years))


def money_measures(outcome: EquityOutcome, party: str, ahead_years: Money, *, passes_on: bool = False) -> MoneyMeasures:
    """The measures of one party, whose yearly flows the outcome must have kept for those by path."""
    paid, got = mean_flows(outcome, party, passes_on=passes_on)
    paid_in, paid_out = float(paid.sum()), float(got.sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        dpi = np.where(paid.cumsum() > 0, got.cumsum() / paid.cumsum(), np.nan)
    invested = outcome.paid_usd[party] > 0
    multiples = outcome.got_usd[party][invested] / outcome.paid_usd[party][invested]
    rates = np.zeros(0)
    if party in outcome.net_usd:
        rates = rates_of_return(outcome.net_usd[party][invested], ahead_years)
    known = rates[~np.isnan(rates)]
    irr = rates_of_return((got - paid)[None, :], ahead_years)[0] if paid_in > 0 else np.nan
    return MoneyMeasures(
        party=party,
        paid_in_usd=paid_in,
        paid_out_usd=paid_out,
        multiple=paid_out / paid_in if paid_in > 0 else None,
        irr_per_year=None if np.isnan(irr) else float(irr),
        dpi=dpi,
        path_multiple=_spread(multiples),
        path_irr_per_year=_spread(known),
        path_irr_defined_share=known.size / rates.size if rates.size else 0.0,
        prob_loss=float((multiples < 1).mean()) if multiples.size else 0.0,
    )


def cost_of_stake_capital(equity: Equity, outcome: EquityOutcome, holder: str, ahead_years: Money) -> float | None:
    """The yearly rate at which what a holder of a stake expects from it is worth what the first round pays for such a
    share: the cost of capital that the round's price implies for it.

    The round's price is its post-money value times the holder's shares after it. None where the first round is not at
    the signing, the holder pays more than he gets, or the rate does not exist.
    """
    rounds = equity.vehicle.rounds
    if not rounds or rounds[0].tranches[0][1] != SIGNING:
        return None
    table = cap_table(equity)[1]
    post_money_usd = rounds[0].pre_money_usd + sum(usd for _, usd in rounds[0].investors)
    paid, got = mean_flows(outcome, holder)
    flows = got - paid
    flows[0] -= post_money_usd * table.get(holder, 0.0)
    rate = rates_of_return(flows[None, :], ahead_years)[0]
    return None if np.isnan(rate) or rate <= -1 else float(rate)


def cap_table(equity: Equity) -> list[dict[str, float]]:
    """Shares by holder before any round and after each of them, where all take place in the listed order."""
    from onepill.deals.kernel_equity import shares_after

    rows = equity.vehicle_rows
    after = np.zeros((rows.round_usd.size + 1, rows.class_holder.shape[0]))
    shares_after(rows, after)
    by_party = after @ rows.class_holder
    return [
        {party: float(share) for party, share in zip(equity.parties, row, strict=True) if share > 0} for row in by_party
    ]


def further_need(outcome: EquityOutcome) -> Mapping[str, float]:
    """How often, and with how much on average, holders must pay beyond the rounds."""
    usd = outcome.further_need_usd
    return {"prob": float((usd > 0).mean()), "mean_usd": float(usd.mean())}


def _passed(item: str, passes_on: bool) -> bool:
    return passes_on and item in PASSED_ON


def _spread(values: npt.NDArray[np.float64]) -> Spread | None:
    if not values.size:
        return None
    p5, p50, p95 = np.quantile(values, (0.05, 0.5, 0.95), method="inverted_cdf")
    return Spread(float(p5), float(p50), float(p95))
