"""Industry indicators over a small warehouse, counted by hand, and the trade table that a user gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onepill.core.errors import InputError
from onepill.workbench.operations import operation
from tests.cli.asking import Ask
from tests.workbench.landscape_warehouse import (
    AUSTRALIAN,
    CHINESE,
    JAPANESE,
    Trial,
    load_approvals,
    load_mesh,
    load_trials,
)

Row = dict[str, Any]
DAY = "2021-07-01"
HEAD = "hs_code,year,reporter,partner,flow,value_usd\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four drugs of 2010, of which two are approved after 4 and 6 years; three of them are of one sponsor."""
    root = tmp_path_factory.mktemp("industry") / "warehouse"
    load_trials(
        root,
        (
            Trial(1, "2010-01-01", "PHASE1", ("brelumetinib",), sponsor=CHINESE),
            Trial(2, "2010-01-01", "PHASE1", ("dorametinib",), sponsor=CHINESE),
            Trial(3, "2010-01-01", "PHASE1", ("velometinib",), sponsor=CHINESE),
            Trial(4, "2010-01-01", "PHASE1", ("quilirasib",), sponsor=JAPANESE),
            Trial(5, "1999-01-01", "PHASE1", ("norugliptin",), sponsor=AUSTRALIAN),
        ),
    )
    load_approvals(root, [("NDA900001", "BRELUMETINIB", "20140101"), ("NDA900002", "DORAMETINIB", "20160101")])
    load_mesh(root)
    return root


def industry(root: Path, **fields: Any) -> Row:
    found = operation("landscape industry")
    answer: Row = found.ask(found.question.model_validate({"warehouse": str(root), "on": DAY, **fields}))
    return answer


def test_the_way_to_approval_by_hand(root: Path) -> None:
    """Half of four drugs by 6 years, all of them followed for 11; the drug of 1999 is not followed."""
    found = industry(root)["all"]["translation"]
    assert (found["agents"], found["approved"], found["left_out"]) == (4, 2, 0)
    assert found["median_years"]["value"] == pytest.approx(6, abs=0.01)
    assert found["median_years"]["low"] == pytest.approx(4, abs=0.01)
    assert found["median_years"]["high"] is None
    assert found["approved_within_years"][5]["value"] == 0.25
    assert industry(root, first_year=1999)["all"]["translation"]["agents"] == 5


def test_sponsors_by_hand_all_and_by_origin(root: Path) -> None:
    """Shares of 3, 1 and 1 of five drugs: approvals of an invented company count as a sponsor of theirs."""
    answer = industry(root)
    found = answer["all"]["sponsors"]
    assert found["sponsors"]["value"] == 4
    assert found["top_1_share"]["value"] == pytest.approx(3 / 7)
    assert found["hhi"]["value"] == pytest.approx((9 + 1 + 1 + 4) / 49)
    assert set(answer["by_origin"]) == {"AU", "CN", "JP"}
    assert answer["by_origin"]["JP"]["sponsors"]["hhi"]["value"] == 1
    assert answer["by_origin"]["CN"]["translation"]["approved"] == 2
    assert answer["origin_share"] == 1


def test_filters_narrow_all_and_the_origins(root: Path) -> None:
    answer = industry(root, origins=["JP"])
    assert set(answer["by_origin"]) == {"JP"}
    assert answer["all"]["translation"]["agents"] == 1


def test_without_a_trade_table_its_absence_is_told(root: Path, ask: Ask) -> None:
    answer = industry(root)
    assert answer["trade"] is None
    assert "no trade data loaded" in answer["trade_absent"]["en"]
    assert "--trade FILE" in ask("landscape", "industry", "--warehouse", str(root), "--on", DAY).out


def test_a_trade_table_from_the_command_line(root: Path, ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "trade.csv"
    rows = "294110,2019,China,India,import,100\n294110,2019,China,Italy,import,300\n294110,2019,China,US,export,1200\n"
    file.write_text(HEAD + rows + "294110,2021,China,India,import,9\n", encoding="utf-8")
    words = ("landscape", "industry", "--warehouse", str(root), "--on", DAY, "--trade", str(file))
    answer = ask(*words, "--json").document
    (found,) = answer["trade"]["rows"]
    assert (found["import_share"], found["partner_hhi"]) == pytest.approx((0.25, 0.625))
    assert (answer["trade_absent"], answer["trade"]["counts"]["later_years"]) == (None, 1)
    shown = ask(*words).out
    assert "Italy 75.0%" in shown
    assert "commodity codes 29" in shown.lower()
    assert ask(*words, "--hs", "3004", "--json").document["trade"]["rows"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--hs", "29a"), "no commodity code"),
        (("--first-year", "2030"), "--first-year 2021"),
    ],
)
def test_bad_words_are_refused_with_a_hint(
    root: Path, ask: Ask, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    file = tmp_path / "trade.csv"
    file.write_text(HEAD + "2941,2019,CN,IN,import,1\n", encoding="utf-8")
    answer = ask("landscape", "industry", "--warehouse", str(root), "--on", DAY, "--trade", str(file), *words)
    assert answer.code == 2
    assert said in answer.err


def test_a_wrong_trade_table_is_refused_with_its_line(root: Path, ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "trade.csv"
    file.write_text(HEAD + "2941,2019,CN,IN,import,much\n", encoding="utf-8")
    answer = ask("landscape", "industry", "--warehouse", str(root), "--on", DAY, "--trade", str(file))
    assert answer.code == 2
    assert f"{file}:2" in answer.err


def test_a_table_that_is_not_there_is_an_input_error(root: Path, ask: Ask, tmp_path: Path) -> None:
    answer = ask("landscape", "industry", "--warehouse", str(root), "--trade", str(tmp_path / "none.csv"))
    assert answer.code == InputError.exit_code
