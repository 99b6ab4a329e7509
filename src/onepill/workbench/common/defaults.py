"""What is used where a programme leaves a value out and no rule or table has one: each says why, and is flagged."""

from __future__ import annotations

from dataclasses import dataclass

from onepill.core.distributions import Distribution, fixed, triangular
from onepill.core.provenance import Source
from onepill.core.units import DAYS_PER_UNIT

FIXED_SWING = 0.2
"""A fixed number is moved by this share either way in the tornado: a convention, named in every such row."""
_MONTH = DAYS_PER_UNIT["months"]
MARTIN = Source(
    "Martin L, Hutchens M, Hawkins C, Radnov A (2017) How much do clinical trials cost? "
    "Nature Reviews Drug Discovery 16:381-382",
    "https://doi.org/10.1038/nrd.2017.70",
    "2017",
)
PAUL = Source(
    "Paul SM et al. (2010) How to improve R&D productivity. Nature Reviews Drug Discovery 9:203-214",
    "https://doi.org/10.1038/nrd3078",
    "2010",
)

SACKS = Source(
    "Sacks LV et al. (2014) Scientific and regulatory reasons for delay and denial of FDA approval of initial "
    "applications for new drugs, 2000-2012. JAMA 311:378-384",
    "http://jama.jamanetwork.com/article.aspx?articleid=1817795",
    "2014",
)


@dataclass(frozen=True)
class Default:
    """A default value: `unit` as in the programme; its source, where there is one, is not verified."""

    distribution: Distribution
    unit: str
    why: str
    source: Source | None = None


def _months(low: float, mode: float, high: float) -> Distribution:
    return triangular(low * _MONTH, mode * _MONTH, high * _MONTH)


STAGE_DURATIONS: dict[str, Default] = {
    "preclinical": Default(fixed(365.25), "days", "preclinical stage of Paul 2010, table of stages: 1.0 year", PAUL),
    "bridging": Default(_months(9, 14, 24), "days", "no cell of the registry table covers bridging studies"),
    "dose_optimisation": Default(
        _months(9, 14, 24),
        "days",
        "taken as a bridging study; no cell of the registry table covers comparisons of doses",
    ),
    "post_marketing": Default(
        _months(24, 36, 60), "days", "no cell of the registry table covers post-marketing studies"
    ),
    "other": Default(_months(6, 12, 24), "days", "no cell of the registry table covers this kind of work"),
}
TRIAL_COSTS: dict[str, Default] = {
    "preclinical": Default(fixed(5e6), "USD", "cost per programme in preclinical work, Paul 2010", PAUL),
    "phase_1": Default(fixed(3.4e6), "USD", "median cost of a phase 1 trial", MARTIN),
    "phase_1_2": Default(fixed(12.0e6), "USD", "sum of the medians of a phase 1 and a phase 2 trial", MARTIN),
    "phase_2": Default(fixed(8.6e6), "USD", "median cost of a phase 2 trial", MARTIN),
    "phase_2_3": Default(fixed(30.0e6), "USD", "sum of the medians of a phase 2 and a phase 3 trial", MARTIN),
    "phase_3": Default(fixed(21.4e6), "USD", "median cost of a phase 3 trial", MARTIN),
    "bridging": Default(fixed(3.4e6), "USD", "taken as the median of a phase 1 trial", MARTIN),
    "dose_optimisation": Default(fixed(8.6e6), "USD", "taken as the median of a phase 2 trial", MARTIN),
    "post_marketing": Default(fixed(8.6e6), "USD", "taken as the median of a phase 2 trial", MARTIN),
    "other": Default(fixed(0.0), "USD", "no cost is known for this kind of work"),
}
STAGE_SUCCESS: dict[str, Default] = {
    "preclinical": Default(fixed(0.69), "share", "preclinical stage of Paul 2010, table of stages", PAUL),
}
PREPARATION = Default(_months(4, 6, 9), "days", "time from the last readout to the submission")
RESUBMISSION = Default(_months(8, 11, 16), "days", "the applicant's work and the agency's second review")
ANSWER = Default(
    _months(3, 8, 14),
    "days",
    "the applicant's work before a resubmission, so that with FDA's second review the median is near the 435 days that "
    "the source reports from the first action to approval; the spread is assumed",
    SACKS,
)
LAUNCH_LAG = Default(_months(1, 3, 6), "days", "time from approval to the first sale")
COGS = Default(fixed(0.15), "share", "cost of goods as a share of net sales")
SELLING = Default(fixed(0.30), "share", "selling and administration as a share of net sales")
TAX = Default(fixed(0.25), "share", "income tax on the market's operating cash, without loss offset")
DISCOUNT = Default(fixed(0.11), "share", "cost of capital used by Paul 2010", PAUL)
