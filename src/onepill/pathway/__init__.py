"""Which route, which day, which documents?"""

from onepill.pathway.clocks import forecast_distribution
from onepill.pathway.inputs import FilingInput, GateInput, NetworkInput, StageInput
from onepill.pathway.network import build_network
from onepill.pathway.tables import ActivityInfo, ClockUse, GateInfo, Network

__all__ = [
    "ActivityInfo",
    "ClockUse",
    "FilingInput",
    "GateInfo",
    "GateInput",
    "Network",
    "NetworkInput",
    "StageInput",
    "build_network",
    "forecast_distribution",
]
