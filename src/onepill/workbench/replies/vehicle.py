"""What is answered about a deal's vehicle."""

from __future__ import annotations

from typing import Literal

from onepill.workbench.replies.parts import Chance, Reply, Text


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


class WaterfallStep(Reply):
    """One item between a fund, its partners and its manager: expected, undiscounted, over all years."""

    item: Literal["draw", "management_fee", "paid_out", "carried_interest", "clawback"]
    label: Text
    usd: int
    own_currency: int | None


class FundRow(Reply):
    """A fund's terms, and what goes through its waterfall in dollars and in its own currency.

    `per_usd` and amounts in the own currency are null where the files give no rate of it.
    """

    id: str
    party: str
    partners: str
    manager: str
    currency: str
    per_usd: float | None
    fee_share_per_year: Chance
    fee_years: float
    hurdle_per_year: Chance
    catch_up_share: Chance
    carry_share: Chance
    waterfall: list[WaterfallStep]


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
    funds: list[FundRow]
    money: list[MoneyRow]
    stakes: list[StakeRow]
