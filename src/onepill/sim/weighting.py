"""Which gates can be weighted instead of drawn, so that the expected value stays exact?

The chance of a part of the plan factors into the non-failure probabilities of its ancestor gates only where nothing
else depends on one of them failing. A gate whose failure changes a day or a tier (the first of several events, work
that starts on a failure, a stop, a cap, a worldwide royalty tier) therefore stays drawn, and is listed with the
reason. Sets of gates are integers with one bit an activity.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from onepill.sim.plan import FAILED, FINISHED, STARTED, Activity, Link, Plan


@dataclass
class Weighting:
    """Ancestor gates of every part, as bit sets, and the gates that must be drawn, each with its first reason."""

    activities: list[int]
    markets: list[int] = field(default_factory=list)
    payments: list[int] = field(default_factory=list)
    milestones: list[int] = field(default_factory=list)
    drawn: dict[int, str] = field(default_factory=dict)

    @property
    def drawn_bits(self) -> int:
        return sum(1 << i for i in self.drawn)

    def draw(self, bits: int, reason: str) -> None:
        """Keep the gates of `bits` drawn."""
        for i in members(bits):
            self.drawn.setdefault(i, reason)


def members(bits: int) -> list[int]:
    """The positions of the set bits, rising."""
    return [i for i in range(bits.bit_length()) if bits >> i & 1]


def weigh_plan(plan: Plan, order: list[int], *, shared_streams: frozenset[str]) -> Weighting:
    """Find the ancestor gates of every part of a checked plan; `order` lists predecessors first."""
    position = {a.id: i for i, a in enumerate(plan.activities)}
    found = Weighting([0] * len(plan.activities))
    for i in order:
        _weigh_activity(plan.activities[i], i, plan, position, found)
    for i, activity in enumerate(plan.activities):
        if activity.gate and activity.gate.stream in shared_streams:
            found.draw(1 << i, "shared stream")
    for market in plan.markets:
        bits = _event_bits(market.launch, plan, position, found)
        found.markets.append(bits)
        for link in market.ends_on:
            found.draw(_event_bits(link, plan, position, found) & ~bits, "ends_on")
        for link in market.sharing.rivals if market.sharing else ():
            found.draw(_event_bits(link, plan, position, found) & ~bits, "rivals")
    _weigh_contracts(plan, position, found)
    found.milestones = [_event_bits(link, plan, position, found) for _, link in plan.milestones]
    return found


def _weigh_activity(activity: Activity, i: int, plan: Plan, position: dict[str, int], found: Weighting) -> None:
    where = (activity.only_where,) if activity.only_where else ()
    sets = [_event_bits(link, plan, position, found) for link in (*activity.after, *where)]
    if activity.started is None and activity.finished is None and sets:
        union, common = _union(sets), _common(sets)
        if activity.any_of:
            found.draw(union & ~common, "any_of")
        found.activities[i] = common if activity.any_of else union
    for link in activity.stops_on:
        found.draw(_event_bits(link, plan, position, found) & ~found.activities[i], "stops_on")
    for cap in activity.span_caps:
        found.draw(_event_bits(cap.link, plan, position, found) & ~found.activities[i], "span cap")


def _event_bits(link: Link, plan: Plan, position: dict[str, int], found: Weighting) -> int:
    i = position[link.activity]
    activity, bits = plan.activities[i], found.activities[i]
    if link.event in (STARTED, FINISHED) or activity.gate is None or activity.outcome is not None:
        return bits
    if link.event == FAILED:
        found.draw(1 << i, "work after a failure")
    return bits | 1 << i


def _weigh_contracts(plan: Plan, position: dict[str, int], found: Weighting) -> None:
    of_market = {m.id: bits for m, bits in zip(plan.markets, found.markets, strict=True)}
    for contract in plan.contracts:
        found.payments += [_event_bits(p.link, plan, position, found) for p in contract.payments]
        for royalty in contract.royalties:
            sets = [of_market[id_] for id_ in royalty.markets]
            if sets and not is_linear(royalty.tiers):
                found.draw(_union(sets) & ~_common(sets), "royalty tiers over several markets")


def is_linear(tiers: tuple[tuple[float, float], ...]) -> bool:
    """Whether the royalty is one rate from the first dollar, so that it adds up over markets."""
    return len(tiers) == 1 and tiers[0][0] == 0.0


def _union(sets: list[int]) -> int:
    total = 0
    for bits in sets:
        total |= bits
    return total


def _common(sets: list[int]) -> int:
    total = sets[0]
    for bits in sets[1:]:
        total &= bits
    return total
