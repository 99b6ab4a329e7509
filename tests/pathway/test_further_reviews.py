"""The reviews collected page by page for testing: each with its source, none twice, scored as the page says."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from datetime import date
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import pytest

from onepill.pathway.review_clocks import REVIEW_CLASSES
from onepill.pathway.reviews import read_cases, score

ANNOUNCED = ("submission", "acceptance", "decision")


@pytest.fixture(scope="module")
def text(repository: Path) -> str:
    return (repository / "src/onepill/pathway/data/further_reviews.csv").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def rows(text: str) -> list[dict[str, str]]:
    return rows_of(text)


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs/methods/review-times.md").read_text(encoding="utf-8")


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def starts(row: dict[str, str]) -> set[tuple[str, str, str]]:
    """Agency, each longer word of the drug's name and each first day: rows that share one triple show one review."""
    words = {word for word in re.findall(r"[a-z]+", row["drug"].lower()) if len(word) > 4}
    days = {row["submitted"], row["accepted"]} - {""}
    return {(row["agency"], word, day) for word in words for day in days}


def test_every_row_is_read_as_a_case(text: str, rows: list[dict[str, str]]) -> None:
    cases = read_cases(text)
    assert [case.case_id for case in cases] == [row["case_id"] for row in rows]
    assert len({case.case_id for case in cases}) == len(cases)
    assert all(case.days > 0 for case in cases)


def test_every_row_names_the_pages_that_state_its_days(rows: list[dict[str, str]]) -> None:
    for row in rows:
        for address in row["source_url"].split(" ; "):
            parts = urlsplit(address)
            assert parts.scheme in ("http", "https"), row["case_id"]
            assert "." in parts.netloc, row["case_id"]
            assert len(parts.path + parts.query) > 1, f"{row['case_id']} names a site and no page"
        assert row["source_title"], row["case_id"]
        assert row["source_kind"], row["case_id"]
        assert date.fromisoformat(row["decided"]) <= date.fromisoformat(row["retrieved"]), row["case_id"]


def test_names_and_days_are_those_that_the_table_allows(rows: list[dict[str, str]]) -> None:
    for row in rows:
        assert row["case_id"].startswith(f"{row['agency']}-")
        assert row["review_class"] in REVIEW_CLASSES, row["case_id"]
        assert row["outcome"] in ("approved", "complete_response", "refused", "withdrawn"), row["case_id"]
        assert row["cycle"] in ("", "1", "2"), row["case_id"]
        assert row["drug"].strip()
        days = [row[name] for name in ("submitted", "accepted", "opinion_date", "decided") if row[name]]
        assert days == sorted(days), row["case_id"]
        assert all(date.fromisoformat(day).isoformat() == day for day in days), row["case_id"]


def test_a_class_is_stated_or_unknown(rows: list[dict[str, str]]) -> None:
    for row in rows:
        if row["review_class"] != "other":
            assert row["class_basis"] not in ("", "not shown"), row["case_id"]


def test_a_day_of_announcement_is_flagged_only_where_there_is_a_day(rows: list[dict[str, str]]) -> None:
    columns = dict(zip(ANNOUNCED, ("submitted", "accepted", "decided"), strict=True))
    for row in rows:
        for name, column in columns.items():
            assert f"{name}_is_announcement_date" not in row["flags"] or row[column], row["case_id"]


def test_no_review_stands_twice(rows: list[dict[str, str]]) -> None:
    seen = Counter(key for row in rows for key in starts(row))
    assert seen
    assert [key for key, times in seen.items() if times > 1] == []


def test_a_doubled_review_would_be_seen() -> None:
    ours = {"agency": "FDA", "drug": "Olinvyk (oliceridine)", "submitted": "2017-11-02", "accepted": ""}
    assert starts(ours) & starts({**ours, "drug": "Oliceridine injection, 1 mg/mL"})
    assert not starts(ours) & starts({**ours, "submitted": "2020-02-07"})


def test_no_review_is_one_that_the_model_was_made_from(rows: list[dict[str, str]], shared: Path) -> None:
    known = rows_of((shared / "data/approvals/review_cases.csv").read_text(encoding="utf-8"))
    taken = {key for row in known for key in starts(row)}
    assert {key for row in rows for key in starts(row)} & taken == set()
    assert {row["case_id"] for row in rows} & {row["case_id"] for row in known} == set()


def test_the_page_counts_them(rows: list[dict[str, str]], page: str) -> None:
    kinds = {"agency": ("agency_page", "agency_report_and_press_page", "fda_document_copy")}
    for agency, count in Counter(row["agency"] for row in rows).items():
        own = [row for row in rows if row["agency"] == agency]
        official = sum(row["source_kind"] in kinds["agency"] for row in own)
        announced = sum("announcement" in row["flags"] for row in own)
        span = f"{min(row['decided'] for row in own)[:4]} to {max(row['decided'] for row in own)[:4]}"
        assert f"| {agency} | {count} | {official} | {announced} | {span} |" in page
    assert f"**{len(rows)} further reviews**" in page


@pytest.mark.parametrize("review_class", ["standard", "priority"])
def test_the_page_says_how_long_australia_took(text: str, page: str, review_class: str) -> None:
    days = [case.days for case in read_cases(text) if (case.agency, case.review_class) == ("TGA", review_class)]
    line = f"{median(days):.0f} days ({review_class}, {len(days)} reviews, {min(days)} to {max(days)})"
    assert line in page, line


def test_the_page_scores_them_and_says_what_is_not_scored(text: str, page: str) -> None:
    row = score(read_cases(text)).as_row()
    assert row["not_scored"] == {"no reviews of TGA behind the model": 38}
    for name, figures in [("all scored", row), *row["by_agency"].items(), *row["by_review_class"].items()]:
        low, high = (f"{100 * figures[key]:.1f}" for key in ("coverage_low", "coverage_high"))
        band = f"{100 * figures['coverage_p10_p90']:.1f} ({low} to {high})"
        out = f"{100 * figures['below_p10_share']:.1f} | {100 * figures['above_p90_share']:.1f}"
        loss = f"{figures['pinball']:.1f} | {figures['pinball_naive']:.1f}"
        line = f"| {name} | {figures['n']} | {band} | {out} | {loss} |"
        assert line in page, line
