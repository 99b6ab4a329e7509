"""Rows as a table in a terminal; rich is imported only where it is needed."""

from __future__ import annotations

from textwrap import wrap

SHORT = 14
"""Cells of a column of at most so many characters are numbers, days or words: they are kept on one line."""
GAP, NARROW_GAP = 2, 1
"""Spaces between columns, and where the table has no room else."""
LEAST_TEXT = 12
"""What a column of texts keeps at least, in characters."""


def show_table(rows: list[list[str]], header: list[str]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    gap, whole = GAP, _kept_whole(rows, header, console.width, gap=GAP)
    if not any(whole):
        header = [_heading(name, [row[i] for row in rows]) for i, name in enumerate(header)]
        whole = _kept_whole(rows, header, console.width, gap=GAP)
    if not any(whole) and any(narrow := _kept_whole(rows, header, console.width, gap=NARROW_GAP)):
        gap, whole = NARROW_GAP, narrow
    table = Table(box=None, pad_edge=False, padding=(0, 1) if gap == GAP else (0, gap, 0, 0))
    for name, is_whole in zip(header, whole, strict=True):
        table.add_column(name, no_wrap=is_whole, overflow="ellipsis" if is_whole else "fold")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _heading(name: str, cells: list[str]) -> str:
    """A heading over short cells, on as many lines as make it no wider than they are or than its longest word."""
    longest = max(map(len, cells), default=0)
    if longest > SHORT:
        return name
    return "\n".join(wrap(name, max(longest, *map(len, name.split()), 1), break_long_words=False))


def _kept_whole(rows: list[list[str]], header: list[str], width: int, *, gap: int) -> list[bool]:
    """Which columns are not broken: the short ones, if texts have room beside them; none if not."""
    cells = [[name, *(row[i] for row in rows)] for i, name in enumerate(header)]
    widths = [max(len(line) for cell in column for line in cell.split("\n")) for column in cells]
    whole = [longest <= SHORT for longest in widths]
    room = sum(gap + (longest if kept else LEAST_TEXT) for longest, kept in zip(widths, whole, strict=True)) - gap
    return whole if room <= width else [False] * len(header)
