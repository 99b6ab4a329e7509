"""Payer paths as text: each state that is entered, its chances, and what leads on."""

from __future__ import annotations

import pytest

from onepill.cli.show_payers import show_payer_paths
from tests.workbench.passports import example


def test_the_table_shows_states_prices_chances_and_transitions(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    rows = example("tunlametinib")["value"]["payer_paths"]
    show_payer_paths(rows)
    shown = capsys.readouterr().out
    china = rows[0]
    listed = next(state for state in china["states"] if state["id"] == "listed")
    line = " ".join(line for line in shown.splitlines() if line.startswith("national reimbursement list"))
    year = china["years"].index(2026)
    assert f"{listed['price_factor']:.2f}" in line
    assert f"{listed['by_year'][year]:.0%}" in line
    assert "2025-01-01" in line
    assert "volume-based procurement" not in shown, "no path enters it"
    assert "listing: self_pay or city_insurance or commercial_list -> listed, nrdl, chance 54%, up to 3 rounds" in shown
    assert "mean price" in shown
