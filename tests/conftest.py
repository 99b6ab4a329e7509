"""What every test may ask for."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests.chromium import opened
from tests.cli.asking import Ask, asker
from tests.order import ordered

if TYPE_CHECKING:
    from onepill.store.workspace import Workspace
    from tests.postgresql import Server

# No test is timed: on a busy machine a deadline fails what is right. The same examples come each time.
settings.register_profile("repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repeatable")

# Where workers share the cores, threads that wait for each other in scikit-learn take three times as long as one does.
os.environ.setdefault("OMP_NUM_THREADS", "1")

REPOSITORY = Path(__file__).resolve().parents[1]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Workers take files in the order of `tests.order`."""
    if hasattr(config, "workerinput"):
        items[:] = ordered((item.nodeid.partition("::")[0], item) for item in items)


def pytest_collection_finish() -> None:
    """What was imported stays, and is not looked through for garbage; what tests leave is, but not every moment."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A browser of this worker."""
    with opened() as found:
        yield found


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root folder of the source tree."""
    return REPOSITORY


@pytest.fixture(scope="session", autouse=True)
def home_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A passport looks into the warehouse of the home folder: tests never see the developer's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEPILL_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(scope="session", autouse=True)
def light_passwords() -> Iterator[None]:
    """Passwords are hashed in one light pass: a fifth of a second for each account of each test adds up.

    The settings of the product itself are held by tests/store/workspace/test_passwords.py; servers in processes of
    their own have them.
    """
    try:
        import argon2
    except ImportError:
        yield
        return
    light = partial(argon2.PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(argon2, "PasswordHasher", light)
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared data folder: ONEPILL_SHARED, or the folder `shared` beside the repository.

    Tests that read it check the product against sources too large or not licensed to ship, so a checkout without it
    skips them. A folder that is named by the variable but absent is a mistake, and fails.
    """
    named = os.environ.get("ONEPILL_SHARED", "")
    folder = Path(named) if named else REPOSITORY.parent / "shared"
    if folder.is_dir():
        return folder
    if named:
        pytest.fail(f"ONEPILL_SHARED names {folder}, which is not a folder")
    pytest.skip(f"no shared data folder: set ONEPILL_SHARED, or put it at {folder}")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server of this run's own; where none is installed, what needs it is skipped and says so."""
    from tests import postgresql as made

    if why := made.lacks():
        pytest.skip(why)
    with made.server() as found:
        yield found


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """The command line, asked in this process."""
    monkeypatch.delenv("ONEPILL_DEBUG", raising=False)
    return asker(monkeypatch, capsys)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace in a home of its own, which all of a module's tests share with the server that they ask."""
    from onepill.workbench.asking.context import close_workspaces, shared_workspace

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEPILL_HOME", str(tmp_path_factory.mktemp("home")))
        yield shared_workspace()
        close_workspaces()
