"""What a structure is made of: parties, decisions, grants and legs. Amounts are nominal US dollars, days ordinals.

period -> leg -> contract -> party: a leg says what one party owes another in each period of each path, a structure is
a contract of several legs, and every leg is a transfer, so that the parties' flows always add up to the programme's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from onepill.core.dates import NEVER
from onepill.sim.plan import Link, Money

TAX = "tax"
"""The authorities, a party of every structure: taxes and withheld taxes go there."""
OUTSIDE = "outside"
"""Whoever is no party to the contract: suppliers and buyers of shares."""

Measure = Literal["annual", "cumulative"]
AntiDilution = Literal["none", "weighted_average", "full_ratchet"]


@dataclass(frozen=True)
class Party:
    """One side. `tax_share` None: each market's own share applies to its operating profit, and payments between parties
    are neither deducted nor taxed; a number: it applies to operating profit and payments alike, without loss offsets.
    """

    id: str
    discount_rate_per_year: float
    tax_share: float | None = None
    currency: str = "USD"


@dataclass(frozen=True)
class When:
    """A day on each path: the latest of `day`, the event of `link` and the exercise of `option`, plus `lag_days`.

    NEVER where one of them does not come; all left out: the day of signing.
    """

    day: int | None = None
    link: Link | None = None
    option: str | None = None
    lag_days: int = 0


SIGNING = When()


@dataclass(frozen=True)
class Window:
    """From a day on (included) and until another (not included); `until` None: to the end."""

    since: When = SIGNING
    until: When | None = None


@dataclass(frozen=True)
class Option:
    """A decision that falls on the day of `when`: taken with `exercise_prob`, drawn from the stream `deal.option.<id>`
    so that all structures share it; None: taken where its holder's expected value from then on is above nothing."""

    id: str
    holder: str
    when: When
    exercise_prob: float | None = 1.0


@dataclass(frozen=True)
class Grant:
    """In the window `to` has the operating profit of `markets` and pays their launch costs, and pays the costs of
    `activities` (ids of the plan). What nobody is granted stays with the structure's owner."""

    id: str
    to: str
    markets: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    window: Window = Window()


@dataclass(frozen=True)
class Leg:
    """What every leg has. `withholding_share` of what is paid goes to the authorities; `taxed` says whether it counts
    as income and deduction of parties with a `tax_share` (equity and loans do not)."""

    id: str
    kind: str
    payer: str
    payee: str
    withholding_share: float = 0.0
    taxed: bool = True


@dataclass(frozen=True)
class Payment(Leg):
    """A fixed amount on a day: upfront, option fee, development or regulatory milestone, contingent value right (with
    `by`, after which it lapses), break fee. It may be split into `instalments` of equal size, a year apart."""

    amount_usd: float = 0.0
    when: When = SIGNING
    by: int = NEVER
    instalments: int = 1


@dataclass(frozen=True)
class Funding(Leg):
    """Research funding: `usd_per_year`, by the day, in a window."""

    usd_per_year: float = 0.0
    window: Window = Window()


@dataclass(frozen=True)
class SalesMilestone(Leg):
    """Owed in the first year in which the markets' net sales of the window reach `threshold_usd`: of that year
    (`annual`) or of all years so far (`cumulative`); `every_year`: in each year that does. Sales after the day `by` do
    not count."""

    markets: tuple[str, ...] = ()
    amount_usd: float = 0.0
    threshold_usd: float = 0.0
    measure: Measure = "annual"
    every_year: bool = False
    window: Window = Window()
    by: int = NEVER


@dataclass(frozen=True)
class Cap:
    """No more than `total_usd` in all where that is reached by `day`; a later cap of the same royalty holds otherwise
    (1.65 times if by 2029, else 2.0 times). The last cap's day is NEVER."""

    total_usd: float
    day: int = NEVER


@dataclass(frozen=True)
class Stacking:
    """Royalties owed to third parties (`rate` of net sales): `offset_share` of them is deducted from the royalty, which
    does not fall below `floor_share` of itself."""

    rate: float
    offset_share: float
    floor_share: float


@dataclass(frozen=True)
class Royalty(Leg):
    """Marginal tiers on net sales: each slice above a threshold (US dollars) bears its own rate, rising or declining.

    Attributes:
        markets: whose net sales count together; where `of` names another royalty, what that one pays is the base
            (the true sale of a royalty) and `markets` stays empty.
        tiers: (threshold, rate), the first threshold 0, rising.
        measure: slices of each year's sales, or of all sales since the window opened.
        window: in which it is owed, by days of each year; holidays are a later `since`.
        years_from_first_sale: owed in each market at most so long after its launch; None: no such end.
        ends_at_exclusivity: owed in each market until its loss of exclusivity (with `years_from_first_sale`: until the
            later of the two, as licences have it).
        step_down: after the loss of exclusivity the sales count with this share (1: no step-down).
        cap: caps in the order of their days; empty: none.
    """

    markets: tuple[str, ...] = ()
    of: str | None = None
    tiers: tuple[tuple[float, float], ...] = ()
    measure: Measure = "annual"
    window: Window = Window()
    years_from_first_sale: float | None = None
    ends_at_exclusivity: bool = False
    step_down: float = 1.0
    stacking: Stacking | None = None
    cap: tuple[Cap, ...] = ()


@dataclass(frozen=True)
class ProfitShare(Leg):
    """`share` of the markets' operating profit less launch costs, losses included, in a window (co-promotion)."""

    markets: tuple[str, ...] = ()
    share: float = 0.0
    window: Window = Window()


@dataclass(frozen=True)
class CostShare(Leg):
    """The payer bears `share` of the payee's costs of these activities, up to `cap_usd` in all (co-development)."""

    activities: tuple[str, ...] = ()
    share: float = 0.0
    cap_usd: float = float("inf")
    window: Window = Window()


@dataclass(frozen=True)
class Supply(Leg):
    """A supply price: `share_of_sales` of the markets' net sales for the goods; the payee bears their making, at
    `cost_share_of_sales`, which the payer's operating profit contains otherwise."""

    markets: tuple[str, ...] = ()
    share_of_sales: float = 0.0
    cost_share_of_sales: float = 0.0
    window: Window = Window()


@dataclass(frozen=True)
class Loan(Leg):
    """`amount_usd` from payer to payee on a day, back with yearly compound interest after `years` in one sum, or
    earlier on `repaid_on`; forgiven where `forgiven_on` comes first. The debt survives the end of the contract."""

    amount_usd: float = 0.0
    when: When = SIGNING
    interest_per_year: float = 0.0
    years: float = 5.0
    repaid_on: When | None = None
    forgiven_on: When | None = None


@dataclass(frozen=True)
class Round:
    """Money for a vehicle on a day: each investor's amount, and the value before it that sets the new shares.

    `tranches`: (share of the amounts, day) in order; the first is the round's own. Shares are issued at the first.
    `anti_dilution`: what its investors get when a later round pays less for a share (see `docs/methods`).
    """

    id: str
    investors: tuple[tuple[str, float], ...]
    pre_money_usd: float
    tranches: tuple[tuple[float, When], ...] = ((1.0, SIGNING),)
    anti_dilution: AntiDilution = "none"


@dataclass(frozen=True)
class Stake:
    """A holder's first share of a vehicle, protected from dilution until the vehicle has raised
    `protected_until_usd`."""

    holder: str
    share: float
    protected_until_usd: float = 0.0


@dataclass(frozen=True)
class Warrant:
    """The right to `share` of the vehicle's equity at the exit for `strike_usd`, used where it pays."""

    holder: str
    share: float
    strike_usd: float


@dataclass(frozen=True)
class Exit:
    """On a day the vehicle's shares go to an outside buyer, who has its flows from then on and pays for them.

    `value_usd` None: the expected present value of those flows on the exit day, over the paths that reach it, at the
    buyer's `discount_rate_per_year`, times 1 - `discount_share`. `cost_share` goes to advisers (outside).
    """

    kind: Literal["sale", "listing"]
    when: When
    discount_rate_per_year: float
    value_usd: float | None = None
    discount_share: float = 0.0
    cost_share: float = 0.0


@dataclass(frozen=True)
class Vehicle:
    """A company made for the programme (NewCo), itself a party.

    A year's need is met out of what it has raised, then by its holders pro rata (told as `further_need`); a year's
    surplus goes to the holders by their shares.
    """

    party: str
    stakes: tuple[Stake, ...]
    rounds: tuple[Round, ...] = ()
    warrants: tuple[Warrant, ...] = ()
    exits: tuple[Exit, ...] = ()
    preference_multiple: float = 0.0
    """Investors get this multiple of their money at an exit before all others (0: none), then share pro rata if
    `participating`, or convert where that is better."""
    participating: bool = False


@dataclass(frozen=True)
class Fund:
    """A fund that invests in a vehicle as `party`; `partners` (who commit the money) and `manager` share its flows.

    Yearly: fee on what is drawn, paid by the partners on top; distributions return capital and fees first, then the
    hurdle (compound), then the manager's catch-up, then `carry_share` to the manager: the waterfall of a whole fund.
    Amounts are in the fund's own currency, its hurdle and fee on those; `Equity.usd_per_unit` has the rates.
    """

    party: str
    partners: str
    manager: str
    currency: str = "USD"
    fee_share_per_year: float = 0.0
    fee_years: float = 10.0
    hurdle_per_year: float = 0.0
    catch_up_share: float = 1.0
    carry_share: float = 0.0


@dataclass(frozen=True)
class Structure:
    """One way to share one programme. `convention` is that of `access.discount_factors`, the same for all parties."""

    id: str
    kind: str
    owner: str
    signed: int
    parties: tuple[Party, ...]
    convention: str = "mid_year"
    options: tuple[Option, ...] = ()
    grants: tuple[Grant, ...] = ()
    legs: tuple[Leg, ...] = ()
    vehicle: Vehicle | None = None
    funds: tuple[Fund, ...] = ()

    @property
    def conduits(self) -> frozenset[str]:
        """The vehicle and the funds: what they have is their holders' and partners', and counts there alone."""
        vehicle = {self.vehicle.party} if self.vehicle else set()
        return frozenset({fund.party for fund in self.funds} | vehicle)


@dataclass(frozen=True)
class MarketTerms:
    """Shares of net sales of one plan market, which turn its sales into operating profit, and its table of sales before
    the loss of exclusivity (shape as the plan's `sales`, or as those that it shares with rivals; None where there is no
    loss).

    `profit` is the table of operating profit where that is no constant share of sales (None where it is): goods that
    cost the same at a lower price, duties.

    Plan markets of one `group` (empty: its own id) are one market to a contract, such as the states of a payer's path:
    grants and legs name its id, or all of its members. They share one `tax_share`.
    """

    id: str
    cost_of_goods_share: float
    selling_share: float
    tax_share: float
    protected_sales: Money | None = field(compare=False, default=None)
    group: str = ""
    profit: Money | None = field(compare=False, default=None)


@dataclass(frozen=True)
class Discounts:
    """What 1 US dollar is worth to a party on the plan's day: of a calendar year's flow, and of a day's.

    Shapes (years,) and (days,), from the plan's own year and day on (see `access.valuation`).
    """

    by_year: Money = field(compare=False)
    by_day: Money = field(compare=False)
