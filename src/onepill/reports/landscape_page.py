"""The landscape as one self-contained HTML file: pictures with their tables, and the loads that each rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from onepill.reports.catalogue import HTML_LANG, Catalogue, Lang
from onepill.reports.charts import Chart
from onepill.reports.charts.burden import burden_chart
from onepill.reports.charts.competitors import competitors_chart
from onepill.reports.charts.entrants import entrants_chart
from onepill.reports.charts.heat_map import heat_map_chart
from onepill.reports.charts.trend import trend_chart
from onepill.reports.context import Context, View, open_context
from onepill.reports.numerals import number
from onepill.reports.page import STYLES, finding_rows, page_environment, style
from onepill.reports.views.landscape_loads import Loads
from onepill.reports.views.landscape_tables import (
    basis_rows,
    measure_rows,
    page_name,
    programme_rows,
    tag_line,
)

Page = Mapping[str, Any]
SECTIONS = ("heat", "who", "crowding", "entrants", "compare", "burden", "basis", "sources")


def render_landscape(page: Page, *, lang: Lang) -> str:
    """The document of `onepill landscape page --json` as HTML: no script, no request, the same for the same document.

    Args:
        page: the document; it is only read.
        lang: "en" or "zh".

    Raises:
        ValueError: the language is unknown.
    """
    context = open_context(page, lang)
    template = page_environment().get_template("landscape.html.j2")
    return template.render(t=context.words, page=_page_view(context))


def _page_view(context: Context) -> View:
    page, words = context.passport, context.words
    loads = Loads(page, words)
    compare = page["compare"]
    origin = words.either("jurisdiction", compare["origin"])
    return {
        "lang": HTML_LANG[words.lang],
        "other_lang": HTML_LANG["en" if words.lang == "zh" else "zh"],
        "name": page_name(page, words),
        "as_of": page["as_of"],
        "statement": _statement(context),
        "sections": [(id_, words(f"section.{id_}", origin=origin)) for id_ in SECTIONS],
        "pictures": _pictures(context, loads),
        "programmes": programme_rows(page, words),
        "programmes_sub": words(
            "scape.programmes_sub", shown=number(len(page["programmes"])), count=number(page["shown"])
        ),
        "programme_marks": loads.marks("trials", "approvals", "drugs"),
        "tags": tag_line(page, words),
        "measures": measure_rows(page["measures"], words),
        "ratios": measure_rows(compare["ratios"], words, family="ratio"),
        "compare_sub": words(
            "scape.compare_sub", origin=origin, day=page["as_of"], count=number(compare["unknown_origin"])
        ),
        "basis": basis_rows(page, words),
        "assumptions": [words.text(one) for one in page["assumptions"]],
        "findings": finding_rows(context),
        "sources": loads.rows(),
        "version": page["engine_version"],
        "styles": [Markup(style(name)) for name in STYLES],  # noqa: S704 -- our own packaged styles
    }


def _statement(context: Context) -> str:
    page, words = context.passport, context.words
    measures, day = page["measures"], context.numerals.day(page["as_of"])
    if not page["shown"]:
        return words("scape.statement_none", day=day)
    return words(
        "scape.statement",
        programmes=number(page["coverage"]["programmes"]),
        agents=number(page["shown"]),
        sponsors=number(measures["sponsors"]["value"]),
        entries=number(measures["entry_rate_per_year"]["n"]),
        day=day,
    )


def _no_burden(page: Page, words: Catalogue) -> str:
    """Why there is no picture of the burden: no table, one of a later day, or no trial with a cause."""
    return words(f"burden.absent_{page['burden_absent'] or 'no_trial'}", day=page["as_of"])


def _pictures(context: Context, loads: Loads) -> dict[str, View]:
    """Each section's picture with its markers, or the words that say why there is none."""
    page, words = context.passport, context.words
    timeline = page["timeline"]
    no_ways = "competitors.choose" if timeline is None else "competitors.none"
    drawn: dict[str, tuple[Chart | None, str, tuple[str, ...]]] = {
        "heat": (
            heat_map_chart(page, words),
            words("heat_map.none"),
            ("trials", "approvals", "drugs", "conditions"),
        ),
        "who": (
            competitors_chart(timeline, words),
            words(no_ways, day=page["as_of"]),
            ("trials", "approvals", "drugs"),
        ),
        "crowding": (trend_chart(page["trend"], words), words("trend.none"), ("trials", "approvals", "drugs")),
        "entrants": (entrants_chart(page["entrants"], words), words("entrants.none"), ("trials", "approvals", "drugs")),
        "burden": (burden_chart(page["burden"], words), _no_burden(page, words), ("burden", "trials", "conditions")),
    }
    return {
        section: {"chart": replace(chart, marks=loads.marks(*roles)) if chart else None, "absent": absent}
        for section, (chart, absent, roles) in drawn.items()
    }
