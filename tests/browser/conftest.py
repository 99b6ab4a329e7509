"""A served workbench on a free port, and a browser that tolerates no outside request and no complaint."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

START_SECONDS = 60
SERIOUS = """axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations
    .filter((one) => ['serious', 'critical'].includes(one.impact))
    .map((one) => [one.id, one.nodes[0].target.join(' ')]))"""
SERVE = "from onepill.cli import main; main()"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of its own, with the examples in its home."""
    with serving(tmp_path_factory.mktemp("home")) as address:
        # The first programme of a fresh checkout is compiled, which may take longer than a browser waits for a page.
        with urllib.request.urlopen(f"{address}/programmes/minimal") as answer:
            assert answer.status == 200
        yield address


@contextmanager
def serving(home: Path, *options: str) -> Iterator[str]:
    """A server on a free port, its workspace in `home`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", SERVE, "serve", "--port", str(port), "--home", str(home), *options]
    process = subprocess.Popen(command, env={**os.environ, "ONEPILL_HOME": str(home)})
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{address}/keys"):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"no answer in {START_SECONDS} seconds")


@pytest.fixture
def visit(browser: Any, served: str) -> Iterator[Callable[..., Any]]:
    """Opens pages; at the end nothing may have been asked of another place, and nothing been complained about."""
    outside: list[str] = []
    complaints: list[str] = []
    contexts: list[Any] = []

    def opened(address: str, *, refusals: bool = False, **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", **options})
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda asked: None if asked.url.startswith((served, "data:")) else outside.append(asked.url))
        # A page that says 4xx to what was typed is told to the console by the browser itself.
        page.on(
            "console", lambda said: None if refusals and "Failed to load" in said.text else complaints.append(said.text)
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(served + address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert (outside, complaints) == ([], [])


def arrive(page: Any, part: str) -> None:
    """Wait for the address that a click leads to: it returns before the next page is there."""
    page.wait_for_url(lambda address: part in address)


def shows(page: Any, selector: str, text: str) -> None:
    """Wait until an element says so."""
    page.locator(selector, has_text=text).first.wait_for()


@pytest.fixture(scope="session")
def axe(repository: Path) -> str:
    """The script of axe-core, which `make assets` fetches."""
    file = repository / "tools" / "assets" / "node_modules" / "axe-core" / "axe.min.js"
    if not file.is_file():
        pytest.skip("axe-core is not there: `make assets` fetches it")
    return file.read_text(encoding="utf-8")


def barriers(page: Any, axe: str, width: int) -> list[Any]:
    """What axe calls serious or critical on a page, with its first place, and whether it is wider than it may be."""
    page.evaluate(f"{axe}; 0")
    is_wide = page.evaluate("document.documentElement.scrollWidth") > width
    return [*page.evaluate(SERIOUS), *(["wide"] if is_wide else [])]
