"""What a row of a table of reviews means, and what is wrong with a table."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from onepill.core.errors import InputError
from onepill.pathway.review_cases import COLUMNS, NO_OPINION_DAY, read_cases
from onepill.pathway.review_model import fit_model
from tests.pathway.review_rows import EMA_ROW, FDA_ROW, case, table

LETTER = {**FDA_ROW, "review_class": "other", "outcome": "complete_response", "source_kind": "fda_action_letter"}


def read_one(row: dict[str, str]):  # type: ignore[no-untyped-def]
    [case] = read_cases(table([row]))
    return case


def findings_of(text: str) -> list[tuple[str, int]]:
    with pytest.raises(InputError) as caught:
        read_cases(text, "cases.csv")
    assert caught.value.exit_code == 2
    assert all(found.file == "cases.csv" and found.hint for found in caught.value.findings)
    return [(found.code, found.line) for found in caught.value.findings]


@pytest.mark.parametrize(
    ("row", "step"),
    [
        (FDA_ROW, "fda.approval"),
        ({**FDA_ROW, "cycle": "1"}, "fda.approval"),
        ({**LETTER, "cycle": "1"}, "fda.first_letter"),
        ({**LETTER, "cycle": "1", "outcome": "approved"}, "fda.first_letter"),
        ({**LETTER, "cycle": "2"}, "fda.resubmission"),
        ({**LETTER, "class_basis": "resubmission (class 1/2 goal), class not shown"}, "fda.resubmission"),
        ({**FDA_ROW, "cycle": "2", "source_kind": "press_page"}, "fda.resubmission"),
        ({**FDA_ROW, "outcome": "complete_response", "source_kind": "press_page"}, "fda.first_letter"),
        (EMA_ROW, "ema.opinion"),
        ({**EMA_ROW, "class_basis": "extension of indication (type II variation)"}, "ema.extension"),
        ({**FDA_ROW, "agency": "NMPA"}, "nmpa.decision"),
    ],
)
def test_the_step_that_a_row_shows(row: dict[str, str], step: str) -> None:
    assert read_one(row).step == step


def test_each_agency_starts_and_ends_on_its_own_days() -> None:
    assert read_one(FDA_ROW).days == 365
    assert (read_one(EMA_ROW).started, read_one(EMA_ROW).ended) == (date(2015, 1, 1), date(2015, 12, 17))
    both = {**FDA_ROW, "accepted": "2015-02-01"}
    assert read_one({**both, "agency": "NMPA"}).started == date(2015, 2, 1)
    assert read_one({**both, "agency": "HC"}).started == date(2015, 1, 1)


def test_a_withdrawal_ends_the_review_and_teaches_nothing() -> None:
    case = read_one({**EMA_ROW, "outcome": "withdrawn", "opinion_date": ""})
    assert (case.ended, case.is_decision, case.set_aside) == (date(2016, 2, 18), False, "")


def test_a_commission_decision_without_its_opinion_is_set_aside() -> None:
    assert read_one({**EMA_ROW, "opinion_date": ""}).set_aside == NO_OPINION_DAY


def test_an_agency_without_a_model_is_set_aside_and_a_class_in_capitals_is_known() -> None:
    case = read_one({**FDA_ROW, "agency": "MHRA"})
    assert (case.step, case.set_aside) == ("", "no reviews of MHRA behind the model")
    assert read_one({**FDA_ROW, "review_class": "Priority"}).review_class == "priority"


def test_a_byte_order_mark_blank_lines_and_further_columns_are_passed_over() -> None:
    lines = table([FDA_ROW]).splitlines()
    text = "\ufeff" + f"{lines[0]},more\n{',' * len(COLUMNS)}\n{lines[1]},x\n"
    assert [case.case_id for case in read_cases(text)] == ["FDA-1"]


@pytest.mark.parametrize("column", COLUMNS)
def test_a_missing_column_is_named(column: str) -> None:
    text = table([FDA_ROW]).replace(column, "another", 1)
    with pytest.raises(InputError, match=rf"lacks the column {column}\b") as caught:
        read_cases(text)
    assert caught.value.findings[0].code == "review.columns"


@pytest.mark.parametrize("text", ["", table([]), "\n"])
def test_an_empty_table_is_an_error(text: str) -> None:
    assert findings_of(text)[0][0] in ("review.empty", "review.columns")


def test_all_bad_rows_are_told_at_once_with_their_lines() -> None:
    rows = [
        FDA_ROW,
        {**FDA_ROW, "submitted": "01/02/2015"},
        {**FDA_ROW, "decided": "2015-02-30"},
        {**FDA_ROW, "submitted": ""},
        {**FDA_ROW, "decided": "2014-12-31"},
        {**FDA_ROW, "agency": "", "review_class": " "},
    ]
    assert findings_of(table(rows)) == [
        ("day.format", 3),
        ("day.unknown", 4),
        ("day.format", 5),
        ("review.order", 6),
        ("review.value", 7),
        ("review.value", 7),
    ]


def test_an_unquoted_comma_is_told() -> None:
    header, row = table([FDA_ROW]).splitlines()
    assert findings_of(f"{header}\n{row},1\n") == [("review.fields", 2)]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_read(line_end: str) -> None:
    assert [found.case_id for found in read_cases(table([FDA_ROW, EMA_ROW]).replace("\n", line_end))] == [
        "FDA-1",
        "EMA-1",
    ]


def test_a_field_too_long_to_be_one_and_a_column_named_twice_are_told(request: pytest.FixtureRequest) -> None:
    earlier = csv.field_size_limit(2**24)  # as a reader of registers in the same process does
    request.addfinalizer(lambda: csv.field_size_limit(earlier))
    assert findings_of(table([{**FDA_ROW, "case_id": "A" * 200_000}])) == [("review.csv", 2)]
    head, row = table([FDA_ROW]).splitlines()
    assert findings_of(f"{head},agency\n{row},EMA\n") == [("review.columns", 1)]


def test_a_cycle_that_is_no_plain_number_is_a_first_one() -> None:
    assert read_one({**FDA_ROW, "cycle": "²"}).step == "fda.approval"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"submitted": "1899-12-31"}, "review.range"),
        ({"submitted": "9999-12-01", "decided": "9999-12-31"}, "review.range"),
        ({"agency": "NMPA", "submitted": "1999-06-01"}, "calendar.range"),
    ],
)
def test_a_day_out_of_reach_is_told_with_its_line(changed: dict[str, str], code: str) -> None:
    assert findings_of(table([FDA_ROW, {**FDA_ROW, **changed}])) == [(code, 3)]


def test_a_review_may_end_on_the_day_it_starts_and_not_before() -> None:
    assert read_one({**FDA_ROW, "decided": FDA_ROW["submitted"]}).days == 0
    assert findings_of(table([{**FDA_ROW, "decided": "2014-12-31"}])) == [("review.order", 2)]


def test_the_table_of_1730_reviews_reads_whole(shared: Path) -> None:
    cases = read_cases((shared / "data/approvals/review_cases.csv").read_text(encoding="utf-8"))
    assert len(cases) == 1730
    assert sum(case.step == "fda.approval" for case in cases) == 1048
    assert sum(not case.is_decision for case in cases) == 47
    assert not any(case.set_aside for case in cases)


def test_new_substances_are_told_apart_only_by_a_table_that_flags_them() -> None:
    silent = read_cases(table([EMA_ROW, FDA_ROW], extra=("flags",)))
    assert {case.is_new_substance for case in silent} == {None}
    flagged = {**EMA_ROW, "case_id": "EMA-2", "flags": "new_active_substance orphan"}
    told = read_cases(table([EMA_ROW, flagged], extra=("flags",)))
    assert [case.is_new_substance for case in told] == [False, True]


def test_a_few_reviews_make_no_cell_of_substances() -> None:
    cases = [replace(case(200 + n, number=n, step="ema.opinion"), is_new_substance=n < 5) for n in range(40)]
    model = fit_model(cases)
    day = date(2014, 1, 1)
    assert model.cell_name("ema.opinion", "standard", day, is_new_substance=True) == "ema.opinion/standard"
    assert model.cell_name("ema.opinion", "standard", day, is_new_substance=False).endswith("known substance")
