"""The programmes of the workspace: listed, shown, added, saved, with their history."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onepill.model import Loaded
    from onepill.store.workspace import Kept, Version
    from onepill.workbench.asking.context import Context
    from onepill.workbench.questions.workspace import (
        AddAsk,
        CompareAsk,
        CompetitorsAsk,
        HistoryAsk,
        ListAsk,
        RestoreAsk,
        SaveAsk,
        ShowAsk,
    )

Row = dict[str, Any]


def list_all(ask: ListAsk, *, context: Context) -> Row:
    """The programmes of the workspace, each with its newest version and what is known of its outlook."""
    from onepill.workbench.workspace.programme_outlook import outlook

    documents = context.workspace.documents
    tables = {table.programme_id: table for table in documents.list("competitors")}
    rows = []
    for kept in documents.list("programme"):
        table = tables.get(kept.id)
        row = {**_head(kept.newest), "tier": kept.tier, "created_at": kept.created_at, "created_by": kept.created_by}
        row |= {"newest": version_row(kept.newest), "competitors_version": table.newest.version if table else None}
        row["outlook"] = outlook(context.workspace, kept.newest, table.newest if table else None, compute=ask.outlook)
        rows.append(row)
    return {"programmes": rows}


def show(ask: ShowAsk, *, context: Context) -> Row:
    """One programme as it was saved: its text, its competitor table, who saved it and why."""
    from onepill.workbench.workspace.programme_outlook import part_titles

    kept = programme(context, ask.id)
    version = context.workspace.documents.get(ask.id, version=ask.version)
    table = competitors_of(context, ask.id)
    return {
        **_head(version),
        "titles": part_titles(version.text),
        "tier": kept.tier,
        "version": version_row(version),
        "newest_version": kept.newest.version,
        "text": version.text,
        "file": file_name(ask.id),
        "competitors": {"version": table.version, **table_text(table)} if table else None,
    }


def add(ask: AddAsk, *, context: Context) -> Row:
    """Keep a new programme in the workspace."""
    from onepill.store.workspace.accounts import grant
    from onepill.store.workspace.documents import add_document
    from onepill.workbench.asking.first_start import competitors_id
    from onepill.workbench.landscape.competitor_table import read_competitors

    loaded = checked_programme(ask.text, ask.file)
    if ask.competitors:
        read_competitors(ask.competitors.text, ask.competitors.file)
    programme_id = loaded.programme.programme
    with context.workspace.writing() as connection:
        made = partial(add_document, connection, actor=context.actor.name, reason=ask.reason, tier=ask.tier)
        version = made(programme_id, ask.text, kind="programme")
        if ask.competitors:
            table_id, text = competitors_id(programme_id), ask.competitors.text
            made(table_id, text, kind="competitors", programme_id=programme_id)
        if not context.actor.is_local:  # what somebody adds is their own
            grant(connection, context.actor.name, programme_id, context.actor.role, actor=context.actor.name)
    return saved_row(version, loaded)


def save(ask: SaveAsk, *, context: Context) -> Row:
    """Save a new version of a programme; refused with both texts where somebody else saved first."""
    loaded = checked_programme(ask.text, ask.file)
    return save_programme(loaded, ask.text, context, expected_version=ask.expected_version, reason=ask.reason)


def save_programme(
    loaded: Loaded, text: str, context: Context, *, expected_version: int, reason: str, scenario: str | None = None
) -> Row:
    """Add a version to the programme that the checked text names."""
    programme_id = loaded.programme.programme
    programme(context, programme_id)
    version = context.workspace.documents.save(
        programme_id,
        text,
        expected_version=expected_version,
        actor=context.actor.name,
        reason=reason,
        scenario=scenario,
    )
    return saved_row(version, loaded)


def history(ask: HistoryAsk, *, context: Context) -> Row:
    """The versions of a programme: who saved each, when and why, and which values it changed."""
    programme(context, ask.id)
    return history_rows(ask.id, context, limit=ask.limit, before=ask.before)


def history_rows(document_id: str, context: Context, *, limit: int, before: int | None = None) -> Row:
    """The newest versions of a document, or those earlier than `before`, with what each changed; how many there are."""
    from onepill.workbench.common.document_changes import kept_changes

    versions = context.workspace.documents.history(document_id)
    by_number = {version.version: version for version in versions}
    rows = []
    asked = [version for version in reversed(versions) if before is None or version.version < before]
    for version in asked[:limit]:
        parent = by_number.get(version.parent_version or 0)
        changes = kept_changes(context.workspace, parent, version) if parent else []
        rows.append({**version_row(version), "changes": changes})
    return {"id": document_id, "count": len(versions), "versions": rows}


def restore(ask: RestoreAsk, *, context: Context) -> Row:
    """Save an earlier version's text as the newest; what came between stays in the history."""
    programme(context, ask.id)
    earlier = context.workspace.documents.get(ask.id, version=ask.version)
    loaded = checked_programme(earlier.text, file_name(ask.id))
    return save_programme(loaded, earlier.text, context, expected_version=ask.expected_version, reason=ask.reason)


def compare(ask: CompareAsk, *, context: Context) -> Row:
    """What scenarios, other versions or a changed text move: days, chances and value, with paired standard errors."""
    from onepill.workbench.workspace.programme_compare import compare_sides

    return compare_sides(ask, context)


def save_competitors(ask: CompetitorsAsk, *, context: Context) -> Row:
    """Save a programme's competitor table."""
    from onepill.workbench.asking.first_start import competitors_id
    from onepill.workbench.landscape.competitor_table import read_competitors

    kept, documents = programme(context, ask.programme), context.workspace.documents
    read_competitors(ask.text, ask.file)
    table_id, actor = competitors_id(ask.programme), context.actor.name
    if ask.expected_version == 0:
        about = {"programme_id": kept.id, "actor": actor, "reason": ask.reason}
        version = documents.add(table_id, ask.text, kind="competitors", tier=kept.tier, **about)
    else:
        expected = ask.expected_version
        version = documents.save(table_id, ask.text, expected_version=expected, actor=actor, reason=ask.reason)
    return {"id": table_id, "version": version_row(version), "findings": []}


def programme(context: Context, programme_id: str) -> Kept:
    """The programme of that id.

    Raises:
        InputError: `document.unknown`: there is no such document, or it is no programme.
    """
    from onepill.store.workspace.documents import unknown

    kept = context.workspace.documents.kept(programme_id)
    if kept.kind != "programme":
        raise unknown(programme_id)
    return kept


def programme_fields(context: Context, programme_id: str, version: int | None = None) -> Row:
    """What questions about a programme take: its text, the name of its file, and its competitor table."""
    programme(context, programme_id)
    found = context.workspace.documents.get(programme_id, version=version)
    table = competitors_of(context, programme_id)
    return fields_of(found, table)


def fields_of(version: Version, table: Version | None) -> Row:
    """The same of versions at hand."""
    fields = {"text": version.text, "file": file_name(version.document_id)}
    return {**fields, "competitors": table_text(table) if table else None}


def competitors_of(context: Context, programme_id: str) -> Version | None:
    """The newest competitor table of a programme."""
    found = context.workspace.documents.list("competitors", programme_id=programme_id)
    return found[0].newest if found else None


def table_text(table: Version) -> Row:
    return {"text": table.text, "file": f"{table.document_id}.csv"}


def file_name(programme_id: str) -> str:
    """What messages call a kept programme's text."""
    return f"{programme_id}.yaml"


def checked_programme(text: str, file: str) -> Loaded:
    """A programme that may be kept.

    Raises:
        InputError: `text.size`, `text.letters`; all findings about the file.
    """
    from onepill.model import load_programme
    from onepill.store.workspace.texts import checked_text

    return load_programme(checked_text(text), file=file)


def version_row(version: Version) -> Row:
    """A version without its text."""
    from dataclasses import asdict

    return {key: value for key, value in asdict(version).items() if key not in ("text", "document_id")}


def saved_row(version: Version, loaded: Loaded) -> Row:
    findings = [finding.as_row() for finding in loaded.findings]
    return {"id": version.document_id, "version": version_row(version), "findings": findings}


def _head(version: Version) -> Row:
    from onepill.workbench.workspace.programme_outlook import head_of

    return {"id": version.document_id, **head_of(version.text)}
