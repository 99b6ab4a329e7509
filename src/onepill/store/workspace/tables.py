"""The tables of a workspace as they stand after the last migration; `migrations/versions` holds how they came about."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

HEAD = "0003"
"""The revision that this version of onepill reads and writes; a test holds it to the newest migration."""
NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA = MetaData(naming_convention=NAMES)
APPEND_ONLY = ("versions", "audit", "approvals")
"""Tables whose rows the database itself refuses to change or delete."""

DOCUMENTS = Table(
    "documents",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("programme_id", Text, ForeignKey("documents.id")),
    Column("tier", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("created_by", Text, nullable=False),
)
VERSIONS = Table(
    "versions",
    METADATA,
    Column("document_id", Text, ForeignKey("documents.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("text_hash", Text, nullable=False),
    Column("saved_at", Text, nullable=False),
    Column("saved_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("parent_version", Integer),
    Column("scenario", Text),
)
RUNS = Table(
    "runs",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("operation", Text, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("answer_bytes", BigInteger, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Index("ix_runs_made_at", "made_at"),
)
JOBS = Table(
    "jobs",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("operation", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("step", Text, nullable=False),
    Column("run_key", Text),
    Column("error", Text),
    Column("created_by", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("finished_at", Text),
    Column("worker", Text),
    Column("heartbeat_at", Text),
    Column("attempts", Integer, nullable=False),
    Index("ix_jobs_state", "state", "created_at"),
)
USERS = Table(
    "users",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("shown_name", Text),
    Column("role", Text, nullable=False),
    Column("password_hash", Text),
    Column("issuer", Text),
    Column("subject", Text),
    Column("created_at", Text, nullable=False),
    Column("disabled_at", Text),
    UniqueConstraint("issuer", "subject"),
)
SESSIONS = Table(
    "sessions",
    METADATA,
    Column("id_hash", Text, primary_key=True),
    Column("user_name", Text, ForeignKey("users.name"), nullable=False),
    Column("created_at", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Column("csrf_hash", Text),
)
SIGN_INS = Table(
    "sign_ins",
    METADATA,
    Column("state_hash", Text, primary_key=True),
    Column("browser_hash", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("verifier", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("begun_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
)
TOKENS = Table(
    "tokens",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("user_name", Text, ForeignKey("users.name"), nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("expires_at", Text),
    Column("used_at", Text),
    Column("revoked_at", Text),
)
GRANTS = Table(
    "grants",
    METADATA,
    Column("programme_id", Text, ForeignKey("documents.id"), primary_key=True),
    Column("user_name", Text, ForeignKey("users.name"), primary_key=True),
    Column("role", Text, nullable=False),
)
AUDIT = Table(
    "audit",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
)
APPROVALS = Table(
    "approvals",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("document_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("text_hash", Text, nullable=False),
    Column("meaning", Text, nullable=False),
    Column("user_name", Text, nullable=False),
    Column("signed_at", Text, nullable=False),
    Column("audit_seq", BigInteger, ForeignKey("audit.seq"), nullable=False),
    ForeignKeyConstraint(["document_id", "version"], ["versions.document_id", "versions.version"]),
)
WATCHES = Table(
    "watches",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("owner", Text),
    Column("saved_at", Text, nullable=False),
    Column("saved_by", Text, nullable=False),
)
SETTINGS = Table(
    "settings",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
