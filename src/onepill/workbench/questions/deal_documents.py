"""What the operations on the deals of the workspace are asked."""

from __future__ import annotations

from pydantic import Field

from onepill.workbench.questions.programme import Question
from onepill.workbench.questions.workspace import EXPECTED, REASON, Tier

PROGRAMME = Field(description="the programme's id", min_length=1, max_length=200)
DEAL = Field(description="id of a kept deal, such as PROGRAMME.deal.NAME", min_length=1, max_length=200)


class DealsAsk(Question):
    """The deals of the workspace."""

    programme: str | None = Field(default=None, description="those of this programme alone")


class DealShowAsk(Question):
    """One deal, as it was saved or with changes that are not."""

    id: str = DEAL
    version: int | None = Field(default=None, ge=1, description="the newest if left out")
    changes: list[str] = Field(
        default=[], max_length=200, description="PATH=VALUE, such as terms.upfront.amount=5 MUSD; shown, not saved"
    )


class DealAddAsk(Question):
    """A new deal of a programme; its name is the one in the text."""

    text: str
    file: str = ""
    programme: str = PROGRAMME
    reason: str = Field(default="added", description="why, for the history")
    tier: Tier | None = Field(
        default=None, description="public, internal, confidential or strictly; else the programme's, internal at least"
    )


class DealSaveAsk(Question):
    """A new version of the deal that the text names."""

    text: str
    file: str = ""
    programme: str = PROGRAMME
    expected_version: int = EXPECTED
    reason: str = REASON


class DealHistoryAsk(Question):
    """The versions of a deal, the newest first."""

    id: str = DEAL
    limit: int = Field(default=20, ge=1, le=1000, description="at most so many, the newest")
    before: int | None = Field(default=None, ge=1, description="of the versions earlier than this one")


class DealRestoreAsk(Question):
    """An earlier version, to be saved as the newest."""

    id: str = DEAL
    version: int = Field(ge=1, description="the version whose text comes back")
    expected_version: int = EXPECTED
    reason: str = REASON
