"""All that a workspace keeps as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onepill.workbench.asking.context import Context
    from onepill.workbench.questions.workspace import BackupAsk, RestoreFileAsk

Row = dict[str, Any]


def backup(ask: BackupAsk, *, context: Context) -> Row:
    """Write all that the workspace keeps into one new file, while others work."""
    file = _path(ask.path)
    context.workspace.backup(file)
    context.workspace.audit.append(context.actor.name, "backup", file.name)
    return {"file": str(file), "bytes": file.stat().st_size, "documents": len(context.workspace.documents.list())}


def restore(ask: RestoreFileAsk, *, context: Context) -> Row:
    """Put a backup in the place of all that the workspace keeps; what stood there before is backed up first."""
    file = _path(ask.path)
    undo = context.workspace.restore(file, actor=context.actor.name)
    return {"file": str(file), "undo": str(undo), "documents": len(context.workspace.documents.list())}


def _path(text: str) -> Path:
    from onepill.store.places import named_path

    return named_path(text).absolute()
