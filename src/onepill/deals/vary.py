"""The terms of a structure that can be asked for, changed and solved: one name, one number each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from onepill.core.errors import InputError
from onepill.deals.equity_checks import vehicle_findings
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
OF_VEHICLE = ("stake.", "round.")
"""How the terms of a vehicle begin, each of which bounds the others."""
HALVINGS = 60
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
    found = {
        name: _within_vehicle(structure, _term(name, get(structure))) for name, (get, _) in _all(structure).items()
    }
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
    """The structure with those terms changed; names as `terms_of` gives them.

    A first stake is taken from the others or left to them, in their proportions: together they stay what they are.

    Raises:
        InputError: `term.contradiction`, a vehicle whose terms do not fit together.
    """
    changed = _changed(structure, values)
    of_vehicle = any(name.startswith(OF_VEHICLE) for name in values)
    if of_vehicle and (found := vehicle_findings(_vehicle(changed), changed.funds)):
        hint = "give a narrower range: NAME=LOW..HIGH"
        raise InputError.single("term.contradiction", found[0].message, hint=hint, value=found[0].value)
    return changed


def _changed(structure: Structure, values: dict[str, float]) -> Structure:
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
            found[f"stake.{stake.holder}.share"] = _stake_access(place)
        for place, money in enumerate(structure.vehicle.rounds):
            found[f"round.{money.id}.pre_money_usd"] = _round_access(place)
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


def _stake_access(place: int) -> tuple[Get, Put]:
    def get(structure: Structure) -> float:
        return _vehicle(structure).stakes[place].share

    def put(structure: Structure, value: float) -> Structure:
        vehicle = _vehicle(structure)
        own = vehicle.stakes[place].share
        others = sum(stake.share for stake in vehicle.stakes) - own
        left = max(others + own - value, 0.0) / others if others > 0 else 1.0
        shares = [value if i == place else left * stake.share for i, stake in enumerate(vehicle.stakes)]
        stakes = tuple(replace(stake, share=share) for stake, share in zip(vehicle.stakes, shares, strict=True))
        return replace(structure, vehicle=replace(vehicle, stakes=stakes))

    return get, put


def _round_access(place: int) -> tuple[Get, Put]:
    def get(structure: Structure) -> float:
        return _vehicle(structure).rounds[place].pre_money_usd

    def put(structure: Structure, value: float) -> Structure:
        vehicle = _vehicle(structure)
        rounds = list(vehicle.rounds)
        rounds[place] = replace(rounds[place], pre_money_usd=value)
        return replace(structure, vehicle=replace(vehicle, rounds=tuple(rounds)))

    return get, put


def _vehicle(structure: Structure) -> Vehicle:
    assert structure.vehicle is not None  # only structures with one have terms of it
    return structure.vehicle


def _within_vehicle(structure: Structure, term: Term) -> Term:
    """The term's range as far as its vehicle's other terms leave it: what is not diluted and what is sold must fit."""
    vehicle = structure.vehicle
    if vehicle is None or not term.name.startswith(OF_VEHICLE) or not _fits(structure, term.name, term.value):
        return term
    low, high = (_last_fit(structure, term.name, term.value, end) for end in (term.low, term.high))
    return replace(term, low=low, high=high)


def _last_fit(structure: Structure, name: str, fits: float, end: float) -> float:
    """The value farthest from one that fits, towards the end of its range, that fits as well (by bisection)."""
    if _fits(structure, name, end):
        return end
    for _ in range(HALVINGS):
        middle = (fits + end) / 2
        fits, end = (middle, end) if _fits(structure, name, middle) else (fits, middle)
    return fits


def _fits(structure: Structure, name: str, value: float) -> bool:
    changed = _changed(structure, {name: value})
    return not vehicle_findings(_vehicle(changed), changed.funds)


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
