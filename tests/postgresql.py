"""A PostgreSQL server of the tests' own: in a folder in /tmp, asked over a socket that nobody else knows."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import URL, create_engine, text

from onepill.store.workspace import open_workspace
from onepill.store.workspace.engine import DRIVER

NAMES = count(1)
TEMPLATE = "made"
"""A database with the tables in it, of which each test gets a copy: that is faster than to migrate each."""


def programs() -> Path | None:
    """The folder of initdb and pg_ctl; Debian keeps it out of the path."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "pg_ctl").is_file()), None)


def unprivileged() -> str | None:
    """Who may run a server, where the tests themselves run as root: initdb refuses root."""
    names = {row.pw_name for row in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)


class Server:
    """A running server; each `database` is new."""

    def __init__(self, folder: Path, run: list[str]) -> None:
        self.folder, self._run = folder, run
        self._admin = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")

    def url(self, name: str) -> URL:
        query = {"unix_sock": str(self.folder / ".s.PGSQL.5432")}
        return URL.create(DRIVER, username="onepill", database=name, query=query)

    def make_template(self, home: Path) -> None:
        """Migrate once."""
        self.sql(f"CREATE DATABASE {TEMPLATE}")
        open_workspace(home, str(self.url(TEMPLATE))).close()

    def database(self, *, empty: bool = False) -> str:
        """The address of a new database, with or without the tables."""
        name = f"t{next(NAMES)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {'template0' if empty else TEMPLATE}")
        return str(self.url(name))

    def drop(self, url: str) -> None:
        """Whoever is still connected is cut off."""
        self.sql(f"DROP DATABASE {url.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")

    def sql(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))

    def begin(self) -> None:
        options = f"-c listen_addresses= -c fsync=off -c max_connections=40 -k {self.folder}"
        self._control("-o", options, "-w", "-l", str(self.folder / "log"), "start")

    def end(self) -> None:
        self._admin.dispose()
        self._control("-m", "immediate", "stop")

    def _control(self, *words: str) -> None:
        data = ["-D", str(self.folder / "data"), "-s"]
        subprocess.run([*self._run, str(_bin() / "pg_ctl"), *data, *words], check=True, stdout=subprocess.DEVNULL)


def _bin() -> Path:
    found = programs()
    assert found is not None
    return found


def lacks() -> str:
    """Why there can be no server here; "" where there can."""
    if programs() is None:
        return "no PostgreSQL server is installed (initdb, pg_ctl): Debian's package is postgresql"
    if os.geteuid() == 0 and (unprivileged() is None or shutil.which("runuser") is None):
        return "PostgreSQL refuses to run as root, and there is no other user for it (postgres, nobody) or no runuser"
    return ""


@contextmanager
def server() -> Iterator[Server]:
    """Start a server, and end it with all that it held."""
    folder = Path(tempfile.mkdtemp(prefix="onepill-pg-", dir="/tmp"))
    run: list[str] = []
    try:
        if os.geteuid() == 0:
            user = unprivileged() or ""
            shutil.chown(folder, user)
            run = ["runuser", "-u", user, "--"]
        made = [str(_bin() / "initdb"), "-D", str(folder / "data"), "-U", "onepill", "--auth=trust", "-N"]
        subprocess.run([*run, *made, "--encoding=UTF8", "--no-locale"], check=True, stdout=subprocess.DEVNULL, cwd="/")
        found = Server(folder, run)
        found.begin()
        try:
            found.make_template(folder / "home")
            yield found
        finally:
            found.end()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
