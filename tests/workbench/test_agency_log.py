"""The log on a plan: open, overdue, kept, and what must not come after a filing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from onepill.model import load_programme
from onepill.workbench.results.agency_log import commitment_state, log_findings, log_row
from tests.workbench.passports import example, passport_of, text_of

Row = dict[str, Any]
TEXT = text_of("dual_submission")
DUE = date(2024, 6, 30)


def programme_of(text: str = TEXT, day: date | None = None) -> Any:
    return load_programme(text, as_of=day).programme


def codes(programme: Any) -> list[tuple[str, str]]:
    return sorted((finding.code, finding.path) for finding in log_findings(programme))


@pytest.mark.parametrize(("day", "state"), [(DUE, "open"), (DUE + timedelta(days=1), "overdue")])
def test_a_commitment_is_overdue_on_the_day_after_it_was_due(day: date, state: str) -> None:
    programme = programme_of(day=day)
    item = programme.questions[0].commitments[0]
    assert commitment_state(item, programme) == state
    assert (("log.overdue", "questions.0.commitments.0") in codes(programme)) is (state == "overdue")


def test_an_open_question_is_a_note_and_an_answered_one_is_none() -> None:
    assert ("log.open_question", "questions.1") in codes(programme_of())
    assert ("log.open_question", "questions.0") not in codes(programme_of())
    assert ("log.open_question", "questions.0") in codes(programme_of(day=date(2023, 10, 9)))


def test_a_commitment_that_touches_a_filing_must_be_kept_before_it() -> None:
    place = ("log.before_filing", "questions.0.commitments.0")
    assert place in codes(programme_of())
    kept = TEXT.replace("due: 2024-06-30", "due: 2024-06-30\n        done: 2024-06-30")
    assert place not in codes(programme_of(kept))
    elsewhere = TEXT.replace("touches: filings.CN", "touches: development.phase_3")
    assert place not in codes(programme_of(elsewhere))


@pytest.mark.parametrize(("done", "is_late"), [("2024-07-01", False), ("2024-07-02", True)])
def test_a_commitment_kept_after_the_submission_was_not_kept_before_it(done: str, is_late: bool) -> None:
    text = TEXT.replace("due: 2024-06-30", f"due: 2024-06-30\n        done: {done}")
    text = text.replace(
        "CN: {route: nda, dossier: core,", "CN: {route: nda, dossier: core, done: {submitted: 2024-07-01},"
    )
    assert (("log.before_filing", "questions.0.commitments.0") in codes(programme_of(text))) is is_late


def test_the_log_counts_what_is_open_and_names_the_planned_day_of_what_it_touches() -> None:
    planned = {"filings.CN": "2027-12-01"}
    log = log_row(programme_of(), planned.get)
    assert (log["open_questions"], log["open_commitments"], log["overdue_commitments"]) == (1, 1, 1)
    (item,) = log["questions"][0]["commitments"]
    assert (item["state"], item["made"], item["touches_planned"]) == ("overdue", "2023-10-10", "2027-12-01")


def test_the_passport_names_the_same_day_for_the_filing_that_a_commitment_touches() -> None:
    document = example("dual_submission", draws=2_000)
    filed = next(row for row in document["milestones"] if row["id"] == "cn.filed")
    (item,) = document["log"]["questions"][0]["commitments"]
    assert item["touches_planned"] == filed["p50"]
    assert document["log"]["questions"][0]["answer"]["zh"].startswith("可以")


@pytest.mark.parametrize(
    ("day", "state"), [(date(2023, 6, 30), None), (date(2024, 6, 29), "open"), (date(2024, 7, 2), "overdue")]
)
def test_a_commitment_due_by_an_event_is_overdue_once_that_event_is_past(day: date, state: str | None) -> None:
    text = TEXT.replace("due: 2024-06-30", 'due_by: "doses:finished"').replace(
        "done: {started: 2023-10-02}", "done: {started: 2023-10-02, finished: 2024-06-30, succeeded: 2024-07-01}"
    )
    programme = programme_of(text, day)
    states = [commitment_state(item, programme) for question in programme.questions for item in question.commitments]
    assert states == ([] if state is None else [state])


CN = "CN: {route: nda, dossier: core,"


@pytest.mark.parametrize(
    ("due_by", "done", "state"),
    [
        ("filings.CN:submitted", "{accepted: 2024-07-01}", "overdue"),
        ("filings.CN:submitted", "{refused: 2024-07-01}", "overdue"),
        ("filings.CN:finished", "{submitted: 2023-12-01, refused: 2024-07-01}", "overdue"),
        ("filings.CN:approved", "{submitted: 2023-12-01, refused: 2024-07-01}", "open"),
        ("filings.CN", "{submitted: 2024-07-01}", "open"),
        ("filings.CN", "{submitted: 2023-12-01, approved: 2024-07-01}", "overdue"),
    ],
)
def test_an_event_of_a_filing_is_past_where_any_of_its_facts_shows_it(due_by: str, done: str, state: str) -> None:
    text = TEXT.replace("due: 2024-06-30", f'due_by: "{due_by}"').replace(CN, f"{CN} done: {done},")
    programme = programme_of(text)
    assert commitment_state(programme.questions[0].commitments[0], programme) == state


def test_a_stage_that_succeeded_is_finished() -> None:
    text = TEXT.replace("due: 2024-06-30", 'due_by: "doses:finished"')
    programme = programme_of(text.replace("{started: 2023-10-02}", "{started: 2023-10-02, succeeded: 2024-07-01}"))
    assert commitment_state(programme.questions[0].commitments[0], programme) == "overdue"


def test_a_filing_without_an_event_is_due_by_its_approval_and_touched_by_its_submission() -> None:
    document = passport_of(TEXT.replace("due: 2024-06-30", "due_by: filings.CN"))
    days = {row["id"]: row["p50"] for row in document["milestones"]}
    (item,) = document["log"]["questions"][0]["commitments"]
    assert (item["due_planned"], item["touches_planned"]) == (days["cn.approval"], days["cn.filed"])


def test_a_filing_that_was_refused_had_been_submitted() -> None:
    text = TEXT.replace(CN, f"{CN} done: {{refused: 2024-07-01}},")
    (found,) = [one for one in log_findings(programme_of(text)) if one.code == "log.before_filing"]
    assert found.value == "2024-07-01"
