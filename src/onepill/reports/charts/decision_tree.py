"""The policy of a lean proof of concept as a tree: what is started, what each result leads to, where it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts.frame import (
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
    layer,
    nominal_colour,
    text,
)
from onepill.reports.charts.lettering import cut, width_px
from onepill.reports.charts.policy_tree import Drawn, drawn_tree
from onepill.reports.numerals import musd, number, percent

END_PX = 132
"""Room for a decision at the right edge of the wide drawing."""
LINE_PX, INDENT_PX, FIRST_PX, ROW_PX = 15, 16, 6, 44.0
TRUNK_SHARE = 0.66
"""The part of a column that a start's own words take; its branches leave behind it."""
STRONG_SHARE = 0.82
"""Strong letters are wider than a text's width is estimated."""
PADDING = {"left": 2, "right": 2, "top": 6, "bottom": 6}
WIDEST_PX = 7.0
"""The width of the branch that is always taken; others are as wide as they are likely."""
COLOURS = {"start": MAIN, "go": "var(--up)", "no_go": "var(--down)", "more": INK_3}
Names = Mapping[str, str]


def decision_tree_chart(answer: Mapping[str, Any], words: Catalogue) -> Chart:
    """The drawing of `poc plan`'s answer."""
    names = {row["id"]: words.text(row["title"]) for row in answer["experiments"]}
    tree = drawn_tree(answer["policy"])
    wide, narrow = draw(lambda canvas: _definition(tree, names, canvas, words), wide_px=WIDE_PX, lang=words.lang)
    return Chart(
        id="decision-tree",
        title=words("poc.tree"),
        subtitle=words("poc.tree_note"),
        label=words("poc.tree_label", starts=sum(node.kind == "start" for node in tree.all()), ends=len(tree.ends())),
        wide_svg=wide,
        narrow_svg=narrow,
        twin=_twin(tree, names, words),
        legend=tuple(
            LegendItem("square", words(key), COLOURS[kind])
            for kind, key in (("start", "poc.start"), ("go", "poc.go"), ("no_go", "poc.no_go"))
        ),
    )


def _definition(tree: Drawn, names: Names, canvas: Canvas, words: Catalogue) -> Spec:
    return _outline(tree, names, canvas, words) if canvas.narrow else _columns(tree, names, canvas, words)


@dataclass(frozen=True)
class _Point:
    """A point of the drawing at its place in pixels; its branches leave the trunk at `bend`."""

    node: Drawn
    x: float
    y: float
    bend: float


def _columns(tree: Drawn, names: Names, canvas: Canvas, words: Catalogue) -> Spec:
    """From left to right: one column a step, decisions at the right edge."""
    depth = max(node.depth for node in tree.all())
    step = (canvas.width_px - END_PX) / depth if depth else 0.0
    titles = {id(node): _wrapped(_titles(node, names), canvas, step * TRUNK_SHARE - 14) for node in tree.all()}
    # a start with two branches lies between their rows, so that no other line comes nearer than one and a half rows
    row_px = max(ROW_PX, LINE_PX * (max(map(len, titles.values())) + 1) / 1.5)
    points = []
    for node in tree.all():
        x = FIRST_PX + step * (node.depth if node.kind == "start" else depth)
        points.append(_Point(node, x, (node.row + 0.5) * row_px, x + step * TRUNK_SHARE))
    lines = [line for point in points for line in _words_beside(point, titles[id(point.node)], words)]
    lines += [_result(start, end) for start, end in _pairs(points)]
    return _drawing(points, lines, canvas=canvas, height_px=row_px * len(tree.ends()))


def _pairs(points: Sequence[_Point]) -> list[tuple[_Point, _Point]]:
    """Each start with each point that it leads to."""
    at = {id(point.node): point for point in points}
    return [(point, at[id(branch)]) for point in points for branch in point.node.branches]


def _wrapped(titles: Sequence[str], canvas: Canvas, room_px: float) -> list[str]:
    """Each title on at most two lines, the second cut where it is still too long."""
    found = []
    for title in titles:
        head, tail = _broken(title, canvas.letters_px, room_px * STRONG_SHARE)
        found += [head, *([cut(tail, room_px * STRONG_SHARE, letters_px=canvas.letters_px)] if tail else [])]
    return found


def _broken(title: str, letters_px: float, room_px: float) -> tuple[str, str]:
    """What fits on one line, and the rest: between words, in Chinese between any characters."""
    pieces = title.split(" ") if " " in title else list(title)
    glue = " " if " " in title else ""
    count = len(pieces)
    while count > 1 and width_px(glue.join(pieces[:count]), letters_px=letters_px) > room_px:
        count -= 1
    return glue.join(pieces[:count]), glue.join(pieces[count:])


def _words_beside(point: _Point, titles: Sequence[str], words: Catalogue) -> list[Spec]:
    """What stands right of a point: for a start its experiments above and their cost below, for an end the decision."""
    node = point.node
    if node.kind == "start":
        above = [
            _line(point, title, LINE_PX * (i - len(titles)) + 4, INK, strong=True) for i, title in enumerate(titles)
        ]
        return [*above, _line(point, _cost(node, words), LINE_PX - 1, INK_3)]
    said = words(f"poc.{node.kind}") + f" {percent(node.prob, 1)}"
    return [_line(point, said, -1, INK, strong=True), _line(point, _right(node, words), LINE_PX - 2, INK_3)]


def _line(point: _Point, words: str, dy: float, colour: str, *, strong: bool = False) -> Spec:
    return {"x": point.x + 11, "y": point.y + dy, "text": words, "colour": colour, "strong": strong, "align": "left"}


def _result(start: _Point, end: _Point) -> Spec:
    """The result on its branch, just before the point that it leads to."""
    shown = f"{_by(end.node)} {percent(end.node.prob / start.node.prob)}"
    return {"x": end.x - 10, "y": end.y - 9, "text": shown, "colour": INK_2, "strong": False, "align": "right"}


def _by(node: Drawn) -> str:
    """The results that lead here, as signs in the order of the experiments started."""
    return " / ".join("".join(signs) for signs in node.by)


def _titles(node: Drawn, names: Names) -> list[str]:
    return [names[name] for name in node.source["start"]] if node.kind == "start" else []


def _cost(node: Drawn, words: Catalogue) -> str:
    cost, months = musd(node.source["cost_usd"], 2), number(node.source["takes_months"], 1).removesuffix(".0")
    return words("poc.cost_time", cost=cost, months=months)


def _right(node: Drawn, words: Catalogue) -> str:
    return words("poc.right", chance=percent(node.right_prob))


def _drawing(points: Sequence[_Point], lines: Sequence[Spec], *, canvas: Canvas, height_px: float) -> Spec:
    squares = [{"x": point.x, "y": point.y, "colour": COLOURS[point.node.kind]} for point in points]
    mark = {"type": "point", "shape": "square", "size": 90, "filled": True, "opacity": 1, "stroke": SURFACE}
    place: Spec = {channel: {"field": channel, "type": "quantitative", "axis": None, "scale": None} for channel in "xy"}
    width = {"field": "width", "type": "quantitative", "scale": None, "legend": None}
    rule = {"type": "rule", "stroke": MAIN, "strokeOpacity": 0.45}
    ends = {"x2": {"field": "x2"}, "y2": {"field": "y2"}}
    layers = [
        layer(rule, _branches(points), strokeWidth=width, **ends, **place),
        layer(mark, squares, color=nominal_colour(), **place),
        *_texts(lines, place),
    ]
    return document(layers, canvas=canvas, height_px=height_px, padding=PADDING)


def _branches(points: Sequence[_Point]) -> list[Spec]:
    """A trunk from each start, then for each branch a riser and a run, as wide as they are likely."""
    trunks = [_rule(p.x, p.y, p.bend, p.y, p.node.prob) for p in points if p.node.branches]
    risers = [_rule(start.bend, start.y, start.bend, end.y, end.node.prob) for start, end in _pairs(points)]
    runs = [_rule(start.bend, end.y, end.x, end.y, end.node.prob) for start, end in _pairs(points)]
    return [*trunks, *risers, *runs]


def _rule(x: float, y: float, x2: float, y2: float, prob: float) -> Spec:
    return {"x": x, "y": y, "x2": x2, "y2": y2, "width": max(WIDEST_PX * prob, 0.75)}


def _texts(lines: Sequence[Spec], place: Spec) -> list[Spec]:
    """One layer for the lines that look alike."""
    looks = dict.fromkeys((line["align"], line["colour"], line["strong"], line.get("limit")) for line in lines)
    found = []
    for align, colour, strong, limit in looks:
        alike = [
            {key: line[key] for key in ("x", "y", "text")}
            for line in lines
            if (line["align"], line["colour"], line["strong"], line.get("limit")) == (align, colour, strong, limit)
        ]
        found.append(text(alike, align=align, colour=colour, strong=strong, limit_px=limit, **place))
    return found


def _outline(tree: Drawn, names: Names, canvas: Canvas, words: Catalogue) -> Spec:
    """From top to bottom, indented: what a narrow page has room for."""
    points, lines, top_px = list[_Point](), list[Spec](), 0.0
    for node in tree.all():
        x = FIRST_PX + INDENT_PX * node.depth
        point = _Point(node, x, top_px + LINE_PX * 0.6, x)
        block = _block(node, names, words)
        room = canvas.width_px - x - 28
        lines += [
            {**_line(point, said, LINE_PX * i, colour, strong=strong), "limit": room}
            for i, (said, colour, strong) in enumerate(block)
        ]
        points.append(point)
        top_px += LINE_PX * len(block) + 8
    return _drawing(points, lines, canvas=canvas, height_px=top_px)


def _block(node: Drawn, names: Names, words: Catalogue) -> list[tuple[str, str, bool]]:
    """The lines of a point with their colours, strong or not: its results, what is done, what it takes and its odds."""
    said = _titles(node, names) if node.kind == "start" else [words(f"poc.{node.kind}")]
    more = _cost(node, words) if node.kind == "start" else _right(node, words)
    by = [(_by(node), INK_2, False)] if node.by else []
    last = f"{more}{words('list.semicolon')}{percent(node.prob, 1)}"
    return [*by, *((line, INK, True) for line in said), (last, INK_3, False)]


def _twin(tree: Drawn, names: Names, words: Catalogue) -> Twin:
    """Every point of the drawing as a row, indented by its depth."""
    rows = []
    for node in tree.all():
        said = " + ".join(_titles(node, names)) if node.kind == "start" else words(f"poc.{node.kind}")
        cost = musd(node.source["cost_usd"], 2) if node.kind == "start" else ""
        by = _by(node) or words("poc.at_start")
        rows.append(
            (
                "\u2003" * node.depth + by,
                said,
                cost,
                number(node.source["months"], 1),
                percent(node.prob, 1),
                percent(node.right_prob),
            )
        )
    columns = ("poc.after", "poc.then", "poc.cost", "poc.months", "poc.reached", "poc.go_right")
    return Twin(tuple(words(key) for key in columns), tuple(rows), left_columns=2)
