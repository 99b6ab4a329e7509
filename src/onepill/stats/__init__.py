"""How sure can we be, given this much data?

Pure statistics that more than one engine needs: intervals of proportions, quantiles of censored durations,
shares by a time, shares of regions.
"""

from onepill.stats.event_curves import EventCurve, ShareByTime, event_curve, share_by
from onepill.stats.proportions import product_interval, wilson_interval
from onepill.stats.regional import consistent_share
from onepill.stats.survival import quantiles_from_survival

__all__ = [
    "EventCurve",
    "ShareByTime",
    "consistent_share",
    "event_curve",
    "product_interval",
    "quantiles_from_survival",
    "share_by",
    "wilson_interval",
]
