"""The compiler's part for money: markets, royalties, payments, and the rows in which daily cash is summed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from onepill.sim import arrays as k
from onepill.sim.compiled import RoyaltyRow
from onepill.sim.plan import Contract, Market, Payment, Plan, Royalty, Sharing, variant_sizes
from onepill.sim.rows import DrawRows, LinkRows, Row
from onepill.sim.weighting import is_linear

LAUNCH_COST = ".launch_cost"
"""The item of a market's launch cost is the market's id and this."""
Clauses = list[tuple[Contract, Royalty]]


class CashRows:
    """Markets, royalties and payments of one plan while they are compiled."""

    def __init__(self, plan: Plan, links: LinkRows, draws: DrawRows) -> None:
        self._plan, self._links, self._draws = plan, links, draws
        self._row_index: dict[tuple[str, str], int] = {}
        self._party = {party: i for i, party in enumerate(plan.parties)}
        self._market = {m.id: i for i, m in enumerate(plan.markets)}
        self._linear, self._tiered = self._sort_royalties()
        self.markets: list[Row] = []
        self._choices: list[Row] = []
        self._position = {activity.id: i for i, activity in enumerate(plan.activities)}
        self.payments: list[Row] = []
        self.royalty_rows: list[RoyaltyRow] = []
        self._royalties: list[Row] = []
        self._members: list[int] = []
        self._tiers: list[Row] = []
        self._values: list[Row] = []
        self._value_usd, self._yearly_usd, self._shares = _Pool(), _Pool(), _Pool()
        self._places, self._first_span, self._span_step, self._step_year = _Pool(), _Pool(), _Pool(), _Pool()

    @property
    def rows(self) -> list[tuple[str, str]]:
        """The (item, party) pairs of the daily sums."""
        return list(self._row_index)

    def row(self, item: str, party: str) -> int:
        return self._row_index.setdefault((item, party), len(self._row_index))

    def add_all(self) -> None:
        """Add the plan's markets and contracts."""
        launched = 0
        for market in self._plan.markets:
            self.markets.append(self._market_row(market) | {"launched": launched})
            launched += np.shape(market.cash)[0]
        for contract, royalty in self._tiered:
            self._add_tiered(contract, royalty)
        for contract, royalty in self._linear:
            markets = tuple(self._market[id_] for id_ in royalty.markets)
            rate = royalty.tiers[0][1]
            row = RoyaltyRow(contract.id, contract.payer, contract.payee, markets=markets, rate=rate)
            self.royalty_rows.append(row)
        for contract in self._plan.contracts:
            self.payments += [self._payment(contract, payment) for payment in contract.payments]

    def build(self, costs: list[Row], milestones: list[Row]) -> k.Cash:
        return k.Cash(
            costs=k.build(k.COST, costs),
            markets=k.build(k.MARKET, self.markets),
            choices=k.build(k.CHOICE, self._choices),
            values=k.build(k.VALUE, self._values),
            value_usd=self._value_usd.build(),
            yearly_usd=self._yearly_usd.build(),
            royalties=k.build(k.ROYALTY, self._royalties),
            members=np.array(self._members, dtype=np.int32),
            tiers=k.build(k.TIER, self._tiers),
            payments=k.build(k.PAYMENT, self.payments),
            milestones=k.build(k.MILESTONE, milestones),
            places=self._places.build(np.int32),
            first_span=self._first_span.build(np.int32),
            span_step=self._span_step.build(np.int32),
            step_year=self._step_year.build(np.int32),
            shares=self._shares.build(),
        )

    def _sort_royalties(self) -> tuple[Clauses, Clauses]:
        """Royalties that add up over markets, and those that need each path's yearly sales.

        One rate adds up, so that a market that may end, or that rivals share, is taken out of the others' royalty and
        stands by itself: sales that are summed before they are weighted must have one weight.
        """
        ends = {m.id for m in self._plan.markets if m.ends_on or m.sharing is not None}
        linear: Clauses = []
        tiered: Clauses = []
        for contract in self._plan.contracts:
            for royalty in contract.royalties:
                if not is_linear(royalty.tiers):
                    tiered.append((contract, royalty))
                    continue
                lasting = tuple(id_ for id_ in royalty.markets if id_ not in ends)
                linear += [(contract, replace(royalty, markets=lasting))] if lasting else []
                tiered += [(contract, replace(royalty, markets=ids)) for ids in self._ending(royalty, ends)]
        return linear, tiered

    def _ending(self, royalty: Royalty, ends: set[str]) -> list[tuple[str, ...]]:
        """The royalty's markets among those that may end, each with its parts, whose sales may be below 0 alone."""
        found: dict[str, list[str]] = {}
        for id_ in royalty.markets:
            if id_ in ends:
                found.setdefault(self._plan.markets[self._market[id_]].part_of or id_, []).append(id_)
        return [tuple(ids) for ids in found.values()]

    def _market_row(self, market: Market) -> Row:
        tiered = any(market.id in royalty.markets for _, royalty in self._tiered)
        cost, table, own = market.launch_cost, self._yearly_usd, market.sharing or market
        by_path = market.ends_on or market.sharing is not None
        row: Row = {
            "link": self._links.add(market.launch),
            "launch_draw": -1 if cost is None else self._draws.add(cost),
            "launch_row": -1 if cost is None else self.row(market.id + LAUNCH_COST, market.party),
            "party": self._party[market.party],
            "first_day": market.first_day,
            "rows": np.shape(own.cash)[0],
            "columns": np.shape(own.cash)[1],
            "years": np.shape(market.cash)[1],
            "keeps_rows": tiered,
            "sales": table.add(_rest_of_year(own.sales, market.sharing)) if tiered else -1,
            "cash": table.add(_rest_of_year(own.cash, market.sharing)) if by_path else -1,
            "discounted": table.add(_rest_of_year(own.discounted, market.sharing)) if by_path else -1,
        }
        if market.sharing is not None:
            row |= self._sharing(market.sharing, np.shape(market.cash)[1])
        row |= self._add_choices(market, np.shape(own.cash)[0])
        whole = self._whole(market)
        known = 0 if whole is None else len(whole.scale)
        row |= {"whole": -1 if whole is None else self._market[whole.id]}
        row |= self._draws.add_all(market.scale[known:], "scales") | self._links.add_all(market.ends_on, "ends")
        return row | self._add_values(market)

    def _whole(self, market: Market) -> Market | None:
        """The market before it whose launches this one is a part of, and whose draws its scale begins with."""
        at = self._market.get(market.part_of, len(self.markets))
        if at >= len(self.markets):
            return None
        whole = self._plan.markets[at]
        where = [(m.launch, m.ends_on, m.first_day, self._days(m)) for m in (market, whole)]
        if whole.variants:
            return None
        return whole if where[0] == where[1] and market.scale[: len(whole.scale)] == whole.scale else None

    def _days(self, market: Market) -> int:
        """The launch days of a market's tables."""
        return int(
            np.shape((market.sharing or market).cash)[0] // np.prod(variant_sizes(self._plan, market), dtype=int)
        )

    def _add_choices(self, market: Market, rows: int) -> Row:
        """The activities that choose a market's tables, the first in the largest steps."""
        start, stride = len(self._choices), rows
        for id_, size in zip(market.variants, variant_sizes(self._plan, market), strict=True):
            stride //= size
            self._choices.append({"activity": self._position[id_], "stride": stride})
        return {"days": stride, "choices_from": start, "choices_to": len(self._choices)}

    def _sharing(self, given: Sharing, years: int) -> Row:
        """The rivals of a market, the step of each day, and its shares."""
        first, last = int(given.days[0]), int(given.days[-1])
        row: Row = {
            "first_place": first,
            "last_place": last,
            # A day between two on which rivals may come counts as the later of them.
            "places": self._places.add(np.searchsorted(given.days, np.arange(first, last + 1)) + 1),
            "spans": self._span_step.add(given.steps),
            "years_spans": self._first_span.add(np.searchsorted(given.years, np.arange(years + 1))),
            "steps_years": self._step_year.add(_first_years(given, years)),
            "shares": self._shares.add(given.factors),
        }
        return row | self._links.add_all(given.rivals, "rivals")

    def _add_values(self, market: Market) -> Row:
        """The discounted value of each launch day for each party that the market pays, linear royalties included.

        With rivals to come that is what it would be without them; the kernel takes off what they take.
        """
        own = market.sharing or market
        shares: dict[str, k.Array] = {market.party: np.asarray(own.discounted, dtype=np.float64).sum(axis=1)}
        clauses = [(c, r.tiers[0][1] * r.markets.count(market.id)) for c, r in self._linear if market.id in r.markets]
        if clauses:
            factors = np.asarray(self._plan.discount_by_year)[: np.shape(market.sales)[1]]
            sales = np.einsum("rk,k->r", market.sales, factors)
        for contract, rate in clauses:
            for party, share in ((contract.payer, -rate), (contract.payee, rate)):
                shares[party] = shares.get(party, 0.0) + share * sales
        start = len(self._values)
        for party, values in shares.items():
            self._values.append({"party": self._party[party], "offset": self._value_usd.add(values)})
        return {"values_from": start, "values_to": len(self._values)}

    def _add_tiered(self, contract: Contract, royalty: Royalty) -> None:
        members, tiers = len(self._members), len(self._tiers)
        self._members += [self._market[id_] for id_ in royalty.markets]
        rates = [rate for _, rate in royalty.tiers]
        for (threshold, rate), before in zip(royalty.tiers, [0.0, *rates], strict=False):
            self._tiers.append({"threshold_usd": threshold, "rate_step": rate - before})
        row: Row = {"payer": self._party[contract.payer], "payee": self._party[contract.payee]}
        row |= {"members_from": members, "members_to": len(self._members)}
        index = len(self._royalties)
        self._royalties.append(row | {"tiers_from": tiers, "tiers_to": len(self._tiers)})
        self.royalty_rows.append(RoyaltyRow(contract.id, contract.payer, contract.payee, index=index))

    def _payment(self, contract: Contract, payment: Payment) -> Row:
        return {
            "link": self._links.add(payment.link),
            "amount_usd": payment.amount_usd,
            "payer": self._party[contract.payer],
            "payee": self._party[contract.payee],
            "payer_row": self.row(contract.id, contract.payer),
            "payee_row": self.row(contract.id, contract.payee),
        }


def _first_years(given: Sharing, years: int) -> k.Array:
    """The first year in which something is sold with so many of the days passed, or more; `years` where nothing is."""
    return np.array([given.years[given.steps >= step].min(initial=years) for step in range(given.days.size + 1)])


def _rest_of_year(table: k.Array, sharing: Sharing | None) -> k.Array:
    """The table; with rivals each span with those after it in its year."""
    if sharing is None:
        return table
    found = np.array(table, dtype=np.float64)
    for c in range(found.shape[1] - 2, -1, -1):
        if sharing.years[c] == sharing.years[c + 1]:
            found[:, c] += found[:, c + 1]
    return found


class _Pool:
    """Tables laid one behind the other."""

    def __init__(self) -> None:
        self._parts: list[k.Array] = []
        self._size = 0

    def add(self, table: k.Array) -> int:
        """Add a table, row by row; returns its offset."""
        offset = self._size
        self._parts.append(np.asarray(table).ravel())
        self._size += self._parts[-1].size
        return offset

    def build(self, kind: type[np.generic] = np.float64) -> k.Array:
        pool = np.concatenate(self._parts) if self._parts else np.zeros(1)
        return np.ascontiguousarray(pool, dtype=kind)
