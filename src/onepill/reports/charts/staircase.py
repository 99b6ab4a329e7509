"""The chance that remains after each gate on the way to one market: steps, never slopes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts.frame import (
    BAND,
    HALF_PX,
    INK,
    INK_3,
    MAIN,
    Canvas,
    Chart,
    LegendItem,
    Spec,
    Twin,
    document,
    draw,
    layer,
    text,
)
from onepill.reports.markets import Market
from onepill.reports.numerals import percent

HEIGHT_PX = 168
FIGURE_ROOM_PX = 48  # what a figure takes at the end of a line
THROUGH = "to_approval"  # how a comparable quantity ends that covers all gates up to approval
LABEL_ROOM_PX = 62  # below it two neighbouring labels would touch, so a step keeps only its figure


@dataclass(frozen=True)
class Step:
    """One tread: the chance after a gate, the band of that gate's own interval, the other table's level on it.

    `other` is what remains by the other table: its figure where the gate can be compared, the plan's own where not; a
    figure that reaches to approval holds to the end. None until the first gate that can be compared.
    """

    name: str
    prob: float
    after: float
    low: float | None
    high: float | None
    other: float | None


def steps_of(passport: Mapping[str, Any], gate_ids: Sequence[str], text_of: Any) -> list[Step]:
    """The treads of a chain of gates, in its order; gates counted inside another are left out."""
    success = passport.get("success") or {}
    gates = {gate["id"]: gate for gate in success.get("gates") or ()}
    chain = [gates[g] for g in gate_ids if g in gates]
    steps: list[Step] = []
    before, other, is_compared, is_through = 1.0, 1.0, False, False
    for gate in (g for g in chain if not g.get("included") and g.get("prob") is not None):
        if not is_through:
            compared = gate.get("other_table_prob")
            other *= gate["prob"] if compared is None else compared
            is_compared = is_compared or compared is not None
            is_through = compared is not None and str(gate.get("comparable")).endswith(THROUGH)
        steps.append(_step(gate, before, other if is_compared else None, text_of))
        before = steps[-1].after
    return steps


def _step(gate: Mapping[str, Any], before: float, other: float | None, text_of: Any) -> Step:
    low, high = (None if gate.get(k) is None else before * gate[k] for k in ("low", "high"))
    return Step(text_of(gate.get("label")) or str(gate["id"]), gate["prob"], before * gate["prob"], low, high, other)


def staircase_chart(passport: Mapping[str, Any], market: Market, words: Catalogue) -> Chart | None:
    """The staircase to one market, or None when no gate stands before it."""
    steps = steps_of(passport, market.chain, words.text)
    if not steps:
        return None
    wide, narrow = draw(lambda canvas: _definition(steps, canvas, words), wide_px=HALF_PX, lang=words.lang)
    return Chart(
        id="staircase",
        title=words("staircase.title", market=market.name),
        subtitle=words("staircase.subtitle"),
        label=_label(steps, market.name, words),
        wide_svg=wide,
        narrow_svg=narrow,
        twin=_twin(steps, words),
        legend=_legend(steps, words),
    )


def _definition(steps: Sequence[Step], canvas: Canvas, words: Catalogue) -> Spec:
    treads = _treads(steps, words)
    band = [t for t in treads if t["low"] is not None]
    other = [t for t in treads if t["other"] is not None]
    x = {"type": "quantitative", "axis": None, "scale": {"domain": [0, len(treads)], "nice": False}}
    span: dict[str, Any] = {"x": {"field": "from", **x}, "x2": {"field": "to"}}
    layers = [
        layer({"type": "rect", "fill": BAND}, band, y=_y_axis("low"), y2={"field": "high"}, **span),
        layer(
            {"type": "rule", "stroke": MAIN, "strokeDash": [1, 2]},
            treads[1:],
            x="from",
            y="before",
            y2={"field": "after"},
        ),
        layer(
            {"type": "rule", "stroke": INK_3, "strokeWidth": 1.5, "strokeDash": [4, 3]},
            other,
            y=_y_axis("other"),
            **span,
        ),
        layer({"type": "rule", "stroke": MAIN, "strokeWidth": 2.5}, treads, y=_y_axis("after"), **span),
        *_labels(treads, canvas),
    ]
    return document(
        layers, canvas=canvas, height_px=HEIGHT_PX, padding={"left": 40, "right": 2, "top": 12, "bottom": 10}
    )


def _y_axis(field: str) -> Spec:
    axis = {"values": [0, 0.25, 0.5, 0.75, 1], "labelExpr": "round(datum.value * 100) + '%'", "domain": False}
    return {"field": field, "type": "quantitative", "axis": axis, "scale": {"domain": [0, 1]}}


def _treads(steps: Sequence[Step], words: Catalogue) -> list[dict[str, Any]]:
    first = {
        "from": 0,
        "to": 1,
        "before": 1.0,
        "after": 1.0,
        "low": None,
        "high": None,
        "other": None,
        "figure": "100%",
        "name": words("staircase.today"),
        "other_text": "",
    }
    treads: list[dict[str, Any]] = [first]
    for i, step in enumerate(steps, start=1):
        treads.append(
            {
                "from": i,
                "to": i + 1,
                "before": treads[-1]["after"],
                "after": step.after,
                "low": step.low,
                "high": step.high,
                "other": step.other,
                "figure": percent(step.after, 1),
                "name": step.name,
                "other_text": _other_text(step, treads[-1]["other"]),
            }
        )
    return treads


def _other_text(step: Step, before: float | None) -> str:
    """The other table's figure where its line begins or moves."""
    return "" if step.other is None or step.other == before else percent(step.other, 1)


def _labels(treads: list[dict[str, Any]], canvas: Canvas) -> list[Spec]:
    """Figure and name above a tread, below it where the tread is high; the other table's figure beside its line."""
    room = (canvas.width_px - 42) / len(treads)
    high = [t for t in treads if t["after"] > 0.8]
    low = [t for t in treads if t["after"] <= 0.8]
    y = {"field": "after", "type": "quantitative"}
    above = {"field": "top", "type": "quantitative"}
    raised = [{**t, "top": max(t["after"], t["high"] or 0, t["other"] or 0)} for t in low]
    layers = [
        text(high, field="figure", colour=INK, strong=True, dx=3, dy=14, x="from", y=y),
        text(raised, field="figure", colour=INK, strong=True, dx=4, dy=-22, x="from", y=above),
    ]
    if room >= LABEL_ROOM_PX:
        layers.append(text(high, field="name", dx=3, dy=28, limit_px=room - 6, x="from", y=y))
        for crowded in (False, True):
            named = [t for t in raised if _is_other_above(t) is crowded]
            limit = room - (FIGURE_ROOM_PX if crowded else 6)
            layers.append(text(named, field="name", dx=4, dy=-9, limit_px=limit, x="from", y=above))
    other = [t for t in treads if t["other_text"]]
    # At the far end of its line, on the side where the tread is not.
    for is_above, dy in ((True, -8), (False, 10)):
        end: dict[str, Any] = {
            "align": "right",
            "dx": -3,
            "dy": dy,
            "x": "to",
            "y": {"field": "other", "type": "quantitative"},
        }
        layers.append(text([t for t in other if _is_other_above(t) is is_above], field="other_text", **end))
    return layers


def _is_other_above(tread: Mapping[str, Any]) -> bool:
    """Whether the other table's line, with its figure, lies above the tread."""
    return bool(tread["other_text"]) and tread["other"] > tread["after"]


def _legend(steps: Sequence[Step], words: Catalogue) -> tuple[LegendItem, ...]:
    items = [LegendItem("step", words("staircase.legend_step"))]
    if any(step.low is not None for step in steps):
        items.append(LegendItem("band", words("staircase.legend_band")))
    if any(step.other is not None for step in steps):
        items.append(LegendItem("dashed", words("staircase.legend_other")))
    return tuple(items)


def _label(steps: Sequence[Step], market: str, words: Catalogue) -> str:
    said = [words("staircase.said", name=step.name, chance=percent(step.after, 1)) for step in steps]
    if steps[-1].other is not None:
        said.append(words("staircase.said_other", chance=percent(steps[-1].other, 1)))
    return words("staircase.label", market=market, said=words("list.semicolon").join(said))


def _twin(steps: Sequence[Step], words: Catalogue) -> Twin:
    columns = tuple(words(f"column.{name}") for name in ("gate", "chance", "interval", "remaining", "other_table"))
    rows = [(s.name, percent(s.prob, 1), _interval(s), percent(s.after, 1), percent(s.other, 1)) for s in steps]
    return Twin(columns, tuple(rows))


def _interval(step: Step) -> str:
    if step.low is None or step.high is None:
        return ""
    return f"{percent(step.low, 1).removesuffix('%')}–{percent(step.high, 1)}"
