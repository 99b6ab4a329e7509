"""What the pages of the world and of policy show."""

from __future__ import annotations

from onepill.web.engine_tables import Table
from onepill.web.engine_view import FEW, LAW, LAW_LINKS, Engine, View

MEASURE = ("name", "aspect", "policy_name", "quantified", "reason", "id")

ASPECT = {"aspect": "aspect_of"}
WORLD = Engine(
    "world",
    (
        View(
            "places",
            "world",
            (
                Table(
                    "jurisdictions",
                    "jurisdictions",
                    ("jurisdiction", "rules_in_force", "official", "absent", "routes", "changes_ahead", "next_change"),
                ),
                Table("law_ahead", "changes", LAW, links=LAW_LINKS),
                Table("routes", "routes", ("jurisdiction", "name", "topic", "steps", "procedure")),
                Table(
                    "clocks",
                    "clocks",
                    ("jurisdiction", "name", "value", "unit", "from", "until", "source_grade", "source", "rule"),
                    links=LAW_LINKS,
                ),
            ),
            first=("on", "jurisdictions"),
            template="world.html.j2",
        ),
        View(
            "rule",
            "rules show",
            (
                Table("rule", "", ("id", "name", "jurisdiction", "topic", "unit", "on.value")),
                Table(
                    "versions",
                    "versions",
                    ("value", "from", "until", "announced", "status", "source_grade", "source", "ref"),
                ),
                Table(
                    "variants",
                    "variants[].versions",
                    ("^.id", "value", "from", "until", "status", "source_grade", "source"),
                ),
            ),
            first=("id", "on"),
            waits=True,
        ),
        View(
            "coverage",
            "rules coverage",
            (
                Table(
                    "coverage",
                    "",
                    ("jurisdiction", "topic", "state", "rules", "procedures", "checked", "note"),
                    words={"state": "covered"},
                ),
            ),
        ),
        View(
            "plan",
            "path",
            (
                Table(
                    "filing_plan",
                    "plan{}",
                    ("key", "route", "procedure_name", "status", "filing", "approval", "approval.prob", "waits"),
                    words={"status": "state", "key": "jurisdiction"},
                ),
                Table(
                    "plan_alternatives",
                    "alternatives{}.value[]",
                    ("^.key", "route", "open", "failing", "filing_p50", "approval_p50", "days_saved", "procedure_name"),
                    words={"^.key": "jurisdiction"},
                ),
                Table("plan_binding", "binding", ("label", "market_days", "markets", "activity")),
            ),
            first=("markets", "optimise"),
            presets=FEW,
            waits=True,
        ),
        View(
            "routes",
            "path compare",
            (
                Table("route_values", "routes", ("route", "rnpv_usd", "rnpv_difference_usd")),
                Table(
                    "route_days",
                    "routes[].milestones",
                    ("^.route", "jurisdiction", "label", "days_difference", "prob_difference", "id"),
                ),
            ),
            first=("routes",),
            presets=FEW,
            waits=True,
        ),
    ),
)
POLICY = Engine(
    "policy",
    (
        View(
            "list",
            "policy list",
            (
                Table(
                    "policies",
                    "",
                    ("name", "jurisdiction", "announced", "from", "until", "measures", "with_effect", "source", "id"),
                    links={"id": "/policy/one?id={}&asked=1"},
                ),
            ),
            first=("jurisdiction", "on"),
        ),
        View(
            "one",
            "policy show",
            (
                Table(
                    "measures",
                    "measures",
                    ("name", "aspect", "kind", "effect", "is_target", "id"),
                    words={"kind": "measure_kind"},
                ),
            ),
            first=("id",),
            waits=True,
        ),
        View(
            "match",
            "policy match",
            (
                Table("applies", "applies", MEASURE, words=ASPECT),
                Table("nearly", "nearly", ("name", "failing", "policy_name", "quantified", "id")),
                Table("excluded", "excluded", ("name", "reason", "policy_name", "id")),
            ),
            waits=True,
        ),
        View(
            "effect",
            "policy effect",
            (
                Table("together", "together", ("rnpv_gain_usd", "patients_gain", "subsidy_usd")),
                Table(
                    "together_days",
                    "together.days_saved{}",
                    ("key", "mean", "standard_error", "low", "high"),
                    words={"key": "milestone"},
                ),
                Table(
                    "measure_effects",
                    "measures",
                    ("name", "policy", "applies", "kind", "is_target", "alone.rnpv_gain_usd"),
                    words={"kind": "measure_kind"},
                    leads="applies",
                ),
            ),
            first=("policies",),
            presets=FEW,
            waits=True,
        ),
    ),
)
