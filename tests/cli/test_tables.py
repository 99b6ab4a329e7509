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
