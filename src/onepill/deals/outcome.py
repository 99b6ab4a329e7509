"""What a structure comes to for each of its parties."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from onepill.sim.futures import Days
from onepill.sim.plan import Money

FlowKind = Literal["profit", "launch_cost", "cost", "leg", "withholding", "tax", "vehicle"]


class FlowKey(NamedTuple):
    """Whose flow it is and what it comes from: a market (profit, launch cost, tax), a cost's item, a leg, the party
    that pays its own tax, or one of `equity_rows.ITEMS` for what a vehicle and its funds move."""

    kind: FlowKind
    item: str
    party: str


@dataclass(frozen=True)
class Outcome:
    """One structure on a stretch of paths.

    Attributes:
        structure: its id.
        npv_usd: present value by party (authorities and outsiders too), shape (paths,).
        flows_usd: mean undiscounted flow by calendar year of each item of each party, shape (years,).
        first_cash_day: the first day on which a party has operating profit or is paid by another, int32 (paths,), NEVER
            where it never is; of what is only known by the year, the first of its days.
        yearly_usd: undiscounted flows by path and year of the parties asked for, shape (paths, years).

    Of a party that no leg concerns, values and first cash days are those that are kept of the grants, read-only.
    """

    structure: str
    npv_usd: dict[str, Money]
    flows_usd: dict[FlowKey, Money]
    first_cash_day: dict[str, Days]
    yearly_usd: dict[str, Money]

    @property
    def paths(self) -> int:
        return int(next(iter(self.npv_usd.values())).size)


def join_outcomes(parts: Iterable[Outcome]) -> Outcome:
    """One outcome of consecutive stretches of paths of the same structure."""
    parts = list(parts)
    first, total = parts[0], sum(part.paths for part in parts)
    keys = dict.fromkeys(key for part in parts for key in part.flows_usd)
    nothing = np.zeros_like(next(iter(first.flows_usd.values()))) if first.flows_usd else np.zeros(0)
    return Outcome(
        structure=first.structure,
        npv_usd={party: np.concatenate([part.npv_usd[party] for part in parts]) for party in first.npv_usd},
        flows_usd={k: sum((p.flows_usd.get(k, nothing) * (p.paths / total) for p in parts), nothing) for k in keys},
        first_cash_day={p: np.concatenate([part.first_cash_day[p] for part in parts]) for p in first.first_cash_day},
        yearly_usd={p: np.concatenate([part.yearly_usd[p] for part in parts]) for p in first.yearly_usd},
    )
