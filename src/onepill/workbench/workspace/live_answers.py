"""A programme while it is being edited: what a change moves, answered while the person waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onepill.workbench.asking.context import Context
    from onepill.workbench.questions.live import LiveAsk

Row = dict[str, Any]


def live(ask: LiveAsk, *, context: Context) -> Row:
    """What unsaved changes move: days, chances and value against the saved version, with paired standard errors."""
    from onepill.workbench.workspace.live_programme import answer_live

    return answer_live(ask, context)
