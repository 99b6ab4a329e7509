"""What the answer says of payer paths."""

from __future__ import annotations

from pydantic import Field

from onepill.workbench.replies.parts import Chance, DayRow, Reply, Text


class PayerDay(DayRow):
    """A day of entry with its mean."""

    mean: str | None


class PayerStateRow(Reply):
    """A payer state: factors on the market's net price and peak patients, and the chance to be in it by year."""

    id: str
    title: Text
    sells: bool
    price_factor: float
    patient_share: float
    entered: PayerDay
    by_year: list[Chance]


class PayerMoveRow(Reply):
    """A transition: its calendar or mean lag in days, the chance in each round, that of its target ever."""

    id: str
    from_: list[str] = Field(alias="from")
    to: str
    calendar: str | None
    lag_days: float | None
    rounds: int
    prob: Chance
    entered_prob: Chance


class PayerPathRow(Reply):
    """A market's payer path at the end of each year; `price_factor` is null where nothing is sold on any path."""

    market: str
    id: str
    path: str
    years: list[int]
    on_market: list[Chance]
    price_factor: list[float | None]
    states: list[PayerStateRow]
    transitions: list[PayerMoveRow]
