"""Who pays whom, when, and what is it worth to each?"""

from onepill.deals.bases import Bases
from onepill.deals.days import TERMINATION, ContractDays
from onepill.deals.evaluate import Case, decide_options, evaluate
from onepill.deals.outcome import FlowKey, Outcome, join_outcomes
from onepill.deals.timeline import Timeline
from onepill.deals.years import Years

__all__ = [
    "TERMINATION",
    "Bases",
    "Case",
    "ContractDays",
    "FlowKey",
    "Outcome",
    "Timeline",
    "Years",
    "decide_options",
    "evaluate",
    "join_outcomes",
]
