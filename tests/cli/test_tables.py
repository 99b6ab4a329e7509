"""Tables in narrow terminals: numbers stay on one line, long words are broken and not cut."""

from __future__ import annotations

import pytest

from onepill.cli.tables import show_table

NUMBERS = ["-10.54 ± 0.18", "0.00", "-18.65", "-2.04", "100%", "-20.52", "85 (67%)"]
HEADER = ["party", "worth", "without", "p5", "p95", "loss", "worst 5%", "months to cash"]


def shown(
    rows: list[list[str]], header: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    monkeypatch.setenv("COLUMNS", "80")
    show_table(rows, header)
    return capsys.readouterr().out.splitlines()


def test_numbers_stay_whole_beside_a_long_name(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = shown([["partners of the renminbi fund with a long name", *NUMBERS]], HEADER, capsys, monkeypatch)
    assert max(map(len, lines)) <= 80
    first = next(line for line in lines if line.startswith("partners"))
    assert all(number in first for number in NUMBERS)
    assert lines[0].rstrip().endswith("months"), "a heading has no more room than its numbers"


def test_a_long_word_is_broken_and_not_cut(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    path = "patients.biomarker_positive_share_of_the_line_of_therapy"
    lines = shown([["a label that is long enough to be wrapped " * 2, path]], ["step", "from"], capsys, monkeypatch)
    assert "…" not in "".join(lines)
    assert "".join(line.split()[-1] for line in lines[1:]).startswith("patients.biomarker")


def test_many_short_columns_are_shown_as_before(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = [f"{10_000 + i} words" for i in range(12)]
    text = "".join(shown([row], [f"c{i}" for i in range(12)], capsys, monkeypatch))
    assert "…" not in text


def test_a_table_that_needs_a_little_more_room_stands_closer_before_a_heading_is_broken(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    header = ["year", "sold", "patients", "gross", "net", "goods", "selling", "tax", "launch", "cash", "±"]
    row = ["2040", "100.0%", "146,375", "8,273", "-888.88", "1,241", "-482.04", "1,137", "-12.08", "-473.83", "171.02"]
    lines = shown([row], header, capsys, monkeypatch)
    assert [line.split() for line in lines] == [header, row]
    assert max(map(len, lines)) <= 80
