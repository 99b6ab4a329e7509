"""How sure can we be, given this much data?

Pure statistics that more than one engine needs: intervals of proportions, quantiles of censored durations,
shares of regions.
"""

from onepill.stats.proportions import product_interval, wilson_interval
from onepill.stats.regional import consistent_share
from onepill.stats.survival import quantiles_from_survival

__all__ = ["consistent_share", "product_interval", "quantiles_from_survival", "wilson_interval"]
