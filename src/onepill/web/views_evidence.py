"""What the page of the evidence shows: odds, designs, enrichment, the lean proof of concept."""

from __future__ import annotations

from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts import Chart
from onepill.web.engine_tables import Table
from onepill.web.engine_view import LAW_LINKS, Engine, View


def _enrichment(answer: Any, words: Catalogue) -> list[Chart | None]:
    from onepill.reports.charts.enrichment import enrichment_chart

    return [enrichment_chart(answer, words)]


def _tree(answer: Any, words: Catalogue) -> list[Chart | None]:
    from onepill.reports.charts.decision_tree import decision_tree_chart

    return [decision_tree_chart(answer, words)]


METHOD = ("name", "least_share", "least_patients", "prob")
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
            template="odds.html.j2",
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
            "regional",
            "design regional",
            (
                Table("method_1", "method_1", METHOD),
                Table("method_2", "method_2", METHOD),
                Table(
                    "region_rules",
                    "rules",
                    ("name", "value", "from", "source_grade", "source", "rule"),
                    links=LAW_LINKS,
                ),
            ),
            first=("region", "regions", "shares", "patients", "alpha", "power"),
            presets={"patients": "500"},
        ),
        View(
            "assurance",
            "assurance",
            (
                Table(
                    "assured",
                    "",
                    (
                        "endpoint",
                        "amount",
                        "unit",
                        "power_assumed",
                        "assurance",
                        "known.benefit_prob",
                        "expected_amount",
                    ),
                ),
            ),
            first=("rates", "difference", "sd", "hazard_ratio", "effect", "se", "prior", "no_effect_prob"),
            presets={"rates": "0.4,0.2", "effect": "0.15", "se": "0.05"},
        ),
        View(
            "interim",
            "assurance interim",
            (
                Table(
                    "interim",
                    "",
                    (
                        *("look", "share", "z", "effect_seen", "stops", "conditional_power_null"),
                        *("conditional_power_seen", "conditional_power_assumed", "predictive_power"),
                    ),
                ),
            ),
            first=("z", "look", "at", "bound"),
            presets={"z": "1.2"},
        ),
        View(
            "responses",
            "assurance responses",
            (
                Table(
                    "seen",
                    "",
                    (
                        "responses",
                        "patients",
                        "max_patients",
                        "least_responses",
                        "posterior_prob",
                        "predictive_prob",
                        "decision",
                    ),
                ),
                Table("operating", "operating", ("rate", "go_prob", "early_no_go_prob", "expected_patients")),
                Table("bounds", "bounds", ("patients", "no_go", "go")),
            ),
            first=("responses", "patients", "max_patients", "null_rate", "target_rate", "threshold"),
            presets={"responses": "4", "patients": "12", "max_patients": "30", "null_rate": "0.1"},
        ),
        View(
            "enrichment",
            "design enrichment",
            (
                Table("designs", "designs", ("design", "randomised", "screened", "assayed", "cost_usd", "months")),
                Table(
                    "crossings",
                    "crossings",
                    ("measure", "below", "above", "prevalence", "value"),
                    words={"measure": "ecol", "below": "enrichment", "above": "enrichment"},
                ),
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
            series={"enrichment": "/curves"},
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
            series={"decision-tree": "/policy"},
            waits=True,
            presets={"draws": "2000"},
        ),
    ),
)
