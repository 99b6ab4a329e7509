"""The trail shows any change to it."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from onepill.store.workspace import Workspace
from onepill.store.workspace.append_only import unguard
from onepill.store.workspace.audit import BEGINNING, chained
from onepill.store.workspace.documents import add_document
from onepill.store.workspace.tables import APPEND_ONLY
from tests.store.workspace.worlds import add, save


@pytest.fixture
def told(workspace: Workspace) -> Workspace:
    add(workspace)
    save(workspace, "a: 2\n", 1)
    workspace.audit.append("bo", "look", "pill", {"page": "好"})
    return workspace


def tampered(workspace: Workspace, statement: str) -> list[tuple[int, str]]:
    with workspace.writing() as connection:
        unguard(connection, APPEND_ONLY)
        connection.execute(text(statement))
    return [(row["seq"], row["problem"]) for row in workspace.audit.verify()]


def test_each_row_tells_who_did_what_and_carries_the_hash_before_it(told: Workspace) -> None:
    rows = told.audit.rows()
    assert [(row["seq"], row["actor"], row["action"], row["object"]) for row in rows] == [
        (1, "ada", "add", "pill"),
        (2, "ada", "save", "pill"),
        (3, "bo", "look", "pill"),
    ]
    assert rows[2]["detail"] == {"page": "好"}
    assert [row["previous_hash"] for row in rows] == [BEGINNING, rows[0]["hash"], rows[1]["hash"]]
    assert told.audit.rows(after=2) == rows[2:]
    assert told.audit.verify() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("actor", "'eve'"), ("action", "'x'"), ("object", "'x'"), ("detail", "'{}'"), ("at", "'2020'"), ("hash", "'0'")],
)
def test_a_changed_row_is_found(told: Workspace, column: str, value: str) -> None:
    assert (2, "changed") in tampered(told, f"UPDATE audit SET {column} = {value} WHERE seq = 2")


def test_a_row_taken_out_of_the_middle_is_found(told: Workspace) -> None:
    found = tampered(told, "DELETE FROM audit WHERE seq = 2")
    assert found == [(2, "missing"), (3, "does not follow the row before it")]


def test_a_row_rewritten_with_its_own_hash_breaks_the_next(told: Workspace) -> None:
    with told.reading() as connection:
        row = dict(connection.execute(text("SELECT * FROM audit WHERE seq = 2")).mappings().one())
    row["actor"] = "eve"
    found = tampered(told, f"UPDATE audit SET actor = 'eve', hash = '{chained(row)}' WHERE seq = 2")
    assert found == [(3, "does not follow the row before it")]


def test_what_is_undone_leaves_no_trail(workspace: Workspace) -> None:
    def stop_in_the_middle() -> None:
        with workspace.writing() as connection:
            add_document(connection, "pill", "a: 1\n", kind="programme", actor="ada", reason="new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stop_in_the_middle()
    assert workspace.audit.rows() == []
    assert workspace.documents.list() == []
