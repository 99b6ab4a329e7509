"""What an imported workbook answers."""

from __future__ import annotations

from onepill.workbench.replies.parts import Iso, Reply, Text


class WorkbookChange(Reply):
    """An input before and after, in `unit`; `cell` is where it stands in the workbook."""

    path: str
    title: Text
    before: float
    after: float
    unit: str
    cell: str


class WorkbookImport(Reply):
    """`changes` are those of the workbook; `kept` are inputs that would have moved with them and were written out.

    `text` is the programme file with the changes (the same text where there are none). All values are
    deterministic; `rnpv_in_workbook_usd` is what the workbook's own sheet of results showed when it was saved.
    """

    programme: str
    as_of: Iso
    workbook: str
    scenario: str | None
    changes: list[WorkbookChange]
    kept: list[WorkbookChange]
    rnpv_before_usd: int
    rnpv_after_usd: int
    rnpv_in_workbook_usd: int | None
    text: str
