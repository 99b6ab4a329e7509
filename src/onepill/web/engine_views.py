"""What each engine shows: a page is an operation, the columns of its tables, and its drawings where it has some."""

from __future__ import annotations

from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts import Chart
from onepill.web.brief_views import BRIEF, CHANGE, LAW
from onepill.web.deal_views import DEALS
from onepill.web.engine_kinds import Engine, View
from onepill.web.engine_tables import Table

__all__ = ["ENGINES", "Engine", "View"]


def _enrichment(answer: Any, words: Catalogue) -> list[Chart | None]:
    from onepill.reports.charts.enrichment import enrichment_chart

    return [enrichment_chart(answer, words)]


def _tree(answer: Any, words: Catalogue) -> list[Chart | None]:
    from onepill.reports.charts.decision_tree import decision_tree_chart

    return [decision_tree_chart(answer, words)]


def _landscape(answer: Any, words: Catalogue) -> list[Chart | None]:
    from onepill.reports.charts.burden import burden_chart
    from onepill.reports.charts.competitors import competitors_chart
    from onepill.reports.charts.entrants import entrants_chart
    from onepill.reports.charts.heat_map import heat_map_chart
    from onepill.reports.charts.trend import trend_chart

    return [
        heat_map_chart(answer, words),
        competitors_chart(answer["timeline"], words),
        trend_chart(answer["trend"], words),
        entrants_chart(answer["entrants"], words),
        burden_chart(answer["burden"], words),
    ]


MEASURE = ("name", "aspect", "policy", "quantified", "reason", "id")
FILTERS = ("targets", "indications", "modalities", "origins", "on")
FIRST = ("name", "drug")
FEW = {"draws": "10000"}

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
                Table("law_ahead", "changes", LAW),
                Table("routes", "routes", ("jurisdiction", "name", "topic", "steps", "procedure")),
                Table(
                    "clocks",
                    "clocks",
                    ("jurisdiction", "name", "value", "unit", "from", "until", "source_grade", "source", "rule"),
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
            (Table("coverage", "", ("jurisdiction", "topic", "state", "rules", "procedures", "checked", "note")),),
        ),
        View(
            "plan",
            "path",
            (
                Table(
                    "filing_plan",
                    "plan{}",
                    ("key", "route", "procedure", "status", "filing", "approval", "approval.prob", "waits_for"),
                ),
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
                Table("route_days", "routes[].milestones", ("^.route", "id", "days_difference", "prob_difference")),
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
                ),
            ),
            first=("jurisdiction", "on"),
        ),
        View(
            "one",
            "policy show",
            (Table("measures", "measures", ("name", "aspect", "kind", "effect", "is_target", "id")),),
            first=("id",),
            waits=True,
        ),
        View(
            "match",
            "policy match",
            (
                Table("applies", "applies", MEASURE),
                Table("nearly", "nearly", ("name", "failing", "policy", "quantified", "id")),
                Table("excluded", "excluded", ("name", "reason", "policy", "id")),
            ),
            waits=True,
        ),
        View(
            "effect",
            "policy effect",
            (
                Table("together", "together", ("rnpv_gain_usd", "patients_gain", "subsidy_usd")),
                Table("together_days", "together.days_saved{}", ("key", "mean", "standard_error", "low", "high")),
                Table(
                    "measure_effects",
                    "measures",
                    ("name", "policy", "applies", "kind", "is_target", "alone.rnpv_gain_usd"),
                ),
            ),
            first=("policies",),
            presets=FEW,
            waits=True,
        ),
    ),
)
LANDSCAPE = Engine(
    "landscape",
    (
        View(
            "pictures",
            "landscape page",
            (
                Table(
                    "programmes",
                    "programmes",
                    ("name", "class", "stage", "reached", "first_seen", "origin", "sponsors", "tag", "evidence"),
                ),
            ),
            first=FILTERS,
            draws=_landscape,
            waits=True,
        ),
        View(
            "firsts",
            "landscape firsts",
            tuple(Table(tag, f"{tag}.members", FIRST) for tag in ("first_in_class", "fast_follower", "me_too")),
            first=FILTERS,
            waits=True,
        ),
        View(
            "crowding",
            "landscape crowding",
            (Table("crowding", "measures{}", ("meaning", "value", "low", "high", "n", "interval")),),
            first=FILTERS,
            waits=True,
        ),
        View(
            "whitespace",
            "landscape whitespace",
            (
                Table(
                    "whitespace",
                    "pairs",
                    ("target", "indication_name", "drugs", "target_programmes", "indication_programmes", "kinds"),
                ),
            ),
            first=FILTERS,
            waits=True,
        ),
        View("watches", "landscape watch list", (Table("watches", "watches", ("name", "filters", "warehouse")),)),
        View(
            "changes",
            "landscape diff",
            (Table("watch_changes", "changes", CHANGE),),
            first=("name", "since", "on"),
            waits=True,
        ),
    ),
)
EVIDENCE = Engine(
    "evidence",
    (
        View(
            "odds",
            "success",
            (
                Table(
                    "stages",
                    "stages",
                    ("label", "base", "prob", "low", "high", "n", "origin", "source_grade", "source"),
                ),
                Table(
                    "factors",
                    "stages[].adjustments",
                    (
                        "^.label",
                        "name",
                        "on",
                        "says",
                        "odds_ratio",
                        "prob_without",
                        "reason",
                        "grade",
                        "source",
                        "factor",
                    ),
                ),
            ),
            first=("table", "with_factors", "without_factors"),
            waits=True,
        ),
        View(
            "fixed",
            "design fixed",
            (Table("size", "size", ("endpoint", "method", "patients", "maximum", "arms", "months")),),
            first=("rates", "difference", "sd", "hazard_ratio", "alpha", "power"),
            presets={"rates": "0.4,0.2"},
        ),
        View(
            "sequential",
            "design sequential",
            (
                Table("size", "size", ("endpoint", "method", "patients", "maximum", "expected", "months")),
                Table("looks", "size.looks", ("look", "share", "needed", "month")),
            ),
            first=("rates", "difference", "sd", "hazard_ratio", "looks", "bound", "futility"),
            presets={"rates": "0.4,0.2", "looks": "3"},
        ),
        View(
            "single_arm",
            "design single_arm",
            (
                Table("one_stage", "one_stage", ("patients", "responses", "error", "power")),
                Table(
                    "optimal",
                    "optimal",
                    ("first_patients", "first_responses", "patients", "responses", "error", "power", "expected_null"),
                ),
                Table(
                    "minimax",
                    "minimax",
                    ("first_patients", "first_responses", "patients", "responses", "error", "power", "expected_null"),
                ),
            ),
            first=("null_rate", "target_rate", "alpha", "power"),
            presets={"null_rate": "0.1", "target_rate": "0.3"},
        ),
        View(
            "enrichment",
            "design enrichment",
            (
                Table("designs", "designs", ("design", "randomised", "screened", "assayed", "cost_usd", "months")),
                Table("crossings", "crossings", ("measure", "below", "above", "prevalence", "value")),
            ),
            first=(
                "prevalence",
                "sensitivity",
                "specificity",
                "differences",
                "sd",
                "patient_cost_usd",
                "accrual_per_month",
            ),
            draws=_enrichment,
            waits=True,
        ),
        View(
            "proof",
            "poc plan",
            (
                Table(
                    "proof",
                    "",
                    ("expected_value_usd", "expected_cost_usd", "expected_months", "go_prob", "wrong_go_prob"),
                ),
                Table("states", "states", ("levels", "prob", "success_prob", "go_usd", "no_go_usd", "go_is_right")),
            ),
            first=("budget", "months", "at_once"),
            draws=_tree,
            waits=True,
            presets={"draws": "2000"},
        ),
    ),
)
ENGINES = (BRIEF, WORLD, POLICY, LANDSCAPE, EVIDENCE, DEALS)
