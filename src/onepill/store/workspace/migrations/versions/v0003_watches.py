"""Watches beside what else a workspace keeps; opening it brings in those that stood in files of the home folder."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of watches."""
    op.create_table(
        "watches",
        Column("name", Text, primary_key=True),
        Column("text", Text, nullable=False),
        Column("owner", Text),
        Column("saved_at", Text, nullable=False),
        Column("saved_by", Text, nullable=False),
    )
