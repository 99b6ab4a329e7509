"""Tables of trials: what is read, what never is, and what is refused with its line."""

from __future__ import annotations

import pytest

from onepill.core.errors import InputError
from onepill.evidence.learned import FIELDS, KNOWN_LATER, read_trials
from onepill.evidence.learned.trials import in_order
from tests.evidence.learned.tables import table, trial_rows


def faults(text: str, *, labelled: bool = True) -> list[tuple[str, int]]:
    with pytest.raises(InputError) as caught:
        read_trials(text, "trials.csv", labelled=labelled)
    return [(finding.code, finding.line) for finding in caught.value.findings]


def test_a_trial_keeps_what_its_registration_says_and_nothing_else() -> None:
    rows = [{**trial_rows(1)[0], "status": "terminated", "why_stop": "futility", "enrollment": "3"}]
    [found] = read_trials(table(rows), labelled=True)
    assert set(found.values) == set(FIELDS)
    assert not set(FIELDS) & set(KNOWN_LATER)
    assert found.label == rows[0]["label"]


def test_trials_stand_in_the_order_of_registration() -> None:
    rows = trial_rows(5)
    assert [t.id for t in in_order(read_trials(table(rows[::-1]), labelled=True))] == [row["nctid"] for row in rows]
    for row in rows:
        row["study_first_submitted_date"] = ""
    assert [t.id for t in in_order(read_trials(table(rows[::-1]), labelled=True))] == [row["nctid"] for row in rows]
    rows[2]["study_first_submitted_date"] = "2010-01-01"
    with pytest.raises(InputError) as caught:
        in_order(read_trials(table(rows), labelled=True))
    assert caught.value.findings[0].code == "trials.order"


def test_what_is_wrong_is_told_with_its_line() -> None:
    rows = trial_rows(4)
    rows[0]["label"] = "yes"
    rows[1]["nctid"] = ""
    rows[2]["study_first_submitted_date"] = "2010-13-01"
    rows[3]["nctid"] = rows[2]["nctid"]
    assert faults(table(rows)) == [("trials.label", 2), ("trials.id", 3), ("trials.day", 4), ("trials.twice", 5)]


def test_a_label_is_needed_to_learn_and_not_to_score() -> None:
    row = trial_rows(1)[0]
    del row["label"]
    assert faults(table([row])) == [("trials.columns", 1)]
    assert read_trials(table([row]), labelled=False)[0].label is None
    assert faults(table([{**row, "label": ""}])) == [("trials.label", 2)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "trials.columns"),
        ("nctid,label\nNCT1,1\n", "trials.columns"),
        ("nctid,label,phase,title,title\nNCT1,1,phase 1,a,b\n", "trials.columns"),
        ("nctid,label,phase,title\n", "trials.empty"),
        ("nctid,label,phase,title\nNCT1,1,phase 1,a,b\n", "trials.fields"),
        ('nctid,label,phase,title\nNCT1,1,phase 1,"a\n', "trials.csv"),
    ],
)
def test_what_is_no_such_table_is_refused(text: str, code: str) -> None:
    assert [found for found, _ in faults(text)] == [code]


def test_trials_without_a_day_or_a_number_have_no_order() -> None:
    rows = [{**row, "nctid": f"T{at}", "study_first_submitted_date": ""} for at, row in enumerate(trial_rows(3))]
    with pytest.raises(InputError, match="neither a day of registration nor an NCT number"):
        in_order(read_trials(table(rows), labelled=True))
