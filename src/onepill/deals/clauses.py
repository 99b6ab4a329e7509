"""What might a clause change in a licence that comes back? Assumptions with ranges, none of them calibrated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

Level = Literal["least", "mode", "most"]
LEVELS: tuple[Level, ...] = ("least", "mode", "most")
"""How much a clause helps whoever takes the programme back."""
Effect = Literal["hazard", "transition", "restart", "repeat", "chance"]


@dataclass(frozen=True)
class SecondLife:
    """What becomes of a programme whose licence has come back.

    Attributes:
        prob: that it goes on, 0 to 1, drawn from the stream `deal.second_life`.
        transition_days: from the end of the licence until the owner holds data, filings and stock.
        restart_days: from then until the work goes on where it stopped.
        repeat_share: of what the partner had spent on development, what is spent once more in the meantime, since data
            or materials did not come back; 0 or more.
        sales_dip_share: lost of the further sales of markets launched before, 0 to 1.
    """

    prob: float
    transition_days: int
    restart_days: int
    repeat_share: float = 0.0
    sales_dip_share: float = 0.0

    @property
    def delay_days(self) -> int:
        return self.transition_days + self.restart_days


@dataclass(frozen=True)
class ClauseEffect:
    """A clause's factor on one thing, from `low` to `high`; on all but the chance a lower factor helps more."""

    on: Effect
    low: float
    mode: float
    high: float

    def at(self, level: Level) -> float:
        if level == "mode":
            return self.mode
        return self.high if (level == "most") == (self.on == "chance") else self.low


def clause_factors(effects: Iterable[ClauseEffect], level: Level) -> dict[Effect, float]:
    """The product of all factors on each thing."""
    found: dict[Effect, float] = {}
    for effect in effects:
        found[effect.on] = found.get(effect.on, 1.0) * effect.at(level)
    return found


def changed(life: SecondLife, factors: Mapping[Effect, float]) -> SecondLife:
    """The second life under a clause; its chance does not exceed 1. The factor on the hazard stands elsewhere."""
    return replace(
        life,
        prob=min(life.prob * factors.get("chance", 1.0), 1.0),
        transition_days=round(life.transition_days * factors.get("transition", 1.0)),
        restart_days=round(life.restart_days * factors.get("restart", 1.0)),
        repeat_share=life.repeat_share * factors.get("repeat", 1.0),
    )
