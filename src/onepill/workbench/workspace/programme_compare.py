"""Versions, scenarios and unsaved texts of a programme side by side, on the same futures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from onepill.workbench.workspace.programmes_answers import checked_programme, file_name, programme

if TYPE_CHECKING:
    from onepill.model import Loaded
    from onepill.sim import Results
    from onepill.store.workspace import Version
    from onepill.workbench.asking.context import Context
    from onepill.workbench.questions.workspace import CompareAsk

Row = dict[str, Any]


@dataclass(frozen=True)
class _Other:
    """One side: its name, what it is, the programme that it makes, and the text whose values differ."""

    name: str
    kind: str
    loaded: Loaded
    summary: dict[str, str] | None
    changes: list[Row]
    values: list[Row]


def compare_sides(ask: CompareAsk, context: Context) -> Row:
    """The base with its days and value, and each side's differences from it."""
    from onepill.sim import estimate
    from onepill.workbench.asking.live_cache import futures_of, loaded_text, plan_of
    from onepill.workbench.results.rows_policy import scenario_row
    from onepill.workbench.results.simulate import OWNER, day_row, estimate_row, whole

    def futures(loaded: Loaded) -> Results:
        return futures_of(plan_of(loaded), draws=ask.draws, seed=ask.seed, threads=ask.threads)

    kept = programme(context, ask.id)
    base = context.workspace.documents.get(ask.id, version=ask.version)
    loaded = loaded_text(base.text, file=file_name(kept.id))
    others = list(_others(ask, context, base, loaded))
    drawn = futures(loaded)
    sides = []
    for other in others:
        row = scenario_row(other.name, other.summary, drawn, futures(other.loaded))
        sides.append({**row, "kind": other.kind, "changes": other.changes, "values": other.values})
    milestones = [{"id": name, **day_row(drawn.days_of(name))} for name in drawn.milestone_ids]
    value = whole(estimate_row(estimate(drawn.npv_usd[OWNER])))
    return {
        "id": ask.id,
        "draws": ask.draws,
        "seed": ask.seed,
        "base": {"version": base.version, "rnpv_usd": value, "milestones": milestones},
        "sides": sides,
    }


def _others(ask: CompareAsk, context: Context, base: Version, loaded: Loaded) -> Iterator[_Other]:
    from onepill.workbench.asking.live_cache import loaded_text
    from onepill.workbench.common.document_changes import changed_values, kept_changes

    file, text = file_name(ask.id), base.text
    for number in ask.versions:
        other = context.workspace.documents.get(ask.id, version=number)
        values = kept_changes(context.workspace, base, other)
        yield _Other(f"version {number}", "version", loaded_text(other.text, file=file), None, [], values)
    for name in ask.scenarios:
        variant = loaded_text(text, file=file, scenarios=[name])
        scenario = loaded.programme.scenarios[name]
        summary = dict(scenario.summary) if scenario.summary else None
        changes = [change.model_dump(mode="json") for change in scenario.changes]
        yield _Other(name, "scenario", variant, summary, changes, [])
    if ask.text is not None:
        changed = checked_programme(ask.text, ask.file or file)
        yield _Other("text", "text", changed, None, [], changed_values(text, ask.text))
