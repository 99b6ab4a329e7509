"""Runs deals on one programme's futures: the same paths for all of them, a stretch at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onepill.core.errors import Finding, InputError
from onepill.deals import Bases, Case, Outcome, join_outcomes
from onepill.deals.equity_measures import MoneyTally, join_tallies
from onepill.deals.inputs import Discounts, Party, Structure
from onepill.model import Loaded
from onepill.model.deal_load import LoadedDeal, load_deal
from onepill.model.positions import Places
from onepill.sim import compile_plan
from onepill.sim.plan import Money
from onepill.workbench.asking.live_cache import loaded_text, plan_of
from onepill.workbench.deals.beliefs import Sight, seen_by_all
from onepill.workbench.deals.ready import Opened, Posed, Ready, Stretches, make_ready
from onepill.workbench.deals.return_inputs import ReturnInputs
from onepill.workbench.deals.return_runs import Returned, join_returned, open_returns
from onepill.workbench.deals.structure import (
    discounts,
    market_terms,
    party_rates,
    structure_of,
    vehicle_errors,
)
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.questions.programme import DealText
from onepill.workbench.results.simulate import Progress

PROGRAMME = "programme"


@dataclass(frozen=True)
class Valued:
    """One deal on all paths.

    By path, `without_usd` is what each of its parties has where nothing is signed, `own_usd` what the deal is to those
    that believe something else than the file; `kept_usd` is by party what it keeps whatever is paid, both by its own
    view. `returned` is what is known of its early end where that was asked for.
    """

    posed: Posed
    ready: Ready
    outcome: Outcome
    money: MoneyTally | None
    without_usd: Mapping[str, Money]
    own_usd: Mapping[str, Money]
    kept_usd: Mapping[str, float]
    returned: Returned | None

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


def run_deals(
    opened: Opened,
    *,
    draws: int,
    seed: int,
    threads: int,
    returns: Sequence[ReturnInputs | None] = (),
    progress: Progress | None = None,
) -> Run:
    """Value every deal on the same paths, without keeping more than a few stretches of them.

    Args:
        returns: by deal, what it is ended with where its terms say how it may end.
    """
    common = Stretches(opened, compile_plan(opened.base.plan), draws, seed, threads, progress)
    whole, ready = Ready(_whole(opened.base)), make_ready(opened, common)
    given = returns or [None] * len(ready)
    counts = [
        None if asked is None else open_returns(common, deal, asked) for deal, asked in zip(ready, given, strict=True)
    ]
    seen, others = seen_by_all(opened, common)

    def work(bases: Bases) -> _Part:
        # The first fills what all structures share on these paths.
        found = [case.with_money(bases) for case in (whole, *ready)]
        back = [
            None if count is None else count.counted(bases, outcome.npv_usd)
            for count, (outcome, _) in zip(counts, found[1:], strict=True)
        ]
        return _Part(found, back, seen.on(bases))

    parts = common.over(work)
    looked = [*seen.join([part.seen for part in parts])]
    looked += [one for other in others for one in other.join(other.paths.over(other.on))]
    # What is joined goes at once: all paths of one structure are held twice, and not those of all.
    programme, *joined = [_joined([part.found.pop(0) for part in parts]) for _ in (whole, *ready)]
    back = [join_returned(found) for found in zip(*(part.returned for part in parts), strict=True)]
    valued = []
    for i, (posed, deal) in enumerate(zip(opened.deals, ready, strict=True)):
        without, own, kept = _looked_at(i, posed, looked)
        valued.append(Valued(posed, deal, *joined[i], without, own, kept, back[i]))
    return Run(programme[0], tuple(valued))


@dataclass(frozen=True)
class _Part:
    """What a stretch of paths says of the programme and each deal, of ends, and of what is looked at beside."""

    found: list[tuple[Outcome, MoneyTally | None]]
    returned: list[Returned | None]
    seen: list[dict[str, Money]]


def _looked_at(
    deal: int, posed: Posed, looked: Sequence[tuple[Sight, dict[str, Money]]]
) -> tuple[dict[str, Money], dict[str, Money], dict[str, float]]:
    """What each party has without a deal, what of it on futures of its own, and what each keeps whatever is paid."""
    without, own, kept = dict[str, Money](), dict[str, Money](), dict.fromkeys(posed.loaded.deal.parties, 0.0)
    for sight, npv in looked:
        if sight.deal == deal and sight.kind == "kept":
            kept |= {party: float(usd.mean()) for party, usd in npv.items()}
        elif sight.deal == deal:
            (without if sight.kind == "without" else own).update(npv)
    return without, own, kept


def _joined(parts: Sequence[tuple[Outcome, MoneyTally | None]]) -> tuple[Outcome, MoneyTally | None]:
    """All stretches of one structure."""
    money = [tallied for _, tallied in parts if tallied is not None]
    return join_outcomes(outcome for outcome, _ in parts), join_tallies(money) if money else None


def _whole(base: Assembled) -> Case:
    """The programme in one hand, at its own rate: what the passport values."""
    plan, capital = base.plan, base.filled.programme.capital
    owner = Party(PROGRAMME, 0.0)
    structure = Structure(PROGRAMME, "none", PROGRAMME, plan.as_of, (owner,), capital.convention)
    at = Discounts(by_year=plan.discount_by_year, by_day=plan.discount_by_day)
    return Case(structure, {PROGRAMME: at})
