"""What offers are worth to both sides: all that were tried, the efficient ones, those as written and as found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts.deal_frontier import HEIGHT_PX, LEFT_PX, axes_frame, round_span, span_places
from onepill.reports.charts.frame import (
    AXIS,
    INK,
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
from onepill.reports.charts.panels import Panel, grid, points, words_at
from onepill.reports.charts.places import place_labels
from onepill.reports.charts.ticks import ticks
from onepill.reports.numerals import MILLION, musd, number

FOOT_PX = 44.0
Row = Mapping[str, Any]
_ALIGN = ("left", "right", "center")


def offers_chart(answer: Row, words: Catalogue) -> Chart:
    """The picture of `deal solve` with its frontier: the first party upwards, all others to the right."""
    wide, narrow = draw(lambda canvas: _definition(answer, canvas, words), wide_px=WIDE_PX, lang=words.lang)
    best = sum(row["efficient"] for row in answer["frontier"])
    return Chart(
        id="offers",
        title=words("deal.offers"),
        subtitle=words("deal.offers_note"),
        label=words("deal.offers_label", count=len(answer["frontier"]), best=best),
        wide_svg=wide,
        narrow_svg=narrow,
        twin=_twin(answer, words),
        legend=(
            LegendItem("swatch", words("deal.efficient"), MAIN),
            LegendItem("ring", words("deal.beaten")),
        ),
    )


def _named(answer: Row, words: Catalogue) -> list[tuple[str, dict[str, float]]]:
    """The offers with a name: as the file stands, as found, and the counter-offer."""
    offers = {"now": answer["before"], "found": answer, "counter": answer["counter"]}
    return [
        (words(f"deal.offer_{key}"), {name: side["own_utility_usd"] for name, side in offer["parties"].items()})
        for key, offer in offers.items()
        if offer
    ]


def _at(utility: Mapping[str, float]) -> tuple[float, float]:
    """All others to the right and the first party upwards, in millions."""
    first, *others = utility.values()
    return sum(others) / MILLION, first / MILLION


def _definition(answer: Row, canvas: Canvas, words: Catalogue) -> Spec:
    named = _named(answer, words)
    tried = [(*_at(row["utility_usd"]), row["efficient"]) for row in answer["frontier"]]
    spots = [*((x, y) for x, y, _ in tried), *(_at(utility) for _, utility in named)]
    x, y = (round_span([spot[i] for spot in spots]) for i in (0, 1))
    panel = Panel(LEFT_PX, 22.0, canvas.width_px - LEFT_PX - 14, HEIGHT_PX, x=x, y=y)
    dots = [{"x": panel.x_px(a), "y": panel.y_px(b), "best": best} for a, b, best in tried]
    marks = [
        {"x": panel.x_px(a), "y": panel.y_px(b), "text": text, "weight": 1.0}
        for text, (a, b) in ((text, _at(utility)) for text, utility in named)
    ]
    names = place_labels(marks, letters_px=canvas.letters_px, sideways_px=(panel.left_px, panel.right_px + 12))
    steps = [(value, number(value, span_places(panel.y))) for value in ticks(*panel.y, about=6)]
    layers = [
        *grid([(panel, [(panel.y[0], ""), *steps])]),
        *axes_frame(panel, canvas, right=words("deal.axis_others"), up=words("deal.axis_first")),
        points([d for d in dots if not d["best"]], filled=True, fill=SURFACE, stroke=AXIS, strokeWidth=1, size=22),
        points([d for d in dots if d["best"]], filled=True, fill=MAIN, size=40),
        points(marks, filled=True, fill=SURFACE, stroke=INK, strokeWidth=1.5, size=90),
        *(words_at([n for n in names if n["align"] == a], align=a, colour=INK, strong=True) for a in _ALIGN),
    ]
    padding = {"left": 0.0, "right": 0.0, "top": 0.0, "bottom": 0.0}
    return document(layers, canvas=canvas, height_px=panel.bottom_px + FOOT_PX, padding=padding)


def _twin(answer: Row, words: Catalogue) -> Twin:
    """The named offers and the efficient ones, with what they are worth to each party."""
    parties = list(answer["parties"])
    rows = [(text, *(musd(utility[name], 2) for name in parties)) for text, utility in _named(answer, words)]
    best = [row for row in answer["frontier"] if row["efficient"]]
    best.sort(key=lambda row: next(iter(row["utility_usd"].values())))
    rows += [(_terms(row), *(musd(row["utility_usd"][name], 2) for name in parties)) for row in best]
    return Twin((words("deal.terms_of_offer"), *parties), tuple(rows), left_columns=1)


def _terms(row: Row) -> str:
    return "; ".join(
        f"{name} {f'{value:.4g}' if value < 1 else f'{value:,.0f}'}" for name, value in row["terms"].items()
    )
