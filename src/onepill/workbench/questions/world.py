"""What is asked about the law of the world on a day, and about everything that changed since one."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from onepill.core.errors import InputError
from onepill.workbench.questions.programme import Codes, Day, Question


class WorldAsk(Question):
    """Routes and clocks of jurisdictions on a day, and what is announced to change after it."""

    on: Day | None = Field(default=None, description="as of this day, YYYY-MM-DD; today for a person")
    known_on: Day | None = Field(default=None, description="among what was announced by this day; that day if left out")
    jurisdictions: Codes = Field(default=[], description="code of a jurisdiction, such as CN; all if left out")


class BriefAsk(Question):
    """What happened after a day, and how far it moved each programme."""

    since: Day = Field(description="changes after this day, YYYY-MM-DD")
    on: Day | None = Field(default=None, description="up to this day, YYYY-MM-DD; today for a person")
    programmes: Codes = Field(default=[], description="id of a programme; all if left out")
    draws: int = Field(default=10_000, ge=100, le=2_000_000, description="futures of each programme")
    seed: int = Field(default=1, ge=0)
    threads: int = Field(default=2, ge=1, le=256)


def asked_day(on: date | None) -> date:
    """The day up to which is asked: engines know no clock, so that a question always has the same answer.

    Raises:
        InputError: `question.day`.
    """
    if on is None:
        raise InputError.single("question.day", "the day is missing", hint="give `on`, YYYY-MM-DD", path="on")
    return on
