"""The browser that a worker's tests share: a second one beside it would find the first one's loop running."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def opened() -> Iterator[Any]:
    """A browser as it is on the path; tests that ask for it skip, with the reason, where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no browser on the path: looked for {', '.join(NAMES)}")
    with playwright.sync_playwright() as session:
        found = session.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield found
        found.close()
