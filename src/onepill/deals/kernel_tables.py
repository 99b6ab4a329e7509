"""What a vehicle has come to after which rounds and tranches, found once for all paths, as machine code.

There are far fewer orders of rounds than paths.
"""

from __future__ import annotations

from onepill.deals.equity_rows import Array, Desk, Int
from onepill.deals.kernel_shares import issue_round
from onepill.sim.jit import jit, jit_block


@jit_block
def open_tables(desk: Desk) -> None:
    """Know the table before any round, and no other."""
    tables, stakes = desk.tables, desk.vehicle.stake_share
    for c in range(tables.share.shape[1]):
        tables.share[0, c] = stakes[c] if c < stakes.size else 0.0
        tables.preference_usd[0, c] = 0.0
    tables.raised_usd[0] = 0.0
    tables.rounds[0] = 0
    tables.stood[0, 0] = 0
    tables.known[0] = 1
    for place in range(tables.met.size):
        tables.met[place] = -1
    for t in range(tables.called.shape[1]):
        tables.called[0, t] = 0
    _close_table(0, desk)


@jit
def _close_table(table: Int, desk: Desk) -> None:
    """Each party's part of all shares; no table is known to come after this one."""
    tables, class_holder = desk.tables, desk.vehicle.class_holder
    for q in range(tables.by_party.shape[1]):
        total = 0.0
        for c in range(tables.share.shape[1]):
            total += tables.share[table, c] * class_holder[c, q]
        tables.by_party[table, q] = total
    for step in range(tables.after.shape[1]):
        tables.after[table, step] = -1


@jit
def _copy(target: Array, values: Array) -> None:
    for i in range(values.size):
        target[i] = values[i]


@jit
def has_room(desk: Desk) -> bool:
    """Whether a path may find as many new tables as there are rounds and tranches."""
    tables = desk.tables
    return bool(tables.known[0] + tables.after.shape[1] <= tables.share.shape[0])


@jit
def table_after(table: Int, step: Int, desk: Desk) -> Int:
    """The table after a round has been sold, with its first tranche, or after the tranche `step` less the rounds."""
    if desk.tables.after[table, step] < 0:
        _add_table(table, step, desk)
    return desk.tables.after[table, step]


@jit_block
def _add_table(table: Int, step: Int, desk: Desk) -> None:
    """Work a table out when a path first has it. Preferences grow with what is paid in."""
    tables, vehicle, rounds = desk.tables, desk.vehicle, desk.vehicle.round_usd.size
    new = tables.known[0]
    tables.known[0] += 1
    for rows in (tables.share, tables.preference_usd):
        _copy(rows[new], rows[table])
    for places in (tables.called, tables.sold, tables.stood):
        _copy(places[new], places[table])
    sold, raised_usd, t = tables.rounds[table], tables.raised_usd[table], step - rounds
    if step < rounds:
        t = vehicle.round_first[step]
        raised_usd = issue_round(step, vehicle, tables.share[new], raised_usd)
        tables.sold[new, sold] = step
        sold += 1
        tables.stood[new, sold] = new
    tables.rounds[new], tables.raised_usd[new] = sold, raised_usd
    tables.called[new, t] = 1
    r = vehicle.tranche_round[t]
    paid_usd = vehicle.round_usd[r] * vehicle.tranche_share[t]
    tables.preference_usd[new, vehicle.stake_share.size + r] += vehicle.preference_multiple * paid_usd
    _close_table(new, desk)
    tables.after[table, step] = new
