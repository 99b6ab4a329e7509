"""Deals against each other: paired differences, and which of them another one beats for both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from onepill.deals.measures import tail_mean
from onepill.sim.plan import Days, Money
from onepill.workbench.deals.ready import Opened
from onepill.workbench.deals.rows import (
    by_year,
    counted,
    difference_row,
    edges_of,
    others_of,
    side_row,
    sides,
)
from onepill.workbench.deals.run import Run, Valued

Row = dict[str, Any]
NO_DEAL = "none"
NO_DEAL_TITLE = {"en": "no deal", "zh": "不签约"}
SIDES = ("owner", "partner")


def compared_rows(opened: Opened, run: Run, valued: Valued) -> Row:
    """Each side of a deal, and its differences from the first deal and from none."""
    ours, first = sides(valued), sides(run.deals[0])
    start = max(valued.posed.structure.signed, opened.base.plan.as_of)
    edges = {side: edges_of([sides(deal)[side][0] for deal in run.deals]) for side in SIDES}
    return {
        "sides": {
            side: {
                **side_row(ours[side][0], _first_day(valued, side), start),
                "histogram": counted(ours[side][0], edges[side]),
                "yearly_usd": [round(float(usd)) for usd in by_year(valued.outcome, _members(valued, side))],
            }
            for side in SIDES
        },
        "differences": {
            "from_first": {side: difference_row(ours[side][0], first[side][0]) for side in SIDES},
            "from_none": {side: difference_row(*ours[side]) for side in SIDES},
        },
    }


def _members(valued: Valued, side: str) -> list[str]:
    return [valued.owner] if side == "owner" else others_of(valued)


def _first_day(valued: Valued, side: str) -> Days:
    """The first cash of any of a side's parties."""
    days: Days = np.min([valued.outcome.first_cash_day[name] for name in _members(valued, side)], axis=0)
    return days


@dataclass(frozen=True)
class Point:
    """A deal as both sides see it: mean values, and means of the worst paths, in the whole dollars that are told."""

    id: str
    mean: tuple[int, int]
    tail: tuple[int, int]
    title: Row = field(default_factory=dict)

    def beats(self, other: Point, *, with_risk: bool) -> bool:
        """Not worse for anybody in anything that counts, and better in something."""
        ours, theirs = self._measures(with_risk), other._measures(with_risk)
        return all(a >= b for a, b in zip(ours, theirs, strict=True)) and ours != theirs

    def _measures(self, with_risk: bool) -> tuple[int, ...]:
        return (*self.mean, *self.tail) if with_risk else self.mean


def frontier_rows(run: Run) -> list[Row]:
    """Every deal and the absence of one, with those that beat it on means, and on means and tails together."""
    points = []
    for valued in run.deals:
        deal = valued.posed.loaded.deal
        points.append(_point(deal.deal, dict(deal.title), [sides(valued)[side][0] for side in SIDES]))
    points.append(_point(NO_DEAL, NO_DEAL_TITLE, [sides(run.deals[0])[side][1] for side in SIDES]))
    return [_row(point, points) for point in points]


def _point(name: str, title: Row, values: Sequence[Money]) -> Point:
    owner, partner = values
    mean = round(float(owner.mean())), round(float(partner.mean()))
    return Point(name, mean, (round(tail_mean(owner)), round(tail_mean(partner))), title)


def _row(point: Point, points: Sequence[Point]) -> Row:
    return {
        "id": point.id,
        "deal_title": dict(point.title),
        "owner_usd": point.mean[0],
        "partner_usd": point.mean[1],
        "owner_tail_usd": point.tail[0],
        "partner_tail_usd": point.tail[1],
        "dominated_by": [other.id for other in points if other.beats(point, with_risk=False)],
        "dominated_by_with_risk": [other.id for other in points if other.beats(point, with_risk=True)],
    }
