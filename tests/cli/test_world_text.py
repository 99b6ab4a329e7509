"""Values of the law as words: none of them as the code writes it."""

from __future__ import annotations

import pytest

from onepill.cli.show_world import count_days, show_changes


def test_values_of_rules_are_told_as_words(capsys: pytest.CaptureFixture[str]) -> None:
    row = {"day": "2026-01-01", "change": "begins", "rule": "us.x", "before": {"low": 1, "high": 2}, "value": True}
    show_changes([row])
    told = capsys.readouterr().out.splitlines()[-1].split()
    assert told[-5:] == ["low", "1,", "high", "2", "yes"]


def test_one_day_is_no_days() -> None:
    assert [count_days(days) for days in (1, 2)] == ["1 day", "2 days"]
