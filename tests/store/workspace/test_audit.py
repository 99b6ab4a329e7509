"""The trail shows any change to it."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from onepill.store.workspace import Workspace
from onepill.store.workspace.append_only import unguard
from onepill.store.workspace.audit import BEGINNING, chained
from onepill.store.workspace.documents import add_document
from onepill.store.workspace.standing import astray
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


BY_HAND = {
    "UPDATE users SET role = 'admin' WHERE name = 'bo'": "account bo: the role is not as the trail says",
    "UPDATE users SET disabled_at = NULL": "account eve: whether it is disabled is not as the trail says",
    "UPDATE users SET password_hash = 'x' WHERE name = 'bo'": "account bo: the password is not as the trail says",
    "UPDATE users SET subject = '2' WHERE name = 'eve'": "account eve: the person there is not as the trail says",
    "INSERT INTO users (name, role, created_at) VALUES ('m', 'admin', '')": "account m: the trail does not tell of it",
    "UPDATE grants SET role = 'approver'": "access of bo to pill: the role is not as the trail says",
    "DELETE FROM grants": "access of bo to pill: the trail tells of it, and it is not there",
    "INSERT INTO grants VALUES ('pill', 'eve', 'viewer')": "access of eve to pill: the trail does not tell of it",
    "UPDATE tokens SET revoked_at = NULL": "token {token}: whether it is revoked is not as the trail says",
    "UPDATE tokens SET scopes = 'read write'": "token {token}: what it is for is not as the trail says",
    "UPDATE tokens SET user_name = 'eve'": "token {token}: the account is not as the trail says",
    "UPDATE tokens SET expires_at = '2999'": "token {token}: its end is not as the trail says",
    "UPDATE documents SET tier = 'public'": "tier of pill: the tier is not as the trail says",
    "DELETE FROM settings": "tier of field a of pill: the trail tells of it, and it is not there",
}
"""A statement on the tables themselves, and what the check says of it."""


def test_accounts_access_tokens_and_tiers_changed_by_hand_are_found(workspace: Workspace) -> None:
    """Each change is taken back again, so that one workspace serves all."""
    add(workspace)
    accounts, password = workspace.accounts, "long enough to be one"
    for name in ("bo", "eve", "gone"):
        accounts.add(name, role="viewer", password=password, actor="root")
    accounts.link("eve", issuer="https://id.example.org", subject="1", actor="root")
    accounts.set_password("bo", f"{password} too", actor="root")
    accounts.change("bo", role="analyst", actor="root")
    accounts.change("eve", disabled=True, actor="root")
    accounts.grant("gone", "pill", "viewer", actor="root")
    accounts.withdraw("gone", "pill", actor="root")
    accounts.grant("bo", "pill", "viewer", actor="root")
    accounts.set_tier("pill", "a", "strictly", actor="root", reason="a contract")
    accounts.set_tier("pill", "b", "public", actor="root", reason="a release")
    accounts.set_tier("pill", "b", None, actor="root", reason="not yet")
    token = workspace.tokens.add("bo", "nightly", scopes=("read",), days=1, actor="bo")[0]["id"]
    workspace.tokens.revoke(token, user="bo", actor="bo")
    assert workspace.audit.checked().problems == []
    for statement, problem in BY_HAND.items():
        with workspace.writing() as connection:
            connection.execute(text(statement))
            told = [row["problem"] for row in astray(connection)]
            connection.rollback()
        assert told == [problem.format(token=token)], statement
    assert workspace.audit.checked().problems == []


def test_what_is_undone_leaves_no_trail(workspace: Workspace) -> None:
    def stop_in_the_middle() -> None:
        with workspace.writing() as connection:
            add_document(connection, "pill", "a: 1\n", kind="programme", actor="ada", reason="new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stop_in_the_middle()
    assert workspace.audit.rows() == []
    assert workspace.documents.list() == []
