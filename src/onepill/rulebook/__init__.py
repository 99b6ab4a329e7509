"""What does the law or the agency say, on which day, and who says so?

Packs (`packs/*.yaml`) are dated data with sources; `compiled.json` is what the product reads.
`tools/compile_rulebook.py` makes the one from the other, and a test proves that it is current.
"""

from onepill.rulebook.book import Rulebook, load_rulebook
from onepill.rulebook.conditions import failing, matches, terms_of
from onepill.rulebook.coverage import TopicCoverage, coverage
from onepill.rulebook.listing import rules_list, version_row
from onepill.rulebook.lookup import Rule, Segment
from onepill.rulebook.nouns import (
    REQUIRED_TOPICS,
    TOPICS,
    Absence,
    Effect,
    Measure,
    Outcome,
    PlanGate,
    Policy,
    Procedure,
    Reliance,
    ReviewModelUse,
    RuleValue,
    Step,
    Term,
    Variant,
    Version,
)

__all__ = [
    "REQUIRED_TOPICS",
    "TOPICS",
    "Absence",
    "Effect",
    "Measure",
    "Outcome",
    "PlanGate",
    "Policy",
    "Procedure",
    "Reliance",
    "ReviewModelUse",
    "Rule",
    "RuleValue",
    "Rulebook",
    "Segment",
    "Step",
    "Term",
    "TopicCoverage",
    "Variant",
    "Version",
    "coverage",
    "failing",
    "load_rulebook",
    "matches",
    "rules_list",
    "terms_of",
    "version_row",
]
