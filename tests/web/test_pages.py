"""The pages without a browser: every page answers, without inline style, with what was typed kept."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from fastapi.testclient import TestClient

from onepill.web import create_app
from onepill.web.assets import DECLARATIONS, asset_text
from onepill.web.layout import in_short
from onepill.web.programme_pages import applied_address

ROOT = Path(__file__).resolve().parents[2]
PILL = "/programmes/minimal"
INLINE = re.compile(r'<style|<script>|\sstyle="|\son[a-z]+="')


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEPILL_HOME", str(tmp_path_factory.mktemp("home")))
        headers = {"accept": "text/html", "sec-fetch-site": "same-origin"}
        yield TestClient(create_app(), base_url="http://127.0.0.1", headers=headers, follow_redirects=False)


def field_of(client: TestClient) -> tuple[str, str]:
    """The path of the first field of the live page, and its text."""
    found = re.search(r'name="v:([^"]+)" value="([^"]+)"', client.get(PILL).text)
    assert found
    return found[1], found[2]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "address", ["/", "/keys", "/programmes/new", PILL, f"{PILL}/compare", f"{PILL}/history", f"{PILL}/file"]
)
def test_every_page_answers_in_both_languages_without_inline_style(client: TestClient, address: str, lang: str) -> None:
    answer = client.get(address, params={"lang": lang})
    assert answer.status_code == 200
    assert f'<html lang="{"en" if lang == "en" else "zh-CN"}"' in answer.text
    assert INLINE.findall(answer.text) == []


def test_the_list_folds_on_a_phone_each_cell_with_its_head(client: TestClient) -> None:
    table = (
        client.get("/").text.partition('<table class="programme-table fold" role="table">')[2].partition("</table>")[0]
    )
    cells = re.findall(r"<td [^>]*>", table.partition("<tbody")[2])
    assert cells, "the list has programmes"
    assert all("data-l=" in cell or "colspan=" in cell for cell in cells)


def test_the_passport_page_takes_every_declaration_from_the_style_sheet(client: TestClient) -> None:
    answer = client.get(f"{PILL}/passport")
    assert answer.status_code == 200
    assert INLINE.findall(answer.text) == []
    declared = set(re.findall(r'data-s="([^"]*)"', answer.text))
    assert declared, "the drawings have declarations"
    assert declared - set(DECLARATIONS) == set()
    assert all(f'[data-s="{one}"]' in (asset_text("base.css") or "") for one in declared)


@pytest.mark.parametrize("part", ["", "/passport", "/explain/value", "/compare", "/history", "/file"])
def test_an_unknown_programme_is_a_page_that_is_not_there_with_its_finding(client: TestClient, part: str) -> None:
    answer = client.get(f"/programmes/none{part}")
    assert (answer.status_code, "document.unknown" in answer.text) == (404, True)


def test_an_unknown_address_is_not_there_and_an_unknown_programme_in_a_question_is_a_wrong_value(
    client: TestClient,
) -> None:
    assert client.get("/nowhere").status_code == 404
    assert client.post("/api/programmes/show", json={"id": "none"}).status_code == 422


def test_a_redraw_carries_what_is_to_be_saved_and_never_the_form_that_is_written_in(client: TestClient) -> None:
    path = "markets.us.peak_share"
    whole = client.get(PILL, params={"set": f"{path}:0.01"}).text
    assert [whole.count(f'name="{name}"') for name in ("reason", "expected", "set")] == [1, 1, 1]
    for part, sets in (("outcome", {"set": f"{path}:0.01"}), ("apply", {f"v:{path}": "0.01", f"o:{path}": "0.02"})):
        text = client.get(f"{PILL}/{part}", params=sets, headers={"hx-request": "true"}).text
        assert (text.count('id="outcome"'), 'name="reason"' in text, 'name="expected"' in text) == (1, False, False)
    assert f'name="set" value="{path}:0.01"' in text


@pytest.mark.parametrize("digits", [str(2**63), "9" * 5_000])
@pytest.mark.parametrize("page", ["", "/compare", "/file", "/apply"])
def test_a_version_larger_than_any_is_refused(client: TestClient, page: str, digits: str) -> None:
    answer = client.get(f"{PILL}{page}", params={"version": digits}, headers={"hx-request": "true"})
    assert answer.status_code == 422


def test_a_change_in_the_address_moves_the_value_and_is_shown_with_its_error(client: TestClient) -> None:
    path, _ = field_of(client)
    plain, changed = client.get(PILL), client.get(PILL, params={"set": "markets.US.peak_share:0.01"})
    assert 'class="moved"' not in plain.text
    assert 'class="moved"' in changed.text
    assert re.search(r'<dd class="num (up|down)"><a [^>]+>[^<]+', changed.text)
    assert path


def test_a_refused_value_stays_in_its_field_with_the_models_own_words(client: TestClient) -> None:
    path, text = field_of(client)
    answer = client.get(PILL, params={"set": f"{path}:-7 wombats"})
    assert answer.status_code == 200
    assert f'name="v:{path}" value="-7 wombats"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert f"{PILL}?" not in answer.headers.get("location", "")
    assert text not in {"", "-7 wombats"}


def test_typed_fields_become_an_address_that_says_only_what_changed() -> None:
    fields = [
        ("scenario", "x"),
        *(("v:a.b", "0.3"), ("o:a.b", "0.2"), ("s:a.b", "a report")),
        *(("v:a.c", "1"), ("o:a.c", "1"), ("s:a.c", "unused")),
    ]
    assert applied_address("/p", fields) == "/p?scenario=x&set=a.b%3A0.3&source=a.b%3Aa+report"


def test_fields_are_applied_without_script_by_going_to_the_address(client: TestClient) -> None:
    path, text = field_of(client)
    answer = client.get(f"{PILL}/apply", params={f"v:{path}": "9 months", f"o:{path}": text})
    assert answer.status_code == 303
    assert client.get(answer.headers["location"]).status_code == 200


def test_a_scenario_is_saved_with_its_reason_and_a_second_editor_is_shown_the_conflict(client: TestClient) -> None:
    change = "markets.US.peak_share:0.01"
    form = {"name": "dear_money", "reason": "rates rose", "expected": "1", "set": change}
    saved = client.post(f"{PILL}/scenarios", data=form)
    assert (saved.status_code, saved.headers["location"]) == (303, f"{PILL}?scenario=dear_money")
    assert "rates rose" in client.get(f"{PILL}/history").text
    assert "dear_money" in client.get(f"{PILL}/compare").text
    second = client.post(f"{PILL}/save", data={"reason": "mine", "expected": "1", "set": change})
    assert second.status_code == 409
    assert "rates rose" in second.text
    assert "set=markets.US.peak_share%3A0.01" in second.text, "the second editor's change is kept"
    again = client.post(f"{PILL}/save", data={"reason": "mine", "expected": "2", "set": change})
    assert again.status_code == 303
    restored = client.post(f"{PILL}/restore", data={"version": "1", "expected": "3", "reason": "back"})
    assert restored.status_code == 303
    text = client.get(f"{PILL}/file", params={"format": "yaml"}).text
    assert text == (ROOT / "examples" / "minimal.yaml").read_text(encoding="utf-8")


def test_a_new_programme_is_refused_with_its_text_and_kept_once_mended(client: TestClient) -> None:
    refused = client.post("/programmes", data={"text": "onepill: 1\n<script>", "reason": "new"})
    assert refused.status_code == 422
    assert "&lt;script&gt;" in refused.text
    text = (
        (ROOT / "examples" / "minimal.yaml")
        .read_text(encoding="utf-8")
        .replace("programme: minimal", "programme: mine")
    )
    kept = client.post("/programmes", data={"text": text, "reason": "new"})
    assert (kept.status_code, kept.headers["location"]) == (303, "/programmes/mine")


def test_a_new_programme_and_a_new_deal_may_start_from_one_that_is_there(client: TestClient) -> None:
    assert "programme: minimal-copy\n" in client.get("/programmes/new", params={"like": "minimal"}).text
    deal = "tunlametinib-nras-melanoma.deal.licence_abroad"
    assert "deal: licence_abroad_copy\n" in client.get("/programmes/minimal/deals", params={"like": deal}).text
    assert client.get("/programmes/new", params={"like": "no-such"}).status_code == 422


def test_history_tells_a_scenario_by_its_paths_and_values() -> None:
    changes = [{"path": "a.b", "value": {"value": 0.2, "source": "s"}, "reason": "why"}, {"path": "c", "value": 3}]
    assert in_short(changes) == "a.b = 0.2; c = 3"
    assert (in_short(None), in_short({"low": 1, "high": 2}), in_short("x")) == ("–", "low 1, high 2", "x")


def test_the_explanation_follows_a_number_to_its_inputs(client: TestClient) -> None:
    answer = client.get(f"{PILL}/explain/value.rnpv_usd.mean")
    assert answer.status_code == 200
    text = answer.text.replace("<wbr>", "")
    assert [part for part in ("development.phase_3.cost", "markets.us.peak_share") if part not in text] == []


def test_every_number_of_the_list_the_programme_and_its_comparison_is_explained(client: TestClient) -> None:
    """Each link to an explanation leads to one: origin, grade and the path of the calculation."""
    changed = {"set": "markets.US.peak_share:0.01"}
    pages = (client.get(PILL, params=changed), client.get(f"{PILL}/compare", params={"version": 1}))
    wanted = {link for page in pages for link in re.findall(rf'href="({PILL}/explain/[^"]+)"', page.text)}
    assert len(wanted) > 25
    wanted.add(f"{PILL}/explain/answer.any_new_approval_prob")  # of the list
    for link in sorted(html.unescape(link) for link in wanted):
        answer = client.get(link, params={**dict(parse_qsl(urlsplit(link).query)), "draws": 100})
        assert answer.status_code == 200, link
        assert 'class="grade"' in answer.text, link


def test_words_are_chosen_and_a_list_of_them_becomes_one_value(client: TestClient) -> None:
    page = client.get(PILL, params={"lang": "en"}).text
    assert '<option value="phase_3" title="phase_3" selected>phase 3</option>' in page
    chosen = re.search(r'name="m:development.phase_3.regions" value="US" checked> <span>([^<]+)', page)
    assert chosen
    assert chosen[1] == "United States"
    path = "development.phase_3.regions"
    sent = [(f"l:{path}", "1"), (f"m:{path}", "US"), (f"m:{path}", "JP"), (f"o:{path}", "[US]")]
    assert applied_address(PILL, sent) == f"{PILL}?{urlencode({'set': f'{path}:[US, JP]'})}"
    assert applied_address(PILL, [sent[0], sent[1], sent[3]]) == PILL
    assert applied_address(PILL, [sent[0], sent[3]]).endswith("%3A%5B%5D"), "none is chosen"


def test_exports_are_the_documents_themselves(client: TestClient) -> None:
    live = client.get(PILL, params={"format": "json"})
    assert "attachment" in live.headers["content-disposition"]
    assert json.loads(live.text)["id"] == "minimal"
    assert json.loads(client.get(f"{PILL}/passport", params={"format": "json"}).text)["programme"] == "minimal"


def test_language_and_theme_are_remembered(client: TestClient) -> None:
    with_cookie = TestClient(client.app, base_url="http://127.0.0.1")
    with_cookie.get("/keys", params={"lang": "zh", "theme": "dark"})
    answer = with_cookie.get("/keys")
    assert 'lang="zh-CN" data-theme="dark"' in answer.text


def test_both_languages_have_every_word_of_the_pages_and_each_is_used() -> None:
    folder = resources.files("onepill.web")
    english, chinese = (
        json.loads(folder.joinpath("messages", f"messages.{lang}.json").read_text(encoding="utf-8"))
        for lang in ("en", "zh")
    )
    assert english.keys() == chinese.keys()
    braces = re.compile(r"\{(\w+)\}")
    assert {k: set(braces.findall(v)) for k, v in english.items()} == {
        k: set(braces.findall(v)) for k, v in chinese.items()
    }
    package = Path(str(folder))
    source = "\n".join(p.read_text(encoding="utf-8") for p in [*package.rglob("*.py"), *package.rglob("*.j2")])
    coded = (
        "api.effect_",
        "web.section_",
        "web.theme_",
        "web.key_",
        "live.tab_",
        "origin.",
        "part_of_file.",
        "input_unit.",
    )
    assert [key for key in english if f'"{key}"' not in source and not key.startswith(coded)] == []
