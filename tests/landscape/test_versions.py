"""Changes between copies of records: by hand, against a slow twin, and with copies of later days loaded as well."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from onepill.landscape import (
    Standing,
    TrialState,
    TrialVersion,
    date_changes,
    diff_versions,
    severity_reason,
    version_on,
)
from onepill.landscape.watch import Change, field_changes

FIRST, SECOND, THIRD = date(2024, 1, 1), date(2024, 6, 1), date(2024, 12, 1)
BEFORE, AFTER = FIRST - timedelta(30), THIRD + timedelta(30)
OLD = TrialState("NCT1", status="RECRUITING", phase="PHASE2", title="A trial", enrolment=100)
STOPPED = replace(OLD, status="TERMINATED", why_stopped="no money")


def found(versions: list[TrialVersion], since: date, until: date) -> list[tuple[str, object, object, date]]:
    diff = diff_versions(versions, since, until)
    return [(one.change.what, one.change.before, one.change.after, one.known_on) for one in diff.changes]


def test_a_field_changes_on_the_day_of_the_copy_that_says_so_and_not_before() -> None:
    versions = [TrialVersion(OLD, FIRST), TrialVersion(STOPPED, SECOND)]
    stop = [("status", "RECRUITING", "TERMINATED", SECOND), ("why_stopped", "", "no money", SECOND)]
    assert found(versions, FIRST, SECOND - timedelta(1)) == []
    assert found(versions, FIRST, SECOND) == stop
    assert found(versions, BEFORE, AFTER) == stop
    assert found(versions, SECOND, AFTER) == []


def test_a_change_is_dated_by_the_first_of_the_copies_that_agree_with_the_last() -> None:
    versions = [
        TrialVersion(OLD, FIRST),
        TrialVersion(STOPPED, SECOND, posted_on=SECOND - timedelta(9)),
        TrialVersion(replace(STOPPED, enrolment=60), THIRD),
    ]
    diff = diff_versions(versions, FIRST, AFTER)
    assert {one.change.what: one.known_on for one in diff.changes} == {
        "status": SECOND,
        "why_stopped": SECOND,
        "enrolment": THIRD,
    }
    assert next(one.posted_on for one in diff.changes if one.change.what == "status") == SECOND - timedelta(9)


def test_what_was_said_and_taken_back_between_the_days_is_no_change() -> None:
    versions = [TrialVersion(OLD, FIRST), TrialVersion(STOPPED, SECOND), TrialVersion(OLD, THIRD)]
    assert found(versions, FIRST, AFTER) == []
    assert [row[0] for row in found(versions, SECOND, AFTER)] == ["status", "why_stopped"]


def test_a_record_without_a_copy_by_the_first_day_is_compared_from_its_first_one_on() -> None:
    versions = [TrialVersion(OLD, SECOND), TrialVersion(STOPPED, THIRD)]
    diff = diff_versions(versions, BEFORE, AFTER)
    assert [one.change.what for one in diff.changes] == ["status", "why_stopped"]
    assert (diff.known_at_start, diff.known_later) == (0, 1)
    assert diff_versions(versions[:1], BEFORE, AFTER).changes == ()


def test_a_record_is_gone_from_the_day_of_the_copy_without_it() -> None:
    gone = [TrialVersion(OLD, FIRST, ended_on=THIRD)]
    assert found(gone, SECOND, THIRD - timedelta(1)) == []
    assert found(gone, SECOND, AFTER) == [("gone", "RECRUITING", None, THIRD)]
    assert found(gone, THIRD, AFTER) == []
    assert version_on(gone, THIRD) is None
    assert version_on(gone, SECOND) == gone[0]
    # An older whole file that is loaded later lacks a record that came after it: nothing is gone.
    assert found([TrialVersion(OLD, SECOND, ended_on=FIRST)], SECOND, AFTER) == []


def test_a_poorer_form_of_the_file_empties_no_field() -> None:
    poor = TrialState("NCT1", status="TERMINATED", title="A trial")
    versions = [TrialVersion(OLD, FIRST, read_as="rich"), TrialVersion(poor, SECOND, read_as="poor")]
    assert [row[0] for row in found(versions, FIRST, AFTER)] == ["status"]
    alike = [replace(one, read_as="rich") for one in versions]
    assert {row[0] for row in found(alike, FIRST, AFTER)} == {"status", "phase", "enrolment"}


DAYS = st.dates(date(2024, 1, 1), date(2024, 2, 15))
STATES = st.builds(
    TrialState,
    record_id=st.sampled_from(["NCT1", "NCT2"]),
    status=st.sampled_from(["", "RECRUITING", "COMPLETED", "TERMINATED"]),
    enrolment=st.sampled_from([None, 10, 11, 20]),
)
VERSIONS = st.lists(
    st.builds(TrialVersion, state=STATES, known_on=DAYS, read_as=st.sampled_from(["a", "b"])), max_size=8
)


def slow_twin(versions: list[TrialVersion], since: date, until: date) -> set[tuple[str, str, date]]:
    """Each record and changed field with the day, found by walking through the days one by one."""
    told = set()
    for record in {one.state.record_id for one in versions}:
        own = [one for one in versions if one.state.record_id == record]
        days = [since + timedelta(day) for day in range((until - since).days + 1)]
        standing = [
            next((v for v in sorted(own, key=lambda v: v.known_on)[::-1] if v.known_on <= d), None) for d in days
        ]
        seen = [(day, one) for day, one in zip(days, standing, strict=True) if one is not None]
        if not seen:
            continue
        first = (
            next(v for v in sorted(own, key=lambda v: v.known_on) if v.known_on == seen[0][1].known_on)
            if seen[0][0] > since
            else seen[0][1]
        )
        last = seen[-1][1]
        for change in field_changes(first.state, last.state):
            told.add((record, change.what))
    return told


@given(VERSIONS, DAYS, DAYS)
def test_the_changed_fields_are_those_of_a_walk_through_the_days(
    versions: list[TrialVersion], one: date, other: date
) -> None:
    since, until = min(one, other), max(one, other)
    alike = [replace(version, read_as="") for version in versions]
    diff = diff_versions(alike, since, until)
    assert {(row.change.subject, row.change.what) for row in diff.changes} == slow_twin(alike, since, until)
    for row in diff.changes:
        assert since < row.known_on <= until
        copies = [v for v in alike if v.state.record_id == row.change.subject and v.known_on == row.known_on]
        assert any(getattr(v.state, row.change.what) == row.change.after for v in copies)


@given(VERSIONS, VERSIONS, DAYS, DAYS)
def test_copies_of_later_days_change_no_past_diff(
    versions: list[TrialVersion], later: list[TrialVersion], one: date, other: date
) -> None:
    since, until = min(one, other), max(one, other)
    moved = [replace(version, known_on=until + timedelta(1 + place)) for place, version in enumerate(later)]
    assert diff_versions([*versions, *moved], since, until) == diff_versions(versions, since, until)


STANDINGS = st.lists(
    st.none() | st.builds(Standing, stage=st.sampled_from(["phase_1", "phase_2"]), tag=st.sampled_from(["a", "b"])),
    min_size=2,
    max_size=40,
)


@given(STANDINGS)
def test_the_day_of_a_programmes_change_has_another_answer_on_the_day_before(walk: list[Standing | None]) -> None:
    def on(day: date) -> dict[str, Standing]:
        place = walk[(day - FIRST).days]
        return {} if place is None else {"drug": place}

    until = FIRST + timedelta(len(walk) - 1)
    old, new = walk[0], walk[-1]
    changes = []
    if (old is None) != (new is None):
        changes.append(Change("drug", "gone" if new is None else "new", None, None, "minor", "own"))
    if old and new:
        changes += [
            Change("drug", name, getattr(old, name), getattr(new, name), "notable", "own")
            for name in ("stage", "tag")
            if getattr(old, name) != getattr(new, name)
        ]
    for one in date_changes(changes, on, FIRST, until):
        told, before = on(one.known_on).get("drug"), on(one.known_on - timedelta(1)).get("drug")
        if one.change.what in ("new", "gone"):
            assert (told is None, before is None) == (new is None, old is None)
        else:
            assert getattr(told, one.change.what) == one.change.after
            assert before is None or getattr(before, one.change.what) != one.change.after


def test_a_day_is_asked_for_once_however_many_changes_there_are() -> None:
    asked: list[date] = []

    def on(day: date) -> dict[str, Standing]:
        asked.append(day)
        place = Standing("phase_2" if day >= SECOND else "phase_1", "a")
        return dict.fromkeys(("one", "two", "three"), place)

    changes = [Change(name, "stage", "phase_1", "phase_2", "notable", "own") for name in ("one", "two", "three")]
    assert {one.known_on for one in date_changes(changes, on, FIRST, AFTER)} == {SECOND}
    assert len(asked) == len(set(asked)) <= 9


def test_each_severity_of_the_scheme_has_its_reason_in_two_languages() -> None:
    stop, title = (
        field_changes(OLD, replace(STOPPED, title="The trial"))[0],
        field_changes(OLD, replace(OLD, title="x"))[0],
    )
    assert severity_reason(stop)["en"] == "the trial was stopped, suspended or withdrawn"
    assert "none of the scheme's rules" in severity_reason(title)["en"]
    states = [replace(OLD, **{field.name: value}) for field in fields(TrialState)[1:] for value in _values(field.name)]
    for state in states:
        for change in (*field_changes(OLD, state), *field_changes(state, OLD)):
            told = severity_reason(change)
            assert told["en"]
            assert told["zh"]
            if change.severity != "minor":
                assert "none of the scheme's rules" not in told["en"], change


def _values(name: str) -> list[object]:
    if name == "enrolment":
        return [None, 101, 300]
    if name in ("start", "primary_completion", "completion", "results_posted"):
        return [FIRST]
    return ["", "TERMINATED", "x"]
