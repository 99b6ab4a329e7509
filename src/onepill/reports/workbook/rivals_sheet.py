"""The sheet of rivals: a drug's share of its class by order of entry, and what rivals who may come leave of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onepill.access import OrderOfEntry
from onepill.reports.workbook.formula import Area, Num, half_even, maximum, total, when
from onepill.reports.workbook.frame import Frame
from onepill.reports.workbook.model import EntrantWords
from onepill.reports.workbook.sheets import Sheet

SHEET = "Rivals"
FIRST = 2
"""The column of the first span of days; the second column holds what is one number."""
SAME = "0.000000001"
"""Relative difference below which a delay counts as the one that was written, as when a workbook comes back."""

Counts = tuple[int, int]


@dataclass(frozen=True)
class ShareSpan:
    """Days from `since` on, before `until` (None: from or to the end), on which `factor` is left of the share."""

    since: Num | None
    until: Num | None
    factor: Num


@dataclass(frozen=True)
class _Class:
    """A market's class: by number of drugs their weights' sum, by place the weight, the entrants' chances and days."""

    given: OrderOfEntry
    weights: Sequence[Num]
    sums: Sequence[Num]
    own_share: Num
    entrants: Sequence[tuple[EntrantWords, Num, Area]]
    days: Sequence[Num]

    def share(self, before: int, after: int) -> Num:
        """The share with so many rivals who came before the launch, and after it."""
        return self.weights[self.given.order + before - 1] / self.sums[self.given.others + before + after]


class Rivals:
    """Share factors by launch, written when they are first asked for."""

    def __init__(self, frame: Frame) -> None:
        self._frame, self._words = frame, frame.words
        self._found: dict[str, _Class] = {}
        self._sheet: Sheet | None = None
        self._row = 3

    def open_class(self, path: str, name: str, given: OrderOfEntry, entrants: Sequence[EntrantWords]) -> None:
        """Write a market's class once; its share by order of entry is then an input of its own (`order_share`)."""
        if path in self._found:
            return
        sheet = self._opened()
        self._put(name, "heading")
        weights, sums = self._weights(sheet, path, given)
        own = weights[given.order - 1] / sums[given.others]
        share = self._one("own_share", own, "factor")
        self._frame.inputs.derive(f"{path}.competition.order_share", share)
        rows = [self._entrant(sheet, path, number, item) for number, item in enumerate(entrants)]
        days: list[Num] = []
        if rows:
            points = sum(len(item.points) for item in entrants)
            last = max(len(item.points) for item in entrants)
            block = sheet.area((self._row - len(rows), FIRST), (self._row - 1, FIRST + last - 1))
            block = Area(block.text, tuple(v for _, _, area in rows for v in area.values))
            sheet.put(self._row, 0, self._words("sheet.rivals.days"))
            days = [sheet.put(self._row, FIRST + k, block.smallest(k + 1), "day") for k in range(points)]
            sheet.widths |= {FIRST + k: 12 for k in range(points + 1)}
            self._row += 1
        self._row += 1
        self._found[path] = _Class(given, weights, sums, share, rows, days)

    def spans(self, path: str, label: str, launch: Num) -> list[ShareSpan]:
        """What rivals leave of the share in each span of days, for a launch on that day; empty without rivals."""
        known = self._found[path]
        if not known.days:
            return []
        sheet = self._opened()
        self._put(label, "bold")
        opened = self._one("launch", launch, "day")
        sheet.put(self._row, 0, self._words("sheet.rivals.since"))
        since = [sheet.put(self._row, FIRST + 1 + k, day, "day") for k, day in enumerate(known.days)]
        self._row += 1
        chances: dict[Counts, list[Num]] = {(0, 0): [Num("1", 1.0)] * (len(since) + 1)}
        for item, prob, days in known.entrants:
            before, now = self._come(item, prob, days, opened, since)
            for _ in range(item.count):
                chances = self._grown(chances, before, now)
        factors = self._factors(known, len(since) + 1)
        bounds = [None, *since, None]
        return [ShareSpan(bounds[k], bounds[k + 1], factor) for k, factor in enumerate(factors)]

    def _weights(self, sheet: Sheet, path: str, given: OrderOfEntry) -> tuple[list[Num], list[Num]]:
        inputs, most = self._frame.inputs, given.others + 1 + len(given.rivals)
        exponent = inputs[f"{path}.competition.entry_exponent"]
        for offset, key in enumerate(("number", "weight", "sum")):
            sheet.put(self._row + offset, 0, self._words(f"sheet.rivals.{key}"))
        weights: list[Num] = []
        sums: list[Num] = []
        for k in range(most):
            number = sheet.put(self._row, FIRST + k, float(k + 1), "plain")
            weights.append(sheet.put(self._row + 1, FIRST + k, 1 / number**exponent, "factor"))
            grown = sums[-1] + weights[-1] if sums else weights[-1] + 0
            sums.append(sheet.put(self._row + 2, FIRST + k, grown, "factor"))
        self._row += 3
        return weights, sums

    def _entrant(self, sheet: Sheet, path: str, number: int, item: EntrantWords) -> tuple[EntrantWords, Num, Area]:
        """An entrant's chance and the equally likely days on which it may come."""
        inputs, where = self._frame.inputs, f"{path}.competition.entrants.{number}"
        sheet.put(self._row, 0, self._words("sheet.rivals.entrant", number=str(number + 1), count=str(item.count)))
        prob = sheet.put(self._row, 1, inputs[f"{where}.prob"], "share")
        fixed = inputs.get(f"{where}.day")
        for k, point in enumerate(item.points):
            if fixed is not None:
                day = fixed + 0
            else:
                delay = inputs[f"{where}.delay"]
                day = inputs["as_of"] + half_even(delay)
                if len(item.points) > 1:
                    written = Num(repr(item.delay_days), item.delay_days)
                    gap = Num(f"ABS({delay.text}-{written.text})", abs(delay.value - written.value))
                    is_written = gap <= written * Num(SAME, float(SAME))
                    day = when(is_written, inputs["as_of"] + point, day)
            sheet.put(self._row, FIRST + k, day, "day")
        self._row += 1
        days = sheet.area((self._row - 1, FIRST), (self._row - 1, FIRST + len(item.points) - 1))
        return item, prob, days

    def _come(
        self, item: EntrantWords, prob: Num, days: Area, launch: Num, since: Sequence[Num]
    ) -> tuple[Num, list[Num]]:
        """The chance that an entrant has come by the launch, and since then by each span."""
        count = len(item.points)
        before = self._one("before", prob * days.count_up_to(launch) / count, "share")
        sheet = self._opened()
        sheet.put(self._row, 0, self._words("sheet.rivals.after"))
        now = [sheet.put(self._row, FIRST, 0.0, "share")]
        for k, day in enumerate(since, start=1):
            risen = maximum(prob * days.count_up_to(day) / count - before, 0)
            now.append(sheet.put(self._row, FIRST + k, risen, "share"))
        self._row += 1
        return before, now

    def _grown(self, chances: dict[Counts, list[Num]], before: Num, now: Sequence[Num]) -> dict[Counts, list[Num]]:
        """The chance of each pair of counts with one rival more (see `access.competition`)."""
        size = max(sum(counts) for counts in chances) + 1
        sheet, found = self._opened(), dict[Counts, list[Num]]()
        for b, a in _pairs(size):
            label = self._words("sheet.rivals.counts", rivals=str(size), before=str(b), after=str(a))
            sheet.put(self._row, 0, label, "small")
            found[b, a] = []
            for k, late in enumerate(now):
                parts = []
                if (b, a) in chances:
                    parts.append(chances[b, a][k] * (1 - before - late))
                if (b - 1, a) in chances:
                    parts.append(chances[b - 1, a][k] * before)
                if (b, a - 1) in chances:
                    parts.append(chances[b, a - 1][k] * late)
                found[b, a].append(sheet.put(self._row, FIRST + k, total(parts), "factor"))
            self._row += 1
        return found

    def _factors(self, known: _Class, spans: int) -> list[Num]:
        """What is left of the drug's share: its mean over the counts, which stand in the rows just above."""
        sheet, size = self._opened(), len(known.given.rivals)
        pairs = _pairs(size)
        first = self._row - len(pairs)
        for offset, (b, a) in enumerate(pairs):
            sheet.put(first + offset, 1, known.share(b, a), "factor")
        shares = sheet.area((first, 1), (self._row - 1, 1))
        sheet.put(self._row, 0, self._words("sheet.rivals.left"), "bold")
        found = []
        for k in range(spans):
            chances = sheet.area((first, FIRST + k), (self._row - 1, FIRST + k))
            found.append(sheet.put(self._row, FIRST + k, shares.times(chances) / known.own_share, "factor"))
        self._row += 2
        return found

    def _opened(self) -> Sheet:
        if self._sheet is None:
            self._sheet = self._frame.book.add(SHEET)
            self._sheet.put(0, 0, self._words("sheet.rivals.title"), "title")
            self._sheet.put(1, 0, self._words("sheet.rivals.help"), "small")
            self._sheet.widths |= {0: 60, 1: 14}
            self._sheet.freeze, self._sheet.repeat_columns = (3, 1), 1
        return self._sheet

    def _put(self, text: str, style: str) -> None:
        self._opened().put(self._row, 0, text, style)
        self._row += 1

    def _one(self, key: str, value: Num, style: str) -> Num:
        """A row with one number."""
        self._opened().put(self._row, 0, self._words(f"sheet.rivals.{key}"))
        cell = self._opened().put(self._row, 1, value, style)
        self._row += 1
        return cell


def _pairs(size: int) -> list[Counts]:
    """All counts of rivals before and after the launch, up to `size` together."""
    return [(before, after) for before in range(size + 1) for after in range(size + 1 - before)]
