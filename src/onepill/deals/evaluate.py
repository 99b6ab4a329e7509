"""Who has what under one structure, on each path?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from onepill.deals.bases import Bases
from onepill.deals.days import ContractDays
from onepill.deals.inputs import Discounts, Structure
from onepill.deals.outcome import Outcome
from onepill.sim.futures import Days
from onepill.sim.plan import Money


@dataclass(frozen=True)
class Transfer:
    """A payment by path and calendar year from one party to another, shape (paths, years)."""

    item: str
    payer: str
    payee: str
    usd: Money


@dataclass(frozen=True)
class VehicleYears:
    """What a vehicle's rules work on: its own flows by path and year before anything is distributed, and all days."""

    structure: Structure
    bases: Bases
    days: ContractDays
    flows_usd: Money


VehicleRule = Callable[[VehicleYears], Iterable[Transfer]]


@dataclass(frozen=True)
class Case:
    """A structure with what each party discounts at, and how the contract ends early.

    Attributes:
        discounts: by party; the authorities and outsiders count at the owner's unless they are named.
        held_until: int32 (paths,), the first day on which no leg and no grant holds any more.
        returned: what the programme does from that day on, in its owner's hands; None: it goes on as it would have.
        vehicle: what the structure's vehicle does with its flows.
    """

    structure: Structure
    discounts: Mapping[str, Discounts]
    held_until: Days | None = None
    returned: Bases | None = None
    vehicle: VehicleRule | None = None


def evaluate(case: Case, bases: Bases, *, keep: Iterable[str] = ()) -> Outcome:
    """The outcome of one structure; `keep` names parties whose flows by path and year are wanted.

    Raises:
        ValueError: names that the plan does not have, or an option whose exercise is not decided.
    """
    from onepill.deals.plain import Evaluation

    return Evaluation(case, bases, tuple(keep)).outcome()
