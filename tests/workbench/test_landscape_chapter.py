"""The passport's first chapter fills itself from the warehouse in the home folder, and stays as it was without one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from onepill.reports import render_passport
from tests.workbench.landscape_warehouse import TRIALS, Trial, load_trials
from tests.workbench.passports import passport_of, text_of

Row = dict[str, Any]


def passport(monkeypatch: pytest.MonkeyPatch, home: Path, **changes: Any) -> Row:
    monkeypatch.setenv("ONEPILL_HOME", str(home))
    return passport_of(text_of("tunlametinib"), draws=500, **changes)


def test_the_first_chapter_names_who_else_is_on_the_target(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    without = passport(monkeypatch, tmp_path / "none")
    assert without["chapters"][0]["state"] == "thin"
    load_trials(tmp_path / "warehouse", TRIALS)
    filled = passport(monkeypatch, tmp_path)
    chapter = filled["chapters"][0]
    assert chapter["state"] == "computed"
    named = [(row["name"], row["stage"]) for row in chapter["landscape"]["rivals"]]
    assert named == [("brelumetinib", "phase_3"), ("dorametinib", "phase_2")]
    assert chapter["landscape"]["rivals"][0]["evidence"][0] == "ctgov:NCT00000002"
    assert filled["inputs_hash"] != without["inputs_hash"]
    assert filled["value"] == without["value"]


def test_a_correction_makes_another_passport(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    load_trials(tmp_path / "warehouse", TRIALS)
    before = passport(monkeypatch, tmp_path)
    row = "drug,dorametinib,,,A. Reader,2026-11-22,a device of that name\n"
    head = "kind,text,entity_id,name,decided_by,decided_on,reason\n"
    (tmp_path / "warehouse" / "corrections.csv").write_text(head + row, encoding="utf-8")
    after = passport(monkeypatch, tmp_path)
    assert [rival["name"] for rival in after["chapters"][0]["landscape"]["rivals"]] == ["brelumetinib"]
    assert after["inputs_hash"] != before["inputs_hash"]


def test_the_chapter_is_of_the_programmes_day(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    load_trials(tmp_path / "warehouse", TRIALS)
    before = passport(monkeypatch, tmp_path, as_of=date(2019, 12, 31))["chapters"][0]["landscape"]
    assert [(row["name"], row["stage"]) for row in before["rivals"]] == [
        ("dorametinib", "phase_2"),
        ("brelumetinib", "phase_1"),
    ]


def test_the_drug_itself_has_its_own_place_and_is_no_rival(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    load_trials(tmp_path / "warehouse", [*TRIALS, Trial(9, "2021-01-01", "PHASE2", ("HL-085",))])
    made = passport(monkeypatch, tmp_path)
    found = made["chapters"][0]["landscape"]
    assert (found["own"]["name"], found["own"]["stage"], found["own"]["tag"]) == (
        "tunlametinib",
        "phase_2",
        "fast_follower",
    )
    assert [row["name"] for row in found["rivals"]] == ["brelumetinib", "dorametinib"]
    assert "others are further, at phase 3: brelumetinib" in render_passport(made, lang="en")


def test_without_a_warehouse_the_page_has_no_line_of_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for lang, label in (("en", "Others on the same target"), ("zh", "同靶点的其他药物")):
        assert label not in render_passport(passport(monkeypatch, tmp_path), lang=lang)


@pytest.mark.parametrize(("lang", "said"), [("en", "brelumetinib: phase 3 since"), ("zh", "brelumetinib：2020-02-01")])
def test_the_page_shows_the_chapter_in_both_languages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lang: str, said: str
) -> None:
    load_trials(tmp_path / "warehouse", TRIALS)
    assert said in render_passport(passport(monkeypatch, tmp_path), lang=lang)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_chapter_draws_the_competitors_and_the_entrants(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lang: Any
) -> None:
    load_trials(tmp_path / "warehouse", [*TRIALS, Trial(9, "2021-01-01", "PHASE2", ("HL-085",))])
    made = passport(monkeypatch, tmp_path)
    ways = made["chapters"][0]["landscape"]["pictures"]["timeline"]["ways"]
    assert [(way["name"], way["is_own"]) for way in ways] == [
        ("brelumetinib", False),
        ("dorametinib", False),
        ("tunlametinib", True),
    ]
    html = render_passport(made, lang=lang)
    assert "▸ tunlametinib" in html
    research = html.split('id="research"')[1].split("</section>")[0]
    assert 'id="chart-competitors"' in research
    assert 'id="chart-entrants"' in research
    assert (
        "chart-competitors"
        not in render_passport(passport(monkeypatch, tmp_path / "none"), lang=lang).split("</style>")[1]
    )
