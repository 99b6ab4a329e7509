"""The files of a programme's pages: tables of the document behind each, and the drawings of the passport."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi.responses import Response

from onepill.reports.catalogue import Lang, catalogue
from onepill.reports.charts import Chart
from onepill.reports.signatures import Signed, signature_lines
from onepill.web.engine_exports import download
from onepill.web.engine_tables import Table
from onepill.web.turns import in_turn

MOVED = (
    *("^.name", "id", "days_difference.mean", "days_difference.standard_error"),
    "prob_difference",
)
MILESTONE = ("jurisdiction", "label", "status", "prob", "p10", "p50", "p90", "mean")
TABLES = {
    "programmes": (
        Table(
            "programmes",
            "programmes",
            (
                *("id", "title", "as_of", "tier", "newest.version", "newest.saved_at", "newest.saved_by"),
                *("outlook.stage", "outlook.next_milestone.id", "outlook.next_milestone.p50", "outlook.launch_prob"),
                *("outlook.rnpv_usd.mean", "outlook.rnpv_usd.standard_error", "outlook.draws"),
            ),
        ),
    ),
    "live": (
        Table("inputs", "inputs", ("path", "text", "unit", "before", "origin", "source_grade", "source", "note")),
        Table("milestones", "now.milestones", ("id", "jurisdiction", "label", "is_fact", "prob", "p50")),
        Table("value", "now", ("rnpv_usd.mean", "rnpv_usd.standard_error", "earns_share")),
        Table("changes", "changes", ("path", "before", "text", "value")),
    ),
    "passport": (
        Table("milestones", "milestones", ("id", *MILESTONE)),
        Table("markets", "value.by_market", ("market", "jurisdiction", "rnpv_usd.mean", "rnpv_usd.standard_error")),
        Table("clocks", "clocks", ("rule", "name", "jurisdiction", "value", "unit", "from", "source_grade", "source")),
        Table("sources", "provenance", ("path", "value", "unit", "origin", "source_grade", "source", "date", "note")),
        Table(
            "signatures",
            "signatures",
            ("says", "version", "meaning", "shown_name", "user_name", "signed_at", "text_hash"),
        ),
    ),
    "compare": (
        Table("base", "base", ("version", "rnpv_usd.mean", "rnpv_usd.standard_error")),
        Table(
            "sides",
            "sides",
            (
                *("kind", "name", "summary", "rnpv_usd.mean", "rnpv_usd.standard_error"),
                *("rnpv_difference_usd.mean", "rnpv_difference_usd.standard_error"),
            ),
        ),
        Table("milestones", "sides[].milestones", MOVED),
        Table("values", "sides[].values", ("^.name", "path", "before", "after")),
    ),
    "history": (
        Table("versions", "versions", ("version", "saved_at", "saved_by", "reason", "parent_version", "scenario")),
        Table("changes", "versions[].changes", ("^.version", "path", "before", "after")),
    ),
}
"""The first of each is what `csv` gives where no part is named."""


def signature_rows(signed: Signed, lang: Lang) -> list[dict[str, Any]]:
    """The signatures of what is shown, each with its line; a line alone where there are none."""
    lines = signature_lines(signed, catalogue(lang))
    rows = signed.holding or [{} for _ in lines]
    return [{**row, "says": line} for row, line in zip(rows, lines, strict=True)]


async def page_file(page: str, kind: str, name: str, answer: Any, *, part: str, lang: Lang) -> Response:
    """A file of a programme's page: `json`, `csv`, `xlsx`, and of the passport `svg` and `png`.

    Raises:
        InputError: `export.kind`, `export.part`.
    """
    return await in_turn(_page_file, page, kind, name, answer, part=part, lang=lang)


def _page_file(page: str, kind: str, name: str, answer: Any, *, part: str, lang: Lang) -> Response:
    charts = list(passport_charts(answer, lang)) if page == "passport" and kind in ("svg", "png") else []
    return download(kind, f"{name}.{page}", answer, tables=TABLES[page], charts=charts, part=part, lang=lang)


def passport_charts(passport: Mapping[str, Any], lang: Lang) -> Iterator[Chart]:
    """The drawings of a passport in the order of its chapters."""
    from onepill.reports.context import open_context
    from onepill.reports.page import page_view

    for chapter in page_view(open_context(passport, lang))["chapters"]:
        yield from chapter["charts"]
        yield from (value for value in chapter.values() if isinstance(value, Chart))
