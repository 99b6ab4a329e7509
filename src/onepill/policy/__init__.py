"""Which measures apply to this pill, and what are they worth?"""

from onepill.policy.measures import MeasureMatch, Uptake, match_policy, overlay_of

__all__ = ["MeasureMatch", "Uptake", "match_policy", "overlay_of"]
