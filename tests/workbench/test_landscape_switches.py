"""What counts: each switch of the landscape's questions from the command line, and the matrix as a file."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from onepill.landscape.stages import LADDER
from onepill.workbench.operations import OPERATIONS
from tests.cli.asking import Ask
from tests.workbench.landscape_warehouse import (
    CHINESE,
    UNIVERSITY,
    Trial,
    load,
    load_burden,
    load_mesh,
    load_trials,
)

Row = dict[str, Any]
DAY = "2021-07-01"
NAMES = [found.name for found in OPERATIONS if found.name.startswith("landscape") and found.models != "watch"]
TRIALS = (
    Trial(1, "2020-01-01", "PHASE3", ("brelumetinib",)),
    Trial(2, "2020-01-01", "PHASE1", ("quilirasib",), sponsor=UNIVERSITY),
    Trial(3, "2020-01-01", "PHASE2", ("zorecabtagene autoleucel",)),
    Trial(4, "2020-01-01", "PHASE2", ("dorametinib", "velorasib"), sponsor=CHINESE),
    Trial(5, "2020-01-01", "PHASE3", ("etanercept biosimilar",)),
    Trial(6, "2020-01-01", "PHASE1", ("norugliptin",)),
)
EVERY = {
    "brelumetinib", "quilirasib", "zorecabtagene autoleucel", "dorametinib", "velorasib", "norugliptin",
}  # fmt: skip


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("switches") / "warehouse"
    load_trials(root, TRIALS)
    load_mesh(root)
    load_burden(root)
    graph = root.with_name("graph")
    graph.mkdir()
    node = {"id": "etanercept biosimilar", "kind": "molecule", "phase": "pipeline", "modality": "biosimilar"}
    edge = {"src": "etanercept biosimilar", "rel": "acts_on", "dst": "TNF", "action": "blocker", "etype": "fact"}
    for name, one in (("nodes", node), ("edges", edge)):
        (graph / f"{name}.jsonl").write_text(json.dumps(one), encoding="utf-8")
    load(root, "pharma_space", graph, snapshot="2019-01-01")
    return root


def names(ask: Ask, root: Path, *words: str) -> set[str]:
    answer = ask("landscape", "--warehouse", str(root), "--on", DAY, *words, "--json")
    return {row["name"] for row in answer.document["programmes"]}


def test_what_counts_if_nothing_is_said(ask: Ask, root: Path) -> None:
    assert names(ask, root) == EVERY


@pytest.mark.parametrize(
    ("words", "gone", "come"),
    [
        (("--without-academic",), {"quilirasib"}, set()),
        (("--without-cell-therapies",), {"zorecabtagene autoleucel"}, set()),
        (("--without-combinations",), {"dorametinib", "velorasib"}, set()),
        (("--with-biosimilars",), set(), {"etanercept biosimilar"}),
    ],
)
def test_a_switch_leaves_out_or_adds(
    ask: Ask, root: Path, words: tuple[str, ...], gone: set[str], come: set[str]
) -> None:
    assert names(ask, root, *words) == EVERY - gone | come


def test_a_group_counts_its_targets_as_one(ask: Ask, root: Path) -> None:
    words = ("landscape", "matrix", "--warehouse", str(root), "--on", DAY, "--json")
    plain = {cell["row"]: cell["programmes"] for cell in ask(*words).document["cells"]}
    assert (plain["MAP2K1"], plain["MAP2K2"]) == (2, 2)
    grouped = {
        cell["row"]: cell["programmes"] for cell in ask(*words, "--group", "MEK=MAP2K1,MAP2K2").document["cells"]
    }
    assert grouped["MEK"] == 2
    assert {"MAP2K1", "MAP2K2"}.isdisjoint(grouped)
    asked = ("--group", "MAPK=MEK,KRAS", "--target", "KRAS")
    found = {cell["row"] for cell in ask(*words, *asked).document["cells"]}
    assert (
        found
        == {"MAPK"}
        == {cell["row"] for cell in ask(*words, "--group", "MAPK=MEK,KRAS", "--target", "MAPK").document["cells"]}
    )


@pytest.mark.parametrize("text", ["MEK", "MEK=", "=A,B", "ONE=KRAS", "A=KRAS,NRAS"])
def test_a_group_of_no_use_is_refused(ask: Ask, root: Path, text: str) -> None:
    words = ("landscape", "--warehouse", str(root), "--on", DAY, "--group", "RAS=KRAS,HRAS", "--group", text)
    answer = ask(*words)
    assert (answer.code, answer.out) == (2, "")
    assert "--group NAME=TARGET,TARGET" in answer.err


@pytest.mark.parametrize("name", NAMES)
def test_every_question_has_every_switch(ask: Ask, root: Path, name: str) -> None:
    switches = ("--without-academic", "--without-cell-therapies", "--without-combinations", "--with-biosimilars")
    more = ("--pd1-as-one", "--group", "MEK=MAP2K1,MAP2K2", "--hindsight")
    answer = ask(*name.split(), "--warehouse", str(root), "--on", DAY, *switches, *more, "--json")
    assert (answer.code, answer.err) == (0, "")
    assert answer.document["annotations"] == "hindsight"


def test_the_matrix_as_a_file_holds_every_cell_by_stage(ask: Ask, root: Path, tmp_path: Path) -> None:
    file = tmp_path / "matrix.csv"
    words = ("landscape", "matrix", "--warehouse", str(root), "--on", DAY, "--out", str(file))
    cells = ask(*words, "--json").document["cells"]
    with file.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert len(rows) == len(cells)
    for row, cell in zip(rows, cells, strict=True):
        assert (row["as_of"], row["row"], row["column_name"]) == (DAY, cell["row"], cell["column_name"])
        by_stage = {stage: int(row[stage]) for stage in LADDER if int(row[stage])}
        assert by_stage == cell["by_stage"]
        assert sum(by_stage.values()) == int(row["programmes"])
    assert ask(*words, "--limit", "1").code == 0
    assert len(file.read_text(encoding="utf-8").splitlines()) == 2


def test_the_matrix_as_json_is_the_answer(ask: Ask, root: Path, tmp_path: Path) -> None:
    file = tmp_path / "matrix.json"
    words = ("landscape", "matrix", "--warehouse", str(root), "--on", DAY, "--out", str(file), "--json")
    assert ask(*words).document == json.loads(file.read_text(encoding="utf-8"))


def test_a_file_of_another_kind_is_refused_and_what_stood_there_stays(ask: Ask, root: Path, tmp_path: Path) -> None:
    file = tmp_path / "matrix.txt"
    file.write_text("kept", encoding="utf-8")
    answer = ask("landscape", "matrix", "--warehouse", str(root), "--on", DAY, "--out", str(file))
    assert (answer.code, answer.out, file.read_text(encoding="utf-8")) == (2, "", "kept")
    assert ".csv" in answer.err


def test_a_place_that_cannot_be_written_to_is_an_input_error(ask: Ask, root: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    file = tmp_path / "taken" / "matrix.csv"
    answer = ask("landscape", "matrix", "--warehouse", str(root), "--on", DAY, "--out", str(file))
    assert (answer.code, answer.out) == (2, "")
