"""White space over a small warehouse: every support, every drug at work and every failure traced to its record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from onepill.workbench.operations import operation
from tests.cli.asking import Ask
from tests.workbench.landscape_warehouse import Trial, load, load_mesh, load_trials

Row = dict[str, Any]
DAY = "2021-07-01"
LISTED = "2020-03-24"


def load_hub(root: Path) -> None:
    head = "pert_iname\tclinical_phase\tmoa\ttarget\tdisease_area\tindication\n"
    rows = "zanvorib\tPhase 2\tBCL inhibitor\tBCL2\toncology\tmelanoma\n"
    file = root.with_name("hub.txt")
    file.write_text(head + rows, encoding="utf-8")
    load(root, "repurposing_hub", file, snapshot=LISTED)


def load_graph(root: Path) -> None:
    folder = root.with_name("graph")
    folder.mkdir()
    nodes = [{"id": one, "kind": "molecule", "phase": "failed"} for one in ("plorvatib", "merolatib")]
    edges = [
        {"src": "plorvatib", "rel": "acts_on", "dst": "BCL2", "action": "inhibitor", "etype": "fact"},
        {"src": "plorvatib", "rel": "studied_for", "dst": "melanoma", "etype": "fact", "phase": "failed"},
        {"src": "plorvatib", "rel": "failed_on", "dst": "BCL2", "etype": "fact", "year": 2018, "mode": "efficacy",
         "scope": "program-death", "source": "a page"},
        {"src": "merolatib", "rel": "failed_on", "dst": "BCL2", "etype": "fact", "year": 2017, "mode": "safety",
         "scope": "trial-setback", "failed_indication": "an oral form", "source": "a page"},
        {"src": "merolatib", "rel": "competes_with", "dst": "plorvatib", "etype": "derived"},
    ]  # fmt: skip
    for name, rows in (("nodes", nodes), ("edges", edges)):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    load(root, "pharma_space", folder, snapshot=LISTED)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A phase-3 drug on MEK in melanoma, an early one on KRAS in neoplasms, a list and a graph."""
    root = tmp_path_factory.mktemp("whitespace") / "warehouse"
    trials = (
        Trial(1, "2020-02-01", "PHASE3", ("brelumetinib",)),
        Trial(2, "2019-03-01", "PHASE2", ("dorametinib",)),
        Trial(3, "2020-05-01", "PHASE1", ("quilirasib",), condition="Neoplasms"),
    )
    load_trials(root, trials)
    load_mesh(root)
    load_hub(root)
    load_graph(root)
    return root


def whitespace(root: Path, **fields: Any) -> Row:
    found = operation("landscape whitespace")
    answer: Row = found.ask(found.question.model_validate({"warehouse": str(root), "on": DAY, **fields}))
    return answer


def pairs(answer: Row) -> dict[tuple[str, str], Row]:
    return {(row["target"], row["indication_name"]): row for row in answer["pairs"]}


def test_a_late_trial_of_the_pair_supports_it_with_its_record(root: Path) -> None:
    pair = pairs(whitespace(root))["MAP2K1", "Melanoma"]
    (support,) = pair["supports"]
    assert (support["kind"], support["source"], support["known_on"]) == ("trial", "ctgov:NCT00000001", "2020-02-01")
    assert support["statement"]["en"] == "brelumetinib reached phase_3 in Melanoma"
    assert [one["drug"] for one in pair["programmes"]] == ["brelumetinib", "dorametinib"]
    assert (pair["drugs"], pair["approved_here"], pair["failed_here"]) == (2, False, False)


def test_an_early_trial_is_no_support(root: Path) -> None:
    assert not any(target == "KRAS" for target, _ in pairs(whitespace(root)))


def test_without_one_heading_right_above_both_nothing_stands_beside(root: Path) -> None:
    assert "related_condition" not in whitespace(root)["coverage"]["supports"]


def test_drugs_of_lists_count_as_at_work_and_a_failure_is_told_with_its_year(root: Path) -> None:
    pair = pairs(whitespace(root))["BCL2", "Melanoma"]
    assert pair["kinds"] == ["drug_list", "knowledge_graph"]
    assert [one["drug"] for one in pair["listed"]] == ["plorvatib", "zanvorib"]
    assert (pair["drugs"], pair["programmes"], pair["failed_here"]) == (2, [], True)
    here, elsewhere = pair["failures"]
    assert (here["drug"], here["here"], here["year"], here["mode"]) == ("plorvatib", True, 2018, "efficacy")
    assert (elsewhere["drug"], elsewhere["here"], elsewhere["source"]) == ("merolatib", False, "pharma_space:merolatib")


def test_a_pair_that_failed_comes_after_those_that_did_not(root: Path) -> None:
    assert [row["failed_here"] for row in whitespace(root)["pairs"]] == [False, False, True]


def test_what_a_list_says_is_known_from_its_own_day(root: Path) -> None:
    assert ("BCL2", "Melanoma") in pairs(whitespace(root, on=LISTED))
    assert ("BCL2", "Melanoma") not in pairs(whitespace(root, on="2020-03-23"))


def test_filters_limits_and_at_most(root: Path) -> None:
    assert set(pairs(whitespace(root, targets=["BCL2"]))) == {("BCL2", "Melanoma")}
    assert set(pairs(whitespace(root, indications=["Neoplasms"]))) == set(pairs(whitespace(root)))
    assert pairs(whitespace(root, indications=["Type 2 Diabetes Mellitus"])) == {}
    assert set(pairs(whitespace(root, at_most=1))) == set()
    assert len(whitespace(root, limit=1)["pairs"]) == 1
    assert whitespace(root, limit=1)["found"] == 3
    assert pairs(whitespace(root, modalities=["antibody"])) == {}


def test_related_conditions_of_real_headings(tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    load_trials(
        root,
        (
            Trial(1, "2020-02-01", "PHASE3", ("brelumetinib",), condition="Melanoma"),
            Trial(2, "2020-02-01", "PHASE1", ("quilirasib",), condition="Carcinoid Tumor"),
        ),
    )
    folder = tmp_path / "mesh"
    folder.mkdir()
    above = "C04.557.465.625.650"
    rows = (
        ("D018358", "Neuroendocrine Tumors", above),
        ("D008545", "Melanoma", f"{above}.510"),
        ("D002276", "Carcinoid Tumor", f"{above}.200"),
    )
    trees = "".join(f"{one}\t{name}\t{tree}\n" for one, name, tree in rows)
    terms = "".join(f"{one}\t{name}\n" for one, name, _ in rows)
    (folder / "terms.tsv").write_text(f"mesh_id\tmesh_name\n{terms}", encoding="utf-8")
    (folder / "trees.tsv").write_text(f"mesh_id\tmesh_name\tmesh_tree_number\n{trees}", encoding="utf-8")
    load(root, "mesh", folder)
    pair = pairs(whitespace(root))["MAP2K1", "Carcinoid Tumor"]
    (support,) = pair["supports"]
    assert (support["kind"], pair["drugs"]) == ("related_condition", 0)
    assert "brelumetinib reached phase_3 in Melanoma, which stands beside it" in support["statement"]["en"]
    assert [(one["drug"], one["indication_name"]) for one in pair["elsewhere"]] == [("brelumetinib", "Melanoma")]
    assert ("MAP2K1", "Carcinoid Tumor") not in pairs(whitespace(root, without_related=True))


def test_a_person_reads_the_evidence_and_the_failure(ask: Ask, root: Path) -> None:
    answer = ask("landscape", "whitespace", "--warehouse", str(root), "--on", DAY, "--target", "BCL2")
    assert (answer.code, answer.err) == (0, "")
    assert "BCL2 in Melanoma: 2 drugs at work" in answer.out
    assert "! plorvatib failed (here), 2018: efficacy, program-death" in answer.out
    assert "There is no score." in answer.out


def test_real_pairs_tell_failures_that_are_known(shared: Path, tmp_path: Path) -> None:
    """Filgotinib's refusal of 2020 stands in the graph; its targets and condition come from the other sources."""
    data, root = shared / "data", tmp_path / "warehouse"
    folder = tmp_path / "mesh"
    folder.mkdir()
    for name in ("mesh_2015_terms.tsv", "mesh_2015_tree_numbers.tsv.gz"):
        (folder / name).write_bytes((data / "drugs" / name).read_bytes())
    load(root, "mesh", folder)
    load(root, "repurposing_hub", data / "drugs/repurposing_hub_2020-03-24.txt")
    load(root, "pharma_space", data / "drugs/pharma_space", snapshot="2026-08-17")
    load(root, "ema", data / "approvals/ema_medicines_2024-08-22.xlsx")
    found = pairs(whitespace(root, on="2026-09-01", targets=["JAK1"], at_most=1000, limit=100_000))
    pair = found["JAK1", "Arthritis, Rheumatoid"]
    assert ("filgotinib", 2020, True) in {(one["drug"], one["year"], one["here"]) for one in pair["failures"]}
    assert pair["approved_here"]
