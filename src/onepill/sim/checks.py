"""What must hold before a plan can be compiled: every finding at once, by the id of the part it concerns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from onepill.core.errors import Finding, InputError
from onepill.sim.plan import (
    FAILED,
    FINISHED,
    STARTED,
    SUCCEEDED,
    Activity,
    Draw,
    Gate,
    Link,
    Market,
    Plan,
    Royalty,
    Sharing,
    variant_sizes,
)

Loadings = tuple[tuple[str, float], ...]
_SLACK = 1e-9
"""Decimal probabilities and loadings written by people sum to 1 only within rounding."""


def check_plan(plan: Plan) -> None:
    """Raise one InputError that carries all findings, or return.

    Raises:
        InputError: codes `plan.*`, each with the id of its part as `path`.
    """
    outcomes = {a.id: set(outcome_names(a)) for a in plan.activities}
    findings = [*_duplicates(plan), *_horizon(plan)]
    for activity in plan.activities:
        findings += _activity(activity, plan, outcomes)
    for market in plan.markets:
        findings += _market(market, plan, outcomes)
    findings += _contracts(plan, outcomes)
    for id_, link in plan.milestones:
        findings += _link(link, id_, outcomes)
    refuse(findings)


def refuse(findings: list[Finding]) -> None:
    """Raise an InputError if there is anything to refuse."""
    if findings:
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        raise InputError(findings[0].message + more, findings=findings)


def outcome_names(activity: Activity) -> tuple[str, ...]:
    """The activity's outcomes by code: `failed` is 0, the others count from 1."""
    named = [name for name, _ in activity.gate.outcomes] if activity.gate else [SUCCEEDED]
    fact = [activity.outcome] if activity.outcome else []
    return tuple(dict.fromkeys([FAILED, *named, *fact]))


def _finding(code: str, path: str, message: str, hint: str = "") -> Finding:
    return Finding(code=f"plan.{code}", severity="error", message=message, hint=hint, path=path)


def _duplicates(plan: Plan) -> Iterator[Finding]:
    groups: dict[str, list[str]] = {
        "activity": [a.id for a in plan.activities],
        "market": [m.id for m in plan.markets],
        "milestone": [id_ for id_, _ in plan.milestones],
        "contract": [c.id for c in plan.contracts],
    }
    for noun, ids in groups.items():
        for id_ in sorted(id_ for id_, times in Counter(ids).items() if times > 1):
            yield _finding(f"duplicate_{noun}", id_, f"two parts of the plan are the {noun} {id_!r}")


def _horizon(plan: Plan) -> Iterator[Finding]:
    if not len(plan.discount_by_day) or not len(plan.discount_by_year):
        yield _finding("discount", "", "the plan has no discount factors")
    if not plan.parties:
        yield _finding("unknown_party", "", "the plan has no party")


def _activity(activity: Activity, plan: Plan, outcomes: dict[str, set[str]]) -> Iterator[Finding]:
    links = [*activity.after, *activity.stops_on, *(cap.link for cap in activity.span_caps)]
    for link in (*links, *([activity.only_where] if activity.only_where else [])):
        yield from _link(link, activity.id, outcomes)
    yield from _span(activity, plan)
    if activity.started is not None and activity.finished is not None and activity.finished < activity.started:
        yield _finding("fact_order", activity.id, f"{activity.id!r} finished before it started")
    if activity.only_where is not None and (activity.after or activity.started or activity.finished):
        yield _finding("only_where", activity.id, f"{activity.id!r} waits for something, and is left out elsewhere")
    for cap in activity.span_caps:
        if cap.prob < 1.0 and not cap.stream:
            yield _finding("cap_stream", activity.id, f"a cap on {activity.id!r} is random but names no stream")
    if activity.gate:
        yield from _gate(activity.gate, activity.id, plan)
    if activity.duration:
        yield from _draw(activity.duration, activity.id, plan)
    for cost in activity.costs:
        yield from _party(cost.party, activity.id, plan)
        yield from _draw(cost.amount, activity.id, plan)


def _link(link: Link, owner: str, outcomes: dict[str, set[str]]) -> Iterator[Finding]:
    known = outcomes.get(link.activity)
    if known is None:
        yield _finding(
            "unknown_activity", owner, f"{owner!r} waits for {link.activity!r}, which the plan does not have"
        )
    elif link.event not in known | {STARTED, FINISHED}:
        hint = f"its events are started, finished, {', '.join(sorted(known))}"
        message = f"{owner!r} waits for {link.event!r} of {link.activity!r}, which has no such outcome"
        yield _finding("unknown_outcome", owner, message, hint)


def _span(activity: Activity, plan: Plan) -> Iterator[Finding]:
    if activity.clock is not None and (activity.duration or activity.calendar):
        yield _finding("two_durations", activity.id, f"{activity.id!r} has both a clock and a duration")
    if activity.calendar is not None and activity.duration is None:
        yield _finding("no_duration", activity.id, f"{activity.id!r} names a calendar but no duration")
    if activity.clock is not None and activity.clock not in plan.clocks:
        yield _finding("unknown_clock", activity.id, f"{activity.id!r} runs on the unknown clock {activity.clock!r}")
    if activity.calendar is not None and activity.calendar not in plan.calendars:
        yield _finding("unknown_calendar", activity.id, f"{activity.id!r} counts days of {activity.calendar!r}")


def _gate(gate: Gate, owner: str, plan: Plan) -> Iterator[Finding]:
    probs = [prob for _, prob in gate.outcomes]
    names = [name for name, _ in gate.outcomes]
    if not probs or min(probs) < 0 or abs(sum(probs) - 1) > _SLACK:
        yield _finding(
            "probabilities", owner, f"the outcomes of {owner!r} have probabilities that sum to {sum(probs):g}"
        )
    if len(set(names)) < len(names) or {STARTED, FINISHED} & set(names):
        yield _finding("outcome_names", owner, f"the outcomes of {owner!r} need names of their own")
    yield from _loadings(gate.loadings, owner, plan)


def _draw(draw: Draw, owner: str, plan: Plan) -> Iterator[Finding]:
    if not draw.powers and not draw.factor >= 0:
        yield _finding("factor", owner, f"the factor {draw.factor:g} of {draw.stream!r} is below 0")
    yield from _loadings(draw.loadings, owner, plan)


def _loadings(loadings: Loadings, owner: str, plan: Plan) -> Iterator[Finding]:
    for name, _ in loadings:
        if name not in plan.factors:
            hint = f"declared factors: {', '.join(plan.factors) or 'none'}"
            yield _finding("unknown_factor", owner, f"{owner!r} loads on the undeclared factor {name!r}", hint)
    total = sum(loading**2 for _, loading in loadings)
    if total > 1 + _SLACK:
        yield _finding("loadings", owner, f"the squared loadings of {owner!r} sum to {total:g}, above 1")


def _party(party: str, owner: str, plan: Plan) -> Iterator[Finding]:
    if party not in plan.parties:
        yield _finding("unknown_party", owner, f"{owner!r} names the unknown party {party!r}")


def _market(market: Market, plan: Plan, outcomes: dict[str, set[str]]) -> Iterator[Finding]:
    rivals = market.sharing.rivals if market.sharing else ()
    for link in (market.launch, *market.ends_on, *rivals):
        yield from _link(link, market.id, outcomes)
    yield from _party(market.party, market.id, plan)
    for draw in (*market.scale, *([market.launch_cost] if market.launch_cost else [])):
        yield from _draw(draw, market.id, plan)
    shapes = {np.shape(table) for table in (market.sales, market.cash, market.discounted)}
    if len(shapes) > 1 or len(next(iter(shapes))) != 2 or 0 in next(iter(shapes)):
        yield _finding("table_shape", market.id, f"the tables of {market.id!r} have shapes {sorted(shapes)}")
    elif np.shape(market.sales)[1] > len(plan.discount_by_year):
        yield _finding("table_shape", market.id, f"{market.id!r} has more years than the plan has discount factors")
    if market.sharing is not None:
        yield from _sharing(market.sharing, market)
    yield from _variants(market, plan)


def _variants(market: Market, plan: Plan) -> Iterator[Finding]:
    if not market.variants:
        return
    known = {activity.id: activity for activity in plan.activities}
    for id_ in market.variants:
        given = known.get(id_)
        if given is None or given.gate is None or given.gate.prob(FAILED) or _predecessors(given):
            message = (
                f"{id_!r} chooses tables of {market.id!r}: it needs a gate that cannot fail, and waits for nothing"
            )
            yield _finding("variants", market.id, message)
            return
    count = int(np.prod(variant_sizes(plan, market)))
    if np.shape(market.cash)[0] % count:
        yield _finding("table_shape", market.id, f"the tables of {market.id!r} are not those of {count} variants")


def _sharing(given: Sharing, market: Market) -> Iterator[Finding]:
    size, columns = len(given.rivals) + 1, np.shape(given.years)
    shape = (np.shape(market.cash)[0], *columns)
    is_fit = {np.shape(table) for table in (given.sales, given.cash, given.discounted)} == {shape}
    if not is_fit or np.shape(given.factors) != (size, size) or np.shape(given.steps) != columns or not given.days.size:
        yield _finding(
            "table_shape", market.id, f"the tables that {market.id!r} shares with rivals do not fit together"
        )


def _contracts(plan: Plan, outcomes: dict[str, set[str]]) -> Iterator[Finding]:
    markets = {m.id for m in plan.markets}
    for contract in plan.contracts:
        for party in (contract.payer, contract.payee):
            yield from _party(party, contract.id, plan)
        for payment in contract.payments:
            yield from _link(payment.link, contract.id, outcomes)
        for royalty in contract.royalties:
            yield from _royalty(royalty, contract.id, markets)


def _royalty(royalty: Royalty, owner: str, markets: set[str]) -> Iterator[Finding]:
    for id_ in royalty.markets:
        if id_ not in markets:
            yield _finding("unknown_market", owner, f"{owner!r} pays on the unknown market {id_!r}")
    thresholds = [threshold for threshold, _ in royalty.tiers]
    if not thresholds or thresholds != sorted(set(thresholds)) or thresholds[0] < 0:
        yield _finding("tiers", owner, f"the thresholds of {owner!r} must rise from 0 or above")


def order_activities(plan: Plan) -> list[int]:
    """Positions of the activities, predecessors first, in the plan's own order where that is free.

    Raises:
        InputError: `plan.cycle`, naming the ids along it.
    """
    position = {a.id: i for i, a in enumerate(plan.activities)}
    needs = [sorted({position[id_] for id_ in _predecessors(a)}) for a in plan.activities]
    state, order = [0] * len(needs), []
    for root in range(len(needs)):
        trail = [root] if state[root] == 0 else []
        while trail:
            node = trail[-1]
            state[node] = 1
            ahead = next((p for p in needs[node] if state[p] < 2), None)
            if ahead is None:
                state[node] = 2
                order.append(trail.pop())
            elif state[ahead] == 1:
                refuse([_cycle([plan.activities[i].id for i in trail[trail.index(ahead) :]])])
            else:
                trail.append(ahead)
    return order


def _predecessors(activity: Activity) -> list[str]:
    where = (activity.only_where,) if activity.only_where else ()
    links = (*activity.after, *activity.stops_on, *(cap.link for cap in activity.span_caps), *where)
    return [link.activity for link in links]


def _cycle(ids: list[str]) -> Finding:
    path = " -> ".join([*ids[::-1], ids[-1]])
    return _finding("cycle", ids[0], f"activities wait for each other: {path}", "cut one of these links")
