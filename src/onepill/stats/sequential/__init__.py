"""When may a trial stop early, and what does looking cost?"""

from onepill.stats.sequential.boundary import Boundary, walk
from onepill.stats.sequential.design import Design, design, equal_shares
from onepill.stats.sequential.spending import Rule, parse_rule, spent

__all__ = ["Boundary", "Design", "Rule", "design", "equal_shares", "parse_rule", "spent", "walk"]
