"""What people do on the other pages, and that every kind of page is open to everybody, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onepill.web.assets import HTMX, asset_text
from tests.browser.conftest import arrive, barriers, shows

PILL = "/programmes/tunlametinib-nras-melanoma"
SHARE = "[name='v:markets.us.peak_share']"
EDIT = f"{PILL}?set=markets.us.peak_share:0.3"
NEEDS_HTMX = pytest.mark.skipif(asset_text(HTMX) is None, reason="htmx is not there: `make assets` fetches it")
Visit = Callable[..., Any]
PAGES = (
    "/",
    "/programmes/new",
    f"{PILL}?set=markets.us.peak_share:1.3&set=capital.discount_rate_per_year:0.2",
    f"{PILL}/passport",
    f"{PILL}/explain/value.rnpv_usd.mean",
    f"{PILL}/compare",
    f"{PILL}/history",
    f"{PILL}/file",
    "/keys",
    "/brief?since=2024-01-01&programmes=minimal&asked=1",
    "/world",
    "/policy",
    "/landscape",
    "/evidence?programme=minimal&asked=1",
    "/deals",
)


def at(page: Any, address: str) -> None:
    """Go to another address of the same server."""
    page.goto("/".join(page.url.split("/", 3)[:3]) + address)


@pytest.mark.parametrize(("width", "lang", "scheme"), [(1280, "en", "light"), (390, "zh", "dark")])
def test_every_page_fits_its_width_speaks_one_language_and_has_no_serious_barrier(
    visit: Visit, axe: str, width: int, lang: str, scheme: str
) -> None:
    page = visit(f"/?lang={lang}", viewport={"width": width, "height": 900}, color_scheme=scheme)
    found = {}
    for address in PAGES:
        at(page, address)
        found[address] = barriers(page, axe, width)
        assert page.locator("html").get_attribute("lang") == {"en": "en", "zh": "zh-CN"}[lang]
    assert {address: rows for address, rows in found.items() if rows} == {}


@NEEDS_HTMX
def test_the_way_back_leads_over_the_inputs_that_were_changed(visit: Visit) -> None:
    page = visit(PILL)
    for text in ("0.3", "0.35"):  # the second is the same input, and no step of its own
        page.fill(SHARE, text)
        page.wait_for_url(f"**=markets.us.peak_share%3A{text}")
    page.fill("[name='v:markets.eu.tax_share']", "21%")
    page.wait_for_url("**markets.eu.tax_share*")
    page.go_back()
    page.wait_for_selector("#outcome[data-edits='1']")
    assert (page.input_value(SHARE), page.input_value("[name='v:markets.eu.tax_share']")) == ("0.35", "0.25")
    page.go_back()
    page.wait_for_selector("#outcome[data-edits='0']")
    assert page.input_value(SHARE) == "0.2 – 0.4 – 0.6"
    page.go_forward()
    page.wait_for_selector("#outcome[data-edits='1']")
    assert page.input_value(SHARE) == "0.35"


@NEEDS_HTMX
def test_refining_stops_when_it_is_told_to(visit: Visit) -> None:
    page = visit(PILL)
    page.route("**/outcome?*", lambda route: None)  # the finer answer never comes
    page.fill(SHARE, "0.31")
    page.locator("[data-stop]").click()
    page.wait_for_selector("[data-stop]", state="detached")
    assert page.locator("#outcome [hx-get*='/outcome']").count() == 0
    page.locator(".moved dd").first.wait_for()


@NEEDS_HTMX
def test_an_explanation_is_closed_again_and_the_number_has_the_focus(visit: Visit) -> None:
    page = visit(PILL)
    page.locator(".keys .big").nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#explain #explain-body")
    page.locator("#explain [data-close]").press("Enter")
    page.wait_for_selector("#explain-body", state="detached")
    assert page.evaluate("[...document.querySelectorAll('.keys .big')].indexOf(document.activeElement)") == 1


def test_a_dialog_keeps_the_focus_and_gives_it_back(visit: Visit) -> None:
    page = visit("/")
    page.locator("#keys-help").focus()
    page.keyboard.press("Enter")
    inside = "document.getElementById('keys-dialog').contains(document.activeElement)"
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate(f"{inside} || document.activeElement === document.body")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "keys-help"


def test_the_theme_is_chosen_and_stays(visit: Visit) -> None:
    page = visit("/", color_scheme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.get_by_role("link", name="Dark").click()
    page.wait_for_selector("html[data-theme=dark]")
    dark = page.evaluate(paper)
    at(page, "/world")
    assert (page.locator("html").get_attribute("data-theme"), page.evaluate(paper)) == ("dark", dark)
    assert dark != light
    page.get_by_role("link", name="Dark").click()
    page.wait_for_selector("html[data-theme=dark]", state="detached")
    assert page.evaluate(paper) == light


def test_a_file_with_errors_is_told_by_line_kept_and_mended(visit: Visit, repository: Path) -> None:
    text = (repository / "examples" / "minimal.yaml").read_text(encoding="utf-8")
    text = text.replace("programme: minimal", "programme: mended-here")
    page = visit("/programmes/new", refusals=True)
    wrong = text.replace("as_of:", "as_off:")
    page.fill("textarea", wrong)
    page.locator("form button").first.click()
    told = page.locator("[role=alert]")
    line = next(number for number, one in enumerate(wrong.splitlines(), 1) if "as_off" in one)
    assert "as_off" in told.inner_text()
    assert f"line {line}" in told.inner_text()
    assert page.input_value("textarea") == wrong
    page.fill("textarea", text)
    page.locator("form button").first.click()
    arrive(page, "/programmes/mended-here")


def test_an_old_version_says_that_it_is_old_and_is_restored(visit: Visit) -> None:
    page = visit("/programmes/dual-submission?set=markets.us.tax_share:0.21")
    page.evaluate("document.getElementById('save').open = true")
    page.fill("#save [name=reason]", "a lower tax")
    page.get_by_role("button", name="Save as new version").click()
    page.wait_for_url(lambda address: "?" not in address)
    at(page, "/programmes/dual-submission?version=1")
    assert "This is version 1; the newest is 2" in page.locator(".notice").inner_text()
    at(page, "/programmes/dual-submission/history")
    assert page.locator(".versions [title='markets.US.tax_share']").inner_text() == "United States: Tax"
    page.fill(".why", "the tax was right")
    page.get_by_role("button", name="Restore").click()
    shows(page, ".versions tbody tr", "the tax was right")
    at(page, "/programmes/dual-submission")
    assert "version 3" in page.locator(".what").inner_text()
    assert page.input_value("[name='v:markets.us.tax_share']") == ""


def test_a_scenario_is_opened_from_the_comparison_and_its_address_shows_the_same_again(visit: Visit) -> None:
    page = visit(f"{PILL}/compare")
    page.locator(".compare-table thead a").first.click()
    shows(page, ".what", "expedited_us")
    value = page.locator(".moved dd").first.inner_text()
    again = visit(page.url.partition("//")[2].partition("/")[2].join(("/", "")))
    assert again.locator(".moved dd").first.inner_text() == value


def test_a_tile_of_the_world_leads_to_its_rules_and_their_table_is_a_file(visit: Visit) -> None:
    page = visit("/world?on=2024-08-01")
    page.locator(".tile a", has_text="JP").click()
    arrive(page, "jurisdictions=JP")
    assert page.locator("#table-jurisdictions tbody tr").count() == 1
    with page.expect_download() as started:
        page.locator("#table-jurisdictions .files a", has_text="CSV").click()
    rows = Path(started.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 2
    assert "JP" in rows[1]


def test_measures_of_one_place_are_listed_and_lead_to_their_source(visit: Visit) -> None:
    page = visit("/policy")
    every = page.locator("tbody tr").count()
    page.get_by_label("Jurisdiction").fill("CN-BJ")
    page.get_by_role("button", name="Ask").click()
    arrive(page, "CN-BJ")
    assert 0 < page.locator("tbody tr").count() < every
    assert page.locator("tbody td.cited a").first.get_attribute("href").startswith("https://")


def test_a_landscape_without_a_registry_says_what_to_run(visit: Visit) -> None:
    page = visit("/landscape", refusals=True)
    page.locator("[name=targets]").fill("EGFR")
    page.get_by_role("button", name="Ask").click()
    shows(page, "main", "onepill registry")


def test_odds_of_a_programme_are_asked_for_and_kept_in_the_address(visit: Visit) -> None:
    page = visit("/evidence")
    page.get_by_label("Programme").select_option("minimal")
    page.get_by_role("button", name="Ask").click()
    arrive(page, "programme=minimal")
    assert page.locator("main tbody tr").count() > 0


def test_deals_are_filtered_and_fetched_as_rows(visit: Visit) -> None:
    page = visit("/deals/comps")
    every = page.locator("#table-comps tbody tr, #table-deals tbody tr").count()
    page.get_by_label("Stages").select_option("phase_3")
    page.get_by_role("button", name="Ask").click()
    arrive(page, "phase_3")
    assert 0 < page.locator("#table-comps tbody tr, #table-deals tbody tr").count() <= every
    with page.expect_download() as started:
        page.locator(".files a", has_text="JSON").first.click()
    document = json.loads(Path(started.value.path()).read_text(encoding="utf-8"))
    assert document


def test_the_brief_tells_what_an_edit_of_today_moved(visit: Visit) -> None:
    page = visit("/programmes/lean-proof-of-concept?set=markets.us.tax_share:0.21")
    page.evaluate("document.getElementById('save').open = true")
    page.fill("#save [name=reason]", "the tax of the brief")
    page.get_by_role("button", name="Save as new version").click()
    page.wait_for_url(lambda address: "?" not in address)
    at(page, "/brief?since=2024-01-01&programmes=lean-proof-of-concept&asked=1")
    assert "the tax of the brief" in page.locator("section[aria-labelledby=b-own]").inner_text()


def test_a_long_question_goes_on_in_the_background_and_is_cancelled(visit: Visit) -> None:
    page = visit("/")
    asked = """async ([name, fields]) => (await fetch(`/api/jobs/${name}`, {method: 'POST',
        headers: {'content-type': 'application/json'}, body: JSON.stringify(fields)})).json()"""
    question = {"operation": "passport", "programme": "minimal", "question": {"draws": 20_000_000}}
    job = page.evaluate(asked, ["start", question])
    assert job["state"] in ("queued", "running")
    assert page.evaluate(asked, ["cancel", {"id": job["id"]}])["state"] == "cancelled"
    assert page.evaluate(asked, ["show", {"id": job["id"]}])["state"] == "cancelled"
