"""Who else is there, and who is first?

Dated evidence of the world's programmes in (`inputs`, `world`), answers as of any day out. Pure: arrays and frozen
objects.
"""

from onepill.landscape.answer import Landscape, landscape
from onepill.landscape.asking import check_question
from onepill.landscape.burden import BurdenTable, burden_focus
from onepill.landscape.change_days import Standing, Standings, date_changes
from onepill.landscape.compare import compare_origin, entrants, sponsor_concentration, tag_mix
from onepill.landscape.crowding import Crowding, crowding
from onepill.landscape.firsts import Firsts, firsts
from onepill.landscape.inputs import (
    ApprovalRow,
    DiscontinuationRow,
    DrugRow,
    EvidenceRow,
    Measure,
    Question,
    StageWeights,
    Switches,
)
from onepill.landscape.matrix import matrix
from onepill.landscape.readouts import Readout, side_by_side
from onepill.landscape.reasons import Reason, explain
from onepill.landscape.status import states_on
from onepill.landscape.tags import Tags, tag_agents, tag_counts
from onepill.landscape.timeline import timeline
from onepill.landscape.translation import translation
from onepill.landscape.trend import crowding_trend
from onepill.landscape.versions import DatedChange, TrialVersion, VersionDiff, diff_versions, version_on
from onepill.landscape.watch import Change, TrialState, diff_tags, diff_trials
from onepill.landscape.watch_reasons import severity_reason
from onepill.landscape.whitespace import Failure, Support, white_space
from onepill.landscape.world import World, build_world, world_from_columns

__all__ = [
    "ApprovalRow",
    "BurdenTable",
    "Change",
    "Crowding",
    "DatedChange",
    "DiscontinuationRow",
    "DrugRow",
    "EvidenceRow",
    "Failure",
    "Firsts",
    "Landscape",
    "Measure",
    "Question",
    "Readout",
    "Reason",
    "StageWeights",
    "Standing",
    "Standings",
    "Support",
    "Switches",
    "Tags",
    "TrialState",
    "TrialVersion",
    "VersionDiff",
    "World",
    "build_world",
    "burden_focus",
    "check_question",
    "compare_origin",
    "crowding",
    "crowding_trend",
    "date_changes",
    "diff_tags",
    "diff_trials",
    "diff_versions",
    "entrants",
    "explain",
    "firsts",
    "landscape",
    "matrix",
    "severity_reason",
    "side_by_side",
    "sponsor_concentration",
    "states_on",
    "tag_agents",
    "tag_counts",
    "tag_mix",
    "timeline",
    "translation",
    "version_on",
    "white_space",
    "world_from_columns",
]
