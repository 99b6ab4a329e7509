"""What the review of uncertain links answers."""

from __future__ import annotations

from typing import Literal

from onepill.workbench.replies.parts import FindingRow, Iso, Reply


class UncertainLink(Reply):
    """A text and what it may name: the best candidate in `entity_id` and `name` (several parts joined by `|`), further
    ones in `others`; `score` and the evidence as the method page explains them; `uses` counts records.
    """

    kind: str
    text: str
    entity_id: str
    name: str
    others: list[str]
    uses: int
    score: float
    rule: str
    alias: str
    source: str
    record: str
    example: str


class CorrectionRow(Reply):
    """A decision of a person; an empty `entity_id` says that the text names nothing."""

    kind: str
    text: str
    entity_id: str
    name: str
    decided_by: str
    decided_on: Iso
    reason: str


class TakenCorrections(Reply):
    """What became of the decisions of a file; `waiting` are its rows without a decision, `older` those that lost
    against a later decision that is kept.
    """

    read: int
    new: int
    changed: int
    unchanged: int
    older: int
    waiting: int


class RegistryReview(Reply):
    """Uncertain links (`export`), decisions taken (`take`), or those kept (`list`); `uncertain` counts texts by kind,
    all of them, also where `rows` holds fewer.
    """

    warehouse: str
    generation: int
    action: Literal["export", "take", "list"]
    uncertain: dict[str, int]
    rows: list[UncertainLink]
    written: str | None
    taken: TakenCorrections | None
    corrections: list[CorrectionRow]
    kept: int
    kept_in: str
    findings: list[FindingRow]
