"""What a schema cannot say of dossiers, gates, regional shares and questions to agencies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from onepill.core.errors import Finding
from onepill.model.regulatory import Commitment, Question
from onepill.model.schema import Programme, Stage

PLAN_PARTS = ("development", "dossiers", "filings", "markets")
FILING_EVENTS = ("submitted", "approved", "refused", "started", "finished", "succeeded", "failed")
STAGE_EVENTS = ("started", "finished", "succeeded", "failed")
SHARE_SLACK = 1e-9
"""Shares of 0.1 add up to 1 only nearly."""


def check_regulatory(programme: Programme) -> Iterator[Finding]:
    """Dossiers that nobody files, gates in two states, shares of regions without sites, a log out of order."""
    yield from _dossiers(programme)
    yield from _gates(programme)
    for name, stage in programme.development.items():
        yield from _shares(f"development.{name}.regional_share", stage)
    yield from _questions(programme)


def _error(code: str, message: str, path: str, hint: str, value: object = None) -> Finding:
    return Finding(code, "error", message, hint, path, value=value)


def _dossiers(programme: Programme) -> Iterator[Finding]:
    known = ", ".join(programme.dossiers) or "none"
    for name, filing in programme.filings.items():
        if filing.dossier is not None and filing.dossier not in programme.dossiers:
            message, path = f"{filing.dossier!r} is no dossier of this file", f"filings.{name}.dossier"
            yield _error("reference.unknown", message, path, f"known: {known}", filing.dossier)
        if filing.dossier is not None and "any" in filing.after:
            message = f"filing {name} waits for its dossier and for the first of others"
            hint = f"put the any into dossiers.{filing.dossier}.after"
            yield _error("dossier.any", message, f"filings.{name}.after", hint)
    for name, dossier in programme.dossiers.items():
        if dossier.preparation.unit == "wd":
            message, hint = f"the dossier {name} counts working days of no calendar", "write weeks or months"
            yield _error("dossier.calendar", message, f"dossiers.{name}.preparation", hint)
    used = {filing.dossier for filing in programme.filings.values()}
    for name in (name for name in programme.dossiers if name not in used):
        message, hint = f"no filing uses the dossier {name}", f"name it in a filing: dossier: {name}"
        yield Finding("dossier.unused", "warning", message, hint, f"dossiers.{name}")


def _gates(programme: Programme) -> Iterator[Finding]:
    for code, kinds in programme.gates.items():
        for kind, state in kinds.items():
            path = f"gates.{code}.{kind}"
            said = [key for key in ("done", "by", "not_needed") if getattr(state, key) is not None]
            if len(said) > 1:
                message = f"the gate {kind} in {code} says {' and '.join(said)}"
                yield _error("gate.state", message, path, "keep one of done, by and not_needed")
            if state.by is not None and state.by not in programme.development:
                hint = f"known: {', '.join(programme.development) or 'none'}"
                message = f"{state.by!r} is no stage of this file"
                yield _error("reference.unknown", message, f"{path}.by", hint, state.by)


def _shares(path: str, stage: Stage) -> Iterator[Finding]:
    for region in (region for region in stage.regional_share if region not in stage.regions):
        hint = f"add {region} to regions, or take its share out"
        yield _error("regional_share.region", f"the stage has no sites in {region}", f"{path}.{region}", hint, region)
    total = sum(value.distribution.mean() for value in stage.regional_share.values())
    if total > 1 + SHARE_SLACK:
        message = f"the shares of the regions add up to {total:.3g}"
        yield _error("regional_share.sum", message, path, "they add up to 1 at most", total)


def _questions(programme: Programme) -> Iterator[Finding]:
    ids = [question.id for question in programme.questions]
    for index, question in enumerate(programme.questions):
        path = f"questions.{index}"
        if question.id in ids[:index]:
            message = f"two questions are called {question.id}"
            yield _error("id.repeated", message, f"{path}.id", "rename one", question.id)
        yield from _answer(path, question)
        for place, commitment in enumerate(question.commitments):
            yield from _commitment(programme, f"{path}.commitments.{place}", question, commitment)


def _answer(path: str, question: Question) -> Iterator[Finding]:
    if (question.answer is None) is not (question.answered is None):
        message = f"the answer to {question.id} has {'a day and no text' if question.answered else 'a text and no day'}"
        yield _error("question.answer", message, path, "write both answer and answered, or neither")
    if question.answered is not None and question.answered < question.asked:
        message = f"{question.id} was answered before it was asked"
        yield _error("question.order", message, f"{path}.answered", "check the days", str(question.answered))


def _commitment(programme: Programme, path: str, question: Question, commitment: Commitment) -> Iterator[Finding]:
    made = made_on(question, commitment)
    if commitment.due is not None and commitment.due_by is not None:
        hint = "keep one of due (a day) and due_by (an event)"
        yield _error("commitment.due", "a commitment is due on a day or by an event", path, hint)
    if commitment.done is not None and commitment.done < made:
        message = f"the commitment is done on {commitment.done}, before it was made on {made}"
        yield _error("question.order", message, f"{path}.done", "check the days", str(commitment.done))
    if commitment.due_by is not None and not _is_event(programme, commitment.due_by):
        message, hint = f"{commitment.due_by!r} is no event of this file", "such as filings.us:submitted or phase_3"
        yield _error("reference.unknown", message, f"{path}.due_by", hint, commitment.due_by)
    if commitment.touches is not None and not _is_part(programme, commitment.touches):
        message, hint = f"{commitment.touches!r} is no part of this plan", "such as filings.US or development.phase_3"
        yield _error("reference.unknown", message, f"{path}.touches", hint, commitment.touches)


def made_on(question: Question, commitment: Commitment) -> date:
    """The day from which a commitment binds: its own, else that of the answer, else that of the question."""
    return commitment.made or question.answered or question.asked


def _is_event(programme: Programme, text: str) -> bool:
    name, _, event = text.partition(":")
    if name.startswith("filings."):
        known = {f"filings.{key.lower()}" for key in programme.filings}
        return name.lower() in known and (not event or event in FILING_EVENTS)
    return name in programme.development and (not event or event in STAGE_EVENTS)


def _is_part(programme: Programme, text: str) -> bool:
    group, _, name = text.partition(".")
    known = getattr(programme, group, {}) if group in PLAN_PARTS else {}
    return name.lower() in {key.lower() for key in known}
