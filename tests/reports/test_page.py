"""The page: whole, self-contained, the same each time, and safe whatever the document says."""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from onepill.reports import passport_summary, render_passport
from onepill.reports.catalogue import Catalogue, Lang
from onepill.reports.page import css_text, web_address
from onepill.reports.views.chapters import ASPECTS

Document = dict[str, Any]
VOID = {"meta", "link", "br", "wbr", "use", "path", "rect", "line", "circle", "image"}


class Reader(HTMLParser):
    """Tags with their attributes, the text outside styles, and whether tags nest."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.unbalanced: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


@pytest.fixture(params=["en", "zh"])
def lang(request: pytest.FixtureRequest) -> Any:
    return request.param


CASES = ("sample", "minimal", "never", "sold", "bare")


@pytest.mark.parametrize("case", CASES)
def test_every_case_renders_well_formed_with_all_eight_chapters(
    case: str, lang: Any, cases: Callable[[str], Document]
) -> None:
    page = read(render_passport(cases(case), lang=lang))
    assert (page.unbalanced, page.open) == ([], [])
    ids = {attrs["id"] for _, attrs in page.tags if attrs.get("id")}
    assert {"answer", *ASPECTS, "findings", "sources"} <= ids


@pytest.mark.parametrize("case", CASES)
def test_no_sentence_shows_a_gap(case: str, lang: Any, cases: Callable[[str], Document]) -> None:
    text = " ".join(read(render_passport(cases(case), lang=lang)).text)
    assert re.findall(r"\bNone\b|\bnan\b|\{[a-z_]+\}|Undefined", text) == []


@pytest.mark.parametrize("case", CASES)
def test_ids_are_unique_and_every_inner_link_arrives(case: str, lang: Any, cases: Callable[[str], Document]) -> None:
    page = read(render_passport(cases(case), lang=lang))
    counts = Counter(attrs["id"] for _, attrs in page.tags if attrs.get("id"))
    assert [name for name, count in counts.items() if count > 1] == []
    links = {(attrs.get("href") or "")[1:] for _, attrs in page.tags if (attrs.get("href") or "").startswith("#")}
    assert links - counts.keys() == set()


def test_the_file_asks_for_nothing(sample: Document, lang: Any) -> None:
    html = render_passport(sample, lang=lang)
    page = read(html)
    loads = [
        attrs for tag, attrs in page.tags if tag in ("script", "img", "iframe", "object", "embed", "video", "audio")
    ]
    assert loads == []
    assert [attrs["href"] for tag, attrs in page.tags if tag == "link"] == ["data:,"]
    assert re.findall(r"@import|url\((?!#)", html) == []
    assert {attrs.get("href", "#")[:1] for tag, attrs in page.tags if tag == "use"} == {"#"}  # type: ignore[index]


def test_the_same_document_gives_the_same_bytes_and_is_not_changed(sample: Document, lang: Any) -> None:
    before = copy.deepcopy(sample)
    first = render_passport(sample, lang=lang)
    assert sample == before
    assert render_passport(copy.deepcopy(sample), lang=lang) == first


def test_language_is_declared_and_foreign_names_are_marked(sample: Document) -> None:
    english, chinese = (read(render_passport(sample, lang=lang)) for lang in ("en", "zh"))
    for page, own, other in ((english, "en", "zh-CN"), (chinese, "zh-CN", "en")):
        assert next(attrs for tag, attrs in page.tags if tag == "html")["lang"] == own
        assert other in {attrs.get("lang") for tag, attrs in page.tags if tag == "span"}


NASTY = '<b onclick="x">&amp;"\'</b></style><script>alert(1)</script>'


def test_nothing_in_a_document_becomes_markup(sample: Document, lang: Any) -> None:
    def spoil(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: spoil(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [spoil(v, key) for v in value]
        is_words = isinstance(value, str) and key in WORDS
        return f"{value}{NASTY}" if is_words else value

    page = read(render_passport(spoil(sample), lang=lang))
    assert (page.unbalanced, page.open) == ([], [])
    assert {tag for tag, _ in page.tags} & {"script", "b"} <= {"b"}
    assert [attrs for _, attrs in page.tags if "onclick" in attrs] == []
    assert "alert(1)" in " ".join(page.text), "it is shown as text"


WORDS = (
    "en",
    "zh",
    "title",
    "name",
    "message",
    "hint",
    "programme",
    "file",
    "note",
    "antigen",
    "comparator",
    "line",
    "owner",
    "family",
    "engine_version",
    "low_label",
    "unit",
    "route",
    "modality",
    "table",
    "comparable",
    "convention",
    "url",
)


def test_an_address_is_a_link_only_on_the_web() -> None:
    assert web_address("https://example.org/a?b=1&c=2") == "https://example.org/a?b=1&c=2"
    assert [web_address(u) for u in ("javascript:alert(1)", "data:text/html,x", "file:///etc", "")] == [""] * 4


def test_a_style_string_cannot_be_left() -> None:
    assert css_text('a"; } </style>\\\n').count('"') == 2
    assert "<" not in css_text("</style>")


def test_every_milestone_market_measure_and_gate_stands_on_the_page(sample: Document, lang: Any) -> None:
    text = " ".join(read(render_passport(sample, lang=lang)).text)
    words = Catalogue(lang)
    days = [m["p50"] for m in sample["milestones"]]
    labels = [words.text(row["label"]) for row in (*sample["milestones"], *sample["success"]["gates"])]
    measures = [words.text(m["name"]) for m in sample["policies"][0]["measures"]]
    places = [words(f"jurisdiction.{r['market']}") for r in sample["value"]["by_market"]]
    assert [said for said in (*days, *labels, *measures, *places) if said not in text] == []


def test_numbers_are_followed_by_their_error(sample: Document) -> None:
    html = render_passport(sample, lang="en")
    for mean, error in (("11.4", "0.16"), ("32.2", "0.13"), ("\u221244.7", "0.01")):
        assert re.search(rf"{mean}\s*<span class=\"se\">± {error}</span>", html)


def test_unsourced_numbers_carry_their_mark(sample: Document) -> None:
    html = render_passport(sample, lang="en")
    assert re.search(r'class="v" data-grade="assumption"><a [^>]*>70.0%', html)
    assert re.search(r'class="v" data-grade="unverified"><a [^>]*>6 months', html)


def test_the_disclaimer_stands_once(sample: Document) -> None:
    assert render_passport(sample, lang="en").count("it gives no legal, medical or investment advice") == 1
    assert render_passport(sample, lang="zh").count("不构成法律、医学或投资建议") == 1


def test_the_footer_names_what_makes_the_answer_repeatable(sample: Document) -> None:
    text = " ".join(read(render_passport(sample, lang="en")).text)
    for said in ("20240801", "100,000", "7c1e09ab42d6", "e5f03b91c877", "china_first", "cn.shanghai.2024"):
        assert said in text


def test_chapters_without_an_engine_say_what_would_fill_them(sample: Document) -> None:
    text = " ".join(read(render_passport(sample, lang="en")).text)
    assert "Not computed. To fill it: specifications, batches and stability data per market." in text


def test_many_notes_are_folded_and_errors_come_first(sample: Document) -> None:
    note = {
        "code": "engine.without_a_sentence_here",
        "severity": "note",
        "message": "assumed",
        "hint": "",
        "path": "",
        "file": "",
        "line": 0,
    }
    sample["findings"] = [note] * 13 + [{**note, "severity": "error", "message": "broken"}]
    html = render_passport(sample, lang="en")
    assert "13 notes" in html
    assert html.index("broken") < html.index("assumed</span>")


@pytest.mark.parametrize(("lang", "said"), [("en", "a.b is a time limit"), ("zh", "a.b是时限")])
def test_a_finding_speaks_the_pages_language_where_its_code_has_a_sentence(
    sample: Document, lang: Lang, said: str
) -> None:
    row = {"code": "clock.limit_used", "severity": "note", "message": "plain", "hint": "", "path": "a.b", "line": 0}
    sample["findings"] = [{**row, "file": "", "value": None}]
    assert said in " ".join(read(render_passport(sample, lang=lang)).text)


def test_a_negative_value_is_said_and_signed(sample: Document) -> None:
    sample["value"]["rnpv_usd"] |= {"mean": -18_900_000, "p50": -24_000_000}
    text = "".join(read(render_passport(sample, lang="en")).text)
    assert "On average it loses USD\u00a019\u00a0million" in text
    assert "Even the mean is negative" in text


def test_an_unexplained_difference_of_the_two_means_is_an_alarm(sample: Document) -> None:
    sample["value"]["rnpv_expected_usd"]["mean"] = 15_000_000
    assert "standard errors apart: do not rely on the mean" in render_passport(sample, lang="en")


def test_the_sum_of_the_cash_table_is_claimed_only_when_it_holds(sample: Document) -> None:
    claim = "The discounted rows of the cash table sum to the mean."
    assert claim not in render_passport(sample, lang="en"), "the invented rows do not sum"
    total = sum(row["discounted_usd"] for row in sample["value"]["yearly"])
    sample["value"]["rnpv_usd"]["mean"] = sample["value"]["rnpv_expected_usd"]["mean"] = total
    assert claim in render_passport(sample, lang="en")


@pytest.mark.parametrize("case", CASES)
def test_the_summary_is_plain_text_in_both_languages(case: str, lang: Any, cases: Callable[[str], Document]) -> None:
    rows = passport_summary(cases(case), lang)
    assert rows
    assert [text for _, text in rows if "<" in text.replace("<0.1%", "") or "\u00a0" in text or "None" in text] == []


def test_the_summary_of_the_sample(sample: Document) -> None:
    rows = dict(passport_summary(sample, "en"))
    assert rows["Worth"] == "rNPV 11.4 ± 0.2 MUSD"
    assert rows["Next approval"] == "2029-10-20 (p10 2029-04-10, p90 2030-06-20), chance 47.7%"
    assert rows["Findings"] == "3 warnings, 2 notes"
