"""When may a trial stop early, and what does looking cost?"""

from onepill.stats.sequential.boundary import Boundary, boundary_at
from onepill.stats.sequential.design import Design, design, equal_shares
from onepill.stats.sequential.spending import Rule, parse_rule, spent

__all__ = ["Boundary", "Design", "Rule", "boundary_at", "design", "equal_shares", "parse_rule", "spent"]
