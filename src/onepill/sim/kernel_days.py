"""The kernel's days: when each activity starts and finishes, on which paths, and with which outcome.

Rows of `Scratch` hold one entry a path slot; an entry means something only on the slots where the activity is live.
"""

from __future__ import annotations

import numpy as np

from onepill.core.dates import NEVER
from onepill.sim import arrays as k
from onepill.sim.jit import jit
from onepill.sim.kernel_chance import fill_draw, fill_outcomes, fill_uniform


@jit
def collect(listed, day, link, model, s):
    """List the slots on which a link's event happens, and write its day there; returns their number."""
    links = model.links
    a, event, lag = links.activity[link], links.event[link], links.lag_days[link]
    row = s.start[a] if event == k.STARTED_CODE else s.finish[a]
    live, outcome, found = s.live[a], s.outcome[a], 0
    for j in range(s.live_count[a]):
        p = live[j]
        listed[found] = p
        day[p] = row[p] + lag
        found += event < 0 or outcome[p] == event
    return found


@jit
def event_day(link, p, model, s):
    """The day of a link's event on slot `p`, NEVER where it does not happen."""
    a, event = model.links.activity[link], model.links.event[link]
    outcome = s.outcome[a, p]
    if outcome == k.NOT_STARTED or (event >= 0 and outcome != event):
        return np.int64(NEVER)
    day = s.start[a, p] if event == k.STARTED_CODE else s.finish[a, p]
    return np.int64(day) + model.links.lag_days[link]


@jit
def run_activity(a, model, weights, keys, s, overflows, first_path, count):
    """Fill the live list, start, finish and outcome of activity `a`."""
    network = model.network
    found = _start(a, model, s, count)
    live = s.live[a]
    if found:
        _finish(a, model, keys, s, overflows, first_path, found)
        if network.caps[a + 1] > network.caps[a]:
            _cap_finish(a, model, keys, s, first_path, found)
        for j in range(found):
            s.planned[live[j]] = s.finish[a, live[j]]
        _conclude(a, model, weights, keys, s, first_path, found)
        if network.stops[a + 1] > network.stops[a] and network.finished[a] == NEVER:
            found = _stop(a, model, s, found)
    s.live_count[a] = found


@jit
def _start(a, model, s, count):
    """List the slots on which activity `a` starts and write the start days."""
    network = model.network
    live, start = s.live[a], s.start[a]
    s.outcome[a, :count] = k.NOT_STARTED
    fact = min(network.started[a], network.finished[a])
    first, last = network.after[a], network.after[a + 1]
    if fact != NEVER or first == last:
        day = network.not_before[a] if fact == NEVER else fact
        for p in range(count):
            live[p] = p
            start[p] = day
        return count
    if network.any_of[a]:
        found = _start_on_first(a, model, s, count)
    else:
        found = collect(live, start, first, model, s)
        for link in range(first + 1, last):
            found = _restrict(a, link, model, s, found)
    earliest = network.not_before[a]
    for j in range(found):
        start[live[j]] = max(start[live[j]], earliest)
    return found


@jit
def _restrict(a, link, model, s, count):
    """Keep the slots on which a further link's event happens too; the later day counts."""
    live, start, found = s.live[a], s.start[a], 0
    for j in range(count):
        p = live[j]
        day = event_day(link, p, model, s)
        start[p] = max(start[p], day)
        live[found] = p
        found += day < NEVER
    return found


@jit
def _start_on_first(a, model, s, count):
    """List the slots on which any link's event happens; the earliest day counts."""
    network = model.network
    live, start, found = s.live[a], s.start[a], 0
    for p in range(count):
        day = np.int64(NEVER)
        for link in range(network.after[a], network.after[a + 1]):
            day = min(day, event_day(link, p, model, s))
        start[p] = day
        live[found] = p
        found += day < NEVER
    return found


@jit
def _finish(a, model, keys, s, overflows, first_path, count):
    """Write the finish days before caps and stops."""
    network = model.network
    live, start, finish = s.live[a], s.start[a], s.finish[a]
    span, table = network.span[a], network.table[a]
    if span in (k.CALENDAR_DAYS, k.WORKING_DAYS):
        fill_draw(s.value, network.duration[a], model, keys, s, first_path, live, count)
    if network.finished[a] != NEVER:
        for j in range(count):
            finish[live[j]] = network.finished[a]
    elif span == k.NO_SPAN:
        for j in range(count):
            finish[live[j]] = start[live[j]]
    elif span == k.CALENDAR_DAYS:
        for j in range(count):
            finish[live[j]] = start[live[j]] + np.int32(max(s.value[j], 0.0) + 0.5)
    elif span == k.WORKING_DAYS:
        overflows[table] += _count_working_days(finish, start, live, count, s.value, model.tables, table)
    else:
        overflows[table] += _look_up_clock(finish, start, live, count, model.tables, table)
    if network.started[a] != NEVER and network.finished[a] == NEVER:
        for j in range(count):
            finish[live[j]] = max(finish[live[j]], model.as_of)


@jit
def _look_up_clock(finish, start, live, count, tables, table):
    """Due days by start day; returns how many starts lie beyond the table."""
    first, size, offset = tables.first_day[table], tables.size[table], tables.offset[table]
    beyond = 0
    for j in range(count):
        p = live[j]
        i = start[p] - first
        inside = min(max(i, 0), size - 1)
        beyond += i != inside
        finish[p] = tables.days[offset + inside]
    return beyond


@jit
def _count_working_days(finish, start, live, count, value, tables, table):
    """The day of the n-th working day after each start; returns how many look-ups lie beyond the calendar."""
    first, size, offset = tables.first_day[table], tables.size[table], tables.offset[table]
    last, inverse = tables.inverse_size[table] - 1, tables.inverse_offset[table]
    beyond = 0
    for j in range(count):
        p = live[j]
        i = start[p] - first
        inside = min(max(i, 0), size - 1)
        n = tables.days[offset + inside] + np.int64(max(value[j], 0.0) + 0.5)
        due = min(n, last)
        beyond += i != inside or n != due
        finish[p] = max(start[p], tables.days[inverse + due])
    return beyond


@jit
def _cap_finish(a, model, keys, s, first_path, count):
    """Bring finishes forward to the caps that hold."""
    network, caps = model.network, model.caps
    if network.finished[a] != NEVER:
        return
    live, earliest = s.live[a], -NEVER
    if network.started[a] != NEVER:
        earliest = model.as_of
    for c in range(network.caps[a], network.caps[a + 1]):
        if caps.stream[c] >= 0:
            fill_uniform(s.uniform, keys[caps.stream[c]], first_path, live, count)
        for j in range(count):
            p = live[j]
            day = event_day(caps.link[c], p, model, s)
            if day < NEVER and (caps.stream[c] < 0 or s.uniform[j] < caps.prob[c]):
                latest = max(day + caps.days[c], np.int64(s.start[a, p]), earliest)
                s.finish[a, p] = min(np.int64(s.finish[a, p]), latest)


@jit
def _conclude(a, model, weights, keys, s, first_path, count):
    """Write the outcomes: the fact, the only one there is, or a gate's draw."""
    network = model.network
    live, outcome, gate = s.live[a], s.outcome[a], network.gate[a]
    if gate >= 0:
        fill_outcomes(outcome, gate, model, weights, keys, s, first_path, live, count)
        return
    code = 1 if network.outcome[a] == k.NOT_STARTED else network.outcome[a]
    for j in range(count):
        outcome[live[j]] = code


@jit
def _stop(a, model, s, count):
    """End the activity on the earliest stopping event: it fails there, or never starts if that comes first."""
    network = model.network
    live, outcome, found = s.live[a], s.outcome[a], 0
    running = network.started[a] != NEVER
    for j in range(count):
        p = live[j]
        day = np.int64(NEVER)
        for link in range(network.stops[a], network.stops[a + 1]):
            day = min(day, event_day(link, p, model, s))
        if running:
            day = max(day, model.as_of)
        live[found] = p
        if day <= s.start[a, p] and not running:
            outcome[p] = k.NOT_STARTED
            continue
        found += 1
        if day < s.finish[a, p]:
            s.finish[a, p] = day
            outcome[p] = k.FAILED_CODE
    return found
