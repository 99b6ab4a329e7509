"""What people do with a programme, in a real browser."""

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
REASON = "#save [name=reason]"
NEEDS_HTMX = pytest.mark.skipif(asset_text(HTMX) is None, reason="htmx is not there: `make assets` fetches it")
Visit = Callable[..., Any]


@NEEDS_HTMX
def test_typing_a_value_redraws_what_moved_and_writes_the_address(visit: Visit) -> None:
    page = visit(PILL)
    page.fill(SHARE, "0.2 – 0.3 – 0.5")
    page.wait_for_selector(".moved dl")
    arrive(page, "set=markets.us.peak_share")
    assert page.locator(".moved dd").first.inner_text().startswith("−")
    assert page.locator("#row-markets-us-peak_share").get_attribute("class") == "changed"


def held_redraw(visit: Visit) -> tuple[Any, Callable[[], None]]:
    """A page with an edit, whose next redraw is asked for and arrives when the second part is called."""
    page = visit(PILL)
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    def release() -> None:
        held[0].continue_()

    page.route("**/outcome?*", hold)
    assert not page.locator("#save").is_visible()
    with page.expect_request("**/outcome?*"):
        page.fill(SHARE, "0.3")
    return page, release


@NEEDS_HTMX
def test_a_reason_typed_while_the_page_redraws_is_kept(visit: Visit) -> None:
    page, redraw = held_redraw(visit)
    page.locator("#save summary").click()
    page.fill("#scenario-name", "kept")
    page.fill(REASON, "to se")
    page.evaluate(f"document.querySelector('{REASON}').setSelectionRange(3, 3)")
    redraw()
    page.wait_for_selector(".moved progress[value='100000']")
    page.keyboard.type("now ")
    assert (page.input_value(REASON), page.input_value("#scenario-name")) == ("to now se", "kept")
    assert [one.input_value() for one in page.locator("#save [name=set]").all()] == ["markets.us.peak_share:0.3"]


@NEEDS_HTMX
def test_a_key_figure_keeps_the_focus_through_a_redraw(visit: Visit) -> None:
    page, redraw = held_redraw(visit)
    page.locator(".keys .big").nth(1).focus()
    redraw()
    page.wait_for_selector(".moved progress[value='100000']")
    assert page.evaluate("[...document.querySelectorAll('.keys .big')].indexOf(document.activeElement)") == 1


@NEEDS_HTMX
def test_the_answer_is_refined_in_the_background_and_its_error_shrinks(visit: Visit) -> None:
    page = visit(f"{PILL}?set=markets.us.peak_share:0.3")
    error = page.locator(".moved dd .se").first.inner_text()
    page.wait_for_selector(".moved progress[value='1000000']", timeout=60_000)
    finer = page.locator(".moved dd .se").first.inner_text()
    assert float(finer.strip("± ")) < float(error.strip("± "))


@NEEDS_HTMX
def test_a_wrong_value_is_told_beside_its_field_and_the_last_good_one_stays(visit: Visit) -> None:
    page = visit(PILL)
    before = page.locator(".keys .big").first.inner_text()
    page.fill(SHARE, "1.2")
    message = page.locator("#m-markets-us-peak_share")
    message.locator("svg").wait_for()
    assert "between 0 and 1" in message.inner_text()
    assert page.locator(".keys .big").first.inner_text() == before
    assert page.input_value(SHARE) == "1.2"
    page.fill(SHARE, "0.4")
    message.locator("svg").wait_for(state="detached")
    assert page.locator(SHARE).get_attribute("aria-invalid") is None


@NEEDS_HTMX
def test_a_number_explains_itself_beside_the_page(visit: Visit) -> None:
    page = visit(PILL)
    page.locator(".keys .big").first.click()
    page.wait_for_selector("#explain #explain-body")
    assert "value.rnpv_usd.mean" in page.locator("#explain").inner_text()
    assert page.url.endswith(PILL)


def test_everything_works_without_script(visit: Visit) -> None:
    page = visit(PILL, java_script_enabled=False)
    page.fill(SHARE, "0.25")
    page.locator("#inputs button").click()
    arrive(page, "set=markets.us.peak_share%3A0.25")
    page.locator(".moved dd").first.wait_for()
    page.locator(".keys .big").first.click()
    arrive(page, "/explain/value.rnpv_usd.mean")
    page.goto(page.url.partition("/explain")[0] + "/compare")
    assert page.locator(".compare-table tbody tr").count() > 3


def test_a_programme_is_created_edited_saved_compared_and_restored(visit: Visit, repository: Path) -> None:
    text = (repository / "examples" / "minimal.yaml").read_text(encoding="utf-8")
    page = visit("/")
    page.get_by_role("link", name="New").click()
    page.fill("textarea", text.replace("programme: minimal", "programme: made-here"))
    page.locator("form button").first.click()
    arrive(page, "/programmes/made-here")
    name = page.locator("#inputs input[name^='v:markets']").first.get_attribute("name").removeprefix("v:")
    page.goto(f"{page.url}?set={name}:7")
    page.evaluate("document.getElementById('save').open = true")
    page.fill("#scenario-name", "seven")
    page.fill("#save [name=reason]", "to see seven")
    page.get_by_role("button", name="Save as scenario").click()
    arrive(page, "?scenario=seven")
    page.goto(page.url.partition("?")[0] + "/compare")
    assert "seven" in page.locator(".compare-table thead").inner_text()
    page.goto(page.url.removesuffix("/compare") + "/history")
    assert "to see seven" in page.locator(".versions").inner_text()
    page.fill(".why", "as it was")
    page.get_by_role("button", name="Restore").click()
    shows(page, ".versions tbody tr:first-child", "as it was")


def test_two_editors_the_second_loses_nothing(visit: Visit) -> None:
    change = "/programmes/lm-302-gastric?set=capital.discount_rate_per_year:0.1"
    first, second = visit(change), visit(change + "9", refusals=True)
    for page, reason in ((first, "first"), (second, "second")):
        page.evaluate("document.getElementById('save').open = true")
        page.fill("#save [name=reason]", reason)
        page.get_by_role("button", name="Save as new version").click()
        page.wait_for_url(lambda address: "?" not in address)
    second.locator("[role=alert]").first.wait_for()
    assert "first" in second.locator("main").inner_text()
    assert "0.19" in second.locator("main").inner_text()
    second.locator("main .btn.primary").click()
    shows(second, ".what", "version 2")
    assert second.input_value("[name='v:capital.discount_rate_per_year']") == "0.19"


def test_the_page_is_exported_as_its_document(visit: Visit) -> None:
    page = visit(f"{PILL}/passport")
    with page.expect_download() as started:
        page.get_by_role("link", name="JSON").click()
    document = json.loads(Path(started.value.path()).read_text(encoding="utf-8"))
    assert document["programme"] == "tunlametinib-nras-melanoma"


def test_chinese_is_chosen_and_stays(visit: Visit) -> None:
    page = visit(PILL)
    page.get_by_role("link", name="中文").click()
    page.wait_for_selector("html[lang=zh-CN]")
    page.locator(".tabs a").nth(3).click()
    shows(page, ".tabs [aria-current]", "历史")


def test_the_keyboard_alone_is_enough(visit: Visit) -> None:
    page = visit(PILL)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("?")
    page.locator("#keys-dialog").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.name").startswith("v:")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("LM-302")
    assert page.locator(".prog li:visible").count() == 1
    page.keyboard.press("Escape")
    page.keyboard.press("h")
    page.wait_for_url("**/history")


# The other widths, languages and themes, and every other page, stand in `test_page_flows`.
@pytest.mark.parametrize(("width", "lang", "scheme"), [(1280, "zh", "dark"), (390, "en", "light")])
def test_pages_fit_their_width_and_have_no_serious_barrier(
    visit: Visit, axe: str, width: int, lang: str, scheme: str
) -> None:
    page = visit(f"/?lang={lang}", viewport={"width": width, "height": 900}, color_scheme=scheme)
    for address in ("/", f"{PILL}?set=markets.us.peak_share:1.3", f"{PILL}/compare", f"{PILL}/history", f"{PILL}/file"):
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + address)
        assert barriers(page, axe, width) == [], address


def test_print_leaves_the_numbers_and_takes_the_controls_away(visit: Visit) -> None:
    page = visit(PILL)
    page.emulate_media(media="print")
    assert page.locator(".keys").is_visible()
    assert [page.locator(one).is_visible() for one in (".list", ".explain", ".apply")] == [False] * 3
