"""The log of questions to agencies: what is open, overdue, or to be kept before a filing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from onepill.core.errors import Finding
from onepill.model.checks import split_event
from onepill.model.regulatory import Commitment, Question
from onepill.model.regulatory_checks import made_on
from onepill.model.schema import Done, Filing, FilingDone, Programme
from onepill.pathway import FilingInput
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.results.simulate import Runs, day_row

Row = dict[str, Any]
DayOf = Callable[[str], "str | None"]
"""The planned median day of a part of the plan (`filings.US`) or of an event (`phase_3:succeeded`)."""
SUBMITTED = ("submitted", "accepted", "approved", "refused")
"""The first of these days by which a filing was submitted; each of them shows that it was."""
FILING_FACTS = {
    "submitted": SUBMITTED,
    "started": SUBMITTED,
    "approved": ("approved",),
    "succeeded": ("approved",),
    "refused": ("refused",),
    "failed": ("refused",),
    "finished": ("approved", "refused"),
}
STAGE_FACTS = {"finished": ("finished", "succeeded", "failed")}
"""The facts that show an event, the first that is known; any other event of a stage is its own fact."""
MILESTONES = {"submitted": "filed", "started": "filed", "succeeded": "approval", "approved": "approval"}


def log_row(programme: Programme, planned: DayOf) -> Row:
    """Every question with its commitments, and the numbers that are open and overdue."""
    questions = [_question_row(programme, question, planned) for question in programme.questions]
    promises = [row for question in questions for row in question["commitments"]]
    return {
        "questions": questions,
        "open_questions": sum(row["state"] == "open" for row in questions),
        "open_commitments": sum(row["state"] in ("open", "overdue") for row in promises),
        "overdue_commitments": sum(row["state"] == "overdue" for row in promises),
    }


def _question_row(programme: Programme, question: Question, planned: DayOf) -> Row:
    return {
        "id": question.id,
        "agency": question.agency,
        "meeting": dict(question.meeting) if question.meeting else None,
        "asked": question.asked.isoformat(),
        "question": dict(question.question),
        "answered": _iso(question.answered),
        "answer": dict(question.answer) if question.answer else None,
        "state": "answered" if question.answered else "open",
        "commitments": [_commitment_row(programme, question, item, planned) for item in question.commitments],
        "source": question.source.model_dump() if question.source else None,
    }


def _commitment_row(programme: Programme, question: Question, item: Commitment, planned: DayOf) -> Row:
    return {
        "text": dict(item.text),
        "made": made_on(question, item).isoformat(),
        "due": _iso(item.due),
        "due_by": item.due_by,
        "due_planned": planned(":".join(split_event(item.due_by))) if item.due_by else _iso(item.due),
        "done": _iso(item.done),
        "touches": item.touches,
        "touches_planned": planned(item.touches) if item.touches else None,
        "state": commitment_state(item, programme),
    }


def commitment_state(item: Commitment, programme: Programme) -> str:
    """done, overdue (its day, or the event that it was due by, is past) or open."""
    if item.done is not None:
        return "done"
    due = due_on(item, programme)
    return "overdue" if due is not None and due < programme.as_of else "open"


def due_on(item: Commitment, programme: Programme) -> date | None:
    """The day on which a commitment is due; that of its event only once it is a fact."""
    if item.due_by is None:
        return item.due
    name, event = split_event(item.due_by)
    filing = _touched(programme, name)
    if filing is not None:
        return _first_known(filing.done, FILING_FACTS[event])
    return _first_known(programme.development[name].done, STAGE_FACTS.get(event, (event,)))


def _first_known(done: Done | FilingDone, facts: Sequence[str]) -> date | None:
    return next((day for fact in facts if (day := getattr(done, fact)) is not None), None)


def log_findings(programme: Programme) -> list[Finding]:
    """Questions without an answer, overdue commitments, and those that a filing must not come before."""
    found: list[Finding] = []
    for index, question in enumerate(programme.questions):
        path = f"questions.{index}"
        if question.answered is None:
            message = f"question {question.id} to {question.agency} of {question.asked} has no answer on file"
            found.append(Finding("log.open_question", "note", message, "give answered and answer", path))
        for place, item in enumerate(question.commitments):
            found += _commitment_findings(programme, question, item, f"{path}.commitments.{place}")
    return found


def _commitment_findings(programme: Programme, question: Question, item: Commitment, path: str) -> Iterator[Finding]:
    name = f"a commitment to {question.agency} ({item.text['en']})"
    if commitment_state(item, programme) == "overdue":
        due = due_on(item, programme)
        message = f"{name} was due on {due} and is not done"
        yield Finding("log.overdue", "warning", message, f"give {path}.done", path, value=_iso(due))
    filing = _touched(programme, item.touches or "")
    if filing is None:
        return
    code, submitted = f"filing {item.touches}", _first_known(filing.done, SUBMITTED)
    if submitted is not None and (item.done is None or item.done > submitted):
        message = f"{name} was not kept when {code} was submitted on {submitted}"
        yield Finding("log.before_filing", "warning", message, "tell the agency", path, value=submitted.isoformat())
    elif submitted is None and item.done is None:
        message = f"{name} is open, and {code} must not be submitted before it is kept"
        yield Finding("log.before_filing", "warning", message, f"give {path}.done", path, value=item.touches)


def _touched(programme: Programme, part: str) -> Filing | None:
    group, _, name = part.partition(".")
    found = {key.lower(): filing for key, filing in programme.filings.items()}
    return found.get(name.lower()) if group == "filings" else None


def planned_days(base: Assembled, runs: Runs) -> DayOf:
    """Median days of stages, dossiers, filings and their events on this plan."""
    trace = runs.drawn.trace
    milestones = {name for name, _ in base.plan.milestones}

    def of(text: str) -> str | None:
        name, _, event = text.partition(":")
        if name.startswith("filings."):
            return _filing_day(base, runs, name.removeprefix("filings."), event or "submitted", milestones)
        activity = name.removeprefix("development.")
        if activity not in trace.activity_ids:
            return None
        index = trace.activity_ids.index(activity)
        days = trace.start[index] if event == "started" else trace.finish[index]
        return _p50(day_row(days))

    return of


def _filing_day(base: Assembled, runs: Runs, name: str, event: str, milestones: set[str]) -> str | None:
    filing = _filing(base.filled.filings, base.filled.programme, name)
    milestone = f"{filing.id}.{MILESTONES.get(event)}" if filing else ""
    return _p50(day_row(runs.drawn.days_of(milestone))) if milestone in milestones else None


def _filing(filings: Sequence[FilingInput], programme: Programme, name: str) -> FilingInput | None:
    """The filing of that name, else the open one of its jurisdiction, under which a filing plan may have put it."""
    own = next((filing for filing in filings if filing.id == name.lower()), None)
    typed = {key.lower(): item for key, item in programme.filings.items()}.get(name.lower())
    market = (typed.jurisdiction if typed else None) or name.upper()
    return own or next((f for f in filings if f.jurisdiction == market and not f.approved), None)


def _p50(row: Row) -> str | None:
    day = row["p50"]
    return None if day is None else str(day)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
