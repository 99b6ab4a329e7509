"""A drug that is sold from a known day on, and structures of every kind: short builders, hypothesis strategies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from hypothesis import strategies as st

from onepill.core.dates import NEVER
from onepill.core.distributions import fixed, uniform
from onepill.deals import Bases, Case, Timeline, Years
from onepill.deals.inputs import (
    SIGNING,
    Cap,
    CostShare,
    Discounts,
    Funding,
    Grant,
    Leg,
    Loan,
    MarketTerms,
    Option,
    Party,
    Payment,
    ProfitShare,
    Royalty,
    SalesMilestone,
    Stacking,
    Structure,
    Supply,
    When,
    Window,
)
from onepill.sim import compile_plan, futures
from onepill.sim.plan import Activity, Cost, Draw, Gate, Link, Market, Money, Plan

AS_OF = date(2024, 8, 1)
YEARS = 12
OWNER, PARTNER, FUND = "owner", "partner", "fund"


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def year_starts() -> np.ndarray:
    return np.array([date(AS_OF.year + k, 1, 1).toordinal() for k in range(YEARS + 1)])


def count_days() -> int:
    return int(year_starts()[-1]) - AS_OF.toordinal()


def discounts(rate_per_year: float = 0.0) -> Discounts:
    """End of the year: (1 + r)^-k in the k-th year after the plan's own, the same on all its days."""
    by_year = (1 + rate_per_year) ** -np.arange(float(YEARS))
    starts = year_starts()
    starts[0] = AS_OF.toordinal()
    return Discounts(by_year, np.repeat(by_year, np.diff(starts)))


def sold_plan(yearly_usd: Sequence[float], *, launch: date, ends: date | None = None, **parts: object) -> Plan:
    """One market, launched on a day, whose sales are told year by year from the plan's own on."""
    sales = np.zeros((1, YEARS))
    sales[0, : len(yearly_usd)] = yearly_usd
    activities = [Activity("launch", not_before=launch.toordinal())]
    activities += [Activity("end", not_before=ends.toordinal())] if ends else []
    market = Market(
        "home",
        Link("launch"),
        (),
        launch.toordinal(),
        sales,
        0.5 * sales,
        0.5 * sales,
        ends_on=(Link("end"),) if ends else (),
    )
    return make_plan((*activities, *parts.pop("activities", ())), (market,), **parts)  # type: ignore[misc]


def make_plan(activities: Sequence[Activity], markets: Sequence[Market]) -> Plan:
    flat = discounts()
    return Plan(AS_OF.toordinal(), tuple(activities), tuple(markets), flat.by_day, flat.by_year)


def make_bases(plan: Plan, *terms: MarketTerms, draws: int = 1, seed: int = 1, first: int = 0) -> Bases:
    wanted = terms or tuple(MarketTerms(market.id, 0.2, 0.3, 0.25) for market in plan.markets)
    return Bases(Timeline.of(futures(compile_plan(plan), draws=draws, seed=seed, first=first)), wanted, Years.of(plan))


def contract(*legs: Leg, grants: tuple[Grant, ...] = (), **parts: object) -> Structure:
    parties = (Party(OWNER, 0.1), Party(PARTNER, 0.1), Party(FUND, 0.1))
    rest = {"parties": parties, "signed": AS_OF.toordinal()} | parts
    return Structure("deal", "licence", OWNER, grants=grants, legs=legs, **rest)  # type: ignore[arg-type]


def case(structure: Structure, rate_per_year: float = 0.0, **parts: object) -> Case:
    return Case(structure, {OWNER: discounts(rate_per_year)}, **parts)  # type: ignore[arg-type]


# Programmes with chance.


def sales_table(*, stops: date | None = None, usd_per_year: float = 60e6) -> Money:
    """Even sales from each launch day on; up to a day, where one is given."""
    starts = year_starts()
    opens = np.maximum(starts[:-1], AS_OF.toordinal())
    launch = np.arange(AS_OF.toordinal(), starts[-1])[:, None]
    closes = np.minimum(starts[1:], NEVER if stops is None else stops.toordinal())
    days = np.clip(closes - np.maximum(opens, launch), 0, None)
    return np.asarray(usd_per_year * days / np.diff(starts), dtype=np.float64)


LOSS = date(2031, 5, 20)


def chancy_plan() -> Plan:
    """Two trials and a filing with chances, costs of every timing, three markets, one of which may end early."""
    trial = Activity(
        "trial",
        not_before=day("2024-06-15"),
        duration=Draw("trial.days", uniform(200.0, 500.0)),
        gate=Gate("trial.gate", (("succeeded", 0.8), ("failed", 0.2))),
        costs=(Cost(Draw("trial.cost", uniform(5e6, 9e6)), "development"),),
        started=day("2024-06-15"),
    )
    late = Activity(
        "late",
        (Link("trial"),),
        duration=Draw("late.days", uniform(300.0, 900.0)),
        gate=Gate("late.gate", (("failed", 0.3), ("mixed", 0.2), ("succeeded", 0.5))),
        costs=(
            Cost(Draw("late.cost", uniform(9e6, 30e6)), "development"),
            Cost(Draw("late.start", fixed(1e6)), "development", "start"),
            Cost(Draw("late.grant", fixed(2e6)), "support", "finish", income=True),
        ),
    )
    filing = Activity(
        "filing",
        (Link("late"),),
        duration=Draw("filing.days", uniform(100.0, 400.0)),
        costs=(Cost(Draw("filing.cost", fixed(3e6)), "filing", "middle"),),
    )
    follow_up = Activity("follow_up", (Link("filing"),), duration=Draw("follow.days", uniform(400.0, 1500.0)))
    retained = sales_table(stops=LOSS) + 0.3 * (sales_table() - sales_table(stops=LOSS))
    base = {"first_day": AS_OF.toordinal(), "launch_cost": Draw("launch.cost", uniform(1e6, 4e6))}
    markets = [
        Market("home", Link("filing"), (Draw("home.scale", uniform(0.2, 3.0)),), *_tables(retained, base)),
        Market("abroad", Link("filing", lag_days=150), (), *_tables(sales_table(), base), ends_on=(Link("follow_up"),)),
        Market("old", Link("launched"), (), day("2023-02-01"), *[np.full((1, YEARS), 4e6)] * 3),
    ]
    return make_plan((trial, late, filing, follow_up, Activity("launched", not_before=day("2023-02-01"))), markets)


def _tables(sales: Money, base: dict[str, object]) -> tuple[object, ...]:
    return base["first_day"], sales, 0.4 * sales, 0.4 * sales, base["launch_cost"]


def chancy_terms() -> tuple[MarketTerms, ...]:
    return (
        MarketTerms("home", 0.15, 0.25, 0.25, sales_table(stops=LOSS)),
        MarketTerms("abroad", 0.1, 0.3, 0.2),
        MarketTerms("old", 0.3, 0.9, 0.25),
    )


ACTIVITIES = ("trial", "late", "filing")
MARKETS = ("home", "abroad", "old")
LINKS = st.sampled_from(
    [
        Link("trial"),
        Link("trial", "failed"),
        Link("late", "started"),
        Link("late", "mixed", 30),
        Link("late", "finished"),
        Link("filing"),
    ]
)
SOME_DAYS = st.sampled_from([day("2024-07-01"), day("2026-02-28"), day("2027-12-31"), day("2028-01-01")])
OPTIONS = st.sampled_from([None, "first", "second"])
SHARES = st.sampled_from([0.0, 0.1, 0.5, 1.0])
PARTIES = st.sampled_from([OWNER, PARTNER, FUND])


@st.composite
def whens(draw: st.DrawFn, *, options: tuple[str, ...] = ("first", "second")) -> When:
    return draw(
        st.one_of(
            st.just(SIGNING),
            st.builds(When, day=SOME_DAYS),
            st.builds(When, link=LINKS, lag_days=st.sampled_from([0, 45])),
            st.builds(When, day=SOME_DAYS, link=LINKS),
            *([st.builds(When, option=st.sampled_from(options), lag_days=st.sampled_from([0, 90]))] if options else []),
            st.just(When(option="termination")),
        )
    )


@st.composite
def windows(draw: st.DrawFn) -> Window:
    return Window(draw(whens()), draw(st.one_of(st.none(), whens())))


@st.composite
def legs(draw: st.DrawFn, i: int, royalties: tuple[str, ...]) -> Leg:
    payer, payee = draw(st.permutations([OWNER, PARTNER, FUND]))[:2]
    kind = draw(st.sampled_from([Payment, Funding, SalesMilestone, Royalty, ProfitShare, CostShare, Supply, Loan]))
    shared = {"id": f"leg{i}", "kind": kind.__name__, "payer": payer, "payee": payee}
    shared |= {"withholding_share": draw(st.sampled_from([0.0, 0.0, 0.1])), "taxed": draw(st.booleans())}
    amount = draw(st.sampled_from([1e6, 7e6]))
    markets = tuple(draw(st.sets(st.sampled_from(MARKETS), min_size=1)))
    by = draw(st.sampled_from([NEVER, day("2028-06-30")]))
    if kind is Payment:
        parts = {"amount_usd": amount, "when": draw(whens()), "by": by, "instalments": draw(st.sampled_from([1, 3]))}
    elif kind is Funding:
        parts = {"usd_per_year": amount, "window": draw(windows())}
    elif kind is Loan:
        parts = {"amount_usd": amount, "when": draw(whens()), "interest_per_year": draw(SHARES), "taxed": False}
        parts |= {"years": draw(st.sampled_from([2.0, 3.5])), "repaid_on": draw(st.one_of(st.none(), whens()))}
        parts |= {"forgiven_on": draw(st.one_of(st.none(), whens()))}
    elif kind is CostShare:
        activities = tuple(draw(st.sets(st.sampled_from(ACTIVITIES), min_size=1)))
        parts = {"activities": activities, "share": draw(SHARES), "window": draw(windows())}
        parts |= {"cap_usd": draw(st.sampled_from([float("inf"), 6e6]))}
    elif kind is Royalty:
        parts = draw(royalty_parts(markets, royalties))
    else:
        parts = {"markets": markets, "window": draw(windows())}
        if kind is SalesMilestone:
            parts |= {"amount_usd": amount, "threshold_usd": draw(st.sampled_from([1e6, 5e7, 2e8])), "by": by}
            parts |= {"measure": draw(st.sampled_from(["annual", "cumulative"])), "every_year": draw(st.booleans())}
        elif kind is ProfitShare:
            parts |= {"share": draw(SHARES)}
        else:
            parts |= {"share_of_sales": draw(SHARES), "cost_share_of_sales": 0.2}
    return kind(**(shared | parts))


@st.composite
def royalty_parts(draw: st.DrawFn, markets: tuple[str, ...], royalties: tuple[str, ...]) -> dict[str, object]:
    of = draw(st.sampled_from([None, *royalties]))
    tiers = draw(
        st.sampled_from(
            [
                ((0.0, 0.05),),
                ((0.0, 0.05), (3e7, 0.1), (9e7, 0.15)),
                ((0.0, 0.12), (4e7, 0.06), (8e7, 0.0)),
                ((2e7, 0.08),),
            ]
        )
    )
    parts: dict[str, object] = {"tiers": tiers, "of": of, "markets": () if of else markets, "window": draw(windows())}
    parts["measure"] = draw(st.sampled_from(["annual", "cumulative"]))
    if not of:
        parts["years_from_first_sale"] = draw(st.sampled_from([None, None, 2.5]))
        parts["ends_at_exclusivity"] = draw(st.booleans())
        parts["step_down"] = draw(st.sampled_from([1.0, 0.5]))
        parts["stacking"] = draw(st.sampled_from([None, Stacking(0.04, 0.5, 0.6)]))
    caps = [(), (Cap(8e6),), (Cap(5e6, day("2029-12-31")), Cap(9e6)), (Cap(2e6, day("2028-05-17")), Cap(20e6))]
    return parts | {"cap": draw(st.sampled_from(caps))}


@st.composite
def structures(draw: st.DrawFn) -> Structure:
    """Contracts in which anything may hang on anything."""
    options = (
        Option("first", PARTNER, draw(whens(options=())), draw(st.sampled_from([1.0, 0.6]))),
        Option("second", PARTNER, draw(whens(options=("first",))), draw(st.sampled_from([0.0, 0.7]))),
    )
    taken, grants = draw(st.permutations([*MARKETS, *ACTIVITIES])), []
    for i in range(draw(st.integers(0, 3))):
        mine = taken[2 * i : 2 * i + 2]
        markets = tuple(name for name in mine if name in MARKETS)
        activities = tuple(name for name in mine if name in ACTIVITIES)
        grants.append(Grant(f"g{i}", draw(st.sampled_from([PARTNER, FUND])), markets, activities, draw(windows())))
    found: list[Leg] = []
    for i in range(draw(st.integers(1, 5))):
        royalties = tuple(leg.id for leg in found if isinstance(leg, Royalty))
        found.append(draw(legs(i, royalties)))
    taxes = [draw(st.sampled_from([None, None, 0.2])) for _ in range(3)]
    parties = tuple(Party(id_, 0.1, tax) for id_, tax in zip((OWNER, PARTNER, FUND), taxes, strict=True))
    signed = draw(st.sampled_from([day("2024-08-01"), day("2025-03-01")]))
    return contract(*found, grants=tuple(grants), options=options, parties=parties, signed=signed)
