"""How likely is it, and what is the cheapest way to know?

First slice: published base rates of success by area (two tables, never mixed), and default durations of trials from
public registries. Methods: docs/methods/base-rates.md, docs/methods/stage-durations.md.
"""

from onepill.evidence.areas import AREAS, Area
from onepill.evidence.base_rates import (
    DEFAULT_TABLE,
    OTHER_TABLE,
    TABLES,
    BaseRate,
    Table,
    base_rate,
    gates_for,
    printed_cumulative,
    table_about,
)
from onepill.evidence.checks import check_prob
from onepill.evidence.conditions import area_of_conditions
from onepill.evidence.durations import DurationDefault, default_duration
from onepill.evidence.gates import (
    STAGE_KINDS,
    Counterpart,
    approval,
    counterpart,
    cumulative_to_approval,
    other_table_prob,
    stage_success,
)

__all__ = [
    "AREAS",
    "DEFAULT_TABLE",
    "OTHER_TABLE",
    "STAGE_KINDS",
    "TABLES",
    "Area",
    "BaseRate",
    "Counterpart",
    "DurationDefault",
    "Table",
    "approval",
    "area_of_conditions",
    "base_rate",
    "check_prob",
    "counterpart",
    "cumulative_to_approval",
    "default_duration",
    "gates_for",
    "other_table_prob",
    "printed_cumulative",
    "stage_success",
    "table_about",
]
