"""What is answered about a deal's vehicle."""

from __future__ import annotations

from typing import Literal

from onepill.workbench.reply_parts import Chance, Reply


class CapTableRow(Reply):
    """Shares by party before any round (`round` null), and after each where all take place in their order."""

    round: str | None
    shares: dict[str, Chance]


class ExitRow(Reply):
    """What the buyer pays for the vehicle's flows from the exit on, and the share of paths that it ends."""

    id: str
    kind: Literal["sale", "listing"]
    value_usd: int
    prob: Chance


class FurtherNeedRow(Reply):
    """How often holders must pay beyond the rounds, and how much on average over all paths."""

    prob: Chance
    mean_usd: int


class SpreadRow(Reply):
    """Observed order statistics."""

    p5: float
    p50: float
    p95: float


class MoneyRow(Reply):
    """How one investor's money does; of a fund before its fees and carry (`fund`) and after them (`partners`).

    `multiple`, `irr_per_year` and `dpi` (by year) are those of mean flows; `path_` over the paths on which money goes
    in, rates over the share of them that has one, -1 where all is lost.
    """

    party: str
    holds: Literal["shares", "fund", "partners"]
    paid_in_usd: int
    paid_out_usd: int
    multiple: float | None
    irr_per_year: float | None
    dpi: list[float | None]
    path_multiple: SpreadRow | None
    path_irr_per_year: SpreadRow | None
    path_irr_defined_share: Chance
    prob_loss: Chance


class StakeRow(Reply):
    """The yearly rate at which what a stake is expected to bring is worth the first round's price of such shares."""

    party: str
    cost_of_capital_per_year: float | None


class VehicleSection(Reply):
    """The company made for the programme: its shares, exits, and the money in it."""

    party: str
    cap_table: list[CapTableRow]
    mean_shares: dict[str, Chance]
    exits: list[ExitRow]
    further_need: FurtherNeedRow
    money: list[MoneyRow]
    stakes: list[StakeRow]
