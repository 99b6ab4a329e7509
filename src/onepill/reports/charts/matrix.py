"""All cells of two axes: the fullest rows and columns on paper, every one where a page draws for itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts.frame import SCHEMA, Chart, Spec
from onepill.reports.charts.heat_map import WIDE, heat_map_chart, heat_steps

Row = Mapping[str, Any]
LEFT_PX, RIGHT_PX, TOP_PX, HEIGHT_PX = 130, 56, 110, 520
LETTERS_PX = 11
LABEL_PX = 20
"""What a turned name takes of the width, so that none is set over its neighbour."""
MOST_LABELS = 24
AXES, ENDS = ("row", "column"), (("-", "begin"), ("+", "end"))
NAME = "datum.value >= 0 && floor(datum.value) == datum.value && datum.value < length({0}) ? {0}[datum.value] : ''"
"""A tick's name: the middles of cells are whole numbers, so only these have one."""


def matrix_chart(answer: Row, words: Catalogue) -> Chart | None:
    """The cells of `landscape matrix`, or None where there is none; on paper folded to its fullest rows and columns."""
    if not answer["cells"]:
        return None
    heat = _heat(answer)
    drawn = heat_map_chart({"heat_map": heat}, words)
    is_whole = len(heat["rows"]) <= WIDE.most_rows and len(heat["columns"]) <= WIDE.most_columns
    return drawn and replace(drawn, id="matrix", full=None if is_whole else full_matrix(heat))


def _heat(answer: Row) -> dict[str, Any]:
    """The answer as a heat map reads it: rows and columns in falling order of their programmes."""
    totals: dict[str, dict[str, int]] = {"row": {}, "column": {}}
    names: dict[str, dict[str, str]] = {"row": {}, "column": {}}
    for cell in answer["cells"]:
        for axis in ("row", "column"):
            one = cell[axis]
            totals[axis][one] = totals[axis].get(one, 0) + cell["programmes"]
            names[axis][one] = cell[f"{axis}_name"]
    axes = {
        f"{axis}s": [{"id": one, "name": names[axis][one]} for _, one in sorted((-n, one) for one, n in found.items())]
        for axis, found in totals.items()
    }
    kept = {name: answer[name] for name in ("cells", "programmes", "unplaced")}
    return {**axes, **kept, "other_rows": 0, "other_columns": 0}


def full_matrix(heat: Row) -> Spec:
    """Every cell, to be moved about with the pointer and enlarged with the wheel; what is pointed at tells its names.

    Rows and columns are numbered, and the cells are three lists of numbers, so that 26,000 of them are a quarter of a
    megabyte. The page fits the drawing to its own width: `usermeta.margin` is what it leaves beside the cells, and
    `usermeta.label` how wide a column's name is, of which it sets as many as there is room for.
    """
    rows, columns = ([one["name"] for one in heat[axis]] for axis in ("rows", "columns"))
    at_row, at_column = ({one["id"]: i for i, one in enumerate(heat[axis])} for axis in ("rows", "columns"))
    starts = heat_steps(max((cell["programmes"] for cell in heat["cells"]), default=1))
    cells = {
        "row": [at_row[cell["row"]] for cell in heat["cells"]],
        "column": [at_column[cell["column"]] for cell in heat["cells"]],
        "programmes": [cell["programmes"] for cell in heat["cells"]],
    }
    colours = [f"var(--heat-{min(level, 4)})" for level in range(len(starts) + 1)]
    return {
        "$schema": SCHEMA,
        "usermeta": {"margin": LEFT_PX + RIGHT_PX, "label": LABEL_PX},
        "width": 700,
        "height": HEIGHT_PX,
        "padding": {"left": LEFT_PX, "top": TOP_PX, "right": RIGHT_PX, "bottom": 8},
        "autosize": {"type": "none"},
        "background": "transparent",
        "config": {"aria": False, "view": {"stroke": "var(--chart-axis)"}},
        "data": {"values": [cells]},
        "params": [
            {"name": "rows", "value": rows},
            {"name": "columns", "value": columns},
            {"name": "moved", "select": "interval", "bind": "scales"},
        ],
        "transform": [
            {"flatten": ["row", "column", "programmes"]},
            *({"calculate": f"datum.{name} {sign} 0.5", "as": f"{name}_{end}"} for name in AXES for sign, end in ENDS),
            {"calculate": "rows[datum.row] + ' × ' + columns[datum.column] + ': ' + datum.programmes", "as": "tip"},
        ],
        "mark": {"type": "rect", "clip": True},
        "encoding": {
            "x": _place("column_begin", "columns", [-0.5, len(columns) - 0.5], turned=True),
            "x2": {"field": "column_end"},
            "y": _place("row_begin", "rows", [-0.5, len(rows) - 0.5]),
            "y2": {"field": "row_end"},
            "color": {
                "field": "programmes",
                "type": "quantitative",
                "scale": {"type": "threshold", "domain": starts, "range": colours},
                "legend": None,
            },
            "tooltip": {"field": "tip", "type": "nominal"},
        },
    }


def _place(field: str, names: str, domain: list[float], *, turned: bool = False) -> Spec:
    axis = {
        "title": None,
        "orient": "top" if turned else "left",
        "labelExpr": NAME.format(names),
        "labelColor": "var(--chart-label)",
        "labelFontSize": LETTERS_PX,
        "labelLimit": TOP_PX if turned else LEFT_PX - 10,
        "labelAngle": -60 if turned else 0,
        "labelAlign": "left" if turned else "right",
        "tickMinStep": 1,
        "tickCount": MOST_LABELS,
        "labelOverlap": False,
        "grid": False,
        "ticks": False,
        "domainColor": "var(--chart-axis)",
    }
    scale = {"domain": domain, "nice": False, "reverse": not turned}  # the first row stands on top
    return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}
