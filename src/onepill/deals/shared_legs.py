"""What do legs bring in proportion to one number of theirs, on the paths that structures share?

A share in profit, in costs without a cap, or in sales brings in proportion to the share, research funding and a
milestone on sales in proportion to the amount, whatever the rest of the structure. What one brings is kept from the
second structure on that has such a leg, so that a further one costs no years.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER
from onepill.deals import arrays as k
from onepill.deals.bases import Bases
from onepill.deals.books import empty_books, fill_books
from onepill.deals.granted import Posed, same_days
from onepill.deals.inputs import TAX, CostShare, Funding, Leg, ProfitShare, SalesMilestone, Supply
from onepill.sim.futures import Days
from onepill.sim.plan import Money

_KEPT, _SEEN_AT_MOST = "legs", 256
_NUMBERS = {
    ProfitShare: ("share", {"share": 1.0}),
    CostShare: ("share", {"share": 1.0}),
    Supply: ("share", {"share_of_sales": 1.0, "cost_share_of_sales": 0.0}),
    SalesMilestone: ("amount", {"amount_usd": 1.0}),
    Funding: ("amount", {"usd_per_year": 1.0}),
}
"""By kind, the number in the kernel's record, and what the leg says where that is one."""


@dataclass(frozen=True)
class SharedLeg:
    """What a leg brings where its number is one (or minus one, the other way round).

    Attributes:
        npv_usd: to the payer, the payee and the authorities, shape (paths,) each; None where it is nothing.
        first_cash_day: of the payer and the payee; None where it never pays them.
        leg_usd, withheld_usd: sums over the paths by year.
        held_until: the days on which the contract ends, which the key tells but roughly.
    """

    npv_usd: tuple[Money | None, ...]
    first_cash_day: tuple[Days | None, ...]
    leg_usd: Money
    withheld_usd: Money
    held_until: Days | None

    def add_to(self, books: k.Books, row: int, parties: tuple[int, ...], number: float) -> None:
        """Book the leg with a number of at least nothing."""
        if number == 0.0:
            return
        for party, usd in zip(parties, self.npv_usd, strict=True):
            if usd is not None:
                books.npv_usd[party] += number * usd
        for party, day in zip(parties, self.first_cash_day, strict=False):
            if day is not None:
                np.minimum(books.first_cash_day[party], day, out=books.first_cash_day[party])
        books.leg_usd[row] += number * self.leg_usd
        books.withheld_usd[row] += number * self.withheld_usd

    @property
    def bytes(self) -> int:
        return sum(part.nbytes for part in (*self.npv_usd, *self.first_cash_day) if part is not None)


def add_shared_legs(
    posed: Posed, contract: k.Contract, paths: k.Paths, bases: Bases, *, rates: k.Rates, books: k.Books
) -> npt.NDArray[np.intp]:
    """Book those legs that are kept; the rows of the others, which are still to be paid.

    What is kept takes no more room than the sales by path and year: what this structure has no use for goes first.
    """
    kept: dict[Hashable, SharedLeg | None] = bases.kept.setdefault(_KEPT, {})  # type: ignore[assignment]
    used, left = dict[Hashable, SharedLeg | None](), list[int]()
    for row, (leg, record) in enumerate(zip(posed.compiled.legs, contract.legs, strict=True)):
        if not _is_shared(leg) or record["noted"]:
            left.append(row)
            continue
        number = float(record[_NUMBERS[type(leg)][0]])
        key = _key(posed, leg, number)
        found = kept.get(key)
        if key in kept and (found is None or not same_days(found.held_until, posed.held_until)):
            found = _value(posed, contract, row, paths, bases, rates=rates)
        used[key] = found
        if found is None:
            left.append(row)
        else:
            found.add_to(books, row, (int(record["payer"]), int(record["payee"]), contract.tax), abs(number))
    bases.kept[_KEPT] = _with_room(kept, used, bases.sales.nbytes)
    return np.array(left, dtype=np.intp)


def _is_shared(leg: Leg) -> bool:
    """Whether what it brings is in proportion to its number."""
    return type(leg) in _NUMBERS and not (isinstance(leg, CostShare) and leg.cap_usd < np.inf)


def _key(posed: Posed, leg: Leg, number: float) -> Hashable:
    """What it brings depends on, but for the number; whether the contract ends on the very days, `same_days` tells."""
    structure, own = posed.structure, posed.curves
    unit = replace(leg, id="", kind="", **_NUMBERS[type(leg)][1])  # type: ignore[arg-type]
    sign = np.sign(number)
    return (unit, sign, structure.signed, posed.ending, structure.options, own[leg.payer], own[leg.payee], own[TAX])


def _with_room(
    kept: dict[Hashable, SharedLeg | None], used: dict[Hashable, SharedLeg | None], room: int
) -> dict[Hashable, SharedLeg | None]:
    """What has been used last, as much as there is room for, the latest at the end."""
    found, taken = dict[Hashable, SharedLeg | None](), 0
    for key, leg in reversed([*((key, leg) for key, leg in kept.items() if key not in used), *used.items()]):
        taken += leg.bytes if leg else 0
        if taken > room or len(found) == _SEEN_AT_MOST:
            break
        found[key] = leg
    return dict(reversed(found.items()))


def _value(posed: Posed, contract: k.Contract, row: int, paths: k.Paths, bases: Bases, *, rates: k.Rates) -> SharedLeg:
    """The leg by itself, with a number of one."""
    leg, parties = contract.legs[[row]], contract.parties.copy()
    number = _NUMBERS[type(posed.compiled.legs[row])][0]
    leg[number] = np.sign(leg[number])
    parties["kept"] = parties["income"] = -1
    alone = contract._replace(legs=leg, parties=parties, is_taxed=False)
    books = empty_books(alone, bases)
    fill_books(alone, paths, paths, bases, rates, books=books, paid_rows=0)
    payer, payee = int(leg["payer"][0]), int(leg["payee"][0])
    return SharedLeg(
        npv_usd=tuple(_unless_empty(books.npv_usd[party], 0.0) for party in (payer, payee, contract.tax)),
        first_cash_day=tuple(_unless_empty(books.first_cash_day[party], NEVER) for party in (payer, payee)),
        leg_usd=books.leg_usd[0],
        withheld_usd=books.withheld_usd[0],
        held_until=None if posed.held_until is None else posed.held_until.copy(),
    )


def _unless_empty(row: k.Array, nothing: float) -> k.Array | None:
    return None if (row == nothing).all() else row.copy()
