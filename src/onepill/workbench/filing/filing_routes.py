"""Which route of each market is best so far, on whose approvals does it rest, and do these still stand?"""

from __future__ import annotations

from dataclasses import dataclass, field

from onepill.core.dates import DAYS_PER_YEAR, NEVER
from onepill.pathway import FilingInput
from onepill.pathway.routes import Route

SHORTEST_REVIEW_DAYS = 10
"""A shorter way from filing to approval means that the rulebook has no time for the review, and not that it is fast."""


@dataclass(frozen=True)
class Candidate:
    """One route in one market as a filing; `references` are the markets whose approval it waits for."""

    route: Route
    filing: FilingInput
    references: tuple[str, ...] = ()

    @property
    def jurisdiction(self) -> str:
        return self.route.jurisdiction


@dataclass
class Scouted:
    """Median days, chance once filed and fees of every candidate tried, and the best open one of each market.

    `days` are the median days of filing and of approval, `review_days` the median time between the two. `left_out` are
    the best of the markets that the sequence does not file.
    """

    days: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    review_days: dict[str, float | None] = field(default_factory=dict)
    tried: dict[str, Candidate] = field(default_factory=dict)
    best: dict[str, Candidate] = field(default_factory=dict)
    facts: dict[str, tuple[float, str]] = field(default_factory=dict)
    probs: dict[str, float] = field(default_factory=dict)
    fees: dict[str, float] = field(default_factory=dict)
    left_out: dict[str, Candidate] = field(default_factory=dict)

    def knows_time(self, name: str) -> bool:
        """Whether the rulebook has a time for the review of this candidate."""
        review = self.review_days[name]
        return review is not None and review >= SHORTEST_REVIEW_DAYS

    def approval(self, market: str) -> float | None:
        """The median day of a market's approval, or its fact."""
        if market in self.facts:
            return self.facts[market][0]
        found = self.best.get(market)
        return None if found is None else self.days[found.filing.id][1]


def keep_the_better(scouted: Scouted, candidate: Candidate, *, optimise: str) -> None:
    """Choose the candidate where it is better, or is the chosen route with what it waits for now."""
    name, market = candidate.filing.id, candidate.jurisdiction
    best = scouted.best.get(market)
    is_chosen = best is not None and best.filing.id == name
    is_usable = candidate.route.is_open and scouted.knows_time(name)
    if is_usable and in_time(scouted, candidate, scouted.days[name][0]):
        if best is None or is_chosen or score(scouted, candidate, optimise) < score(scouted, best, optimise):
            scouted.best[market] = candidate
    elif is_chosen:
        fall_back(scouted, market, optimise=optimise)


def chain(scouted: Scouted) -> dict[str, tuple[str, tuple[tuple[str, str], ...]]]:
    """By market the filing chosen and what it waits for."""
    return {market: (found.filing.id, found.filing.after) for market, found in scouted.best.items()}


def cut_loose_ends(scouted: Scouted, *, optimise: str) -> None:
    """A market that relies on a filing which was not chosen in the end goes its own way."""
    for market, found in list(scouted.best.items()):
        there = [m for m in found.references if m in scouted.facts or m in scouted.best]
        chosen = {f"{filing_id(scouted, m)}.approval" for m in there}
        if found.references and chosen != {name for name, _ in found.filing.after}:
            fall_back(scouted, market, optimise=optimise)
            cut_loose_ends(scouted, optimise=optimise)
            return


def fall_back(scouted: Scouted, market: str, *, optimise: str) -> None:
    """The best of a market's open routes that rely on nobody, none where there is no such route."""
    found = [c for c in scouted.tried.values() if c.jurisdiction == market and not c.references and c.route.is_open]
    timed = [c for c in found if scouted.knows_time(c.filing.id)]
    del scouted.best[market]
    if timed:
        scouted.best[market] = min(timed, key=lambda c: score(scouted, c, optimise))


def rests_on(scouted: Scouted, market: str, route: Route) -> bool:
    """Whether a market is the route's own, or relies on it as things stand, directly or through others."""
    seen: set[str] = set()
    ahead = [market]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            best = scouted.best.get(name)
            ahead += best.references if best is not None and name not in scouted.facts else ()
    return route.jurisdiction in seen


def filing_id(scouted: Scouted, market: str) -> str:
    return scouted.facts[market][1] if market in scouted.facts else scouted.best[market].filing.id


def in_time(scouted: Scouted, candidate: Candidate, filed: float | None) -> bool:
    """Whether the references are young enough when the application is filed."""
    reliance = candidate.route.relies_on
    if reliance is None or reliance.within_years is None or filed is None:
        return True
    oldest = min((day or filed for day in days_relied_on(scouted, candidate)), default=filed)
    return filed - oldest <= reliance.within_years * DAYS_PER_YEAR


def days_relied_on(scouted: Scouted, candidate: Candidate) -> list[float | None]:
    """The days of the approvals that a candidate waits for."""
    facts = {name: day for day, name in scouted.facts.values()}
    names = (name.removesuffix(".approval") for name, _ in candidate.filing.after)
    return [facts[name] if name in facts else scouted.days[name][1] for name in names]


def score(scouted: Scouted, candidate: Candidate, optimise: str) -> tuple[float, float]:
    """What is to be small: the median day, or the fees in US dollars and then the day."""
    day = scouted.days[candidate.filing.id][1] or float(NEVER)
    return (scouted.fees[candidate.filing.id], day) if optimise == "cost" else (day, 0.0)
