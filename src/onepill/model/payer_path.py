"""How a market is paid for: payer states, what leads from one to the next, and contracts on top.

A named path (`path: cn_national`) brings its states and transitions; its numbers come from the rulebook or are called
assumptions. Everything can be overridden, and `custom` brings nothing.
"""

# ruff: noqa: RUF012 -- pydantic copies a default for each instance; the base class lies in another file

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from onepill.model.payer_shapes import PATHS, MoveShape, PathShape, StateShape
from onepill.model.types import Closed, Day, Identifier, SourceText, Text, Words
from onepill.model.values import CountValue, DurationValue, ShareValue

CALENDARS = ("nrdl", "medicare_negotiation", "price_revision", "loss_of_exclusivity")
"""Clocks by name: the yearly rounds of China's reimbursement list, Medicare's negotiation, Japan's yearly revision,
and the day on which exclusivity is lost."""
PATH_NAMES = ("cn_national", "us_medicare", "eu_reimbursement", "eu_country_groups", "jp_nhi", "custom")
MOST_ROUNDS = 10
MonthDay = Annotated[str, Field(pattern="^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]


class StateUptake(Closed):
    """From the share of the state's peak reached on its first day to all of it."""

    years_to_peak: float = Field(gt=0, le=20)
    shape: Literal["linear", "s_curve"] = "s_curve"
    source: SourceText | None = None
    assumption: str = ""


class Renewal(Closed):
    """A cut of `cut_share` of the price each `every_years` after the state is entered.

    Cuts are halved at renewals from `halved_after_years` on, and there is none from `until_years` on.
    """

    every_years: int = Field(ge=1, le=20)
    cut_share: ShareValue
    halved_after_years: float | None = Field(default=None, ge=0, le=40)
    until_years: float | None = Field(default=None, ge=0, le=40)


class Revision(Closed):
    """A cut of `cut_share` of the price on a day of each year (each `every_years`-th), such as 1 April in Japan."""

    day: MonthDay
    cut_share: ShareValue
    every_years: int = Field(default=1, ge=1, le=10)


class PayerState(Closed):
    """One way in which the drug is paid for.

    `price_factor` is relative to the market's net price, and `patient_share` to its peak patients; where the state
    `follows`, both are relative to the state before it. `start_share` is the part of the state's peak that is reached
    on its first day. An `initial` state is entered at launch; several of them run side by side (country groups).
    """

    title: Text | None = None
    price_factor: ShareValue | None = None
    patient_share: ShareValue | None = None
    start_share: ShareValue | None = None
    uptake: StateUptake | None = None
    renewal: Renewal | None = None
    revision: Revision | None = None
    follows: bool | None = None
    initial: bool | None = None


class PayerTransition(Closed):
    """What leads from one state to another: a calendar or a lag, and the chance of it in each of `rounds`.

    A lag counts from the entry into the state that is left. A calendar counts from approval; a round that fails is
    tried again in the next, at most `rounds` times. A transition of the file's own without `prob` is certain; of a
    distribution the mean is used.
    """

    from_: Words | None = Field(default=None, alias="from")
    to: Identifier | None = None
    calendar: Literal[CALENDARS] | None = None  # type: ignore[valid-type]
    lag: DurationValue | None = None
    rounds: int | None = Field(default=None, ge=1, le=MOST_ROUNDS)
    prob: ShareValue | None = None


class OutcomeContract(Closed):
    """The owner pays back `refund_share` of the price for the `non_response_share` of the patients."""

    refund_share: ShareValue
    non_response_share: ShareValue


class Instalments(Closed):
    """The price is paid in `years` equal parts, one a year; `kept_share_per_year` of the payers pay on each year."""

    years: int = Field(ge=2, le=10)
    kept_share_per_year: ShareValue


class Tariff(Closed):
    """A duty on the customs value, which is a share of the net price, paid by the owner.

    Without a rate the rulebook's for that origin is used, where it was known on the plan's day.
    """

    origin: str = Field(pattern="^[A-Z]{2}$")
    customs_value_share: ShareValue
    rate: ShareValue | None = None
    since: Day | None = None


class Access(Closed):
    """The payer path of one market."""

    path: Literal[PATH_NAMES] = "custom"  # type: ignore[valid-type]
    states: dict[Identifier, PayerState] = {}
    transitions: dict[Identifier, PayerTransition] = {}
    done: dict[Identifier, Day] = Field(default={}, description="facts: the day on which each state was entered")
    medicare_share: ShareValue | None = Field(default=None, description="of the net sales in the United States")
    negotiated_cut_share: ShareValue | None = Field(default=None, description="of Medicare's net price")
    gross_to_net_share: ShareValue | None = Field(default=None, description="by which the net price is below list")
    price_maintenance: bool | None = Field(default=None, description="Japan: cuts wait until generics are there")
    joint_assessment_wait_factor: CountValue | None = Field(
        default=None, description="EU, of the published wait for reimbursement of a jointly assessed drug; 1: no effect"
    )
    outcome_contract: OutcomeContract | None = None
    instalments: Instalments | None = None
    free_goods_share: ShareValue | None = Field(default=None, description="of the units, given without charge")
    tariff: Tariff | None = None


def shape_of(access: Access) -> PathShape:
    """The named path with the file's own states and transitions laid over it.

    A transition of the file that lacks `from` or `to` where the path has none of that name keeps an empty place, which
    `check_access` refuses.
    """
    base = PATHS[access.path]
    states = dict(base.states)
    for name, given in access.states.items():
        states[name] = _state(states.get(name), name, given)
    moves = dict(base.moves)
    for name, move in access.transitions.items():
        moves[name] = _move(moves.get(name), move)
    return replace(base, states=states, moves=moves)


def _state(base: StateShape | None, name: str, given: PayerState) -> StateShape:
    words = name.replace("_", " ")
    known = base or StateShape({"en": words, "zh": words})
    return StateShape(
        title=given.title or known.title,
        initial=known.initial if given.initial is None else given.initial,
        follows=known.follows if given.follows is None else given.follows,
        sells=known.sells or (given.patient_share is not None and given.patient_share.number > 0),
    )


def _move(base: MoveShape | None, given: PayerTransition) -> MoveShape:
    known = base or MoveShape((), "")
    return MoveShape(
        sources=tuple(given.from_) if given.from_ is not None else known.sources,
        target=given.to or known.target,
        calendar=None if given.lag is not None else given.calendar or known.calendar,
    )
