"""The page in a real browser: all is visible, nothing is asked of the network, nothing is complained about."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from onepill.model import load_programme
from onepill.reports import render_passport
from onepill.reports.views.chapters import ASPECTS
from onepill.workbench.landscape.competitor_chapter import table_chapter
from onepill.workbench.landscape.competitor_table import read_competitors

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CHARTS = ("gantt", "staircase", "distribution", "tornado", "cash")
Document = dict[str, Any]


@pytest.fixture(scope="module")
def pages(sample_text: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    for lang in ("en", "zh"):
        html = render_passport(json.loads(sample_text), lang=lang)  # type: ignore[arg-type]  # a literal of the loop
        (folder / f"{lang}.html").write_text(html, encoding="utf-8")
    return {lang: folder / f"{lang}.html" for lang in ("en", "zh")}


class Visit:
    """A page with everything that it asked for and complained about."""

    def __init__(self, browser: Any, path: Path, **options: Any) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page = browser.new_page(**options)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(path.as_uri())

    def box(self, selector: str) -> tuple[float, float]:
        box = self.page.locator(selector).bounding_box()
        return (box["width"], box["height"]) if box else (0.0, 0.0)


DAILY = {("light", 1280, "en"), ("light", 820, "zh"), ("dark", 390, "zh")}
LOOKS = [
    pytest.param(*look, marks=[] if look in DAILY else [pytest.mark.slow])
    for look in product(("light", "dark"), (1280, 820, 390), ("en", "zh"))
]


@pytest.mark.parametrize(("scheme", "width", "lang"), LOOKS)
def test_page_is_whole_and_quiet(browser: Any, pages: dict[str, Path], lang: str, width: int, scheme: str) -> None:
    visit = Visit(browser, pages[lang], viewport={"width": width, "height": 900}, color_scheme=scheme)
    sizes = {name: visit.box(f"#{name}") for name in ("answer", *ASPECTS, "policy", "scenarios", "findings", "sources")}
    assert [name for name, size in sizes.items() if min(size) < 20] == []
    drawing = "narrow" if width < 768 else "wide"
    drawn = {name: visit.box(f"#chart-{name} .drawing.{drawing} svg") for name in CHARTS}
    assert [name for name, size in drawn.items() if min(size) < 100] == []
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width, "nothing overflows sideways"
    assert visit.requests == [pages[lang].as_uri()]
    assert visit.complaints == []
    visit.page.close()


def test_colours_follow_the_theme_and_the_attribute_overrides_the_system(browser: Any, pages: dict[str, Path]) -> None:
    bar = "#chart-gantt .drawing.wide path[fill='var(--chart-us)']"
    script = f'getComputedStyle(document.querySelector("{bar}")).fill'
    colours = {}
    for scheme in ("light", "dark"):
        visit = Visit(browser, pages["en"], viewport={"width": 1280, "height": 900}, color_scheme=scheme)
        colours[scheme] = visit.page.evaluate(script)
        visit.page.close()
    assert colours == {"light": "rgb(39, 97, 186)", "dark": "rgb(90, 165, 245)"}
    visit = Visit(browser, pages["en"], viewport={"width": 1280, "height": 900}, color_scheme="light")
    visit.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert visit.page.evaluate(script) == colours["dark"]
    visit.page.close()


def test_print_is_light_and_begins_the_chapters_on_page_two(browser: Any, pages: dict[str, Path]) -> None:
    visit = Visit(browser, pages["en"], viewport={"width": 695, "height": 1000}, color_scheme="dark")
    visit.page.emulate_media(media="print", color_scheme="dark")
    assert visit.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert visit.page.evaluate("getComputedStyle(document.querySelector('#research')).breakBefore") == "page"
    assert visit.box("#answer")[1] <= 980, "the answer fits on one A4 page (297 mm less its margins, at 96 px an inch)"
    assert visit.box("#chart-gantt .drawing.wide svg")[1] > 100
    assert visit.page.pdf(prefer_css_page_size=True)[:4] == b"%PDF"
    visit.page.close()


def test_keyboard_reaches_the_skip_link_first_and_a_marker_its_source(browser: Any, pages: dict[str, Path]) -> None:
    visit = Visit(browser, pages["en"], viewport={"width": 1280, "height": 900})
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.className") == "skip"
    visit.page.locator("sup.fn a").first.click()
    anchor = visit.page.evaluate("location.hash.slice(1)")
    assert visit.page.locator(f"#{anchor}").is_visible()
    visit.page.close()


def test_every_picture_has_a_name_and_every_table_its_heads(browser: Any, pages: dict[str, Path]) -> None:
    visit = Visit(browser, pages["zh"], viewport={"width": 1280, "height": 900})
    nameless = "[...document.querySelectorAll('[role=img]')].filter(e => !e.getAttribute('aria-label')).length"
    headless = "[...document.querySelectorAll('table')].filter(t => !t.querySelector('th[scope]')).length"
    loose = "[...document.querySelectorAll('svg')].filter(s => !s.closest('[aria-hidden=true],[role=img]')).length"
    assert [visit.page.evaluate(script) for script in (nameless, headless, loose)] == [0, 0, 0]
    visit.page.close()


def test_the_data_of_a_chart_opens_without_script(browser: Any, pages: dict[str, Path]) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 900})
    page = context.new_page()
    page.goto(pages["en"].as_uri())
    page.locator("#chart-cash summary").click()
    assert page.locator("#chart-cash table.twin").is_visible()
    context.close()


@pytest.fixture(scope="module")
def competed(sample_text: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sample's page with the first chapter out of the competitor table of the example."""
    programme = load_programme((EXAMPLES / "tunlametinib.yaml").read_text(encoding="utf-8"), file="p.yaml").programme
    table = read_competitors((EXAMPLES / "tunlametinib.competitors.csv").read_text(encoding="utf-8"), "c.csv")
    document, folder = json.loads(sample_text), tmp_path_factory.mktemp("competed")
    document["chapters"][0] = {"aspect": 1, "state": "computed", "landscape": table_chapter(programme, table)}
    for lang in ("en", "zh"):
        html = render_passport(document, lang=lang)  # type: ignore[arg-type]  # a literal of the loop
        (folder / f"{lang}.html").write_text(html, encoding="utf-8")
    return {lang: folder / f"{lang}.html" for lang in ("en", "zh")}


@pytest.mark.parametrize(("lang", "said"), [("en", "trametinib"), ("zh", "曲美替尼")])
@pytest.mark.parametrize("width", [1280, 390])
def test_competitors_stand_in_the_first_chapter_each_with_its_source(
    browser: Any, competed: dict[str, Path], lang: str, said: str, width: int
) -> None:
    visit = Visit(browser, competed[lang], viewport={"width": width, "height": 900})
    table = visit.page.locator("#research table.competitors")
    assert table.is_visible()
    assert said in table.inner_text()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width, "nothing overflows sideways"
    rows = table.locator("tbody tr")
    assert rows.count() == 10
    for row in range(rows.count()):
        assert rows.nth(row).locator("sup.fn a").count() >= 1
    table.locator("sup.fn a").last.click()
    anchor = visit.page.evaluate("location.hash.slice(1)")
    assert visit.page.locator(f"#{anchor}").is_visible()
    assert visit.requests == [competed[lang].as_uri()]
    assert visit.complaints == []
    visit.page.close()
