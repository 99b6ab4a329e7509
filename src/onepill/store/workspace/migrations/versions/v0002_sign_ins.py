"""Sign-ins that another service has in hand, and guards of what is written once against two more ways around them."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text

from onepill.store.workspace.append_only import guard

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of sign-ins, and refuse TRUNCATE and INSERT OR REPLACE."""
    op.create_table(
        "sign_ins",
        Column("state_hash", Text, primary_key=True),
        Column("browser_hash", Text, nullable=False),
        Column("nonce", Text, nullable=False),
        Column("verifier", Text, nullable=False),
        Column("purpose", Text, nullable=False),
        Column("begun_at", Text, nullable=False),
        Column("expires_at", Text, nullable=False),
    )
    guard(op.get_bind(), ("versions", "audit", "approvals"))
