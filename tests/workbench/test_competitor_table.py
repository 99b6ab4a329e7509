"""The competitor table of a programme's folder: what it refuses, what the first chapter makes of it, when it counts."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.core.errors import InputError
from onepill.landscape.stages import STAGES, rank_of
from onepill.model import load_programme
from onepill.reports import render_passport
from onepill.workbench.landscape.competitor_chapter import table_chapter
from onepill.workbench.landscape.competitor_table import COLUMNS, REQUIRED, read_competitors
from tests.cli.asking import Ask, asker
from tests.workbench.landscape_warehouse import TRIALS, load_trials
from tests.workbench.passports import ROOT, passport_of, text_of

Row = dict[str, Any]
EXAMPLE = ROOT / "examples" / "tunlametinib.competitors.csv"
GOOD = {
    "drug": "brelumetinib",
    "company": "Invented Pharma",
    "target": "MEK",
    "modality": "small_molecule",
    "stage": "phase_2",
    "indication": "melanoma",
    "first_seen": "2020-02-01",
    "source": "An invented register",
    "source_date": "2020-03",
}


def table_of(*rows: Row, columns: tuple[str, ...] = COLUMNS) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def refused(text: str) -> list[tuple[str, int, str]]:
    """Code, line and column of each finding."""
    with pytest.raises(InputError) as error:
        read_competitors(text, "c.csv")
    assert all(one.file == "c.csv" and one.severity == "error" for one in error.value.findings)
    return [(one.code, one.line, one.path) for one in error.value.findings]


def chapter_of(text: str, *, as_of: date | None = None) -> Row:
    programme = load_programme(text_of("tunlametinib"), file="p.yaml", as_of=as_of).programme
    return table_chapter(programme, read_competitors(text, "folder/c.csv"))


def asked_with(text: str) -> Row:
    return {"text": text, "file": "folder/c.csv"}


def test_a_table_needs_the_required_columns_alone_in_any_order() -> None:
    table = read_competitors(table_of(GOOD, columns=tuple(reversed(REQUIRED))), "c.csv")
    (row,) = table.rows
    assert (row.target, row.market, row.url, row.retrieved) == (("MAP2K1", "MAP2K2"), "", "", None)
    assert row.first_seen.last == date(2020, 2, 1)
    assert row.checked_on == date(2020, 3, 31)
    assert set(GOOD) == set(REQUIRED)


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"drug": ""}, "competitors.missing", "drug"),
        ({"source": " "}, "competitors.missing", "source"),
        ({"source_date": ""}, "competitors.missing", "source_date"),
        ({"stage": "phase 9"}, "competitors.choice", "stage"),
        ({"modality": "pill"}, "competitors.choice", "modality"),
        ({"source_grade": "sure"}, "competitors.choice", "source_grade"),
        ({"target": ";"}, "competitors.target", "target"),
        ({"origin": "China"}, "competitors.origin", "origin"),
        ({"market": "XX"}, "jurisdiction.unknown", "market"),
        ({"url": "javascript:alert(1)"}, "competitors.url", "url"),
        ({"url": "https://a b"}, "competitors.url", "url"),
        ({"first_seen": "2020-02-30"}, "day.unknown", "first_seen"),
        ({"first_seen": "spring"}, "day.format", "first_seen"),
        ({"first_seen": "2020-13"}, "day.unknown", "first_seen"),
        ({"retrieved": "2020"}, "day.format", "retrieved"),
        ({"first_seen": "2020-04-01"}, "competitors.order", "first_seen"),
        ({"retrieved": "2020-01-31"}, "competitors.order", "first_seen"),
    ],
)
def test_a_wrong_cell_is_named_with_its_line_and_column(change: Row, code: str, path: str) -> None:
    assert refused(table_of(GOOD, GOOD | {"drug": "other"} | change)) == [(code, 3, path)]


def test_all_that_is_wrong_is_told_at_once_and_each_has_a_hint() -> None:
    text = table_of(GOOD | {"stage": "x", "url": "y"}, GOOD | {"drug": ""})
    assert [(code, line) for code, line, _ in refused(text)] == [
        ("competitors.choice", 2),
        ("competitors.url", 2),
        ("competitors.missing", 3),
    ]
    with pytest.raises(InputError) as error:
        read_competitors(text)
    assert all(one.hint for one in error.value.findings)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "competitors.columns"),
        (table_of(), "competitors.empty"),
        (table_of(GOOD, GOOD), "competitors.repeated"),
        (table_of(GOOD).replace("modality", "modalty"), "competitors.columns"),
        (table_of(GOOD).replace("market", "drug"), "competitors.columns"),
        (table_of(GOOD).replace("An invented register", "An invented, register"), "competitors.fields"),
        (table_of(GOOD) + "one,two\n", "competitors.fields"),
        (table_of(GOOD) + '"never closed\n', "competitors.csv"),
        ("<html><body>Not found</body></html>", "competitors.columns"),
    ],
)
def test_a_table_that_does_not_hold_together_is_refused(text: str, code: str) -> None:
    assert code in {found for found, _, _ in refused(text)}


def test_an_unknown_column_names_the_nearest() -> None:
    with pytest.raises(InputError) as error:
        read_competitors(table_of(GOOD).replace("modality", "modalty"))
    assert "did you mean modality?" in error.value.findings[0].hint


def test_words_of_stage_and_modality_may_be_written_as_people_do() -> None:
    (row,) = read_competitors(table_of(GOOD | {"stage": "Phase 2", "modality": "Small-molecule"})).rows
    assert (row.stage, row.modality) == ("phase_2", "small_molecule")


def test_the_day_before_and_the_day_a_row_counts() -> None:
    rows = (GOOD, GOOD | {"stage": "phase_3", "first_seen": "2021-05", "source_date": "2021-06"})
    text = table_of(*rows)

    def stage(day: date) -> str | None:
        return next((str(row["stage"]) for row in chapter_of(text, as_of=day)["rivals"]), None)

    assert stage(date(2020, 1, 31)) is None
    assert stage(date(2020, 2, 1)) == "phase_2"
    assert stage(date(2021, 5, 30)) == "phase_2"
    assert stage(date(2021, 5, 31)) == "phase_3"


def test_the_drug_itself_and_drugs_on_other_targets_stand_apart() -> None:
    rows = (
        GOOD,
        GOOD | {"drug": "HL-085", "stage": "approval"},
        GOOD | {"drug": "quilirasib", "target": "KRAS"},
    )
    found = chapter_of(table_of(*rows))
    assert [row["drug"] for row in found["own"]] == ["HL-085"]
    assert [row["drug"] for row in found["rivals"]] == ["brelumetinib"]
    assert [row["drug"] for row in found["others"]] == ["quilirasib"]


@pytest.mark.parametrize(("own", "theirs"), [("HER2", "ERBB2"), ("ERBB2", "HER2"), ("CLDN18.2", "Claudin 18.2")])
def test_a_rival_is_known_by_any_name_of_the_target(own: str, theirs: str) -> None:
    text = text_of("tunlametinib").replace("targets: [MAP2K1, MAP2K2]", f"targets: [{own}]")
    assert own in text
    table = read_competitors(table_of(GOOD | {"target": theirs}), "c.csv")
    found = table_chapter(load_programme(text, file="p.yaml").programme, table)
    assert [row["drug"] for row in found["rivals"]] == ["brelumetinib"]


def test_one_entry_a_drug_and_indication_with_each_market_of_its_furthest_stage() -> None:
    approval = GOOD | {"stage": "approval", "market": "US", "first_seen": "2020-03-01", "source_date": "2024-01-01"}
    rows = (
        GOOD,
        approval | {"market": "eu", "first_seen": "2021-03-01"},
        approval,
        GOOD | {"indication": "thyroid cancer"},
    )
    first, second = chapter_of(table_of(*rows))["rivals"]
    assert [(step["market"], step["since"]) for step in first["steps"]] == [("US", "2020-03-01"), ("EU", "2021-03-01")]
    assert (second["stage"], second["indication"]["en"]) == ("phase_2", "thyroid cancer")


def test_the_age_of_a_table_is_that_of_its_oldest_row() -> None:
    rows = (GOOD, GOOD | {"drug": "other", "retrieved": "2024-07-30"})
    data = chapter_of(table_of(*rows))["data"]
    assert data == {"day": "2020-03-31", "newest_day": "2024-07-30", "age_days": 1584, "rows": 2}
    assert chapter_of(table_of(rows[1]))["data"]["age_days"] == 2


LINES = st.lists(
    st.fixed_dictionaries(
        {
            "drug": st.sampled_from(["a", "b", "c"]),
            "stage": st.sampled_from(STAGES),
            "indication": st.sampled_from(["x", "y"]),
            "first_seen": st.dates(date(2015, 1, 1), date(2024, 1, 1)).map(str),
            "target": st.sampled_from(["MEK", "KRAS"]),
        }
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda line: (line["drug"], line["stage"], line["indication"]),
)


@settings(max_examples=50)
@given(LINES, st.dates(date(2015, 1, 1), date(2024, 1, 1)))
def test_each_drug_stands_where_a_slow_look_through_the_rows_finds_it(lines: list[Row], day: date) -> None:
    found = chapter_of(table_of(*[GOOD | {"source_date": "2024-02"} | line for line in lines]), as_of=day)
    known = [line for line in lines if line["first_seen"] <= day.isoformat()]
    shown = [*found["rivals"], *found["others"]]
    assert {(row["drug"], row["indication"]["en"]) for row in shown} == {(r["drug"], r["indication"]) for r in known}
    for row in shown:
        own = [r for r in known if (r["drug"], r["indication"]) == (row["drug"], row["indication"]["en"])]
        assert rank_of(row["stage"]) == max(rank_of(r["stage"]) for r in own)
        assert row["reached"] == min(r["first_seen"] for r in own if rank_of(r["stage"]) == rank_of(row["stage"]))
    assert found["later"] == len(lines) - len(known)


@pytest.mark.slow
@given(LINES, LINES)
def test_rows_of_later_days_change_nothing_but_their_count(lines: list[Row], later: list[Row]) -> None:
    day = date(2019, 7, 1)
    rows = [GOOD | {"source_date": "2024-02"} | line for line in lines]
    further = [
        GOOD
        | {"source_date": "2030"}
        | line
        | {"first_seen": "2019-07-02", "indication": f"{line['indication']} later"}
        for line in later
    ]
    one, both = (chapter_of(table_of(*given), as_of=day) for given in (rows, [*rows, *further]))
    for changed in ("later", "data"):
        one.pop(changed), both.pop(changed)
    assert both == one


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ONEPILL_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def ask(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    monkeypatch.delenv("ONEPILL_DEBUG", raising=False)
    return asker(monkeypatch, capsys)


def words_of(page: str) -> str:
    """The text of the first chapter."""
    chapter = page[page.index('id="research"') : page.index('id="clinical"')]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", chapter))


def test_the_first_chapter_shows_the_table_and_its_age_in_both_languages(home: Path) -> None:
    text = table_of(
        GOOD | {"drug_zh": "贝鲁美替尼", "market": "US", "origin": "CN", "retrieved": "2024-07-01"},
        GOOD | {"drug": "later", "first_seen": "2025-01", "source_date": "2025-02"},
    )
    made = passport_of(text_of("tunlametinib"), draws=500, competitors=asked_with(text))
    chapter = made["chapters"][0]
    assert (chapter["state"], chapter["landscape"]["origin"]) == ("computed", "table")
    assert "competitors.later" in {row["code"] for row in made["findings"]}
    english, chinese = (words_of(render_passport(made, lang=lang)) for lang in ("en", "zh"))
    for said in (
        "brelumetinib",
        "Invented Pharma, China",
        "Phase 2",
        "United States 2020-02-01",
        "c.csv, 2 rows",
        "rows checked on 2024-07-01 to 2025-02-28, 31 days before 2024-08-01",
        "rows of later days, not shown: 1",
    ):
        assert said in english
    for said in ("贝鲁美替尼", "二期", "美国2020-02-01", "各行核对于2024-07-01至2025-02-28，距2024-08-01已31天"):
        assert said in chinese
    assert "folder/c.csv" not in english
    assert "An invented register" in render_passport(made, lang="en")


def test_what_a_table_says_is_text_and_never_markup(home: Path) -> None:
    evil = "<script>alert(1)</script>"
    row = GOOD | {"drug": evil, "company": evil, "indication": evil, "source": evil}
    made = passport_of(text_of("tunlametinib"), draws=500, competitors=asked_with(table_of(row)))
    assert "<script" not in render_passport(made, lang="en")


def test_the_passports_key_changes_with_the_table_and_its_numbers_do_not(home: Path) -> None:
    keys, values = set(), []
    for given_table in (None, table_of(GOOD), table_of(GOOD | {"company": "Another"})):
        competitors = asked_with(given_table) if given_table else None
        made = passport_of(text_of("tunlametinib"), draws=500, competitors=competitors)
        keys.add(made["inputs_hash"])
        values.append(made["value"])
    assert len(keys) == 3
    assert values[0] == values[1] == values[2]


def test_a_loaded_warehouse_goes_before_the_table_and_the_page_says_so(home: Path) -> None:
    home.mkdir()
    load_trials(home / "warehouse", TRIALS)
    made = passport_of(text_of("tunlametinib"), draws=500, competitors=asked_with(table_of(GOOD | {"drug": "tabled"})))
    found = made["chapters"][0]["landscape"]
    assert (found["origin"], found["table_set_aside"]) == ("warehouse", "folder/c.csv")
    page = words_of(render_passport(made, lang="en"))
    assert "c.csv in the programme's folder is not shown" in page.replace("&#39;", "'")
    assert "tabled" not in page
    assert f"{found['data']['day']}: {-found['data']['age_days']} days after 2024-08-01" in page
    assert "tabled" not in words_of(render_passport(made, lang="zh"))
    assert "已载入的数据仓库优先" in words_of(render_passport(made, lang="zh"))


def programme_in(folder: Path, name: str = "pill.yaml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text_of("minimal"), encoding="utf-8")
    return folder / name


def test_the_table_beside_the_file_is_read_and_its_own_goes_before_the_folders(ask: Ask, tmp_path: Path) -> None:
    file = programme_in(tmp_path / "pills")

    def drugs(*more: str) -> list[str]:
        document = ask("passport", str(file), "--draws", "200", "--json", *more).document
        found = document["chapters"][0].get("landscape")
        return [] if found is None else [row["drug"] for row in (*found["own"], *found["rivals"], *found["others"])]

    assert drugs() == []
    (file.parent / "competitors.csv").write_text(table_of(GOOD | {"drug": "of the folder"}), encoding="utf-8")
    assert drugs() == ["of the folder"]
    (file.parent / "pill.competitors.csv").write_text(table_of(GOOD | {"drug": "of the file"}), encoding="utf-8")
    assert drugs() == ["of the file"]
    named = tmp_path / "named.csv"
    named.write_text("\ufeff" + table_of(GOOD | {"drug": "named"}), encoding="utf-8")
    assert drugs("--competitors", str(named)) == ["named"]


def test_check_tells_what_is_wrong_with_the_table_beside_what_is_wrong_with_the_file(ask: Ask, tmp_path: Path) -> None:
    file = programme_in(tmp_path / "pills")
    table = file.with_name("competitors.csv")
    table.write_text(table_of(GOOD | {"stage": "phase 9"}), encoding="utf-8")
    answer = ask("check", str(file))
    assert answer.code == 2
    assert f"{table}:2: error competitors.choice" in answer.out
    file.write_text(text_of("minimal").replace("as_of", "asof"), encoding="utf-8")
    codes = {row["code"] for row in ask("check", str(file), "--json").document["findings"]}
    assert {"competitors.choice", "schema.unknown_key"} <= codes
    refused_passport = ask("passport", str(programme_in(tmp_path / "pills")), "--draws", "200", "--json")
    assert refused_passport.code == 2
    assert [row["code"] for row in refused_passport.document["findings"]] == ["competitors.choice"]


def test_a_table_that_cannot_be_read_is_an_error_and_not_passed_over(ask: Ask, tmp_path: Path) -> None:
    file = programme_in(tmp_path / "pills")
    table = file.with_name("competitors.csv")
    table.write_bytes("drug,company\nа,б\n".encode("cp1251"))
    assert "file.encoding" in ask("check", str(file)).err
    table.unlink()
    table.mkdir()
    assert ask("check", str(file)).code == 2
    assert ask("check", str(file), "--competitors", str(tmp_path / "none.csv")).code == 2


def test_the_example_names_the_approved_rivals_by_their_official_days(home: Path) -> None:
    """Days of the FDA's list of new molecular entities and of the EMA's medicines table of 2024-08-22."""
    made = passport_of(
        text_of("tunlametinib"), draws=500, competitors={"text": EXAMPLE.read_text(encoding="utf-8"), "file": "e.csv"}
    )
    found = made["chapters"][0]["landscape"]
    approved = {
        row["drug"]: [(step["market"], step["since"]) for step in row["steps"]]
        for row in found["rivals"]
        if row["stage"] == "approval"
    }
    assert approved == {
        "trametinib": [("US", "2013-05-29"), ("EU", "2014-06-30")],
        "cobimetinib": [("US", "2015-11-10"), ("EU", "2015-11-20")],
        "binimetinib": [("US", "2018-06-27"), ("EU", "2018-09-20")],
        "selumetinib": [("US", "2020-04-10"), ("EU", "2021-06-17")],
    }
    assert (found["rivals_known"], found["others"], found["later"]) == (8, [], 3)
    assert [row["drug"] for row in found["own"]] == ["tunlametinib"]
    for row in csv.DictReader(io.StringIO(EXAMPLE.read_text(encoding="utf-8"))):
        assert row["url"].startswith("http")
        assert row["retrieved"]


def test_a_later_day_shows_the_examples_later_approvals(home: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    found = chapter_of(text, as_of=date(2026, 1, 1))
    newest = {row["drug"]: row["reached"] for row in found["rivals"] if row["reached"] > "2025"}
    assert newest == {"mirdametinib": "2025-02-11", "luvometinib": "2025-05-29", "avutometinib": "2025-12-31"}
    assert found["later"] == 0
    assert json.dumps(found, ensure_ascii=False)
