"""What is asked about a number of any answer."""

from __future__ import annotations

from pydantic import Field

from onepill.workbench.questions.programme import Question
from onepill.workbench.questions.workspace import Fields


class NumberAsk(Question):
    """Where a number of an answer comes from."""

    operation: str = Field(description="what was asked, such as world", max_length=80)
    path: str = Field(
        description="where the number stands in its answer, such as /clocks/3/value (a JSON pointer)", max_length=400
    )
    question: Fields = Field(default={}, description='the fields of its question as JSON, such as {"on": "2026-11-22"}')
