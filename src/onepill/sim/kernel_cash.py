"""The kernel's dated money: costs and payments of one block, per path and in sums by day.

Cash is positive for who receives it. `Lane.day_usd` holds differences: a rate is added on the day from which it is
paid and taken off on the day from which it is not; a lump is a rate of one day.
"""

from __future__ import annotations

from onepill.sim import arrays as k
from onepill.sim.jit import jit
from onepill.sim.kernel_chance import fill_draw
from onepill.sim.kernel_days import collect


@jit
def add_costs(
    a: k.Int,
    network: k.Network,
    costs: k.Records,
    chance: k.Chance,
    calendar: k.Calendar,
    state: k.State,
    buffers: k.Buffers,
    lane: k.Lane,
    npv_usd: k.Array,
    first_path: k.Int,
) -> None:
    """Book the costs of activity `a`."""
    row, count, live = network.activities[a], state.live_count[a], state.live[a]
    weight, value, day = buffers.weight[row.weight_set], buffers.value, buffers.day
    for c in range(row.costs_from, row.costs_to if count else row.costs_from):
        cost = costs[c]
        fill_draw(value, cost.draw, chance, buffers, first_path, live, count)
        sign = 0.5 * cost.sign if cost.timing == k.AT_MIDDLE else cost.sign
        start, finish = state.start[a], state.finish[a]
        for j in range(count):
            is_owed = cost.start_from <= start[live[j]] <= cost.start_until
            value[j] *= sign * weight[live[j]] if is_owed else 0.0
        npv, days = npv_usd[cost.party], lane.day_usd[cost.row]
        planned = buffers.planned if row.stops_to > row.stops_from else finish
        if cost.timing == k.EVEN:
            beyond = _spread(value, start, finish, planned, live, count, network.as_of, calendar.cumulative, npv, days)
        else:
            as_of, by_day, beyond = network.as_of, calendar.by_day, 0
            for half in range(2 if cost.timing == k.AT_MIDDLE else 1):
                _lump_days(cost.timing, half, day, start, finish, planned, live, count)
                beyond += book_lumps(value, day, live, count, as_of, by_day, npv, days)
        lane.overflows[lane.overflows.size - 1] += beyond


@jit
def _spread(
    amount: k.Array,
    start: k.Array,
    finish: k.Array,
    planned: k.Array,
    live: k.Array,
    count: k.Int,
    as_of: k.Int,
    cumulative: k.Array,
    npv: k.Array,
    days: k.Array,
) -> k.Int:
    """Spread amounts over the days from start to the planned finish, up to the finish, from the plan's day on.

    Rates that open on the same day in a row are summed first: adding each to the same place would wait for the last.
    """
    horizon, beyond = cumulative.size - 1, 0
    opened, opened_usd = 0, 0.0
    for j in range(count):
        p = live[j]
        first, last, span = start[p] - as_of, finish[p] - as_of, planned[p] - start[p]
        if span <= 0:
            span, last = 1, first + 1
        rate = amount[j] / span
        beyond += last > horizon
        first, last = min(max(first, 0), horizon), min(max(last, 0), horizon)
        if first != opened:
            days[opened] += opened_usd
            opened, opened_usd = first, 0.0
        opened_usd += rate
        days[last] -= rate
        npv[p] += rate * (cumulative[last] - cumulative[first])
    days[opened] += opened_usd
    return beyond


@jit
def _lump_days(
    timing: k.Int,
    half: k.Int,
    day: k.Array,
    start: k.Array,
    finish: k.Array,
    planned: k.Array,
    live: k.Array,
    count: k.Int,
) -> None:
    """The day of a cost at the start, the middle or the finish; before all days where a stop came first.

    An odd number of days has two middle days, one for each half of the cost.
    """
    for j in range(count):
        p = live[j]
        at = start[p]
        if timing == k.AT_MIDDLE:
            at += (planned[p] - start[p] + half) // 2
        elif timing == k.AT_FINISH:
            at = planned[p]
        day[p] = at if at <= finish[p] else 0


@jit
def book_lumps(
    amount: k.Array,
    day: k.Array,
    live: k.Array,
    count: k.Int,
    as_of: k.Int,
    by_day: k.Array,
    npv: k.Array,
    days: k.Array,
) -> k.Int:
    """Book amounts on days; what falls before the plan's day is sunk. Returns how many lie beyond the horizon."""
    horizon, beyond = by_day.size, 0
    for j in range(count):
        p = live[j]
        at = day[p] - as_of
        if at >= 0:
            beyond += at >= horizon
            at = min(at, horizon - 1)
            days[at] += amount[j]
            days[at + 1] -= amount[j]
            npv[p] += amount[j] * by_day[at]
    return beyond


@jit
def add_payment(
    i: k.Int,
    network: k.Network,
    cash: k.Cash,
    calendar: k.Calendar,
    state: k.State,
    buffers: k.Buffers,
    lane: k.Lane,
    npv_usd: k.Array,
) -> None:
    """Book a fixed payment on the day of its event."""
    row, value, listed, day = cash.payments[i], buffers.value, buffers.listed, buffers.day
    count = collect(listed, day, network.links[row.link], state)
    weight = buffers.weight[row.weight_set]
    for j in range(count):
        value[j] = row.amount_usd * weight[listed[j]]
    npv, days = npv_usd[row.payee], lane.day_usd[row.payee_row]
    beyond = book_lumps(value, day, listed, count, network.as_of, calendar.by_day, npv, days)
    for j in range(count):
        value[j] = -value[j]
    npv, days = npv_usd[row.payer], lane.day_usd[row.payer_row]
    book_lumps(value, day, listed, count, network.as_of, calendar.by_day, npv, days)
    lane.overflows[lane.overflows.size - 1] += beyond
