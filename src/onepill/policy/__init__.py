"""Which measures apply to this pill, and what are they worth?"""

from onepill.policy.measures import MeasureMatch, match_policy, overlay_of

__all__ = ["MeasureMatch", "match_policy", "overlay_of"]
