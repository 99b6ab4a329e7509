"""The sheet of starts: how far the uptake of a market has come, in the mean, when a calendar leads to a payer state."""

from __future__ import annotations

from onepill.reports.workbook.formula import Num, maximum, minimum, num, total
from onepill.reports.workbook.frame import Frame
from onepill.reports.workbook.market_block import Block
from onepill.reports.workbook.model import LevelWords, market_group
from onepill.reports.workbook.sheets import Sheet
from onepill.reports.workbook.state_price import launch_lag_days

SHEET = "Starts"
PRINTED_DAYS = 31
"""Waits that are printed."""
_TOP = 7
"""The row of the first wait."""


class Starts:
    """Mean levels by market and calendar, written when they are first asked for."""

    def __init__(self, frame: Frame) -> None:
        self._frame, self._words = frame, frame.words
        self._found: dict[tuple[str, tuple[float, ...]], list[Num]] = {}
        self._sheet: Sheet | None = None
        self._column = 0

    def level(self, block: Block, item: LevelWords, *, shape: str) -> Num:
        """The mean uptake when a state is entered by one move (see `access.payer_start`); `shape` is the market's."""
        inputs = self._frame.inputs
        if item.is_whole:
            return num(1)
        if not item.waits:
            return curve(inputs[item.lag], _climb(block, self._frame), shape) if item.lag else num(0)
        levels = self._levels(block, item, shape)[: item.rounds]
        if not item.prob or len(levels) == 1:
            return levels[0] + 0
        failed, weights = 1 - inputs[item.prob], [num(1)]
        for _ in levels[1:]:
            weights.append(failed if len(weights) == 1 else weights[-1] * failed)
        parts = [weight * level for weight, level in zip(weights, levels, strict=True)]
        return total(parts) / total(weights)

    def _levels(self, block: Block, item: LevelWords, shape: str) -> list[Num]:
        """The mean level in each round, over approvals on each day of a year."""
        key = (block.told.path, item.waits)
        if len(self._found.get(key, [])) < item.rounds:
            self._found[key] = self._add(block, item, shape)
        return self._found[key]

    def _add(self, block: Block, item: LevelWords, shape: str) -> list[Num]:
        sheet, words, column, last = self._opened(), self._words, self._column, _TOP + len(item.waits) - 1
        assert block.told.state is not None
        sheet.put(2, column, self._frame.market_name(market_group(block.launch.market)), "heading")
        sheet.put(3, column, words("sheet.starts.climb"))
        climb = sheet.put(3, column + 1, _climb(block, self._frame), "days")
        sheet.put(4, column, words("sheet.starts.launch_lag"))
        lag = sheet.put(4, column + 1, launch_lag_days(block.told.state, self._frame.inputs), "whole")
        sheet.put(5, column, words("sheet.starts.mean"), "bold")
        sheet.put(6, column, words("sheet.starts.wait"), "head")
        waits = [sheet.put(_TOP + k, column, wait, "whole") for k, wait in enumerate(item.waits)]
        sheet.widths[column] = 44
        found = []
        for number in range(item.rounds):
            place = column + 1 + number
            sheet.put(6, place, words("sheet.starts.round", number=str(number + 1)), "head_right")
            for k, wait in enumerate(waits):
                days = wait + number * self._frame.inputs.days_per_year - lag
                sheet.put(_TOP + k, place, curve(days, climb, shape), "factor")
            mean = sheet.area((_TOP, place), (last, place)).sum() / len(waits)
            found.append(sheet.put(5, place, mean, "factor"))
            sheet.widths[place] = 12
        self._column += item.rounds + 2
        return found

    def _opened(self) -> Sheet:
        if self._sheet is None:
            self._sheet = self._frame.book.add(SHEET)
            self._sheet.put(0, 0, self._words("sheet.starts.title"), "title")
            self._sheet.put(1, 0, self._words("sheet.starts.help"), "small")
            self._sheet.freeze, self._sheet.printed_rows = (_TOP, 0), _TOP + PRINTED_DAYS
        return self._sheet


def curve(days: Num, climb: Num, shape: str) -> Num:
    """The share of the peak reached so many days after launch (see `access.uptake_curve`)."""
    share = minimum(maximum(days / climb, 0), 1)
    return share + 0 if shape == "linear" else 3 * share**2 - 2 * share**3


def _climb(block: Block, frame: Frame) -> Num:
    """Days from launch to the peak of a state's market."""
    return block.input(frame.inputs, "uptake.years_to_peak") * frame.inputs.days_per_year
