"""Bringing a database to the present revision: in one transaction, so that a crash leaves the earlier one whole."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from onepill.core.errors import InputError
from onepill.store.workspace.tables import HEAD

SCRIPTS = Path(__file__).parent / "migrations"


def revision(connection: Connection) -> str | None:
    """The revision that a database is at; None where it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(connection: Connection, *, to: str = HEAD, scripts: Path = SCRIPTS) -> None:
    """Run the migrations that are missing, within the caller's transaction.

    Raises:
        InputError: `workspace.newer`: a later version of onepill has written here.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    try:
        command.upgrade(config, to)
    except CommandError as error:
        found = revision(connection)
        message = f"the workspace is at revision {found}, which this version of onepill does not know: {error}"
        hint = "use the version of onepill that last opened it, or a later one"
        raise InputError.single("workspace.newer", message, hint=hint, value=found) from None
