"""Answers from the store: what was asked before, of the same inputs and the same engine, is not computed again."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onepill.core.errors import OnepillError, StoreBusy

if TYPE_CHECKING:
    from pydantic import BaseModel

    from onepill.store.workspace import Workspace
    from onepill.workbench.asking.context import Context
    from onepill.workbench.operations import Operation

CHANGES_NOTHING = frozenset({"threads"})
"""Fields of a question that its answer does not depend on."""
FACES = frozenset({"cli", "mcp", "web"})
"""Parts of the package that show answers and make none."""
COUNTING = ("numpy", "numba", "scipy", "statsmodels", "scikit-learn", "duckdb")
"""Libraries whose version may move the last digits of an answer."""


def run_key(found: Operation, question: BaseModel) -> str:
    """SHA-256 of all that an answer depends on: the operation, the question with every default filled in, the engine
    with its rulebook and calendars, and the warehouse with a person's corrections.
    """
    from onepill.workbench.landscape.chapter import warehouse_corrections, warehouse_generation

    parts = {
        "operation": found.name,
        "question": question.model_dump(mode="json", exclude=set(CHANGES_NOTHING)),
        "engine": engine_hash(),
        "warehouse": warehouse_generation(),
        **warehouse_corrections(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode("utf-8")).hexdigest()


@cache
def engine_hash() -> str:
    """SHA-256 of what computes and what it knows, once a process: code, rulebook, calendars and data of the package,
    and the versions of the libraries that count.
    """
    import onepill

    parts = [folder_hash(Path(onepill.__file__).parent), *(f"{name} {_version(name)}" for name in COUNTING)]
    return hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()


def folder_hash(root: Path) -> str:
    """SHA-256 of the files of a package by name and content; not of its faces, nor of what is compiled beside them."""
    digest = hashlib.sha256()
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        parts = file.relative_to(root).parts
        if parts[0] in FACES or "__pycache__" in parts:
            continue
        digest.update("/".join(parts).encode("utf-8") + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # an optional part
        return "none"


def answered(found: Operation, question: BaseModel, context: Context) -> str:
    """The JSON text of an answer, from the workspace of who asks; computed alone where that cannot be opened."""
    from onepill.workbench.common.documents import to_json

    try:
        workspace = context.workspace
    except OnepillError:  # its own pages say why; a question that needs nothing of it is answered all the same
        return to_json(found.ask(question))
    return ask_kept(found, question, workspace)


def kept_text(found: Operation, question: BaseModel, workspace: Workspace) -> str | None:
    """The JSON text of an answer that is kept; None where there is none."""
    run = workspace.runs.get(run_key(found, question))
    return run.answer if run else None


def ask_kept(
    found: Operation, question: BaseModel, workspace: Workspace, *, progress: Callable[..., None] | None = None
) -> str:
    """The JSON text of an answer: from the store, else computed and kept."""
    from onepill.workbench.common.documents import to_json

    key = run_key(found, question)
    if run := workspace.runs.get(key):
        return run.answer
    started = time.monotonic()
    options: dict[str, Any] = {"progress": progress} if progress and found.tells_progress else {}
    answer = to_json(found.ask(question, **options))
    with suppress(StoreBusy):  # an answer that cannot be kept is still an answer
        workspace.runs.put(key, found.name, answer, seconds=time.monotonic() - started)
    return answer
