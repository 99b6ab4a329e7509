"""The saved state of a programme, a changed one beside it on the same futures, and every input as it may be typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from onepill.core.dates import NEVER
from onepill.core.errors import Finding, InputError
from onepill.model import Loaded, change_programme
from onepill.model.positions import resolve
from onepill.sim import Results, estimate, paired_days, paired_difference, paired_value
from onepill.workbench.asking.live_cache import PASSPORTS, Read, futures_of, loaded_text, plan_of
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.results.passport import PassportQuestion, make_passport
from onepill.workbench.results.rows_identity import title
from onepill.workbench.results.simulate import OWNER, day_row, estimate_row
from onepill.workbench.workspace.live_inputs import input_rows, value_at, value_paths
from onepill.workbench.workspace.programme_outlook import titles_of
from onepill.workbench.workspace.programmes_answers import competitors_of, file_name, programme, table_text
from onepill.workbench.workspace.typed_values import changes_of, typed

if TYPE_CHECKING:
    from onepill.store.workspace import Version
    from onepill.workbench.asking.context import Context
    from onepill.workbench.questions.live import LiveAsk

Row = dict[str, Any]
Edit = tuple[str, Any]


def answer_live(ask: LiveAsk, context: Context) -> Row:
    """The answer of `programmes live`.

    Raises:
        InputError: no such programme, version or scenario; a change that is no PATH=VALUE.
    """
    kept = programme(context, ask.id)
    version = context.workspace.documents.get(ask.id, version=ask.version)
    saved = loaded_text(version.text, file=file_name(ask.id), as_of=ask.as_of)
    base = plan_of(saved)
    rows, refused = _changes(ask, saved, base)
    edits, loaded, found = _accepted(ask, saved, rows)
    now = plan_of(loaded) if edits or ask.scenario else base
    before, after = (futures_of(r, draws=ask.draws, seed=ask.seed, threads=ask.threads) for r in (base, now))
    kept_rows = [row for row in rows if row["path"] in {path for path, _ in edits}]
    return {
        "id": ask.id,
        "title": title(saved.programme),
        "titles": titles_of(saved.data),
        "version": version.version,
        "newest_version": kept.newest.version,
        "scenario": ask.scenario,
        "scenarios": list(saved.programme.scenarios),
        "as_of": saved.programme.as_of.isoformat(),
        "draws": ask.draws,
        "seed": ask.seed,
        "base": _state(base.base, before),
        "now": _state(now.base, after),
        "moved": _moved(before, after) if now is not base else None,
        "changes": kept_rows,
        "findings": [finding.as_row() for finding in (*refused, *found)],
        "inputs": input_rows(saved.data, loaded.data, now.base, changed=frozenset(path for path, _ in edits)),
        "passport": _passport(ask, context, loaded, now) if ask.with_passport else None,
        "text": _text(version, loaded, saved, edits) if ask.with_text else None,
    }


def _changes(ask: LiveAsk, saved: Loaded, base: Read) -> tuple[list[Row], list[Finding]]:
    """Each change as it is to be set, and what cannot even be read."""
    sources = dict(_pair(one) for one in ask.sources)
    values, rows, refused = value_paths(base.base), {}, []
    for one in ask.changes:
        path, text = _pair(one)
        raw = value_at(saved.data, path)
        try:
            found = changes_of(path, text, raw, sources.get(path, ""), is_sourced=path.lower() in values)
        except InputError as error:
            refused += [Finding(f.code, "error", f.message, f.hint, path, value=text) for f in error.findings]
            continue
        for place, value in found:
            before = value_at(saved.data, place)
            shown = text if place == path else typed(value)
            rows[place] = {
                "path": place,
                "before": None if before is None else typed(before),
                "text": shown,
                "value": value,
            }
    return list(rows.values()), refused


def _pair(written: str) -> tuple[str, str]:
    path, sign, value = written.partition("=")
    if not sign or not path.strip():
        hint = "write PATH=VALUE, such as markets.US.peak_share=0.2"
        raise InputError.single("live.change", f"{written[:200]!r} is no change", hint=hint, path="changes")
    return path.strip(), value.strip()


def _accepted(ask: LiveAsk, saved: Loaded, rows: Sequence[Row]) -> tuple[list[Edit], Loaded, list[Finding]]:
    """The changes that hold together, the programme with them, and the errors of those that are left out.

    A refused change leaves the last good value in use: it is taken out, and the others are tried again.
    """
    edits: list[Edit] = [(row["path"], row["value"]) for row in rows]
    scenarios, refused = [ask.scenario] if ask.scenario else [], list[Finding]()
    while edits or scenarios:
        try:
            loaded = change_programme(saved.document, edits, as_of=ask.as_of, scenarios=scenarios)
        except InputError as error:
            bad = {path for path, _ in edits if any(_is_about(found, path) for found in error.findings)}
            if not edits:
                raise
            refused += error.findings
            edits = [edit for edit in edits if bad and edit[0] not in bad]
            continue
        return edits, loaded, refused
    return [], saved, refused


def _is_about(finding: Finding, path: str) -> bool:
    """Whether a finding is about the value at a path, or something within it."""
    found, wanted = finding.path.lower(), path.lower()
    return found == wanted or found.startswith(f"{wanted}.")


def _state(base: Assembled, drawn: Results) -> Row:
    npv = drawn.npv_usd[OWNER]
    facts = {activity.id for activity in base.plan.activities if activity.finished is not None}
    milestones = []
    for info in base.network.milestones:
        day = day_row(drawn.days_of(info.id))
        milestones.append(
            {
                "id": info.id,
                "label": dict(info.label),
                "jurisdiction": info.jurisdiction,
                "kind": info.kind,
                "is_fact": info.activity in facts,
                "prob": day["prob"],
                "p50": day["p50"],
            }
        )
    return {"rnpv_usd": _plain(estimate(npv)), "earns_share": float((npv > 0).mean()), "milestones": milestones}


def _moved(before: Results, after: Results) -> Row:
    """Differences path by path: the same futures, so that what both share cancels out."""
    earns = [(results.npv_usd[OWNER] > 0).astype(np.float64) for results in (after, before)]
    rows = []
    for name in (name for name in before.milestone_ids if name in after.milestone_ids):
        comes = [(results.days_of(name) < NEVER).astype(np.float64) for results in (after, before)]
        days = paired_days(after, before, milestone=name)
        shown = None if days.mean != days.mean else estimate_row(days)
        rows.append({"id": name, "days": shown, "prob": _plain(paired_difference(comes[0], comes[1]))})
    value = _plain(paired_value(after, before, party=OWNER))
    return {"rnpv_usd": value, "earns_share": _plain(paired_difference(earns[0], earns[1])), "milestones": rows}


def _plain(found: Any) -> Row:
    return estimate_row(found)


def _passport(ask: LiveAsk, context: Context, loaded: Loaded, now: Read) -> Row:
    """The passport of the changed programme, kept in the process."""
    table = competitors_of(context, ask.id)
    question = PassportQuestion(
        text="",
        draws=ask.draws,
        seed=ask.seed,
        threads=ask.threads,
        competitors=table_text(table) if table else None,
    )
    about = (now.key, table.text_hash if table else "", ask.draws, ask.seed)
    return PASSPORTS.get(about, lambda: make_passport(question, loaded=loaded))


def _text(version: Version, loaded: Loaded, saved: Loaded, edits: Sequence[Edit]) -> str:
    """The file with the changes in it, its comments and order kept."""
    from onepill.core.document_edits import with_value

    text = version.text
    for path, value in edits:
        text = with_value(text, _own_path(path, loaded), value)
    return text


def _own_path(path: str, loaded: Loaded) -> tuple[str | int, ...]:
    return resolve(path, loaded.data)
