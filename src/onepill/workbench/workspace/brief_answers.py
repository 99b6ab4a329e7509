"""The `brief` operation: what happened in law, competition, deals and own inputs, and how far it moved programmes."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from onepill.core.errors import Finding, InputError

if TYPE_CHECKING:
    from datetime import date

    from onepill.store.workspace import Kept
    from onepill.workbench.asking.context import Context
    from onepill.workbench.questions.world import BriefAsk

Row = dict[str, Any]
DEAL_COLUMNS = (
    "deal_id",
    "announced_on",
    "licensor",
    "licensee",
    "asset",
    "stage",
    "structure",
    "upfront_usd",
    "total_usd",
    "source_grade",
    "source_title",
    "source_url",
)


def brief(ask: BriefAsk, *, context: Context) -> Row:
    """What changed since a day in law, competition, deals and own inputs, and how far it moved each programme."""
    from onepill.rulebook import load_rulebook
    from onepill.workbench.filing.law_changes import law_changes
    from onepill.workbench.questions.world import asked_day
    from onepill.workbench.workspace.brief_moves import moved_programme

    on = asked_day(ask.on)
    if ask.since >= on:
        message = f"{ask.since} is not before {on}, the day up to which changes are told"
        raise InputError.single("brief.span", message, hint="write an earlier --since", path="since", value=ask.since)
    kept, withheld = _programmes(ask, context)
    documents = list(_documents(context, kept))
    withheld += _withheld_deals(context, kept, documents)
    watches, findings = _watches(ask.since, on, context)
    return {
        "since": ask.since.isoformat(),
        "on": on.isoformat(),
        "draws": ask.draws,
        "seed": ask.seed,
        "law": law_changes(load_rulebook(), after=ask.since, until=on, known_on=on),
        "watches": watches,
        "deals": _deals(ask.since, on),
        "own": [row for one in documents for row in _saved(context, one, ask.since, on)],
        "programmes": [moved_programme(one, ask, on, context) for one in kept],
        "findings": [finding.as_row() for finding in [*withheld, *findings]],
    }


def _programmes(ask: BriefAsk, context: Context) -> tuple[list[Kept], list[Finding]]:
    """The programmes that are named, which access let pass; else all that are seen whole, and how many are not."""
    from onepill.workbench.asking.access_guard import sees_whole
    from onepill.workbench.workspace.programmes_answers import programme

    if ask.programmes:
        return [programme(context, one) for one in ask.programmes], []
    every = context.workspace.documents.list("programme")
    seen = [one for one in every if sees_whole(context, one)]
    if len(seen) == len(every):
        return seen, []
    hint = "ask for access to them, or somebody with a higher role"
    message = f"{len(every) - len(seen)} programmes are not told: not granted, or with fields above your tier"
    return seen, [Finding("brief.withheld", "note", message, hint)]


def _watches(since: date, on: date, context: Context) -> tuple[list[Row], list[Finding]]:
    """The differences of the watches that are kept for who asks; where there is no warehouse, a note instead."""
    from onepill.workbench.landscape.chapter import warehouse_generation
    from onepill.workbench.questions.programme import Nothing
    from onepill.workbench.questions.watch import DiffAsk
    from onepill.workbench.workspace.watch_diff import diff
    from onepill.workbench.workspace.watches import list_all

    if warehouse_generation() == 0:
        hint = "load registries with `onepill registry load` and keep a watch with `onepill landscape watch save`"
        return [], [Finding("brief.no_warehouse", "note", "no registry is loaded: watches tell nothing", hint)]
    rows = []
    for watch in list_all(Nothing(), context=context)["watches"]:
        try:
            told = diff(DiffAsk(name=watch["name"], since=since, on=on), context=context)
            rows.append({"watch": watch["name"], "changes": told["changes"], "problem": None})
        except InputError as error:
            rows.append({"watch": watch["name"], "changes": [], "problem": str(error)})
    return rows, []


def _deals(since: date, on: date) -> list[Row]:
    """Deals of the packaged table that were announced in the span, the newest first."""
    return [row for row in _known_deals(on) if since.isoformat() < row["announced_on"] <= on.isoformat()]


@lru_cache(maxsize=32)
def _known_deals(on: date) -> list[Row]:
    from onepill.workbench.deals.comps_answers import comps
    from onepill.workbench.questions.comps import CompsAsk

    told = comps(CompsAsk(as_of=on, limit=100_000))
    return [{name: row[name] for name in DEAL_COLUMNS} for row in told["deals"]]


def _documents(context: Context, kept: list[Kept]) -> Iterator[Kept]:
    """Programmes with their competitor tables, and the deals that who asks may read."""
    from onepill.workbench.asking.access_guard import sees_deal

    for one in kept:
        yield one
        yield from context.workspace.documents.list("competitors", programme_id=one.id)
        deals = context.workspace.documents.list("deal", programme_id=one.id)
        yield from (deal for deal in deals if sees_deal(context, deal))


def _withheld_deals(context: Context, kept: list[Kept], documents: list[Kept]) -> list[Finding]:
    """How many deals of these programmes are above the tier of who asks."""
    every = sum(len(context.workspace.documents.list("deal", programme_id=one.id)) for one in kept)
    count = every - sum(one.kind == "deal" for one in documents)
    message, hint = f"deals not told, since they are above your tier: {count}", "ask somebody with a higher role"
    return [Finding("brief.withheld_deals", "note", message, hint)] if count else []


def _saved(context: Context, kept: Kept, since: date, on: date) -> Iterator[Row]:
    from onepill.workbench.common.document_changes import kept_changes

    versions = context.workspace.documents.history(kept.id)
    by_number = {version.version: version for version in versions}
    for version in versions:
        if not since.isoformat() < version.saved_at[:10] <= on.isoformat():
            continue
        before = by_number.get(version.parent_version or 0)
        if before is None:
            changes: list[Row] = []
        elif kept.kind == "competitors":
            changes = rows_changed(before.text, version.text)
        else:
            changes = kept_changes(context.workspace, before, version)
        yield {
            "document": kept.id,
            "kind": kept.kind,
            "programme": kept.programme_id,
            "version": version.version,
            "saved_at": version.saved_at,
            "saved_by": version.saved_by,
            "reason": version.reason,
            "changes": changes,
        }


ROW_OF = ("drug", "indication", "market")
"""Columns by which a row of a competitor table is known again."""
TOLD_OF = ("company", "mechanism", "stage")


def rows_changed(before: str, after: str) -> list[Row]:
    """Drugs of a competitor table that came or went, and cells that changed; a row that moved is no change.

    Of rows about the same drug, indication and market the second is known as `#2`, wherever it stands.
    """
    old, new = _table_rows(before), _table_rows(after)
    gone = (key for key in old if key not in new)
    found = [{"path": _name(key), "before": _told(old[key]), "after": None} for key in gone]
    for key, row in new.items():
        name = _name(key)
        if key not in old:
            found.append({"path": name, "before": None, "after": _told(row)})
            continue
        moved = [column for column in row if row[column] != old[key].get(column)]
        found += [{"path": f"{name}: {one}", "before": old[key].get(one), "after": row[one]} for one in moved]
    return found


def _name(key: tuple[str, ...]) -> str:
    return " · ".join(part for part in key if part)


def _table_rows(text: str) -> dict[tuple[str, ...], Row]:
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    found: dict[tuple[str, ...], Row] = {}
    counts: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        key = tuple(str(row.get(name) or "") for name in ROW_OF)
        counts[key] += 1
        found[key if counts[key] == 1 else (*key, f"#{counts[key]}")] = dict(row)
    return found


def _told(row: Row) -> str:
    return ", ".join(str(row[name]).replace("_", " ") for name in TOLD_OF if row.get(name))
