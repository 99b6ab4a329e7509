"""A next revision for tests: it copies every version into a new table, and then adds a column."""

from __future__ import annotations

import shutil
from pathlib import Path

from onepill.store.workspace.migrating import SCRIPTS

NEXT = """
from alembic import op
from sqlalchemy import Column, Integer, Text, text

revision = "9999"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("copies", Column("n", Integer, primary_key=True), Column("text", Text))
    rows = op.get_bind().execute(text("SELECT text FROM versions ORDER BY version")).all()
    for number, row in enumerate(rows):
        op.get_bind().execute(text("INSERT INTO copies VALUES (:n, :t)"), {{"n": number, "t": row.text}})
    op.add_column("documents", Column("colour", Text))
"""


def next_scripts(folder: Path, head: str) -> Path:
    """The shipped migrations and one more."""
    scripts = folder / "migrations"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "v9999_next.py").write_text(NEXT.format(head=head), encoding="utf-8")
    return scripts
