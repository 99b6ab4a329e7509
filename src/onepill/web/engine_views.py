"""What each engine shows: all pages of engines in the order of the bar; those of deals and of the brief."""

from __future__ import annotations

from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts import Chart
from onepill.web.engine_tables import Table
from onepill.web.engine_view import CHANGE, FEW, LAW, Engine, View
from onepill.web.views_evidence import EVIDENCE
from onepill.web.views_landscape import LANDSCAPE
from onepill.web.views_value import VALUE
from onepill.web.views_world import POLICY, WORLD

__all__ = ["ENGINES", "Engine", "View"]


def _deals(answer: Any, words: Catalogue) -> list[Chart | None]:
    from onepill.reports.charts.deal_cash import deal_cash_chart
    from onepill.reports.charts.deal_frontier import frontier_chart
    from onepill.reports.charts.deal_values import deal_values_chart

    return [frontier_chart(answer, words), deal_values_chart(answer, words), deal_cash_chart(answer, words)]


PARTY = ("name", "role", "npv_usd", "own_npv_usd", "prob_loss", "tail_mean_usd", "gain_usd", "months_to_first_cash")
SIDES = ("key", "npv_usd", "own_npv_usd", "prob_loss", "outside_usd")
DEALS = Engine(
    "deals",
    (
        View(
            "comps",
            "deal comps",
            (
                Table("quantiles", "quantiles{}", ("key", "n", "p10", "p25", "p50", "p75", "p90")),
                Table(
                    "deals",
                    "deals",
                    (
                        *("announced_on", "licensor", "licensee", "asset", "modality", "area", "stage", "structure"),
                        *(
                            "territory_kind",
                            "upfront_usd",
                            "total_usd",
                            "upfront_share",
                            "source_grade",
                            "source_title",
                        ),
                    ),
                ),
                Table("neighbours", "neighbours", ("deal_id", "distance", "reasons")),
            ),
            first=("stages", "modalities", "areas", "structures", "since"),
        ),
        View(
            "value",
            "deal value",
            (Table("parties", "parties", PARTY),),
            first=("deal", "draws"),
            presets=FEW,
            waits=True,
            template="terms.html.j2",
        ),
        View(
            "compare",
            "deal compare",
            (
                Table("all_parties", "deals[].parties", ("^.deal_title", *PARTY)),
                Table("frontier", "frontier", ("deal_title", "owner_usd", "partner_usd", "dominated_by")),
            ),
            first=("deals", "draws"),
            presets=FEW,
            draws=_deals,
            waits=True,
            template="terms.html.j2",
        ),
        View(
            "solve",
            "deal solve",
            (
                Table("open_terms", "open_terms", ("name", "unit", "before", "value", "low", "high")),
                Table("solved", "parties{}", SIDES),
                Table("gap", "gap", ("of", "seen_by", "own_usd", "seen_usd", "beliefs_usd", "discount_rate_usd")),
            ),
            first=("deal", "unknowns", "licensor_share", "at_least", "frontier"),
            presets=FEW,
            waits=True,
            template="terms.html.j2",
        ),
        View(
            "return_risk",
            "deal return-risk",
            (
                Table("return_years", "risk.by_year", ("years", "own_prob", "added_prob", "total_prob")),
                Table(
                    "return_worth",
                    "risk.parties{}",
                    ("name", "without_end_usd", "end_change_usd", "second_life_gain_usd"),
                ),
                Table("clauses", "clauses", ("clause", "in_terms", "is_assumption", "why")),
            ),
            first=("deal", "cohort", "with_causes"),
            presets=FEW,
            waits=True,
            template="terms.html.j2",
        ),
    ),
)
BRIEF = Engine(
    "brief",
    (
        View(
            "since",
            "brief",
            (
                Table(
                    "moved",
                    "programmes",
                    ("title", "moves.rnpv_usd", "time_and_law.rnpv_usd", "inputs.rnpv_usd", "rnpv_usd", "problem"),
                ),
                Table(
                    "moved_days", "programmes[].moves.milestones", ("^.^.programme", "id", "days", "prob", "prob_after")
                ),
                Table("law_changes", "law", LAW),
                Table("watch_told", "watches[].changes", ("^.watch", *CHANGE)),
                Table(
                    "new_deals",
                    "deals",
                    (
                        "announced_on",
                        "licensor",
                        "licensee",
                        "asset",
                        "stage",
                        "structure",
                        "upfront_usd",
                        "total_usd",
                        "source_grade",
                        "source_title",
                    ),
                ),
                Table("own", "own", ("saved_at", "document", "kind", "version", "saved_by", "reason", "changes")),
            ),
            first=("since", "on", "programmes"),
            waits=True,
        ),
    ),
)
ENGINES = (BRIEF, WORLD, POLICY, LANDSCAPE, EVIDENCE, VALUE, DEALS)
