"""What Alembic runs: the migrations, in the transaction that the opening of a workspace holds."""

from __future__ import annotations

from alembic import context

from onepill.store.workspace.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
