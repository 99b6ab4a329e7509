"""The deals of the workspace: documents of a programme, listed, shown, added, saved, with their history."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from onepill.workbench.common.document_ids import deal_file, deal_id, deal_name
from onepill.workbench.workspace.programmes_answers import programme, version_row

if TYPE_CHECKING:
    from onepill.model.deal_load import LoadedDeal
    from onepill.store.workspace import Kept, Version
    from onepill.store.workspace.documents import Tier
    from onepill.workbench.asking.context import Context
    from onepill.workbench.questions.deal_documents import (
        DealAddAsk,
        DealHistoryAsk,
        DealRestoreAsk,
        DealsAsk,
        DealSaveAsk,
        DealShowAsk,
    )

Row = dict[str, Any]


def list_all(ask: DealsAsk, *, context: Context) -> Row:
    """The deals of the workspace, or of one programme, each with its newest version."""
    from onepill.workbench.workspace.programme_outlook import head_of

    documents = context.workspace.documents
    owners = documents.list("programme") if ask.programme is None else [programme(context, ask.programme)]
    titles = {owner.id: head_of(owner.newest.text)["title"] for owner in owners}
    rows = []
    for kept in documents.list("deal", programme_id=ask.programme):
        row = {**head_row(kept.newest, kept.programme_id), "tier": kept.tier, "created_at": kept.created_at}
        row["programme_title"] = titles.get(kept.programme_id or "")
        rows.append({**row, "created_by": kept.created_by, "newest": version_row(kept.newest)})
    return {"deals": rows}


def show(ask: DealShowAsk, *, context: Context) -> Row:
    """One deal as it was saved, or with changes that are not: its text, its terms, and what is to be said of it."""
    from onepill.workbench.workspace.deal_edits import edited_deal

    kept = deal_document(context, ask.id)
    version = context.workspace.documents.get(ask.id, version=ask.version)
    return {
        **head_row(version, kept.programme_id),
        "tier": kept.tier,
        "version": version_row(version),
        "newest_version": kept.newest.version,
        "file": deal_file(ask.id),
        **edited_deal(version.text, ask.changes, kept, context),
    }


def add(ask: DealAddAsk, *, context: Context) -> Row:
    """Keep a new deal of a programme in the workspace."""
    owner = programme(context, ask.programme)
    loaded = checked_deal(ask.text, ask.file, context, ask.programme)
    document_id = deal_id(ask.programme, loaded.deal.deal)
    about: Row = {"kind": "deal", "programme_id": owner.id, "tier": ask.tier or tier_of(owner)}
    version = context.workspace.documents.add(
        document_id, ask.text, actor=context.actor.name, reason=ask.reason, **about
    )
    return _saved(version, loaded)


def save(ask: DealSaveAsk, *, context: Context) -> Row:
    """Save a new version of a deal; refused with both texts where somebody else saved first."""
    loaded = checked_deal(ask.text, ask.file, context, ask.programme)
    kept = deal_document(context, deal_id(ask.programme, loaded.deal.deal))
    return _save(kept.id, ask.text, loaded, context, expected_version=ask.expected_version, reason=ask.reason)


def history(ask: DealHistoryAsk, *, context: Context) -> Row:
    """The versions of a deal: who saved each, when and why, and which values it changed."""
    from onepill.workbench.workspace.programmes_answers import history_rows

    deal_document(context, ask.id)
    return history_rows(ask.id, context, limit=ask.limit, before=ask.before)


def restore(ask: DealRestoreAsk, *, context: Context) -> Row:
    """Save an earlier version's text as the newest; what came between stays in the history."""
    kept = deal_document(context, ask.id)
    text = context.workspace.documents.get(ask.id, version=ask.version).text
    loaded = checked_deal(text, deal_file(ask.id), context, kept.programme_id or "")
    return _save(ask.id, text, loaded, context, expected_version=ask.expected_version, reason=ask.reason)


def deal_document(context: Context, document_id: str) -> Kept:
    """The kept deal of that id.

    Raises:
        InputError: `document.unknown`: there is no such document, or it is no deal.
    """
    from onepill.store.workspace.documents import unknown

    kept = context.workspace.documents.kept(document_id)
    if kept.kind != "deal":
        raise unknown(document_id)
    return kept


def tier_of(owner: Kept) -> Tier:
    """The tier of a new deal: its programme's, but terms are never public unless somebody says so."""
    return "internal" if owner.tier == "public" else owner.tier


def checked_deal(text: str, file: str, context: Context, programme_id: str) -> LoadedDeal:
    """A deal that may be kept, checked beside the newest version of its programme.

    Raises:
        InputError: `text.size`, `text.letters`; all findings about the terms; those about the programme's text.
    """
    from onepill.model.deal_load import load_deal
    from onepill.store.workspace.texts import checked_text
    from onepill.workbench.asking.live_cache import loaded_text

    kept = programme(context, programme_id)
    loaded = loaded_text(kept.newest.text, file=f"{programme_id}.yaml", as_of=None)
    return load_deal(checked_text(text), loaded.programme, file=file or "terms.yaml")


def head_row(version: Version, programme_id: str | None) -> Row:
    """What a deal's text says of itself, without checking it."""
    name = deal_name(version.document_id)
    row: Row = {"id": version.document_id, "deal": name, "programme": programme_id or ""}
    title, structure, signed = _head(version.text)
    title = title or name.replace("_", " ")
    both = {"en": title, "zh": title} if isinstance(title, str) else {"en": title.get("en"), "zh": title.get("zh")}
    return {**row, "title": both, "structure": structure, "signed_on": str(signed) if signed else None}


@lru_cache(maxsize=512)
def _head(text: str) -> tuple[Any, Any, Any]:
    """Title, structure and day of a text: reading one takes up to a twentieth of a second."""
    from onepill.core.documents import read_document
    from onepill.core.errors import InputError

    try:
        data = read_document(text).data
    except InputError:  # an earlier onepill may have kept what this one does not read
        data = {}
    return data.get("title"), data.get("structure"), data.get("signed_on")


def _save(
    document_id: str, text: str, loaded: LoadedDeal, context: Context, *, expected_version: int, reason: str
) -> Row:
    about: Row = {"expected_version": expected_version, "actor": context.actor.name, "reason": reason}
    return _saved(context.workspace.documents.save(document_id, text, **about), loaded)


def _saved(version: Version, loaded: LoadedDeal) -> Row:
    findings = [finding.as_row() for finding in loaded.findings]
    return {"id": version.document_id, "version": version_row(version), "findings": findings}
