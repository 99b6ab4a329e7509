"""What stands in a workspace that nobody has used yet: the examples, as programmes to look at and change."""

from __future__ import annotations

from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from onepill.core.documents import read_document

if TYPE_CHECKING:
    from onepill.store.workspace import Workspace

ACTOR = "onepill"
REASON = "an example, to look at and to change"
STARTED = "examples"
"""The setting that says that the examples were added, or that there was something already."""
DEALS_OF = "tunlametinib"
"""The example programme, by the name of its file, that the terms files of the examples are written for."""


def examples_folder() -> Path:
    """Where the examples stand: in the package, or at the root of the source tree."""
    packed = Path(str(files("onepill"))) / "examples"
    return packed if packed.is_dir() else Path(__file__).resolve().parents[4] / "examples"


def add_examples(workspace: Workspace) -> list[str]:
    """Add the examples to a workspace that was never used; returns their ids, none where it was."""
    from onepill.store.workspace.documents import add_document
    from onepill.store.workspace.settings import get_setting, put_setting
    from onepill.workbench.common.document_ids import deal_id

    if workspace.settings.get(STARTED) is not None:
        return []
    added: list[str] = []
    with workspace.writing() as connection:
        if get_setting(connection, STARTED) is not None:
            return []
        for programme_id, text, competitors, deals in _examples() if not workspace.documents.list() else ():
            add = partial(add_document, connection, actor=ACTOR, reason=REASON, tier="public")
            add(programme_id, text, kind="programme")
            added.append(programme_id)
            if competitors is not None:
                add(competitors_id(programme_id), competitors, kind="competitors", programme_id=programme_id)
            for name, terms in deals.items():
                add(deal_id(programme_id, name), terms, kind="deal", programme_id=programme_id)
        put_setting(connection, STARTED, " ".join(added) or "none")
    return added


def competitors_id(programme_id: str) -> str:
    """The id of a programme's competitor table."""
    return f"{programme_id}.competitors"


@cache
def _examples() -> tuple[tuple[str, str, str | None, dict[str, str]], ...]:
    """Id, text, competitor table and deals of each example, read once a process: that takes a tenth of a second."""
    found = []
    for file in sorted(examples_folder().glob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        document = read_document(text, file=file.name).data
        table = file.with_name(f"{file.stem}.competitors.csv")
        competitors = table.read_text(encoding="utf-8-sig") if table.exists() else None
        deals = _deals(file.with_name("deals")) if file.stem == DEALS_OF else {}
        if isinstance(document, dict) and "programme" in document:
            found.append((str(document["programme"]), text, competitors, deals))
    return tuple(found)


def _deals(folder: Path) -> dict[str, str]:
    """The terms files of a folder by the names that they give themselves."""
    texts = [file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.yaml"))]
    return {str(read_document(text).data["deal"]): text for text in texts}
