from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from onepill.store.workspace import Workspace, open_workspace


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A statement killed takes a process each: the daily suite kills them on the embedded database alone."""
    for item in items:
        if "killed_before_any_statement" in item.name and item.name.endswith("[postgresql]"):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(params=["sqlite", "postgresql"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace on each kind of database: whatever holds on one holds on the other."""
    if request.param == "sqlite":
        opened = open_workspace(tmp_path / "home")
        yield opened
        opened.close()
        return
    server = request.getfixturevalue("postgresql")
    url = server.database()
    opened = open_workspace(tmp_path / "home", url)
    yield opened
    opened.close()
    server.drop(url)
