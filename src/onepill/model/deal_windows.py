"""From when to when a term counts: within its own window, while the one whose sales or costs it counts has them."""

from __future__ import annotations

from onepill.model.deal import Deal
from onepill.model.deal_order import days_between
from onepill.model.deal_places import granted_in, paid_for, sales_markets
from onepill.model.deal_terms import CostShareTerm, OnSales, RoyaltyTerm
from onepill.model.deal_when import When
from onepill.model.schema import Programme

Counted = OnSales | CostShareTerm
Window = tuple[When, When | None]


def window_of(deal: Deal, programme: Programme, term: Counted) -> Window:
    """A term's own window, cut to that of the grants under which its sales or costs are somebody's.

    A royalty on what a partner sells is owed from the day on which it may sell, and not where it never may. It is the
    term's own window where no grant is in the way, and where no single window says what is left (`is_beyond_grants`).
    """
    return _cut(deal, programme, term) or (term.since, term.until)


def is_beyond_grants(deal: Deal, programme: Programme, term: Counted) -> bool:
    """Whether a term may count days on which the sales or costs are another's."""
    return _cut(deal, programme, term) is None


def _cut(deal: Deal, programme: Programme, term: Counted) -> Window | None:
    own = term.since, term.until
    found = [_within(deal, own, granted) for granted in _granted(deal, programme, term)]
    if not found:
        return own
    return found[0] if all(window == found[0] for window in found) else None


def _granted(deal: Deal, programme: Programme, term: Counted) -> list[Window]:
    """When the payer has the sales, or the payee the costs; none where it has some without a grant."""
    if isinstance(term, CostShareTerm):
        who, counted = term.to, set(paid_for(programme, term.activities, []))
    else:
        of_another = isinstance(term, RoyaltyTerm) and term.of is not None
        who, counted = term.from_, set() if of_another else set(sales_markets(deal, programme, term))
    held: list[tuple[set[str], Window]] = []
    for grant in (grant for grant in deal.grants.values() if grant.to == who):
        markets = granted_in(programme, grant)
        if items := counted & {*markets, *paid_for(programme, grant.pays, markets)}:
            _add(held, items, (grant.since, grant.until))
    return [window for _, window in held] if counted == {item for items, _ in held for item in items} else []


def _add(held: list[tuple[set[str], Window]], items: set[str], window: Window) -> None:
    """A window more, joined to one of the same items that ends where it begins."""
    for place, (others, (since, until)) in enumerate(held):
        if others == items and until is not None and until == window[0]:
            held[place] = items, (since, window[1])
            return
    held.append((items, window))


def _within(deal: Deal, own: Window, granted: Window) -> Window | None:
    """The days of both windows, None where no two moments say them."""
    since = _later(deal, own[0], granted[0])
    if since is None or own[1] is None or granted[1] is None:
        return None if since is None else (since, own[1] or granted[1])
    if own[1] == granted[1]:
        return since, own[1]
    gap = days_between(deal, own[1], granted[1])
    return None if gap is None else (since, own[1] if gap >= 0 else granted[1])


def _later(deal: Deal, one: When, other: When) -> When | None:
    """The later of two moments; of two kinds, a moment that waits for both."""
    gap = days_between(deal, one, other)
    if gap is not None:
        return one if gap <= 0 else other
    if one == other:
        return one
    if one.lag_days or other.lag_days or (one.event and other.event) or (one.option and other.option):
        return None
    days = [day for when in (one, other) if (day := deal.signed_on if when.is_signing else when.day) is not None]
    return When(day=max(days, default=None), event=one.event or other.event, option=one.option or other.option)
