"""What can be said of PostgreSQL without a server: every table and guard compiles; with one, all is done for real."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from onepill.core.errors import MissingExtra
from onepill.store.workspace import open_workspace
from onepill.store.workspace.tables import METADATA
from tests.store.workspace.worlds import add, save

SERVER = "ONEPILL_TEST_POSTGRESQL"
"""Names an empty database of a server that tests may write to."""


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=lambda table: table.name)
def test_a_table_compiles_for_postgresql(table: object) -> None:
    assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=postgresql.dialect()))  # type: ignore[arg-type]


@pytest.mark.skipif(find_spec("psycopg") is not None, reason="the driver is installed")
def test_without_its_driver_the_error_names_it(tmp_path: Path) -> None:
    with pytest.raises(MissingExtra, match="psycopg"):
        open_workspace(tmp_path, "postgresql+psycopg://localhost/onepill")


@pytest.mark.skipif(SERVER not in os.environ, reason=f"no server: {SERVER} names none")
def test_a_workspace_on_a_server_is_the_same(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path, os.environ[SERVER])
    add(workspace)
    assert save(workspace, "a: 2\n", 1).version == 2
    workspace.backup(tmp_path / "all.sqlite")
    save(workspace, "a: 3\n", 2)
    workspace.restore(tmp_path / "all.sqlite")
    assert workspace.documents.get("pill").text == "a: 2\n"
    assert workspace.audit.verify() == []
