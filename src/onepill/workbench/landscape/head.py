"""What every answer about the world's programmes states: warehouse, day, age of the data, assumptions, findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from onepill.workbench.landscape.data_age import age_row

if TYPE_CHECKING:
    from onepill.core.errors import Finding
    from onepill.landscape import Question
    from onepill.workbench.landscape.world import LoadedWorld

Row = dict[str, Any]


def answer_head(
    loaded: LoadedWorld, question: Question, findings: Iterable[Finding], *, assumptions: Iterable[Mapping[str, str]]
) -> Row:
    """The head of an answer.

    Args:
        question: of the day that the answer is for.
        assumptions: in two languages.
    """
    return {
        "warehouse": str(loaded.root),
        "generation": loaded.generation,
        "as_of": question.as_of.isoformat(),
        "as_of_method": loaded.world.as_of_method(question.as_of),
        "data": age_row(loaded.sources, question.as_of),
        "annotations": "hindsight" if question.switches.annotation_hindsight else "as_known",
        "assumptions": [dict(text) for text in assumptions],
        "findings": [finding.as_row() for finding in findings],
    }
