"""What a person waits for in the browser: from a key pressed to the effect drawn, and a page's first paint."""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PAGE = "/programmes/tunlametinib-nras-melanoma"
FIELDS = {"markets.us.peak_share": "0.2", "capital.discount_rate_per_year": "0.09", "markets.eu.cogs_share": "0.1"}
"""A field, and what is typed into it before the last key makes it a value that was never asked for."""
KEYS = 6
"""How often each is measured."""
BUDGETS = {
    "browser.redraw_ms_median": (300.0, "at most"),
    "browser.first_paint_ms": (1_000.0, "at most"),
}
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu")
WATCH = """(wanted) => {
  const root = document.documentElement;
  const asks = () => [...document.querySelectorAll('#outcome [hx-get]')].map((one) => one.getAttribute('hx-get'));
  const drawn = () => asks().some((one) => one.includes(wanted));
  let pressed = 0;
  delete root.dataset.redrawn;
  addEventListener('keydown', () => { pressed = performance.now(); }, { once: true, capture: true });
  new MutationObserver((_, seen) => {
    if (!pressed || !drawn()) return;
    seen.disconnect();
    requestAnimationFrame(() => setTimeout(() => { root.dataset.redrawn = performance.now() - pressed; }));
  }).observe(document.querySelector('main.live'), { childList: true });
}"""
"""From the key to the frame after the outcome of the new value stands in the page."""

PAINT = """() => new Promise((done) => {
  new PerformanceObserver((seen) => {
    for (const one of seen.getEntries()) if (one.name === 'first-contentful-paint') done(one.startTime);
  }).observe({ type: 'paint', buffered: true });
})"""


def measure() -> dict[str, float]:
    """Milliseconds; empty where there is no browser, or no htmx to redraw with."""
    from onepill.web.assets import HTMX, asset_text

    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None or asset_text(HTMX) is None:
        return {}
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as home, _served(home) as address, sync_playwright() as session:
        browser = session.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(20_000)
        redraws = _redraws(page, address)
        paints = [_first_paint(page, address) for _ in range(KEYS)]
        browser.close()
    return {
        "redraw_ms_median": statistics.median(redraws),
        "redraw_ms_worst": max(redraws),
        "first_paint_ms": statistics.median(paints),
    }


def _redraws(page: Any, address: str) -> list[float]:
    found = []
    for turn in range(KEYS + 1):
        for path, text in FIELDS.items():
            page.goto(address + PAGE)
            page.fill(f"[name='v:{path}']", text)
            page.wait_for_selector("#outcome[data-edits='1']" if turn else "#outcome[data-edits]")
            page.keyboard.press("End")
            page.evaluate(WATCH, f"{path}%3A{text}{turn + 1}")
            page.keyboard.press(str(turn + 1))
            taken = float(page.wait_for_selector("html[data-redrawn]").get_attribute("data-redrawn"))
            found += [taken] if turn else []  # the first of each waits for what the process has yet to load
    return found


def _first_paint(page: Any, address: str) -> float:
    page.goto(address + PAGE)
    return float(page.evaluate(PAINT))


@contextmanager
def _served(home: str) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "onepill", "serve", "--port", str(port), "--home", home]
    server = subprocess.Popen(command, env={**os.environ, "ONEPILL_HOME": home}, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
            except OSError:
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


if __name__ == "__main__":
    print(measure())
