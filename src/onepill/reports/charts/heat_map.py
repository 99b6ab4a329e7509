"""How many programmes by target and condition: one hue in four steps, the figure in each cell, a dash where none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts.frame import (
    INK,
    INK_3,
    WIDE_PX,
    Canvas,
    Chart,
    LegendItem,
    Spec,
    Twin,
    document,
    draw,
    text,
)
from onepill.reports.charts.lettering import width_px
from onepill.reports.charts.panels import boxes, pixels, words_at
from onepill.reports.numerals import number

OTHERS = "others"
HEAT_INK, HEAT_INK_STRONG = "var(--heat-ink)", "var(--heat-ink-strong)"
STEPS = 4
GAP_PX = 1.0
LINE_PX = 22.0


@dataclass(frozen=True)
class _Layout:
    most_rows: int
    most_columns: int
    names_px: float
    heads_px: float
    right_px: float
    widest_px: float
    angle: float
    slant: float


WIDE = _Layout(
    most_rows=20, most_columns=14, names_px=150, heads_px=140, right_px=108, widest_px=52, angle=312, slant=1.24
)
NARROW = _Layout(
    most_rows=12, most_columns=6, names_px=84, heads_px=122, right_px=46, widest_px=40, angle=298, slant=1.05
)


@dataclass(frozen=True)
class HeatTable:
    """Programmes by row and column; the id `others` gathers what is not shown. Names are of the rows and columns."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    names: Mapping[tuple[str, str], str]
    programmes: Mapping[tuple[str, str], int]

    @property
    def largest(self) -> int:
        """The fullest cell that is neither in the row nor in the column of the others."""
        return max((n for key, n in self.programmes.items() if OTHERS not in key), default=0)


def heat_table(heat_map: Mapping[str, Any], words: Catalogue, *, most_rows: int, most_columns: int) -> HeatTable:
    """The document's heat map, folded to at most so many named rows and columns; the sum of all cells stays."""
    rows, columns = (_axis(heat_map[axis], most) for axis, most in (("rows", most_rows), ("columns", most_columns)))
    names = {(axis, row["id"]): row["name"] for axis in ("rows", "columns") for row in heat_map[axis]}
    found: dict[tuple[str, str], int] = {}
    for cell in heat_map["cells"]:
        key = (_place(cell["row"], rows), _place(cell["column"], columns))
        found[key] = found.get(key, 0) + cell["programmes"]
    for axis, kept in (("rows", rows), ("columns", columns)):
        hidden = sum(row["id"] not in kept for row in heat_map[axis] if row["id"] != OTHERS)
        names[axis, OTHERS] = words("heat_map.others", count=number(hidden + heat_map[f"other_{axis}"]))
    return HeatTable(rows, columns, names, found)


def _axis(rows: Sequence[Mapping[str, Any]], most: int) -> tuple[str, ...]:
    """Ids of the first rows, and `others` where any is left."""
    named = [row["id"] for row in rows if row["id"] != OTHERS]
    return (*named[:most], *([OTHERS] if len(rows) > len(named) or len(named) > most else []))


def _place(one: str, kept: Sequence[str]) -> str:
    return one if one in kept else OTHERS


def heat_steps(largest: int) -> list[int]:
    """The lowest figure of each step of colour, from 1 on: steps of equal ratio, never two alike."""
    starts = [1]
    for step in range(1, STEPS):
        start = max(round(largest ** (step / STEPS)), starts[-1] + 1)
        if start <= largest:
            starts.append(start)
    return starts


def level_of(figure: int, starts: Sequence[int]) -> int:
    """The step of a figure, from 1; 0 for none."""
    return sum(figure >= start for start in starts)


def heat_map_chart(page: Mapping[str, Any], words: Catalogue) -> Chart | None:
    """The heat map of a page's document, or None where no programme has both a target and a condition."""
    heat_map = page["heat_map"]
    if not heat_map["cells"]:
        return None
    tables = {
        layout: heat_table(heat_map, words, most_rows=layout.most_rows, most_columns=layout.most_columns)
        for layout in (WIDE, NARROW)
    }
    starts = heat_steps(tables[WIDE].largest)

    def definition(canvas: Canvas) -> Spec:
        layout = NARROW if canvas.narrow else WIDE
        return _definition(tables[layout], starts, layout, canvas)

    wide, narrow = draw(definition, wide_px=WIDE_PX, lang=words.lang)
    return Chart(
        id="heat-map",
        title=words("heat_map.title"),
        subtitle=words("heat_map.subtitle", **{key: number(heat_map[key]) for key in ("programmes", "unplaced")}),
        label=_label(tables[WIDE], words),
        wide_svg=wide,
        narrow_svg=narrow,
        twin=_twin(tables[WIDE], words),
        legend=_legend(starts, tables[WIDE].largest),
    )


def _definition(table: HeatTable, starts: Sequence[int], layout: _Layout, canvas: Canvas) -> Spec:
    layout = replace(layout, names_px=_names_px(table, layout, canvas))
    room = canvas.width_px - layout.names_px - layout.right_px
    cell_px = min(room / len(table.columns), layout.widest_px)
    cells = [
        {**_cell(table, row, column, starts), **_ends(layout, cell_px, i, j)}
        for i, row in enumerate(table.rows)
        for j, column in enumerate(table.columns)
    ]
    layers = [boxes([cell for cell in cells if cell["level"]])]
    for ink in (HEAT_INK, HEAT_INK_STRONG, INK_3):
        figures = [cell for cell in cells if cell["ink"] == ink]
        layers.append(text(figures, align="center", colour=ink, x=pixels("middle_x"), y=pixels("middle_y")))
    height = layout.heads_px + LINE_PX * len(table.rows) + 4
    layers += _names(table, layout, cell_px)
    return document(layers, canvas=canvas, height_px=height, padding={"left": 0, "right": 0, "top": 0, "bottom": 0})


def _names_px(table: HeatTable, layout: _Layout, canvas: Canvas) -> float:
    """What the longest name of a row takes, at most the layout's own."""
    names = [table.names["rows", row] for row in table.rows]
    return min(max(width_px(name, letters_px=canvas.letters_px) for name in names) + 12, layout.names_px)


def _cell(table: HeatTable, row: str, column: str, starts: Sequence[int]) -> dict[str, Any]:
    """A cell's figure and colours; what is gathered has no ground, since how much is gathered says nothing."""
    figure = table.programmes.get((row, column), 0)
    level = 0 if OTHERS in (row, column) else level_of(figure, starts)
    ink = (HEAT_INK_STRONG if level > 2 else HEAT_INK) if level else INK_3
    return {
        "level": level,
        "colour": f"var(--heat-{level})",
        "ink": ink,
        "text": number(figure) if figure else "–",
        "tip": f"{table.names['rows', row]} × {table.names['columns', column]}: {number(figure)}",
    }


def _ends(layout: _Layout, cell_px: float, row: int, column: int) -> dict[str, float]:
    x, y = layout.names_px + column * cell_px, layout.heads_px + row * LINE_PX
    return {
        "x": x + GAP_PX,
        "x2": x + cell_px - GAP_PX,
        "y": y + GAP_PX,
        "y2": y + LINE_PX - GAP_PX,
        "middle_x": x + cell_px / 2,
        "middle_y": y + LINE_PX / 2,
    }


def _names(table: HeatTable, layout: _Layout, cell_px: float) -> list[Spec]:
    """Names of rows to the left, those of columns on the slant above."""
    heads = [
        {
            "x": layout.names_px + (j + 0.5) * cell_px,
            "y": layout.heads_px - 5,
            "text": table.names["columns", column],
        }
        for j, column in enumerate(table.columns)
    ]
    names = [
        {"x": layout.names_px - 8, "y": layout.heads_px + (i + 0.5) * LINE_PX, "text": table.names["rows", row]}
        for i, row in enumerate(table.rows)
    ]
    return [
        words_at(names, align="right", colour=INK, limit_px=layout.names_px - 10),
        words_at(heads, angle=layout.angle, colour=INK, limit_px=layout.heads_px * layout.slant),
    ]


def _legend(starts: Sequence[int], largest: int) -> tuple[LegendItem, ...]:
    ends = [*(start - 1 for start in starts[1:]), largest]
    return tuple(
        LegendItem("swatch", _span(start, end), f"var(--heat-{level})")
        for level, (start, end) in enumerate(zip(starts, ends, strict=True), start=1)
        if largest
    )


def _span(start: int, end: int) -> str:
    return number(start) if start == end else f"{number(start)}–{number(end)}"


def _label(table: HeatTable, words: Catalogue) -> str:
    shown = sorted(
        (key for key in table.programmes if OTHERS not in key), key=lambda key: (-table.programmes[key], key)
    )
    said = [
        words(
            "heat_map.said",
            row=table.names["rows", row],
            column=table.names["columns", column],
            count=number(table.programmes[row, column]),
        )
        for row, column in shown[:5]
    ]
    return words("heat_map.label", said=words("list.semicolon").join(said))


def _twin(table: HeatTable, words: Catalogue) -> Twin:
    columns = (words("column.target"), *(table.names["columns", column] for column in table.columns))
    rows = [
        (
            table.names["rows", row],
            *(number(table.programmes[row, c]) if (row, c) in table.programmes else "–" for c in table.columns),
        )
        for row in table.rows
    ]
    return Twin(columns, tuple(rows))
