"""What changed in a watch between two days: programmes and tags, approvals, and the records of trials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from onepill.core.errors import Finding, InputError

if TYPE_CHECKING:
    from onepill.workbench.asking.context import Context
    from onepill.workbench.landscape.watch_told import Told
    from onepill.workbench.landscape.watch_trials import WatchedTrials
    from onepill.workbench.landscape.world import LoadedWorld
    from onepill.workbench.questions.watch import DiffAsk

Row = dict[str, Any]
SEVERITIES = ("critical", "notable", "minor")


def diff(ask: DiffAsk, *, context: Context) -> Row:
    """What changed in a watch since a day, by severity, each change with its record, reason and source."""
    from onepill.workbench.landscape.answers import ASSUMPTIONS, asked
    from onepill.workbench.landscape.head import answer_head
    from onepill.workbench.landscape.watch_programmes import approvals, programme_changes, watched_events
    from onepill.workbench.landscape.watch_trials import watched_trials
    from onepill.workbench.questions.landscape import LandscapeAsk
    from onepill.workbench.workspace.watches import watched

    row, held = watched(ask.name, context)
    fields = held.model_dump() | {"on": ask.on, "warehouse": ask.warehouse or held.warehouse}
    loaded, question, findings = asked(LandscapeAsk(**fields))
    _refuse_span(ask.since, question.as_of)
    programmes = programme_changes(loaded.world, question, ask.since, minimum_coverage=held.minimum_coverage)
    events = watched_events(loaded.world, question, programmes.drugs)
    trials = watched_trials(loaded, question, ask.since, programmes.drugs, events)
    told = [*programmes.told, *approvals(loaded.world, question, ask.since, events, programmes.told), *trials.told]
    told.sort(key=_order)
    findings += _findings(trials, ask.since, question.as_of)
    head = answer_head(loaded, question, findings, assumptions=[*ASSUMPTIONS, *WATCH_ASSUMPTIONS])
    counts = Counter[str](one.dated.change.severity for one in told)
    return {
        **head,
        "watch": row,
        "since": ask.since.isoformat(),
        "since_method": loaded.world.as_of_method(ask.since),
        "trial_copies": trials.counts(),
        "counts": {severity: counts.get(severity, 0) for severity in SEVERITIES},
        "shown": len(told),
        "changes": [_row(one, loaded) for one in told[: ask.limit]],
    }


def _refuse_span(since: date, until: date) -> None:
    if since >= until:
        message = f"--since {since} is not before {until}, the day up to which changes are told"
        hint = "write an earlier --since, or a later --on"
        raise InputError.single("watch.span", message, hint=hint, path="since", value=since.isoformat())


def _findings(trials: WatchedTrials, since: date, until: date) -> list[Finding]:
    """How far back copies of the trials reach: what changed before the first one cannot be seen."""
    return [one for source, days in sorted(trials.load_days.items()) for one in _reach(source, days, since, until)]


def _reach(source: str, days: Sequence[date], since: date, until: date) -> Iterator[Finding]:
    """What a register's loads up to the second day cannot show."""
    unseen = "changes of status, enrolment and days of its trials cannot be seen"
    if not days:
        said = f"no copy of {source} was taken by {until}: {unseen}; new trials and results are known by their own day"
        code, hint = "watch.no_copy", "ask --on a later day, or load older files first"
    elif len(days) == 1:
        said = f"{source} was loaded once only by {until}, as of {days[0]}: {unseen} before that copy, nor yet after it"
        code, hint = "watch.one_load", "load or sync it again: each further copy shows what changed since the last"
    elif days[0] > since:
        said = f"the first copy of {source} is of {days[0]}: {unseen} between {since} and that day"
        code, hint = "watch.late_copy", f"ask --since {days[0]} or later"
    else:
        return
    yield Finding(code, "warning", said, hint, source, value=days[0].isoformat() if days else None)


def _order(one: Told) -> tuple[Any, ...]:
    """The gravest first, then the newest, then by what it is about."""
    change = one.dated.change
    newest = -one.dated.known_on.toordinal()
    return SEVERITIES.index(change.severity), newest, change.subject, one.kind, change.what, one.record


def _row(one: Told, loaded: LoadedWorld) -> Row:
    from onepill.landscape import severity_reason

    change, names = one.dated.change, loaded.inputs.drug_names
    return {
        "severity": change.severity,
        "kind": one.kind,
        "drugs": [{"drug": drug, "name": names.get(drug, drug)} for drug in one.drugs],
        "title": one.title,
        "record": one.record,
        "field": change.what,
        "before": _plain(change.before),
        "after": _plain(change.after),
        "known_on": one.dated.known_on.isoformat(),
        "posted_on": one.dated.posted_on.isoformat() if one.dated.posted_on else None,
        "reason": severity_reason(change),
        "scheme": change.scheme,
        "evidence": list(one.evidence),
        "source": _source(one),
    }


def _plain(value: Any) -> Any:
    """A day as text; what was said empty as null."""
    if isinstance(value, date):
        return value.isoformat()
    return None if value == "" else value


def _source(one: Told) -> Row | None:
    from onepill.registries import SOURCES

    record = one.record or next(iter(one.evidence), "")
    source: Any = SOURCES.get(record.partition(":")[0])
    if source is None:
        return None
    title: Mapping[str, str] = source.title
    return {
        "id": source.id,
        "title": dict(title),
        "publisher": source.publisher,
        "address": one.url or source.address,
    }


WATCH_ASSUMPTIONS = (
    {
        "en": "What a trial said counts from the day of the first copy that holds it, never earlier; new trials and "
        "posted results count from the day of posting.",
        "zh": "试验登记内容自首次载入该版本之日起计，不提前；新登记的试验与已公布的结果自公布之日起计。",
    },
    {
        "en": "Stages and tags of both days are reconstructed from the newest copy of each record: a phase that a "
        "publisher overwrote shows as a change of the trial's record alone.",
        "zh": "两日的阶段与标签均依据各记录的最新版本重建；被发布方改写的分期仅显示为试验记录的变更。",
    },
)
"""What is taken for granted between two days."""
