"""A payer path as rows of the plan: each state a market of its own, each transition an activity.

A state is unrolled into one segment for each way that leads to it where its price follows the state before; where it
does not, all ways share one segment. A segment's table is indexed by the day on which it is entered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod

from onepill.access.inputs import Exclusivity, MarketInput, Mix, Spread
from onepill.access.payer_inputs import (
    LOSS_OF_EXCLUSIVITY,
    MOVED,
    PAYER,
    STAYED,
    CompiledPath,
    CutsMade,
    PayerMove,
    PayerPath,
    PayerSegment,
    PayerState,
)
from onepill.access.payer_start import days_in, price_left, start_levels, start_of
from onepill.access.spread import moving, relative
from onepill.core.dates import years_to_days
from onepill.sim.compiler_cash import LAUNCH_COST
from onepill.sim.plan import FINISHED, Activity, Cost, Draw, Fragment, Gate, Link

NEVER_LOST = Exclusivity(None, None, 1.0, 0)


@dataclass(frozen=True)
class _Node:
    """A segment while it is built: the states from the first one that does not follow, and the moves into it."""

    key: tuple[str, ...]
    state: PayerState
    incoming: tuple[tuple[tuple[str, ...], str], ...]
    exits: tuple[PayerMove, ...]


def compile_path(path: PayerPath) -> CompiledPath:
    """The segments and the activities of a payer path.

    On every path of the simulation each branch is in exactly one state from launch on: the exits of a state race, the
    earliest wins, and a tie goes to the transition named first.
    """
    nodes = _unroll(path)
    rows = _Rows(path, nodes)
    segments = tuple(rows.add_node(node) for node in nodes.values())
    rows.add_launch_cost()
    ends = rows.add_ends()
    clocks = {
        rows.name(name, part): table
        for name, found in path.calendars.items()
        for part, table in (("first", found.first), ("again", found.again))
    }
    fragment = Fragment(activities=tuple(rows.activities.values()), milestones=tuple(rows.milestones), clocks=clocks)
    return CompiledPath(path, segments, fragment, ends)


def _unroll(path: PayerPath) -> dict[tuple[str, ...], _Node]:
    """The segments by key, each after those that lead to it."""
    states = {state.id: state for state in path.states}
    found: dict[tuple[str, ...], _Node] = {}
    queue = [((state.id,), None) for state in path.states if state.initial]
    waiting: list[tuple[tuple[str, ...], tuple[tuple[str, ...], str] | None]] = list(queue)
    while waiting:
        key, came = waiting.pop(0)
        if key in found:
            if came is not None:
                found[key] = replace(found[key], incoming=(*found[key].incoming, came))
            continue
        state = states[key[-1]]
        exits = tuple(_exits(path, state.id))
        found[key] = _Node(key, state, () if came is None else (came,), exits)
        for move in exits:
            target = states[move.target]
            waiting.append(((*key, target.id) if target.follows else (target.id,), (key, move.id)))
    return found


def _exits(path: PayerPath, state: str) -> Iterator[PayerMove]:
    """The moves out of a state that can happen; out of a state that was left, only the one that did."""
    known = [name for name, _ in path.entered]
    origins = [s.id for s in path.states if s.initial]
    for i, name in enumerate(known):
        before = known[i - 1] if i else next((o for o in origins if _leads(path, o, name)), None)
        if state == before:
            yield next(move for move in path.moves if state in move.sources and move.target == name)
            return
    exclusivity = path.market.exclusivity
    never_lost = exclusivity.patent is None and exclusivity.years is None
    for move in path.moves:
        is_idle = (move.prob <= 0 and move.id not in path.kept) or (move.calendar == LOSS_OF_EXCLUSIVITY and never_lost)
        if state in move.sources and not is_idle:
            yield move


def _leads(path: PayerPath, origin: str, target: str) -> bool:
    return any(origin in move.sources and move.target == target for move in path.moves)


class _Rows:
    """The activities and milestones of one path while they are collected; shared ones are made once."""

    def __init__(self, path: PayerPath, nodes: dict[tuple[str, ...], _Node]) -> None:
        self.path, self.nodes = path, nodes
        self.activities: dict[str, Activity] = {}
        self.milestones: list[tuple[str, Link]] = []
        self._facts = dict(path.entered)
        self._horizon = self._add(Activity(self.name("horizon"), not_before=path.horizon + 1))

    def name(self, *parts: str) -> str:
        """The id of a row of this path."""
        return ".".join((self.path.market.id, PAYER, *parts))

    def _add(self, activity: Activity) -> Link:
        self.activities[activity.id] = activity
        return Link(activity.id, FINISHED)

    def add_node(self, node: _Node) -> PayerSegment:
        """Add a segment's entry and exits; returns the segment."""
        entry, name = self._entry(node), ".".join(node.key)
        self.milestones.append((self.name(name), entry))
        due = [(move, self._due(node, move, entry)) for move in node.exits]
        for i, (move, link) in enumerate(due):
            rivals = [replace(other, lag_days=other.lag_days + (j > i)) for j, (_, other) in enumerate(due) if j != i]
            taken = self.name(name, move.id, "taken")
            self._add(Activity(taken, after=(link,), stops_on=(*rivals, self._horizon)))
            self.milestones.append((self.name(name, move.id), link))
        market = self._market(node, entry, tuple(link for _, link in due))
        chain = self._chain(node)
        return PayerSegment(
            id=f"{self.path.market.id}.{name}",
            state=node.state.id,
            market=market,
            entry=self.name(name),
            exits=tuple((move.id, self.name(name, move.id)) for move in node.exits),
            price_mean=_mean(state.price for state in chain) * self._carried(node),
            patients_mean=_mean(state.patients for state in chain),
            sources=tuple(source.id for source, _ in self._sources(node)),
            carried=tuple(self._cuts_made(node)),
            start_levels=start_levels(self.path, node.state, self._sources(node)),
        )

    def _entry(self, node: _Node) -> Link:
        """The event on which a segment begins."""
        if not node.incoming:
            return self.path.market.launch
        links = tuple(Link(self.name(".".join(key), move, "taken"), FINISHED) for key, move in node.incoming)
        if len(links) == 1:
            return links[0]
        return self._add(Activity(self.name(".".join(node.key), "entered"), after=links, any_of=True))

    def _due(self, node: _Node, move: PayerMove, entry: Link) -> Link:
        """The event that ends the segment by this move unless another comes before."""
        name = self.name(".".join(node.key), move.id, "due")
        if move.target in self._facts:
            day = self._facts[move.target].toordinal()
            return self._add(Activity(name, started=day, finished=day))
        if move.calendar is None:
            gate = _gate(move, 0)
            self._add(self._lagged(Activity(name, after=(entry,), duration=move.lag, gate=gate), node))
            return Link(name, MOVED if gate else FINISHED)
        return self._add(Activity(name, after=(self._happens(move), entry)))

    def _lagged(self, activity: Activity, node: _Node) -> Activity:
        """A lag from a day that is past already runs on from there."""
        day = self._facts.get(node.state.id) or (self.path.market.launched if node.state.initial else None)
        return activity if day is None else replace(activity, after=(), started=day.toordinal())

    def _happens(self, move: PayerMove) -> Link:
        """The day of a move by its calendar, whatever state the market is in."""
        name = self.name(move.id)
        if move.calendar == LOSS_OF_EXCLUSIVITY:
            return self._loss_of_exclusivity()
        rounds = [self.name(move.id, f"round_{k + 1}") for k in range(move.rounds if move.prob < 1 else 1)]
        clock = self.name(str(move.calendar), "first")
        for k, id_ in enumerate(rounds):
            after = self.path.approval if k == 0 else Link(rounds[k - 1], STAYED)
            self._add(Activity(id_, after=(after,), clock=clock, gate=_gate(move, k)))
            clock = self.name(str(move.calendar), "again")
        links = tuple(Link(id_, MOVED if move.prob < 1 else FINISHED) for id_ in rounds)
        return links[0] if len(links) == 1 else self._add(Activity(name, after=links, any_of=True))

    def _loss_of_exclusivity(self) -> Link:
        """The later of the patent and of the years from approval, not before the plan's day."""
        rule, approval = self.path.market.exclusivity, self.path.approval
        patent = rule.patent.toordinal() if rule.patent else 0
        lag = years_to_days(rule.years) if rule.years is not None else 0
        after = replace(approval, lag_days=approval.lag_days + lag)
        name = self.name(LOSS_OF_EXCLUSIVITY)
        return self._add(Activity(name, after=(after,), not_before=max(patent, self.path.as_of)))

    def add_launch_cost(self) -> None:
        """The launch cost falls on the launch day, whichever state comes first, unless the market has ended by then."""
        market = self.path.market
        if market.launch_cost is not None:
            cost = Cost(market.launch_cost, market.id + LAUNCH_COST, timing="start")
            stops = market.ends_on
            self._add(Activity(self.name("launched"), after=(market.launch,), costs=(cost,), stops_on=stops))

    def add_ends(self) -> tuple[str, ...]:
        """Milestones of what ends the market as a whole."""
        names = [self.name(f"ends_{i + 1}") for i in range(len(self.path.market.ends_on))]
        self.milestones += zip(names, self.path.market.ends_on, strict=True)
        return tuple(names)

    def _chain(self, node: _Node) -> list[PayerState]:
        """The states whose factors multiply in this segment."""
        states = {state.id: state for state in self.path.states}
        return [states[name] for name in node.key]

    def _market(self, node: _Node, entry: Link, exits: tuple[Link, ...]) -> MarketInput | None:
        """The segment as a market at its own price, None where nothing is sold."""
        whole, state, chain = self.path.market, node.state, self._chain(node)
        factors = tuple(draw for s in chain for draw in (s.price, s.patients) if draw is not None)
        if not state.sells or any(draw.distribution.is_fixed and draw.distribution.mean() == 0 for draw in factors):
            return None
        carried = self._carried(node)
        price = _mean(s.price for s in chain) * carried
        start = start_of(self.path, node.state, self._sources(node))
        return replace(
            whole,
            id=f"{whole.id}.{'.'.join(node.key)}",
            group=whole.id,
            launch=entry,
            scale=(*whole.scale, *(draw for s in chain for draw in _scale(s))),
            price_share=whole.price_share * carried,
            years_to_peak=state.years_to_peak,
            shape=state.shape,
            exclusivity=NEVER_LOST,
            duties=() if self.path.duties_end and self._is_lost(node) else whole.duties,
            cogs_share=whole.cogs_share / price,
            launch_cost=None,
            launched=self._facts.get(state.id) or (whole.launched if state.initial else None),
            ends_on=(*whole.ends_on, *exits),
            peak_patients_per_year=whole.peak_patients_per_year * self._treated(node),
            start_share=start if isinstance(start, float) else 0.0,
            continues=None if isinstance(start, float) else start,
            price_ages=state.price_ages,
            yearly_cut=state.yearly_cut,
            pool=whole.pool if state.initial and len(node.key) == 1 else None,
            spread=self._spread(node),
        )

    def _spread(self, node: _Node) -> Spread:
        """What is uncertain of the market in a state: what a loss of exclusivity leaves is a state's own."""
        spread = self.path.market.spread
        kept = (curve for curve in spread.curves if curve.field != "retained_share")
        price = tuple(factor for state in self._chain(node) for factor in _price_factors(state))
        sales, duties = (*spread.sales, *price), (*spread.duties, *price)
        return replace(spread, curves=tuple(kept), sales=sales, duties=duties)

    def _is_lost(self, node: _Node) -> bool:
        """Whether exclusivity has been lost on every way that leads to this state."""
        return bool(node.incoming) and all(
            any(move.id == name and move.calendar == LOSS_OF_EXCLUSIVITY for move in self.nodes[key].exits)
            or self._is_lost(self.nodes[key])
            for key, name in node.incoming
        )

    def _carried(self, node: _Node) -> float:
        """What renewals and yearly cuts in the states before have left of the price."""
        return prod(price_left(self.path, *left) for left in self._left(node))

    def _cuts_made(self, node: _Node) -> Iterator[CutsMade]:
        """The states before that this one follows, with what their yearly cuts rest on."""
        for state, arrivals, move in self._left(node):
            cut = state.yearly_cut
            if cut is None:
                yield CutsMade(state.id)
            else:
                yield CutsMade(state.id, cut.every_years, days_in(self.path, arrivals, move))

    def _left(self, node: _Node) -> Iterator[tuple[PayerState, list[PayerMove], PayerMove]]:
        """The states before that this one follows, the moves into each, and the one out of it."""
        for i in range(1, len(node.key)):
            before = self.nodes[node.key[:i]]
            move = next(move for move in before.exits if move.target == node.key[i])
            yield before.state, [arrival for _, arrival in self._sources(before)], move

    def _sources(self, node: _Node) -> list[tuple[PayerState, PayerMove]]:
        """The states before this one, each with the move that leads here."""
        found = []
        for key, name in node.incoming:
            before = self.nodes[key]
            found.append((before.state, next(move for move in before.exits if move.id == name)))
        return found

    def _treated(self, node: _Node) -> float:
        """The share of the peak patients who are treated: after a loss of exclusivity others supply them too."""
        share, key = 1.0, node.key
        for i, state in enumerate(self._chain(node)):
            before = self.nodes.get(key[:i]) if i else None
            moves = [] if before is None else [m for m in before.exits if m.target == state.id]
            if any(move.calendar == LOSS_OF_EXCLUSIVITY for move in moves):
                break
            share *= _mean([state.patients])
        return share


def _mean(draws: Iterator[Draw | None] | list[Draw | None]) -> float:
    """The product of the draws' means, a missing one counting 1."""
    return prod(draw.distribution.mean() * draw.factor for draw in draws if draw is not None)


def _scale(state: PayerState) -> Iterator[Draw]:
    """What a state multiplies the market's scale with: patients as they are drawn, the price at its mean."""
    if state.price is not None:
        price = state.price
        yield price if price.distribution.is_fixed else replace(price, powers=(price.distribution.mean(),))
    if state.patients is not None:
        yield state.patients


def _price_factors(state: PayerState) -> tuple[Mix, ...]:
    """What is uncertain of a state's price: it moves sales and duties, and leaves what a unit costs."""
    return state.factors if state.price is None else (*state.factors, *moving(relative(state.price)))


def _gate(move: PayerMove, round_: int) -> Gate | None:
    """The chance of a move in one round; none where it is certain."""
    if move.prob >= 1:
        return None
    stream = move.stream if move.rounds == 1 else f"{move.stream}.round_{round_ + 1}"
    return Gate(stream, ((MOVED, move.prob), (STAYED, 1 - move.prob)))
