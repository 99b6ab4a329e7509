"""A backup is everything at one moment, and comes back as it was."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from onepill.core.errors import InputError
from onepill.store.workspace import Workspace, open_workspace
from onepill.store.workspace import backup as module
from onepill.store.workspace.append_only import unguard
from onepill.store.workspace.backup import TABLES, backup
from onepill.store.workspace.tables import APPEND_ONLY, METADATA
from tests.store.workspace.worlds import add, save


def filled(workspace: Workspace) -> Workspace:
    """At least a row in every table."""
    add(workspace, "b")
    add(workspace, "a.table", kind="competitors", programme_id="b")
    version = save(workspace, "a: 2 好\n", 1, "b")
    workspace.runs.put("k", "passport", "{}", seconds=1)
    workspace.jobs.start("passport", {}, actor="ada", total=3)
    workspace.settings.put("x", "1")
    workspace.watches.save("好", "{}\n", actor="bo", owner="bo")
    rows = (
        "INSERT INTO users VALUES ('bo', 'Bo', 'analyst', 'hash', NULL, NULL, 'then', NULL)",
        "INSERT INTO sessions VALUES ('hash', 'bo', 'then', 'then', 'later', NULL)",
        "INSERT INTO tokens VALUES ('t', 'hash', 'bo', 'ci', 'read', 'then', NULL, NULL, NULL)",
        "INSERT INTO grants VALUES ('b', 'bo', 'viewer')",
        f"INSERT INTO approvals VALUES ('x', 'b', 2, '{version.text_hash}', 'approved', 'bo', 'then', 1)",
    )
    with workspace.writing() as connection:
        for row in rows:
            connection.execute(text(row))
    return workspace


def everything(workspace: Workspace) -> dict[str, list[Any]]:
    with workspace.reading() as connection:
        return {table.name: sorted(map(repr, connection.execute(select(table)).all())) for table in TABLES}


def test_a_backup_restored_into_an_empty_workspace_is_the_same(workspace: Workspace, tmp_path: Path) -> None:
    before = everything(filled(workspace))
    assert all(before.values())
    workspace.backup(tmp_path / "all.sqlite")
    other = open_workspace(tmp_path / "other")
    other.restore(tmp_path / "all.sqlite")
    after = everything(other)
    trail, restored = before.pop("audit"), after.pop("audit")
    assert set(trail) < set(restored)
    assert len(restored) == len(trail) + 1
    assert after == before
    assert other.audit.verify() == []
    assert other.documents.get("b").text == "a: 2 好\n"
    with other.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM sessions")).scalar() == 0
    other.close()


def test_a_restore_undoes_what_came_later_and_keeps_it_in_a_backup(workspace: Workspace, tmp_path: Path) -> None:
    filled(workspace)
    workspace.backup(tmp_path / "all.sqlite")
    add(workspace, "later")
    undone = workspace.restore(tmp_path / "all.sqlite", actor="bo")
    assert {kept.id for kept in workspace.documents.list()} == {"b", "a.table"}
    assert workspace.audit.rows()[-1]["actor"] == "bo"
    workspace.restore(undone)
    assert "later" in {kept.id for kept in workspace.documents.list()}
    save(workspace, "a: 3\n", 2, "b")
    with pytest.raises(Exception, match="append-only"), workspace.writing() as connection:
        connection.execute(text("DELETE FROM versions"))


def test_nothing_is_saved_between_the_backup_of_what_stands_and_the_restore(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would be in neither: gone."""
    if workspace.engine.dialect.name != "sqlite":
        pytest.skip("looks at SQLite's lock")
    add(workspace, "b")
    workspace.backup(tmp_path / "all.sqlite")
    add(workspace, "later")
    was_free: list[bool] = []

    def then_another_comes(own: Workspace, file: Path) -> None:
        backup(own, file)
        other = sqlite3.connect(str(own.engine.url.database), timeout=0, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            was_free.append(True)
        except sqlite3.OperationalError:
            was_free.append(False)
        other.close()

    monkeypatch.setattr(module, "backup", then_another_comes)
    before = workspace.restore(tmp_path / "all.sqlite")
    assert was_free == [False]
    assert [kept.id for kept in workspace.documents.list()] == ["b"]
    workspace.restore(before)
    assert {kept.id for kept in workspace.documents.list()} == {"b", "later"}


def test_a_restore_keeps_its_copy_to_the_owner_and_forgets_those_of_killed_ones(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day after; a younger one may be of a restore that is still at work."""
    workspace.backup(tmp_path / "all.sqlite")
    (tmp_path / "all.sqlite").chmod(0o644)
    old, young = (workspace.home / f".restore-{name}.part" for name in ("old", "young"))
    for left, day in ((old, 0.0), (young, 4e9)):
        left.write_text("everything")
        os.utime(left, (day, day))
    modes: list[int] = []

    def checked(connection: object, file: Path) -> None:
        copies = [part for part in workspace.home.glob(".restore-*.part") if part != young]
        modes.extend(stat.S_IMODE(part.stat().st_mode) for part in copies)

    monkeypatch.setattr(module, "_check", checked)
    workspace.restore(tmp_path / "all.sqlite")
    assert (modes, list(workspace.home.glob(".restore-*"))) == ([0o600], [young])


def test_a_backup_is_of_one_moment_while_others_write(workspace: Workspace, tmp_path: Path) -> None:
    add(workspace)
    over = threading.Event()

    def write() -> None:
        expected = 1
        while not over.is_set():
            expected = save(workspace, f"a: {expected}\n", expected).version

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            workspace.backup(tmp_path / f"{number}.sqlite")
    finally:
        over.set()
        writer.join()
    for number in range(5):
        other = open_workspace(tmp_path / f"home{number}")
        other.restore(tmp_path / f"{number}.sqlite")
        assert len(other.documents.history("pill")) == len(other.audit.rows()) - 1
        assert other.audit.verify() == []
        other.close()


def test_a_backup_is_one_private_file_and_writes_over_nothing(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    workspace.backup(folder / "all.sqlite")
    assert [path.name for path in folder.iterdir()] == ["all.sqlite"]
    assert (folder / "all.sqlite").stat().st_mode & 0o077 == 0
    with pytest.raises(InputError) as error:
        workspace.backup(folder / "all.sqlite")
    assert error.value.findings[0].code == "backup.exists"
    with pytest.raises(InputError) as error:
        workspace.backup(folder / "all.sqlite" / "below")
    assert error.value.findings[0].code == "backup.place"


def test_what_is_no_backup_is_refused_and_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    filled(workspace)
    before = everything(workspace)
    workspace.backup(tmp_path / "all.sqlite")
    whole = (tmp_path / "all.sqlite").read_bytes()
    (tmp_path / "text.sqlite").write_text("no backup" * 1000)
    (tmp_path / "half.sqlite").write_bytes(whole[: len(whole) // 2])
    sqlite3.connect(tmp_path / "empty.sqlite").execute("CREATE TABLE x (a)").connection.commit()
    wanted = {"none": "backup.missing", "text": "backup.damaged", "half": "backup.damaged", "empty": "backup.damaged"}
    for name, code in wanted.items():
        with pytest.raises(InputError) as error:
            workspace.restore(tmp_path / f"{name}.sqlite")
        assert error.value.findings[0].code == code, name
    assert everything(workspace) == before
    assert [path.name for path in workspace.home.iterdir() if path.name.endswith(".part")] == []


def test_a_backup_whose_trail_was_changed_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    filled(workspace)
    with workspace.writing() as connection:
        unguard(connection, APPEND_ONLY)
        connection.execute(text("UPDATE audit SET actor = 'eve' WHERE seq = 2"))
    workspace.backup(tmp_path / "all.sqlite")
    with pytest.raises(InputError) as error:
        workspace.restore(tmp_path / "all.sqlite")
    assert error.value.findings[0].code == "backup.trail"


def test_every_table_but_those_of_who_is_signed_in_is_in_a_backup() -> None:
    assert {table.name for table in TABLES} == set(METADATA.tables) - {"sessions", "sign_ins"}
