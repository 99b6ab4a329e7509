"""What all charts share: one definition in the Vega-Lite grammar, drawn twice (wide and narrow), coloured by CSS.

A definition is a plain Vega-Lite document: exactly what Altair writes, without its half second of import on the
passport's way (a test reads each one back through Altair). Colours and fonts are CSS variables, so that one drawing
serves light, dark and print.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onepill.reports.charts.lettering import set_words, without_words
from onepill.reports.footnotes import Mark

Spec = dict[str, Any]
Rows = Sequence[Mapping[str, Any]]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
WIDE_PX, HALF_PX, NARROW_PX = 860, 586, 358

INK, INK_2, INK_3 = "var(--ink)", "var(--ink-2)", "var(--ink-3)"
MAIN, MAIN_SOFT, SURFACE = "var(--chart-main)", "var(--chart-main-soft)", "var(--surface)"
GRID, AXIS, PAST, BAND = "var(--chart-grid)", "var(--chart-axis)", "var(--chart-past)", "var(--chart-fan-3)"
NUMBER_LABEL = "format(datum.value, ',.9~g')"  # every tick as it is: Vega's own number format rounds 2.5 to 3
JURISDICTION_COLOURS = {"US": "us", "CN": "cn", "EU": "eu", "JP": "jp"}


def market_class(market: str | None) -> str:
    """The colour class of a market: four have their own, development and all others share the fifth."""
    return JURISDICTION_COLOURS.get(market or "", "development")


def market_colour(market: str | None) -> str:
    return f"var(--chart-{market_class(market)})"


@dataclass(frozen=True)
class Canvas:
    """The size of one drawing, and the size of its letters (no Han character below 12 px)."""

    width_px: int
    lang: str

    @property
    def narrow(self) -> bool:
        return self.width_px <= NARROW_PX

    @property
    def letters_px(self) -> int:
        return 12 if self.lang == "zh" or self.narrow else 11


@dataclass(frozen=True)
class LegendItem:
    """One entry of a legend: the sign's name (drawn by the template) and its words."""

    sign: str
    words: str
    colour: str = "main"


@dataclass(frozen=True)
class Twin:
    """The table behind a chart: the same values, for those who read rather than look."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_columns: int = 1


class Drawing(str):
    """An SVG, with the definition that it was drawn from for a page that draws it again."""

    __slots__ = ("definition",)
    definition: Spec

    def __new__(cls, svg: str, definition: Spec) -> Drawing:
        made = super().__new__(cls, svg)
        made.definition = definition
        return made


@dataclass(frozen=True)
class Chart:
    """A drawn chart with all that stands around it.

    `full` is a definition of more than the drawing can show, for a page that can be moved about and enlarged.
    """

    id: str
    title: str
    subtitle: str
    label: str
    wide_svg: Drawing
    narrow_svg: Drawing
    twin: Twin
    legend: tuple[LegendItem, ...] = ()
    marks: tuple[Mark, ...] = ()
    full: Spec | None = None
    href: str = ""
    """Where the page says what its numbers come from; empty where it does not."""


def document(layers: Sequence[Spec], *, canvas: Canvas, height_px: float, padding: Mapping[str, float]) -> Spec:
    """A whole definition: layers over one pair of scales, of an exact size and without a ground of its own."""
    width = canvas.width_px - padding["left"] - padding["right"]
    return {
        "$schema": SCHEMA,
        "width": width,
        "height": height_px,
        "padding": dict(padding),
        "autosize": {"type": "none"},
        "background": "transparent",
        "config": _config(canvas),
        "layer": [part for part in layers if part["data"]["values"]],
    }


def _config(canvas: Canvas) -> Spec:
    axis = {
        "domainColor": AXIS,
        "gridColor": GRID,
        "labelColor": "var(--chart-label)",
        "labelFontSize": canvas.letters_px,
        "ticks": False,
        "title": None,
        "labelPadding": 5,
    }
    return {"aria": False, "view": {"stroke": None}, "axis": axis, "text": {"fontSize": canvas.letters_px}}


def layer(mark: Spec, values: Rows, **encoding: Any) -> Spec:
    """One layer with its own rows; a channel given as text is a quantitative field, as a number a place in pixels.

    Rows with a `tip` say it where they are pointed at, on a page that draws for itself.
    """
    channels = {name: _channel(value) for name, value in encoding.items() if value is not None}
    if values and "tip" in values[0]:
        channels["tooltip"] = {"field": "tip", "type": "nominal"}
    return {"data": {"values": list(values)}, "mark": mark, "encoding": channels}


def _channel(value: Any) -> Spec:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, int | float):
        return {"value": value}
    return {"field": value, "type": "quantitative"}


def text(
    values: Rows,
    *,
    field: str = "text",
    align: str = "left",
    colour: str = INK_2,
    strong: bool = False,
    limit_px: float | None = None,
    dx: float = 0,
    dy: float = 0,
    angle: float = 0,
    **encoding: Any,
) -> Spec:
    """A layer of words; `limit_px` cuts what is longer with an ellipsis (the twin has it in full).

    `angle` turns them about their place, in degrees clockwise.
    """
    mark: Spec = {"type": "text", "align": align, "baseline": "middle", "fill": colour, "dx": dx, "dy": dy}
    if strong:
        mark["fontWeight"] = 600
    if limit_px is not None:
        mark["limit"] = limit_px
    if angle:
        mark["angle"] = angle
    return layer(mark, values, text={"field": field, "type": "nominal"}, **encoding)


def nominal_colour(field: str = "colour") -> Spec:
    """A channel whose field already holds the colour."""
    return {"field": field, "type": "nominal", "scale": None}


def row_position(count: int) -> Spec:
    """The y channel of a chart of equal rows, first row on top; the field is `row`, counted from 0."""
    scale = {"domain": list(range(count)), "paddingInner": 0, "paddingOuter": 0}
    return {"field": "row", "type": "ordinal", "axis": None, "scale": scale}


def draw(definition: Callable[[Canvas], Spec], *, wide_px: int, lang: str) -> tuple[Drawing, Drawing]:
    """Draw a definition at its wide and its narrow size."""
    wide, narrow = (to_svg(definition(Canvas(width, lang))) for width in (wide_px, NARROW_PX))
    return wide, narrow


def to_svg(spec: Spec) -> Drawing:
    """One definition as an SVG that the page can hold: decoration for the eye, its words are in the figure's label."""
    import vl_convert  # 0.3 s on its first drawing, so only when a page is made

    svg: str = vl_convert.vegalite_to_svg(without_words(spec))
    return Drawing(set_words(svg, spec).replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1), spec)


def warm_up() -> None:
    """Start the drawing engine, which takes 0.3 s at its first drawing and leaves the processor to others meanwhile."""
    import vl_convert

    vl_convert.vegalite_to_svg({"$schema": SCHEMA, "data": {"values": [{"x": 0}]}, "mark": "point"})
