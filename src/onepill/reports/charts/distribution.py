"""The distribution of rNPV: a histogram on fixed bins, stacked by what splits it; humps stay visible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts.frame import (
    AXIS,
    HALF_PX,
    INK,
    INK_2,
    INK_3,
    MAIN,
    NUMBER_LABEL,
    Canvas,
    Chart,
    LegendItem,
    Spec,
    Twin,
    document,
    draw,
    layer,
    nominal_colour,
    text,
)
from onepill.reports.charts.ticks import ticks
from onepill.reports.numerals import MILLION, money_estimate, musd, number, percent

HEIGHT_PX = 206
LABELS_PX = 58  # room above the bars in which the marks' words stand, each on its own line
WORDS_PX, MEAN_WORDS_PX = 70, 130  # about what "p50 \u2212123.4" and "mean \u2212123.4 ± 0.25" take
NONE_COLOUR = "color-mix(in srgb, var(--chart-5) 42%, var(--paper))"
RAMPS: tuple[tuple[str, ...], ...] = (
    (),
    (NONE_COLOUR,),
    (NONE_COLOUR, MAIN),
    (NONE_COLOUR, "var(--heat-2)", MAIN),
    (NONE_COLOUR, "var(--heat-1)", "var(--heat-2)", MAIN),
    (NONE_COLOUR, "var(--heat-1)", "var(--heat-2)", "var(--heat-3)", MAIN),
)


def distribution_chart(passport: Mapping[str, Any], words: Catalogue) -> Chart | None:
    """The rNPV histogram of a passport, or None without one."""
    value = passport.get("value") or {}
    histogram = value.get("histogram")
    if not histogram or not any(sum(counts) for counts in histogram["counts"].values()):
        return None
    bars, span = _bars(histogram)
    marks = _marks(value["rnpv_usd"], span, words)
    wide, narrow = draw(lambda canvas: _definition(bars, marks, span, canvas), wide_px=HALF_PX, lang=words.lang)
    return Chart(
        id="distribution",
        title=words("distribution.title", party=words.either("party", value.get("party") or "owner")),
        subtitle=_subtitle(passport, histogram, words),
        label=_label(value["rnpv_usd"], words),
        wide_svg=wide,
        narrow_svg=narrow,
        twin=_twin(histogram, words),
        legend=_legend(histogram, words),
    )


def colours_of(histogram: Mapping[str, Any]) -> dict[str, str]:
    """Worst outcome grey, the others one hue from light to full; beyond five outcomes the middle ones share a shade."""
    ids = [key["id"] for key in histogram["keys"]]
    ramp = RAMPS[min(len(ids), len(RAMPS) - 1)]
    return {key: ramp[min(i, len(ramp) - 1)] if i < len(ids) - 1 else ramp[-1] for i, key in enumerate(ids)}


def _bars(histogram: Mapping[str, Any]) -> tuple[list[dict[str, Any]], tuple[float, float]]:
    """The stacked bars in millions and the span of the bins that are not empty."""
    edges = [edge / MILLION for edge in histogram["edges"]]
    colours = colours_of(histogram)
    bars: list[dict[str, Any]] = []
    for i, (low, high) in enumerate(pairwise(edges)):
        base = 0
        for key, colour in colours.items():
            count = histogram["counts"].get(key, ())[i]
            if count:
                bars.append({"low": low, "high": high, "base": base, "top": base + count, "colour": colour})
            base += count
    return bars, (min(b["low"] for b in bars), max(b["high"] for b in bars))


def _marks(rnpv: Mapping[str, Any], span: tuple[float, float], words: Catalogue) -> list[dict[str, Any]]:
    """Mean and percentiles with their words, each on a line of its own."""
    mean = money_estimate(rnpv)
    said = words("distribution.mean", mean=mean.mean, error=mean.error)
    marks = [{"at": rnpv["mean"] / MILLION, "text": said, "line": 4, "kind": "mean"}]
    for line, name in ((19, "p50"), (34, "p5"), (49, "p95")):
        if rnpv.get(name) is not None:
            words_of = f"{name} {musd(rnpv[name])}"
            marks.append({"at": rnpv[name] / MILLION, "text": words_of, "line": line, "kind": "quantile"})
    return [mark for mark in marks if span[0] <= mark["at"] <= span[1]]


def _sided(marks: list[dict[str, Any]], span: tuple[float, float], canvas: Canvas) -> list[dict[str, Any]]:
    """Words stand on the side away from the mean, so that no line crosses them, unless they would leave the drawing."""
    mean = next((m["at"] for m in marks if m["kind"] == "mean"), span[0])
    sided = []
    for mark in marks:
        place = (mark["at"] - span[0]) / (span[1] - span[0])
        room = (MEAN_WORDS_PX if mark["kind"] == "mean" else WORDS_PX) / canvas.width_px
        is_right = mark["at"] >= mean
        sided.append({**mark, "right": place < room if not is_right else place < 1 - room})
    return sided


def _definition(
    bars: list[dict[str, Any]], marks: list[dict[str, Any]], span: tuple[float, float], canvas: Canvas
) -> Spec:
    places = ticks(*span, about=5 if canvas.narrow else 6)
    axis = {"values": places, "grid": True, "domain": False, "labelExpr": NUMBER_LABEL, "labelFlush": False}
    x = {
        "type": "quantitative",
        "axis": axis,
        "scale": {"domain": list(span), "nice": False, "zero": False, "padding": 0},
    }
    tallest = max(bar["top"] for bar in bars)
    y = {
        "field": "base",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, tallest * HEIGHT_PX / (HEIGHT_PX - LABELS_PX)], "nice": False},
    }
    bar = {"type": "bar", "stroke": MAIN, "strokeWidth": 0.5, "orient": "vertical"}
    layers = [
        layer(
            {**bar},
            bars,
            x={"field": "low", **x},
            x2={"field": "high"},
            y=y,
            y2={"field": "top"},
            fill=nominal_colour(),
        ),
        layer({"type": "rule", "stroke": AXIS}, [{"base": 0}], x=0, x2={"value": canvas.width_px - 12}, y=y),
        *_zero(span),
        *_mark_layers(_sided(marks, span, canvas)),
    ]
    return document(layers, canvas=canvas, height_px=HEIGHT_PX, padding={"left": 6, "right": 6, "top": 8, "bottom": 20})


def _zero(span: tuple[float, float]) -> list[Spec]:
    if not span[0] < 0 < span[1]:
        return []
    rule = {"type": "rule", "stroke": AXIS, "strokeWidth": 1.25}
    return [layer(rule, [{"at": 0}], x="at", y=LABELS_PX, y2={"value": HEIGHT_PX})]


def _mark_layers(marks: list[dict[str, Any]]) -> list[Spec]:
    pixels = {"field": "line", "type": "quantitative", "scale": None}
    mean = [m for m in marks if m["kind"] == "mean"]
    quantiles = [m for m in marks if m["kind"] == "quantile"]
    layers = [
        layer({"type": "rule", "stroke": INK, "strokeWidth": 1.5}, mean, x="at", y=pixels, y2={"value": HEIGHT_PX}),
        layer(
            {"type": "rule", "stroke": INK_3, "strokeDash": [3, 2]},
            quantiles,
            x="at",
            y=pixels,
            y2={"value": HEIGHT_PX},
        ),
    ]
    for group, strong, colour in ((mean, True, INK), (quantiles, False, INK_2)):
        for right in (True, False):
            side = [m for m in group if m["right"] is right]
            layers.append(
                text(
                    side,
                    align="left" if right else "right",
                    dx=5 if right else -5,
                    colour=colour,
                    strong=strong,
                    x="at",
                    y=pixels,
                )
            )
    return layers


def _subtitle(passport: Mapping[str, Any], histogram: Mapping[str, Any], words: Catalogue) -> str:
    capital = passport.get("capital") or {}
    width = (histogram["edges"][1] - histogram["edges"][0]) / MILLION
    return words(
        "distribution.subtitle",
        draws=number(passport.get("draws")),
        rate=percent(capital.get("discount_rate_per_year"), 1).replace(".0%", "%"),
        convention=words.either("convention", capital.get("convention", "exact")),
        width=f"{width:,.3g}",
    )


def _legend(histogram: Mapping[str, Any], words: Catalogue) -> tuple[LegendItem, ...]:
    if len(histogram["keys"]) < 2:
        return ()
    colours = colours_of(histogram)
    return tuple(LegendItem("swatch", words.text(key["label"]), colours[key["id"]]) for key in histogram["keys"])


def _label(rnpv: Mapping[str, Any], words: Catalogue) -> str:
    mean = money_estimate(rnpv)
    places = {name: musd(rnpv.get(name)) for name in ("p5", "p50", "p95")}
    return words("distribution.label", mean=mean.mean, error=mean.error, **places)


def _twin(histogram: Mapping[str, Any], words: Catalogue) -> Twin:
    keys: Sequence[Mapping[str, Any]] = histogram["keys"]
    columns = (words("column.from"), words("column.to"), *(words.text(key["label"]) or key["id"] for key in keys))
    edges = histogram["edges"]
    rows = [
        (musd(edges[i]), musd(edges[i + 1]), *(number(histogram["counts"][key["id"]][i]) for key in keys))
        for i in range(len(edges) - 1)
        if any(histogram["counts"][key["id"]][i] for key in keys)
    ]
    return Twin(columns, tuple(rows), left_columns=0)
