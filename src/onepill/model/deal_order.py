"""Which of two moments of a terms file comes first, as far as that is certain on every future."""

from __future__ import annotations

from datetime import timedelta

from onepill.model.deal import Deal
from onepill.model.deal_when import When

Anchor = tuple[str, str]


def anchored(deal: Deal, when: When) -> tuple[Anchor, int] | None:
    """What a moment hangs on and its days from there; None where it hangs on several things."""
    named = [item for item in (when.day, when.event, when.option) if item is not None]
    if len(named) > 1:
        return None
    if when.event is not None:
        return ("event", when.event.lower()), when.lag_days
    if when.option is not None:
        return ("option", when.option), when.lag_days
    return ("day", ""), ((when.day or deal.signed_on) + timedelta(days=when.lag_days)).toordinal()


def days_between(deal: Deal, first: When, then: When) -> int | None:
    """Days from one moment to another where both hang on the same thing, else None: it depends on the future."""
    one, other = anchored(deal, first), anchored(deal, then)
    if one is None or other is None or one[0] != other[0]:
        return None
    return other[1] - one[1]


def never_together(deal: Deal, one: tuple[When, When | None], other: tuple[When, When | None]) -> bool:
    """Whether one window surely has closed when the other opens."""
    return _closes_first(deal, one, other) or _closes_first(deal, other, one)


def _closes_first(deal: Deal, one: tuple[When, When | None], other: tuple[When, When | None]) -> bool:
    if one[1] is None:
        return False
    if one[1] == other[0]:
        return True
    gap = days_between(deal, one[1], other[0])
    return gap is not None and gap >= 0
