"""Who asks, and of which workspace: what a face gives beside the question."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from onepill.workbench.access_rules import Role

if TYPE_CHECKING:
    from onepill.store.workspace import Workspace
    from onepill.store.workspace.accounts import User


@dataclass(frozen=True)
class Actor:
    """Whose name stands in the history, and what that person may do; this machine's own user may do everything."""

    name: str
    role: Role = "admin"
    is_local: bool = True
    scopes: frozenset[str] | None = None
    """Effects that a token is for; None where nothing narrows the role."""


def local_actor() -> Actor:
    """The user of this machine by the name of the system."""
    import getpass

    try:
        return Actor(getpass.getuser())
    except (KeyError, OSError):  # a system without a user database
        return Actor("local")


def account(user: User, scopes: frozenset[str] | None = None) -> Actor:
    """Somebody who signed in, or whose token asks."""
    return Actor(user.name, cast("Role", user.role), is_local=False, scopes=scopes)


@dataclass(frozen=True)
class Context:
    """The actor, and the workspace that is opened when it is first needed.

    `home` and `url` are those of `open_workspace`; left out, the settings of this machine hold. `proved_by` names the
    service of single sign-on that has just asked the actor for the password again; a face sets it once it has checked.
    """

    actor: Actor = field(default_factory=local_actor)
    proved_by: str = ""
    home: Path | None = None
    url: str | None = None

    @property
    def workspace(self) -> Workspace:
        """The workspace, with the examples in it where nobody has ever opened it before."""
        return shared_workspace(self.home, self.url)


_OPEN: dict[tuple[str, str], Workspace] = {}
_LOCK = threading.Lock()


def shared_workspace(home: Path | None = None, url: str | None = None) -> Workspace:
    """The workspace of a place, opened once a process.

    Raises:
        MissingExtra: the database's library is not installed.
        InputError, StoreBusy: see `open_workspace`.
    """
    from onepill.core.errors import MissingExtra

    try:
        from onepill.store.workspace import DATABASE, open_workspace
    except ImportError:
        raise MissingExtra("the workspace needs sqlalchemy and alembic: install onepill[web]") from None
    from onepill.store.places import home_folder
    from onepill.workbench.first_start import add_examples

    folder = (home or home_folder()).absolute()
    place = (str(folder), url or os.environ.get(DATABASE, ""))
    with _LOCK:
        found = _OPEN.get(place)
        if found is None:
            found = open_workspace(folder, url)
            add_examples(found)
            _OPEN[place] = found
        return found


def close_workspaces() -> None:
    """Let go of every workspace that this process has opened."""
    with _LOCK:
        for found in _OPEN.values():
            found.close()
        _OPEN.clear()
