"""Long questions as jobs: started, shown while they go on, cancelled."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from onepill.core.errors import Finding, InputError
from onepill.workbench.asking.access_guard import KEPT_DEALS

if TYPE_CHECKING:
    from pydantic import BaseModel

    from onepill.store.workspace.jobs import Job
    from onepill.workbench.asking.context import Context
    from onepill.workbench.operations import Operation
    from onepill.workbench.questions.workspace import JobAsk, JobId, JobsAsk, JobShowAsk

Row = dict[str, Any]


def start(ask: JobAsk, *, context: Context) -> Row:
    """Queue a long question: answered coarsely first, then on more and more futures."""
    from onepill.workbench.workspace.job_worker import levels

    found = _operation(ask.operation)
    question = _question(found, ask, context)
    kept = question.model_dump(mode="json", exclude_unset=True)
    if ask.programme:
        kept["programme"] = ask.programme
    if ask.kept_deals:
        kept[KEPT_DEALS] = ask.kept_deals
    total = sum(levels(question))
    return job_row(context.workspace.jobs.start(found.name, kept, actor=context.actor.name, total=total))


def show(ask: JobShowAsk, *, context: Context) -> Row:
    """How far a job is, with the finest answer so far where that is asked for."""
    job = context.workspace.jobs.get(ask.id)
    run = context.workspace.runs.get(job.run_key) if ask.answer and job.run_key else None
    return {**job_row(job), "answer": json.loads(run.answer) if run else None}


def list_all(ask: JobsAsk, *, context: Context) -> Row:
    """The newest jobs, the newest first."""
    return {"jobs": [job_row(job) for job in context.workspace.jobs.list(limit=ask.limit)]}


def cancel(ask: JobId, *, context: Context) -> Row:
    """Stop a job; what it has found so far stays."""
    return job_row(context.workspace.jobs.cancel(ask.id, actor=context.actor.name))


def resume(ask: JobId, *, context: Context) -> Row:
    """Go on with a job that was cancelled or that failed; the refinements that it has finished are not done again."""
    return job_row(context.workspace.jobs.resume(ask.id, actor=context.actor.name))


def _operation(name: str) -> Operation:
    from onepill.workbench.operations import OPERATIONS

    known = {found.name: found for found in OPERATIONS if found.keeps}
    if name not in known:
        hint = f"one of: {', '.join(known)}"
        message = f"{name[:80]!r} is no question that is worked on in the background"
        raise InputError.single("job.operation", message, hint=hint, path="operation", value=name[:80])
    return known[name]


def _question(found: Operation, ask: JobAsk, context: Context) -> BaseModel:
    """The whole question: that of a kept programme has its text, the name of its file and its competitor table."""
    from pydantic import ValidationError

    from onepill.workbench.workspace.programmes_answers import programme_fields

    fields = dict(ask.question)
    if ask.programme:
        given = programme_fields(context, ask.programme, ask.version)
        fields |= {name: value for name, value in given.items() if name in found.question.model_fields}
    fields |= _deals(found, ask, context)
    try:
        return found.question.model_validate(fields)
    except ValidationError as error:
        findings = [_finding(item) for item in error.errors()]
        raise InputError(findings[0].message, findings=findings) from None


def _deals(found: Operation, ask: JobAsk, context: Context) -> Row:
    """The texts of the kept deals that are asked about, where the question does not hold them already.

    Raises:
        AccessRefused: `access.programme`: one is not for the person who asks.
        InputError: `document.unknown`; `job.deals`: a deal of another programme, or the question takes none.
    """
    from onepill.workbench.asking.access_guard import foreign, sees_deal
    from onepill.workbench.common.document_ids import deal_file
    from onepill.workbench.workspace.deals_answers import deal_document

    texts = []
    for document_id in ask.kept_deals:
        kept = deal_document(context, document_id)
        if not sees_deal(context, kept):
            raise foreign(document_id)
        if kept.programme_id != ask.programme:
            hint = "name the deals of the programme that is asked about"
            message = f"{document_id} is no deal of {ask.programme}"
            raise InputError.single("job.deals", message, hint=hint, path="kept_deals", value=document_id)
        texts.append({"text": kept.newest.text, "file": deal_file(document_id)})
    names = [name for name in ("deal", "deals") if name in found.question.model_fields]
    if texts and not names:
        message = f"`{found.name}` is not about deals"
        raise InputError.single("job.deals", message, hint="leave them out", path="kept_deals")
    if not texts or names[0] in ask.question:
        return {}
    return {"deal": texts[0]} if names == ["deal"] else {"deals": texts}


def _finding(item: Any) -> Finding:
    path = ".".join(str(part) for part in ("question", *item["loc"]))
    return Finding("job.question", "error", f"{path}: {item['msg']}", "see the operation's own question", path)


def job_row(job: Job) -> Row:
    """A job without its question, whose text may be long."""
    from dataclasses import asdict

    row = {key: value for key, value in asdict(job).items() if key not in ("question", "worker")}
    return {**row, "programme": job.question.get("programme")}
