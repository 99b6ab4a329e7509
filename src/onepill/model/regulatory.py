"""The nouns of work with agencies: core dossiers, gates before a filing, expectations by region, questions asked."""

# ruff: noqa: RUF012 -- pydantic copies a default for each instance; the base class lies in another file

from __future__ import annotations

from typing import Literal

from onepill.model.types import After, Closed, Day, Identifier, Jurisdiction, SourceText, Text, Words
from onepill.model.values import AmountValue, DurationValue

GATE_KINDS = ("paediatric_plan", "companion_diagnostic", "dose_optimisation", "data_export")
GateKind = Literal[GATE_KINDS]  # type: ignore[valid-type]


class Expectation(Closed):
    """What one region takes as the standard of care and as primary endpoints in an indication."""

    standard_of_care: Words = []
    endpoints: Words = []
    source: SourceText | None = None
    assumption: str = ""


class Dossier(Closed):
    """A core dossier on one data cut that several filings share: `preparation` is the common part of the work.

    It begins when `after` holds, and not before `data_cut` where that day is known.
    """

    title: Text | None = None
    after: After = {"all": []}
    data_cut: Day | None = None
    preparation: DurationValue
    preparation_cost: AmountValue | None = None


class GateState(Closed):
    """What the file knows of one gate in one jurisdiction: it is `done`, is `not_needed`, or is met `by` a stage.

    `time` replaces the rulebook's clocks of the gate's work.
    """

    done: Day | None = None
    by: Identifier | None = None
    not_needed: Text | None = None
    time: DurationValue | None = None
    source: SourceText | None = None


class Commitment(Closed):
    """Something promised to an agency, `due` on a day or by an event, `touches` a part of the plan (filings.US).

    It counts from `made`, else from the answer, else from the question.
    """

    text: Text
    made: Day | None = None
    due: Day | None = None
    due_by: str | None = None
    done: Day | None = None
    touches: str | None = None


class Question(Closed):
    """A question to an agency, with its answer and what was promised."""

    id: Identifier
    agency: Jurisdiction
    meeting: Text | None = None
    asked: Day
    question: Text
    answered: Day | None = None
    answer: Text | None = None
    commitments: list[Commitment] = []
    source: SourceText | None = None
