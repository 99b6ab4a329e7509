"""What a schema cannot say of payer paths: unknown states, circles, two prices, facts that no path leads to."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from onepill.core.errors import Finding
from onepill.model.payer_path import Access, shape_of
from onepill.model.payer_shapes import PATHS, PathShape

if TYPE_CHECKING:
    from onepill.model.schema import Market, Programme


def check_access(programme: Programme) -> Iterator[Finding]:
    """All findings about the payer paths of a programme's markets."""
    for name, market in programme.markets.items():
        if market.access is not None:
            yield from _market(name, market, market.access)


def _error(code: str, message: str, path: str, hint: str, value: object = None) -> Finding:
    return Finding(code, "error", message, hint, path, value=value)


def _market(name: str, market: Market, access: Access) -> Iterator[Finding]:
    path, shape = f"markets.{name}.access", shape_of(access)
    if market.price_steps:
        hint = "give the states' price factors instead, or take access out"
        yield _error("access.two_prices", f"market {name} has price steps and a payer path", path, hint)
    code = market.jurisdiction or name.upper()
    if shape.jurisdiction not in (None, code):
        fits = [other for other, found in PATHS.items() if found.jurisdiction == code] + ["custom"]
        message = f"the path {access.path} is {shape.jurisdiction}'s, and market {name} lies in {code}"
        yield _error("access.jurisdiction", message, f"{path}.path", f"one of {', '.join(fits)}", access.path)
    yield from _moves(path, access, shape)
    yield from _states(path, access, shape)
    yield from _facts(path, market, access, shape)
    if access.medicare_share is not None and access.path != "us_medicare":
        yield _error(
            "access.medicare", "only us_medicare knows Medicare's share", f"{path}.medicare_share", "take it out"
        )
    if access.price_maintenance is not None and access.path != "jp_nhi":
        yield _error(
            "access.price_maintenance", "only jp_nhi knows the premium", f"{path}.price_maintenance", "take it out"
        )


def _moves(path: str, access: Access, shape: PathShape) -> Iterator[Finding]:
    known = f"states of this path: {', '.join(shape.states) or 'none'}"
    for name, move in shape.moves.items():
        where, given = f"{path}.transitions.{name}", access.transitions.get(name)
        if not move.sources or not move.target:
            yield _error("access.transition_ends", f"the transition {name} says not both from and to", where, known)
            continue
        for key, states in (("from", move.sources), ("to", (move.target,))):
            for state in states:
                if state not in shape.states:
                    message = f"the transition {name} leads {key} {state!r}, which is no state of this path"
                    yield _error("access.unknown_state", message, f"{where}.{key}", known, state)
        if given is not None and given.calendar is not None and given.lag is not None:
            yield _error(
                "access.two_clocks", f"the transition {name} has a calendar and a lag", where, "keep one of the two"
            )
        if name not in PATHS[access.path].moves and move.calendar is None and (given is None or given.lag is None):
            hint = "calendar: nrdl, medicare_negotiation, price_revision or loss_of_exclusivity; or lag: 12 months"
            yield _error("access.no_clock", f"the transition {name} has neither a calendar nor a lag", where, hint)
        if (
            given is not None
            and (given.rounds or 1) > 1
            and move.calendar not in ("nrdl", "medicare_negotiation", "price_revision")
        ):
            hint = "give it a yearly calendar, or one round"
            yield _error(
                "access.rounds_without_calendar", f"the rounds of {name} have no calendar", where, hint, given.rounds
            )
        if given is not None and given.lag is not None and given.lag.unit != "days":
            yield _error(
                "access.lag_unit", f"the lag of {name} is in working days", f"{where}.lag", "give months or days"
            )
    yield from _circle(path, shape)


def _circle(path: str, shape: PathShape) -> Iterator[Finding]:
    edges = {state: {m.target for m in shape.moves.values() if state in m.sources} for state in shape.states}
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        hint = "a state that is entered again is a state of its own, such as self_pay_again"
        yield _error("access.cycle", f"the path comes back to where it was: {circle}", f"{path}.transitions", hint)


def _states(path: str, access: Access, shape: PathShape) -> Iterator[Finding]:
    initial = [name for name, state in shape.states.items() if state.initial]
    if not initial:
        hint = "one of the states says initial: true, or path: names a path that has one"
        yield _error("access.no_initial", "no state is entered at launch", path, hint)
    targets = {move.target for move in shape.moves.values()}
    for name, state in shape.states.items():
        if initial and not state.initial and name not in targets:
            hint = f"add a transition to it, or take it out; states: {', '.join(shape.states)}"
            yield _error("access.unreached", f"nothing leads to the state {name}", f"{path}.states.{name}", hint, name)
        if state.initial and state.follows:
            message = f"the state {name} is entered at launch and follows no other"
            yield _error("access.follows_nothing", message, f"{path}.states.{name}.follows", "take one of the two out")
    for name, entry in access.states.items():
        if entry.revision is not None and not _is_yearly_day(entry.revision.day):
            where, hint = f"{path}.states.{name}.revision.day", "a month and a day of every year, such as 04-01"
            yield _error(
                "access.day", f"{entry.revision.day} is not a day of every year", where, hint, entry.revision.day
            )
    shares = [access.states[name].patient_share for name in initial if name in access.states]
    covered = sum(share.number for share in shares if share is not None)
    if covered > 1 + 1e-9:
        message = f"the states entered at launch cover {covered:.2f} of the patients"
        yield _error(
            "access.shares", message, f"{path}.states", "they run side by side: their shares sum to at most 1", covered
        )


def _is_yearly_day(text: str) -> bool:
    month, _, day = text.partition("-")
    return int(day) <= monthrange(2023, int(month))[1]


def _facts(path: str, market: Market, access: Access, shape: PathShape) -> Iterator[Finding]:
    if access.done and market.launched is None:
        yield _error(
            "access.done_before_launch",
            "a state was entered, and the market has no launch",
            f"{path}.done",
            "give launched",
        )
        return
    last, at = market.launched, [name for name, state in shape.states.items() if state.initial]
    for name, day in sorted(access.done.items(), key=lambda item: item[1]):
        where = f"{path}.done.{name}"
        if name not in shape.states:
            yield _error(
                "access.unknown_state",
                f"{name!r} is no state of this path",
                where,
                f"one of {', '.join(shape.states)}",
                name,
            )
            continue
        if last is not None and day < last:
            yield _error(
                "access.done_order", f"{name} was entered on {day}, before {last}", where, "states are entered in order"
            )
        came = [s for m in shape.moves.values() if m.target == name for s in m.sources]
        if not set(came) & set(at) and name not in at:
            yield _error(
                "access.done_path",
                f"no transition leads from {' or '.join(at)} to {name}",
                where,
                "give the state between",
                name,
            )
        last, at = day, [name]
