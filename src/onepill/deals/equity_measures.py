"""How well does money do that is put into a vehicle: multiples, rates of return, and when it comes back?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onepill.core.dates import DAYS_PER_YEAR
from onepill.deals.equity import Equity, EquityOutcome
from onepill.deals.equity_rows import BLOCK_PATHS
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
    from onepill.deals.kernel_irr import FIRST, UNDEFINED
    from onepill.deals.kernel_irr import rates_of_return as fill

    flows = np.ascontiguousarray(flows_usd.T, dtype=np.float64)
    rates, work = np.zeros(flows.shape[1]), np.zeros((FIRST + 1, BLOCK_PATHS))
    fill(flows, float(ahead_years[1] - ahead_years[0]) if ahead_years.size > 1 else 0.0, work, rates)
    return np.where(rates == UNDEFINED, np.nan, rates)


@dataclass(frozen=True)
class MoneyTally:
    """What the measures need of a stretch of paths; tallies of stretches join.

    Attributes:
        paths: how many.
        flows_usd: mean by (item, party), shape (years,).
        mean_share: by party, at the exit or the end.
        passes_on: the funds, whose payments to those behind them do not count.
        multiples, rates: by party, of the paths on which it pays in; a rate is NaN where there is none.
        exits: how many paths each exit ends.
        needed: on how many paths holders pay beyond the rounds.
        needed_usd: how much on average.
    """

    paths: int
    flows_usd: dict[tuple[str, str], Money]
    mean_share: dict[str, float]
    passes_on: frozenset[str]
    multiples: dict[str, Money]
    rates: dict[str, Money]
    exits: npt.NDArray[np.int64]
    needed: int
    needed_usd: float


def invested(equity: Equity) -> tuple[str, ...]:
    """Whose money is measured: investors of the rounds, and the partners of those that are funds."""
    investors = [id_ for round_ in equity.vehicle.rounds for id_, _ in round_.investors]
    return tuple(dict.fromkeys([*investors, *(fund.partners for fund in equity.funds)]))


def tally(equity: Equity, outcome: EquityOutcome, ahead_years: Money) -> MoneyTally:
    """Of an outcome that has kept the yearly flows of all who are `invested`."""
    multiples, rates = dict[str, Money](), dict[str, Money]()
    for party in invested(equity):
        paying = outcome.paid_usd[party] > 0
        multiples[party] = outcome.got_usd[party][paying] / outcome.paid_usd[party][paying]
        rates[party] = rates_of_return(outcome.net_usd[party][paying], ahead_years)
    return MoneyTally(
        paths=outcome.paths,
        flows_usd=outcome.flows_usd,
        mean_share=outcome.mean_share,
        passes_on=frozenset(fund.party for fund in equity.funds),
        multiples=multiples,
        rates=rates,
        exits=np.array([(outcome.exit_at == k).sum() for k in range(len(equity.vehicle.exits))], dtype=np.int64),
        needed=int((outcome.further_need_usd > 0).sum()),
        needed_usd=float(outcome.further_need_usd.mean()),
    )


def join_tallies(parts: Iterable[MoneyTally]) -> MoneyTally:
    """One tally of several stretches of paths of the same structure."""
    parts = list(parts)
    paths = sum(part.paths for part in parts)
    weights = [part.paths / paths for part in parts]
    flows: dict[tuple[str, str], Money] = {}
    for part, weight in zip(parts, weights, strict=True):
        for key, usd in part.flows_usd.items():
            flows[key] = flows.get(key, np.zeros_like(usd)) + weight * usd
    first = parts[0]
    weighted = list(zip(parts, weights, strict=True))
    return MoneyTally(
        paths=paths,
        flows_usd=flows,
        mean_share={party: sum(w * part.mean_share[party] for part, w in weighted) for party in first.mean_share},
        passes_on=first.passes_on,
        multiples={party: np.concatenate([part.multiples[party] for part in parts]) for party in first.multiples},
        rates={party: np.concatenate([part.rates[party] for part in parts]) for party in first.rates},
        exits=np.sum([part.exits for part in parts], axis=0),
        needed=sum(part.needed for part in parts),
        needed_usd=sum(w * part.needed_usd for part, w in weighted),
    )


def mean_flows(found: MoneyTally, party: str) -> tuple[Money, Money]:
    """What a party pays in and gets in each year, means over paths, each 0 or more, shape (years,)."""
    left_out = PASSED_ON if party in found.passes_on else ()
    items = [usd for (item, who), usd in found.flows_usd.items() if who == party and item not in left_out]
    years = next(iter(found.flows_usd.values())).size if found.flows_usd else 0
    paid = -sum((np.minimum(usd, 0.0) for usd in items), np.zeros(years))
    return paid, sum((np.maximum(usd, 0.0) for usd in items), np.zeros(years))


def money_measures(found: MoneyTally, party: str, ahead_years: Money) -> MoneyMeasures:
    """The measures of one who is `invested`."""
    paid, got = mean_flows(found, party)
    paid_in, paid_out = float(paid.sum()), float(got.sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        dpi = np.where(paid.cumsum() > 0, got.cumsum() / paid.cumsum(), np.nan)
    multiples, rates = found.multiples[party], found.rates[party]
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


def cost_of_stake_capital(equity: Equity, found: MoneyTally, holder: str, ahead_years: Money) -> float | None:
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
    paid, got = mean_flows(found, holder)
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


def _spread(values: npt.NDArray[np.float64]) -> Spread | None:
    if not values.size:
        return None
    p5, p50, p95 = np.quantile(values, (0.05, 0.5, 0.95), method="inverted_cdf")
    return Spread(float(p5), float(p50), float(p95))
