"""Speed of the equity side: the example NewCos' rounds, exits and funds on tunlametinib's paths, after the legs."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from onepill.core.dates import NEVER
from onepill.deals import evaluate
from onepill.deals.equity import Equity, EquityDays, share_out
from onepill.deals.equity_case import equity_days
from onepill.sim import compile_plan
from onepill.workbench.deals.ready import Ready, Stretches, make_ready
from onepill.workbench.deals.run import open_deals
from onepill.workbench.questions.programme import DealText

ROOT = Path(__file__).resolve().parents[1]
DEALS = {"newco": "ns_a_path", "modified_newco": "with_funds_ns_a_path"}
BUDGETS = {
    "newco.ns_a_path": (120.0, "at most"),
    "newco.with_funds_ns_a_path": (200.0, "at most"),
    "newco.ratio_to_twin": (100.0, "at least"),
}
PATHS = 65_536
TWIN_PATHS = 200
RUNS = 5


def measure() -> dict[str, float]:
    """Processor nanoseconds a path of each example's vehicle, the best of several, and the first one's ratio to the
    slow twin of the tests."""
    programme = ROOT / "examples" / "tunlametinib.yaml"
    given = [_text(ROOT / "examples" / "deals" / f"{name}.yaml") for name in DEALS]
    opened = open_deals(programme.read_text("utf-8"), file=programme.name, as_of=None, scenarios=[], deals=given)
    stretches = Stretches(opened, compile_plan(opened.base.plan), PATHS, seed=1, threads=1)
    found: dict[str, float] = {}
    for name, deal in zip(DEALS, make_ready(opened, stretches), strict=True):
        found[DEALS[name]], days, equity = _speed(deal, stretches)
        if name == "newco":
            found["ratio_to_twin"] = _twin_ns(deal, equity, days, stretches) / found[DEALS[name]]
    return found


def _text(file: Path) -> DealText:
    return DealText(text=file.read_text(encoding="utf-8"), file=file.name)


def _speed(deal: Ready, stretches: Stretches) -> tuple[float, EquityDays, Equity]:
    bases, equity = stretches.first(), deal.equity
    assert equity is not None  # both examples have a vehicle
    legs = evaluate(deal.case, bases, keep=[equity.vehicle.party])
    days = equity_days(deal.case, bases, legs, equity)
    owner = deal.case.discounts[deal.case.structure.owner]
    discounts = {party: deal.case.discounts.get(party, owner) for party in equity.parties}
    best = np.inf
    for _ in range(RUNS):
        start = time.process_time()
        share_out(equity, days, bases.years, discounts, exit_value_usd=deal.exit_value_usd)
        best = min(best, time.process_time() - start)
    return best / PATHS * 1e9, days, equity


def _twin_ns(deal: Ready, equity: Equity, days: EquityDays, stretches: Stretches) -> float:
    from tests.deals import vehicle_twin as twin

    bounds, start = stretches.first().years.bounds.tolist(), time.process_time()
    for p in range(TWIN_PATHS):
        tranches, at = [], 0
        for round_ in equity.vehicle.rounds:
            tranches.append(days.tranche[at : at + len(round_.tranches), p].tolist())
            at += len(round_.tranches)
        flows, leaving = days.flows_usd[p].tolist(), days.exit[:, p].tolist()
        twin.run(twin.Path(equity.vehicle, bounds, flows, tranches, leaving, deal.exit_value_usd.tolist(), NEVER))
    return (time.process_time() - start) / TWIN_PATHS * 1e9
