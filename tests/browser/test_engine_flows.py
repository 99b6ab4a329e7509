"""What people do on the engines' pages, in a real browser: charts, switches, links, files, and without script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import SERIOUS

PILL = "programme=tunlametinib-nras-melanoma&asked=1&draws=500"
Visit = Callable[..., Any]
DRAWN = "figure.chart[data-drawn]"


def test_a_chart_is_drawn_again_and_tells_what_is_pointed_at(visit: Visit, axe: str) -> None:
    page = visit(f"/value?{PILL}")
    page.wait_for_selector(DRAWN)
    page.locator("#chart-cash .mark-rect path[fill='#717476']").nth(3).hover()  # development, the fourth year
    page.wait_for_selector(".vg-tooltip.visible")
    assert page.locator(".vg-tooltip").inner_text().startswith("Development, 2027: −")
    label = page.locator("#chart-cash .drawing.wide").get_attribute("aria-label")
    assert "USD million" in label
    page.locator("#chart-cash summary").click()
    assert page.locator("#chart-cash .twin tbody tr").count() > 10
    page.evaluate(axe)
    assert page.evaluate(SERIOUS) == []


def test_without_script_the_servers_drawing_stands(visit: Visit) -> None:
    page = visit(f"/value?{PILL}&lang=zh", java_script_enabled=False)
    assert page.locator("#chart-cash svg text").count() > 10
    assert page.locator("#charts-data").count() == 1
    assert page.locator("h1").inner_text() == "价值"


def test_a_switch_asks_anew_by_keyboard_and_the_back_button_takes_it_back(visit: Visit) -> None:
    page = visit(f"/evidence/odds?{PILL}")
    switch = page.get_by_role("switch", name="selection by biomarker")
    before = page.locator("#table-stages tbody td.num").first.inner_text()
    assert switch.get_attribute("aria-checked") == "true"
    switch.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**without_factors=biomarker**")
    page.wait_for_selector("[role=switch][aria-checked=false]")
    assert switch.get_attribute("aria-checked") == "false"
    page.wait_for_function("document.querySelector('#table-stages tbody td.num').innerText !== '" + before + "'")
    page.go_back()
    page.wait_for_function("document.querySelector('#table-stages tbody td.num').innerText === '" + before + "'")


def test_a_form_tells_what_is_wrong_keeps_what_was_typed_and_a_link_shows_the_same(visit: Visit) -> None:
    page = visit("/evidence/fixed?lang=zh", refusals=True)
    box = page.locator("[name=rates]")
    box.fill("a,b")
    page.locator(".asks .btn.primary").click()
    page.wait_for_selector("#told .error")
    assert "应为数字" in page.locator("#told").inner_text()
    assert (box.input_value(), box.get_attribute("aria-invalid")) == ("a,b", "true")
    box.fill("0.5,0.3")
    page.locator(".asks .btn.primary").click()
    page.wait_for_selector("#table-size")
    shown = page.locator("#table-size").inner_text()
    other = visit(f"/evidence/{page.url.rpartition('/')[2]}&lang=zh")
    assert other.locator("#table-size").inner_text() == shown


def test_the_map_narrows_and_files_are_fetched(visit: Visit) -> None:
    page = visit("/world?on=2026-11-22")
    page.locator(".tile a", has_text="JP").click()
    page.wait_for_url("**jurisdictions=JP**")
    with page.expect_download() as fetched:
        page.locator("#table-clocks .files a", has_text="CSV").click()
    assert fetched.value.suggested_filename == "onepill.world.places.clocks.csv"


def test_without_a_warehouse_the_landscape_offers_a_competitor_table(visit: Visit) -> None:
    page = visit("/landscape/matrix?asked=1", refusals=True, viewport={"width": 390, "height": 800})
    page.get_by_role("link", name="Show the competitor table of an example instead").click()
    page.wait_for_selector("#table-rivals tbody tr")
    assert "trametinib" in page.locator("#table-rivals").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_passport_is_fetched_as_a_pdf(visit: Visit) -> None:
    pytest.importorskip("typst", reason="typst is not installed")
    page = visit("/programmes/minimal/passport")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="PDF passport").click()
    assert fetched.value.suggested_filename == "minimal.passport.pdf"
    assert fetched.value.path().read_bytes().startswith(b"%PDF-")
