"""What the page of the landscape shows: who else is there, how crowded it is, what moved."""

from __future__ import annotations

from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts import Chart
from onepill.web.engine_tables import Table
from onepill.web.engine_view import CHANGE, CHANGE_WORDS, Engine, View

FILTERS = ("targets", "indications", "modalities", "origins", "on")
FIRST = ("name", "class", "stage", "reached")


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


def _matrix(answer: Any, words: Catalogue) -> list[Chart | None]:
    from onepill.reports.charts.matrix import matrix_chart

    return [matrix_chart(answer, words)]


TAGS = ("first_in_class", "fast_follower", "me_too", "approved", "combination", "unknown")
NEEDS = "landscape.html.j2"
"""Views of the warehouse: without one they say how to fill it, and what there is without."""
MEASURES = ("key", "meaning", "value", "low", "high", "n", "unit")
RIVAL = ("drug", "company", "stage_name", "reached", "indication", "targets")
TOLD_BY_A_TABLE = ("company", "indication", "targets")
"""What a programme's own competitor table says of a drug, and the warehouse's short list does not."""
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
            series={
                "heat-map": "/heat_map",
                "competitors": "/timeline",
                "trend": "/trend",
                "entrants": "/entrants",
                "burden": "/burden",
            },
            waits=True,
            template=NEEDS,
        ),
        View(
            "firsts",
            "landscape firsts",
            tuple(Table(tag, f"{tag}.members", FIRST) for tag in TAGS),
            first=FILTERS,
            waits=True,
            template=NEEDS,
        ),
        View(
            "crowding",
            "landscape crowding",
            (Table("crowding", "measures{}", ("meaning", "value", "low", "high", "n", "interval"), unit_by="key"),),
            first=FILTERS,
            waits=True,
            template=NEEDS,
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
            template=NEEDS,
        ),
        View(
            "matrix",
            "landscape matrix",
            (Table("cells", "cells", ("row_name", "column_name", "programmes", "by_stage")),),
            first=("rows", "columns", "limit", *FILTERS),
            draws=_matrix,
            series={"matrix": "/cells"},
            waits=True,
            template=NEEDS,
        ),
        View(
            "compare",
            "landscape compare",
            (Table("ratios", "ratios{}", MEASURES, words={"key": "ratio"}),),
            first=("origin", "on"),
            waits=True,
            template=NEEDS,
        ),
        View(
            "burden",
            "landscape burden",
            (
                Table(
                    "causes",
                    "causes",
                    ("cause", "trials", "dalys", "trial_share", "daly_share", "trials_per_million_dalys", "unmeasured"),
                ),
            ),
            first=("on",),
            waits=True,
            template=NEEDS,
        ),
        View(
            "table",
            "passport",
            (
                Table("own_drug", "chapters.landscape.own", RIVAL, spare=TOLD_BY_A_TABLE),
                Table("rivals", "chapters.landscape.rivals", RIVAL, spare=TOLD_BY_A_TABLE),
            ),
            first=("as_of",),
            presets={"draws": "100"},
            waits=True,
        ),
        View(
            "watches",
            "landscape watch list",
            (Table("watches", "watches", ("name", "filters", "owner", "programmes", "accounts")),),
            template="watches.html.j2",
        ),
        View(
            "changes",
            "landscape diff",
            (Table("watch_changes", "changes", CHANGE, words=CHANGE_WORDS),),
            first=("name", "since", "on"),
            presets={"since": "today-7"},
            waits=True,
            template=NEEDS,
        ),
    ),
)
