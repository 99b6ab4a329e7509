"""A company made for the programme (NewCo) and the funds that finance it, as a terms file writes them."""

# ruff: noqa: RUF012 -- pydantic copies a default for each instance; the base class lies in another file

from __future__ import annotations

from typing import Literal

from pydantic import Field

from onepill.model.deal_terms import Backed
from onepill.model.deal_when import Moment, When
from onepill.model.types import Closed, Currency, Identifier
from onepill.model.values import AmountValue, ShareValue


class StakeTerm(Backed):
    """A holder's first share, protected from dilution until the vehicle has raised `protected_until`."""

    share: ShareValue
    protected_until: AmountValue | None = None


class Tranche(Closed):
    """A share of a round's money, on a day."""

    share: ShareValue
    on: Moment = When()


class RoundTerm(Backed):
    """Money from investors at a value before it; without tranches all of it comes at the signing.

    `anti_dilution`: the free shares that its investors get when a later round pays less for a share.
    """

    investors: dict[Identifier, AmountValue] = Field(min_length=1)
    pre_money: AmountValue
    tranches: list[Tranche] = []
    anti_dilution: Literal["none", "weighted_average", "full_ratchet"] = "none"


class WarrantTerm(Backed):
    """The right to a share of the vehicle at the exit for `strike`."""

    holder: Identifier
    share: ShareValue
    strike: AmountValue


class ExitTerm(Backed):
    """The vehicle's shares go to an outside buyer; without `value`, at the expected present value of what follows."""

    kind: Literal["sale", "listing"]
    on: Moment
    discount_rate_per_year: ShareValue
    value: AmountValue | None = None
    discount_share: ShareValue | None = None
    cost_share: ShareValue | None = None


class VehicleTerms(Closed):
    """The company `party`: who holds it first, who pays in, what an exit brings."""

    party: Identifier
    stakes: dict[Identifier, StakeTerm] = Field(min_length=1)
    rounds: dict[Identifier, RoundTerm] = {}
    warrants: dict[Identifier, WarrantTerm] = {}
    exits: dict[Identifier, ExitTerm] = {}
    preference_multiple: float = Field(default=0, ge=0, le=10)
    participating: bool = False


class FundTerms(Backed):
    """The fund that invests as `party`; its money comes from `partners`, `manager` earns fee and carry."""

    party: Identifier
    partners: Identifier
    manager: Identifier
    currency: Currency = "USD"
    fee_share_per_year: ShareValue | None = None
    fee_years: float = Field(default=10, ge=0, le=30)
    hurdle_per_year: ShareValue | None = None
    catch_up_share: ShareValue | None = None
    carry_share: ShareValue | None = None
