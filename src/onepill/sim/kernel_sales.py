"""The kernel's sales: launches of markets, their early ends, and royalties in tiers, per path and in sums by year."""

from __future__ import annotations

from onepill.sim import arrays as k
from onepill.sim.jit import jit
from onepill.sim.kernel_cash import book_lumps
from onepill.sim.kernel_chance import fill_draw
from onepill.sim.kernel_days import collect, event_day, first_event


@jit
def add_market(
    m: k.Int,
    network: k.Network,
    chance: k.Chance,
    cash: k.Cash,
    calendar: k.Calendar,
    state: k.State,
    buffers: k.Buffers,
    launches: k.Launches,
    lane: k.Lane,
    npv_usd: k.Array,
    first_path: k.Int,
    count: k.Int,
) -> None:
    """Book the launches of market `m`."""
    market, listed, value = cash.markets[m], buffers.listed, buffers.value
    launches.row[m, :count] = -1
    if market.whole >= 0:
        found = _list_whole(m, market, buffers, launches, count)
    else:
        found = collect(listed, buffers.day, network.links[market.link], state)
        if market.ends_to > market.ends_from:
            found = _find_ends(m, market, network, calendar, state, buffers, launches, found)
        launches.product[:found] = 1.0
    if found == 0:
        return
    for d in range(market.scales_from, market.scales_to):
        fill_draw(value, d, chance, buffers, first_path, listed, found)
        for j in range(found):
            launches.product[j] *= value[j]
    weight = buffers.weight[market.weight_set]
    if market.rivals_to > market.rivals_from:
        beyond = _launch_shared(
            m, market, network, cash, calendar, state, buffers, launches, weight, lane, npv_usd, found
        )
    else:
        beyond = _launch(m, market, cash, state, buffers, launches, weight, lane, npv_usd, found)
    lane.overflows[lane.overflows.size - 1 - cash.markets.size + m] += beyond
    if market.launch_draw >= 0:
        fill_draw(value, market.launch_draw, chance, buffers, first_path, listed, found)
        for j in range(found):
            value[j] *= -weight[listed[j]]
        npv, days = npv_usd[market.party], lane.day_usd[market.launch_row]
        beyond = book_lumps(value, buffers.day, listed, found, network.as_of, calendar.by_day, npv, days)
        lane.overflows[lane.overflows.size - 1] += beyond


@jit
def _list_whole(m: k.Int, market: k.Record, buffers: k.Buffers, launches: k.Launches, count: k.Int) -> k.Int:
    """List the launches of the market that `m` is a part of, with their days, ends and scales; their number."""
    listed, rows, found = buffers.listed, launches.row[market.whole], 0
    for p in range(count):
        listed[found] = p
        found += rows[p] >= 0
    for j in range(found):
        p = listed[j]
        buffers.day[p] = market.first_day + rows[p]  # what a part is of has no variants
        launches.product[j] = launches.scale[market.whole, p]
        launches.end_year[m, p] = launches.end_year[market.whole, p]
        launches.end_share[m, p] = launches.end_share[market.whole, p]
    return found


@jit
def _chosen(market: k.Record, p: k.Int, choices: k.Records, state: k.State) -> k.Int:
    """The first row of the version of its tables that a market has on a path; codes of outcomes count from 1."""
    row = 0
    for i in range(market.choices_from, market.choices_to):
        row += (state.outcome[choices[i].activity, p] - 1) * choices[i].stride
    return row


@jit
def _launch_day(market: k.Record, row: k.Int) -> k.Int:
    """The day of a launch by the row of its tables."""
    if market.choices_to > market.choices_from:
        row = row % market.days
    return market.first_day + row


@jit
def _launch(
    m: k.Int,
    market: k.Record,
    cash: k.Cash,
    state: k.State,
    buffers: k.Buffers,
    launches: k.Launches,
    weight: k.Array,
    lane: k.Lane,
    npv_usd: k.Array,
    count: k.Int,
) -> k.Int:
    """Give every party its share of each launch; returns how many launches lie beyond the market's table."""
    ends, beyond = market.ends_to > market.ends_from, 0
    for j in range(count):
        p = buffers.listed[j]
        row = buffers.day[p] - market.first_day
        if row < 0 or row >= market.days:
            beyond += 1
            continue
        row += _chosen(market, p, cash.choices, state)
        launches.row[m, p] = row
        launches.scale[m, p] = launches.product[j]
        scale = launches.product[j] * weight[p]
        if ends and launches.end_year[m, p] < market.years:
            _book_until_end(m, p, market, scale, cash.yearly_usd, launches, lane, npv_usd[market.party])
            continue
        lane.launched[market.launched + row] += scale
        for v in range(market.values_from, market.values_to):
            npv_usd[cash.values[v].party, p] += scale * cash.value_usd[cash.values[v].offset + row]
    return beyond


@jit
def _launch_shared(
    m: k.Int,
    market: k.Record,
    network: k.Network,
    cash: k.Cash,
    calendar: k.Calendar,
    state: k.State,
    buffers: k.Buffers,
    launches: k.Launches,
    weight: k.Array,
    lane: k.Lane,
    npv_usd: k.Array,
    count: k.Int,
) -> k.Int:
    """`_launch` where rivals share the market: what those who come later take is booked from the first one's year on.

    A launch that an event cuts short is booked year by year altogether.
    """
    ends, beyond, share = market.ends_to > market.ends_from, 0, launches.share
    for j in range(count):
        p, day = buffers.listed[j], buffers.day[buffers.listed[j]]
        row = day - market.first_day
        if row < 0 or row >= market.days:
            beyond += 1
            continue
        row += _chosen(market, p, cash.choices, state)
        launches.row[m, p] = row
        launches.scale[m, p] = launches.product[j]
        if not ends:
            launches.end_year[m, p] = market.years
        scale = launches.product[j] * weight[p]
        found = _share_steps(market, day, p, network.links, cash, state, launches)
        if ends and launches.end_year[m, p] < market.years:
            since = calendar.year_of_day[max(day - network.as_of, 0)]
            _book_shared(m, p, market, scale, since, cash, launches, lane, npv_usd[market.party])
            continue
        lane.launched[market.launched + row] += scale * share[0]
        npv_usd[market.party, p] += scale * share[0] * cash.value_usd[cash.values[market.values_from].offset + row]
        if found:
            first = share[0]
            for i in range(found + 1):
                share[i] -= first
            since = cash.step_year[market.steps_years + launches.came[0]]
            _book_shared(m, p, market, scale, since, cash, launches, lane, npv_usd[market.party])
    return beyond


@jit
def _share_steps(
    market: k.Record, launch: k.Int, p: k.Int, links: k.Records, cash: k.Cash, state: k.State, launches: k.Launches
) -> k.Int:
    """Write the steps at which rivals come after a launch, rising, and the share before each and after the last.

    Returns their number.
    """
    came, before, found = launches.came, 0, 0
    for i in range(market.rivals_from, market.rivals_to):
        day = event_day(links[i], p, state)
        if day <= launch:
            before += 1
        elif day <= market.last_place:
            step = cash.places[market.places + max(day - market.first_place, 0)]
            at = found
            while at > 0 and came[at - 1] > step:
                came[at] = came[at - 1]
                at -= 1
            came[at] = step
            found += 1
    shares = market.shares + before * (market.rivals_to - market.rivals_from + 1)
    for i in range(found + 1):
        launches.share[i] = cash.shares[shares + i]
    launches.came_count[0] = found
    return found


@jit
def _shared_year(
    market: k.Record, year: k.Int, one: k.Int, other: k.Int, passed: k.Int, cash: k.Cash, launches: k.Launches
) -> tuple[k.Real, k.Real, k.Int]:
    """What rivals leave of one calendar year in two tables, whose rows of spans stand at `one` and `other`.

    `passed` rivals had come before an earlier year began; how many had before this one is the third number. The year
    is sold before anyone else comes, and then loses what is left of it from each one's step on.
    """
    share, came, usd, step = launches.share, launches.came, cash.yearly_usd, cash.span_step
    steps, c, spans = launches.came_count[0], cash.first_span[market.years_spans + year], market.spans
    while passed < steps and came[passed] <= step[spans + c]:
        passed += 1
    found, beside = share[passed] * usd[one + c], share[passed] * usd[other + c]
    if passed == steps:
        return found, beside, passed
    last = step[spans + cash.first_span[market.years_spans + year + 1] - 1]
    for i in range(passed, steps):
        if came[i] > last:
            break
        while step[spans + c] < came[i]:
            c += 1
        change = share[i + 1] - share[i]
        found += change * usd[one + c]
        beside += change * usd[other + c]
    return found, beside, passed


@jit
def _find_ends(
    m: k.Int,
    market: k.Record,
    network: k.Network,
    calendar: k.Calendar,
    state: k.State,
    buffers: k.Buffers,
    launches: k.Launches,
    count: k.Int,
) -> k.Int:
    """Write the year and the share of it in which each launched market ends; drop those that end before launch."""
    listed, as_of, found = buffers.listed, network.as_of, 0
    for j in range(count):
        p = listed[j]
        end = first_event(network.links, market.ends_from, market.ends_to, p, state)
        listed[found] = p
        found += end > buffers.day[p]
        ahead = max(end - as_of, 0)
        if ahead >= calendar.year_of_day.size:
            launches.end_year[m, p] = market.years
            continue
        year = calendar.year_of_day[ahead]
        opens = max(calendar.year_start[year], buffers.day[p] - as_of)
        launches.end_year[m, p] = year
        launches.end_share[m, p] = max(ahead - opens, 0) / max(calendar.year_start[year + 1] - opens, 1)
    return found


@jit
def _kept(year: k.Int, end_year: k.Int, end_share: k.Real) -> k.Real:
    """The share of a year's cash before the end."""
    if year < end_year:
        return 1.0
    return end_share if year == end_year else 0.0


@jit
def _book_until_end(
    m: k.Int,
    p: k.Int,
    market: k.Record,
    scale: k.Real,
    yearly_usd: k.Array,
    launches: k.Launches,
    lane: k.Lane,
    npv: k.Array,
) -> None:
    """Book the years of one launch up to its end."""
    at = launches.row[m, p] * market.columns
    end_year, end_share = launches.end_year[m, p], launches.end_share[m, p]
    value = 0.0
    for year in range(end_year + 1):
        kept = scale * _kept(year, end_year, end_share)
        discounted = kept * yearly_usd[market.discounted + at + year]
        lane.ended_usd[m, year] += kept * yearly_usd[market.cash + at + year]
        lane.ended_discounted_usd[m, year] += discounted
        value += discounted
    npv[p] += value


@jit
def _book_shared(
    m: k.Int,
    p: k.Int,
    market: k.Record,
    scale: k.Real,
    since: k.Int,
    cash: k.Cash,
    launches: k.Launches,
    lane: k.Lane,
    npv: k.Array,
) -> None:
    """Book the years of one launch from year `since` on, up to its end, at what its rivals leave."""
    row = launches.row[m, p] * market.columns
    at_cash, at_present = market.cash + row, market.discounted + row
    end_year, end_share = launches.end_year[m, p], launches.end_share[m, p]
    value, passed = 0.0, 0
    for year in range(since, min(end_year + 1, market.years)):
        earned, present, passed = _shared_year(market, year, at_cash, at_present, passed, cash, launches)
        kept = scale * _kept(year, end_year, end_share)
        lane.ended_usd[m, year] += kept * earned
        lane.ended_discounted_usd[m, year] += kept * present
        value += kept * present
    npv[p] += value


@jit
def add_royalty(
    r: k.Int,
    network: k.Network,
    cash: k.Cash,
    calendar: k.Calendar,
    state: k.State,
    buffers: k.Buffers,
    launches: k.Launches,
    lane: k.Lane,
    npv_usd: k.Array,
    count: k.Int,
) -> None:
    """Book a royalty in tiers on the yearly sales of its markets.

    Sales of all paths are summed before any tier is applied, so that the fetches of table rows overlap.
    """
    royalty, listed = cash.royalties[r], buffers.listed
    found, since = _list_launched(royalty, network.as_of, cash, calendar, launches, buffers, count)
    for i in range(royalty.members_from, royalty.members_to):
        m = cash.members[i]
        if cash.markets[m].rivals_to > cash.markets[m].rivals_from:
            _add_shared_sales(m, since, network.links, cash, state, launches, listed, found)
        else:
            _add_sales(m, since, cash, launches, listed, found)
    payer, payee, weights = npv_usd[royalty.payer], npv_usd[royalty.payee], buffers.weight
    sums, by_year = lane.royalty_usd[r], calendar.by_year
    for j in range(found):
        p = listed[j]
        weight = weights[cash.markets[buffers.day[p]].weight_set, p]
        value = _pay_tiers(launches.year_usd[j], sums, by_year, since, weight, royalty, cash.tiers)
        payer[p] -= value
        payee[p] += value


@jit
def _list_launched(
    royalty: k.Record,
    as_of: k.Int,
    cash: k.Cash,
    calendar: k.Calendar,
    launches: k.Launches,
    buffers: k.Buffers,
    count: k.Int,
) -> tuple[k.Int, k.Int]:
    """List the slots on which any market of the royalty is launched, note one such market there, and clear the sales.

    Returns their number, and the first year in which any of them sells: before it there is nothing to sum.
    """
    listed, launched, years, found = buffers.listed, buffers.day, launches.year_usd.shape[1], 0
    since, last = years, calendar.year_of_day.size - 1
    for p in range(count):
        launched[p] = -1
    for i in range(royalty.members_from, royalty.members_to):
        m = cash.members[i]
        rows, first = launches.row[m], last
        market = cash.markets[m]
        opens = market.first_day - as_of
        for p in range(count):
            launched[p] = m if rows[p] >= 0 else launched[p]
        if market.choices_to > market.choices_from:
            for p in range(count):
                first = min(first, rows[p] % market.days + opens if rows[p] >= 0 else last)
        else:
            for p in range(count):
                first = min(first, rows[p] + opens if rows[p] >= 0 else last)
        since = min(since, calendar.year_of_day[max(first, 0)])
    for p in range(count):
        listed[found] = p
        found += launched[p] >= 0
    for j in range(found):
        for year in range(since, years):
            launches.year_usd[j, year] = 0.0
    return found, since


@jit
def _add_sales(m: k.Int, since: k.Int, cash: k.Cash, launches: k.Launches, listed: k.Array, count: k.Int) -> None:
    """Add one market's yearly sales to those of the listed slots."""
    market, rows, scales, yearly_usd = cash.markets[m], launches.row[m], launches.scale[m], cash.yearly_usd
    sales, columns, ends = market.sales, market.columns, market.ends_to > market.ends_from
    for j in range(count):
        p, total = listed[j], launches.year_usd[j]
        if rows[p] < 0:
            continue
        at, scale = sales + rows[p] * columns, scales[p]
        if ends:
            for year in range(since, columns):
                kept = scale * _kept(year, launches.end_year[m, p], launches.end_share[m, p])
                total[year] += kept * yearly_usd[at + year]
        else:
            for year in range(since, columns):
                total[year] += scale * yearly_usd[at + year]


@jit
def _add_shared_sales(
    m: k.Int,
    since: k.Int,
    links: k.Records,
    cash: k.Cash,
    state: k.State,
    launches: k.Launches,
    listed: k.Array,
    count: k.Int,
) -> None:
    """`_add_sales` of a market that rivals share."""
    market, rows = cash.markets[m], launches.row[m]
    for j in range(count):
        p, total = listed[j], launches.year_usd[j]
        if rows[p] < 0:
            continue
        _share_steps(market, _launch_day(market, rows[p]), p, links, cash, state, launches)
        at, scale, passed = market.sales + rows[p] * market.columns, launches.scale[m, p], 0
        for year in range(since, market.years):
            sold, _, passed = _shared_year(market, year, at, at, passed, cash, launches)
            total[year] += scale * _kept(year, launches.end_year[m, p], launches.end_share[m, p]) * sold


@jit
def _pay_tiers(
    sales_usd: k.Array,
    sums: k.Array,
    by_year: k.Array,
    since: k.Int,
    weight: k.Real,
    royalty: k.Record,
    tiers: k.Records,
) -> k.Real:
    """Book one path's royalty by year, every tier adding its step on the sales above its threshold; its value."""
    first, last, years, value = royalty.tiers_from, royalty.tiers_to, sales_usd.size, 0.0
    for year in range(since, years):
        due = 0.0
        for t in range(first, last):
            due += tiers[t].rate_step * max(sales_usd[year] - tiers[t].threshold_usd, 0.0)
        sums[year] += weight * due
        value += weight * due * by_year[year]
    return value
