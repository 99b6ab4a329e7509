"""What `deal solve` is asked, read: open terms with their ranges, a counter-offer, and what each side accepts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from onepill.core.errors import InputError
from onepill.core.units import parse_amount
from onepill.deals.solve import Limit
from onepill.deals.vary import Term, find_term
from onepill.workbench.deals.sides import OWN, Sides
from onepill.workbench.questions.negotiation import SolveAsk


@dataclass(frozen=True)
class Unknown:
    """An open term under the name that was asked for."""

    asked: str
    term: Term
    has_range: bool

    @property
    def spread(self) -> Term:
        """The term over the range that was given, else from nothing to three times what it is.

        Raises:
            InputError: `term.range` where it is nothing, so that no range follows from it.
        """
        if self.has_range:
            return self.term
        if not self.term.value:
            hint = f"write {self.asked}=LOW..HIGH"
            message = f"{self.asked} is 0: a frontier needs the range to spread it over"
            raise InputError.single("term.range", message, hint=hint, value=self.asked)
        return replace(self.term, high=min(self.term.high, 3 * self.term.value))


def open_terms(asked: Sequence[str], sides: Sides) -> list[Unknown]:
    """The open terms with their ranges.

    Raises:
        InputError: an unknown term, a range that is none, a term named twice.
    """
    found: list[Unknown] = []
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
        found.append(Unknown(name, term, bool(span)))
    return found


def offered_terms(asked: Sequence[str], sides: Sides) -> dict[str, float]:
    """Terms and their values by whole names."""
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
    value = _plain_number(text)
    if value is None:
        amount = parse_amount(text)
        value = amount.value / _per_usd(amount.currency, sides, text)
    if not term.low <= value <= (math.inf if term.is_usd else term.high) or math.isinf(value):
        hint = f"{term.low:,.0f} or more" if term.is_usd else f"from {term.low:g} to {term.high:g}"
        raise InputError.single("term.value", f"{term.name} cannot be {text}", hint=hint, value=text)
    return value


def _plain_number(text: str) -> float | None:
    """A number or a percentage; None where it is neither."""
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return None


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


def accepted_limits(ask: SolveAsk, sides: Sides) -> list[Limit]:
    """What each side accepts: what the question says, else what its terms file says it has outside."""
    least, most = dict(_by_party(ask.at_least, sides)), dict(_by_party(ask.most_loss, sides))
    found = []
    for party in sides.parties:
        floor = _dollars(least[party], sides) if party in least else stated_outside(party, sides)
        loss = _chance(most[party]) if party in most else None
        if floor is not None or loss is not None:
            found.append(Limit(party + OWN, floor, loss, sides.risk_of(party)))
    return found


def _by_party(asked: Sequence[str], sides: Sides) -> Iterator[tuple[str, str]]:
    """Party and what is said of it, of `PARTY=VALUE`."""
    for text in asked:
        party, equals, value = (part.strip() for part in text.partition("="))
        if party not in sides.parties or not equals:
            hint = f"write PARTY=VALUE; parties: {', '.join(sides.parties)}"
            raise InputError.single("limit.party", f"{text!r} names no party and value", hint=hint, value=text)
        yield party, value


def _dollars(text: str, sides: Sides) -> float:
    """Dollars, or an amount of another currency; less than nothing with a minus before it.

    Raises:
        InputError: `unit.amount`, `limit.amount`.
    """
    value = _plain_number(text)
    if value is None:
        sign, rest = (-1, text[1:].lstrip()) if text.startswith("-") else (1, text)
        amount = parse_amount(rest)
        value = sign * amount.value / _per_usd(amount.currency, sides, text)
    if not math.isfinite(value):
        raise InputError.single("limit.amount", f"{text!r} is no amount", hint="such as 5 MUSD", value=text)
    return value


def _chance(text: str) -> float:
    value = _plain_number(text)
    if value is None or not 0 <= value <= 1:
        raise InputError.single("limit.chance", f"{text!r} is no chance", hint="from 0 to 1", value=text)
    return value


def stated_outside(party: str, sides: Sides) -> float | None:
    """What the terms file says that a party has without the deal, in US dollars."""
    value = sides.posed.loaded.deal.parties[party].outside_option
    return None if value is None else value.number / _per_usd(value.unit, sides, str(value.number))
