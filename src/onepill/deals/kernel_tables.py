"""Who owns a vehicle after which rounds, found once for all paths, as machine code.

There are far fewer orders of rounds than paths: a year's surplus is added up by them, and shared out at the end.
"""

from __future__ import annotations

from onepill.deals import equity_rows as e
from onepill.deals.equity_rows import Desk, Int
from onepill.deals.kernel_shares import issue_round
from onepill.sim.jit import jit

HANDED_OUT, MET = 0, 1


@jit
def open_tables(desk: Desk) -> None:
    """Know the table before any round, and no other."""
    tables, stakes = desk.tables, desk.vehicle.stake_share
    for c in range(tables.share.shape[1]):
        tables.share[0, c] = stakes[c] if c < stakes.size else 0.0
    tables.raised_usd[0] = 0.0
    tables.known[0] = 1
    _fill_parties(0, desk)
    for r in range(tables.after.shape[1]):
        tables.after[0, r] = -1


@jit
def _fill_parties(table: Int, desk: Desk) -> None:
    """Each party's part of all shares."""
    tables, class_holder = desk.tables, desk.vehicle.class_holder
    for q in range(tables.by_party.shape[1]):
        total = 0.0
        for c in range(tables.share.shape[1]):
            total += tables.share[table, c] * class_holder[c, q]
        tables.by_party[table, q] = total


@jit
def has_room(desk: Desk) -> Int:
    """Whether a path may find as many new tables as there are rounds."""
    tables = desk.tables
    return tables.known[0] + tables.after.shape[1] <= tables.share.shape[0]


@jit
def table_after(table: Int, r: Int, desk: Desk) -> Int:
    """The table after round `r` has been sold, worked out when a path first has it."""
    tables = desk.tables
    if tables.after[table, r] < 0:
        new = tables.known[0]
        tables.known[0] += 1
        for c in range(tables.share.shape[1]):
            tables.share[new, c] = tables.share[table, c]
        tables.raised_usd[new] = issue_round(r, desk.vehicle, tables.share[new], tables.raised_usd[table])
        _fill_parties(new, desk)
        for other in range(tables.after.shape[1]):
            tables.after[new, other] = -1
        tables.after[table, r] = new
    return tables.after[table, r]


@jit
def take_table(table: Int, desk: Desk) -> None:
    """Let the path's shares be those of a table."""
    held, tables = desk.held, desk.tables
    for c in range(held.share.size):
        held.share[c] = tables.share[table, c]
    for q in range(held.by_party.size):
        held.by_party[q] = tables.by_party[table, q]


@jit
def book_tables(desk: Desk) -> None:
    """Share the sums of all tables out among the parties' items."""
    tables, items, party = desk.tables, desk.sheet.items_usd, desk.vehicle.party
    for table in range(tables.known[0]):
        for which in (HANDED_OUT, MET):
            item = e.DISTRIBUTION if which == HANDED_OUT else e.FURTHER_NEED
            for y in range(items.shape[2]):
                usd = tables.worked_usd[table, which, y]
                tables.worked_usd[table, which, y] = 0.0
                items[item, party, y] -= usd
                for q in range(tables.by_party.shape[1]):
                    items[item, q, y] += usd * tables.by_party[table, q]
