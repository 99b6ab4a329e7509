"""The slow twin's books: flows in present values, means by year, first receipts and kept years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER
from onepill.deals import FlowKey, Outcome, Years
from onepill.deals.inputs import OUTSIDE, TAX, Discounts, Structure
from onepill.deals.outcome import FlowKind
from onepill.sim.futures import Days
from onepill.sim.plan import Money


class Ledger:
    """The books of one structure. A day before the plan's day is sunk, one after its last year is not counted."""

    def __init__(
        self, structure: Structure, discounts: Mapping[str, Discounts], years: Years, paths: int, keep: Iterable[str]
    ) -> None:
        self._structure, self._discounts, self._years = structure, discounts, years
        parties = dict.fromkeys([*(party.id for party in structure.parties), TAX, OUTSIDE])
        self._npv = {party: np.zeros(paths) for party in parties}
        self._flows: dict[FlowKey, Money] = {}
        self._first = {party: np.full(paths, NEVER, dtype=np.int32) for party in parties}
        self._yearly = {party: np.zeros((paths, years.count)) for party in keep}
        self._paths = paths

    def discounts(self, party: str) -> Discounts:
        """A party's own, else the owner's."""
        return self._discounts.get(party, self._discounts[self._structure.owner])

    def book_years(self, kind: FlowKind, item: str, party: str, usd: Money) -> None:
        """Flows by calendar year, shape (paths, years), at the year's discount factor."""
        self._npv[party] += usd @ self.discounts(party).by_year
        self._add(FlowKey(kind, item, party), usd.sum(axis=0))
        if party in self._yearly:
            self._yearly[party] += usd

    def book_days(self, kind: FlowKind, item: str, party: str, usd: Money, day: Days) -> None:
        """Amounts on days, shape (paths,), at the day's discount factor."""
        counted, year = self._placed(day)
        by_day = self.discounts(party).by_day
        self._npv[party][counted] += usd[counted] * by_day[day[counted] - self._years.bounds[0]]
        self._add(FlowKey(kind, item, party), np.bincount(year, usd[counted], minlength=self._years.count) + 0.0)
        if party in self._yearly:
            np.add.at(self._yearly[party], (np.flatnonzero(counted), year), usd[counted])

    def book_spread(self, key: FlowKey, usd_per_day: Money, first: Days, after: Days) -> None:
        """A rate on the days [first, after), shape (paths,), each at its own discount factor."""
        cumulative = np.concatenate(([0.0], np.cumsum(self.discounts(key.party).by_day)))
        low, high = (np.clip(day, self._years.bounds[0], self._years.bounds[-1]) for day in (first, after))
        at = self._years.bounds[0]
        self._npv[key.party] += usd_per_day * (cumulative[high - at] - cumulative[low - at])
        bounds = self._years.bounds
        days = np.clip(np.minimum(high[:, None], bounds[1:]) - np.maximum(low[:, None], bounds[:-1]), 0, None)
        usd = usd_per_day[:, None] * days
        self._add(key, usd.sum(axis=0))
        if key.party in self._yearly:
            self._yearly[key.party] += usd

    def note_receipt(self, party: str, received: Money, day: Days) -> None:
        """A party is paid on a day on the paths where `received` is above 0."""
        # Differences of cumulative tiers leave noise below a millionth of a dollar.
        paid = (received > 1e-6) & (day >= self._years.bounds[0]) & (day < self._years.bounds[-1])
        self._first[party][paid] = np.minimum(self._first[party], day)[paid]

    def close(self) -> Outcome:
        flows = {key: usd / self._paths for key, usd in self._flows.items()}
        return Outcome(self._structure.id, self._npv, flows, self._first, self._yearly)

    def _placed(self, day: Days) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
        year = self._years.of_days(day)
        counted = (year >= 0) & (year < self._years.count)
        return counted, year[counted]

    def _add(self, key: FlowKey, usd: Money) -> None:
        self._flows[key] = self._flows.get(key, 0.0) + usd
