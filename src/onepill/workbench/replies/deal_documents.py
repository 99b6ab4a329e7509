"""What the operations on the deals of the workspace answer."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from onepill.workbench.replies.parts import FindingRow, Iso, Reply, Text
from onepill.workbench.replies.workspace import ChangeRow, History, Moment, Saved, Tier, VersionRow

__all__ = ["DealList", "DealShown", "History", "Saved"]


class DealRow(Reply):
    """A kept deal; `title`, `structure` and `signed_on` are null where the text cannot be read any more."""

    id: str
    deal: str
    programme: str
    programme_title: Text | None
    title: Text
    structure: str | None
    signed_on: Iso | None
    tier: Tier
    created_at: Moment
    created_by: str
    newest: VersionRow


class DealList(Reply):
    """The deals of the workspace by id; `withheld` others are not for the person who asks."""

    deals: list[DealRow]
    withheld: int = Field(default=0, ge=0)


class TermRow(Reply):
    """A number or day of a deal: `text` as it is typed, `before` what was saved where it is changed."""

    path: str
    title: Text | None
    text: str
    unit: str
    before: str | None
    origin: str
    source_grade: str
    source: dict[str, Any] | None
    note: str | None


class DealShown(Reply):
    """A deal as it was saved; with changes, its text, terms and findings are the changed ones."""

    id: str
    deal: str
    programme: str
    title: Text
    structure: str | None
    signed_on: Iso | None
    tier: Tier
    version: VersionRow
    newest_version: int
    text: str
    file: str
    terms: list[TermRow]
    changes: list[ChangeRow]
    findings: list[FindingRow]
