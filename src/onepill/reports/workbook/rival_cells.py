"""Which markets are looked up in a table: those whose rivals would take more cells than a spreadsheet is read with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from math import comb

from onepill.access import MarketInput
from onepill.reports.workbook.model import RivalCells, market_group

MOST_CELLS = 250_000
"""Cells of one market's rivals up to which they are formulas: three launches with all the rivals that a file may name,
12 with 12 days each, which take some 80,000 (docs/methods/workbook.md has what was measured)."""
_ROWS_OF_PIECE = 4


def looked_up(markets: Iterable[MarketInput], launched: Iterable[str], *, years: int) -> Mapping[str, RivalCells]:
    """The programme's markets that lie in tables, with why; `launched` names a plan's market once for each launch.

    All payer states of a market are looked up, or none.
    """
    launches, found = Counter(launched), dict[str, RivalCells]()
    for given in markets:
        if given.competition is not None and given.competition.rivals:
            own, group = _cells(given, launches[given.id], years), market_group(given)
            before = found.get(group, RivalCells(own.rivals, own.days, 0, 0))
            found[group] = RivalCells(own.rivals, own.days, before.launches + own.launches, before.cells + own.cells)
    return {group: cells for group, cells in found.items() if cells.cells > MOST_CELLS}


def _cells(given: MarketInput, launches: int, years: int) -> RivalCells:
    """What the sheets of rivals and of markets would write: for each span of days between two entries, the chances of
    all counts of rivals before and after the launch, one rival added after the other, and the days sold by year."""
    assert given.competition is not None
    rivals = given.competition.rivals
    days = sum(len(days) for days, _ in {(rival.days, rival.prob) for rival in rivals})
    pieces = (len(given.price_levels) + len(given.duties) + 1) * (1 if given.yearly_cut is None else 2)
    of_span = comb(len(rivals) + 3, 3) + _ROWS_OF_PIECE * pieces * years
    return RivalCells(len(rivals), days, launches, launches * (days + 1) * of_span)
