"""What is questionable about a market's input, before its tables are made."""

from __future__ import annotations

from collections.abc import Iterator

from onepill.access.competition import share_steps
from onepill.access.inputs import MarketInput
from onepill.core.errors import Finding

LEAST_SHARE = 0.001
"""A product of a flow's shares below this is more often a slip than a niche."""
LARGE_POOL_YEARS = 20.0
"""A pool of more years of new patients than this is a chronic disease, in which treatment lasts for years."""


def check_market(given: MarketInput, *, flow_share: float | None = None) -> list[Finding]:
    """Findings on one market's input; `flow_share` is the product of its patient flow's shares at their means.

    Returns:
        `market.margin` (warning) where costs eat all sales, `patients.few` (warning) where the flow leaves next to
        nobody, `patients.pool_large` (note) for a pool of many years' patients, `competition.past` (warning) for an
        entrant of before the plan's day and `competition.small` (note) where rivals leave less than half the share.
    """
    return [
        *_margin(given),
        *_patients(given, flow_share),
        *_competition(given),
    ]


def _margin(given: MarketInput) -> Iterator[Finding]:
    margin = 1 - given.cogs_share - given.selling_share
    if margin < 0:
        message = f"cost of goods and selling take {1 - margin:.0%} of the sales in {given.id.upper()}"
        yield Finding("market.margin", "warning", message, "check the two shares", f"markets.{given.id}", value=margin)


def _patients(given: MarketInput, flow_share: float | None) -> Iterator[Finding]:
    path = f"markets.{given.id}.patients"
    if flow_share is not None and flow_share < LEAST_SHARE:
        message = f"the steps leave {flow_share:.2%} of the patients in {given.id.upper()}"
        yield Finding(
            "patients.few", "warning", message, "is a share of 5 % written as 0.0005?", path, value=flow_share
        )
    if given.pool is not None and given.has_yearly_patients and given.pool.ratio_years > LARGE_POOL_YEARS:
        years = given.pool.ratio_years
        message = f"{years:,.0f} years of new patients wait at launch in {given.id.upper()}"
        hint = "months_on_treatment counts one course; a pool is treated once, evenly over its years"
        yield Finding("patients.pool_large", "note", message, hint, f"{path}.prevalence", value=years)


def _competition(given: MarketInput) -> Iterator[Finding]:
    if given.competition is None or not given.competition.rivals:
        return
    path, steps = f"markets.{given.id}.competition", share_steps(given.competition)
    if int(steps.days[0]) <= given.competition.as_of.toordinal():
        message = f"an entrant in {given.id.upper()} is expected by the plan's day"
        yield Finding("competition.past", "warning", message, "count it in in_class, or give a later day", path)
    least = float(steps.factors[0, -1])
    if least < 0.5:
        message = f"expected rivals leave {least:.0%} of the first share in {given.id.upper()}"
        yield Finding("competition.small", "note", message, "the peak is that of before they come", path, value=least)
