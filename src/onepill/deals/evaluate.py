"""Who has what under one structure, on each path?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from onepill.deals import arrays as k
from onepill.deals.bases import Bases
from onepill.deals.books import fill_books, leg_flows
from onepill.deals.contract import Compiled, compile_structure, parties_of
from onepill.deals.days import decided_prob, exercises
from onepill.deals.granted import Posed, value_grants, without_moves
from onepill.deals.holdings import make_rates
from onepill.deals.inputs import TAX, Discounts, Structure
from onepill.deals.outcome import FlowKey, Outcome
from onepill.deals.shared_legs import add_shared_legs
from onepill.sim.futures import Days
from onepill.sim.plan import Money


@dataclass(frozen=True)
class Case:
    """A structure with what each party discounts at, and how the contract ends early.

    Attributes:
        discounts: by party; the authorities and outsiders count at the owner's unless they are named.
        held_until: int32 (paths,), the first day on which no leg and no grant holds any more.
        returned: what the programme does from that day on, in its owner's hands; None: it goes on as it would have.
    """

    structure: Structure
    discounts: Mapping[str, Discounts]
    held_until: Days | None = None
    returned: Bases | None = None


HolderValue = Callable[[Case, Bases, str], Money]
"""Of a case without undecided options, the present value by path to a party."""


def evaluate(case: Case, bases: Bases, *, keep: Iterable[str] = ()) -> Outcome:
    """The outcome of one structure; `keep` names parties whose flows by path and year are wanted.

    Raises:
        ValueError: names that the plan or the structure does not have, or an option whose exercise is not decided.
    """
    structure, kept = case.structure, frozenset(keep)
    discounts, rows = _distinct_discounts(case)
    ends = case.held_until is not None
    returns = ends and case.returned is not None
    compiled = compile_structure(structure, bases, rates=rows, tracked=kept, ends=ends, returns=returns)
    posed = Posed(structure, compiled, discounts, rows, case.held_until, case.returned)
    paths, back = _paths(case, bases, compiled)
    granted = value_grants(posed, bases, paths, back)
    books = granted.open_books(compiled.contract, bases)
    contract = without_moves(compiled.contract)
    rates = make_rates(discounts, bases.years)
    left = add_shared_legs(posed, contract, paths, bases, rates=rates, books=books)
    _pay(left, contract, paths, back, bases, rates=rates, books=books, paid_rows=compiled.paid_rows)
    npv_usd, first_cash_day = granted.by_party(contract, books)
    return Outcome(
        structure=structure.id,
        npv_usd=dict(zip(compiled.parties, npv_usd, strict=True)),
        flows_usd=_flows(granted.flows_usd, compiled, books, bases.paths),
        first_cash_day=dict(zip(compiled.parties, first_cash_day, strict=True)),
        yearly_usd={party: usd.T for party, usd in zip(sorted(kept), books.yearly_usd, strict=True)},
    )


def _pay(
    rows: npt.NDArray[np.intp],
    contract: k.Contract,
    paths: k.Paths,
    back: k.Paths,
    bases: Bases,
    *,
    rates: k.Rates,
    books: k.Books,
    paid_rows: int,
) -> None:
    """Pay these rows of the contract's legs, and all taxes."""
    own = books._replace(leg_usd=books.leg_usd[rows], withheld_usd=books.withheld_usd[rows])
    fill_books(contract._replace(legs=contract.legs[rows]), paths, back, bases, rates, books=own, paid_rows=paid_rows)
    books.leg_usd[rows], books.withheld_usd[rows] = own.leg_usd, own.withheld_usd


def _distinct_discounts(case: Case) -> tuple[list[Discounts], dict[str, int]]:
    """Different discount factors, and which of them each party has."""
    owner, found, rows = case.discounts[case.structure.owner], list[Discounts](), dict[str, int]()
    distinct: dict[tuple[bytes, bytes], int] = {}
    for party in parties_of(case.structure):
        own = case.discounts.get(party, owner)
        key = (own.by_year.tobytes(), own.by_day.tobytes())
        if key not in distinct:
            distinct[key] = len(found)
            found.append(own)
        rows[party] = distinct[key]
    return found, rows


def _paths(case: Case, bases: Bases, compiled: Compiled) -> tuple[k.Paths, k.Paths]:
    """What the kernel reads by path: of the programme under the contract, and of the programme come back."""
    options, futures, paths = case.structure.options, bases.timeline.futures, compiled.paths
    if case.held_until is not None:
        paths = paths._replace(held=np.ascontiguousarray(case.held_until, dtype=np.int32))
    if options:
        taken = [exercises(option.id, decided_prob(option), futures) for option in options]
        paths = paths._replace(taken=np.array(taken))
    if case.returned is None:
        return paths, paths
    return paths, case.returned.kernel_paths._replace(held=paths.held, taken=paths.taken)


def _flows(granted: Mapping[FlowKey, Money], compiled: Compiled, books: k.Books, paths: int) -> dict[FlowKey, Money]:
    """Mean flows by year of what grants bring, of legs and of taxes."""
    found = dict(granted)
    taxes = (
        (FlowKey("tax", party, to), sign * books.tax_usd[i])
        for i, party in enumerate(compiled.taxed)
        for to, sign in ((party, -1.0), (TAX, 1.0))
    )
    for key, usd in (*leg_flows(compiled.legs, compiled.contract.legs, books), *taxes):
        found[key] = found.get(key, 0.0) + usd / paths
    return found


def _legs_value(case: Case, bases: Bases, holder: str) -> Money:
    return evaluate(case, bases).npv_usd[holder]


def decide_options(case: Case, stretches: Sequence[Bases], value: HolderValue = _legs_value) -> Case:
    """The case with every undecided option taken or not, once for all paths.

    It is taken where its holder's mean value is higher with it than without it; as nothing before its day depends on
    it, that is the sign of its expected value on the paths on which the day comes. Later options are decided first,
    given that those before them are taken. `value` is of what the structure's legs bring it, if not told otherwise.
    """
    structure = case.structure
    chosen = {option.id: option.exercise_prob for option in structure.options}
    for option in reversed(structure.options):
        if option.exercise_prob is None:
            values = []
            for prob in (0.0, 1.0):
                told = {id_: 1.0 if p is None else p for id_, p in (chosen | {option.id: prob}).items()}
                decided = _with_options(case, told)
                values.append(sum(float(value(decided, bases, option.holder).sum()) for bases in stretches))
            chosen[option.id] = float(values[1] > values[0])
    return _with_options(case, chosen)


def _with_options(case: Case, chosen: Mapping[str, float | None]) -> Case:
    options = tuple(replace(option, exercise_prob=chosen[option.id]) for option in case.structure.options)
    return replace(case, structure=replace(case.structure, options=options))
