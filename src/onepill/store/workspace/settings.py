"""Settings of a workspace: a few named texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, select

from onepill.store.workspace.tables import SETTINGS

if TYPE_CHECKING:
    from onepill.store.workspace.opening import Workspace


@dataclass(frozen=True)
class Settings:
    """The settings of a workspace."""

    workspace: Workspace

    def get(self, key: str) -> str | None:
        """A setting; None where it was never made."""
        with self.workspace.reading() as connection:
            return get_setting(connection, key)

    def put(self, key: str, value: str) -> None:
        """Make or change a setting."""
        with self.workspace.writing() as connection:
            put_setting(connection, key, value)


def get_setting(connection: Connection, key: str) -> str | None:
    """A setting within the caller's transaction."""
    return connection.execute(select(SETTINGS.c.value).where(SETTINGS.c.key == key)).scalar()


def put_setting(connection: Connection, key: str, value: str) -> None:
    """Make or change a setting within the caller's transaction."""
    connection.execute(delete(SETTINGS).where(SETTINGS.c.key == key))
    connection.execute(insert(SETTINGS).values(key=key, value=value))
