"""What the registry operations are asked. They look after this machine's own store, so that they alone take paths."""

from __future__ import annotations

from pydantic import Field

from onepill.workbench.questions.programme import Day, Nothing, Question

__all__ = ["ForgetAsk", "LoadAsk", "Nothing", "StatusAsk", "SyncAsk", "WarehouseAsk"]

FOLDER = "folder of the warehouse; ONEPILL_HOME/warehouse or your data folder if left out"


class WarehouseAsk(Question):
    """A warehouse."""

    warehouse: str | None = Field(default=None, min_length=1, description=FOLDER)


class LoadAsk(WarehouseAsk):
    """A downloaded file, or a folder of files that belong together."""

    source: str
    path: str = Field(min_length=1)
    update: bool = Field(default=False, description="the file holds changes only: records that it leaves out stand")
    allow_shrink: bool = Field(default=False, description="let the source have fewer records than before")
    results: bool = Field(
        default=False, description="read posted results of trials too (ctgov, the API's JSON); takes longer"
    )
    snapshot: Day | None = Field(
        default=None, description="day (YYYY-MM-DD) that the file shows; what it says itself if left out"
    )
    link: bool = Field(
        default=False, description="link the names now, so that the first landscape question finds its world ready"
    )


class SyncAsk(WarehouseAsk):
    """What to fetch: everything, a search, or what was updated since a day."""

    source: str
    query: str | None = Field(default=None, description="a search in the registry's own language")
    since: Day | None = Field(default=None, description="only records updated on or after this day, YYYY-MM-DD")
    allow_shrink: bool = Field(default=False, description="let the source have fewer records than before")
    link: bool = Field(
        default=False, description="link the names now, so that the first landscape question finds its world ready"
    )
    address: str | None = Field(default=None, description="another server that answers like the publisher's")


class StatusAsk(WarehouseAsk):
    """The day to which data age is counted."""

    on: Day | None = Field(default=None, description="count ages to this day, YYYY-MM-DD; today on the command line")


class ForgetAsk(WarehouseAsk):
    """A source that is loaded."""

    source: str
