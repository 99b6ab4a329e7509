"""What is PostgreSQL's own: its address, what it refuses, backups between it and SQLite, and several processes on it.

The other tests of this folder run on both kinds of database.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql as dialect
from sqlalchemy.schema import CreateTable

from onepill.core.errors import InputError, MissingExtra, StoreBusy
from onepill.store.workspace import StoreConflict, Workspace, engine, open_workspace
from onepill.store.workspace.backup import TABLES
from onepill.store.workspace.tables import METADATA
from tests.store.workspace.worlds import add, save

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.postgresql import Server


@pytest.fixture
def served(postgresql: Server, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace on a server, made from an empty database."""
    url = postgresql.database(empty=True)
    opened = open_workspace(tmp_path / "home", url)
    yield opened
    opened.close()
    postgresql.drop(url)


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=lambda table: table.name)
def test_a_table_compiles_for_postgresql(table: object) -> None:
    assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=dialect.dialect()))  # type: ignore[arg-type]


def test_without_its_driver_the_error_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pg8000", None)
    with pytest.raises(MissingExtra, match=r"onepill\[postgresql\]"):
        open_workspace(tmp_path, "postgresql://localhost/onepill")


def test_no_server_and_no_such_database_are_told_without_the_password(postgresql: Server, tmp_path: Path) -> None:
    nowhere = "postgresql://ada:secret@127.0.0.1:9/onepill"
    absent = str(postgresql.url("absent"))
    for url, said in ((nowhere, "127.0.0.1"), (absent, 'database "absent" does not exist')):
        with pytest.raises(InputError) as error:
            open_workspace(tmp_path, url)
        (finding,) = error.value.findings
        assert finding.code == "workspace.database"
        assert said in finding.message
        assert "secret" not in finding.message


def test_what_it_cannot_keep_is_the_askers_fault_and_what_we_break_is_ours(served: Workspace) -> None:
    add(served)
    for asked in (lambda: served.documents.get("pill", version=2**40), lambda: served.documents.get("pi\0ll")):
        with pytest.raises(InputError):
            asked()
    for broken in ("INSERT INTO grants VALUES ('pill', 'nobody', 'viewer')", "SELECT * FROM nowhere"):
        with pytest.raises(Exception, match="pg8000"), served.writing() as connection:
            connection.execute(text(broken))


def test_a_connection_that_the_server_cut_is_made_anew(served: Workspace) -> None:
    add(served)
    with served.writing() as connection:
        others = "pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM {others}"))
    assert save(served, "a: 2\n", 1).version == 2


def test_more_askers_than_connections_wait_and_then_are_told(
    served: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = engine.make_engine(served.engine.url)
    made.pool._timeout = 0.05  # type: ignore[attr-defined]
    held = [made.connect() for _ in range(engine.MOST_SERVER_CONNECTIONS)]
    with pytest.raises(StoreBusy), engine.reading(made):
        pass
    held.pop().close()
    with engine.reading(made) as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    for one in held:
        one.close()
    made.dispose()


def test_a_backup_goes_from_either_kind_of_database_to_the_other(
    served: Workspace, postgresql: Server, tmp_path: Path
) -> None:
    add(served)
    save(served, "a: 2 好\n", 1)
    served.runs.put("k", "passport", '{"a": "好"}', seconds=1.5)
    served.jobs.start("passport", {"x": "好"}, actor="ada", total=3)
    served.backup(tmp_path / "1.sqlite")
    kept = everything(served)
    file = open_workspace(tmp_path / "file")
    file.restore(tmp_path / "1.sqlite")
    file.backup(tmp_path / "2.sqlite")
    url = postgresql.database()
    again = open_workspace(tmp_path / "again", url)
    again.restore(tmp_path / "2.sqlite")
    for one, more in ((file, 1), (again, 2)):
        found = everything(one)
        assert len(found.pop("audit")) == len(kept["audit"]) + more
        assert found == {name: rows for name, rows in kept.items() if name != "audit"}
        assert one.audit.checked().problems == []
        with pytest.raises(Exception, match="append-only"), one.writing() as connection:
            connection.execute(text("DELETE FROM versions"))
        one.close()
    postgresql.drop(url)


def everything(workspace: Workspace) -> dict[str, list[str]]:
    with workspace.reading() as connection:
        return {table.name: sorted(map(repr, connection.execute(select(table)).all())) for table in TABLES}


def test_many_pools_of_connections_at_once_lose_nothing_and_keep_the_chain_whole(served: Workspace) -> None:
    """Four pools of their own, as four processes have: whoever comes second is shown the conflict and tries again."""
    add(served)
    said: list[int] = []
    overtaken: list[bool] = []

    def edit(name: str) -> None:
        own = open_workspace(served.home, served.engine.url.render_as_string(hide_password=False))
        while sum(row["actor"] == name for row in own.audit.rows()) < 10:
            newest = own.documents.get("pill").version
            try:
                said.append(save(own, f"{name}: {newest}\n", newest, actor=name).version)
            except StoreConflict as conflict:
                overtaken.append(conflict.conflict.saved.version > newest)
        own.close()

    threads = [threading.Thread(target=edit, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(overtaken)
    assert sorted(said) == list(range(2, 42))
    assert [version.version for version in served.documents.history("pill")] == list(range(1, 42))
    assert served.audit.checked().problems == []
