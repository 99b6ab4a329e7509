"""The kernel's money: costs, markets, royalties and payments of one block, per path and in sums by day and year.

Cash is positive for who receives it. `Lane.day_usd` holds differences: a rate is added on the day from which it is
paid and taken off on the day from which it is not; a lump is a rate of one day.
"""

from __future__ import annotations

import numpy as np

from onepill.sim import arrays as k
from onepill.sim.jit import jit
from onepill.sim.kernel_chance import fill_draw
from onepill.sim.kernel_days import collect, event_day


@jit
def add_costs(a, model, weights, keys, s, lane, first_path):
    """Book the costs of activity `a`."""
    network, costs = model.network, model.costs
    count, live, weight = s.live_count[a], s.live[a], s.weight[weights.of_activity[a]]
    if count == 0:
        return
    for c in range(network.costs[a], network.costs[a + 1]):
        fill_draw(s.value, costs.draw[c], model, keys, s, first_path, live, count)
        sign = costs.sign[c]
        for j in range(count):
            s.value[j] *= sign * weight[live[j]]
        npv, days = s.npv_usd[costs.party[c]], lane.day_usd[costs.row[c]]
        if costs.timing[c] == k.EVEN:
            beyond = _spread(s.value, s.start[a], s.finish[a], s.planned, live, count, model, npv, days)
        else:
            _lump_days(costs.timing[c], s.day, s.start[a], s.finish[a], s.planned, live, count)
            beyond = book_lumps(s.value, s.day, live, count, model, npv, days)
        lane.overflows[lane.overflows.size - 1] += beyond


@jit
def _spread(amount, start, finish, planned, live, count, model, npv, days):
    """Spread amounts over the days from start to the planned finish, up to the finish, from the plan's day on."""
    as_of, cumulative = model.as_of, model.calendar.cumulative
    horizon, beyond = cumulative.size - 1, 0
    for j in range(count):
        p = live[j]
        first, last = start[p] - as_of, finish[p] - as_of
        span = planned[p] - start[p]
        if span <= 0:
            span, last = 1, first + 1
        rate = amount[j] / span
        beyond += last > horizon
        first, last = min(max(first, 0), horizon), min(max(last, 0), horizon)
        days[first] += rate
        days[last] -= rate
        npv[p] += rate * (cumulative[last] - cumulative[first])
    return beyond


@jit
def _lump_days(timing, day, start, finish, planned, live, count):
    """The day of a cost at the start, the middle or the finish; before all days where a stop came first."""
    for j in range(count):
        p = live[j]
        at = start[p]
        if timing == k.AT_MIDDLE:
            at += (planned[p] - start[p]) // 2
        elif timing == k.AT_FINISH:
            at = planned[p]
        day[p] = at if at <= finish[p] else 0


@jit
def book_lumps(amount, day, live, count, model, npv, days):
    """Book amounts on days; what falls before the plan's day is sunk. Returns how many lie beyond the horizon."""
    by_day = model.calendar.by_day
    horizon, beyond = by_day.size, 0
    for j in range(count):
        p = live[j]
        at = day[p] - model.as_of
        if at < 0:
            continue
        beyond += at >= horizon
        at = min(at, horizon - 1)
        days[at] += amount[j]
        days[at + 1] -= amount[j]
        npv[p] += amount[j] * by_day[at]
    return beyond


@jit
def add_market(m, model, weights, keys, s, lane, first_path, count):
    """Book the launches of market `m`."""
    markets = model.markets
    s.market_row[m, :count] = -1
    found = collect(s.listed, s.day, markets.link[m], model, s)
    if markets.ends[m + 1] > markets.ends[m]:
        found = _find_ends(m, model, s, found)
    if found == 0:
        return
    _fill_scale(m, model, keys, s, first_path, found)
    weight = s.weight[weights.of_market[m]]
    tables = lane.overflows.size - 1 - markets.link.size
    lane.overflows[tables + m] += _launch(m, model, s, weight, lane, found)
    draw = markets.launch_draw[m]
    if draw >= 0:
        fill_draw(s.value, draw, model, keys, s, first_path, s.listed, found)
        for j in range(found):
            s.value[j] *= -weight[s.listed[j]]
        npv, days = s.npv_usd[markets.party[m]], lane.day_usd[markets.launch_row[m]]
        lane.overflows[lane.overflows.size - 1] += book_lumps(s.value, s.day, s.listed, found, model, npv, days)


@jit
def _fill_scale(m, model, keys, s, first_path, count):
    """The product of the market's draws for each listed path."""
    markets = model.markets
    s.product[:count] = 1.0
    for d in range(markets.scales[m], markets.scales[m + 1]):
        fill_draw(s.value, d, model, keys, s, first_path, s.listed, count)
        for j in range(count):
            s.product[j] *= s.value[j]


@jit
def _launch(m, model, s, weight, lane, count):
    """Give every party its share of each launch; returns how many launches lie beyond the market's table."""
    markets = model.markets
    first, rows, launched = markets.first_day[m], markets.rows[m], markets.launched_offset[m]
    has_ends, beyond = markets.ends[m + 1] > markets.ends[m], 0
    for j in range(count):
        p = s.listed[j]
        row = s.day[p] - first
        if row < 0 or row >= rows:
            beyond += 1
            continue
        scale = s.product[j]
        s.market_row[m, p] = row
        s.market_scale[m, p] = scale
        if has_ends and s.end_year[m, p] < markets.columns[m]:
            _book_until_end(m, p, row, scale * weight[p], model, s, lane)
            continue
        lane.launched[launched + row] += scale * weight[p]
        for v in range(markets.values[m], markets.values[m + 1]):
            value = markets.value_usd[markets.value_offset[v] + row]
            s.npv_usd[markets.value_party[v], p] += scale * weight[p] * value
    return beyond


@jit
def _find_ends(m, model, s, count):
    """Write the year and the share of it in which each launched market ends; drop those that end before launch."""
    markets, calendar, found = model.markets, model.calendar, 0
    for j in range(count):
        p = s.listed[j]
        end = np.int64(s.day[p]) + 2**40
        for link in range(markets.ends[m], markets.ends[m + 1]):
            end = min(end, event_day(link, p, model, s))
        s.listed[found] = p
        found += end > s.day[p]
        ahead = max(end - model.as_of, np.int64(0))
        if ahead >= calendar.year_of_day.size:
            s.end_year[m, p] = np.int32(2**30)
            continue
        year = calendar.year_of_day[ahead]
        opens = max(np.int64(calendar.year_start[year]), np.int64(s.day[p]) - model.as_of)
        closes = calendar.year_start[year + 1]
        s.end_year[m, p] = year
        s.end_share[m, p] = max(ahead - opens, 0) / max(closes - opens, 1)
    return found


@jit
def _kept(year, end_year, end_share):
    """The share of a year's cash before the end."""
    if year < end_year:
        return 1.0
    return end_share if year == end_year else 0.0


@jit
def _book_until_end(m, p, row, scale, model, s, lane):
    """Book the years of one launch up to its end."""
    markets = model.markets
    columns = markets.columns[m]
    cash = markets.cash_offset[m] + row * columns
    discounted = markets.discounted_offset[m] + row * columns
    value = 0.0
    for year in range(min(columns, s.end_year[m, p] + 1)):
        kept = scale * _kept(year, s.end_year[m, p], s.end_share[m, p])
        lane.ended_usd[m, year] += kept * markets.yearly_usd[cash + year]
        lane.ended_discounted_usd[m, year] += kept * markets.yearly_usd[discounted + year]
        value += kept * markets.yearly_usd[discounted + year]
    s.npv_usd[markets.party[m], p] += value


@jit
def add_royalty(r, model, weights, s, lane, count):
    """Book a royalty in tiers on the yearly sales of its markets."""
    royalties, years = model.royalties, s.year_usd.size
    first, last = royalties.members[r], royalties.members[r + 1]
    payer, payee = s.npv_usd[royalties.payer[r]], s.npv_usd[royalties.payee[r]]
    for p in range(count):
        launched = -1
        for i in range(first, last):
            if s.market_row[royalties.market[i], p] >= 0:
                launched = royalties.market[i]
        if launched < 0:
            continue
        s.year_usd[:] = 0.0
        for i in range(first, last):
            m = royalties.market[i]
            if s.market_row[m, p] >= 0:
                _add_sales(m, p, model, s)
        _apply_tiers(r, model, s)
        weight, value = s.weight[weights.of_market[launched], p], 0.0
        for year in range(years):
            due = weight * s.royalty_usd[year]
            lane.royalty_usd[r, year] += due
            value += due * model.calendar.by_year[year]
        payer[p] -= value
        payee[p] += value


@jit
def _add_sales(m, p, model, s):
    """Add one market's yearly sales on slot `p`."""
    markets = model.markets
    columns, scale = markets.columns[m], s.market_scale[m, p]
    at = markets.sales_offset[m] + s.market_row[m, p] * columns
    if markets.ends[m + 1] > markets.ends[m]:
        for year in range(columns):
            kept = _kept(year, s.end_year[m, p], s.end_share[m, p])
            s.year_usd[year] += scale * kept * markets.yearly_usd[at + year]
        return
    for year in range(columns):
        s.year_usd[year] += scale * markets.yearly_usd[at + year]


@jit
def _apply_tiers(r, model, s):
    """The royalty of each year: every tier adds its step on the sales above its threshold."""
    royalties = model.royalties
    s.royalty_usd[:] = 0.0
    for t in range(royalties.tiers[r], royalties.tiers[r + 1]):
        threshold, step = royalties.threshold_usd[t], royalties.rate_step[t]
        for year in range(s.year_usd.size):
            s.royalty_usd[year] += step * max(s.year_usd[year] - threshold, 0.0)


@jit
def add_payment(i, model, weights, s, lane):
    """Book a fixed payment on the day of its event."""
    payments = model.payments
    count = collect(s.listed, s.day, payments.link[i], model, s)
    weight = s.weight[weights.of_payment[i]]
    for j in range(count):
        s.value[j] = payments.amount_usd[i] * weight[s.listed[j]]
    npv, days = s.npv_usd[payments.payee[i]], lane.day_usd[payments.payee_row[i]]
    beyond = book_lumps(s.value, s.day, s.listed, count, model, npv, days)
    for j in range(count):
        s.value[j] = -s.value[j]
    npv, days = s.npv_usd[payments.payer[i]], lane.day_usd[payments.payer_row[i]]
    book_lumps(s.value, s.day, s.listed, count, model, npv, days)
    lane.overflows[lane.overflows.size - 1] += beyond
