"""The reading rules of tools/build_durations.py, one trial at a time."""

from dataclasses import replace
from datetime import date

import pytest

from tools.build_durations import (
    SAMPLE_FILE,
    XML_FILE,
    Observation,
    Record,
    estimate_cells,
    newest_each,
    observe,
    parse_day,
)

COMPLETED = Record(
    trial_id_nct="NCT00000000",
    file=XML_FILE,
    snapshot=date(2023, 2, 3),
    phase="phase_3",
    status="completed",
    conditions=("Melanoma",),
    start="2020-01-10",
    primary_completion="2021-01-09",
    study_completion="2022-01-09",
    primary_is_actual=True,
    primary_is_anticipated=False,
    study_is_anticipated=False,
)


def _seen(record: Record) -> Observation:
    found = observe(record, terms={})
    assert isinstance(found, Observation), found
    return found


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-02-29", date(2024, 2, 29)),
        ("February 3, 2023", date(2023, 2, 3)),
        ("2008-09", date(2008, 9, 15)),
        ("March 1996", date(1996, 3, 15)),
        ("2024-02-30", None),
        ("null", None),
        ("", None),
    ],
)
def test_registry_dates(text: str, day: date | None) -> None:
    assert parse_day(text) == day


def test_a_completed_trial_ends_at_primary_completion() -> None:
    seen = _seen(COMPLETED)
    assert (seen.days, seen.ended, seen.endpoint, seen.area, seen.start_year) == (
        365,
        True,
        "primary",
        "oncology",
        2020,
    )


def test_without_primary_completion_it_ends_at_study_completion() -> None:
    seen = _seen(replace(COMPLETED, primary_completion="", primary_is_actual=False))
    assert (seen.days, seen.ended, seen.endpoint) == (730, True, "study")


def test_an_anticipated_primary_completion_of_a_completed_trial_is_passed_over() -> None:
    seen = _seen(replace(COMPLETED, primary_is_actual=False, primary_is_anticipated=True))
    assert (seen.days, seen.endpoint) == (730, "study")


def test_a_running_trial_is_censored_on_the_files_day() -> None:
    running = replace(COMPLETED, status="recruiting", primary_completion="2024-01-01", primary_is_actual=False)
    seen = _seen(replace(running, primary_is_anticipated=True))
    assert (seen.ended, seen.days) == (False, (date(2023, 2, 3) - date(2020, 1, 10)).days)


def test_a_running_trial_whose_stated_day_has_passed_is_censored_there() -> None:
    seen = _seen(replace(COMPLETED, status="recruiting", primary_is_actual=False))
    assert (seen.ended, seen.days) == (False, 365)


def test_an_active_trial_with_an_actual_primary_completion_has_ended() -> None:
    seen = _seen(replace(COMPLETED, status="active, not recruiting", study_is_anticipated=True))
    assert (seen.ended, seen.days, seen.endpoint) == (True, 365, "primary")


def test_a_terminated_trial_is_censored_on_the_day_it_stopped() -> None:
    seen = _seen(replace(COMPLETED, status="terminated"))
    assert (seen.ended, seen.days) == (False, 365)


def test_month_only_dates_of_one_month_count_as_one_day() -> None:
    assert _seen(replace(COMPLETED, start="2021-03", primary_completion="2021-03")).days == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "withdrawn"}, "never started"),
        ({"status": "not yet recruiting"}, "never started"),
        ({"start": ""}, "no start date"),
        ({"start": "2023-02-04"}, "start after the file's day"),
        ({"conditions": ("Healthy Volunteers",)}, "healthy volunteers"),
        ({"primary_completion": "2020-01-09"}, "end before start"),
        ({"primary_completion": "2023-02-04"}, "completion after the file's day"),
        ({"primary_completion": "", "study_completion": ""}, "no completion date"),
        ({"status": "unknown status", "primary_is_actual": False}, "unknown status: whether it ran on is not known"),
        ({"status": "suspended", "primary_is_actual": False}, "suspended: whether it ran on is not known"),
    ],
)
def test_what_allows_no_observation(change: dict[str, object], reason: str) -> None:
    assert observe(replace(COMPLETED, **change), terms={}) == reason  # type: ignore[arg-type]


def test_the_files_day_itself_still_counts() -> None:
    assert _seen(replace(COMPLETED, primary_completion="2023-02-03")).ended
    assert _seen(replace(COMPLETED, start="2023-02-03", primary_completion="2023-02-03")).days == 1


def test_the_newest_file_has_the_word_on_a_trial() -> None:
    newer = replace(COMPLETED, file=SAMPLE_FILE, snapshot=date(2026, 4, 28), status="terminated")
    assert newest_each([newer, COMPLETED]) == newest_each([COMPLETED, newer]) == [newer]


def _trials(count: int, *, ended: int, file: str, area: str) -> list[Observation]:
    row = Observation("phase_3", area, 100, True, "primary", "completed", 2010, file)
    return [replace(row, days=100 + index, ended=index < ended) for index in range(count)]


def test_a_cell_needs_50_trials_of_which_30_ended() -> None:
    for count, ended, is_large in ((50, 30, True), (49, 49, False), (50, 29, False)):
        large, small = estimate_cells(_trials(count, ended=ended, file=SAMPLE_FILE, area="urology"))
        assert ("phase_3/urology" in large) is is_large
        assert small.get("phase_3/urology") == (None if is_large else count)


def test_an_area_prefers_files_that_state_primary_completion() -> None:
    sample = _trials(60, ended=60, file=SAMPLE_FILE, area="oncology")
    for count, basis, n in ((50, "files with primary completion", 50), (49, "all files", 109)):
        large, _ = estimate_cells([*sample, *_trials(count, ended=count, file=XML_FILE, area="oncology")])
        assert (large["phase_3/oncology"]["basis"], large["phase_3/oncology"]["n"]) == (basis, n)


def test_a_whole_phase_takes_the_random_sample_alone() -> None:
    sample = [
        *_trials(50, ended=50, file=SAMPLE_FILE, area="oncology"),
        *_trials(50, ended=50, file=SAMPLE_FILE, area="urology"),
    ]
    large, _ = estimate_cells([*sample, *_trials(70, ended=70, file=XML_FILE, area="oncology")])
    assert large["phase_3/all"]["n"] == 100
    assert large["phase_3/without_oncology"]["areas"] == {"urology": 50}
