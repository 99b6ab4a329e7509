"""Dossiers, gates, regional shares and the log of questions: what is refused, and what a day does not know yet."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from onepill.model import load_programme
from tests.model.programmes import FILE, findings_of, line_of, spoilt

LOG = """
questions:
  - id: first
    agency: US
    asked: 2024-02-01
    question: {en: May we?, zh: 可以吗？}
    answered: 2024-04-10
    answer: {en: Yes, zh: 可以}
    commitments:
      - {text: a report, due: 2024-06-30, done: 2024-06-20, touches: filings.US}
      - {text: a table, made: 2024-05-02, due_by: "phase_3:succeeded"}
  - {id: second, agency: CN, asked: 2024-07-15, question: 何时？}
"""
SOUND = spoilt(
    (
        "    cost: 60 MUSD\n",
        "    cost: 60 MUSD\n    regional_share: {CN: 0.6, US: 0.4}\n    comparator: chemotherapy\n",
    ),
    (
        "filings:\n  US:\n    after: [phase_3]\n  CN:\n    after: [phase_3]\n",
        "dossiers:\n  core: {after: [phase_3], data_cut: 2027-01-31, preparation: 4 months}\n"
        "filings:\n  US: {dossier: core}\n  CN: {dossier: core}\n"
        "gates:\n  US: {paediatric_plan: {done: 2024-03-05}, companion_diagnostic: {time: 200 days}}\n",
    ),
    ("capital:\n", f"{LOG}capital:\n"),
)
DAYS_OF_THE_LOG = {
    "questions.0": date(2024, 2, 1),
    "questions.0.answered": date(2024, 4, 10),
    "questions.0.commitments.0": date(2024, 4, 10),
    "questions.0.commitments.1": date(2024, 5, 2),
    "questions.0.commitments.0.done": date(2024, 6, 20),
    "questions.1": date(2024, 7, 15),
    "gates.US.paediatric_plan.done": date(2024, 3, 5),
}


def test_the_whole_is_sound() -> None:
    loaded = load_programme(SOUND)
    programme = loaded.programme
    assert loaded.findings == ()
    assert programme.development["phase_3"].comparator == ["chemotherapy"]
    assert programme.questions[1].question == {"en": "何时？", "zh": "何时？"}
    assert programme.gates["US"]["paediatric_plan"].done == date(2024, 3, 5)


@pytest.mark.parametrize(
    ("old", "new", "code", "path"),
    [
        ("US: {dossier: core}", "US: {dossier: hull}", "reference.unknown", "filings.US.dossier"),
        ("US: {dossier: core}", "US: {dossier: core, after: {any: [phase_2]}}", "dossier.any", "filings.US.after"),
        ("preparation: 4 months", "preparation: 80 wd", "dossier.calendar", "dossiers.core.preparation"),
        ("core: {after: [phase_3]", "core: {after: [phase_4]", "reference.unknown", "dossiers.core.after"),
        ("core: {after: [phase_3]", "core: {after: [filings.us]", "plan.cycle", "dossiers.core.after"),
        ("{CN: 0.6, US: 0.4}", "{CN: 0.6, US: 0.5}", "regional_share.sum", "development.phase_3.regional_share"),
        ("{CN: 0.6, US: 0.4}", "{CN: 0.6, JP: 0.4}", "regional_share.region", "development.phase_3.regional_share.JP"),
        ("{CN: 0.6, US: 0.4}", "{CN: 60, US: 0.4}", "value.share", "development.phase_3.regional_share.CN"),
        ("{done: 2024-03-05}", "{done: 2024-03-05, by: phase_2}", "gate.state", "gates.US.paediatric_plan"),
        ("{done: 2024-03-05}", "{by: phase_9}", "reference.unknown", "gates.US.paediatric_plan.by"),
        ("US: {paediatric_plan:", "US: {paediatric_plans:", "schema.choice", "gates.US.paediatric_plans"),
        ("id: second", "id: first", "id.repeated", "questions.1.id"),
        ("    answered: 2024-04-10\n", "", "question.answer", "questions.0"),
        ("answered: 2024-04-10", "answered: 2024-01-31", "question.order", "questions.0.answered"),
        ("done: 2024-06-20", "done: 2024-04-09", "question.order", "questions.0.commitments.0.done"),
        ("due: 2024-06-30", "due: 2024-06-30, due_by: phase_3", "commitment.due", "questions.0.commitments.0"),
        ("phase_3:succeeded", "phase_3:sold", "reference.unknown", "questions.0.commitments.1.due_by"),
        ("touches: filings.US", "touches: filings.JP", "reference.unknown", "questions.0.commitments.0.touches"),
        ("touches: filings.US", "touches: moon", "reference.unknown", "questions.0.commitments.0.touches"),
    ],
)
def test_each_mistake_has_its_code_and_its_place(old: str, new: str, code: str, path: str) -> None:
    assert SOUND.count(old) == 1
    found = findings_of(SOUND.replace(old, new))
    errors = [f for f in found if f.severity == "error"]
    assert (code, path) in [(f.code, f.path) for f in errors]
    assert all(f.hint and f.line for f in errors if f.code == code)


def test_shares_that_add_up_to_one_are_no_mistake() -> None:
    assert load_programme(SOUND.replace("{CN: 0.6, US: 0.4}", "{CN: 0.7, US: 0.3}")).findings == ()


def test_a_dossier_that_nobody_files_is_a_warning() -> None:
    text = SOUND.replace("US: {dossier: core}", "US: {after: [phase_3]}").replace("CN: {dossier: core}", "CN: {}")
    found = [f for f in load_programme(text).findings if f.code == "dossier.unused"]
    assert [(f.severity, f.path) for f in found] == [("warning", "dossiers.core")]


@pytest.mark.parametrize("path", DAYS_OF_THE_LOG)
def test_the_day_before_an_entry_does_not_know_it_and_the_day_itself_does(path: str) -> None:
    def hidden(day: date) -> set[str]:
        return {f.path for f in load_programme(SOUND, as_of=day).findings if f.code == "as_of.hidden"}

    day = DAYS_OF_THE_LOG[path]
    assert path in hidden(day - timedelta(days=1))
    assert path not in hidden(day)


def test_an_answer_that_is_not_known_yet_leaves_the_question_open() -> None:
    question = load_programme(SOUND, as_of=date(2024, 4, 9)).programme.questions[0]
    assert (question.answered, question.answer, question.commitments) == (None, None, [])
    later = load_programme(SOUND, as_of=date(2024, 6, 19)).programme.questions[0]
    assert (later.answered, later.commitments[0].done) == (date(2024, 4, 10), None)


def test_a_hidden_question_is_noted_on_its_line() -> None:
    found = load_programme(SOUND, file=FILE, as_of=date(2024, 7, 14)).findings
    assert [(f.path, f.line) for f in found if f.code == "as_of.hidden"] == [
        ("questions.1", line_of("id: second", SOUND))
    ]
