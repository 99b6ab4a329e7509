"""The terms of a deal by kind: payments, milestones, royalties, shares, supply and loans, each with its source."""

# ruff: noqa: RUF012 -- pydantic copies a default for each instance; the base class lies in another file

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from onepill.model.deal_when import AnyTerritory, Measure, Moment, When
from onepill.model.types import Closed, Day, Identifier, SourceText, Text
from onepill.model.values import AmountValue, ShareValue

PAYMENTS = (
    "upfront",
    "option_fee",
    "development_milestone",
    "regulatory_milestone",
    "contingent_value_right",
    "purchase_price",
    "break_fee",
)


def _threshold(raw: Any) -> Any:
    """A threshold of 0 needs no currency."""
    return "0 USD" if raw == 0 and not isinstance(raw, bool) else raw


Threshold = Annotated[
    AmountValue, BeforeValidator(_threshold), WithJsonSchema({"type": ["string", "number", "object"]})
]


class Backed(Closed):
    """What may say where its numbers come from; a number's own source goes before it."""

    source: SourceText | None = None
    assumption: str = ""


class Term(Backed):
    """What one party owes another. `withholding_share` of what is paid goes to the authorities."""

    from_: Identifier = Field(alias="from")
    to: Identifier
    title: Text | None = None
    withholding_share: ShareValue | None = None


class OnSales(Term):
    """A term on net sales of a territory and field, by default of everything that its payer is granted."""

    territory: AnyTerritory | None = None
    field: list[Identifier] = []
    since: Moment = When()
    until: Moment | None = None


class PaymentTerm(Term):
    """A fixed amount on a day. `by`: it lapses after that day; `instalments` of equal size, one a year."""

    kind: Literal[PAYMENTS]  # type: ignore[valid-type]
    amount: AmountValue
    on: Moment = When()
    by: Day | None = None
    instalments: int = Field(default=1, ge=1, le=40)


class FundingTerm(Term):
    """Research funding, by the day, in a window."""

    kind: Literal["research_funding"]
    per_year: AmountValue
    since: Moment = When()
    until: Moment | None = None


class SalesMilestoneTerm(OnSales):
    """Owed in the first year in which net sales reach `above`: of that year, or of all years so far."""

    kind: Literal["sales_milestone"]
    amount: AmountValue
    above: AmountValue
    measure: Measure = "annual"
    every_year: bool = False
    by: Day | None = None


class Tier(Closed):
    """The slice of net sales from `above` on bears `rate`; `up_to` may be said as well, and then must fit."""

    above: Threshold
    up_to: AmountValue | None = None
    rate: ShareValue


class CapTerm(Closed):
    """No more than `total` in all where that is reached by `by`; the last cap has no day."""

    total: AmountValue
    by: Day | None = None


class StackingTerm(Closed):
    """Third parties' royalty `rate`, of which `offset_share` is deducted, down to `floor_share` of the royalty."""

    rate: ShareValue
    offset_share: ShareValue
    floor_share: ShareValue


class RoyaltyTerm(OnSales):
    """Marginal tiers on net sales, or (`of`) a share of what another royalty of this file pays."""

    kind: Literal["royalty"]
    tiers: list[Tier] = Field(min_length=1)
    of: Identifier | None = None
    measure: Measure = "annual"
    years_from_first_sale: float | None = Field(default=None, gt=0, le=50)
    ends_at_exclusivity: bool = False
    step_down: ShareValue | None = Field(
        default=None, description="share of sales that counts after exclusivity is lost"
    )
    stacking: StackingTerm | None = None
    caps: list[CapTerm] = []


class ProfitShareTerm(OnSales):
    """A share of operating profit less launch costs, losses included."""

    kind: Literal["profit_share"]
    share: ShareValue


class CostShareTerm(Term):
    """The payer bears a share of the payee's costs of these activities, up to `cap` in all."""

    kind: Literal["cost_share"]
    activities: list[str] = Field(min_length=1)
    share: ShareValue
    cap: AmountValue | None = None
    since: Moment = When()
    until: Moment | None = None


class SupplyTerm(OnSales):
    """The price of goods as a share of net sales; the payee makes them at `cost_share_of_sales`."""

    kind: Literal["supply"]
    share_of_sales: ShareValue
    cost_share_of_sales: ShareValue


class LoanTerm(Term):
    """Money lent on a day, back with compound interest after `years` or on `repaid_on`."""

    kind: Literal["loan"]
    amount: AmountValue
    on: Moment = When()
    interest_per_year: ShareValue
    years: float = Field(gt=0, le=40)
    repaid_on: Moment | None = None
    forgiven_on: Moment | None = None


AnyTerm = Annotated[
    PaymentTerm
    | FundingTerm
    | SalesMilestoneTerm
    | RoyaltyTerm
    | ProfitShareTerm
    | CostShareTerm
    | SupplyTerm
    | LoanTerm,
    Field(discriminator="kind"),
]
