from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from onepill.store.workspace import Workspace, open_workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = open_workspace(tmp_path / "home")
    yield opened
    opened.close()
