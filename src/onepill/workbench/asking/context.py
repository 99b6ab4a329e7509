"""Who asks, and of which workspace: what a face gives beside the question."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from onepill.workbench.asking.access_rules import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from onepill.store.workspace import Workspace
    from onepill.store.workspace.accounts import User
    from onepill.store.workspace.documents import Placed
    from onepill.store.workspace.moved import Mark


Found = TypeVar("Found")
UNKNOWN = object()
MOST_KNOWN = 20_000
"""Facts that are remembered of one state of a workspace, of some 200 bytes each."""


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
    seen: Mark | None = field(default=None, compare=False, repr=False)
    """The state of the workspace that whoever only reads has found already, and goes by to the end of the question."""

    @property
    def workspace(self) -> Workspace:
        """The workspace, with the examples in it where nobody has ever opened it before."""
        return shared_workspace(self.home, self.url)

    @property
    def mark(self) -> Mark:
        """The state of the workspace, under which what is read of it is remembered.

        Raises:
            OnepillError: the workspace cannot be opened or read.
        """
        return self.seen or self.workspace.moved.mark()

    def placed(self, document_id: str) -> Placed | None:
        """A document without its text, remembered; None where there is none."""
        return self._known(("placed", document_id), lambda: self.workspace.documents.placed(document_id))

    def grants(self) -> dict[str, str]:
        """Role by programme of who asks, remembered."""
        return self._known(("grants", self.actor.name), lambda: self.workspace.accounts.grants(self.actor.name))

    @property
    def knows_grants(self) -> bool:
        """Whether `grants` are remembered, so that nobody waits for them."""
        return ("grants", self.actor.name) in self.mark.known

    def tiers(self, programme_id: str) -> dict[str, Any]:
        """Tier by path of the fields of a programme that have one of their own, remembered."""
        return self._known(("tiers", programme_id), lambda: self.workspace.accounts.tiers(programme_id))

    def _known(self, key: Hashable, read: Callable[[], Found]) -> Found:
        """What was read under the present mark, else read now: never older than the mark."""
        known = self.mark.known
        found = known.get(key, UNKNOWN)
        if found is UNKNOWN:
            found = read()
            if len(known) >= MOST_KNOWN:
                known.clear()
            known[key] = found
        return cast("Found", found)


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
    from onepill.workbench.asking.first_start import add_examples

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
