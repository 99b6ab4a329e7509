"""How likely is it, and what is the cheapest way to know?

Published base rates of success (two tables, never mixed), the chance of a stage pooled over the cuts that a programme
lies in and shifted by what is known about the drug, default durations of trials from public registries, and
transitions between phases counted from dated histories. Methods: docs/methods/base-rates.md, docs/methods/success.md,
docs/methods/stage-durations.md, docs/methods/transitions.md.
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
from onepill.evidence.conditions import area_of_conditions, area_of_headings
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
from onepill.evidence.transition_histories import ApprovalDays, Histories, PhaseEvidence, histories_on
from onepill.evidence.transition_tables import default_wait, printed_beside, registry_counts
from onepill.evidence.transitions import STEPS, Counted, Followed, Span, followed, path_by_path, phase_by_phase

__all__ = [
    "AREAS",
    "CHANCE_DRAWS",
    "CHANCE_SEED",
    "CUTS",
    "DEFAULT_TABLE",
    "OTHER_TABLE",
    "STAGE_KINDS",
    "STEPS",
    "TABLES",
    "Adjustment",
    "ApprovalDays",
    "Area",
    "BaseRate",
    "Counted",
    "Counterpart",
    "CutUse",
    "DurationDefault",
    "Effect",
    "Fact",
    "Factor",
    "Followed",
    "GateBase",
    "Histories",
    "Item",
    "Known",
    "PhaseEvidence",
    "Profile",
    "RateTable",
    "Response",
    "Shift",
    "Span",
    "StageChance",
    "Switches",
    "Table",
    "TransitionCount",
    "approval",
    "area_of_conditions",
    "area_of_headings",
    "base_rate",
    "chance_interval",
    "chance_median",
    "check_prob",
    "counterpart",
    "cumulative_to_approval",
    "default_duration",
    "default_wait",
    "factor",
    "factor_ids",
    "followed",
    "gate_base",
    "gate_draws",
    "gate_shift",
    "gates_for",
    "histories_on",
    "other_table_prob",
    "path_by_path",
    "phase_by_phase",
    "printed_beside",
    "printed_cumulative",
    "published_table",
    "registry_counts",
    "registry_table",
    "role_of",
    "stage_chance",
    "stage_success",
    "switch_names",
    "table_about",
]
