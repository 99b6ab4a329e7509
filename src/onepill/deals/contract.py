"""Turns a structure into the kernel's records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from onepill.core.dates import DAYS_PER_YEAR, NEVER, years_to_days
from onepill.deals import arrays as k
from onepill.deals.bases import Bases
from onepill.deals.days import TERMINATION
from onepill.deals.groups import SalesBase
from onepill.deals.inputs import (
    OUTSIDE,
    TAX,
    CostShare,
    Funding,
    Leg,
    Loan,
    Payment,
    ProfitShare,
    Royalty,
    SalesMilestone,
    Structure,
    Supply,
    When,
    Window,
)
from onepill.deals.moves import Holding, Move, fixed_day, is_fixed, moves_of
from onepill.sim.arrays import FINISHED_CODE, STARTED_CODE
from onepill.sim.checks import outcome_names
from onepill.sim.plan import FINISHED, STARTED, Link, Plan

Row = dict[str, Any]
NONE = -1
_TERMINATED = -2


@dataclass(frozen=True)
class Compiled:
    """A structure ready for the kernel.

    Attributes:
        parties: ids, the authorities and outsiders last.
        moves, cost_moves: what the rows of the kernel's sums mean.
        paths: what the kernel reads by path, the sums of markets that legs need among it.
        legs: of each row of the kernel's legs; instalments share one.
        watched: parties whose first cash from markets the kernel notes: those that something moves on from.
        taxed: parties with a tax share of their own, as the rows of the kernel's taxes.
        holdings: what parties have on all paths and days, which is computed once for all structures.
        paid_rows: how many royalties are the base of others.
        kept: parties whose flows by path and year are kept.
    """

    contract: k.Contract
    paths: k.Paths
    parties: tuple[str, ...]
    moves: tuple[Move, ...]
    cost_moves: tuple[Move, ...]
    legs: tuple[Leg, ...]
    taxed: tuple[str, ...]
    holdings: tuple[Holding, ...]
    watched: frozenset[str]
    paid_rows: int
    kept: tuple[str, ...]


def compile_structure(
    structure: Structure, bases: Bases, *, rates: dict[str, int], tracked: frozenset[str], ends: bool, returns: bool
) -> Compiled:
    """The records of a structure.

    Args:
        rates: the row of each party's discount factors.
        tracked: parties whose flows are wanted by path and year.
        ends: whether the contract may end early.
        returns: whether the programme then goes on otherwise (`Case.returned`).

    Raises:
        ValueError: a name that the plan, the structure or the markets do not have.
    """
    return _Compiler(structure, bases, rates, tracked).compile(ends=ends, returns=returns)


def parties_of(structure: Structure) -> tuple[str, ...]:
    """The parties' ids, the authorities and outsiders last."""
    return tuple(dict.fromkeys([*(party.id for party in structure.parties), TAX, OUTSIDE]))


class _Compiler:
    def __init__(self, structure: Structure, bases: Bases, rates: dict[str, int], tracked: frozenset[str]) -> None:
        self.structure, self.bases, self.rates, self.tracked = structure, bases, rates, tracked
        self.plan: Plan = bases.plan
        self.parties = parties_of(structure)
        self.party = {party: i for i, party in enumerate(self.parties)}
        self.activity = {activity.id: a for a, activity in enumerate(self.plan.activities)}
        self.options = [option.id for option in structure.options]
        self.whens: list[Row] = [{"day": 0, "activity": NONE, "option": _TERMINATED}]
        self.placed: dict[When, int] = {}
        self.members: list[int] = []
        self.sums: list[tuple[Row, SalesBase]] = []
        self.tiers: list[Row] = []
        self.caps: list[Row] = []
        self.growth: list[k.Array] = [np.zeros(0)]

    def compile(self, *, ends: bool, returns: bool) -> Compiled:
        for i, option in enumerate(self.structure.options):
            self.whens.append(self._when_row(option.when, known=self.options[:i]))
        taxed = [party.id for party in self.structure.parties if party.tax_share is not None]
        tracked = self.tracked | set(taxed)
        holdings, moves, cost_moves = moves_of(self.structure, self.bases, tracked=tracked, ends=ends, returns=returns)
        watched = _watched(holdings, moves)
        legs = _in_order(self.structure.legs)
        bases = list(dict.fromkeys(leg.of for leg in legs if isinstance(leg, Royalty) and leg.of))
        rows = [(leg, row) for leg in legs for row in self._leg_rows(leg, bases)]
        kept = sorted(self.tracked)
        paths, places = self.bases.kernel_paths_with([base for _, base in self.sums])
        for (summed, _), place in zip(self.sums, places, strict=True):
            summed["summed"] = place
        for _, row in rows:
            row.update(self._noted(row, taxed, kept))
        contract = k.Contract(
            tax=self.party[TAX],
            is_taxed=True,
            parties=k.build(k.PARTY, self._party_rows(taxed, kept)),
            markets=self.bases.market_records,
            market_members=self.bases.market_members,
            moves=k.build(k.MOVE, [self._move_row(move) | {"market": move.item} for move in moves]),
            watches=k.build(k.WATCH, [self._watch_row(p, m, moves) for p, m in sorted(watched)]),
            cost_moves=k.build(k.COST_MOVE, [self._move_row(move) | {"cost": move.item} for move in cost_moves]),
            legs=k.build(k.LEG, [row for _, row in rows]),
            members=np.array(self.members, dtype=np.int32),
            tiers=k.build(k.TIER, self.tiers),
            caps=k.build(k.CAP, self.caps),
            growth=np.concatenate(self.growth),
            whens=k.build(k.WHEN, self.whens),
        )
        return Compiled(
            contract,
            paths,
            self.parties,
            moves,
            cost_moves,
            tuple(leg for leg, _ in rows),
            tuple(taxed),
            holdings,
            frozenset(party for party, _ in watched),
            len(bases),
            tuple(kept),
        )

    def _party_rows(self, taxed: list[str], kept: list[str]) -> Iterable[Row]:
        shares = {party.id: party.tax_share for party in self.structure.parties}
        for party in self.parties:
            yield {
                "rates": self.rates[party],
                "income": taxed.index(party) if party in taxed else NONE,
                "kept": kept.index(party) if party in kept else NONE,
                "tax_share": shares.get(party) or 0.0,
            }

    def _move_row(self, move: Move) -> Row:
        return {
            "giver": self._party(move.giver),
            "taker": self._party(move.taker),
            "since": k.HELD if move.since_end else self._since(move.window),
            "until": NONE if move.since_end else self._until(move.window),
            "held": not move.since_end and move.is_cut,
            "back": move.back,
        }

    def _watch_row(self, party: str, market: int, moves: Sequence[Move]) -> Row:
        places = [i for i, move in enumerate(moves) if move.item == market and move.giver == party]
        span = {"moves_from": min(places, default=0), "moves_to": max(places, default=-1) + 1}
        return {"party": self.party[party], "market": market} | span

    def _party(self, party: str | None) -> int:
        if party is None:
            return NONE
        if party not in self.party:
            raise ValueError(f"the structure has no party {party!r}")
        return self.party[party]

    # Days.

    def _since(self, window: Window | None) -> int:
        return NONE if window is None else self._when(window.since)

    def _until(self, window: Window | None) -> int:
        return NONE if window is None or window.until is None else self._when(window.until)

    def _when(self, when: When) -> int:
        if when not in self.placed:
            self.placed[when] = len(self.whens)
            self.whens.append(self._when_row(when, known=self.options))
        return self.placed[when]

    def _when_row(self, when: When, *, known: list[str]) -> Row:
        is_signing = when.day is None and when.link is None and when.option is None
        row: Row = {"day": self.structure.signed if is_signing else when.day or 0, "lag": when.lag_days}
        if when.option is not None and when.option not in (*known, TERMINATION):
            raise ValueError(f"the option {when.option!r} is not among those before it")
        row["option"] = NONE if when.option is None else self._option(when.option)
        return row | ({"activity": NONE} if when.link is None else self._link_row(when.link))

    def _option(self, option: str) -> int:
        return _TERMINATED if option == TERMINATION else self.options.index(option)

    def _link_row(self, link: Link) -> Row:
        if link.activity not in self.activity:
            raise ValueError(f"the plan has no activity {link.activity!r}")
        a = self.activity[link.activity]
        codes = {STARTED: STARTED_CODE, FINISHED: FINISHED_CODE}
        if link.event in codes:
            return {"activity": a, "event": codes[link.event], "link_lag": link.lag_days}
        names = outcome_names(self.plan.activities[a])
        if link.event not in names:
            raise ValueError(f"the activity {link.activity!r} has no event {link.event!r}")
        return {"activity": a, "event": names.index(link.event), "link_lag": link.lag_days}

    # Legs.

    def _leg_rows(self, leg: Leg, bases: list[str]) -> list[Row]:
        row: Row = {
            "payer": self._party(leg.payer),
            "payee": self._party(leg.payee),
            "taxed": leg.taxed,
            "withholding": leg.withholding_share,
            "by": NEVER - 1,
            "base_row": NONE,
            "both_ways": isinstance(leg, (ProfitShare, CostShare, Supply, Loan)),
            "tax_rates": self.rates[TAX],
            "paid_row": bases.index(leg.id) if leg.id in bases else NONE,
            "since": NONE,
            "until": NONE,
            "repaid_on": NONE,
            "forgiven_on": NONE,
        }
        if isinstance(leg, Payment):
            row |= {"kind": k.PAYMENT, "since": self._when(leg.when), "by": min(leg.by, NEVER - 1)}
            row |= {"amount": leg.amount_usd / leg.instalments, "both_ways": leg.amount_usd < 0}
            return [row | {"term_days": years_to_days(i)} for i in range(leg.instalments)]
        if isinstance(leg, Loan):
            return [row | self._loan_row(leg)]
        row |= self._window_row(leg) | self._own_row(leg, bases) | _sales_base(leg, ()).record()
        if markets := tuple(self.members[row["members_from"] :]) if getattr(leg, "markets", ()) else ():
            self.sums.append((row, self._in_fixed_window(leg, _sales_base(leg, markets))))
        return [row]

    def _in_fixed_window(self, leg: Any, base: SalesBase) -> SalesBase:
        """The base cut by those days of the leg's window that are the same on all paths."""
        if base.is_market:
            return base
        opens, closes = leg.window.since, leg.window.until
        since = fixed_day(opens, self.structure.signed) if is_fixed(opens) else 0
        until = fixed_day(closes, self.structure.signed) if closes is not None and is_fixed(closes) else NEVER
        until = min(until, getattr(leg, "by", NEVER) + 1, NEVER)
        first, last = int(self.bases.first_sold_day[list(base.markets)].min()), int(self.bases.years.bounds[-1])
        first = max(first, self.plan.as_of)
        return replace(base, since=since if since > first else 0, until=until if until < last else NEVER)

    def _noted(self, row: Row, taxed: list[str], kept: list[str]) -> Row:
        """Whether anything of a leg's years is noted by path."""
        sides = {self.parties[row["payer"]], self.parties[row["payee"]]}
        told = sides | ({TAX} if row["withholding"] else set())
        return {"noted": bool(told & set(kept)) or bool(row["taxed"] and sides & set(taxed))}

    def _window_row(self, leg: Any) -> Row:
        row = {"since": self._since(leg.window), "until": self._until(leg.window)}
        first = len(self.members)
        if isinstance(leg, CostShare):
            self.members.extend(self.bases.cost_rows(leg.activities))
        elif not isinstance(leg, Funding):
            self.members.extend(self.bases.groups.named(leg.markets))
        return row | {"members_from": first, "members_to": len(self.members)}

    def _own_row(self, leg: Leg, bases: list[str]) -> Row:
        if isinstance(leg, Royalty):
            return self._royalty_row(leg, bases)
        if isinstance(leg, Funding):
            return {"kind": k.FUNDING, "amount": leg.usd_per_year, "both_ways": leg.usd_per_year < 0}
        if isinstance(leg, SalesMilestone):
            how = {"cumulative": leg.measure == "cumulative", "every_year": leg.every_year}
            amounts = {"amount": leg.amount_usd, "threshold_usd": leg.threshold_usd, "by": min(leg.by, NEVER - 1)}
            return {"kind": k.SALES_MILESTONE, "both_ways": leg.amount_usd < 0, **how, **amounts}
        if isinstance(leg, ProfitShare):
            return {"kind": k.PROFIT_SHARE, "share": leg.share}
        if isinstance(leg, CostShare):
            return {"kind": k.COST_SHARE, "share": leg.share, "cap_usd": leg.cap_usd}
        if isinstance(leg, Supply):
            return {"kind": k.SUPPLY, "share": leg.share_of_sales - leg.cost_share_of_sales}
        raise ValueError(f"the leg {leg.id!r} is of no known kind")

    def _royalty_row(self, leg: Royalty, bases: list[str]) -> Row:
        tiers, caps, before = len(self.tiers), len(self.caps), 0.0
        for threshold, rate in leg.tiers:
            self.tiers.append({"threshold_usd": threshold, "rate_step": rate - before})
            before = rate
        self.caps.extend({"day": min(cap.day, NEVER - 1), "total_usd": cap.total_usd} for cap in leg.cap)
        row: Row = {"kind": k.ROYALTY, "cumulative": leg.measure == "cumulative"}
        row |= {"tiers_from": tiers, "tiers_to": len(self.tiers), "caps_from": caps, "caps_to": len(self.caps)}
        row |= {"both_ways": any(rate < 0 for _, rate in leg.tiers)}
        if leg.stacking is not None:
            deducted = leg.stacking.offset_share * leg.stacking.rate
            row |= {"stack_rate": deducted, "stack_floor": leg.stacking.floor_share}
        return row | ({"base_row": bases.index(leg.of)} if leg.of else {})

    def _loan_row(self, leg: Loan) -> Row:
        days = years_to_days(leg.years)
        first = sum(part.size for part in self.growth)
        self.growth.append((1 + leg.interest_per_year) ** (np.arange(days + 1) / DAYS_PER_YEAR))
        row: Row = {"kind": k.LOAN, "amount": leg.amount_usd, "since": self._when(leg.when)}
        row |= {"growth_from": first, "growth_days": days}
        for name, when in (("repaid_on", leg.repaid_on), ("forgiven_on", leg.forgiven_on)):
            row |= {} if when is None else {name: self._when(when)}
        return row


def _watched(holdings: Sequence[Holding], moves: Sequence[Move]) -> set[tuple[str, int]]:
    """(party, market) of what parties have to begin with, of those from which any market moves on."""
    givers = {move.giver for move in moves}
    held = {(held.party, m) for held in holdings for m in held.markets if held.party in givers}
    return held | {(move.taker, move.item) for move in moves if move.is_first and move.taker is not None}


def _sales_base(leg: Leg, markets: tuple[int, ...]) -> SalesBase:
    """What a leg on sales counts of its markets."""
    if not isinstance(leg, Royalty):
        return SalesBase(markets)
    term = NEVER if leg.years_from_first_sale is None else years_to_days(leg.years_from_first_sale)
    return SalesBase(markets, term, leg.ends_at_exclusivity, leg.step_down)


def _in_order(legs: tuple[Leg, ...]) -> list[Leg]:
    """The legs, each royalty on another one after it."""
    placed: dict[str, Leg] = {}
    while len(placed) < len(legs):
        ready = [
            leg for leg in legs if leg.id not in placed and (getattr(leg, "of", None) or leg.id) in {*placed, leg.id}
        ]
        if not ready:
            raise ValueError("legs share an id, or royalties on royalties go round in a circle or name no leg")
        placed |= {leg.id: leg for leg in ready}
    return list(placed.values())
