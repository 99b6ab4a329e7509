"""Assumptions about licences that come back: nothing published tells these numbers, and each says so."""

from __future__ import annotations

from dataclasses import dataclass

from onepill.core.distributions import triangular
from onepill.core.units import DAYS_PER_UNIT
from onepill.deals.clauses import ClauseEffect
from onepill.workbench.defaults import Default

_MONTH = DAYS_PER_UNIT["months"]
SECOND_LIFE: dict[str, Default] = {
    "transition": Default(
        triangular(3 * _MONTH, 6 * _MONTH, 12 * _MONTH),
        "days",
        "until data, filings, trials and stock are handed over; no published durations were found; its mean is used",
    ),
    "restart": Default(
        triangular(3 * _MONTH, 6 * _MONTH, 12 * _MONTH),
        "days",
        "until money and people are found and the work goes on; no published durations were found; its mean is used",
    ),
    "repeat_share": Default(
        triangular(0.0, 0.1, 0.3),
        "share",
        "of what the partner had spent on development, spent once more; nothing published was found; its mean is used",
    ),
    "sales_dip_share": Default(
        triangular(0.0, 0.1, 0.3),
        "share",
        "of further sales lost with the partner's sales force; nothing published was found; its mean is used",
    ),
}


@dataclass(frozen=True)
class ClauseDefault:
    """The factors that a clause is assumed to have, and in what way it would act."""

    effects: tuple[ClauseEffect, ...]
    why: str


CLAUSE_EFFECTS: dict[str, ClauseDefault] = {
    "diligence": ClauseDefault(
        (ClauseEffect("hazard", 0.7, 0.85, 1.0),),
        "assumed: dated duties make shelving a breach, so that fewer programmes are dropped for strategy",
    ),
    "step_in": ClauseDefault(
        (ClauseEffect("restart", 0.3, 0.5, 0.8),),
        "assumed: the owner may run the trials itself at once, so that the work stands still for less time",
    ),
    "transition": ClauseDefault(
        (ClauseEffect("transition", 0.3, 0.5, 0.8),),
        "assumed: the partner must hand over filings, trials and stock by a date",
    ),
    "data_return": ClauseDefault(
        (ClauseEffect("repeat", 0.0, 0.25, 0.5), ClauseEffect("chance", 1.0, 1.2, 1.4)),
        "assumed: with the partner's data less is repeated and a new start is likelier",
    ),
    "break_fee": ClauseDefault(
        (ClauseEffect("hazard", 0.8, 0.9, 1.0),),
        "assumed: who pays for leaving leaves less often; the payment itself is a term of the contract",
    ),
}


@dataclass(frozen=True)
class CauseShare:
    """A cause's share of the ends that the paths do not tell themselves."""

    cause: str
    low: float
    mode: float
    high: float
    why: str


CAUSES: tuple[CauseShare, ...] = (
    CauseShare(
        "strategy",
        0.4,
        0.6,
        0.75,
        "mode: 60 percent of the largest terminations of 2010 to mid-2011 were announced as a change of strategy",
    ),
    CauseShare("competition", 0.05, 0.15, 0.3, "assumed; rivals' launches are not on the paths"),
    CauseShare("partner_funding", 0.05, 0.15, 0.3, "assumed; likelier with a small partner or a new company"),
    CauseShare("regulator", 0.02, 0.05, 0.15, "assumed: asks for more before filing, which no path tells"),
    CauseShare("quality", 0.01, 0.05, 0.1, "assumed"),
)
"""The modes sum to 1. Efficacy and safety are left to the trials on the paths."""
