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
from onepill.workbench.deals.structure import market_terms
from onepill.workbench.plan.assemble import assemble
from onepill.workbench.plan.fill import fill

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "tunlametinib.yaml"
PATHS = 100_000
TWIN_PATHS = 20_000
RUNS = 15
KINDS = (
    *("licence", "full_licence", "option", "royalty_financing", "co_development", "taxed_licence"),
    *("acquisition", "licence_that_may_end", "licence_launched_everywhere"),
)
BUDGETS = {
    **{f"deals.{kind}_ns_per_path": (60.0, "at most") for kind in KINDS},
    "deals.ratio_to_numpy": (10.0, "at least"),
    "deals.solve_seconds": (1.0, "at most"),
    "deals.compare_further_royalty_financing_share": (0.2, "at most"),
    "deals.compare_further_co_development_share": (0.25, "at most"),
    "deals.compare_further_acquisition_share": (0.35, "at most"),
    "deals.compare_further_newco_share": (1.0, "at most"),
    "deals.compare_further_modified_newco_share": (1.7, "at most"),
}
"""Each further structure on the same paths, with other amounts, rates and shares, and with grants, windows and
thresholds that earlier ones had. What grants cost that none had is told alone (`..._with_new_grants`), and so is what
legs do of which nothing is kept (`..._with_new_terms`). `compare_further_..._share` is the whole question: what another
deal adds to `deal compare`, as a share of what a licence that may come back and an option take, in one run."""
FURTHER = ("royalty_financing", "acquisition", "co_development", "newco", "modified_newco")
COMPARED_RUNS = 3
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

    def ns_per_path(self, structure: Structure, *, forgets: str = "", **parts: Any) -> float:
        """Processor time of one more evaluation on kept bases, which another program moves less than the clock.

        Every run has other amounts, rates and shares; what is kept of "grants", or of "legs", is forgotten before each.
        """
        drawn = iter(np.random.default_rng(2).uniform(0.9, 1.1, RUNS + 1))

        def work() -> None:
            self.bases.kept.pop(forgets, None)
            evaluate(Case(scaled(structure, next(drawn)), self.discounts, **parts), self.bases)

        return _best(work) / self.bases.paths * 1e9


def measure() -> dict[str, float]:
    """Nanoseconds a path and core of structures of several kinds, the bases' own, and the ratio to the numpy twin."""
    setting = make_setting(PATHS)
    licence = make_licence(setting.bases.plan.as_of)
    as_of = setting.bases.plan.as_of
    drawn = np.random.default_rng(1).random(PATHS)
    held = np.where(drawn < 0.2, as_of + 400 + 8_000 * drawn, NEVER).astype(np.int32)
    structures = make_structures(licence)
    found = {name: setting.ns_per_path(one) for name, one in structures.items()}
    found["licence_that_may_end"] = setting.ns_per_path(licence, held_until=held)
    for name in ("option", "acquisition"):
        found[f"{name}_with_new_grants"] = setting.ns_per_path(structures[name], forgets="grants")
    found["licence_that_may_end_with_new_grants"] = setting.ns_per_path(licence, forgets="grants", held_until=held)
    for name in ("licence", "co_development"):
        found[f"{name}_with_new_terms"] = setting.ns_per_path(structures[name], forgets="legs")
    given, bases = Case(licence, setting.discounts), setting.bases
    fresh = _best(lambda: evaluate(given, Bases(bases.timeline, bases.terms, bases.years)), runs=5)
    found["first_structure_with_bases"] = fresh / PATHS * 1e9
    everywhere = launched_everywhere(setting)
    found["licence_launched_everywhere"] = everywhere.ns_per_path(licence)
    found["licence_launched_everywhere_with_new_terms"] = everywhere.ns_per_path(licence, forgets="legs")
    per_path = {f"{name}_ns_per_path": ns for name, ns in found.items()}
    compared = compare_ns_per_path()
    return {"ratio_to_numpy": ratio_to_numpy(licence), "solve_seconds": solve_seconds(), **compared, **per_path}


def compare_ns_per_path() -> dict[str, float]:
    """Processor nanoseconds a path of a whole `deal compare` of a licence that may come back and an option, of each
    further structure in it, and these as shares of the two; what a question costs without any path is taken off."""
    from onepill.workbench.operations import operation

    found = operation("deal compare")
    text, folder = EXAMPLE.read_text(encoding="utf-8"), EXAMPLE.parent / "deals"

    def seconds(names: tuple[str, ...], draws: int) -> float:
        deals = [{"text": (folder / f"{name}.yaml").read_text("utf-8"), "file": f"{name}.yaml"} for name in names]
        asked = {"text": text, "file": EXAMPLE.name, "deals": deals, "draws": draws, "threads": 1}
        question = found.question.model_validate(asked)
        taken = []
        for _ in range(COMPARED_RUNS):
            began = time.process_time()
            found.ask(question)
            taken.append(time.process_time() - began)
        return min(taken)

    def ns_per_path(*names: str) -> float:
        seconds(names, 1_000)
        return (seconds(names, PATHS) - seconds(names, 1_000)) / PATHS * 1e9

    two = ("licence", "option")
    whole = ns_per_path(*two)
    figures = {"compare_two_ns_per_path": whole}
    for name in FURTHER:
        more = ns_per_path(*two, name) - whole
        figures |= {f"compare_further_{name}_ns_per_path": more, f"compare_further_{name}_share": more / whole}
    return figures


def solve_seconds() -> float:
    """Seconds that `deal solve` takes on all paths in a process that has answered before, each time another share."""
    from onepill.workbench.operations import operation

    found = operation("deal solve")
    text, terms = (path.read_text(encoding="utf-8") for path in (EXAMPLE, EXAMPLE.parent / "deals" / "licence.yaml"))
    asked = {"text": text, "file": EXAMPLE.name, "deal": {"text": terms, "file": "licence.yaml"}, "draws": PATHS}
    taken = []
    for share in (0.4, 0.42, 0.44, 0.46):
        question = found.question.model_validate({**asked, "unknowns": ["upfront_usd"], "licensor_share": share})
        began = time.perf_counter()
        found.ask(question)
        taken.append(time.perf_counter() - began)
    return min(taken[1:])


def scaled(structure: Structure, factor: float) -> Structure:
    """The structure with every amount, rate and share of its legs times a factor."""
    legs = []
    for leg in structure.legs:
        names = [name for name in ("amount_usd", "share") if hasattr(leg, name)]
        parts: dict[str, Any] = {name: factor * getattr(leg, name) for name in names}
        if isinstance(leg, Royalty):
            parts["tiers"] = tuple((at, factor * rate) for at, rate in leg.tiers)
        legs.append(replace(leg, **parts))
    return replace(structure, legs=tuple(legs))


def launched_everywhere(setting: Setting) -> Setting:
    """The same programme with the launches of paths on which it succeeds on all paths."""
    timeline = setting.bases.timeline
    markets = [m for m, market in enumerate(setting.bases.plan.markets) if market.id.split(".")[0] in ABROAD]
    well = np.flatnonzero((timeline.launch[markets] < NEVER).any(axis=0))
    rows = np.where((timeline.launch[markets] < NEVER).any(axis=0), np.arange(timeline.paths), np.resize(well, PATHS))
    names = ("launch", "end", "scale", "launch_cost_usd", "start", "finish", "paid_usd")
    everywhere = replace(timeline, **{name: getattr(timeline, name)[:, rows] for name in names})
    return Setting(Bases(everywhere, setting.bases.terms, setting.bases.years), setting.discounts)


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
    bought = Grant("all", "partner", ("cn", *ABROAD), WORK, Window(When(day=licence.signed + 120)))
    right = Payment(
        "cvr", "cvr", "partner", "owner", amount_usd=3e7, when=When(link=Link("us.launch")), by=licence.signed + 4_000
    )
    on_sales = replace(licence.legs[-2], by=licence.signed + 6_000)
    taxed = (licence.parties[0], replace(licence.parties[1], tax_share=0.21))
    return {
        "licence": licence,
        "full_licence": replace(licence, signed=licence.signed + 60, legs=(*licence.legs[:-1], terms)),
        "option": replace(licence, options=(option,), grants=(optional,)),
        "royalty_financing": replace(licence, grants=(), legs=(licence.legs[0], sold)),
        "co_development": replace(licence, grants=(), legs=(licence.legs[0], *shares)),
        "acquisition": replace(licence, grants=(bought,), legs=(licence.legs[0], right, on_sales)),
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
