"""The rulebook against the facts that it was keyed from: every row is in it, and nothing official is altered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onepill.core.documents import read_document
from onepill.rulebook import Rule, Version, load_rulebook

Said = tuple[str, Any]
"""Unit and value."""

WALKED_FILES = ("10", "20", "30", "40", "50", "70")
UNITS = {
    "wd": "working_days",
    "cd": "calendar_days",
    "wk": "weeks",
    "mo": "months",
    "yr": "years",
    "RMB": "CNY",
    "usd": "USD",
    "USD": "USD",
    "EUR": "EUR",
}
MILLIONS = {"mRMB": "CNY", "mUSD": "USD"}
SPELLED = r"wd|working days?|cd|calendar days?|days?|d|wk|weeks?|mo|months?|yr|years?"
LENGTH = re.compile(rf"(?<![\w.,])(\d[\d,]*(?:\.\d+)?)[ -](?P<unit>{SPELLED})\b")
DAY_OR_YEAR = re.compile(r"\b(?:19|20)\d\d(?:-\d\d-\d\d|-\d\d)?\b")
NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?")
DAYS = ("working_days", "calendar_days")
"""A text that says days alone is keyed as either kind; the rule's note says which was taken."""

READ: dict[str, dict[str, Said | str]] = {
    # The other numbers in the text of an official row: what each is, or why it is no value.
    "CN-IND-30": {"1": "the registration class"},
    "SG-ABR": {"1": ("count", 1)},
    "EU-FEE-SA": {"98,400": ("EUR", 98400), "73,900": ("EUR", 73900)},
    "SH-INT-1": {"50": ("CNY", 50e9), "2": ("count", 2), "3": ("count", 3), "10": ("CNY", 10e9)},
    "SH-STAT": {
        "761.7": ("CNY", 761.7e9),
        "933.7": ("CNY", 933.7e9),
        "171.2": ("CNY", 171.2e9),
        "186.0": ("CNY", 186e9),
        "93.5": ("CNY", 93.5e9),
        "19": ("count", 19),
        "1": "the registration class",
        "25": ("count", 25),
        "3": "the device class",
    },
    "BJ25-META": {"32": ("count", 32)},
    "NAT-53": {"53": "the document's number", "5": ("count", 5), "24": ("count", 24)},
    "G-WOUT": {
        "63": ("count", 63),
        "355": ("count", 355),
        "18": "the last year of 2009-18",
        "1.1": ("USD", 1.1e9),
    },
    "G-RANGE": {"161": ("USD", 161e6), "4.54": ("USD", 4.54e9), "944": ("USD", 944e6)},
    "G-CIRS-24": {"444": ("calendar_days", 444)},
}
"""The short list that a parser of lengths cannot read, row by row."""

DATED = {
    # Official rows that state a day or a year; the rulebook holds it as a value or as a version's day.
    "US-PDUFA7": ("2027-09-30",),
    "HK-CMPR": ("2026", "2030"),
    "SH-INT-1": ("2027",),
    "NAT-53": ("2025-01-03", "2027", "2035"),
    "G-WOUT": ("2020",),
}
NOT_KEYED = {"SH-COVER": "it speaks of the fact table itself; the policy's own not_captured says what is missing"}
FOUND_SINCE = {
    "EU-FEE-MAA": "read in annex I of the regulation's text",
    "HK-CLOCK": "a target of the 1+ mechanism was found; the two other routes stay absent",
}
"""Rows marked not found of which a source was found later."""


def all_versions(entry: Any) -> Iterator[Version]:
    if isinstance(entry, Rule):
        yield from entry.all_versions()
        yield from entry.beside
    else:
        yield from getattr(entry, "versions", ())


def stated(entry: Any) -> set[Said]:
    """Every plain value of an entry with its unit, named numbers included; a route's least number of references."""
    relies_on = getattr(entry, "relies_on", None)
    said: set[Said] = {("count", relies_on.at_least)} if relies_on else set()
    for version in all_versions(entry):
        values = version.value.values() if isinstance(version.value, dict) else (version.value,)
        said |= {(entry.unit, value) for value in values if isinstance(value, int | float | str)}
    return said


def stated_days(entry: Any) -> str:
    """The days and texts of an entry, in which a stated day or year can be looked for."""
    found = [*getattr(entry, "name", {}).values()]
    for v in all_versions(entry):
        found += [str(v.value), v.note, v.ref, str(v.first), str(v.last), str(v.announced), *map(str, v.attested)]
    return " ".join(found)


@pytest.fixture(scope="session")
def facts(shared: Path) -> dict[str, dict[str, Any]]:
    """Every row of the facts by its id, with the first two digits of its file as `file`."""
    folder = shared / "facts"
    if not folder.is_dir():
        pytest.skip(f"no facts in {shared}")
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("[0-9]*.yaml")):
        data = read_document(path.read_text(encoding="utf-8"), file=path.name).data
        rows = (row for section in data.values() if isinstance(section, list) for row in section)
        found |= {row["id"]: row | {"file": path.name[:2]} for row in rows if isinstance(row, dict) and "id" in row}
    assert len(found) > 400
    return found


@pytest.fixture(scope="session")
def official(facts: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The rows of grade S1, an official or primary page."""
    return {name: row for name, row in facts.items() if row.get("st") == "S1" and row["file"] in WALKED_FILES}


@pytest.fixture(scope="session")
def keyed() -> dict[str, list[Any]]:
    """Rules, measures and procedures by the fact that they were keyed from."""
    by_fact: dict[str, list[Any]] = {}
    book = load_rulebook()
    measures = (m for policy in book.policies() for m in policy.measures)
    for entry in (*book.rules(), *measures, *book.procedures()):
        for fact in entry.facts:
            by_fact.setdefault(fact, []).append(entry)
    return by_fact


def unit_of(spelled: str) -> tuple[str, ...]:
    """The units that a spelling can mean."""
    word = spelled.removesuffix("s")
    plain = {"working day": "wd", "calendar day": "cd", "week": "wk", "month": "mo", "year": "yr"}.get(word, word)
    return DAYS if plain in ("d", "day") else (UNITS[plain],)


def lengths(text: str) -> list[tuple[tuple[str, ...], float]]:
    """The lengths of time in a text, each as the units that it can mean and the number."""
    return [(unit_of(m["unit"]), float(m[1].replace(",", ""))) for m in LENGTH.finditer(text)]


def text_of(row: dict[str, Any]) -> str:
    return f"{row.get('item', '')}; {row.get('note', '')}"


def other_numbers(text: str) -> list[str]:
    """The numbers of a text that are no length of time, no day and no year."""
    return NUMBER.findall(DAY_OR_YEAR.sub(" ", LENGTH.sub(" ", text)))


# The parser itself


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("assessment up to 210 d, then 90 d recognition", [(DAYS, 210), (DAYS, 90)]),
        ("within 150 days; 30 working days at most", [(DAYS, 150), (("working_days",), 30)]),
        ("an older page says 25 wd", [(("working_days",), 25)]),
        ("7-yr term, 3 mo, 1,000 weeks", [(("years",), 7), (("months",), 3), (("weeks",), 1000)]),
        ("2024-07-30, FY2026, class-1 drugs, 25 devices", []),
    ],
)
def test_lengths_of_time_are_read_from_a_text(text: str, found: list[tuple[tuple[str, ...], float]]) -> None:
    assert lengths(text) == found


# Nothing official is missing or altered


def test_every_official_value_with_a_unit_is_keyed_unaltered(
    official: dict[str, dict[str, Any]], keyed: dict[str, list[Any]]
) -> None:
    walked = 0
    for name, row in official.items():
        if not isinstance(row.get("val"), int | float):
            continue
        unit, scale = (MILLIONS[row["u"]], 1e6) if row["u"] in MILLIONS else (UNITS[row["u"]], 1)
        said = set().union(*(stated(e) for e in keyed.get(name, [])))
        assert (unit, row["val"] * scale) in said, f"{name}: {row['val']} {row['u']}"
        walked += 1
    assert walked >= 20


def test_every_length_of_time_in_an_official_rows_text_is_keyed_unaltered(
    official: dict[str, dict[str, Any]], keyed: dict[str, list[Any]]
) -> None:
    walked = 0
    for name, row in official.items():
        said = set().union(*(stated(e) for e in keyed.get(name, [])))
        for units, number in lengths(text_of(row)):
            assert any((unit, number) in said for unit in units), f"{name}: {number} {units}"
            walked += 1
    assert walked >= 3


def test_every_other_number_of_an_official_row_is_keyed_or_has_its_reason(
    official: dict[str, dict[str, Any]], keyed: dict[str, list[Any]]
) -> None:
    for name, row in official.items():
        said = set().union(*(stated(e) for e in keyed.get(name, [])))
        for number in other_numbers(str(row.get("item", ""))):
            assert number in READ.get(name, {}), f"{name}: nobody read {number} in {row['item']!r}"
            meaning = READ[name][number]
            assert isinstance(meaning, str) or meaning in said, f"{name}: {meaning} is not keyed"


def test_every_official_day_is_keyed(official: dict[str, dict[str, Any]], keyed: dict[str, list[Any]]) -> None:
    walked = 0
    for name, row in official.items():
        days = [*DATED.get(name, ()), *([row["val"]] if isinstance(row.get("val"), str) else [])]
        text = " ".join(stated_days(entry) for entry in keyed.get(name, []))
        assert [day for day in days if day not in text] == [], name
        walked += len(days)
    assert walked >= 10


def test_every_official_row_is_keyed_and_what_was_read_from_it_is_official(
    official: dict[str, dict[str, Any]], keyed: dict[str, list[Any]]
) -> None:
    """An official number is graded official; a row that says that an amount was not seen is recorded absent."""
    assert len(official) >= 40
    for name, row in official.items():
        entries = keyed.get(name, [])
        assert entries, f"{name} is not in the rulebook"
        values = [v for entry in entries for v in all_versions(entry)]
        grades = {v.source_grade for v in values if isinstance(row.get("val"), int | float)}
        absent = any(isinstance(entry, Rule) and entry.absent for entry in entries)
        assert values or absent, name
        assert not grades or "official" in grades, name


# Every row


def test_every_row_of_the_facts_is_in_the_rulebook_or_has_its_reason(
    facts: dict[str, dict[str, Any]], keyed: dict[str, list[Any]]
) -> None:
    rows = [name for name, row in facts.items() if row["file"] in WALKED_FILES]
    assert len(rows) > 300
    assert {name for name in rows if name not in keyed} == set(NOT_KEYED)


def test_every_keyed_number_of_a_fact_is_the_facts_own(
    facts: dict[str, dict[str, Any]], keyed: dict[str, list[Any]]
) -> None:
    """Numbers of any grade; a percentage is keyed as a share, a sum of millions in whole units."""
    scale = {"mRMB": 1_000_000, "mUSD": 1_000_000}
    for name, entries in keyed.items():
        assert name in facts, f"no fact {name}"
        row = facts[name]
        if not isinstance(row.get("val"), int | float):
            continue
        wanted = {row["val"] * scale.get(row.get("u", ""), 1), row["val"] / 100 if row.get("u") == "%" else row["val"]}
        said = {value for entry in entries for _, value in stated(entry)}
        assert wanted & said, f"{name}: {row['val']} is not among {sorted(map(str, said))}"


def test_a_fact_that_nobody_found_is_recorded_absent_or_was_found_since(
    facts: dict[str, dict[str, Any]], keyed: dict[str, list[Any]]
) -> None:
    missing = [n for n, row in facts.items() if row.get("st") == "NF" and row["file"] in WALKED_FILES]
    assert len(missing) >= 10
    for name in missing:
        rules = [entry for entry in keyed[name] if isinstance(entry, Rule)]
        values = [v for rule in rules for v in rule.all_versions()]
        if values:
            assert name in FOUND_SINCE, name
            assert all(v.sources for v in values), name
        else:
            assert any(rule.absent for rule in rules), name


def test_an_unsourced_fact_is_official_only_where_a_source_was_found(
    facts: dict[str, dict[str, Any]], keyed: dict[str, list[Any]]
) -> None:
    for name, entries in keyed.items():
        if facts[name].get("st") not in ("GK", "GK?"):
            continue
        for entry in (entry for entry in entries if isinstance(entry, Rule)):
            assert all(v.sources for v in entry.all_versions() if v.source_grade != "unverified"), name
