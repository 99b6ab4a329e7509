"""What changed since a day: law on the day and the day before, inputs that were saved, programmes on the same draws."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from onepill.core.errors import InputError
from onepill.rulebook import load_rulebook
from onepill.workbench.asking.context import Context, close_workspaces
from onepill.workbench.filing.law_changes import law_changes
from onepill.workbench.operations import operation
from onepill.workbench.workspace.brief_answers import rows_changed

SAVED = "2026-11-22"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ONEPILL_HOME", str(tmp_path))
    close_workspaces()
    yield
    close_workspaces()


def asked(name: str, **fields: Any) -> dict[str, Any]:
    found = operation(name)
    answer: dict[str, Any] = found.ask(found.question.model_validate(fields), context=Context())
    return answer


def test_a_version_is_told_on_the_day_that_it_begins_and_not_the_day_after() -> None:
    book = load_rulebook()
    day = date(2026, 9, 29)  # the tariff of section 232 begins, by the pack's own source
    eve = date(2026, 9, 28)
    on = law_changes(book, after=eve, until=day, known_on=day)
    assert "us.tariff.section_232" in {row["rule"] for row in on}
    assert "us.tariff.section_232" not in {
        row["rule"] for row in law_changes(book, after=day, until=date(2026, 9, 30), known_on=day)
    }


def test_law_that_is_not_announced_yet_is_not_told() -> None:
    book = load_rulebook()
    late = law_changes(book, after=date(2020, 1, 1), until=None, known_on=date(2020, 1, 1))
    assert all((row["announced"] or row["from"] or "") <= "2020-01-01" for row in late)
    assert len(late) < len(law_changes(book, after=date(2020, 1, 1), until=None, known_on=date(2026, 1, 1)))


def test_the_world_counts_what_it_lists() -> None:
    found = asked("world", on=SAVED, jurisdictions="CN,US")
    for row in found["jurisdictions"]:
        place = row["jurisdiction"]
        assert row["rules_in_force"] == sum(clock["jurisdiction"] == place for clock in found["clocks"])
        assert row["changes_ahead"] == sum(change["jurisdiction"] == place for change in found["changes"])
    assert all(row["day"] > SAVED for row in found["changes"])


def test_an_unknown_jurisdiction_is_refused() -> None:
    with pytest.raises(InputError, match="XX"):
        asked("world", on=SAVED, jurisdictions="XX")


def test_inputs_and_time_add_up_to_the_whole_move() -> None:
    shown = asked("programmes show", id="minimal")
    dearer = shown["text"].replace("15 MUSD", "25 MUSD")
    assert dearer != shown["text"]
    asked("programmes save", text=dearer, file="m.yaml", expected_version=1, reason="dearer")
    today = shown["version"]["saved_at"][:10]
    found = asked("brief", since="2024-08-01", on=today, programmes="minimal", draws=500)
    (row,) = found["programmes"]
    if row["problem"]:
        pytest.fail(row["problem"])
    whole, steps = row["moves"]["rnpv_usd"]["mean"], (row["time"], row["law"], row["inputs"])
    assert whole == pytest.approx(sum(step["rnpv_usd"]["mean"] for step in steps), abs=2)
    assert [saved["reason"] for saved in found["own"]][-1] == "dearer"


def test_dearer_inputs_lower_the_value_and_move_no_day() -> None:
    shown = asked("programmes show", id="minimal")
    today = shown["version"]["saved_at"][:10]
    asked(
        "programmes save",
        text=shown["text"].replace("15 MUSD", "25 MUSD"),
        file="m.yaml",
        expected_version=1,
        reason="dearer",
    )
    found = asked("brief", since="2024-08-01", on=today, programmes="minimal", draws=500)
    moved = found["programmes"][0]["inputs"]
    assert moved["rnpv_usd"]["mean"] < 0
    assert {row["days"]["mean"] for row in moved["milestones"]} == {0}


ANNOUNCED = date(2025, 9, 12)
"""China's channel of 30 working days for applications of class 1, instead of 60: announced and begun on this day."""


def add_chinese_programme() -> None:
    """An innovative drug whose phase 2 in China and abroad waits for its authorisation."""
    text: str = asked("programmes show", id="minimal")["text"]
    for before, after in (
        ("programme: minimal", "programme: both"),
        ("{name: {en: oral", "{registration_class: '1', name: {en: oral"),
        (
            "regions: [US], held: [US], cost: {value: 15",
            "regions: [CN, US], held: [US], calendar: CN, cost: {value: 15",
        ),
    ):
        assert before in text
        text = text.replace(before, after)
    asked("programmes add", text=text, file="both.yaml", reason="in China too")


def days_by(row: dict[str, Any], step: str) -> float:
    return next(one["days"]["mean"] for one in row[step]["milestones"] if one["id"] == "us.approval")


def test_a_clock_moves_days_by_law_in_the_span_of_its_announcement_and_in_no_other() -> None:
    add_chinese_programme()
    eve, day, after = (ANNOUNCED + timedelta(days=days) for days in (-1, 0, 1))
    (row,) = asked("brief", since=str(eve), on=str(day), programmes="both", draws=500)["programmes"]
    assert -60 < days_by(row, "law") < -35, "thirty working days and no more holidays than there are"
    assert abs(days_by(row, "time")) < 5
    assert row["law"]["rnpv_usd"]["mean"] != 0
    (row,) = asked("brief", since=str(day), on=str(after), programmes="both", draws=500)["programmes"]
    assert {one["days"]["mean"] for one in row["law"]["milestones"]} == {0}
    assert row["law"]["rnpv_usd"] == {"mean": 0, "standard_error": 0}


def test_who_heard_of_nothing_plans_with_the_law_as_it_was() -> None:
    book, rule = load_rulebook(), "cn.nmpa.clinical_trial_application.review"
    innovative = frozenset({"class_1_innovative", "global_synchronous"})
    later = date(2026, 11, 22)
    assert book.rule(rule).on(later, later, innovative).value == 30
    old = book.known_by(ANNOUNCED - timedelta(days=1))
    assert [old.rule(rule).on(later, known, innovative).value for known in (later, None)] == [60, 60]
    assert book.known_by(ANNOUNCED).rule(rule).on(later, later, innovative).value == 30
    assert old.rule(rule).on(later, date(2019, 1, 1), innovative) == book.rule(rule).on(
        later, date(2019, 1, 1), innovative
    )


def test_a_span_without_days_is_refused() -> None:
    with pytest.raises(InputError) as told:
        asked("brief", since=SAVED, on=SAVED)
    assert told.value.findings[0].code == "brief.span"
    assert json.loads(json.dumps(told.value.findings[0].as_row()))["value"] == SAVED


def test_rows_of_a_table_that_came_or_went() -> None:
    head = "drug,company,stage,indication,market"
    before = f"{head}\na,Firm,phase_2,gout,US\nb,Other,phase_1,gout,CN\n"
    after = f"{head}\nb,Other,phase_2,gout,CN\nc,Third,phase_1,gout,US\n"
    assert rows_changed(before, after) == [
        {"path": "a · gout · US", "before": "Firm, phase 2", "after": None},
        {"path": "b · gout · CN: stage", "before": "phase_1", "after": "phase_2"},
        {"path": "c · gout · US", "before": None, "after": "Third, phase 1"},
    ]
    moved = f"{head}\nb,Other,phase_1,gout,CN\na,Firm,phase_2,gout,US\n"
    assert rows_changed(before, moved) == []
    twice = before + "b,Second,phase_3,gout,CN\n"
    assert [row["path"] for row in rows_changed(before, twice)] == ["b · gout · CN · #2"]
    shorter = "".join(line for line in twice.splitlines(keepends=True) if not line.startswith("a,"))
    assert [row["path"] for row in rows_changed(twice, shorter)] == ["a · gout · US"]


def test_dates_slip_by_the_days_that_pass_where_nothing_is_done() -> None:
    shown = asked("programmes show", id="minimal")
    today = date.fromisoformat(shown["version"]["saved_at"][:10])
    later = (today + timedelta(days=30)).isoformat()
    (row,) = asked("brief", since=today.isoformat(), on=later, programmes="minimal", draws=500)["programmes"]
    told = [one["days"]["mean"] for one in row["time"]["milestones"]]
    assert row["slipped"] == len(told)
    assert all(27 <= days <= 33 for days in told), "as many days, but for weekends and holidays"
    assert row["inputs"]["rnpv_usd"]["mean"] == 0
