"""The chance of Medicare's selection, where the file leaves it to the law: a formula among the inputs."""

from __future__ import annotations

from collections.abc import Sequence

from onepill.core.errors import OnepillError
from onepill.reports.workbook.formula import Num, when
from onepill.reports.workbook.frame import Frame
from onepill.reports.workbook.inputs_sheet import HEAD_ROW, SHEET, VALUE, style_of
from onepill.reports.workbook.market_block import Block
from onepill.reports.workbook.model import Floor


def add_selections(frame: Frame, blocks: Sequence[Block]) -> None:
    """Let each such chance follow the peak sales: the yearly one from the floor on, else 0. A number may be typed over.

    Raises:
        OnepillError: the formula does not give onepill's own chance.
    """
    rows = {item.path: HEAD_ROW + 1 + k for k, item in enumerate(frame.model.inputs)}
    sheet = next(sheet for sheet in frame.book.sheets if sheet.name == SHEET)
    for floor in (floor for floor in frame.model.floors if floor.prob):
        spent, least = spending(frame, blocks, floor)
        item = frame.model.inputs[rows[floor.prob] - HEAD_ROW - 1]
        chance = when(spent >= least, floor.yearly_prob, 0)
        if chance.value != item.value:
            raise OnepillError(f"the workbook's formula gives {floor.prob} {chance.value}, onepill {item.value}")
        sheet.put(rows[floor.prob], VALUE, chance, style_of(item))


def spending(frame: Frame, blocks: Sequence[Block], floor: Floor) -> tuple[Num, Num]:
    """Medicare's mean peak spending on a drug, and the floor below which it may not select it, in US dollars."""
    block = next(block for block in blocks if block.market == floor.market)
    assert block.peak is not None
    return block.peak * block.paid * frame.inputs[floor.share], frame.inputs[floor.floor] + 0
