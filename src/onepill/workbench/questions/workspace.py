"""What the operations on the workspace are asked."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from onepill.workbench.questions.programme import Question, TableText

ID = Field(description="a document's id", min_length=1, max_length=200)
REASON = Field(description="why, for the history")
EXPECTED = Field(ge=1, description="the version that was edited; a newer one is a conflict and nothing is saved")
Tier = Literal["public", "internal", "confidential", "strictly"]


def _document(raw: object) -> object:
    """A question written as JSON, as a command line gives it."""
    if not isinstance(raw, str):
        return raw
    try:
        return json.loads(raw)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"no JSON: {error}") from None


Fields = Annotated[dict[str, Any], BeforeValidator(_document)]


class ListAsk(Question):
    """The programmes of the workspace."""

    outlook: bool = Field(default=False, description="compute days, chance and value where no answer is kept (slower)")


class ShowAsk(Question):
    """One programme as it was saved."""

    id: str = ID
    version: int | None = Field(default=None, ge=1, description="the newest if left out")


class AddAsk(Question):
    """A new programme; its id is the one in the text."""

    text: str
    file: str = ""
    competitors: TableText | None = Field(
        default=None, description="competitor table; FILE's own (NAME.competitors.csv) or competitors.csv beside it"
    )
    reason: str = Field(default="added", description="why, for the history")
    tier: Tier = Field(default="internal", description="public, internal, confidential or strictly")


class SaveAsk(Question):
    """A new version of the programme that the text names."""

    text: str
    file: str = ""
    expected_version: int = EXPECTED
    reason: str = REASON


class HistoryAsk(Question):
    """The versions of a programme, the newest first."""

    id: str = ID
    limit: int = Field(default=20, ge=1, le=1000, description="at most so many, the newest")
    before: int | None = Field(default=None, ge=1, description="of the versions earlier than this one")


class RestoreAsk(Question):
    """An earlier version, to be saved as the newest."""

    id: str = ID
    version: int = Field(ge=1, description="the version whose text comes back")
    expected_version: int = EXPECTED
    reason: str = REASON


class CompareAsk(Question):
    """What moves between a saved version and scenarios, other versions or a text, on the same futures."""

    id: str = ID
    text: str | None = None
    file: str = ""
    version: int | None = Field(default=None, ge=1, description="the version that is compared with; else the newest")
    versions: list[int] = Field(default=[], description="other versions")
    scenarios: list[str] = Field(default=[], description="scenarios of the version that is compared with")
    draws: int = Field(default=10_000, ge=100, le=20_000_000)
    seed: int = Field(default=1, ge=0)
    threads: int = Field(default=2, ge=1, le=256)


class CompetitorsAsk(Question):
    """A programme's competitor table; version 0 is expected where it has none yet."""

    text: str
    file: str = ""
    programme: str = Field(description="the programme's id")
    expected_version: int = Field(ge=0, description="the version that was edited; 0 for the first")
    reason: str = REASON


class ScenarioAsk(Question):
    """A scenario to be written into the programme's own file."""

    id: str = ID
    name: str = Field(description="small letters, digits and _", pattern=r"^[a-z][a-z0-9_]{0,79}$")
    changes: list[str] = Field(min_length=1, max_length=200, description="PATH=VALUE, such as filings.US.after=[p3]")
    expected_version: int = EXPECTED
    reason: str = REASON
    summary: str = Field(default="", max_length=500, description="what it is, in a few words")
    summary_zh: str = Field(default="", max_length=500, description="the same in Chinese")
    replace: bool = Field(default=False, description="write over a scenario of that name")


class JobAsk(Question):
    """A long question, worked on in the background from a coarse answer to a fine one."""

    operation: str = Field(description="what is asked, such as passport")
    question: Fields = Field(default={}, description='its fields as JSON, such as {"draws": 1000000}')
    programme: str | None = Field(default=None, description="id of the programme that is asked about")
    version: int | None = Field(default=None, ge=1, description="its version; else the newest")
    kept_deals: list[str] = Field(default=[], max_length=20, description="id of a kept deal of it that is asked about")


class JobId(Question):
    """A job."""

    id: str = Field(description="a job's id", min_length=1, max_length=80)


class JobShowAsk(JobId):
    """A job, with the finest answer so far."""

    answer: bool = Field(default=False, description="with the finest answer that there is so far")


class JobsAsk(Question):
    """The newest jobs."""

    limit: int = Field(default=50, ge=1, le=1000, description="at most so many")


class BackupAsk(Question):
    """A file to write everything to."""

    path: str = Field(description="a file that is not there yet", min_length=1)


class RestoreFileAsk(Question):
    """A file that `backup` wrote."""

    path: str = Field(description="a file that `onepill backup` wrote", min_length=1)
