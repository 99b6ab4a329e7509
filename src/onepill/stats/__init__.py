"""How sure can we be, given this much data?

Pure statistics that more than one engine needs: intervals of proportions, quantiles of censored durations, shares by a
time, shares of regions; and designs of trials, each in its module (`sequential`, `fixed`, `endpoints`, `accrual`,
`single_arm`), which import scipy and are imported where they are needed.
"""

from onepill.stats.event_curves import EventCurve, ShareByTime, event_curve, share_by
from onepill.stats.proportions import product_interval, wilson_interval
from onepill.stats.regional import consistent_share, effect_kept_prob, same_direction_prob, same_direction_share
from onepill.stats.survival import quantiles_from_survival

__all__ = [
    "EventCurve",
    "ShareByTime",
    "consistent_share",
    "effect_kept_prob",
    "event_curve",
    "product_interval",
    "quantiles_from_survival",
    "same_direction_prob",
    "same_direction_share",
    "share_by",
    "wilson_interval",
]
