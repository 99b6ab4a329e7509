"""Defaults of payer paths that published ranges make distributions: what was published holds, the shape is assumed.

A range becomes a distribution where its ends and a mean strictly between them are known on the plan's day: the beta
distribution between the ends with that mean and the weight of PERT (Malcolm, Roseboom, Clark and Fazar 1959). Where one
of them is missing the mean alone is used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from onepill.core.distributions import Distribution, beta, empirical, fixed
from onepill.sim.plan import Draw
from onepill.workbench.plan.payer_fill import PathContext

PERT_WEIGHT = 6.0
"""The sum of the two shape parameters of a PERT distribution."""
Filler = Callable[[PathContext, str], Draw]
Published = tuple[str, str]
"""A rule, and the key of its value where that holds several numbers (else empty)."""


@dataclass(frozen=True)
class Range:
    """Published numbers that a default is made of; `reading` says of what the ends are. Without ends: one number."""

    mean: Published
    low: Published | None = None
    high: Published | None = None
    reading: str = ""


def between(low: float, mean: float, high: float) -> Distribution:
    """From `low` to `high` with this mean, shaped as PERT is; the mean alone where it is not between them."""
    if not low < mean < high:
        return fixed(mean)
    share = (mean - low) / (high - low)
    return beta(PERT_WEIGHT * share, PERT_WEIGHT * (1 - share), low, high)


def one_less(cut: Distribution) -> Distribution:
    """The distribution of 1 less a value.

    Raises:
        ValueError: a kind that no published range becomes.
    """
    if cut.is_fixed:
        return fixed(1 - cut.params[0])
    if cut.kind == "beta":
        alpha, beta_, low, high = cut.params
        return beta(beta_, alpha, 1 - high, 1 - low)
    if cut.kind == "empirical":
        half = len(cut.params) // 2
        values, probs = cut.params[:half], cut.params[half:]
        return empirical(tuple(1 - p for p in reversed(probs)), tuple(1 - v for v in reversed(values)))
    raise ValueError(f"no published range is {cut.kind}")


def from_range(ctx: PathContext, path: str, given: Range, *, unit: str = "share") -> Draw | None:
    """A published mean with its spread; None where the mean was not known on the plan's day."""
    mean = ctx.published(path, *given.mean)
    if mean is None:
        return None
    low, high = (end and ctx.published(path, *end) for end in (given.low, given.high))
    if low is None or high is None:
        return ctx.derived(path, mean.number, "the mean: no ends were known on the day", (mean.row,), unit)
    spread = between(low.number, mean.number, high.number)
    rows = tuple(dict.fromkeys((mean.row, low.row, high.row)))
    formula = f"beta with the mean and the ends: {given.reading}"
    if spread.is_fixed:
        formula = f"the mean, which is not between the ends: {given.reading}"
    return ctx.spread(path, spread, formula, rows, unit)


def price_after(given: Range, *, missing_cut: float) -> Filler:
    """One less a published cut; where none was known, an assumed one."""

    def fill(ctx: PathContext, path: str) -> Draw:
        found = from_range(ctx, f"{path}.cut", given)
        if found is None:
            why = f"no value of {given.mean[0]} was known on the day; a cut of {missing_cut:.0%}"
            return ctx.assumed(path, fixed(1 - missing_cut), why)
        return ctx.derived(path, one_less(found.distribution), "1 - price cut", (found.stream,))

    return fill


def wait(given: Range, *, missing_days: float) -> Filler:
    """Days from launch (the first sale that the file plans) to reimbursement, the same number of days earlier."""

    def fill(ctx: PathContext, path: str) -> Draw:
        lag = ctx.launch_lag_days
        found = from_range(ctx, f"{path}.from_authorisation", given, unit="days")
        if found is None:
            why = f"no survey was known on the day; {missing_days:.0f} days from authorisation"
            return ctx.assumed(path, fixed(max(missing_days - lag, 0.0)), why, "days")
        formula = f"days from authorisation to availability less the mean {lag} days to launch, at least 0"
        return ctx.derived(path, _earlier(found.distribution, lag), formula, (found.stream,), "days")

    return fill


def _earlier(days: Distribution, lag: float) -> Distribution:
    """The days less the lag: the mean as it is, and no end below 0."""
    mean = max(days.mean() - lag, 0.0)
    if days.is_fixed:
        return fixed(mean)
    _, _, low, high = days.params
    return between(max(low - lag, 0.0), mean, high - lag)


def german_price(ctx: PathContext, path: str) -> Draw | None:
    """The price that is left by the negotiation after the benefit assessment; the first one where none was known.

    Of the cuts the mean and three classes of size are published. Within a class they are taken as even; the least is
    taken as none, and the largest is the one that gives the mean.
    """
    rule, cut = "eu.germany.negotiated_cut", f"{path}.cut"
    keys = ("mean", "drugs_below_20_percent", "drugs_20_to_30_percent", "drugs_above_30_percent")
    known = [ctx.published(cut, rule, key) for key in keys]
    found = [value for value in known if value is not None]
    if len(found) < len(keys):
        return None
    mean, below, middle, above = (value.number for value in found)
    largest = 2 * (mean - below * 0.1 - middle * 0.25) / above - 0.3
    spread, formula = fixed(mean), "the mean, which the classes do not give"
    if 0.3 < largest <= 1:
        spread = empirical((0.0, below, below + middle, 1.0), (0.0, 0.2, 0.3, largest))
        formula = f"even within the published classes, from 0 to {largest:.3f}, which gives the mean"
    drawn = ctx.spread(cut, spread, formula, (found[0].row,))
    return ctx.derived(path, one_less(drawn.distribution), "1 - price cut", (drawn.stream,))


LISTING = Range(
    mean=("cn.nrdl.price_cut", ""),
    low=("cn.nrdl.price_cut.round_range", "minimum"),
    high=("cn.nrdl.price_cut.largest", ""),
    reading="one drug's cut lies between the least mean of a round and the largest that is told of one drug",
)
GROUP_BUYING = Range(
    mean=("cn.vbp.price_cut", ""),
    low=("cn.vbp.price_cut.drug_range", "minimum"),
    high=("cn.vbp.price_cut.drug_range", "maximum"),
    reading="the cuts offered for single drugs in the third round, which are against the ceiling of the bid",
)
AVAILABILITY = Range(
    mean=("eu.reimbursement.days_to_availability", ""),
    low=("eu.reimbursement.days_to_availability.country_range", "minimum"),
    high=("eu.reimbursement.days_to_availability.country_range", "maximum"),
    reading="the countries' means, from the fastest to the slowest",
)
GERMAN_AVAILABILITY = Range(mean=("eu.reimbursement.days_to_availability.germany", ""))
EXPANSION = Range(
    mean=("jp.nhi.market_expansion_cut.drugs_2018", "mean"),
    low=("jp.nhi.market_expansion_cut.drugs_2018", "minimum"),
    high=("jp.nhi.market_expansion_cut.drugs_2018", "maximum"),
    reading="the nine drugs of April 2018, other parts of that revision included",
)
