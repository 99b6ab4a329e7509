"""What people do with deals, long questions and the brief, in a real browser."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from onepill.web.assets import HTMX, asset_text
from tests.browser.conftest import arrive

PILL = "/programmes/tunlametinib-nras-melanoma"
LICENCE = f"{PILL}/deals/licence_abroad"
KEPT = "kept=tunlametinib-nras-melanoma.deal.licence_abroad"
UPFRONT = "[name='v:terms.upfront.amount']"
COMPILING_SECONDS = 300
NEEDS_HTMX = pytest.mark.skipif(asset_text(HTMX) is None, reason="htmx is not there: `make assets` fetches it")
Visit = Callable[..., Any]


@pytest.fixture(scope="module", autouse=True)
def compiled(served: str) -> None:
    """The first deal of a fresh checkout is compiled, which takes longer than a browser waits for a page."""
    asked = urllib.request.Request(served + LICENCE, headers={"accept": "text/html"})
    with urllib.request.urlopen(asked, timeout=COMPILING_SECONDS) as answer:
        assert answer.status == 200


def test_a_term_is_tried_saved_and_the_second_editor_keeps_theirs(visit: Visit) -> None:
    mine, theirs = visit(LICENCE, refusals=True), visit(LICENCE, refusals=True)
    for page, amount in ((mine, "6 MUSD"), (theirs, "7 MUSD")):
        page.fill(UPFRONT, amount)
        page.get_by_role("button", name="Try the changes").click()
        page.wait_for_selector(".moved")
        assert "set=terms.upfront.amount" in page.url
        assert page.locator(".moved td").first.inner_text() != page.locator(".moved td").nth(1).inner_text()
    for page in (mine, theirs):
        page.fill("#save [name=reason]", "their next offer")
        page.get_by_role("button", name="Save as new version").click()
    mine.wait_for_url(f"**{LICENCE}")
    assert mine.input_value(UPFRONT) == "6 MUSD"
    theirs.wait_for_selector("[role=alert]")
    theirs.locator("main a.primary").click()
    theirs.wait_for_selector(".moved")
    assert theirs.input_value(UPFRONT) == "7 MUSD", "what was typed stands on top of what was saved"
    mine.goto(mine.url + "/history")
    mine.locator("form input.why").first.fill("the first offer again")
    mine.get_by_role("button", name="Restore").first.click()
    mine.wait_for_selector("th a:text-is('3')")
    assert "4 MUSD" in mine.locator("tbody tr").first.inner_text()


def test_deals_are_chosen_and_compared_without_script_and_the_link_reproduces_it(visit: Visit) -> None:
    page = visit("/deals?lang=zh", java_script_enabled=False)
    for name in ("licence_abroad", "asset_purchase"):
        page.check(f"[value='tunlametinib-nras-melanoma.deal.{name}']")
    page.locator(".kept-deals button").click()
    page.wait_for_selector("#table-deal_differences")
    assert page.locator("#table-deal_differences tbody tr").count() == 2
    assert page.locator("figure svg, .chart svg, section svg").count() > 2
    with page.expect_download() as told:
        page.locator("#table-all_parties .files a").first.click()
    assert told.value.path().read_text(encoding="utf-8").startswith("^.deal_title,name")
    shown = page.locator("#table-deal_differences .num").all_inner_texts()
    parts = urlsplit(page.url)
    again = visit(f"{parts.path}?{parts.query}", java_script_enabled=False)
    assert again.locator("#table-deal_differences .num").all_inner_texts() == shown


def test_what_is_wrong_with_terms_is_told_while_they_are_typed(visit: Visit) -> None:
    page = visit(f"{LICENCE}/text")
    text = page.input_value("textarea")
    page.fill("textarea", text.replace("on: global_phase_3:started", "on: global_phase_9:started"))
    page.wait_for_selector("#terms-told li.error")
    assert "terms-1.yaml:46" in page.locator("#terms-told").inner_text()
    page.fill("textarea", text)
    page.wait_for_selector("#terms-told:not(:has(li.error))")


@NEEDS_HTMX
def test_a_long_question_goes_on_in_the_background_is_cancelled_and_gone_on_with(visit: Visit) -> None:
    page = visit(f"/deals/value?{KEPT}&asked=1&draws=10000&job=1")
    page.get_by_role("button", name="Start the job").click()
    page.wait_for_selector(".job-state[data-state='done']", timeout=120_000)
    assert page.locator("#table-parties tbody tr").count() == 2
    page.get_by_role("link", name="Open the page that asked").click()
    arrive(page, "draws=10000")
    page.wait_for_selector("#table-parties")
    page.goto(page.url.replace("draws=10000", "draws=2000000"))
    page.get_by_role("button", name="Start the job").click()
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_selector(".job-state[data-state='cancelled']")
    page.get_by_role("button", name="Go on").click()
    page.wait_for_selector(".job-state[data-state='queued'], .job-state[data-state='running']")
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_selector(".job-state[data-state='cancelled']")
    page.get_by_role("link", name="All jobs").click()
    page.wait_for_selector("#jobs tbody tr")
    assert [one.get_attribute("data-state") for one in page.locator(".job-state").all()] == ["cancelled", "done"]


def test_the_brief_tells_what_was_saved_by_whom_and_why(visit: Visit) -> None:
    page = visit("/brief?programmes=minimal&draws=500")
    page.locator("#asks button.primary").click()
    page.wait_for_selector("#b-own")
    assert "tunlametinib" not in page.locator("#b-own").locator("xpath=..").inner_text()
    assert page.locator("section[aria-labelledby=b-moved] tbody tr").count() == 1
