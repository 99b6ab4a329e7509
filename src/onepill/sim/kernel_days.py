"""The kernel's days: when each activity starts and finishes, on which paths, and with which outcome.

Rows of `State` hold one entry a path slot; an entry means something only on the slots where the activity is live.
"""

from __future__ import annotations

import numpy as np

from onepill.core.dates import NEVER
from onepill.sim import arrays as k
from onepill.sim.jit import jit
from onepill.sim.kernel_chance import fill_draw, fill_outcomes, fill_uniform


@jit
def collect(listed: k.Array, day: k.Array, link: k.Record, state: k.State) -> k.Int:
    """List the slots on which a link's event happens, and write its day there; returns their number."""
    a, event, lag = link.activity, link.event, link.lag_days
    row = state.start[a] if event == k.STARTED_CODE else state.finish[a]
    live, outcome, found = state.live[a], state.outcome[a], 0
    for j in range(state.live_count[a]):
        p = live[j]
        listed[found] = p
        day[p] = row[p] + lag
        found += event < 0 or outcome[p] == event
    return found


@jit
def event_day(link: k.Record, p: k.Int, state: k.State) -> k.Int:
    """The day of a link's event on slot `p`, NEVER where it does not happen."""
    a, event = link.activity, link.event
    outcome = state.outcome[a, p]
    if outcome == k.NOT_STARTED or (event >= 0 and outcome != event):
        return np.int64(NEVER)
    day = state.start[a, p] if event == k.STARTED_CODE else state.finish[a, p]
    return np.int64(day) + link.lag_days


@jit
def first_event(links: k.Records, links_from: k.Int, links_to: k.Int, p: k.Int, state: k.State) -> k.Int:
    """The earliest day among several links on slot `p`, NEVER where none happens."""
    day = np.int64(NEVER)
    for i in range(links_from, links_to):
        day = min(day, event_day(links[i], p, state))
    return day


@jit
def run_activity(
    a: k.Int,
    network: k.Network,
    chance: k.Chance,
    state: k.State,
    buffers: k.Buffers,
    overflows: k.Array,
    first_path: k.Int,
    count: k.Int,
) -> None:
    """Fill the live list, start, finish and outcome of activity `a`."""
    row, live = network.activities[a], state.live[a]
    found = _start(a, row, network.links, state, count)
    if found:
        _finish(a, row, network, chance, state, buffers, overflows, first_path, found)
        if row.finished == NEVER:
            _cap_finish(a, row, network, chance, state, buffers, first_path, found)
        if row.gate >= 0:
            fill_outcomes(state.outcome[a], row.gate, chance, buffers, first_path, live, found)
        else:
            code = 1 if row.outcome == k.NOT_STARTED else row.outcome
            for j in range(found):
                state.outcome[a, live[j]] = code
        if row.stops_to > row.stops_from:
            for j in range(found):
                buffers.planned[live[j]] = state.finish[a, live[j]]
            found = _stop(a, row, network, state, found)
    state.live_count[a] = found


@jit
def _start(a: k.Int, row: k.Record, links: k.Records, state: k.State, count: k.Int) -> k.Int:
    """List the slots on which activity `a` starts and write the start days."""
    live, start, outcome, found = state.live[a], state.start[a], state.outcome[a], 0
    for p in range(count):
        outcome[p] = k.NOT_STARTED
    fact = min(row.started, row.finished)
    if fact != NEVER or row.after_from == row.after_to:
        day = row.not_before if fact == NEVER else fact
        if row.only_where >= 0:
            found = collect(live, start, links[row.only_where], state)
            for j in range(found):
                start[live[j]] = day
            return found
        for p in range(count):
            live[p] = p
            start[p] = day
        return count
    if row.any_of:
        for p in range(count):
            day = first_event(links, row.after_from, row.after_to, p, state)
            live[found] = p
            start[p] = max(day, row.not_before)
            found += day < NEVER
        return found
    found = collect(live, start, links[row.after_from], state)
    for i in range(row.after_from + 1, row.after_to):
        found = _restrict(live, start, links[i], state, found)
    if row.not_before > -NEVER:
        for j in range(found):
            start[live[j]] = max(start[live[j]], row.not_before)
    return found


@jit
def _restrict(live: k.Array, start: k.Array, link: k.Record, state: k.State, count: k.Int) -> k.Int:
    """Keep the slots on which a further link's event happens too; the later day counts."""
    found = 0
    for j in range(count):
        p = live[j]
        day = event_day(link, p, state)
        start[p] = max(start[p], day)
        live[found] = p
        found += day < NEVER
    return found


@jit
def _finish(
    a: k.Int,
    row: k.Record,
    network: k.Network,
    chance: k.Chance,
    state: k.State,
    buffers: k.Buffers,
    overflows: k.Array,
    first_path: k.Int,
    count: k.Int,
) -> None:
    """Write the finish days before caps and stops."""
    live, start, finish, value = state.live[a], state.start[a], state.finish[a], buffers.value
    if row.span in (k.CALENDAR_DAYS, k.WORKING_DAYS):
        fill_draw(value, row.duration, chance, buffers, first_path, live, count)
    if row.span == k.CALENDAR_DAYS:
        for j in range(count):
            finish[live[j]] = start[live[j]] + np.int32(max(value[j], 0.0) + 0.5)
    elif row.span == k.WORKING_DAYS:
        overflows[row.table] += _count_working_days(finish, start, live, count, value, network, row.table)
    elif row.span == k.CLOCK:
        overflows[row.table] += _look_up_clock(finish, start, live, count, network, row.table)
    else:
        for j in range(count):
            finish[live[j]] = start[live[j]] if row.finished == NEVER else row.finished
    if row.started != NEVER and row.finished == NEVER:
        for j in range(count):
            finish[live[j]] = max(finish[live[j]], network.as_of)


@jit
def _look_up_clock(finish: k.Array, start: k.Array, live: k.Array, count: k.Int, network: k.Network, t: k.Int) -> k.Int:
    """Due days by start day; returns how many starts lie beyond the table."""
    first, size, offset = network.tables[t].first_day, network.tables[t].size, network.tables[t].offset
    beyond = 0
    for j in range(count):
        p = live[j]
        i = start[p] - first
        inside = min(max(i, 0), size - 1)
        beyond += i != inside
        finish[p] = network.days[offset + inside]
    return beyond


@jit
def _count_working_days(
    finish: k.Array, start: k.Array, live: k.Array, count: k.Int, value: k.Array, network: k.Network, t: k.Int
) -> k.Int:
    """The day of the n-th working day after each start; returns how many look-ups lie beyond the calendar."""
    first, size, offset = network.tables[t].first_day, network.tables[t].size, network.tables[t].offset
    last, inverse = network.tables[t].inverse_size - 1, network.tables[t].inverse_offset
    beyond = 0
    for j in range(count):
        p = live[j]
        i = start[p] - first
        inside = min(max(i, 0), size - 1)
        n = network.days[offset + inside] + np.int64(max(value[j], 0.0) + 0.5)
        due = min(n, last)
        beyond += i != inside or n != due
        finish[p] = max(start[p], network.days[inverse + due])
    return beyond


@jit
def _cap_finish(
    a: k.Int,
    row: k.Record,
    network: k.Network,
    chance: k.Chance,
    state: k.State,
    buffers: k.Buffers,
    first_path: k.Int,
    count: k.Int,
) -> None:
    """Bring finishes forward to the caps that hold; a running activity ends on the plan's day at the earliest."""
    live, start, finish = state.live[a], state.start[a], state.finish[a]
    for c in range(row.caps_from, row.caps_to):
        cap = network.caps[c]
        if cap.stream >= 0:
            fill_uniform(buffers.uniform, chance.keys[cap.stream], first_path, live, count)
        for j in range(count):
            p = live[j]
            day = event_day(network.links[cap.link], p, state)
            if day < NEVER and (cap.stream < 0 or buffers.uniform[j] < cap.prob):
                earliest = start[p] if row.started == NEVER else network.as_of
                finish[p] = min(finish[p], max(day + cap.days, earliest))


@jit
def _stop(a: k.Int, row: k.Record, network: k.Network, state: k.State, count: k.Int) -> k.Int:
    """End the activity on the earliest stopping event: it fails there, or never starts if that comes first."""
    live, start, finish, outcome, found = state.live[a], state.start[a], state.finish[a], state.outcome[a], 0
    running = row.started != NEVER
    if row.finished != NEVER:
        return count
    for j in range(count):
        p = live[j]
        day = first_event(network.links, row.stops_from, row.stops_to, p, state)
        if running:
            day = max(day, network.as_of)
        if day < finish[p]:
            outcome[p] = k.FAILED_CODE
        if day <= start[p] and not running:
            outcome[p] = k.NOT_STARTED
        finish[p] = min(finish[p], day)
        live[found] = p
        found += outcome[p] != k.NOT_STARTED
    return found
