"""Documents with every version that was ever saved: a save adds one, and nothing is written over."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection, func, insert, select

from onepill.core.errors import Finding, InputError
from onepill.store.workspace.audit import append
from onepill.store.workspace.clock import now_utc
from onepill.store.workspace.tables import DOCUMENTS, VERSIONS
from onepill.store.workspace.texts import checked_id, checked_reason, checked_text, text_hash

if TYPE_CHECKING:
    from onepill.store.workspace.opening import Workspace

Kind = Literal["programme", "deal", "competitors"]
Tier = Literal["public", "internal", "confidential", "strictly"]
TIERS: tuple[Tier, ...] = ("public", "internal", "confidential", "strictly")


@dataclass(frozen=True)
class Version:
    """One saved state of a document; `parent_version` is the one that was edited, None for the first."""

    document_id: str
    version: int
    text: str
    text_hash: str
    saved_at: str
    saved_by: str
    reason: str
    parent_version: int | None
    scenario: str | None


@dataclass(frozen=True)
class Placed:
    """A document without its text: what the rules of access look at."""

    id: str
    kind: Kind
    programme_id: str | None
    tier: Tier


@dataclass(frozen=True)
class Kept:
    """A document with its newest version, and how many there are."""

    id: str
    kind: Kind
    programme_id: str | None
    tier: Tier
    created_at: str
    created_by: str
    newest: Version


@dataclass(frozen=True)
class Conflict:
    """What an editor meant to save, what somebody else saved meanwhile, and the version that both began from."""

    saved: Version
    base: Version | None
    yours: str


class StoreConflict(InputError):
    """Somebody else saved first; nothing is lost: `conflict` carries both texts."""

    def __init__(self, conflict: Conflict) -> None:
        saved = conflict.saved
        self.conflict = conflict
        message = f"{saved.document_id} is at version {saved.version}, saved by {saved.saved_by} at {saved.saved_at}"
        hint = "nothing was saved: look at that version, put your changes on top of it, and save again"
        value = {
            "saved": asdict(saved),
            "base": asdict(conflict.base) if conflict.base else None,
            "yours": conflict.yours,
        }
        super().__init__(message, findings=[Finding("store.conflict", "error", message, hint, value=value)])


@dataclass(frozen=True)
class Documents:
    """The documents of a workspace."""

    workspace: Workspace

    def add(
        self,
        document_id: str,
        text: str,
        *,
        kind: Kind,
        actor: str,
        reason: str,
        programme_id: str | None = None,
        tier: Tier = "internal",
    ) -> Version:
        """Keep a new document; its first version is 1.

        Raises:
            InputError: `document.exists`, `document.id`, `text.size`, `text.letters`, `reason.missing`.
        """
        with self.workspace.writing() as connection:
            return add_document(
                connection,
                document_id,
                text,
                kind=kind,
                actor=actor,
                reason=reason,
                programme_id=programme_id,
                tier=tier,
            )

    def save(
        self,
        document_id: str,
        text: str,
        *,
        expected_version: int,
        actor: str,
        reason: str,
        scenario: str | None = None,
    ) -> Version:
        """Add a version on top of the one that was edited.

        Raises:
            StoreConflict: `expected_version` is not the newest any more.
            InputError: `document.unknown`, `version.unknown`, `text.size`, `text.letters`, `reason.missing`.
        """
        checked_text(text)
        said = checked_reason(reason)
        with self.workspace.writing() as connection:
            newest = _newest(connection, document_id)
            if newest.version != expected_version:
                raise StoreConflict(Conflict(newest, _base(connection, document_id, expected_version), text))
            return _add_version(
                connection,
                document_id,
                text,
                newest.version,
                actor=actor,
                reason=said,
                scenario=scenario,
                action="save",
            )

    def restore(self, document_id: str, *, version: int, expected_version: int, actor: str, reason: str) -> Version:
        """Save an earlier version's text as the newest; what came between stays in the history."""
        earlier = self.get(document_id, version=version)
        return self.save(document_id, earlier.text, expected_version=expected_version, actor=actor, reason=reason)

    def get(self, document_id: str, *, version: int | None = None) -> Version:
        """A version; the newest if none is named.

        Raises:
            InputError: `document.unknown`, `version.unknown`.
        """
        with self.workspace.reading() as connection:
            return _newest(connection, document_id) if version is None else _version(connection, document_id, version)

    def kept(self, document_id: str) -> Kept:
        """A document with its newest version.

        Raises:
            InputError: `document.unknown`.
        """
        with self.workspace.reading() as connection:
            row = connection.execute(select(DOCUMENTS).where(DOCUMENTS.c.id == document_id)).mappings().first()
            return Kept(**(row or {}), newest=_newest(connection, document_id))

    def placed(self, document_id: str) -> Placed | None:
        """A document without its text; None where there is none."""
        columns = (DOCUMENTS.c.id, DOCUMENTS.c.kind, DOCUMENTS.c.programme_id, DOCUMENTS.c.tier)
        with self.workspace.reading() as connection:
            row = connection.execute(select(*columns).where(DOCUMENTS.c.id == document_id)).mappings().first()
        return Placed(**row) if row else None

    def history(self, document_id: str) -> list[Version]:
        """All versions, the first first.

        Raises:
            InputError: `document.unknown`.
        """
        with self.workspace.reading() as connection:
            asked = select(VERSIONS).where(VERSIONS.c.document_id == document_id).order_by(VERSIONS.c.version)
            found = [Version(**row) for row in connection.execute(asked).mappings()]
        if not found:
            raise unknown(document_id)
        return found

    def list(self, kind: Kind | None = None, *, programme_id: str | None = None) -> list[Kept]:
        """All documents by id, each with its newest version."""
        top = select(VERSIONS.c.document_id, func.max(VERSIONS.c.version).label("top"))
        newest = top.group_by(VERSIONS.c.document_id).subquery()
        is_newest = (newest.c.document_id == VERSIONS.c.document_id) & (newest.c.top == VERSIONS.c.version)
        asked = select(DOCUMENTS, VERSIONS).join(VERSIONS, VERSIONS.c.document_id == DOCUMENTS.c.id)
        asked = asked.join(newest, is_newest).order_by(DOCUMENTS.c.id)
        if kind is not None:
            asked = asked.where(DOCUMENTS.c.kind == kind)
        if programme_id is not None:
            asked = asked.where(DOCUMENTS.c.programme_id == programme_id)
        with self.workspace.reading() as connection:
            return [_kept(dict(row)) for row in connection.execute(asked).mappings()]


def add_document(
    connection: Connection,
    document_id: str,
    text: str,
    *,
    kind: Kind,
    actor: str,
    reason: str,
    programme_id: str | None = None,
    tier: Tier = "internal",
) -> Version:
    """Keep a new document within the caller's transaction; see `Documents.add`."""
    checked_text(text)
    said = checked_reason(reason)
    if connection.execute(select(DOCUMENTS.c.id).where(DOCUMENTS.c.id == checked_id(document_id))).first():
        hint = "save a new version of it, or give this one another id"
        message = f"there is a document {document_id} already"
        raise InputError.single("document.exists", message, hint=hint, path="id", value=document_id)
    row = {"id": document_id, "kind": kind, "programme_id": programme_id, "tier": tier}
    connection.execute(insert(DOCUMENTS).values(**row, created_at=now_utc(), created_by=actor))
    return _add_version(
        connection, document_id, text, None, actor=actor, reason=said, scenario=None, action="add", tier=tier
    )


def unknown(document_id: str) -> InputError:
    """The error about a document that there is not."""
    shown = document_id[:120]
    message, hint = (
        f"there is no document {shown!r}",
        "`onepill programmes list` and `onepill deals list` name those of the workspace",
    )
    return InputError.single("document.unknown", message, hint=hint, path="id", value=shown)


def _add_version(
    connection: Connection,
    document_id: str,
    text: str,
    parent: int | None,
    *,
    actor: str,
    reason: str,
    scenario: str | None,
    action: str,
    tier: Tier | None = None,
) -> Version:
    made = Version(document_id, (parent or 0) + 1, text, text_hash(text), now_utc(), actor, reason, parent, scenario)
    connection.execute(insert(VERSIONS).values(**asdict(made)))
    detail = {"version": made.version, "text_hash": made.text_hash, "reason": reason}
    append(connection, actor, action, document_id, detail | ({"tier": tier} if tier else {}))
    return made


def _newest(connection: Connection, document_id: str) -> Version:
    asked = select(VERSIONS).where(VERSIONS.c.document_id == document_id)
    row = connection.execute(asked.order_by(VERSIONS.c.version.desc()).limit(1)).mappings().first()
    if row is None:
        raise unknown(document_id)
    return Version(**row)


def _version(connection: Connection, document_id: str, version: int) -> Version:
    found = _base(connection, document_id, version)
    if found is None:
        newest = _newest(connection, document_id)
        message = f"{document_id} has no version {version}"
        hint = f"its versions are 1 to {newest.version}"
        raise InputError.single("version.unknown", message, hint=hint, path="version", value=version)
    return found


def _base(connection: Connection, document_id: str, version: int) -> Version | None:
    asked = select(VERSIONS).where(VERSIONS.c.document_id == document_id, VERSIONS.c.version == version)
    row = connection.execute(asked).mappings().first()
    return Version(**row) if row else None


def _kept(row: dict[str, Any]) -> Kept:
    newest = Version(**{column.name: row[column.name] for column in VERSIONS.c})
    return Kept(**{column.name: row[column.name] for column in DOCUMENTS.c}, newest=newest)
