"""Designs in a terminal: the table of looks, sizes, and lists of numbers as words."""

from __future__ import annotations

import pytest

from tests.cli.asking import Ask


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual terminal: no cell may be cut there."""
    monkeypatch.setenv("COLUMNS", "80")


def row_of(out: str, first: str) -> list[str]:
    """The cells of the line that begins so."""
    return next(line.split() for line in out.splitlines() if line.startswith(first))


def test_the_contract_of_the_sequential_command(ask: Ask) -> None:
    words = ["--looks", "5", "--alpha", "0.025", "--power", "0.9", "--bound", "of", "--json"]
    document = ask("design", "sequential", *words).document
    assert document["upper_z"] == pytest.approx([4.561743, 3.225639, 2.633723, 2.280871, 2.040073], abs=1e-6)
    assert document["lower_z"] is None
    assert document["inflation"] == pytest.approx(1.0265, abs=5e-5)
    assert set(document["expected_inflation"]) == {"null", "intermediate", "alternative"}


def test_looks_are_told_in_one_word_or_in_several(ask: Ask) -> None:
    one = ask("design", "sequential", "--at", "0.3,0.6,1", "--json").document
    several = ask("design", "sequential", "--at", "0.3", "--at", "0.6", "--at", "1", "--json").document
    assert one == several
    assert one["at"] == [0.3, 0.6, 1.0]


@pytest.mark.parametrize("told", ["0.3,x,1", "0.3,,1"])
def test_what_is_no_number_is_told_apart_with_its_option(ask: Ask, told: str) -> None:
    answer = ask("design", "sequential", "--at", told, "--json")
    assert answer.code == 2
    assert answer.document["findings"][0]["message"].startswith("--at:")


def test_the_table_of_looks_has_bounds_levels_errors_chances_and_months(ask: Ask) -> None:
    calendar = ["--control-median-months", "12", "--accrual-per-month", "20", "--follow-up-months", "12"]
    words = ["--at", "0.3,0.6,1", "--bound", "hsd:-4", "--futility", "hsd:-2", "--hazard-ratio", "0.7", *calendar]
    answer = ask("design", "sequential", *words)
    assert answer.code == 0
    cells = row_of(answer.out, "2 ")
    assert cells[:7] == ["2", "0.6", "2.6550", "0.6970", "0.003966", "0.004675", "210.4"]
    assert len(cells) == 9
    stops = row_of(answer.out.partition("chance to stop")[2], "2 ")
    assert stops == ["2", "0.0036", "0.3718", "0.4237", "0.0234"]
    assert "…" not in answer.out
    assert "events: 330.38 with one look, at most 350.69" in answer.out
    assert row_of(answer.out, "no effect")[2:4] == ["0.6235", "0.0236"]
    assert "not binding" in answer.out


def test_without_futility_or_effect_the_table_is_short(ask: Ask) -> None:
    answer = ask("design", "sequential", "--at", "0.001,1", "--bound", "ld_of", "--sides", "1")
    assert row_of(answer.out, "1 ")[:3] == ["1", "0.001", "none"]
    assert len(row_of(answer.out, "2  ")) == 5
    assert "month" not in answer.out


def test_a_fixed_design_prints_whole_patients_and_arms(ask: Ask) -> None:
    answer = ask("design", "fixed", "--difference", "2.5", "--sd", "8", "--power", "0.8", "--accrual-per-month", "10")
    assert "patients: 324 (323.42)" in answer.out
    assert "162 treated, 162 control" in answer.out
    assert "the last look is in month 32.3" in answer.out


def test_simons_designs_stand_beside_one_stage(ask: Ask) -> None:
    answer = ask("design", "single_arm", "--null-rate", "0.1", "--target-rate", "0.3")
    assert row_of(answer.out, "optimal")[1:5] == ["1/10", "5/29", "15.0", "0.736"]
    assert row_of(answer.out, "minimax")[1:4] == ["1/15", "5/25", "19.5"]
    assert row_of(answer.out, "one stage")[2] == "5/25"


def test_regional_shares_name_their_rule_and_source(ask: Ask) -> None:
    answer = ask("design", "regional", "--patients", "1000", "--shares", "0.1,0.3,0.6")
    assert "22.4%" in answer.out
    assert "225" in answer.out
    assert "jp.mhlw.japanese_patients.method_1" in answer.out
    none = ask("design", "regional", "--regions", "12")
    assert "no share is enough" in none.out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["sequential", "--looks", "3", "--alpha", "0.1", "--power", "0.05"], "design.power"),
        (["sequential", "--at", "0.6,0.3,1"], "design.at.order"),
        (["fixed", "--difference", "1", "--sd", "-2"], "effect.range"),
        (["single_arm", "--null-rate", "0", "--target-rate", "0.2"], "design.rate"),
        (["regional", "--shares", "2"], "regional.shares"),
    ],
)
def test_bad_input_ends_with_code_2_and_a_finding(ask: Ask, words: list[str], code: str) -> None:
    answer = ask("design", *words, "--json")
    assert answer.code == 2
    assert [row["code"] for row in answer.document["findings"]] == [code]
    as_text = ask("design", *words)
    assert as_text.code == 2
    assert f"error {code}:" in as_text.err
    assert "hint:" in as_text.err
