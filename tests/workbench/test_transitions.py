"""`success transitions` over a small warehouse of invented drugs, whose counts are made by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from onepill.core.errors import InputError
from onepill.evidence import base_rate
from onepill.evidence.transition_histories import NEVER
from onepill.landscape import DrugRow, EvidenceRow, build_world
from onepill.workbench.landscape.world import Inputs, LoadedWorld
from onepill.workbench.operations import operation
from onepill.workbench.questions.transitions import TransitionsAsk
from onepill.workbench.trials.transitions_answers import transitions_in
from onepill.workbench.trials.transitions_world import Counting, Pairs, pairs_on
from tests.cli.asking import Ask
from tests.workbench.landscape_warehouse import (
    AUSTRALIAN,
    JAPANESE,
    UNIVERSITY,
    Trial,
    load_approvals,
    load_mesh,
    load_trials,
)
from tests.workbench.passports import text_of

Row = dict[str, Any]
DAY = "2021-07-01"
DIABETES = "Type 2 Diabetes Mellitus"
TRIALS = (
    Trial(1, "2010-03-01", "PHASE1", ("brelumetinib",)),
    Trial(2, "2012-03-01", "PHASE2", ("brelumetinib",)),
    Trial(3, "2014-03-01", "PHASE3", ("brelumetinib",)),
    Trial(4, "2011-01-01", "PHASE1", ("dorametinib",), sponsor=JAPANESE),
    Trial(5, "2020-05-01", "PHASE1", ("quilirasib",), sponsor=AUSTRALIAN),
    Trial(6, "2012-06-01", "PHASE2", ("norugliptin",), sponsor=JAPANESE, condition=DIABETES),
    Trial(7, "2013-06-01", "PHASE3", ("norugliptin",), sponsor=JAPANESE, condition=DIABETES),
    Trial(8, "2019-07-01", "PHASE1", ("XQZ-1234",), sponsor=UNIVERSITY),
)
LATER = (
    Trial(9, "2021-07-02", "PHASE2", ("quilirasib",), sponsor=AUSTRALIAN),
    Trial(10, "2022-01-01", "PHASE2", ("dorametinib",), sponsor=JAPANESE),
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return warehouse(tmp_path_factory.mktemp("transitions"), TRIALS)


def warehouse(folder: Path, trials: tuple[Trial, ...]) -> Path:
    found = folder / "warehouse"
    load_trials(found, trials)
    load_approvals(found, [("NDA900002", "BRELUMETINIB", "20160601")])
    load_mesh(found)
    return found


def python(root: Path, **fields: Any) -> Row:
    found = operation("success transitions")
    answer: Row = found.ask(found.question.model_validate({"warehouse": str(root), "on": DAY, **fields}))
    return answer


def cell(answer: Row, step: str, group: str = "all", level: str = "all") -> Row:
    return next(row for row in answer["cells"] if (row["group"], row["level"], row["step"]) == (group, level, step))


def counts(found: Row) -> tuple[int, int, int, int]:
    return found["advanced"], found["given_up"], found["running"], found["imputed"]


def test_counts_by_hand(root: Path) -> None:
    answer = python(root)
    assert (answer["pairs"], answer["drugs"], answer["as_of_method"]) == (4, 4, "reconstructed")
    assert answer["left_out"]["academic"] == 1
    assert answer["approvals"]["placed"] == 1
    first, second, third, whole = (cell(answer, step) for step in STEPS)
    assert [first["survival"][key] for key in ("n", "events", "censored", "already_further")] == [3, 1, 2, 0]
    # brelumetinib, and norugliptin without a phase 1 on record; dorametinib is given up; quilirasib runs.
    assert counts(first["path_by_path"]) == (2, 1, 1, 1)
    assert counts(first["phase_by_phase"]) == (1, 1, 1, 0)
    assert counts(second["path_by_path"]) == counts(second["phase_by_phase"]) == (2, 0, 0, 0)
    assert counts(third["path_by_path"]) == counts(third["phase_by_phase"]) == (1, 1, 0, 0)
    assert counts(whole["path_by_path"]) == (1, 2, 1, 0)
    assert whole["phase_by_phase"] is None
    # At risk 2 when brelumetinib advances after two years: quilirasib was followed for one.
    assert [one["prob"] for one in first["survival"]["within"]] == [0.5, 0.5]


STEPS = ("phase_1_to_2", "phase_2_to_3", "phase_3_to_approval", "phase_1_to_approval")


def test_groups_filters_and_periods(root: Path) -> None:
    answer = python(root)
    assert cell(answer, "phase_1_to_2", "area", "oncology")["survival"]["n"] == 3
    assert counts(cell(answer, "phase_3_to_approval", "area", "endocrine")["path_by_path"]) == (0, 1, 0, 0)
    assert cell(answer, "phase_1_to_2", "origin", "JP")["survival"]["n"] == 1
    assert cell(answer, "phase_1_to_2", "modality", "small_molecule")["survival"]["n"] == 3
    bands = {row["level"]: row["survival"]["n"] for row in answer["cells"] if row["group"] == "period"}
    assert set(bands) == {"2010-2014", "2015-2019", "2020-2024"}
    assert cell(answer, "phase_1_to_2", "period", "2020-2024")["survival"]["n"] == 1
    chosen = python(root, areas=["oncology"], origins=["cn"], from_year=2010, to_year=2010)
    assert (chosen["pairs"], chosen["filters"]["origin"]) == (1, ["CN"])
    assert cell(chosen, "phase_1_to_2")["survival"]["n"] == 1
    assert cell(chosen, "phase_2_to_3")["survival"]["n"] == 0, "its phase 2 began after 2010"
    assert counts(cell(chosen, "phase_1_to_approval")["path_by_path"]) == (1, 0, 0, 0)
    assert python(root, with_academic=True)["pairs"] == 5
    assert python(root, to_year=2100)["cells"] == answer["cells"]


def test_published_figures_stand_beside_the_same_cell_alone(root: Path) -> None:
    answer = python(root)
    shown = {one["table"]: one for one in cell(answer, "phase_2_to_3", "area", "oncology")["published"]}
    assert {key: one["prob"] for key, one in shown.items()} == {"bio": 0.246, "wong": 0.327}
    assert shown["wong"]["n"] == base_rate("oncology", "phase_2_to_3", table="wong").n
    third = {one["table"]: one for one in cell(answer, "phase_3_to_approval")["published"]}
    assert third["bio"]["prob"] == pytest.approx(0.578 * 0.906)
    assert (third["bio"]["is_product"], third["wong"]["is_product"]) == (True, False)
    whole = {one["table"]: one["prob"] for one in cell(answer, "phase_1_to_approval")["published"]}
    assert whole == {"bio": 0.079, "wong": 0.138}
    small = cell(answer, "phase_1_to_2", "modality", "small_molecule")["published"]
    assert [(one["table"], one["prob"]) for one in small] == [("bio", 0.526)]
    assert not cell(answer, "phase_1_to_2", "origin", "JP")["published"]
    assert not cell(answer, "phase_1_to_2", "period", "2010-2014")["published"]
    assert not cell(python(root, origins=["CN"]), "phase_1_to_2")["published"]
    crossed = python(root, areas=["oncology"])
    assert {one["prob"] for one in cell(crossed, "phase_2_to_3")["published"]} == {0.246, 0.327}
    assert not cell(crossed, "phase_2_to_3", "modality", "small_molecule")["published"]


def test_the_wait_is_the_users_where_given(root: Path) -> None:
    answer = python(root, dormant_years=20)
    assert [(row["days"], row["origin"]) for row in answer["waits"]] == [(7305, "user")] * 3
    assert counts(cell(answer, "phase_1_to_2")["path_by_path"]) == (2, 0, 2, 1)
    assert {row["origin"] for row in python(root)["waits"]} == {"assumption"}


def test_the_day_before_and_the_day_of_a_trial_and_of_an_approval(root: Path) -> None:
    for day, events in (("2012-02-29", 0), ("2012-03-01", 1)):
        assert cell(python(root, on=day), "phase_1_to_2")["survival"]["events"] == events
    for day, events in (("2016-05-31", 0), ("2016-06-01", 1)):
        assert cell(python(root, on=day), "phase_3_to_approval")["survival"]["events"] == events


def test_later_loads_change_no_answer_of_a_past_day(tmp_path: Path) -> None:
    root = warehouse(tmp_path, TRIALS)
    before = python(root)
    load_trials(root, LATER, update=True)
    after = python(root)
    assert after.pop("generation") > before.pop("generation")
    assert after == before
    assert cell(python(root, on="2022-06-01"), "phase_1_to_2")["survival"]["events"] == 3


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (["--area", "brain"], "area.unknown", "oncology"),
        (["--from", "2020", "--to", "2010"], "transitions.period", "--from"),
        (["--from", "2030"], "transitions.period", "2021 or earlier"),
        (["--from", "12"], "option.value", ""),
        (["--within-years", "0"], "option.value", ""),
        (["--dormant-years", "-1"], "option.value", ""),
        (["--on", "someday"], "day.format", ""),
    ],
)
def test_bad_input_ends_with_a_finding(ask: Ask, root: Path, words: list[str], code: str, hint: str) -> None:
    given = [] if "--on" in words else ["--on", DAY]
    answer = ask("success", "transitions", "--warehouse", str(root), *given, *words, "--json")
    assert answer.code == 2
    assert answer.document["findings"][0]["code"] == code
    assert hint in answer.document["findings"][0]["hint"]


def test_an_empty_warehouse_is_refused(ask: Ask, tmp_path: Path) -> None:
    answer = ask("success", "transitions", "--warehouse", str(tmp_path / "none"), "--json")
    assert (answer.code, answer.document["findings"][0]["code"]) == (2, "landscape.empty")


def test_words_that_nobody_has_and_a_warehouse_without_approvals_are_told(root: Path, tmp_path: Path) -> None:
    answer = python(root, origins=["XX"], modalities=["gluten"])
    assert {row["code"] for row in answer["findings"]} == {
        "transitions.origin",
        "transitions.modality",
        "transitions.empty",
    }
    assert cell(answer, "phase_1_to_2")["path_by_path"]["prob"] is None
    bare = tmp_path / "warehouse"
    load_trials(bare, TRIALS[:3])
    (found,) = python(bare)["findings"]
    assert found["code"] == "transitions.empty"
    assert "registry load mesh" in found["hint"], "without headings no condition is known"
    load_mesh(bare)
    (found,) = python(bare)["findings"]
    assert (found["code"], "drugsatfda" in found["hint"]) == ("transitions.no_approvals", True)


def test_the_terminal_shows_the_steps_and_what_is_assumed(ask: Ask, root: Path) -> None:
    shown = ask("success", "transitions", "--warehouse", str(root), "--on", DAY).out
    assert all(step in shown for step in STEPS)
    assert "4 programmes of 4 drugs as of 2021-07-01" in shown
    assert "998 days" in shown


def success(root: Path, **fields: Any) -> Row:
    found = operation("success")
    given = {"text": text_of("minimal"), "file": "minimal.yaml", "table": "registry", "warehouse": str(root)}
    answer: Row = found.ask(found.question.model_validate({**given, **fields}))
    return answer


def test_success_takes_its_rates_from_the_warehouse(root: Path) -> None:
    answer = success(root, as_of=DAY)
    stages = {row["id"]: row for row in answer["stages"]}
    assert (answer["table"], answer["other_table"]) == ("registry", "bio")
    assert [row["key"] for row in answer["tables"]] == ["registry", "bio"]
    third = stages["phase_3"]
    everybody = third["gates"][0]["cuts"][0]
    assert (third["gates"][0]["transition"], everybody["prob"], everybody["n"]) == ("phase_3_to_approval", 0.5, 2)
    assert third["source"]["title"].startswith("transitions of the loaded registries")
    assert stages["us.approval"]["included"]
    assert third["other"]["own_prob"] == third["prob"]


def test_a_warehouse_that_the_table_does_not_need_is_told(root: Path) -> None:
    codes = [row["code"] for row in success(root, table="bio")["findings"]]
    assert "success.warehouse_unused" in codes
    assert "success.warehouse_unused" not in [row["code"] for row in success(root, as_of=DAY)["findings"]]


def test_success_knows_no_more_than_the_day_of_the_plan(root: Path) -> None:
    with pytest.raises(InputError) as caught:
        success(root, as_of="2011-06-01")
    assert caught.value.findings[0].code == "registry_rates.empty"


def made(*rows: EvidenceRow, drugs: tuple[DrugRow, ...] = (), **counting: Any) -> Pairs:
    """Pairs of a world made of rows."""
    return pairs_on(loaded_of(*rows, drugs=drugs), Counting(date(2020, 1, 1), **counting))


def loaded_of(*rows: EvidenceRow, drugs: tuple[DrugRow, ...] = ()) -> LoadedWorld:
    """A world made of rows, in conditions `C` (under `D`) and `D`."""
    conditions = {"C": ("Melanoma", ("D",)), "D": ("Neoplasms", ())}
    inputs = Inputs({}, {}, conditions, (), {}, {}, date(2020, 1, 1))
    world = build_world(drugs, rows, snapshot_day=date(2020, 1, 1))
    return LoadedWorld(Path(), 0, inputs, world)


def row(stage: str, day: str, *, condition: str = "C", record: str = "ctgov:1", **more: Any) -> EvidenceRow:
    when = date.fromisoformat(day)
    return EvidenceRow("a", condition, stage, when, when, record, **more)


def first_days(found: Pairs) -> list[list[int]]:
    days = found.histories.first.tolist()
    return [[0 if day == NEVER else date.fromordinal(day).year for day in pair] for pair in days]


def test_stages_of_the_ladder_as_phases() -> None:
    stages = ("early_phase_1", "phase_1_2", "phase_2_3")
    assert first_days(made(*(row(stage, f"200{n}-01-01") for n, stage in enumerate(stages)))) == [[2000, 2001, 2002, 0]]
    assert first_days(made(row("preapproval", "2003-01-01"))) == [[0, 0, 2003, 0]]


@pytest.mark.parametrize(
    ("reason", "more"),
    [
        ("phase_4", row("phase_4", "2010-01-01")),
        ("without_phase", row("unknown", "2010-01-01")),
        ("not_investigated", row("phase_2", "2010-01-01", role="comparator")),
        ("academic", row("phase_2", "2010-01-01", sponsor_class="academic")),
        ("trial_without_condition", row("phase_2", "2010-01-01", condition="")),
        ("approval_without_day", row("approval", "2010-01-01", record="repurposing_hub:x")),
    ],
)
def test_what_does_not_count_is_left_out_with_its_reason(reason: str, more: EvidenceRow) -> None:
    found = made(row("phase_1", "2005-01-01"), more)
    assert {name: count for name, count in found.left_out.items() if count} == {reason: 1}
    assert first_days(found) == [[2005, 0, 0, 0]]


def test_switches_and_biosimilars() -> None:
    rows = (row("phase_1", "2005-01-01"), row("phase_2", "2006-01-01", combination=True))
    assert first_days(made(*rows)) == [[2005, 2006, 0, 0]]
    assert first_days(made(*rows, combinations=False)) == [[2005, 0, 0, 0]]
    academic = row("phase_2", "2006-01-01", sponsor_class="academic")
    assert first_days(made(academic, academic=True)) == [[0, 2006, 0, 0]]
    copy = DrugRow("a", (), "", "antibody", date(2000, 1, 1), biosimilar=True)
    assert made(rows[0], drugs=(copy,)).left_out["biosimilar"] == 1


def test_a_drug_listed_as_approved_without_a_day_is_left_out_of_steps_to_approval_unless_a_day_is_told() -> None:
    trial, listed = row("phase_3", "2005-01-01"), row("approval", "2019-01-01", condition="", record="pharma_space:x")
    assert made(trial, listed).is_open_ended.tolist() == [True]
    dated = row("approval", "2007-01-01", condition="", record="fda_nme:x")
    assert made(trial, listed, dated).is_open_ended.tolist() == [False]
    assert first_days(made(trial, listed, dated)) == [[0, 0, 2005, 2007]]


def test_its_programme_is_in_no_step_to_approval_but_in_the_others() -> None:
    listed = row("approval", "2019-01-01", condition="", record="pharma_space:x")
    loaded = loaded_of(row("phase_2", "2003-01-01"), row("phase_3", "2005-01-01"), listed)
    answer = transitions_in(loaded, TransitionsAsk(), areas=[])
    assert cell(answer, "phase_2_to_3")["survival"]["events"] == 1
    for step in ("phase_3_to_approval", "phase_1_to_approval"):
        assert counts(cell(answer, step)["path_by_path"]) == (0, 0, 0, 0)
    codes = {found["code"] for found in answer["findings"]}
    assert codes == {"transitions.no_approvals", "transitions.undated"}


def test_an_approval_for_the_wider_condition_belongs_to_the_trials() -> None:
    found = made(row("phase_3", "2005-01-01"), row("approval", "2007-01-01", condition="D", record="ema:x"))
    assert first_days(found) == [[0, 0, 2005, 2007]]
    assert (found.area.tolist(), found.modality.tolist()) == (["oncology"], [""])


def test_what_was_known_of_a_drug_later_counts_only_with_hindsight() -> None:
    known = DrugRow("a", (), "", "antibody", date(2021, 1, 1), origin="CN")
    trial = row("phase_1", "2005-01-01")
    assert made(trial, drugs=(known,)).origin.tolist() == [""]
    found = made(trial, drugs=(known,), hindsight=True)
    assert (found.origin.tolist(), found.modality.tolist()) == (["CN"], ["antibody"])
