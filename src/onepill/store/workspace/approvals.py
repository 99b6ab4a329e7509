"""Signatures on versions of documents: bound to the text's hash, standing in the trail, never changed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select

from onepill.core.errors import InputError
from onepill.store.workspace.audit import append
from onepill.store.workspace.clock import now_utc
from onepill.store.workspace.tables import APPROVALS, AUDIT, VERSIONS
from onepill.store.workspace.texts import text_hash

if TYPE_CHECKING:
    from onepill.store.workspace.opening import Workspace

Row = dict[str, Any]


@dataclass(frozen=True)
class Approvals:
    """The signatures of a workspace."""

    workspace: Workspace

    def sign(
        self,
        document_id: str,
        version: int,
        *,
        seen_hash: str,
        meaning: str,
        user: str,
        reason: str,
        proof: str = "password",
    ) -> Row:
        """Sign exactly the text that was seen; who signs has been asked for the password by now, which `proof` tells.

        Raises:
            InputError: `version.unknown`, `approval.hash`: the version holds another text, `approval.twice`.
        """
        with self.workspace.writing() as connection:
            found = connection.execute(_version(document_id, version)).mappings().first()
            if found is None:
                message = f"{document_id} has no version {version}"
                raise InputError.single("version.unknown", message, path="version", value=version)
            held = text_hash(found["text"])
            if seen_hash != held:
                message, hint = "the text that was seen is not the one of this version", "look at it again"
                raise InputError.single("approval.hash", message, hint=hint, path="text_hash", value=held)
            _check_first(connection, document_id, version, meaning, user)
            detail = {"version": version, "text_hash": held, "meaning": meaning, "reason": reason, "proof": proof}
            number = append(connection, user, "sign", document_id, detail)
            signed_at = connection.execute(select(AUDIT.c.at).where(AUDIT.c.seq == number)).scalar() or now_utc()
            row = {"id": secrets.token_hex(8), "document_id": document_id, "version": version, "text_hash": held}
            row |= {"meaning": meaning, "user_name": user, "signed_at": signed_at, "audit_seq": number}
            connection.execute(insert(APPROVALS).values(**row))
        return row

    def list(self, document_id: str) -> list[Row]:
        """Signatures on a document in their order, each with whether it still holds for the text that is kept."""
        asked = select(APPROVALS).where(APPROVALS.c.document_id == document_id).order_by(APPROVALS.c.audit_seq)
        with self.workspace.reading() as connection:
            return [_row(connection, dict(row)) for row in connection.execute(asked).mappings().all()]


def unlike(connection: Connection) -> list[Row]:
    """What is signed or kept and does not agree with its text or with the trail; a cut end of the trail shows here."""
    from json import loads

    told = [
        (row["action"], row["object"], loads(row["detail"]), row["actor"], row["seq"])
        for row in connection.execute(select(AUDIT)).mappings()
    ]
    saved = {
        (about, detail["version"], detail["text_hash"]): (who, detail["reason"])
        for _, about, detail, who, _ in told
        if _is_save(detail)
    }
    signed = {
        (seq, about, detail.get("text_hash"), detail.get("meaning"), who)
        for did, about, detail, who, seq in told
        if did == "sign"
    }
    found = []
    for row in connection.execute(select(VERSIONS).order_by(VERSIONS.c.document_id, VERSIONS.c.version)).mappings():
        about = f"{row['document_id']} version {row['version']}"
        if text_hash(row["text"]) != row["text_hash"]:
            found.append({"seq": 0, "problem": f"the text of {about} was changed"})
        by_trail = saved.get((row["document_id"], row["version"], row["text_hash"]))
        if by_trail is None:
            found.append({"seq": 0, "problem": f"the trail does not tell of {about}"})
        elif by_trail != (row["saved_by"], row["reason"]):
            found.append({"seq": 0, "problem": f"who saved {about}, or why, was changed"})
    for row in connection.execute(select(APPROVALS).order_by(APPROVALS.c.audit_seq)).mappings():
        named = ("audit_seq", "document_id", "text_hash", "meaning", "user_name")
        if tuple(row[name] for name in named) not in signed:
            found.append({"seq": row["audit_seq"], "problem": f"the trail does not tell of signature {row['id']}"})
    return found


def _is_save(detail: Row) -> bool:
    return {"version", "text_hash", "reason"} <= set(detail) and "meaning" not in detail


def _version(document_id: str, version: int) -> Any:
    return select(VERSIONS).where(VERSIONS.c.document_id == document_id, VERSIONS.c.version == version)


def _check_first(connection: Connection, document_id: str, version: int, meaning: str, user: str) -> None:
    """Nobody signs the same version with the same meaning twice."""
    same = (APPROVALS.c.document_id == document_id) & (APPROVALS.c.version == version)
    own = (APPROVALS.c.user_name == user) & (APPROVALS.c.meaning == meaning)
    if connection.execute(select(APPROVALS.c.id).where(same & own)).first():
        message = f"{user} has signed version {version} of {document_id} as {meaning} already"
        raise InputError.single("approval.twice", message, path="meaning", value=meaning)


def _row(connection: Connection, row: Row) -> Row:
    found = connection.execute(_version(row["document_id"], row["version"])).mappings().first()
    return {**row, "holds": found is not None and text_hash(found["text"]) == row["text_hash"]}
