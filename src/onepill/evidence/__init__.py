"""How likely is it, and what is the cheapest way to know?

Published base rates of success (two tables, never mixed), the chance of a stage pooled over the cuts that a programme
lies in and shifted by what is known about the drug, and default durations of trials from public registries. Methods:
docs/methods/base-rates.md, docs/methods/success.md, docs/methods/stage-durations.md.
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
from onepill.evidence.factors import Factor, Item, Shift, factor, factor_ids, role_of, switch_names
from onepill.evidence.gate_bases import CutUse, GateBase, Profile, gate_base
from onepill.evidence.gates import (
    STAGE_KINDS,
    Counterpart,
    approval,
    counterpart,
    cumulative_to_approval,
    other_table_prob,
    stage_success,
)
from onepill.evidence.known import Effect, Fact, Known, Response, Switches
from onepill.evidence.rate_tables import CUTS, RateTable, TransitionCount, published_table, registry_table
from onepill.evidence.stage_chances import (
    CHANCE_DRAWS,
    CHANCE_SEED,
    Adjustment,
    StageChance,
    chance_interval,
    chance_median,
    gate_draws,
    gate_shift,
    stage_chance,
)

__all__ = [
    "AREAS",
    "CHANCE_DRAWS",
    "CHANCE_SEED",
    "CUTS",
    "DEFAULT_TABLE",
    "OTHER_TABLE",
    "STAGE_KINDS",
    "TABLES",
    "Adjustment",
    "Area",
    "BaseRate",
    "Counterpart",
    "CutUse",
    "DurationDefault",
    "Effect",
    "Fact",
    "Factor",
    "GateBase",
    "Item",
    "Known",
    "Profile",
    "RateTable",
    "Response",
    "Shift",
    "StageChance",
    "Switches",
    "Table",
    "TransitionCount",
    "approval",
    "area_of_conditions",
    "base_rate",
    "chance_interval",
    "chance_median",
    "check_prob",
    "counterpart",
    "cumulative_to_approval",
    "default_duration",
    "factor",
    "factor_ids",
    "gate_base",
    "gate_draws",
    "gate_shift",
    "gates_for",
    "other_table_prob",
    "printed_cumulative",
    "published_table",
    "registry_table",
    "role_of",
    "stage_chance",
    "stage_success",
    "switch_names",
    "table_about",
]
