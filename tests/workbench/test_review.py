"""A person's corrections of links: exported, taken back, kept through reloads, and used by every answer."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from onepill.cli.commands import build_app
from onepill.core.errors import InputError
from onepill.workbench.landscape.corrections import corrections_file
from onepill.workbench.landscape.world import loaded_world
from onepill.workbench.operations import operation
from tests.workbench.landscape_warehouse import JAPANESE, TRIALS, Trial, load_trials, make_warehouse
from tests.workbench.test_landscape import by_drug, python

Row = dict[str, Any]
HEAD = "kind,text,entity_id,name,decided_by,decided_on,reason\n"
UNSURE = (
    Trial(20, "2020-08-01", "PHASE2", ("vestaglyptan",)),
    Trial(21, "2020-09-01", "PHASE1", ("vestaglyptan",)),
    Trial(22, "2020-08-01", "PHASE1", ("Thing nobody knows",), sponsor="MERCK", condition="Melanoma of the unknown"),
)
"""Two edits from the approved vestagliptin; a name that no rule knows."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_warehouse(tmp_path_factory.mktemp("review") / "warehouse")
    load_trials(root, UNSURE, update=True)
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "warehouse"))


def asked(root: Path, **fields: Any) -> Row:
    found = operation("registry review")
    answer: Row = found.ask(found.question.model_validate({"warehouse": str(root), **fields}))
    found.answer.model_validate(answer)
    return answer


def taken(root: Path, rows: str) -> Row:
    return asked(root, take={"text": HEAD + rows, "file": "mine.csv"})


def drugs(root: Path) -> set[str]:
    return set(by_drug(python("", root)))


def test_what_is_uncertain_is_listed_the_most_used_first_with_its_evidence(root: Path) -> None:
    answer = asked(root)
    first = answer["rows"][0]
    assert (first["kind"], first["text"], first["uses"]) == ("drug", "vestaglyptan", 2)
    assert (first["entity_id"], first["rule"], first["source"]) == ("vestagliptin", "drug.fuzzy", "fda_nme")
    assert 0.6 <= first["score"] < 0.85
    assert first["example"] == "ctgov:NCT00000020"
    merck = next(row for row in answer["rows"] if row["kind"] == "company")
    assert (merck["entity_id"], merck["others"]) == ("merck", ["merck-kgaa"])
    assert answer["uncertain"] == {"company": 1, "condition": 1, "drug": 1}
    assert answer["kept"] == 0


def test_kind_limit_and_unknown_narrow_and_widen_the_list(root: Path) -> None:
    assert {row["kind"] for row in asked(root, kind="company")["rows"]} == {"company"}
    limited = asked(root, limit=1)
    assert (len(limited["rows"]), sum(limited["uncertain"].values())) == (1, 3)
    texts = {row["text"]: row for row in asked(root, kind="drug", unknown=True)["rows"]}
    assert texts["thing nobody knows"]["entity_id"] == ""
    assert not {row["text"] for row in asked(root, kind="drug")["rows"]} & {"thing nobody knows"}


def test_a_correction_changes_the_landscape_and_outlives_update_forget_and_reload(root: Path) -> None:
    """End to end by the command line: exported, filled in, taken, and in every later answer."""
    sheet = root.with_name("sheet.csv")
    command = ["registry", "review", "--warehouse", str(root)]
    assert said([*command, "--out", str(sheet)]).startswith("kind")
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["text"] == "vestaglyptan":
            row |= {"entity_id": "brelumetinib", "name": "brelumetinib", "decided_by": "A. Reader",
                    "decided_on": "2026-11-22", "reason": "the sponsor says so"}  # fmt: skip
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)

    before = python("", root)
    records = evidence(before)
    assert "1 new" in said([*command, "--take", str(sheet)])
    after = python("", root)
    assert after["generation"] == before["generation"]
    assert before["coverage"]["texts"]["drug"]["uncertain"] == 1
    assert "uncertain" not in after["coverage"]["texts"]["drug"]
    assert records == {"ctgov:NCT00000001", "ctgov:NCT00000002"}
    assert evidence(after) == records | {"ctgov:NCT00000020", "ctgov:NCT00000021"}
    assert "vestaglyptan" not in {row["text"] for row in asked(root)["rows"]}

    load_trials(root, [Trial(23, "2020-10-01", "PHASE1", ("vestaglyptan",))], update=True)
    assert "ctgov:NCT00000023" in evidence(python("", root))
    forget = operation("registry forget")
    forget.ask(forget.question.model_validate({"warehouse": str(root), "source": "ctgov"}))
    load_trials(root, [*TRIALS, *UNSURE])
    assert evidence(python("", root)) == records | {"ctgov:NCT00000020", "ctgov:NCT00000021"}
    assert "brelumetinib" in said([*command, "--list"])


def evidence(answer: Row, drug: str = "brelumetinib") -> set[str]:
    """The records on which what is said of a drug rests."""
    world = loaded_world(Path(answer["warehouse"])).world
    place = world.drugs.index(drug)
    return {world.records[code] for code in world.events.record[world.events.drug == place]}


def said(words: list[str]) -> str:
    result = CliRunner().invoke(build_app(frozenset(words)), words, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_corrections_of_every_kind_reach_the_landscape(root: Path) -> None:
    answer = taken(
        root,
        "company,MERCK,merck-kgaa,,A,2026-11-22,a German address\n"
        "condition,Melanoma of the unknown,mesh:D008545,,A,2026-11-22,read\n"
        "drug,Thing nobody knows,nobodymab,nobodymab,A,2026-11-22,read\n"
        "target,brelumetinib,BRAF,,A,2026-11-22,read\n",
    )
    assert answer["taken"] == {"read": 4, "new": 4, "changed": 0, "unchanged": 0, "older": 0, "waiting": 0}
    assert {row["name"] for row in answer["corrections"]} >= {"Melanoma", "nobodymab"}
    rows = by_drug(python("", root, indications=["Melanoma"]))
    assert "nobodymab" in rows
    assert rows["nobodymab"]["sponsors"] == ["Merck KGaA"]
    assert "BRAF" in rows["brelumetinib"]["class"]


def test_an_empty_id_takes_a_drug_out(root: Path) -> None:
    assert "dorametinib" in drugs(root)
    taken(root, "drug,dorametinib,,,A,2026-11-22,a device of that name\n")
    assert "dorametinib" not in drugs(root)


def test_a_line_deleted_from_the_kept_file_is_undone(root: Path) -> None:
    before = python("", root)
    taken(root, "drug,dorametinib,,,A,2026-11-22,x\n")
    assert python("", root) != before
    corrections_file(root).unlink()
    assert python("", root) == before


@pytest.mark.parametrize(
    ("row", "code", "word"),
    [
        ("drug,vestaglyptan,vestagliptn,,A,2026-11-22,x", "corrections.unknown_id", "did you mean vestagliptin"),
        ("drug,vestaglyptan,new-one,other name,A,2026-11-22,x", "corrections.unknown_id", "name's slug"),
        ("condition,Melanoma,mesh:D000000,,A,2026-11-22,x", "corrections.unknown_id", "registry load mesh"),
        ("company,MERCK,merck-co,Merck & Co.,A,2026-11-22,x", "corrections.unknown_id", "did you mean merck"),
        ("gene,x,y,,A,2026-11-22,x", "corrections.kind", "one of"),
        ("drug,x,y,,A,22.11.2026,x", "corrections.day", "2026-11-22"),
    ],
)
def test_a_wrong_decision_is_told_with_its_line_and_nothing_is_taken(
    root: Path, row: str, code: str, word: str
) -> None:
    with pytest.raises(InputError) as caught:
        taken(root, f"drug,dorametinib,,,A,2026-11-22,right\n{row}\n")
    (finding,) = caught.value.findings
    assert (finding.code, finding.file, finding.line) == (code, "mine.csv", 3)
    assert word in finding.hint
    assert not corrections_file(root).exists()


def test_a_later_decision_replaces_and_an_older_one_loses(root: Path) -> None:
    taken(root, "drug,vestaglyptan,vestagliptin,,A,2026-11-22,x\n")
    again = taken(root, "drug,VESTAGLYPTAN,,,B,2026-11-22,y\n")["taken"]
    assert (again["changed"], again["older"]) == (1, 0)
    older = taken(root, "drug,vestaglyptan,vestagliptin,,A,2026-11-21,z\n")["taken"]
    assert (older["changed"], older["older"]) == (0, 1)
    (row,) = asked(root, kept=True)["corrections"]
    assert (row["entity_id"], row["decided_by"]) == ("", "B")
    assert asked(root, kept=True, kind="target")["corrections"] == []


def test_a_file_without_decisions_is_said_and_changes_nothing(root: Path) -> None:
    answer = taken(root, "drug,vestaglyptan,vestagliptin,,,,\n")
    assert [finding["code"] for finding in answer["findings"]] == ["corrections.none"]
    assert answer["taken"]["waiting"] == 1
    assert not corrections_file(root).exists()


def test_two_tasks_at_once_and_an_empty_warehouse_are_refused(root: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="each do one thing"):
        asked(root, kept=True, export=str(tmp_path / "x.csv"))
    with pytest.raises(InputError) as caught:
        asked(tmp_path / "nothing")
    assert caught.value.findings[0].code == "review.empty"
    with pytest.raises(ValidationError):
        asked(root, limit=0)


def test_decisions_that_were_not_taken_are_not_written_over(root: Path) -> None:
    sheet = root.with_name("sheet.csv")
    asked(root, export=str(sheet))
    asked(root, export=str(sheet))
    sheet.write_text(f"{HEAD}drug,vestaglyptan,,,A,2026-11-22,x\n", encoding="utf-8")
    for text in (sheet.read_text(encoding="utf-8"), "my shopping list"):
        sheet.write_text(text, encoding="utf-8")
        with pytest.raises(InputError) as caught:
            asked(root, export=str(sheet))
        assert caught.value.findings[0].code == "review.exists"
        assert sheet.read_text(encoding="utf-8") == text
    taken(root, "drug,vestaglyptan,,,A,2026-11-22,x\n")
    sheet.write_text(f"{HEAD}drug,vestaglyptan,,,A,2026-11-22,x\n", encoding="utf-8")
    assert asked(root, export=str(sheet))["written"] == str(sheet)


@pytest.mark.parametrize("damaged", [b"kind,text\n", b"\xff\xfe\x00", HEAD.encode() + b"drug,x,y,,A,never,z\n"])
def test_a_damaged_file_of_kept_corrections_is_an_error_and_not_forgotten(root: Path, damaged: bytes) -> None:
    corrections_file(root).write_bytes(damaged)
    with pytest.raises(InputError) as caught:
        python("", root)
    assert caught.value.findings[0].file == str(corrections_file(root))


def test_a_corrected_condition_whose_source_was_forgotten_is_left_out(root: Path) -> None:
    taken(root, "condition,Melanoma of the unknown,mesh:D008545,,A,2026-11-22,read\n")
    forget = operation("registry forget")
    forget.ask(forget.question.model_validate({"warehouse": str(root), "source": "mesh"}))
    assert python("", root)["programmes"]


def test_a_corrected_sponsor_gives_a_drug_its_origin(root: Path) -> None:
    """The sponsor of the earliest trial tells the origin: another company, another origin."""
    assert by_drug(python("", root))["dorametinib"]["origin"] == "JP"
    taken(root, f'company,"{JAPANESE}",hengrui,,A,2026-11-22,bought\n')
    assert by_drug(python("", root))["dorametinib"]["origin"] == "CN"
    assert by_drug(python("", root))["brelumetinib"]["origin"] == "CN"
