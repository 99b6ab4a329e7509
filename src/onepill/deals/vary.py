"""The terms of a structure that can be asked for, changed and solved: one name, one number each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from onepill.core.errors import InputError
from onepill.deals.inputs import Leg, Royalty, Structure, Vehicle

NUMBERS = {
    "Payment": ("amount_usd",),
    "Funding": ("usd_per_year",),
    "SalesMilestone": ("amount_usd", "threshold_usd"),
    "Royalty": ("rate",),
    "ProfitShare": ("share",),
    "CostShare": ("share", "cap_usd"),
    "Supply": ("share_of_sales",),
    "Loan": ("amount_usd", "interest_per_year"),
}
"""By kind of leg what can be varied; a royalty's rate is that of its first tier, and all its tiers move with it."""
SEARCHED_USD = 1e9
"""How far amounts are searched where nobody gave a range: to this, or to ten times what stands in the terms."""


@dataclass(frozen=True)
class Term:
    """One number of a structure: `low` and `high` are what it may be by its nature."""

    name: str
    value: float
    low: float
    high: float

    @property
    def is_usd(self) -> bool:
        return self.name.endswith("usd") or self.name.endswith("usd_per_year")


def terms_of(structure: Structure) -> dict[str, Term]:
    """Every term by name: `<leg>.<number>`, `stake.<holder>.share`, `round.<id>.pre_money_usd`."""
    found = {name: _term(name, get(structure)) for name, (get, _) in _all(structure).items()}
    for leg in structure.legs:
        if isinstance(leg, Royalty):
            name = f"{leg.id}.rate"
            found[name] = _royalty_term(name, leg)
    return found


def find_term(structure: Structure, name: str) -> Term:
    """The term of that name; a kind stands for its only leg (`upfront_usd`, `royalty_rate`).

    Raises:
        InputError: `term.unknown`, with the names that there are; `term.ambiguous`.
    """
    known = terms_of(structure)
    if name in known:
        return known[name]
    kind, _, unit = name.rpartition("_")
    meant = [term for leg in structure.legs if leg.kind == kind for term in _of_leg(known, leg, unit)]
    if len(meant) == 1:
        return meant[0]
    listed = ", ".join(term.name for term in meant) if meant else ", ".join(known)
    code, said = ("ambiguous", "means several terms") if meant else ("unknown", "is no term of this deal")
    raise InputError.single(f"term.{code}", f"{name!r} {said}", hint=f"one of: {listed}", value=name)


def with_terms(structure: Structure, values: dict[str, float]) -> Structure:
    """The structure with those terms changed; names as `terms_of` gives them."""
    for name, value in values.items():
        _, put = _all(structure)[name]
        structure = put(structure, value)
    return structure


Get = Callable[[Structure], float]
Put = Callable[[Structure, float], Structure]


def _all(structure: Structure) -> dict[str, tuple[Get, Put]]:
    found: dict[str, tuple[Get, Put]] = {}
    for place, leg in enumerate(structure.legs):
        for number in NUMBERS.get(type(leg).__name__, ()):
            found[f"{leg.id}.{number}"] = _leg_access(place, number)
    if structure.vehicle is not None:
        for place, stake in enumerate(structure.vehicle.stakes):
            found[f"stake.{stake.holder}.share"] = _vehicle_access("stakes", place, "share")
        for place, money in enumerate(structure.vehicle.rounds):
            found[f"round.{money.id}.pre_money_usd"] = _vehicle_access("rounds", place, "pre_money_usd")
    return found


def _leg_access(place: int, number: str) -> tuple[Get, Put]:
    def get(structure: Structure) -> float:
        leg: Any = structure.legs[place]
        return float(leg.tiers[0][1] if number == "rate" else getattr(leg, number))

    def put(structure: Structure, value: float) -> Structure:
        leg: Any = structure.legs[place]
        changed = _with_rate(leg, value) if number == "rate" else replace(leg, **{number: value})
        return replace(structure, legs=(*structure.legs[:place], changed, *structure.legs[place + 1 :]))

    return get, put


def _vehicle_access(part: str, place: int, number: str) -> tuple[Get, Put]:
    def get(structure: Structure) -> float:
        return float(getattr(getattr(structure.vehicle, part)[place], number))

    def put(structure: Structure, value: float) -> Structure:
        vehicle = structure.vehicle
        assert isinstance(vehicle, Vehicle)
        rows = list(getattr(vehicle, part))
        rows[place] = replace(rows[place], **{number: value})
        changes: dict[str, Any] = {part: tuple(rows)}
        return replace(structure, vehicle=replace(vehicle, **changes))

    return get, put


def _with_rate(royalty: Royalty, rate: float) -> Royalty:
    """The royalty with its first tier at `rate` and all others moved by as much, none below 0."""
    moved = rate - royalty.tiers[0][1]
    return replace(royalty, tiers=tuple((above, max(old + moved, 0.0)) for above, old in royalty.tiers))


def _term(name: str, value: float) -> Term:
    if name.endswith((".share", ".share_of_sales", ".interest_per_year")):
        return Term(name, value, 0.0, 1.0)
    low = 1.0 if name.endswith("pre_money_usd") else 0.0
    return Term(name, value, low, max(SEARCHED_USD, 10 * min(value, 1e15)))


def _royalty_term(name: str, royalty: Royalty) -> Term:
    """A royalty's range ends where its highest tier reaches 100 %."""
    rates = [rate for _, rate in royalty.tiers]
    return Term(name, rates[0], 0.0, 1.0 - max(rates) + rates[0])


def _of_leg(known: dict[str, Term], leg: Leg, unit: str) -> list[Term]:
    numbers = NUMBERS.get(type(leg).__name__, ())
    fits = [number for number in numbers if number in {unit, f"amount_{unit}"}]
    return [known[f"{leg.id}.{number}"] for number in fits]
