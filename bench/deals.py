"""Speed of the deal engine: structures on the same paths, on kept bases, and against the slow twin."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from onepill.access import valuation
from onepill.core.dates import NEVER
from onepill.deals import Bases, Case, Timeline, Years, evaluate
from onepill.deals.inputs import (
    Cap,
    CostShare,
    Discounts,
    Grant,
    Option,
    Party,
    Payment,
    ProfitShare,
    Royalty,
    SalesMilestone,
    Structure,
    When,
    Window,
)
from onepill.model import load_programme
from onepill.rulebook import load_rulebook
from onepill.sim import compile_plan, futures
from onepill.sim.plan import Link
from onepill.workbench.assemble import assemble
from onepill.workbench.deal_structure import market_terms
from onepill.workbench.fill import fill

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "tunlametinib.yaml"
PATHS = 100_000
TWIN_PATHS = 20_000
RUNS = 15
BUDGETS = {
    "deals.licence_ns_per_path": (60.0, "at most"),
    "deals.full_licence_ns_per_path": (60.0, "at most"),
    "deals.ratio_to_numpy": (10.0, "at least"),
}
"""Each further structure on the same paths, of the kinds that a licence is; the others are told alone."""
ABROAD = ("us", "eu", "jp")
WORK = (
    "global_phase_3",
    *(f"{market}.{step}" for market in ABROAD for step in ("preparation", "submission")),
)


@dataclass(frozen=True)
class Setting:
    """The example's paths with what structures share, and both parties' discount factors."""

    bases: Bases
    discounts: dict[str, Discounts]

    def ns_per_path(self, structure: Structure, **parts: Any) -> float:
        """Processor time of one more evaluation on kept bases, which another program moves less than the clock."""
        given = Case(structure, self.discounts, **parts)
        return _best(lambda: evaluate(given, self.bases)) / self.bases.paths * 1e9


def measure() -> dict[str, float]:
    """Nanoseconds a path and core of structures of several kinds, the bases' own, and the ratio to the numpy twin."""
    setting = make_setting(PATHS)
    licence = make_licence(setting.bases.plan.as_of)
    as_of = setting.bases.plan.as_of
    drawn = np.random.default_rng(1).random(PATHS)
    held = np.where(drawn < 0.2, as_of + 400 + 8_000 * drawn, NEVER).astype(np.int32)
    found = {name: setting.ns_per_path(one) for name, one in make_structures(licence).items()}
    found["licence_that_may_end"] = setting.ns_per_path(licence, held_until=held)
    given, bases = Case(licence, setting.discounts), setting.bases
    fresh = _best(lambda: evaluate(given, Bases(bases.timeline, bases.terms, bases.years)))
    figures = {f"{name}_ns_per_path": ns for name, ns in found.items()}
    figures["first_structure_with_bases_ns_per_path"] = fresh / PATHS * 1e9
    return {"ratio_to_numpy": ratio_to_numpy(licence), **figures}


def ratio_to_numpy(licence: Structure) -> float:
    """How many times as long the slow twin takes, bases and all, on the same few paths in the same run."""
    from tests.deals.twin import evaluate_slowly

    setting = make_setting(TWIN_PATHS)
    given, bases = Case(licence, setting.discounts), setting.bases
    slow = _best(lambda: evaluate_slowly(given, bases), runs=3)
    return slow / _best(lambda: evaluate(given, Bases(bases.timeline, bases.terms, bases.years)))


def make_setting(paths: int) -> Setting:
    """The example programme on so many paths."""
    base = assemble(fill(load_programme(EXAMPLE.read_text(encoding="utf-8")).programme, load_rulebook()))
    plan = base.plan
    bases = Bases(Timeline.of(futures(compile_plan(plan), draws=paths, seed=1)), market_terms(base), Years.of(plan))
    day, years = date.fromordinal(plan.as_of), plan.discount_by_year.size - 1
    other = valuation(day, years=years, convention="mid_year", rate_per_year=0.09)
    owner = Discounts(plan.discount_by_year, plan.discount_by_day)
    return Setting(bases, {"owner": owner, "partner": Discounts(other.by_year, other.by_day)})


def make_licence(as_of: int) -> Structure:
    """Markets abroad for an upfront, three milestones, one on sales and four tiers."""
    whens = (When(), *(When(link=Link(name)) for name in ("global_phase_3", "us.launch", "eu.launch")))
    paid = [
        Payment(f"payment{i}", "payment", "partner", "owner", 0.1, amount_usd=5e6, when=w) for i, w in enumerate(whens)
    ]
    on_sales = SalesMilestone(
        "sales", "milestone", "partner", "owner", markets=ABROAD, amount_usd=2e7, threshold_usd=1e8
    )
    tiers = ((0.0, 0.08), (5e7, 0.1), (1e8, 0.12), (2e8, 0.14))
    royalty = Royalty("royalty", "royalty", "partner", "owner", 0.1, markets=ABROAD, tiers=tiers)
    parties = (Party("owner", 0.1), Party("partner", 0.09))
    grants = (Grant("abroad", "partner", ABROAD, WORK),)
    return Structure("licence", "licence", "owner", as_of, parties, grants=grants, legs=(*paid, on_sales, royalty))


def make_structures(licence: Structure) -> dict[str, Structure]:
    """The licence, and variants of it by what they use."""
    royalty = licence.legs[-1]
    assert isinstance(royalty, Royalty)
    terms = replace(royalty, years_from_first_sale=10.0, ends_at_exclusivity=True, step_down=0.5)
    option = Option("o", "partner", When(link=Link("global_preparation")))
    optional = replace(licence.grants[0], window=Window(When(option="o")))
    sold = replace(royalty, payer="owner", payee="partner", cap=(Cap(3e7, licence.signed + 3_000), Cap(4e7)))
    shares = (
        ProfitShare("profit", "profit", "owner", "partner", markets=ABROAD, share=0.4),
        CostShare("cost", "cost", "partner", "owner", activities=WORK, share=0.4),
    )
    taxed = (licence.parties[0], replace(licence.parties[1], tax_share=0.21))
    return {
        "licence": licence,
        "full_licence": replace(licence, signed=licence.signed + 60, legs=(*licence.legs[:-1], terms)),
        "option": replace(licence, options=(option,), grants=(optional,)),
        "royalty_financing": replace(licence, grants=(), legs=(licence.legs[0], sold)),
        "co_development": replace(licence, grants=(), legs=(licence.legs[0], *shares)),
        "taxed_licence": replace(licence, parties=taxed),
    }


def _best(work: Callable[[], object], *, runs: int = RUNS) -> float:
    """The least processor seconds of this thread of several runs after one to warm up."""
    work()
    found = []
    for _ in range(runs):
        start = time.thread_time()
        work()
        found.append(time.thread_time() - start)
    return min(found)
