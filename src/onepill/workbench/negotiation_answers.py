"""`deal solve`: terms that both sides can live with, where they can meet, and why they see it differently."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from onepill.core.errors import Finding, InputError, sort_findings

if TYPE_CHECKING:
    from onepill.deals.solve import Limit, Solved, Values
    from onepill.deals.vary import Term
    from onepill.workbench.deal_sides import Sides
    from onepill.workbench.questions_negotiation import SolveAsk

Row = dict[str, Any]
SCHEMA_VERSION = 1
DIGITS = 6


def deal_solve(ask: SolveAsk, *, progress: Callable[[str, int, int], None] | None = None) -> Row:
    """Terms that meet the wishes of both sides, the zone in which they agree, and what parts their values."""
    from onepill.deals.solve import Wish, solve
    from onepill.sim import compile_plan
    from onepill.workbench.deal_ready import Stretches
    from onepill.workbench.deal_run import open_deals
    from onepill.workbench.deal_sides import Sides

    opened = open_deals(ask.text, file=ask.file, as_of=ask.as_of, scenarios=ask.scenarios, deals=[ask.deal])
    posed = opened.deals[0]
    compiled = compile_plan(opened.base.plan)
    paths = Stretches(opened, compiled, ask.draws, ask.seed, ask.threads, progress)
    sides = Sides(opened, posed, paths, keep=True)
    structure, unknown = posed.structure, _unknowns(ask.unknowns, sides)
    counter = _numbers(ask.counter, sides)
    limits = _limits(ask, sides)
    offers = _Offers(sides, _outside(sides), sides.kept)
    kept = {_own(party): offers.kept[party] for party in sides.sharing}
    wish = None if ask.licensor_share is None else Wish(_own(sides.owner), ask.licensor_share, kept)
    found = solve(
        structure,
        [item.term for item in unknown],
        sides.values,
        wish=wish,
        limits=limits,
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
        "findings": [finding.as_row() for finding in sort_findings(_findings(found, told, sides))],
    }


@dataclass(frozen=True)
class _Unknown:
    """A term under the name that was asked for."""

    asked: str
    term: Term
    has_range: bool

    @property
    def spread(self) -> Term:
        """The term over the range that was given, else from nothing to three times what it is."""
        return self.term if self.has_range else replace(self.term, high=min(self.term.high, 3 * self.term.value))


def _own(party: str) -> str:
    from onepill.workbench.deal_sides import OWN

    return party + OWN


def _plain(name: str) -> str:
    """A limit's or range's name without the mark of a party's own view."""
    from onepill.workbench.deal_sides import OWN

    return name.replace(OWN, "")


def _unknowns(asked: Sequence[str], sides: Sides) -> list[_Unknown]:
    """The open terms with their ranges.

    Raises:
        InputError: an unknown term, a range that is none, a term named twice.
    """
    from onepill.deals.vary import find_term

    found: list[_Unknown] = []
    for text in asked:
        name, _, span = (part.strip() for part in text.partition("="))
        term = find_term(sides.posed.structure, name)
        if any(item.term.name == term.name for item in found):
            raise InputError.single("term.twice", f"{name} is named twice", hint="name each term once", value=text)
        if span:
            low, dots, high = span.partition("..")
            if not dots:
                hint = "write NAME=LOW..HIGH, such as upfront_usd=2 MUSD..10 MUSD"
                raise InputError.single("term.range", f"{span!r} is no range", hint=hint, value=text)
            term = replace(term, low=_number(low, term, sides), high=_number(high, term, sides))
        found.append(_Unknown(name, term, bool(span)))
    return found


def _numbers(asked: Sequence[str], sides: Sides) -> dict[str, float]:
    """Terms and their values by whole names."""
    from onepill.deals.vary import find_term

    found = {}
    for text in asked:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals:
            hint = "write NAME=VALUE, such as upfront_usd=6 MUSD"
            raise InputError.single("term.value", f"{text!r} says no value", hint=hint, value=text)
        term = find_term(sides.posed.structure, name)
        found[term.name] = _number(value, term, sides)
    return found


def _number(text: str, term: Term, sides: Sides) -> float:
    """An amount of money or a share, within what the term may be.

    Raises:
        InputError: `unit.amount`, `term.value`.
    """
    from onepill.core.units import parse_amount

    text = text.strip()
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        amount = parse_amount(text)
        value = amount.value / _per_usd(amount.currency, sides, text)
    if not term.low <= value <= (float("inf") if term.is_usd else term.high):
        hint = "0 or more" if term.is_usd else f"from {term.low:g} to {term.high:g}"
        raise InputError.single("term.value", f"{term.name} cannot be {text}", hint=hint, value=text)
    return value


def _per_usd(currency: str, sides: Sides, text: str) -> float:
    """Units of the currency for a dollar, by the deal's rates, else by the programme's."""
    if currency == "USD":
        return 1.0
    deal, programme = sides.posed.loaded.deal, sides.opened.base.filled.programme
    for book in (deal.exchange_rates, programme.capital.exchange_rates):
        if currency in book:
            return book[currency].per_usd
    hint = "write dollars, or add exchange_rates to the terms file"
    raise InputError.single("deal.exchange_rate", f"no rate is known of {currency}", hint=hint, value=text)


def _limits(ask: SolveAsk, sides: Sides) -> list[Limit]:
    """What each side accepts: what the question says, else what its terms file says it has outside."""
    from onepill.deals.solve import Limit

    least, most = dict(_by_party(ask.at_least, sides)), dict(_by_party(ask.most_loss, sides))
    found = []
    for party in sides.parties:
        floor = _dollars(least[party], sides) if party in least else _stated_outside(party, sides)
        loss = _chance(most[party]) if party in most else None
        if floor is not None or loss is not None:
            found.append(Limit(_own(party), floor, loss, sides.risk_of(party)))
    return found


def _by_party(asked: Sequence[str], sides: Sides) -> Iterator[tuple[str, str]]:
    for text in asked:
        party, equals, value = (part.strip() for part in text.partition("="))
        if party not in sides.parties or not equals:
            hint = f"write PARTY=VALUE; parties: {', '.join(sides.parties)}"
            raise InputError.single("limit.party", f"{text!r} names no party and value", hint=hint, value=text)
        yield party, value


def _dollars(text: str, sides: Sides) -> float:
    from onepill.core.units import parse_amount

    sign, number = (-1, text[1:]) if text.startswith("-") else (1, text)
    try:
        return sign * float(number)
    except ValueError:
        amount = parse_amount(number)
        return sign * amount.value / _per_usd(amount.currency, sides, text)


def _chance(text: str) -> float:
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise InputError.single("limit.chance", f"{text!r} is no chance", hint="from 0 to 1", value=text)
    return value


def _stated_outside(party: str, sides: Sides) -> float | None:
    value = sides.posed.loaded.deal.parties[party].outside_option
    return None if value is None else value.number / _per_usd(value.unit, sides, str(value.number))


def _outside(sides: Sides) -> dict[str, float]:
    """What each party has without this deal by its own view: as stated, else what the programme is to it without one.

    The owner keeps the programme, or leaves it where that is worth less than nothing; nobody else has anything.
    """
    from onepill.deals.measures import utility_usd

    found = {}
    for party in sides.parties:
        stated, alone = _stated_outside(party, sides), utility_usd(sides.alone[party], sides.risk_of(party))
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
        from onepill.workbench.deal_rows import shares_of

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
        from onepill.workbench.simulate import estimate_row, whole

        own = values[_own(party)]
        return {
            "npv_usd": whole(estimate_row(estimate(values[party]))),
            "prob_loss": prob_loss(values[party]),
            "own_npv_usd": whole(estimate_row(estimate(own))),
            "own_utility_usd": round(utility_usd(own, self.sides.risk_of(party))),
            "outside_usd": round(self.outside[party]),
            "kept_usd": round(self.kept[party]),
        }


def _open_term(item: _Unknown, terms: dict[str, float], sides: Sides, outside: dict[str, float]) -> Row:
    from onepill.deals.negotiate import zone
    from onepill.deals.solve import Limit

    limits = [Limit(_own(party), outside[party], risk=sides.risk_of(party)) for party in sides.parties]
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
    for other in (party for party in sides.parties if party != sides.owner):
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


def _frontier(unknown: Sequence[_Unknown], sides: Sides, outside: dict[str, float]) -> list[Row]:
    from onepill.deals.negotiate import frontier
    from onepill.deals.solve import Limit

    limits = [Limit(_own(party), outside[party], risk=sides.risk_of(party)) for party in sides.parties]
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
    for party, side in told["parties"].items():
        own, outside = side["own_utility_usd"], side["outside_usd"]
        if own < outside:
            message = f"{party} has {own:,.0f} US dollars by its own view and {outside:,.0f} without this deal"
            yield Finding("deal.below_outside", "warning", message, "it would not sign", f"parties.{party}")
