"""The page of pictures over a warehouse: each part is what the landscape's own operations answer."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.core.errors import InputError
from onepill.workbench.landscape.picture_loads import standing_loads
from onepill.workbench.landscape.picture_parts import heat_map, list_days, year_ends
from onepill.workbench.operations import operation
from tests.cli.asking import Ask
from tests.workbench.landscape_warehouse import (
    BURDEN_DAY,
    TRIALS,
    Trial,
    load,
    load_burden,
    load_trials,
    make_warehouse,
)

Row = dict[str, Any]
DAY = "2021-07-01"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_warehouse(tmp_path_factory.mktemp("pictures") / "warehouse")


def python(name: str, root: Path, **fields: Any) -> Any:
    found = operation(f"landscape {name}".strip())
    return found.ask(found.question.model_validate({"warehouse": str(root), "on": DAY, **fields}))


@pytest.mark.parametrize("fields", [{}, {"targets": ["MEK"]}, {"indications": ["Melanoma"]}, {"hindsight": True}])
def test_each_part_is_the_answer_of_its_operation(root: Path, fields: Row) -> None:
    page = python("page", root, **fields)
    whole = python("", root, limit=40, **fields)
    assert {name: page[name] for name in ("programmes", "shown", "tag_counts", "coverage", "as_of_method")} == {
        name: whole[name] for name in ("programmes", "shown", "tag_counts", "coverage", "as_of_method")
    }
    assert page["measures"] == python("crowding", root, **fields)["measures"]
    assert page["tag_shares"] == python("firsts", root, **fields)["shares"]
    entrants = python("entrants", root, **fields, first_year=2012)
    assert {name: page["entrants"][name] for name in ("origins", "years", "counts")} == {
        name: entrants[name] for name in ("origins", "years", "counts")
    }
    cells = python("matrix", root, **fields)["cells"]
    assert {(c["row"], c["column"]): c["programmes"] for c in page["heat_map"]["cells"]} == {
        (c["row"], c["column"]): c["programmes"] for c in cells
    }
    burden = python("burden", root, **fields)
    assert page["burden"]["causes"] == burden["causes"]
    assert page["burden"]["known_on"] == BURDEN_DAY


def test_the_comparison_is_of_the_whole_world(root: Path) -> None:
    page = python("page", root, targets=["MEK"], compare_origin="jp")
    compared = python("compare", root, origin="JP")
    assert page["compare"] == {name: compared[name] for name in ("origin", "ratios", "unknown_origin")}


def test_the_trend_is_what_was_known_at_the_end_of_each_year(root: Path) -> None:
    page = python("page", root, years=4)
    assert [row["day"] for row in page["trend"]["days"]] == ["2018-12-31", "2019-12-31", "2020-12-31", DAY]
    for row in page["trend"]["days"]:
        alone = python("crowding", root, on=row["day"])
        assert row["measures"] == {name: alone["measures"][name] for name in row["measures"]}
        assert row["target_share"] == alone["coverage"]["target_share"]
    counts = [row["measures"]["programmes"]["value"] for row in page["trend"]["days"]]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1] == page["measures"]["programmes"]["value"]


def test_the_timeline_has_each_stage_on_its_first_day_and_needs_a_filter(root: Path) -> None:
    found = python("page", root, targets=["MEK"])["timeline"]
    ways = {way["name"]: [(m["stage"], m["day"]) for m in way["milestones"]] for way in found["ways"]}
    assert ways == {
        "brelumetinib": [("phase_1", "2017-03-01"), ("phase_3", "2020-02-01")],
        "dorametinib": [("phase_2", "2019-03-01")],
    }
    assert [way["origin"] for way in found["ways"]] == ["CN", "JP"]
    assert found["ways"][0]["milestones"][1]["records"] == ["ctgov:NCT00000002"]
    assert (found["agents"], found["as_of"]) == (2, DAY)
    assert python("page", root)["timeline"] is None


def test_a_timeline_within_a_condition_has_only_what_names_it(root: Path) -> None:
    found = python("page", root, indications=["Neoplasms"])["timeline"]
    assert {way["name"] for way in found["ways"]} == {"brelumetinib", "dorametinib", "quilirasib", "XQZ-1234"}
    narrow = python("page", root, indications=["Melanoma"])["timeline"]
    assert {way["name"] for way in narrow["ways"]} == {"brelumetinib", "dorametinib", "XQZ-1234"}
    assert (found["within_conditions"], python("page", root, targets=["MEK"])["timeline"]["within_conditions"]) == (
        True,
        False,
    )


def test_what_only_a_list_tells_is_marked_and_its_day_stands_beside_the_trend(root: Path, tmp_path: Path) -> None:
    own = Path(shutil.copytree(root, tmp_path / "warehouse"))
    lines = ["!Invented list", "pert_iname\tclinical_phase\tmoa\ttarget\tdisease_area\tindication"]
    lines.append("wuxipatinib\tLaunched\tMEK inhibitor\tMAP2K1\toncology\tmelanoma")
    file = tmp_path / "repurposing_drugs_20200324.txt"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    load(own, "repurposing_hub", file, snapshot="2020-03-24")
    page = python("page", own, targets=["MEK"])
    ways = {way["name"]: way["milestones"] for way in page["timeline"]["ways"]}
    assert [(m["stage"], m["day"], m["is_listed"]) for m in ways["wuxipatinib"]] == [("approval", "2020-03-24", True)]
    assert not any(m["is_listed"] for m in ways["brelumetinib"])
    expected = [{"day": "2020-03-24", "source": "repurposing_hub"}]
    assert (page["trend"]["lists"], page["entrants"]["lists"]) == (expected, expected)
    assert python("page", own, years=2, on="2021-07-01")["trend"]["lists"] == []


def test_the_loads_are_told_with_hash_use_and_age(root: Path) -> None:
    rows = {row["source"]: row for row in python("page", root)["sources"]}
    assert {name: row["roles"] for name, row in rows.items()} == {
        "burden": ["burden"],
        "ctgov": ["trials"],
        "fda_nme": ["approvals"],
        "mesh": ["conditions"],
    }
    trials = root.with_name("trials.json")
    (file,) = rows["ctgov"]["files"]
    assert file["sha256"] == hashlib.sha256(trials.read_bytes()).hexdigest()
    assert (file["file"], file["rows_loaded"], rows["ctgov"]["records"]) == ("trials.json", len(TRIALS), len(TRIALS))
    assert rows["burden"]["age_days"] == (date.fromisoformat(DAY) - date.fromisoformat(BURDEN_DAY)).days
    assert rows["ctgov"]["first_day"] == "2017-03-01"


def test_updates_stand_beside_the_full_load_before_them(root: Path, tmp_path: Path) -> None:
    own = Path(shutil.copytree(root, tmp_path / "warehouse"))
    load_trials(own, [Trial(70, "2021-01-01", "PHASE1", ("velorasib",))], update=True)
    rows = {row["source"]: row for row in python("page", own)["sources"]}
    assert [file["rows_loaded"] for file in rows["ctgov"]["files"]] == [len(TRIALS), 1]
    load_trials(own, [*TRIALS, Trial(71, "2021-01-02", "PHASE1", ("velorasib",))])
    rows = {row["source"]: row for row in python("page", own)["sources"]}
    assert [file["rows_loaded"] for file in rows["ctgov"]["files"]] == [len(TRIALS) + 1]


@given(st.lists(st.sampled_from(["full", "update"]), min_size=1, max_size=8))
def test_standing_loads_begin_with_the_last_full_one(modes: list[str]) -> None:
    from types import SimpleNamespace

    loads = tuple(SimpleNamespace(mode=mode, place=place) for place, mode in enumerate(modes))
    found = [one.place for one in standing_loads(loads)]  # type: ignore[arg-type]  # only the mode is read
    last = max((place for place, mode in enumerate(modes) if mode == "full"), default=0)
    assert found == list(range(last, len(modes)))


def test_without_a_burden_or_with_one_of_later_the_page_stands(root: Path, tmp_path: Path) -> None:
    for case, said in (("none", "not_loaded"), ("later", "published_later")):
        own = tmp_path / case / "warehouse"
        own.parent.mkdir()
        load_trials(own, TRIALS)
        if case == "later":
            load_burden(own, snapshot="2024-01-01")
        page = python("page", own)
        assert (page["burden"], page["burden_absent"]) == (None, said)
    with pytest.raises(InputError) as refused:
        python("page", root, area="Atlantis")
    assert refused.value.findings[0].code == "landscape.area"


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 30), st.sampled_from(["phase_1", "approval"]), st.integers(1, 9)),
        max_size=60,
    )
)
def test_folding_the_matrix_loses_no_programme(found: list[tuple[int, int, str, int]]) -> None:
    cells: dict[tuple[str, str], Row] = {}
    for i, j, stage, count in found:
        key = (f"T{i}", f"D{j}")
        cell = cells.setdefault(key, {"row": key[0], "column": key[1], "programmes": 0, "by_stage": {}})
        cell |= {"row_name": key[0], "column_name": f"condition {j}", "programmes": cell["programmes"] + count}
        cell["by_stage"][stage] = cell["by_stage"].get(stage, 0) + count
    matrix = {"cells": list(cells.values()), "filled": len(cells), "programmes": 1, "unplaced": 0}
    folded = heat_map(matrix)
    total = sum(cell["programmes"] for cell in cells.values())
    assert sum(cell["programmes"] for cell in folded["cells"]) == total
    assert sum(row["programmes"] for row in folded["rows"]) == total == sum(c["programmes"] for c in folded["columns"])
    assert all(cell["programmes"] == sum(cell["by_stage"].values()) for cell in folded["cells"])
    named = [row for row in folded["rows"] if row["id"] != "others"]
    assert len(named) == min(20, len({row for row, _ in cells}))
    assert folded["other_rows"] == max(0, len({row for row, _ in cells}) - 20)
    sums = [row["programmes"] for row in named]
    assert sums == sorted(sums, reverse=True)


def test_year_ends_are_the_last_days_and_the_day_itself() -> None:
    assert year_ends(date(2021, 7, 1), 3) == [date(2019, 12, 31), date(2020, 12, 31), date(2021, 7, 1)]
    assert year_ends(date(2021, 12, 31), 2) == [date(2020, 12, 31), date(2021, 12, 31)]


def test_lists_count_after_the_first_day_and_up_to_the_last() -> None:
    def source(name: str, *days: str, role: str = "drugs") -> Row:
        files = [{"snapshot_day": day, "loaded_day": "2026-01-01"} for day in days]
        return {"source": name, "roles": [role], "files": files}

    rows = [
        source("a", "2019-12-31", "2020-01-01"),
        source("b", "2021-07-01", "2021-07-02"),
        source("c", "2020-06-01", role="trials"),
    ]
    found = list_days(rows, date(2019, 12, 31), date(2021, 7, 1))
    assert found == [{"day": "2020-01-01", "source": "a"}, {"day": "2021-07-01", "source": "b"}]
    undated = {"source": "d", "roles": ["drugs"], "files": [{"snapshot_day": None, "loaded_day": "2020-05-05"}]}
    assert list_days([undated], date(2019, 12, 31), date(2021, 7, 1)) == [{"day": "2020-05-05", "source": "d"}]


# From the command line


def test_the_page_is_written_in_each_language_with_its_document(ask: Ask, root: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    answer = ask("landscape", "page", "--warehouse", str(root), "--on", DAY, "--target", "MEK", "--out", str(out))
    assert (answer.code, answer.err) == (0, "")
    assert sorted(file.name for file in out.iterdir()) == ["landscape.en.html", "landscape.json", "landscape.zh.html"]
    assert str(out / "landscape.en.html") in answer.out
    assert 'lang="zh-CN"' in (out / "landscape.zh.html").read_text(encoding="utf-8")
    document = json.loads((out / "landscape.json").read_text(encoding="utf-8"))
    assert document["filters"] == {"targets": ["MEK"]}
    for lang in ("en", "zh"):
        html = (out / f"landscape.{lang}.html").read_text(encoding="utf-8")
        for name in ("heat-map", "competitors", "trend", "entrants", "burden"):
            assert f'id="chart-{name}"' in html
        assert "brelumetinib" in html
        assert document["sources"][0]["files"][0]["sha256"][:12] in html


def test_json_is_one_document_and_writes_only_where_a_folder_is_named(
    ask: Ask, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["landscape", "page", "--warehouse", str(root), "--on", DAY, "--json"]
    assert ask(*words).document["as_of"] == DAY
    assert list(tmp_path.iterdir()) == []
    assert ask(*words, "--out", "here", "--lang", "zh").document["as_of"] == DAY
    assert sorted(file.name for file in (tmp_path / "here").iterdir()) == ["landscape.json", "landscape.zh.html"]


@pytest.mark.parametrize("lang", ["fr", "en,fr", ""])
def test_an_unknown_language_is_bad_input(ask: Ask, root: Path, lang: str) -> None:
    answer = ask("landscape", "page", "--warehouse", str(root), "--lang", lang)
    assert (answer.code, answer.out) == (2, "")
    assert "lang.unknown" in answer.err


def test_years_that_begin_too_early_are_refused(ask: Ask, root: Path) -> None:
    answer = ask("landscape", "page", "--warehouse", str(root), "--on", "1905-01-01")
    assert (answer.code, answer.out) == (2, "")
    assert "landscape.years" in answer.err


def test_a_folder_that_cannot_be_written_leaves_what_was_there(ask: Ask, root: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("kept", encoding="utf-8")
    answer = ask("landscape", "page", "--warehouse", str(root), "--on", DAY, "--out", str(tmp_path / "taken"))
    assert answer.code == 2
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "kept"
