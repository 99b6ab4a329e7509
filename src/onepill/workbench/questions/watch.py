"""What the watch operations are asked: a name, the filters that it stands for, and two days."""

from __future__ import annotations

from pydantic import Field

from onepill.workbench.questions.landscape import CountedAsk, Filters, Tagging
from onepill.workbench.questions.programme import Day, Nothing, Question
from onepill.workbench.questions.registry import WarehouseAsk

__all__ = ["DiffAsk", "Nothing", "SaveAsk", "SeenBy", "WatchName", "Watched"]


class WatchName(Question):
    """A watch."""

    name: str = Field(description="letters and digits of any script, - _ and .")


class Watched(Tagging, Filters, CountedAsk):
    """What a watch holds: filters and switches as those of `landscape`, and the warehouse that it looks into."""


class SeenBy(Question):
    """Whom a server with accounts tells of a watch; of one that names nobody its administrators alone."""

    programmes: list[str] = Field(default=[], description="programmes' ids: told to who sees all of one of them")
    accounts: list[str] = Field(default=[], description="names of accounts")


class SaveAsk(Watched, WatchName, SeenBy):
    """A watch to keep."""


class DiffAsk(WarehouseAsk, WatchName):
    """What changed in a watch between two days."""

    since: Day = Field(description="changes after this day, YYYY-MM-DD")
    on: Day | None = Field(
        default=None, description="up to this day, YYYY-MM-DD; the newest day that the warehouse shows if left out"
    )
    limit: int = Field(default=1000, ge=1, le=100_000, description="at most so many changes, the gravest")
