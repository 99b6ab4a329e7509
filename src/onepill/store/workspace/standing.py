"""What the trail says of accounts, access, tokens and tiers, held against the tables that say the same now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from onepill.store.workspace.sessions import secret_hash
from onepill.store.workspace.tables import AUDIT, DOCUMENTS, GRANTS, SETTINGS, TOKENS, USERS

Row = dict[str, Any]
Rows = dict[str, Row]
"""What is known of a thing, by what it is called in a finding."""
TIERS = "tiers "
"""How a setting begins that holds the tiers of a programme's fields."""
MARK_LETTERS = 16
WORDS = {
    "role": "the role",
    "disabled": "whether it is disabled",
    "issuer": "the service that signs it in",
    "subject": "the person there",
    "password": "the password",
    "user": "the account",
    "scopes": "what it is for",
    "expires_at": "its end",
    "revoked": "whether it is revoked",
    "tier": "the tier",
}
"""What a key of `Rows` is called."""


def password_mark(kept: str | None) -> str | None:
    """What the trail keeps of a kept password: enough to tell another one, and nothing to try passwords on."""
    return secret_hash(kept)[:MARK_LETTERS] if kept is not None else None


def astray(connection: Connection) -> list[Row]:
    """Each account, access, token or tier that is not as the trail says; rows that were changed by hand."""
    told = _Told()
    for row in connection.execute(select(AUDIT).order_by(AUDIT.c.seq)).mappings():
        told.take(row["action"], row["object"], json.loads(row["detail"]))
    found = _unlike(told.rows, _present(connection))
    return [{"seq": 0, "about": about, "problem": f"{about}: {problem}"} for about, problem in found]


@dataclass
class _Told:
    """What stands by the trail; of what it did not keep (older rows) nothing is known."""

    rows: Rows = field(default_factory=dict)

    def take(self, action: str, about: str, detail: Row) -> None:
        """One row of the trail more."""
        match action:
            case "user add":
                known = _of(detail, "issuer", "subject", "password")
                self.rows[f"account {about}"] = {"role": detail["role"], "disabled": False, **known}
            case "user change":
                changed = {key: detail[key] for key in ("role", "disabled") if detail.get(key) is not None}
                self._change(f"account {about}", changed)
            case "user link":
                self._change(f"account {about}", _of(detail, "issuer", "subject"))
            case "user password":
                self._change(f"account {about}", _of(detail, "password"))
            case "grant":
                self.rows[_access(about, detail["user"])] = {"role": detail["role"]}
            case "withdraw":
                self.rows.pop(_access(about, detail["user"]), None)
            case "token add":
                known = _of(detail, "user", "scopes", "expires_at")
                self.rows[f"token {about}"] = {**known, "revoked": False}
            case "token revoke":
                self._change(f"token {about}", {"revoked": True})
            case "tier":
                self._tier(f"tier of field {detail['path']} of {about}", detail["after"])
            case "add" if "tier" in detail:
                self.rows[f"tier of {about}"] = {"tier": detail["tier"]}

    def _change(self, name: str, changed: Row) -> None:
        self.rows[name] = {**self.rows.get(name, {}), **changed}

    def _tier(self, name: str, tier: str | None) -> None:
        self.rows.pop(name, None)
        if tier is not None:
            self.rows[name] = {"tier": tier}


def _of(detail: Row, *keys: str) -> Row:
    return {key: detail[key] for key in keys if key in detail}


def _access(programme: str, user: str) -> str:
    return f"access of {user} to {programme}"


def _present(connection: Connection) -> Rows:
    found: Rows = {}
    for row in connection.execute(select(USERS).order_by(USERS.c.name)).mappings():
        known = {"role": row["role"], "disabled": row["disabled_at"] is not None}
        known |= {"issuer": row["issuer"], "subject": row["subject"], "password": password_mark(row["password_hash"])}
        found[f"account {row['name']}"] = known
    for row in connection.execute(select(GRANTS).order_by(GRANTS.c.programme_id, GRANTS.c.user_name)).mappings():
        found[_access(row["programme_id"], row["user_name"])] = {"role": row["role"]}
    for row in connection.execute(select(TOKENS).order_by(TOKENS.c.id)).mappings():
        known = {"user": row["user_name"], "scopes": row["scopes"].split(), "expires_at": row["expires_at"]}
        found[f"token {row['id']}"] = {**known, "revoked": row["revoked_at"] is not None}
    for row in connection.execute(select(DOCUMENTS).order_by(DOCUMENTS.c.id)).mappings():
        found[f"tier of {row['id']}"] = {"tier": row["tier"]}
    for row in connection.execute(select(SETTINGS).where(SETTINGS.c.key.startswith(TIERS))).mappings():
        for path, tier in json.loads(row["value"]).items():
            found[f"tier of field {path} of {row['key'].removeprefix(TIERS)}"] = {"tier": tier}
    return found


def _unlike(told: Mapping[str, Row], present: Mapping[str, Row]) -> list[tuple[str, str]]:
    """What is not as told, each with what is wrong."""
    found = [(name, "the trail does not tell of it") for name in present if name not in told and not _is_old(name)]
    for name, known in told.items():
        if name not in present:
            found.append((name, "the trail tells of it, and it is not there"))
            continue
        other = [key for key, value in known.items() if present[name][key] != value]
        found += [(name, f"{WORDS[key]} is not as the trail says") for key in other]
    return found


def _is_old(name: str) -> bool:
    """Whether it is the tier of a whole document, which the trail did not always tell."""
    return name.startswith("tier of ") and not name.startswith("tier of field ")
