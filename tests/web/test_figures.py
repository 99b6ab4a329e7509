"""Every figure of every page opens where it comes from, and there is the same number."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from onepill.reports.catalogue import LANGUAGES
from onepill.web import create_app
from onepill.web.packed import MOST_BYTES, packed, unpacked
from onepill.workbench.asking.context import close_workspaces, shared_workspace
from onepill.workbench.workspace.job_worker import work
from tests.web.codes import codes
from tests.web.figures import figures
from tests.web.test_engine_pages import ASKED, DEAL, NAMES, PILL, SENT, VIEWS
from tests.workbench.landscape_warehouse import make_warehouse

Row = dict[str, Any]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        make_warehouse(Path(home) / "warehouse")
        patch.setenv("ONEPILL_HOME", str(home))
        close_workspaces()
        headers = {"sec-fetch-site": "same-origin"}
        yield TestClient(create_app(), base_url="http://127.0.0.1", headers=headers, follow_redirects=False)
        close_workspaces()


PILLS = f"/programmes/{PILL}"
PAGES = (
    *("/", "/keys", "/programmes/new", "/jobs", "/api", "/methods/success", "/programmes/minimal/file"),
    "/programmes/minimal/history",
    *(PILLS, f"{PILLS}/compare", f"{PILLS}/deals", f"{PILLS}/deals/licence_abroad/history"),
    *(f"{PILLS}/deals/licence_abroad", f"{PILLS}/deals/licence_abroad?set=terms.upfront.amount:6 MUSD"),
    *("/programmes/minimal?set=markets.US.peak_share:0.01", "/programmes/minimal/explain/value.rnpv_usd.mean"),
)
"""Pages of programmes and of the workspace."""
OPENED = 4
"""Links of a page that are opened, each to another part of the answer."""


@pytest.mark.parametrize("address", PAGES)
def test_every_figure_of_a_page_leads_to_what_explains_it(client: TestClient, address: str) -> None:
    page = client.get(address)
    assert page.status_code == 200
    assert list(dict.fromkeys(figures(page.text).loose)) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_figure_of_a_passports_page_opens_its_chain_or_its_place(client: TestClient, lang: str) -> None:
    page = client.get(f"{PILLS}/passport", params={"lang": lang})
    found = figures(page.text)
    assert list(dict.fromkeys(found.loose)) == []
    assert len(found.links) > 300
    unlike = list[Row]()
    for link, text in _spread({link: text for link, text in found.texts if not link.endswith("/explain/")}):
        told = client.get(link)
        big = re.findall(r'<p class="big num">([^<]*)</p>', told.text)
        if told.status_code != 200 or not big or not _same(text, big[0]):
            unlike.append({"link": link, "status": told.status_code, "cell": text, "explained": big})
        assert figures(told.text).loose == []
    assert unlike == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_figure_of_a_passports_file_leads_to_its_entry_in_the_list_of_numbers(
    client: TestClient, lang: str
) -> None:
    whole = client.get(f"{PILLS}/passport", params={"format": "html", "lang": lang}).text
    body, _, listed = whole.partition('id="numbers"')
    linked = re.findall(r'class="(?:explain-link|drawn-from)" href="#(n\d+)"', body)
    entries = re.findall(r'<tr id="(n\d+)"', listed)
    assert len(entries) == len(set(entries)) > 300
    assert len(linked) > 300
    assert set(linked) | set(re.findall(r'href="#(n\d+)"', listed)) <= set(entries)
    assert figures(re.sub(r'href="#n\d+"', 'href="/number"', body)).loose == []
    value = re.search(r'<dd class="big num"><a class="explain-link" href="#(n\d+)">', body)
    assert value is not None
    row = re.findall(rf'<tr id="{value[1]}".*?</tr>', listed, re.DOTALL)[0]
    assert "<code>value.<wbr>rnpv_<wbr>usd.<wbr>mean</code>" in row
    assert "USD" in row
    assert re.search(r'class="fn"><a href="#s\d+"', row), "its footnote stands beside it"


def test_a_passport_leads_to_every_number_of_its_provenance(client: TestClient) -> None:
    """Beside its body stands the list of all its numbers, each with its chain."""
    passport = client.get("/programmes/minimal/passport").text
    listed = re.findall(r'href="(/programmes/minimal/explain/)"', passport)
    assert len(listed) == 1
    page = client.get(listed[0])
    found, document = figures(page.text), client.get("/programmes/minimal/passport?format=json").json()
    assert found.loose == []
    links = {link.rpartition("/")[2]: link for link in found.links if "?" not in link}
    assert set(links) == {row["path"] for row in document["provenance"]}
    assert client.get(links["value.rnpv_usd.mean"]).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_of_an_engines_page_opens_where_it_comes_from(client: TestClient, name: str) -> None:
    page = _asked(client, name)
    assert page.status_code == (422 if name == "landscape.changes" else 200), "no watch is kept"
    found = figures(page.text)
    assert list(dict.fromkeys(found.loose)) == []
    unlike = list[Row]()
    for link, text in _spread({link: text for link, text in found.texts if "/number/" in link}):
        told = client.get(link)
        big = re.findall(r'<p class="big num">([^<]*)</p>', told.text)
        if told.status_code != 200 or not big or not _same(text, big[0]):
            unlike.append({"link": link, "status": told.status_code, "cell": text, "explained": big})
        assert figures(told.text).loose == []
        assert "docs/methods/" in told.text
    assert unlike == []


RULE = re.compile(r"[a-z]{2}\.[a-z]+\.[a-z0-9_.]+|eu\.mutual_recognition")
"""Ids of rules and policies, by which a reason names them."""


@pytest.mark.parametrize("name", NAMES)
def test_no_chinese_page_of_an_engine_says_codes_or_english(client: TestClient, name: str) -> None:
    """The answers are remembered, so that they are only told again."""
    page = _asked(client, name, lang="zh").text
    assert 'lang="zh-CN"' in page
    assert {one for one in codes(page) if not RULE.fullmatch(one)} == set()


@pytest.mark.parametrize("address", [one for one in PAGES if not one.endswith("/compare")])
def test_no_chinese_page_of_a_programme_says_codes_or_english(client: TestClient, address: str) -> None:
    """A comparison names scenarios as their file does."""
    assert codes(client.get(f"{address}{'&' if '?' in address else '?'}lang=zh").text) == set()


def test_a_changed_term_says_in_chinese_that_it_has_no_source(client: TestClient) -> None:
    page = client.get(f"{PILLS}/deals/licence_abroad?set=terms.upfront.amount:6 MUSD&lang=zh").text
    assert "changed in the workbench" not in page
    assert "在工作台修改，未注明来源" in page


def test_codes_and_english_are_seen_where_a_page_says_them() -> None:
    told = "<td>us.filed</td><th>break_fee</th><p>a.b</p><td lang='en'>as it is said</td><td>as it is said</td>"
    assert codes(told) == {"us.filed", "break_fee", "as it is said"}


def test_a_drawing_leads_to_the_part_of_the_answer_that_it_shows(client: TestClient) -> None:
    views = {f"{engine}.{view.id}": view for engine, view in VIEWS if view.series}
    assert len(views) == 6
    unasked = {"offers", "competitors"}  # drawn where a frontier, or one field, is asked for
    for name, view in views.items():
        page = _asked(client, name).text
        assert set(view.series) - unasked <= set(re.findall(r'id="chart-([a-z-]+)"', page)), name
        leads = {one.partition("/number")[2] for one in re.findall(r'class="drawn-from" href="([^"?]*)', page)}
        assert {place for one, place in view.series.items() if one not in unasked} <= leads, name


def test_figures_of_a_jobs_answer_open_where_they_come_from(client: TestClient) -> None:
    begun = client.post("/jobs/start/world/plan", params={**ASKED["world.plan"], "asked": "1"})
    address = begun.headers["location"].partition("?")[0]
    work(shared_workspace(), stop=threading.Event(), until_idle=True)
    page = client.get(address)
    found = figures(page.text)
    assert found.loose == []
    link, text = next((link, text) for link, text in found.texts if "/approval/p50" in link)
    told = client.get(link)
    assert (told.status_code, f'<p class="big num">{text}</p>' in told.text) == (200, True)
    assert "<code>onepill path</code>" in told.text
    assert figures(client.get("/jobs").text).loose == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_number_says_in_words_what_it_is_what_was_asked_and_by_which_method(client: TestClient, lang: str) -> None:
    asked = {**ASKED["world.plan"], "asked": "1", "lang": lang}
    told = client.get("/world/plan/number/plan/US/approval/p50", params=asked).text
    wanted = {
        "en": ("United States", "us.<wbr>fda.<wbr>nda", "Approval", "earliest approval", "Its row names"),
        "zh": ("美国", "us.<wbr>fda.<wbr>nda", "批准", "最早获批", "其所在行给出了依据"),
    }
    assert [one for one in (*wanted[lang], "docs/methods/filing-plan.md", "SHA-256") if one not in told] == []
    assert client.get("/world/plan/number/plan/US/approval/p51", params=asked).status_code == 422


def test_what_a_number_of_the_landscape_counts_is_listed(client: TestClient) -> None:
    at = "/landscape/matrix/number/cells/0/programmes"
    told = client.get(at, params={"on": "2021-07-01", "rows": "target", "columns": "indication", "asked": "1"})
    listed = re.findall(r'href="(/landscape/pictures[^"]*)"', told.text)
    assert len(listed) == 1
    counted = re.findall(r'<p class="big num">(\d+)', told.text)
    rows = client.get(listed[0].replace("&amp;", "&") + "&format=json")
    assert "targets=" in listed[0]
    assert [len(rows.json()["programmes"])] == [int(one) for one in counted]


def _asked(client: TestClient, name: str, *, lang: str = "en") -> Any:
    """The page of a view with its answer, asked as its form does."""
    engine, _, view_id = name.partition(".")
    view = next(view for found, view in VIEWS if (found, view.id) == (engine, view_id))
    if name in SENT:
        return client.post(f"/{engine}/{view_id}", params={"lang": lang}, data={**SENT[name], "asked": "1"})
    day = {"on": "2021-07-01"} if engine == "landscape" and view_id != "table" else {}
    sent = {"asked": "1"} if view.waits or name in ASKED else {}
    return client.get(f"/{engine}/{view_id}", params={**ASKED.get(name, {}), **day, **sent, "lang": lang})


def _spread(links: dict[str, str]) -> list[tuple[str, str]]:
    """A few links, to parts of the answer that differ by more than the number of their row, from all over the page."""
    kinds: dict[str, tuple[str, str]] = {}
    for link, text in links.items():
        kinds.setdefault(re.sub(r"/[0-9]+(?=/|$)", "/#", link.partition("?")[0]), (link, text))
    rows = list(kinds.values())
    return rows[:: max(1, len(rows) // OPENED)]


def _same(cell: str, big: str) -> bool:
    """Whether a cell shows the number that its explanation tells in full; a drawing and a list have none."""
    shown = cell.strip("± ").replace("(", "")
    if big == "–" or not re.fullmatch(r"[-−+0-9.,%]+", shown):
        return True
    return big.split(maxsplit=1)[0] == shown or _is_of(shown, big, 1)


EXPLAINED = {"deals.value": 3, "deals.compare": 4, "deals.return_risk": 2, "deals.solve": 5}
"""Views whose numbers open where they come from, and how many of their tables have some."""


WAYS = [("kept", name) for name in EXPLAINED] + [("typed", "deals.value"), ("typed", "deals.solve")]


@pytest.mark.parametrize(("way", "name"), WAYS)
def test_every_number_of_the_pages_of_deals_opens_where_it_comes_from(client: TestClient, name: str, way: str) -> None:
    address, view_id = "/" + name.replace(".", "/"), name.partition(".")[2]
    if way == "typed":
        page = client.post(address, data={**SENT[name], "asked": "1"})
    else:
        left = {key: value for key, value in SENT[name].items() if key not in ("programme", "deal", "deals")}
        kept = [f"{PILL}.deal.licence_abroad", *([f"{PILL}.deal.newco_abroad"] if view_id == "compare" else [])]
        page = client.get(address, params={**left, "kept": kept, "asked": "1"})
    assert page.status_code == 200
    tables = re.findall(r'<section class="result" id="table-.*?</section>', page.text, re.DOTALL)
    linked = [(table, re.findall(CELL, table)) for table in tables if 'class="explain-link"' in table]
    assert len(linked) == EXPLAINED[name]
    assert [table for table, _ in linked if re.search(r'<td[^>]*class="r num"[^>]*>(?!\d+</td>)[^<–]', table)] == []
    for href, text in {cell for _, all_cells in linked for cell in all_cells}:
        found = client.get(href.replace("&amp;", "&"))
        assert found.status_code == 200, href
        shown = re.findall(r'<p class="big num">([^<]*)</p>', found.text)[0]
        assert shown.split()[0] == text or _is_of(text, shown, 30 if ".flows." in href else 1), (href, text, shown)


CELL = r'<a class="explain-link" href="([^"]+)">([^<]*)</a>'
NUMBER = re.compile(r"(-?[\d.]+)%?(?=\s|$)")


def _is_of(cell: str, whole: str, most: int) -> bool:
    """Whether a number in full is the one of a cell, or the sum of at most so many years: money there in millions."""
    given, shown = (text.replace("−", "-").replace(",", "") for text in (whole, cell))
    parts = [float(part) for part in NUMBER.findall(shown)]
    value = float(given.split()[0].rstrip("%")) / (1e6 if given.endswith("USD") else 1)
    return bool(parts) and abs(value - sum(parts)) <= 0.0051 * most * (10 if "%" in shown else 1)


def test_numbers_before_and_after_a_change_open_where_they_come_from(client: TestClient) -> None:
    address = f"/programmes/{PILL}/deals/licence_abroad"
    page = client.get(address, params={"set": "terms.upfront.amount:6 MUSD", "lang": "en"}).text
    moved = re.findall(r'<section class="moved".*?</section>', page, re.DOTALL)[0]
    cells = re.findall(CELL, moved)
    assert len(cells) == 6, "before, after and the difference, of the owner and of all others"
    for href, text in cells:
        found = client.get(href.replace("&amp;", "&"))
        assert found.status_code == 200, href
        assert _is_of(text, re.findall(r'<p class="big num">([^<]*)</p>', found.text)[0], 1), (href, text)
        for step in set(re.findall(r'<a href="([^"]+)" title="deals[^"]+sides', found.text)):
            assert client.get(step.replace("&amp;", "&")).status_code == 200, step


def test_a_packed_question_comes_back_whole_and_a_cut_one_is_refused(client: TestClient) -> None:
    rows = [("deal", DEAL), ("draws", ""), ("draws", "200")]
    text = packed(rows)
    assert unpacked(text) == rows
    assert packed([("deal", "".join(chr(33 + i * i % 8009) for i in range(40_000)))]) == "", "too long for an address"
    bomb = packed([("deal", "a" * (2 * MOST_BYTES))])
    for wrong in (text[:-8], "x" + text, "?", bomb):
        answer = client.get("/deals/value/explain/shares.licensor", params={"packed": wrong})
        assert (answer.status_code, "packed" in answer.text) == (422, True), wrong[:20]
