"""Every version that was ever saved is there, and nobody's work is written over."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from onepill.core.errors import InputError
from onepill.store.workspace import StoreConflict, Workspace, open_workspace
from onepill.store.workspace.tables import APPEND_ONLY
from onepill.store.workspace.texts import MOST_TEXT_BYTES
from tests.store.workspace.worlds import add, save


def code_of(error: pytest.ExceptionInfo[InputError]) -> str:
    return error.value.findings[0].code


def test_a_save_adds_a_version_with_who_when_and_why(workspace: Workspace) -> None:
    add(workspace)
    made = save(workspace, "a: 2\n", 1, actor="bo", reason="a better guess", scenario="s")
    assert (made.version, made.parent_version, made.saved_by, made.reason, made.scenario) == (
        2,
        1,
        "bo",
        "a better guess",
        "s",
    )
    assert made.text_hash == hashlib.sha256(b"a: 2\n").hexdigest()
    assert made.saved_at.endswith("Z")
    assert workspace.documents.history("pill")[1] == made == workspace.documents.get("pill")
    assert workspace.documents.get("pill", version=1).text == "a: 1\n"


def test_the_second_of_two_editors_is_shown_both_texts_and_nothing_is_lost(workspace: Workspace) -> None:
    add(workspace)
    save(workspace, "a: first\n", 1, actor="ada")
    with pytest.raises(StoreConflict) as error:
        save(workspace, "a: second\n", 1, actor="bo")
    conflict = error.value.conflict
    assert (conflict.saved.text, conflict.saved.saved_by, conflict.yours) == ("a: first\n", "ada", "a: second\n")
    assert conflict.base is not None
    assert conflict.base.text == "a: 1\n"
    (finding,) = error.value.findings
    assert finding.code == "store.conflict"
    assert finding.value["saved"]["text"] == "a: first\n"
    assert finding.value["yours"] == "a: second\n"
    assert [version.text for version in workspace.documents.history("pill")] == ["a: 1\n", "a: first\n"]
    assert save(workspace, "a: both\n", 2, actor="bo").version == 3


def test_of_many_editors_at_once_exactly_one_saves(workspace: Workspace) -> None:
    add(workspace)
    saved, refused = [], []
    start = threading.Barrier(8)

    def edit(number: int) -> None:
        start.wait()
        try:
            saved.append(save(workspace, f"a: {number}\n", 1).version)
        except StoreConflict as error:
            refused.append(error.conflict.yours)

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert saved == [2]
    assert len(refused) == 7
    assert len(workspace.documents.history("pill")) == 2
    assert workspace.audit.verify() == []


@settings(max_examples=25)
@given(edits=st.lists(st.tuples(st.integers(1, 6), st.text("ab\n", max_size=4)), max_size=8))
def test_the_history_is_the_list_of_accepted_saves(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, str]]
) -> None:
    opened = open_workspace(tmp_path_factory.mktemp("home"))
    twin = [add(opened).text]
    for expected, said in edits:
        if expected == len(twin):
            save(opened, said, expected)
            twin.append(said)
        else:
            with pytest.raises(StoreConflict):
                save(opened, said, expected)
    history = opened.documents.history("pill")
    assert [version.text for version in history] == twin
    assert [version.version for version in history] == list(range(1, len(twin) + 1))
    assert len(opened.audit.rows()) == len(twin)
    opened.close()


def test_an_earlier_version_comes_back_as_a_new_one(workspace: Workspace) -> None:
    add(workspace)
    save(workspace, "a: 2\n", 1)
    made = workspace.documents.restore("pill", version=1, expected_version=2, actor="bo", reason="it was right")
    assert (made.version, made.parent_version, made.text) == (3, 2, "a: 1\n")
    assert [version.text for version in workspace.documents.history("pill")] == ["a: 1\n", "a: 2\n", "a: 1\n"]


def test_documents_are_listed_with_their_newest_version_by_kind_and_programme(workspace: Workspace) -> None:
    add(workspace, "b")
    add(workspace, "a")
    save(workspace, "a: 9\n", 1, "a")
    add(workspace, "a.table", kind="competitors", programme_id="a", tier="confidential")
    programmes = workspace.documents.list("programme")
    assert [(kept.id, kept.newest.version, kept.newest.text) for kept in programmes] == [
        ("a", 2, "a: 9\n"),
        ("b", 1, "a: 1\n"),
    ]
    (table,) = workspace.documents.list(programme_id="a")
    assert (table.id, table.kind, table.tier) == ("a.table", "competitors", "confidential")
    assert len(workspace.documents.list()) == 3


REPLACED = "INSERT OR REPLACE INTO {0} SELECT * FROM {0}"
"""SQLite takes out the row that stood there without asking triggers on deletes; PostgreSQL does not know it."""


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("verb", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE", REPLACED])
def test_the_database_refuses_to_change_what_was_written(workspace: Workspace, table: str, verb: str) -> None:
    version = add(workspace)
    column = {"versions": "reason", "audit": "actor", "approvals": "meaning"}[table]
    with workspace.writing() as connection:
        signed = {"version": 1, "hash": version.text_hash}
        said = "INSERT INTO approvals VALUES ('x', 'pill', :version, :hash, 'approved', 'bo', 'now', 1)"
        connection.execute(text(said), signed)
    if verb.split(maxsplit=1)[0] != {"sqlite": "TRUNCATE", "postgresql": "INSERT"}[workspace.engine.dialect.name]:
        with pytest.raises(DatabaseError, match="append-only"), workspace.writing() as connection:
            connection.execute(text(verb.format(table, column, column)))
    assert workspace.documents.get("pill") == version


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("a: 1\x00\n", "text.letters"),
        ("a: \x1b[0m\n", "text.letters"),
        ("a: \ud800\n", "text.letters"),
        ("a" * (MOST_TEXT_BYTES + 1), "text.size"),
        ("好" * (MOST_TEXT_BYTES // 3 + 1), "text.size"),
    ],
)
def test_texts_that_no_file_or_page_can_hold_are_refused(workspace: Workspace, said: str, code: str) -> None:
    add(workspace)
    with pytest.raises(InputError) as error:
        add(workspace, "other", said)
    assert code_of(error) == code
    with pytest.raises(InputError) as error:
        save(workspace, said, 1)
    assert code_of(error) == code
    assert len(workspace.documents.list()) == 1


def test_the_largest_text_comes_back_to_the_letter(workspace: Workspace) -> None:
    said = "好\r\n\t'; DROP TABLE versions; --" * 10
    said += "b" * (MOST_TEXT_BYTES - len(said.encode()))
    add(workspace, text=said)
    assert workspace.documents.get("pill").text == said


@pytest.mark.parametrize("name", ["", "../etc", "A", "a b", "a" * 101, "a/b", "a\x00", "好", "-a", "a\n"])
def test_ids_are_plain(workspace: Workspace, name: str) -> None:
    with pytest.raises(InputError) as error:
        add(workspace, name)
    assert code_of(error) == "document.id"


@pytest.mark.parametrize(("reason", "code"), [("  \n", "reason.missing"), ("x" * 2001, "reason.size")])
def test_a_save_says_why(workspace: Workspace, reason: str, code: str) -> None:
    add(workspace)
    with pytest.raises(InputError) as error:
        save(workspace, "a: 2\n", 1, reason=reason)
    assert code_of(error) == code


def test_what_is_not_there_is_named(workspace: Workspace) -> None:
    add(workspace)
    for ask, code in (
        (lambda: workspace.documents.get("none"), "document.unknown"),
        (lambda: workspace.documents.kept("none"), "document.unknown"),
        (lambda: workspace.documents.history("none"), "document.unknown"),
        (lambda: save(workspace, "a", 1, "none"), "document.unknown"),
        (lambda: workspace.documents.get("pill", version=7), "version.unknown"),
        (lambda: workspace.documents.get("pill", version=2**63), "workspace.number"),
        (lambda: workspace.audit.rows(after=2**63), "workspace.number"),
        (lambda: add(workspace), "document.exists"),
    ):
        with pytest.raises(InputError) as error:
            ask()
        assert code_of(error) == code


def test_a_workspace_lies_in_its_home_and_keeps_its_pragmas(tmp_path: Path) -> None:
    opened = open_workspace(tmp_path / "deep" / "home")
    assert (tmp_path / "deep" / "home" / "workspace.sqlite").is_file()
    with opened.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    opened.close()


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "sqlite+nothing:///x"])
def test_another_database_is_refused_with_a_hint(tmp_path: Path, url: str) -> None:
    with pytest.raises(InputError) as error:
        open_workspace(tmp_path, url)
    assert code_of(error) == "workspace.address"
    assert "postgresql" in error.value.findings[0].hint


def test_a_place_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError) as error:
        open_workspace(tmp_path / "file" / "home")
    assert code_of(error) == "workspace.place"


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "workspace.sqlite").write_bytes(b"no database, but long enough to be read as one" * 100)
    with pytest.raises(InputError) as error:
        open_workspace(tmp_path)
    assert code_of(error) == "workspace.database"
