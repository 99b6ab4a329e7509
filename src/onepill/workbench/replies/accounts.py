"""What the operations on accounts, signatures, tiers and the trail answer; no hash of a password or token is in it."""

from __future__ import annotations

from typing import Any, Literal

from onepill.workbench.replies.parts import FindingRow, Reply

Role = Literal["viewer", "analyst", "approver", "admin"]
Tier = Literal["public", "internal", "confidential", "strictly"]
Moment = str


class UserRow(Reply):
    """An account; `programmes` is its role by programme, `issuer` who else signs it in, `tokens` how many let it in."""

    name: str
    shown_name: str | None
    role: Role
    issuer: str | None
    has_password: bool
    tokens: int
    created_at: Moment
    disabled_at: Moment | None
    programmes: dict[str, Role]


class UserList(Reply):
    users: list[UserRow]


class TokenRow(Reply):
    id: str
    user_name: str
    name: str
    scopes: list[str]
    created_at: Moment
    expires_at: Moment | None
    used_at: Moment | None
    revoked_at: Moment | None


class TokenMade(TokenRow):
    """The one answer that holds a token."""

    token: str


class TokenList(Reply):
    tokens: list[TokenRow]


class Tiers(Reply):
    """The programme's own tier, and that of each field that has another."""

    id: str
    tier: Tier
    fields: dict[str, Tier]


class Signature(Reply):
    """Who signed which text, when and with which meaning; `holds` while the kept text is that one."""

    id: str
    document_id: str
    version: int
    text_hash: str
    meaning: str
    user_name: str
    shown_name: str | None
    signed_at: Moment
    audit_seq: int
    holds: bool


class Signatures(Reply):
    id: str
    newest_version: int
    signatures: list[Signature]


class Verified(Reply):
    """Rows that were read, the hash of the last one (note it elsewhere), and what is wrong."""

    rows: int
    head: str
    errors: int
    findings: list[FindingRow]


class AuditRow(Reply):
    seq: int
    at: Moment
    actor: str
    action: str
    object: str
    detail: dict[str, Any]
    previous_hash: str
    hash: str


class AuditRows(Reply):
    rows: list[AuditRow]
