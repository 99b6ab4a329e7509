"""The landscape commands over a small warehouse: registers, links and measures together, as a user meets them."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.core.errors import InputError
from onepill.workbench.landscape import world as landscape_world
from onepill.workbench.landscape.cache import cache_file
from onepill.workbench.landscape.corrections import NONE
from onepill.workbench.operations import OPERATIONS, operation
from tests.cli.asking import Ask
from tests.workbench.landscape_warehouse import (
    AUSTRALIAN,
    CHINESE,
    JAPANESE,
    TRIALS,
    UNIVERSITY,
    Trial,
    load,
    load_approvals,
    load_trials,
    make_warehouse,
)

Row = dict[str, Any]
DAY = "2021-07-01"
SAMPLES = Path(__file__).resolve().parents[1] / "registries" / "samples" / "ctgov_v2"
NAMES = [found.name for found in OPERATIONS if found.models == "landscape"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_warehouse(tmp_path_factory.mktemp("landscape") / "warehouse")


def python(name: str, root: Path, **fields: Any) -> Any:
    found = operation(f"landscape {name}".strip())
    return found.ask(found.question.model_validate({"warehouse": str(root), "on": DAY, **fields}))


def by_drug(answer: Row) -> dict[str, Row]:
    return {row["drug"]: row for row in answer["programmes"]}


def test_landscape_json_has_the_keys_of_its_contract(ask: Ask, root: Path) -> None:
    answer = ask("landscape", "--warehouse", str(root), "--on", DAY, "--json").document
    assert {"as_of", "as_of_method", "programmes", "coverage"} <= set(answer)
    assert (answer["as_of"], answer["as_of_method"]) == (DAY, "reconstructed")
    keys = {"drug", "class", "stage", "first_seen", "sponsors", "origin", "tag", "tag_reason", "evidence"}
    assert all(keys <= set(row) and set(row["tag_reason"]) == {"en", "zh"} for row in answer["programmes"])


def test_tags_follow_the_furthest_of_each_class_on_the_day(root: Path) -> None:
    now = {drug: row["tag"] for drug, row in by_drug(python("", root)).items()}
    assert now == {
        "brelumetinib": "first_in_class",
        "dorametinib": "fast_follower",
        "quilirasib": "first_in_class",
        "norugliptin": "me_too",
        "vestagliptin": "approved",
        "xqz1234": "unknown",
    }
    before = {drug: row["tag"] for drug, row in by_drug(python("", root, on="2019-12-31")).items()}
    assert before == {
        "brelumetinib": "fast_follower",
        "dorametinib": "first_in_class",
        "norugliptin": "me_too",
        "vestagliptin": "approved",
    }


def test_the_day_before_and_the_day_a_trial_is_posted(root: Path) -> None:
    assert by_drug(python("", root, on="2020-01-31"))["brelumetinib"]["stage"] == "phase_1"
    row = by_drug(python("", root, on="2020-02-01"))["brelumetinib"]
    assert (row["stage"], row["reached"], row["first_seen"]) == ("phase_3", "2020-02-01", "2017-03-01")
    assert row["evidence"][0] == "ctgov:NCT00000002"


def test_a_comparator_is_no_programme(root: Path) -> None:
    assert "pembrolizumab" not in by_drug(python("", root))


def test_a_row_tells_class_sponsor_and_origin(root: Path) -> None:
    found = by_drug(python("", root))
    row = found["brelumetinib"]
    assert row["class"] == "MAP2K1+MAP2K2 inhibitor small_molecule"
    assert (row["origin"], found["dorametinib"]["origin"], found["quilirasib"]["origin"]) == ("CN", "JP", "AU")
    assert found["xqz1234"]["origin"] == ""
    assert "Shanghai Invented Pharma" in row["sponsors"][0]


def test_below_the_coverage_asked_for_nobody_is_called_first(root: Path) -> None:
    answer = python("", root, minimum_coverage=0.9)
    assert answer["coverage"]["world_class_share"] == pytest.approx(5 / 6)
    assert answer["tag_counts"]["first_in_class"] == 0
    assert answer["tags_withheld"] == 2


def test_a_filter_by_condition_takes_what_is_below_and_keeps_the_worlds_tags(root: Path) -> None:
    shown = by_drug(python("", root, indications=["Neoplasms"]))
    assert set(shown) == {"brelumetinib", "dorametinib", "quilirasib", "xqz1234"}
    melanoma = by_drug(python("", root, indications=["melanoma"]))
    assert set(melanoma) == {"brelumetinib", "dorametinib", "xqz1234"}
    assert melanoma["dorametinib"]["stage_in_indication"] == "phase_2"
    diabetes = by_drug(python("", root, indications=["mesh:D003924"]))
    assert {drug: row["tag"] for drug, row in diabetes.items()} == {"norugliptin": "me_too"}


def test_filters_by_target_modality_and_origin(root: Path) -> None:
    assert set(by_drug(python("", root, targets=["MEK"]))) == {"brelumetinib", "dorametinib"}
    assert set(by_drug(python("", root, targets="KRAS"))) == {"quilirasib"}
    assert set(by_drug(python("", root, origins=["jp"]))) == {"dorametinib", "norugliptin"}
    assert set(by_drug(python("", root, origins="AU, jp"))) == {"dorametinib", "norugliptin", "quilirasib"}
    assert by_drug(python("", root, modalities=["antibody"])) == {}


def test_firsts_has_a_count_and_members_of_each_tag(ask: Ask, root: Path) -> None:
    answer = ask("landscape", "firsts", "--warehouse", str(root), "--on", DAY, "--json").document
    for tag, count in (("first_in_class", 2), ("fast_follower", 1), ("me_too", 1), ("unknown", 1)):
        assert answer[tag]["count"] == len(answer[tag]["members"]) == count
    assert answer["shares"]["first_in_class"]["value"] == pytest.approx(2 / 5)
    assert f"a stock on {DAY}" in answer["kind"]["en"]
    assert answer["kind"]["en"] in ask("landscape", "firsts", "--warehouse", str(root), "--on", DAY).out


def test_crowding_has_value_low_high_and_n_of_each_measure(ask: Ask, root: Path) -> None:
    answer = ask("landscape", "crowding", "--warehouse", str(root), "--on", DAY, "--json").document
    measures = answer["measures"]
    for row in measures.values():
        assert {"value", "low", "high", "n"} <= set(row)
        assert row["value"] is None or row["low"] <= row["value"] <= row["high"]
    assert measures["programmes"]["value"] == 6
    assert measures["sponsors"]["value"] == 5
    assert measures["late_entrant_share"]["value"] == pytest.approx(1 / 5)


def test_matrix_entrants_and_comparison_count_the_same_drugs(root: Path) -> None:
    cells = {
        (cell["row"], cell["column_name"]): cell["by_stage"]
        for cell in python("matrix", root, rows="target", columns="indication")["cells"]
    }
    assert cells["MAP2K1", "Melanoma"] == {"phase_2": 1, "phase_3": 1}
    entered = python("entrants", root, first_year=2015)
    table = dict(zip(entered["origins"], entered["counts"], strict=True))
    assert table["CN"] == (0, 0, 1, 0, 0, 0, 0)
    assert sum(map(sum, table.values())) == 6
    compared = python("compare", root, origin="CN")
    assert compared["ratios"]["agents"]["value"] == pytest.approx(1 / 3)
    assert compared["unknown_origin"] == 2
    assert compared["findings"] == []


def test_the_links_are_kept_and_a_damaged_copy_is_made_again(tmp_path: Path, root: Path) -> None:
    own = Path(shutil.copytree(root, tmp_path / "own"))
    first = python("", own)
    kept = cache_file(own, first["generation"], NONE)
    whole = kept.read_bytes()
    assert python("", own) == first
    for damaged in (whole[: len(whole) // 2], b""):
        kept.write_bytes(damaged)
        landscape_world._loaded.cache_clear()
        assert python("", own) == first
        assert kept.read_bytes() == whole
    load_trials(own, [Trial(70, "2021-01-01", "PHASE1", ("velorasib",))], update=True)
    assert "velorasib" in by_drug(python("", own))
    assert not kept.exists()


def test_a_load_makes_the_world_where_it_is_asked_and_a_process_reads_it_once(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Path(shutil.copytree(root, tmp_path / "own"))
    landscape_world.prepare_world(own)
    reads, read = [], landscape_world.read_world
    monkeypatch.setattr(landscape_world, "read_world", lambda *given: reads.append(given[0]) or read(*given))
    monkeypatch.setattr(landscape_world, "make_world", lambda *given, **how: pytest.fail("the load made it"))
    before = [python(name.removeprefix("landscape").strip(), own) for name in NAMES]
    assert reads == [cache_file(own, before[0]["generation"], NONE)]
    monkeypatch.undo()
    steps: list[str] = []
    file = tmp_path / "one.json"
    file.write_text(json.dumps(Trial(71, "2021-01-01", "PHASE1", ("velorasib",)).study()), encoding="utf-8")
    found = operation("registry load")
    fields = {"source": "ctgov", "path": str(file), "warehouse": str(own), "update": True}
    found.ask(found.question.model_validate(fields), progress=lambda step, done, total: steps.append(step))
    assert "link" not in steps
    linking = found.question.model_validate({**fields, "link": True})
    found.ask(linking, progress=lambda step, done, total: steps.append(step))
    assert steps[-1] == "link"
    monkeypatch.setattr(landscape_world, "make_world", lambda *given, **how: pytest.fail("the load made it"))
    assert "velorasib" in by_drug(python("", own))


def test_programmes_are_weighted_by_their_published_chance_of_approval(root: Path) -> None:
    answer = python("crowding", root)
    by_stage, found = answer["stage_weights"]["by_stage"], answer["measures"]["phase_weighted_programmes"]
    # BIO 2011-2020, all diseases, as printed to a tenth of a percent.
    printed = {"phase_1": 0.079, "phase_2": 0.151, "phase_3": 0.524, "preapproval": 0.906, "approval": 1}
    assert {name: by_stage[name] for name in printed} == pytest.approx(printed, abs=0.0006)
    programmes = [one["stage"] for one in python("", root, limit=100)["programmes"]]
    assert found["n"] == answer["measures"]["programmes"]["value"]
    assert 0 < found["value"] <= len(programmes) * 3
    assert found["low"] <= found["value"] <= found["high"]


def test_what_the_first_question_waits_for_is_told_to_a_person(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, steps = Path(shutil.copytree(root, tmp_path / "own")), []
    load_trials(own, [Trial(72, "2021-01-01", "PHASE1", ("velorasib",))], update=True)
    found = operation("landscape")
    assert found.prepares is not None
    question = found.question.model_validate({"warehouse": str(own)})
    found.prepares(question, progress=lambda step, done, total: steps.append(step))
    assert set(steps) == {"link"}
    monkeypatch.setattr(landscape_world, "make_world", lambda *given, **how: pytest.fail("it is ready"))
    assert "velorasib" in by_drug(found.ask(question))


LATER = st.builds(
    Trial,
    number=st.integers(100, 130),
    posted=st.dates(date(2021, 7, 2), date(2026, 1, 1)).map(str),
    phase=st.sampled_from(["PHASE1", "PHASE2", "PHASE3", "PHASE4"]),
    drugs=st.sampled_from([("brelumetinib",), ("quilirasib", "dorametinib"), ("norugliptin",), ("zelumetinib",)]),
    sponsor=st.sampled_from([CHINESE, JAPANESE, AUSTRALIAN, UNIVERSITY]),
    condition=st.sampled_from(["Melanoma", "Neoplasms", "Type 2 Diabetes Mellitus"]),
)


def past(root: Path) -> dict[str, Row]:
    """Every answer of the day, without what tells of the load itself."""
    found = {name: python(name.removeprefix("landscape").strip(), root) for name in NAMES}
    for answer in found.values():
        for key in ("warehouse", "generation", "data", "sources"):
            answer.pop(key, None)
        if "coverage" in answer:
            answer["coverage"].pop("texts", None)
            answer["coverage"].pop("records")
    return found


@pytest.fixture(scope="module")
def answers_before(root: Path) -> dict[str, Row]:
    return past(root)


@given(trials=st.lists(LATER, min_size=1, max_size=6, unique_by=lambda trial: trial.number))
@settings(max_examples=8, deadline=None, derandomize=True)
def test_records_loaded_later_change_no_past_answer(
    tmp_path_factory: pytest.TempPathFactory, root: Path, answers_before: dict[str, Row], trials: list[Trial]
) -> None:
    own = Path(shutil.copytree(root, tmp_path_factory.mktemp("later") / "warehouse"))
    load_trials(own, trials, update=True)
    load_approvals(own, [("NDA900002", "BRELUMETINIB", "20220601")], update=True)
    assert past(own) == answers_before
    assert by_drug(python("", own, on="2026-02-01"))["brelumetinib"]["tag"] == "approved"


def test_the_packaged_samples_of_the_register_make_a_landscape(tmp_path: Path) -> None:
    load(tmp_path / "warehouse", "ctgov", SAMPLES)
    row = by_drug(python("", tmp_path / "warehouse", on="2026-01-01"))["dupilumab"]
    assert row["stage"] == "phase_2"
    assert row["evidence"] == ["ctgov:NCT02210780"]


@pytest.mark.parametrize("name", NAMES)
def test_a_person_reads_each_answer(
    ask: Ask, root: Path, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = ask(*name.split(), "--warehouse", str(root), "--on", DAY)
    assert (answer.code, answer.err) == (0, "")
    assert DAY in answer.out
    assert len(answer.out.splitlines()) > 2


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_warehouse_is_exit_code_2_with_a_way_out(ask: Ask, tmp_path: Path, name: str) -> None:
    answer = ask(*name.split(), "--warehouse", str(tmp_path / "none"))
    assert (answer.code, answer.out) == (2, "")
    assert "registry load" in answer.err
    assert "registry sync" in answer.err
    assert not (tmp_path / "none").exists()


def test_a_condition_that_is_not_known_names_the_nearest(root: Path) -> None:
    with pytest.raises(InputError) as refused:
        python("", root, indications=["melanona zz"])
    assert refused.value.findings[0].code == "landscape.indication"
    assert "Melanoma" in refused.value.findings[0].hint


@pytest.mark.parametrize("blank", ["", " ", "-"])
def test_a_condition_without_a_word_is_not_known(root: Path, blank: str) -> None:
    with pytest.raises(InputError, match="no condition") as refused:
        python("", root, indications=[blank])
    assert refused.value.findings[0].code == "landscape.indication"


def test_an_origin_that_no_drug_has_is_said(root: Path) -> None:
    for answer in (python("compare", root, origin="uk"), python("", root, origins=["UK"])):
        assert [row["code"] for row in answer["findings"]] == ["landscape.origins"]
        assert answer["findings"][0]["value"] == "GB"


def test_a_first_year_after_the_day_is_refused(root: Path) -> None:
    with pytest.raises(InputError, match="2022 is after the day 2021-07-01"):
        python("entrants", root, first_year=2022)
    assert python("entrants", root, first_year=2021)["years"] == (2021,)


def test_a_target_that_no_drug_carries_is_said(root: Path) -> None:
    answer = python("crowding", root, targets=["KRASS"])
    assert [row["code"] for row in answer["findings"]] == ["landscape.targets"]
    assert "KRAS" in answer["findings"][0]["hint"]
    assert answer["measures"]["programmes"]["value"] == 0


@pytest.mark.parametrize(
    "words",
    [
        ["landscape", "--on", "2021-02-30"],
        ["landscape", "--limit", "0"],
        ["landscape", "page", "--years", "1"],
        ["landscape", "page", "--compare-origin", "China"],
        ["landscape", "page", "--lang", "fr"],
        ["landscape", "page", "--lang", "en,"],
        ["landscape", "matrix", "--rows", "colour"],
        ["landscape", "compare", "--origin", "China"],
        ["landscape", "compare", "--with", "us"],
        ["landscape", "crowding", "--window-years", "-1"],
        ["landscape", "--target", ""],
        ["landscape", "firsts", "--origin", "CN,,JP"],
    ],
)
def test_a_wrong_option_is_exit_code_2_and_named(ask: Ask, root: Path, words: list[str]) -> None:
    answer = ask(*words, "--warehouse", str(root))
    assert (answer.code, answer.out) == (2, "")
    assert words[-2] in answer.err or words[-1] in answer.err


def test_the_invented_trials_are_as_many_as_the_counts_say(root: Path) -> None:
    records = python("", root)["coverage"]["records"]
    assert records["trials"] == records["trials_used"] == len(TRIALS)
    assert records["approvals"] == 1


def test_trials_that_give_no_programme_are_counted_by_reason(tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    unlinked = Trial(8, "2020-01-01", "PHASE1", ("a plant from the garden",))
    load_trials(root, [TRIALS[0], unlinked, Trial(9, "2020-01-01", "PHASE1", ())])
    records = python("", root)["coverage"]["records"]
    assert records["trials_used"] == 1
    assert records["trials_without_linked_drug"] == 1
    assert records["trials_without_investigated_drug"] == 1


@pytest.mark.parametrize("condition", ["-", "?", "..."])
def test_a_trial_whose_condition_says_nothing_has_an_unmapped_one(tmp_path: Path, condition: str) -> None:
    root = tmp_path / "warehouse"
    load_trials(root, [TRIALS[0], Trial(8, "2020-01-01", "PHASE2", ("quilirasib",), condition=condition)])
    answer = python("", root)
    assert by_drug(answer)["quilirasib"]["stage"] == "phase_2"
    assert answer["coverage"]["texts"]["condition"]["unknown"] >= 1


def test_drugs_of_one_arm_are_a_combination_and_can_be_left_out(tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    load_trials(root, [TRIALS[0], Trial(8, "2020-01-01", "PHASE1", ("quilirasib", "dorametinib"))])
    assert set(by_drug(python("", root))) == {"brelumetinib", "dorametinib", "quilirasib"}
    assert set(by_drug(python("", root, without_combinations=True))) == {"brelumetinib"}


def test_a_list_without_a_day_is_known_from_the_day_that_it_shows(tmp_path: Path) -> None:
    root = make_warehouse(tmp_path / "warehouse")
    file = tmp_path / "hub.txt"
    head = "pert_iname\tclinical_phase\tmoa\ttarget\tdisease_area\tindication\n"
    file.write_text(head + "brelumetinib\tLaunched\tMEK inhibitor\tMAP2K1|MAP2K2\t\t\n", encoding="utf-8")
    load(root, "repurposing_hub", file)
    assert by_drug(python("", root))["brelumetinib"]["tag"] == "first_in_class"
    load(root, "repurposing_hub", file, snapshot="2021-03-01")
    assert by_drug(python("", root, on="2021-02-28"))["brelumetinib"]["tag"] == "first_in_class"
    after = python("", root, on="2021-03-01")
    assert by_drug(after)["brelumetinib"]["tag"] == "approved"
    assert by_drug(after)["dorametinib"]["tag"] == "me_too"
    assert [row["code"] for row in python("entrants", root)["findings"]] == ["landscape.undated"]


def test_annotations_of_a_later_day_are_used_for_the_past_only_with_hindsight(tmp_path: Path) -> None:
    root = make_warehouse(tmp_path / "warehouse")
    file = tmp_path / "hub.txt"
    head = "pert_iname\tclinical_phase\tmoa\ttarget\tdisease_area\tindication\n"
    file.write_text(head + "XQZ-1234\tPhase 1\tBCL inhibitor\tBCL2\t\t\n", encoding="utf-8")
    load(root, "repurposing_hub", file, snapshot="2022-03-01")

    def class_on(day: str, **how: Any) -> str:
        found = python("", root, on=day, **how)["programmes"]
        return next(str(row["class"]) for row in found if row["name"].upper() == "XQZ-1234")

    assert class_on(DAY) == ""
    assert class_on(DAY, hindsight=True) == class_on("2022-03-01") == "BCL2 inhibitor small_molecule"
