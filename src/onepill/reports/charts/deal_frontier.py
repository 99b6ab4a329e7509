"""What deals are worth to both sides: a mark a deal, those that none beats joined, and where no deal is signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts.frame import (
    AXIS,
    INK,
    INK_2,
    INK_3,
    MAIN,
    SURFACE,
    WIDE_PX,
    Canvas,
    Chart,
    LegendItem,
    Spec,
    Twin,
    document,
    draw,
)
from onepill.reports.charts.panels import BREAK, Panel, grid, lines, points, words_at
from onepill.reports.charts.places import place_labels
from onepill.reports.charts.ticks import step_of, ticks
from onepill.reports.numerals import MILLION, musd, number

NO_DEAL = "none"
LEFT_PX, HEIGHT_PX, FOOT_PX = 46.0, 300.0, 44.0
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Row = Mapping[str, Any]


def letters(answer: Row) -> dict[str, str]:
    """A letter for each deal, in the order in which they were asked about."""
    return {deal["deal"]: LETTERS[i] for i, deal in enumerate(answer["deals"])}


def frontier_chart(answer: Row, words: Catalogue) -> Chart:
    """The picture of `deal compare`: value to the owner against value to all others."""
    wide, narrow = draw(lambda canvas: _definition(answer, canvas, words), wide_px=WIDE_PX, lang=words.lang)
    best = [row for row in answer["frontier"] if not row["dominated_by"]]
    return Chart(
        id="frontier",
        title=words("deal.frontier"),
        subtitle=words("deal.frontier_note"),
        label=words("deal.frontier_label", count=len(answer["deals"]), best=len(best)),
        wide_svg=wide,
        narrow_svg=narrow,
        twin=_twin(answer, words),
        legend=(
            LegendItem("swatch", words("deal.unbeaten"), MAIN),
            LegendItem("ring", words("deal.beaten")),
            LegendItem("dashed", words("deal.nothing")),
        ),
    )


def _definition(answer: Row, canvas: Canvas, words: Catalogue) -> Spec:
    rows = [(row["partner_usd"] / MILLION, row["owner_usd"] / MILLION, row) for row in answer["frontier"]]
    x, y = (round_span([row[i] for row in rows]) for i in (0, 1))
    panel = Panel(LEFT_PX, 22.0, canvas.width_px - LEFT_PX - 14, HEIGHT_PX, x=x, y=y)
    marks = [_mark(panel, at, row, answer, words) for *at, row in rows]
    unbeaten = sorted((m for m in marks if not m["beaten"]), key=lambda m: m["x"])
    joined = [{"x": a["x"], "y": a["y"], "x2": b["x"], "y2": b["y"]} for a, b in pairwise(unbeaten)]
    names = place_labels(marks, letters_px=canvas.letters_px, sideways_px=(panel.left_px, panel.right_px + 12))
    steps = [(value, number(value, span_places(panel.y))) for value in ticks(*panel.y, about=6)]
    layers = [
        *grid([(panel, [(panel.y[0], ""), *steps])]),
        *axes_frame(panel, canvas, right=words("deal.axis_partner"), up=words("deal.axis_owner")),
        lines(joined, stroke=MAIN, strokeWidth=1.25, strokeDash=[4, 3]),
        points([m for m in marks if not m["beaten"]], filled=True, fill=MAIN, size=90),
        points([m for m in marks if m["beaten"]], filled=True, fill=SURFACE, stroke=INK, strokeWidth=1.5, size=80),
        *(words_at([n for n in names if n["align"] == a], align=a, colour=INK, strong=True) for a in _ALIGN),
    ]
    padding = {"left": 0.0, "right": 0.0, "top": 0.0, "bottom": 0.0}
    return document(layers, canvas=canvas, height_px=panel.bottom_px + FOOT_PX, padding=padding)


_ALIGN = ("left", "right", "center")


def round_span(values: Sequence[float]) -> tuple[float, float]:
    """A round span around all values, with room at both ends."""
    low, high = min(*values, 0.0), max(*values, 0.0)
    step = step_of((high - low) or 1.0, about=6)
    return low - 0.6 * step, high + 0.6 * step


def span_places(span: tuple[float, float]) -> int:
    """Decimals of the figures along a span."""
    return 0 if step_of(span[1] - span[0], about=6).is_integer() else 1


def _mark(panel: Panel, at: Sequence[float], row: Row, answer: Row, words: Catalogue) -> dict[str, Any]:
    text = words("deal.no_deal") if row["id"] == NO_DEAL else letters(answer)[row["id"]]
    place = {"x": panel.x_px(at[0]), "y": panel.y_px(at[1])}
    return {**place, "text": text, "weight": 1.0, "beaten": bool(row["dominated_by"])}


def axes_frame(panel: Panel, canvas: Canvas, *, right: str, up: str) -> list[Spec]:
    """The zero of each side, the figures below, and the names of both axes."""
    zeros = [
        {"x": panel.x_px(0), "x2": panel.x_px(0), "y": panel.top_px, "y2": panel.bottom_px},
        {"x": panel.left_px, "x2": panel.right_px, "y": panel.y_px(0), "y2": panel.y_px(0)},
    ]
    figures = [
        {"x": panel.x_px(value), "y": panel.bottom_px + 12, "text": number(value, span_places(panel.x))}
        for value in ticks(*panel.x, about=5 if canvas.narrow else 8)
    ]
    below = {"x": (panel.left_px + panel.right_px) / 2, "y": panel.bottom_px + 32, "text": right}
    above = {"x": 4.0, "y": 8.0, "text": up}
    return [
        lines(zeros, **{**BREAK, "stroke": AXIS}),
        words_at(figures, align="center", colour=INK_3),
        words_at([below], align="center", colour=INK_2),
        words_at([above], colour=INK_2),
    ]


def _twin(answer: Row, words: Catalogue) -> Twin:
    known, titles = letters(answer), {deal["deal"]: words.text(deal["deal_title"]) for deal in answer["deals"]}
    keys = ("owner", "partner", "owner_tail", "partner_tail")
    columns = ("", words("deal.deal"), *(words(f"deal.{key}") for key in keys))
    rows = [
        (
            known.get(row["id"], "–"),
            titles.get(row["id"], words("deal.no_deal")),
            *(musd(row[f"{key}_usd"], 2) for key in keys),
        )
        for row in answer["frontier"]
    ]
    return Twin(columns, tuple(rows), left_columns=2)
