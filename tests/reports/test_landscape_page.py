"""The landscape page: whole in both languages, self-contained, each picture with the loads that it rests on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from onepill.reports import render_landscape
from onepill.reports.catalogue import Catalogue
from onepill.reports.views.landscape_loads import Loads
from onepill.reports.views.landscape_tables import value_text
from tests.reports import landscape_pages as pages
from tests.reports.test_browser import Visit
from tests.reports.test_page import read

Document = dict[str, Any]
CHARTS = ("heat-map", "competitors", "trend", "entrants", "burden")
SECTIONS = ("heat", "who", "crowding", "entrants", "compare", "burden", "basis", "sources")
PAGES = {"page": pages.page, "empty": pages.empty_page}


@pytest.fixture(params=["en", "zh"])
def lang(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.mark.parametrize("case", sorted(PAGES))
def test_the_page_is_well_formed_and_has_every_section(case: str, lang: Any) -> None:
    found = read(render_landscape(PAGES[case](), lang=lang))
    assert (found.unbalanced, found.open) == ([], [])
    ids = [attrs["id"] for _, attrs in found.tags if attrs.get("id")]
    assert set(SECTIONS) <= set(ids)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("case", sorted(PAGES))
def test_the_page_asks_for_nothing_and_runs_nothing(case: str, lang: Any) -> None:
    found = read(render_landscape(PAGES[case](), lang=lang))
    assert {tag for tag, _ in found.tags} & {"script", "iframe", "object", "img", "form"} == set()
    assert [attrs["href"] for tag, attrs in found.tags if tag == "link"] == ["data:,"]
    outside = [attrs["href"] for tag, attrs in found.tags if tag == "a" and not str(attrs["href"]).startswith("#")]
    assert set(outside) <= {"https://example.org/x"}


def test_the_same_document_gives_the_same_page_and_is_not_changed(lang: Any) -> None:
    document = pages.page()
    before = json.dumps(document)
    assert render_landscape(document, lang=lang) == render_landscape(json.loads(before), lang=lang)
    assert json.dumps(document) == before


@pytest.mark.parametrize("case", sorted(PAGES))
def test_no_sentence_shows_a_gap(case: str, lang: Any) -> None:
    text = " ".join(read(render_landscape(PAGES[case](), lang=lang)).text)
    assert [gap for gap in ("None", "nan", "Undefined", "{", "inf") if gap in text.split()] == []
    assert "{" not in text


def test_what_the_document_says_is_text_and_never_markup(lang: Any) -> None:
    html = render_landscape(pages.page(), lang=lang)
    assert "inventinib-5 &lt;b&gt;" in html
    assert "inventinib-5 <b>" not in html


def test_every_picture_carries_markers_of_loads_that_stand_below(lang: Any) -> None:
    html = render_landscape(pages.page(), lang=lang)
    found = read(html)
    ids = {attrs.get("id") for _, attrs in found.tags}
    anchors = {str(attrs["href"])[1:] for tag, attrs in found.tags if tag == "a" and attrs.get("data-grade")}
    assert anchors <= ids
    for name in CHARTS:
        figure = html.split(f'id="chart-{name}"')[1].split("</figure>")[0]
        assert 'href="#s3"' in figure, f"{name} rests on the trials"
    burden = html.split('id="chart-burden"')[1].split("</figure>")[0]
    assert 'href="#s2"' in burden
    assert 'href="#s7"' not in burden, "the list of drugs says nothing of the burden"


def test_an_unused_load_says_so_and_one_without_a_day_too() -> None:
    rows = {row["title"]: row for row in Loads(pages.page(), Catalogue("en")).rows()}
    assert rows["Invented fda_crl"]["used"] == "not used here"
    assert rows["Invented atc"]["age"] == "states no day; loaded 2023-02-03"
    assert rows["Invented mesh"]["age"] == "shows 2024-08-22"
    assert rows["Invented ctgov"]["age"] == "shows 2023-02-03, 566 days before the page’s day"
    assert rows["Invented ctgov"]["span"] == "1990-01-01 … 2023-02-03"
    assert "2 refused" in rows["Invented ctgov"]["files"][0]


def test_a_load_of_a_later_day_is_told() -> None:
    page = pages.page()
    page["sources"][2] |= {"age_days": -90}
    assert Loads(page, Catalogue("en")).rows()[2]["age"] == "shows 2023-02-03, 90 days after the page’s day"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"timeline": None}, "name a target, a condition, a modality or an origin"),
        ({"burden": None, "burden_absent": "not_loaded"}, "No burden of disease is loaded"),
        ({"burden": None, "burden_absent": "published_later"}, "was published after 2024-08-22"),
        ({"burden": {**pages.burden((("a", 0, 1e6),))}}, "No trial of this page belongs to a cause"),
    ],
)
def test_a_picture_that_cannot_be_drawn_says_why(change: Document, said: str) -> None:
    assert said in render_landscape({**pages.page(), **change}, lang="en")


def test_an_empty_page_says_so_in_words() -> None:
    html = render_landscape(pages.empty_page(), lang="en")
    for said in (
        "No programme is known on",
        "there is no matrix to draw",
        "No drug of this page is known",
        "No programme of this page is known in these years",
        "No drug of this page was first seen",
    ):
        assert said in html
    assert "chart-" not in html.split("</style>")[1]


@pytest.mark.parametrize(
    ("value", "name", "text"),
    [
        (0.1432, "top_5_share", "14.3%"),
        (0.9999999999999999, "top_10_share", "100.0%"),
        (0.0, "agents", "0"),
        (0.0088, "hhi", "0.0088"),
        (113.81, "effective_number", "114"),
        (70.67, "entry_rate_per_year", "70.7"),
        (0.12, "entry_trend_ratio", "0.12"),
        (1105.0, "sponsors", "1,105"),
        (None, "hhi", ""),
    ],
)
def test_a_measure_is_printed_as_its_kind(value: float | None, name: str, text: str) -> None:
    assert value_text(value, name) == text


def test_the_chinese_page_has_its_own_words() -> None:
    html = render_landscape(pages.page(), lang="zh")
    for word in (
        "竞争格局",
        "按靶点与适应症统计的项目数",
        "谁在何时走到哪一步",
        "拥挤度的变化",
        "研发与疾病负担",
        "虚构假设。",
    ):
        assert word in html
    assert "条批准无日期" in html


def test_a_finding_without_a_sentence_keeps_its_own_words_and_language() -> None:
    html = render_landscape(pages.page(), lang="zh")
    assert '<span class="message" lang="en">m</span>' in html


# In a browser


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    folder = tmp_path_factory.mktemp("landscape")
    made = {}
    for case, page in PAGES.items():
        for lang in ("en", "zh"):
            made[case, lang] = folder / f"{case}.{lang}.html"
            made[case, lang].write_text(render_landscape(page(), lang=lang), encoding="utf-8")  # type: ignore[arg-type]
    return made


DAILY = {("en light", 1280), ("zh light", 768), ("zh dark", 360)}
LOOKS = [
    pytest.param(look, width, marks=[] if (look, width) in DAILY else [pytest.mark.slow])
    for look in ("en light", "en dark", "zh light", "zh dark")
    for width in (1280, 768, 360)
]


@pytest.mark.parametrize("case", sorted(PAGES))
@pytest.mark.parametrize(("look", "width"), LOOKS)
def test_the_page_is_whole_and_quiet(
    browser: Any, files: dict[tuple[str, str], Path], case: str, look: str, width: int
) -> None:
    lang, scheme = look.split()
    path = files[case, lang]
    visit = Visit(browser, path, viewport={"width": width, "height": 900}, color_scheme=scheme)
    assert [name for name in SECTIONS if min(visit.box(f"#{name}")) < 20] == []
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width, "nothing overflows sideways"
    assert visit.requests == [path.as_uri()]
    assert visit.complaints == []
    drawing = "narrow" if width <= 768 else "wide"
    drawn = [
        name for name in CHARTS if case == "page" and min(visit.box(f"#chart-{name} .drawing.{drawing} svg")) < 100
    ]
    assert drawn == []
    visit.page.close()


OUTSIDE = """(width) => [...document.querySelectorAll('.drawing svg text')].filter(t => {
  const box = t.getBoundingClientRect();
  return box.width > 0 && (box.left < -1 || box.right > width + 1);
}).map(t => t.textContent)"""

UPON = """() => {
  const shown = [...document.querySelectorAll('.drawing svg')].filter(s => s.getBoundingClientRect().width > 0);
  return shown.flatMap(svg => {
    const words = [...svg.querySelectorAll('text')].filter(t => !t.getAttribute('transform'));
    const boxes = words.map(t => [t.textContent, t.getBoundingClientRect()]);
    return boxes.flatMap(([a, p], i) => boxes.slice(i + 1).filter(([b, q]) =>
      p.left < q.right - 2 && q.left < p.right - 2 && p.top < q.bottom - 5 && q.top < p.bottom - 5
    ).map(([b]) => a + ' | ' + b));
  });
}"""


@pytest.mark.parametrize("width", [1280, 360])
def test_no_word_of_a_picture_leaves_the_page_or_lies_upon_another(
    browser: Any, files: dict[tuple[str, str], Path], lang: str, width: int
) -> None:
    visit = Visit(browser, files["page", lang], viewport={"width": width, "height": 900})
    assert visit.page.evaluate(OUTSIDE, width) == []
    assert visit.page.evaluate(UPON) == []
    visit.page.close()


def test_every_picture_has_a_name_and_its_table_opens_without_script(
    browser: Any, files: dict[tuple[str, str], Path]
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 900})
    page = context.new_page()
    page.goto(files["page", "en"].as_uri())
    for name in CHARTS:
        assert page.locator(f"#chart-{name} .drawing.narrow").get_attribute("aria-label")
        page.locator(f"#chart-{name} summary").click()
        assert page.locator(f"#chart-{name} table.twin").is_visible()
    context.close()


def test_print_has_the_wide_drawings_on_white(browser: Any, files: dict[tuple[str, str], Path]) -> None:
    visit = Visit(browser, files["page", "en"], viewport={"width": 695, "height": 1000}, color_scheme="dark")
    visit.page.emulate_media(media="print", color_scheme="dark")
    assert visit.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert [name for name in CHARTS if visit.box(f"#chart-{name} .drawing.wide svg")[1] < 100] == []
    assert visit.page.pdf(prefer_css_page_size=True)[:4] == b"%PDF"
    visit.page.close()
