"""Documents with their versions, runs, jobs, accounts, approvals, the audit trail and settings."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Float, ForeignKey, ForeignKeyConstraint, Integer, LargeBinary, Text
from sqlalchemy import UniqueConstraint as Unique

from onepill.store.workspace.append_only import guard_rows

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the first tables."""
    _documents()
    _answers()
    _accounts()
    _trail()
    guard_rows(op.get_bind(), ("versions", "audit", "approvals"))


def _documents() -> None:
    op.create_table(
        "documents",
        Column("id", Text, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("programme_id", Text, ForeignKey("documents.id")),
        Column("tier", Text, nullable=False),
        Column("created_at", Text, nullable=False),
        Column("created_by", Text, nullable=False),
    )
    op.create_table(
        "versions",
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


def _answers() -> None:
    op.create_table(
        "runs",
        Column("key", Text, primary_key=True),
        Column("operation", Text, nullable=False),
        Column("answer", LargeBinary, nullable=False),
        Column("answer_bytes", BigInteger, nullable=False),
        Column("made_at", Text, nullable=False),
        Column("seconds", Float, nullable=False),
    )
    op.create_index("ix_runs_made_at", "runs", ["made_at"])
    op.create_table(
        "jobs",
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
    )
    op.create_index("ix_jobs_state", "jobs", ["state", "created_at"])


def _accounts() -> None:
    op.create_table(
        "users",
        Column("name", Text, primary_key=True),
        Column("shown_name", Text),
        Column("role", Text, nullable=False),
        Column("password_hash", Text),
        Column("issuer", Text),
        Column("subject", Text),
        Column("created_at", Text, nullable=False),
        Column("disabled_at", Text),
        Unique("issuer", "subject"),
    )
    op.create_table(
        "sessions",
        Column("id_hash", Text, primary_key=True),
        Column("user_name", Text, ForeignKey("users.name"), nullable=False),
        Column("created_at", Text, nullable=False),
        Column("seen_at", Text, nullable=False),
        Column("expires_at", Text, nullable=False),
        Column("csrf_hash", Text),
    )
    op.create_table(
        "tokens",
        Column("id", Text, primary_key=True),
        Column("token_hash", Text, nullable=False),
        Column("user_name", Text, ForeignKey("users.name"), nullable=False),
        Column("name", Text, nullable=False),
        Column("scopes", Text, nullable=False),
        Column("created_at", Text, nullable=False),
        Column("expires_at", Text),
        Column("used_at", Text),
        Column("revoked_at", Text),
        Unique("token_hash"),
    )
    op.create_table(
        "grants",
        Column("programme_id", Text, ForeignKey("documents.id"), primary_key=True),
        Column("user_name", Text, ForeignKey("users.name"), primary_key=True),
        Column("role", Text, nullable=False),
    )


def _trail() -> None:
    op.create_table(
        "audit",
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("at", Text, nullable=False),
        Column("actor", Text, nullable=False),
        Column("action", Text, nullable=False),
        Column("object", Text, nullable=False),
        Column("detail", Text, nullable=False),
        Column("previous_hash", Text, nullable=False),
        Column("hash", Text, nullable=False),
    )
    op.create_table(
        "approvals",
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
    op.create_table("settings", Column("key", Text, primary_key=True), Column("value", Text, nullable=False))
