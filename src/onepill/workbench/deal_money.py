"""Rows about a deal's vehicle: who owns it, how it ends, and how the money does that is put into it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from onepill.deals import Years
from onepill.deals.equity_measures import (
    MoneyMeasures,
    Spread,
    cap_table,
    cost_of_stake_capital,
    invested,
    money_measures,
    years_ahead,
)

if TYPE_CHECKING:
    from onepill.workbench.assemble import Assembled
    from onepill.workbench.deal_run import Valued

Row = dict[str, Any]


def vehicle_section(valued: Valued, base: Assembled) -> Row | None:
    """The vehicle of a deal, None without one."""
    equity, money, deal = valued.ready.equity, valued.money, valued.posed.loaded.deal
    if equity is None or money is None or deal.vehicle is None:
        return None
    ahead = years_ahead(Years.of(base.plan), convention=base.filled.programme.capital.convention)
    exits = zip(deal.vehicle.exits.items(), valued.ready.exit_value_usd, money.exits, strict=True)
    rounds = [None, *(round_.id for round_ in equity.vehicle.rounds)]
    holders = dict.fromkeys(stake.holder for stake in equity.vehicle.stakes)
    return {
        "party": equity.vehicle.party,
        "cap_table": [
            {"round": name, "shares": _shares(shares)} for name, shares in zip(rounds, cap_table(equity), strict=True)
        ],
        "mean_shares": _shares(money.mean_share),
        "exits": [
            {"id": name, "kind": leave.kind, "value_usd": round(float(usd)), "prob": int(count) / money.paths}
            for (name, leave), usd, count in exits
        ],
        "further_need": {"prob": money.needed / money.paths, "mean_usd": round(money.needed_usd)},
        "money": [_money(money_measures(money, party, ahead), valued) for party in invested(equity)],
        "stakes": [
            {"party": name, "cost_of_capital_per_year": _rounded(cost_of_stake_capital(equity, money, name, ahead))}
            for name in holders
        ],
    }


def _money(found: MoneyMeasures, valued: Valued) -> Row:
    funds = valued.posed.structure.funds
    is_fund, behind = (found.party in group for group in ({f.party for f in funds}, {f.partners for f in funds}))
    return {
        "party": found.party,
        "holds": "fund" if is_fund else "partners" if behind else "shares",
        "paid_in_usd": round(found.paid_in_usd),
        "paid_out_usd": round(found.paid_out_usd),
        "multiple": _rounded(found.multiple),
        "irr_per_year": _rounded(found.irr_per_year),
        "dpi": [_rounded(float(each)) for each in found.dpi],
        "path_multiple": _spread(found.path_multiple),
        "path_irr_per_year": _spread(found.path_irr_per_year),
        "path_irr_defined_share": found.path_irr_defined_share,
        "prob_loss": found.prob_loss,
    }


def _shares(shares: dict[str, float]) -> dict[str, float]:
    return {party: round(share, 6) for party, share in _positive(shares.items())}


def _positive(items: Iterable[tuple[str, float]]) -> Iterable[tuple[str, float]]:
    return ((party, share) for party, share in items if share > 0)


def _spread(found: Spread | None) -> Row | None:
    return None if found is None else {name: _rounded(getattr(found, name)) for name in ("p5", "p50", "p95")}


def _rounded(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(value, 6)
