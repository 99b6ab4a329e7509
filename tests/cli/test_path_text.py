"""A filing plan in a terminal: the sequence, what binds it, and what one more unit is worth."""

from __future__ import annotations

from pathlib import Path

import pytest

from onepill.cli.show_path import show_path
from tests.cli.asking import Ask

WORDS = ("--markets", "US", "--markets", "EU", "--markets", "JP", "--team", "1", "--draws", "200")


@pytest.fixture
def words(repository: Path) -> tuple[str, ...]:
    return "path", str(repository / "examples" / "tunlametinib.yaml"), *WORDS


def test_a_team_of_one_is_told_what_it_costs_and_what_one_more_gains_in_the_unit_of_the_goal(
    ask: Ask, words: tuple[str, ...]
) -> None:
    document, text = ask(*words, "--json").document["sequence"], ask(*words).out
    assert f"sequence for earliest: {document['objective_value']:,} months (proven best)" in text
    ((name, gain),) = document["gain_without"].items()
    assert f"binds: {name}; without it better by {gain} months" in text
    assert f"one more: filing at once; better by {document['one_more']['team']} months" in text
    assert "not proven" not in text


def test_what_was_not_proven_in_time_is_named(
    ask: Ask, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = ask(*words, "--json").document
    answer["sequence"]["one_more"] |= {"budget": {"2": 0, "3": 70}, "unproven": ["more in budget year 2"]}
    show_path(answer)
    text = capsys.readouterr().out
    assert "one more: 1,000,000 US dollars in budget year 3; better by 70 months" in text
    assert "budget year 2;" not in text
    assert "not proven in time, and so at least what is stated: more in budget year 2" in text
