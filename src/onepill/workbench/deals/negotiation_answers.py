"""`deal solve`: terms that both sides can live with, where they can meet, and why they see it differently."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from onepill.core.errors import Finding, sort_findings

if TYPE_CHECKING:
    from onepill.deals.solve import Limit, Solved, Values
    from onepill.deals.vary import Term
    from onepill.workbench.deals.negotiation_asked import Unknown
    from onepill.workbench.deals.sides import Sides
    from onepill.workbench.questions.negotiation import SolveAsk

Row = dict[str, Any]
SCHEMA_VERSION = 1
DIGITS = 6


def deal_solve(ask: SolveAsk, *, progress: Callable[[str, int, int], None] | None = None) -> Row:
    """Terms that meet the wishes of both sides, the zone in which they agree, and what parts their values."""
    from onepill.deals.solve import Wish, solve
    from onepill.sim import compile_plan
    from onepill.workbench.deals.answers import input_rows
    from onepill.workbench.deals.negotiation_asked import accepted_limits, offered_terms, open_terms
    from onepill.workbench.deals.ready import Stretches
    from onepill.workbench.deals.run import open_deals
    from onepill.workbench.deals.sides import Sides

    opened = open_deals(ask.text, file=ask.file, as_of=ask.as_of, scenarios=ask.scenarios, deals=[ask.deal])
    posed = opened.deals[0]
    compiled = compile_plan(opened.base.plan)
    paths = Stretches(opened, compiled, ask.draws, ask.seed, ask.threads, progress)
    sides = Sides(opened, posed, paths)
    structure, unknown = posed.structure, open_terms(ask.unknowns, sides)
    counter = offered_terms(ask.counter, sides)
    offers = _Offers(sides, _outside(sides), sides.kept)
    kept = {_own(party): offers.kept[party] for party in sides.sharing}
    wish = None if ask.licensor_share is None else Wish(_own(sides.owner), ask.licensor_share, kept)
    found = solve(
        structure,
        [item.term for item in unknown],
        sides.values,
        wish=wish,
        limits=accepted_limits(ask, sides),
        favour=_own(sides.owner),
    )
    terms = {item.asked: _round(found.terms[item.term.name], item.term) for item in unknown}
    before = offers.row({item.asked: item.term.value for item in unknown}, sides.values(structure))
    told = offers.row(terms, found.values)
    return {
        "schema_version": SCHEMA_VERSION,
        "programme": opened.loaded.programme.programme,
        "deal": posed.loaded.deal.deal,
        "as_of": opened.loaded.programme.as_of.isoformat(),
        "draws": ask.draws,
        "seed": ask.seed,
        "terms": terms,
        "shares": told["shares"],
        "shared_usd": told["shared_usd"],
        "feasible": found.feasible,
        "binding": [_plain(name) for name in found.binding],
        "slack": {_plain(name): round(left, DIGITS) for name, left in found.slack.items()},
        "evaluations": found.evaluations,
        "open_terms": [_open_term(item, terms, sides, offers.outside) for item in unknown],
        "parties": told["parties"],
        "before": before,
        "counter": offers.counter(counter) if counter else None,
        "gap": list(_gap(sides)),
        "frontier": _frontier(unknown, sides, offers.outside) if ask.frontier else [],
        "inputs": input_rows(opened),
        "findings": [finding.as_row() for finding in sort_findings(_findings(found, told, sides))],
    }


def _own(party: str) -> str:
    from onepill.workbench.deals.sides import OWN

    return party + OWN


def _plain(name: str) -> str:
    """A limit's or range's name without the mark of a party's own view."""
    from onepill.workbench.deals.sides import OWN

    return name.replace(OWN, "")


def _outside(sides: Sides) -> dict[str, float]:
    """What each party has without this deal by its own view: as stated, else what the programme is to it without one.

    The owner keeps the programme, or leaves it where that is worth less than nothing; nobody else has anything.
    """
    from onepill.deals.measures import utility_usd
    from onepill.workbench.deals.negotiation_asked import stated_outside

    found = {}
    for party in sides.parties:
        stated, alone = stated_outside(party, sides), utility_usd(sides.alone[party], sides.risk_of(party))
        found[party] = max(alone, 0.0) if stated is None else stated
    return found


@dataclass(frozen=True)
class _Offers:
    """`outside` is what a party has without the deal, `kept` what it keeps whatever is paid."""

    sides: Sides
    outside: dict[str, float]
    kept: dict[str, float]

    def row(self, terms: dict[str, float], values: Values) -> Row:
        """What terms bring each side."""
        from onepill.workbench.deals.rows import shares_of

        sides = self.sides
        brought = {party: float(values[_own(party)].mean()) - self.kept[party] for party in sides.sharing}
        parties = {party: self._side(party, values) for party in self.sides.parties}
        return {
            "terms": terms,
            "shared_usd": round(sum(brought.values())),
            "shares": {party: shares_of(brought).get(party) for party in sides.parties},
            "parties": parties,
        }

    def counter(self, terms: dict[str, float]) -> Row:
        from onepill.deals.vary import with_terms

        return self.row(terms, self.sides.values(with_terms(self.sides.posed.structure, terms)))

    def _side(self, party: str, values: Values) -> Row:
        from onepill.deals.measures import prob_loss, utility_usd
        from onepill.sim import estimate
        from onepill.workbench.results.simulate import estimate_row, whole

        own = values[_own(party)]
        return {
            "npv_usd": whole(estimate_row(estimate(values[party]))),
            "prob_loss": prob_loss(values[party]),
            "own_npv_usd": whole(estimate_row(estimate(own))),
            "own_utility_usd": round(utility_usd(own, self.sides.risk_of(party))),
            "outside_usd": round(self.outside[party]),
            "kept_usd": round(self.kept[party]),
        }


def _outside_limits(sides: Sides, outside: dict[str, float]) -> list[Limit]:
    """Nobody signs for less than it has without the deal; conduits sign nothing of their own."""
    from onepill.deals.solve import Limit

    return [Limit(_own(party), outside[party], risk=sides.risk_of(party)) for party in sides.sharing]


def _open_term(item: Unknown, terms: dict[str, float], sides: Sides, outside: dict[str, float]) -> Row:
    from onepill.deals.negotiate import zone

    limits = _outside_limits(sides, outside)
    found = zone(sides.posed.structure, item.term, sides.values, limits)
    return {
        "asked": item.asked,
        "name": item.term.name,
        "unit": "USD" if item.term.is_usd else "share",
        "before": item.term.value,
        "value": terms[item.asked],
        "low": item.term.low,
        "high": item.term.high,
        "zone_low": None if found.low is None else _round(found.low, item.term),
        "zone_high": None if found.high is None else _round(found.high, item.term),
    }


def _round(value: float, term: Term) -> float:
    return float(round(value)) if term.is_usd else round(value, DIGITS)


def _gap(sides: Sides) -> Iterator[Row]:
    """How the owner and each other party value what the other has, told apart by what they see differently."""
    from onepill.deals.measures import utility_usd
    from onepill.deals.negotiate import FACTORS, split_gap

    structure = sides.posed.structure
    for other in (party for party in sides.sharing if party != sides.owner):
        differing = _differing(sides, other)
        if not differing:
            continue
        for party, seer in ((sides.owner, other), (other, sides.owner)):

            @cache
            def worth(chosen: frozenset[str], party: str = party, seer: str = seer) -> float:
                glasses = {factor: seer if factor in chosen else party for factor in FACTORS}
                return utility_usd(*sides.seen_by(structure, party, glasses))

            parts = dict.fromkeys(FACTORS, 0.0) | split_gap(worth, differing)
            own, seen = worth(frozenset()), worth(frozenset(differing))
            rounded = {f"{factor}_usd": round(part) for factor, part in parts.items()}
            yield {"of": party, "seen_by": seer, "own_usd": round(own), "seen_usd": round(seen), **rounded}


def _differing(sides: Sides, other: str) -> list[str]:
    """What the owner and another party see differently; what they see alike has no part in any gap."""
    from onepill.deals.negotiate import FACTORS

    deal, rates = sides.posed.loaded.deal.parties, sides.posed.rates

    def seen(party: str) -> tuple[object, ...]:
        """In the order of `FACTORS`."""
        tax = deal[party].tax_share
        return deal[party].believes, rates[party], tax.number if tax else None, sides.risk_of(party)

    return [
        factor for factor, ours, theirs in zip(FACTORS, seen(sides.owner), seen(other), strict=True) if ours != theirs
    ]


def _frontier(unknown: Sequence[Unknown], sides: Sides, outside: dict[str, float]) -> list[Row]:
    from onepill.deals.negotiate import frontier

    limits = _outside_limits(sides, outside)
    asked = {item.term.name: item for item in unknown}
    return [
        {
            "terms": {asked[name].asked: _round(value, asked[name].term) for name, value in point.terms.items()},
            "utility_usd": {_plain(party): round(worth) for party, worth in point.utility_usd.items()},
            "efficient": point.efficient,
        }
        for point in frontier(sides.posed.structure, [item.spread for item in unknown], sides.values, limits)
    ]


def _findings(found: Solved, told: Row, sides: Sides) -> Iterator[Finding]:
    yield from sides.opened.loaded.findings
    yield from sides.posed.loaded.findings
    sharing = [told["parties"][party] for party in sides.sharing]
    total = sum(side["own_npv_usd"]["mean"] - side["kept_usd"] for side in sharing)
    if total < 0:
        message = f"the deal costs all parties {-total:,.0f} US dollars by their own views: there is nothing to share"
        hint = "look at what each side believes, or let the deal cover what is worth having"
        yield Finding("deal.total_negative", "warning", message, hint, "shares", value=total)
    if not found.feasible:
        binding = ", ".join(map(_plain, found.binding)) or "nothing"
        message, hint = f"no terms in the ranges meet it all; binding: {binding}", "widen a range or open another term"
        yield Finding("deal.infeasible", "warning", message, hint, "terms")
    for party in sides.sharing:
        side = told["parties"][party]
        own, outside = side["own_utility_usd"], side["outside_usd"]
        if own < outside:
            message = f"{party} has {own:,.0f} US dollars by its own view and {outside:,.0f} without this deal"
            yield Finding("deal.below_outside", "warning", message, "it would not sign", f"parties.{party}")
