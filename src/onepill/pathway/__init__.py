"""Which route, which day, which documents?"""

from onepill.pathway.clocks import forecast_distribution
from onepill.pathway.inputs import FilingInput, GateInput, NetworkInput, StageInput
from onepill.pathway.network import approval_procedure, build_network, listing_days
from onepill.pathway.review_clocks import STEP_NAMES
from onepill.pathway.review_times import ReviewTime
from onepill.pathway.tables import ActivityInfo, ClockUse, GateInfo, Network

__all__ = [
    "STEP_NAMES",
    "ActivityInfo",
    "ClockUse",
    "FilingInput",
    "GateInfo",
    "GateInput",
    "Network",
    "NetworkInput",
    "ReviewTime",
    "StageInput",
    "approval_procedure",
    "build_network",
    "forecast_distribution",
    "listing_days",
]
