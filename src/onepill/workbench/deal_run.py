"""Runs deals on one programme's futures: the same paths for all of them, a stretch at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from onepill.core.errors import Finding, InputError
from onepill.deals import Case, Outcome, join_outcomes
from onepill.deals.equity_measures import MoneyTally, join_tallies
from onepill.deals.inputs import Discounts, Party, Structure
from onepill.model import Loaded
from onepill.model.deal_load import LoadedDeal, load_deal
from onepill.model.positions import Places
from onepill.sim import compile_plan
from onepill.sim.plan import Money
from onepill.workbench.assemble import Assembled
from onepill.workbench.deal_ready import Opened, Posed, Ready, Stretches, make_ready
from onepill.workbench.deal_sides import Sides
from onepill.workbench.deal_structure import (
    discounts,
    market_terms,
    party_rates,
    structure_of,
    vehicle_errors,
    without_deal,
)
from onepill.workbench.live_cache import loaded_text, plan_of
from onepill.workbench.questions import DealText
from onepill.workbench.simulate import Progress

PROGRAMME = "programme"


@dataclass(frozen=True)
class Valued:
    """One deal on all paths, and the same parties without it.

    `own_usd` is the value by path of each party that believes something else than the file, `kept_usd` by party what it
    keeps whatever is paid, both by its own view.
    """

    posed: Posed
    ready: Ready
    outcome: Outcome
    without: Outcome
    money: MoneyTally | None
    own_usd: Mapping[str, Money]
    kept_usd: Mapping[str, float]

    @property
    def owner(self) -> str:
        return self.posed.structure.owner


@dataclass(frozen=True)
class Run:
    """All deals on the same paths, and the whole programme in one hand at its own rate."""

    programme: Outcome
    deals: tuple[Valued, ...]


def open_deals(text: str, *, file: str, as_of: object, scenarios: list[str], deals: Sequence[DealText]) -> Opened:
    """Read a programme and its deals.

    Raises:
        InputError: with the findings of all files; `deal.id_repeated` where two deals have one id.
    """
    loaded = loaded_text(text, file=file, as_of=as_of, scenarios=scenarios)  # type: ignore[arg-type]  # a day
    read = _read_all(deals, loaded)
    base = plan_of(loaded).base
    return Opened(loaded, base, market_terms(base), tuple(_pose(found, base) for found in read))


def _read_all(deals: Sequence[DealText], loaded: Loaded) -> list[LoadedDeal]:
    found, findings = list[LoadedDeal](), list[Finding]()
    for given in deals:
        try:
            found.append(load_deal(given.text, loaded.programme, file=given.file))
        except InputError as error:
            findings += error.findings
    if findings:
        raise InputError(findings[0].message, findings=findings)
    names = [read.deal.deal for read in found]
    for read in found:
        if names.count(name := read.deal.deal) > 1:
            where = {"path": "deal", "file": read.document.file, "line": read.document.line(("deal",))}
            hint = "give each file its own deal: id"
            raise InputError.single("deal.id_repeated", f"two files are the deal {name!r}", hint=hint, **where)
    return found


def _pose(read: LoadedDeal, base: Assembled) -> Posed:
    try:
        structure = structure_of(read.deal, base)
        found = vehicle_errors(read.deal, structure)
    except InputError as error:
        found = list(error.findings)
    if found:
        raise InputError(found[0].message, findings=Places(read.document).placed(found, read.document.data))
    rates = party_rates(read.deal, base)
    return Posed(read, structure, rates, discounts(rates, base))


def run_deals(opened: Opened, *, draws: int, seed: int, threads: int, progress: Progress | None = None) -> Run:
    """Value every deal on the same paths, without keeping more than one stretch of them."""
    stretches = Stretches(opened, compile_plan(opened.base.plan), draws, seed, threads, progress)
    ready = make_ready(opened, stretches)
    whole, parts = Ready(_whole(opened.base)), list[list[tuple[Outcome, MoneyTally | None]]]()
    cases = [item for deal, posed in zip(ready, opened.deals, strict=True) for item in (deal, _alone(posed))]
    with ThreadPoolExecutor(threads) as pool:
        for bases in stretches.each():
            # The first fills what all structures share on these paths; the others only read it.
            first = whole.with_money(bases)
            parts.append([first, *pool.map(lambda deal, bases=bases: deal.with_money(bases), cases)])
    joined = [_joined(found) for found in zip(*parts, strict=True)]
    pairs = zip(opened.deals, ready, joined[1::2], joined[2::2], strict=True)
    valued = []
    for posed, deal, found, without in pairs:
        sides = Sides(opened, posed, replace(stretches, progress=None), keep=False)
        own = {party: sides.own_value(party) for party in sides.own}
        valued.append(Valued(posed, deal, found[0], without[0], found[1], own, sides.kept))
    return Run(joined[0][0], tuple(valued))


def _joined(parts: Sequence[tuple[Outcome, MoneyTally | None]]) -> tuple[Outcome, MoneyTally | None]:
    """All stretches of one structure."""
    money = [tallied for _, tallied in parts if tallied is not None]
    return join_outcomes(outcome for outcome, _ in parts), join_tallies(money) if money else None


def _alone(posed: Posed) -> Ready:
    return Ready(Case(without_deal(posed.structure), posed.discounts))


def _whole(base: Assembled) -> Case:
    """The programme in one hand, at its own rate: what the passport values."""
    plan, capital = base.plan, base.filled.programme.capital
    owner = Party(PROGRAMME, 0.0)
    structure = Structure(PROGRAMME, "none", PROGRAMME, plan.as_of, (owner,), capital.convention)
    at = Discounts(by_year=plan.discount_by_year, by_day=plan.discount_by_day)
    return Case(structure, {PROGRAMME: at})
