"""What an earlier revision holds is there after the migration, and the tables are those that the code reads."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from onepill.core.errors import InputError
from onepill.store.workspace import Workspace, open_workspace
from onepill.store.workspace.migrating import SCRIPTS, revision, upgrade
from onepill.store.workspace.tables import HEAD, METADATA
from tests.store.workspace.next_revision import next_scripts
from tests.store.workspace.worlds import add, reopen, save


def test_the_revision_that_the_code_names_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_the_migrations_make_the_tables_that_the_code_reads(workspace: Workspace) -> None:
    with workspace.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        assert revision(connection) == HEAD


def test_a_later_migration_keeps_what_stands(workspace: Workspace, tmp_path: Path) -> None:
    add(workspace)
    save(workspace, "a: 2\n", 1)
    before = workspace.documents.history("pill")
    with workspace.writing() as connection:
        upgrade(connection, to="9999", scripts=next_scripts(tmp_path, HEAD))
    with workspace.reading() as connection:
        assert revision(connection) == "9999"
        assert connection.execute(text("SELECT text FROM copies ORDER BY n")).scalars().all() == ["a: 1\n", "a: 2\n"]
    assert workspace.documents.history("pill") == before
    assert save(workspace, "a: 3\n", 2).version == 3
    assert workspace.audit.verify() == []


def test_watches_that_stood_in_files_are_brought_in_whole_and_once(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = workspace.home / "watches"
    folder.mkdir()
    files = {"mek.json": b'{"watch": 1}\n', "\u5173\u6ce8.json": b"\xff\x00", "-x.json": b"{}", ".part.json": b"{"}
    for name, content in files.items():
        (folder / name).write_bytes(content)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("onepill.store.workspace.watches.put_setting", killed)
        with pytest.raises(KeyboardInterrupt):
            reopen(workspace)
    assert workspace.watches.list() == []
    reopen(workspace)
    kept = {watch.name: (watch.text, watch.owner) for watch in workspace.watches.list()}
    assert kept == {"mek": ('{"watch": 1}\n', None), "\u5173\u6ce8": ("\ufffd\ufffd", None)}
    assert '"left": ["-x.json"]' in str(workspace.audit.rows()[-1]["detail"]).replace("'", '"')
    workspace.watches.delete("mek", actor="ada")
    reopen(workspace)
    assert [watch.name for watch in workspace.watches.list()] == ["\u5173\u6ce8"], "what was forgotten stays so"
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == files, "the files stay as they are"


def test_a_workspace_of_a_later_onepill_is_refused_and_left_alone(workspace: Workspace, tmp_path: Path) -> None:
    add(workspace)
    with workspace.writing() as connection:
        upgrade(connection, to="9999", scripts=next_scripts(tmp_path, HEAD))
    with pytest.raises(InputError) as error:
        reopen(workspace)
    (finding,) = error.value.findings
    assert (finding.code, finding.value) == ("workspace.newer", "9999")
    with workspace.reading() as connection:
        assert revision(connection) == "9999"


def test_a_migration_that_fails_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    add(workspace)
    scripts = next_scripts(tmp_path, HEAD)
    file = scripts / "versions" / "v9999_next.py"
    file.write_text(file.read_text(encoding="utf-8") + "    raise RuntimeError('half way')\n", encoding="utf-8")

    def migrate() -> None:
        with workspace.writing() as connection:
            upgrade(connection, to="9999", scripts=scripts)

    with pytest.raises(RuntimeError, match="half way"):
        migrate()
    with workspace.reading() as connection:
        assert revision(connection) == HEAD
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_many_who_open_a_new_workspace_at_once_make_it_once(tmp_path: Path) -> None:
    opened: list[Workspace] = []
    start = threading.Barrier(4)

    def open_it() -> None:
        start.wait()
        opened.append(open_workspace(tmp_path / "home"))

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 4
    add(opened[0])
    assert opened[3].documents.get("pill").version == 1
