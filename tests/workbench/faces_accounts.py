"""Questions about accounts to a workspace that is put back to the same state before each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from onepill.workbench.asking.context import shared_workspace
from tests.workbench.faces_workspace import Asked, put_back

PASSWORD = "correct horse battery"


def account_questions(folder: Path) -> dict[str, Asked]:
    """Words, fields and what makes the world, of each operation on accounts, signatures and the trail."""
    folder.mkdir(parents=True, exist_ok=True)
    template, workspace = folder / "template.sqlite", shared_workspace()
    accounts = workspace.accounts
    accounts.add("ada", role="approver", password=PASSWORD, actor="test")
    accounts.grant("ada", "minimal", "approver", actor="test")
    row, _ = workspace.tokens.add("ada", "a script", scopes=("read",), days=9, actor="test")
    workspace.approvals.sign(
        "lean-proof-of-concept",
        1,
        seen_hash=workspace.documents.get("lean-proof-of-concept").text_hash,
        meaning="review",
        user="ada",
        reason="",
    )
    workspace.backup(template)
    secret = {"password": PASSWORD}
    tier = {"id": "minimal", "field": "asset.name", "tier": "confidential", "reason": "a code name"}
    rows: dict[str, tuple[list[str], dict[str, Any]]] = {
        "users add": (["bob", "--role", "analyst"], {"name": "bob", "role": "analyst", **secret}),
        "users list": ([], {}),
        "users change": (
            ["ada", "--role", "viewer", "--enabled"],
            {"name": "ada", "role": "viewer", "disabled": False},
        ),
        "users password": (["ada"], {"name": "ada", **secret}),
        "users link": (
            ["ada", "--issuer", "https://id.example", "--subject", "248289761001"],
            {"name": "ada", "issuer": "https://id.example", "subject": "248289761001"},
        ),
        "users grant": (
            ["ada", "--programme", "minimal", "--role", "viewer"],
            {"name": "ada", "programme": "minimal", "role": "viewer"},
        ),
        "users withdraw": (["ada", "--programme", "minimal"], {"name": "ada", "programme": "minimal"}),
        "tokens add": (
            ["ada", "--label", "nightly", "--scopes", "read", "--scopes", "write", "--days", "7"],
            {"name": "ada", "label": "nightly", "scopes": ["read", "write"], "days": 7},
        ),
        "tokens list": (["ada"], {"name": "ada"}),
        "tokens revoke": (["ada", row["id"]], {"name": "ada", "id": row["id"]}),
        "tiers set": (
            ["minimal", "--field", "asset.name", "--tier", "confidential", "--reason", "a code name"],
            tier,
        ),
        "tiers list": (["minimal"], {"id": "minimal"}),
        "approvals sign": (
            ["minimal", "--version", "1", "--meaning", "approval", "--user", "ada"],
            {"id": "minimal", "version": 1, "meaning": "approval", "user": "ada", **secret},
        ),
        "approvals list": (["lean-proof-of-concept"], {"id": "lean-proof-of-concept"}),
        "audit verify": ([], {}),
        "audit list": (["--limit", "5"], {"limit": 5}),
    }
    return {name: (*both, lambda: put_back(template)) for name, both in rows.items()}
