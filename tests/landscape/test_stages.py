"""The ladder, and from which day a record counts."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.core.errors import InputError
from onepill.landscape import EvidenceRow, build_world, tag_agents
from onepill.landscape.inputs import PRECISIONS
from onepill.landscape.stages import LADDER, RANK, period_end, period_ends, rank_of
from tests.landscape import twin
from tests.landscape.worlds import ask, drug, seen, world

ALL_DAYS = st.dates(date(1900, 1, 1), date(2150, 12, 31))


def test_ladder_is_the_order_of_open_targets_clinical_mining() -> None:
    published = "APPROVAL PREAPPROVAL PHASE_3 PHASE_2_3 PHASE_2 PHASE_1_2 PHASE_1 EARLY_PHASE_1 IND PRECLINICAL UNKNOWN"
    assert tuple(reversed(LADDER)) == tuple(published.lower().split())
    assert RANK["phase_4"] == RANK["withdrawal"] == RANK["approval"]


def test_an_unknown_stage_is_refused_with_the_ladder_as_hint() -> None:
    with pytest.raises(InputError) as failure:
        rank_of("phase_9")
    assert "phase_2_3" in failure.value.findings[0].hint


@pytest.mark.parametrize(
    ("precision", "end"), [("day", date(2020, 2, 3)), ("month", date(2020, 2, 29)), ("year", date(2020, 12, 31))]
)
def test_a_month_or_a_year_counts_at_its_end(precision: str, end: date) -> None:
    assert period_end(date(2020, 2, 3), precision) == end  # type: ignore[arg-type]


@given(ALL_DAYS, st.sampled_from(PRECISIONS))
def test_period_ends_of_arrays_are_those_of_single_days_and_of_walking_on(day: date, precision: str) -> None:
    alone = period_end(day, precision)  # type: ignore[arg-type]
    place = np.asarray([PRECISIONS.index(precision)], dtype=np.int8)  # type: ignore[arg-type]
    assert period_ends(np.asarray([day.toordinal()], dtype=np.int32), place)[0] == alone.toordinal()
    assert twin.last_day(day, precision) == alone


@pytest.mark.parametrize(
    ("row", "counts_from"),
    [
        (seen("A", "phase_2", date(2021, 5, 4)), date(2021, 5, 4)),
        # A planned start is no event until it has come.
        (seen("A", "phase_2", date(2021, 5, 4), day=date(2021, 9, 1)), date(2021, 9, 1)),
        # Registered after it began: nobody knew it before.
        (seen("A", "phase_2", date(2021, 5, 4), day=date(2020, 1, 1)), date(2021, 5, 4)),
        (seen("A", "phase_2", date(2021, 5, 4), day=date(2021, 5, 1), day_precision="month"), date(2021, 5, 31)),
        (seen("A", "phase_2", date(2021, 5, 4), day=date(2021, 1, 1), day_precision="year"), date(2021, 12, 31)),
        (seen("A", "phase_2", date(2021, 5, 1), known_precision="month"), date(2021, 5, 31)),
    ],
)
def test_a_record_counts_from_the_day_it_was_posted_and_had_happened(row: EvidenceRow, counts_from: date) -> None:
    counted = build_world([drug("A", "T")], [row])
    for day, agents in ((counts_from - timedelta(1), 0), (counts_from, 1)):
        assert len(tag_agents(counted, ask(as_of=day)).agents) == agents


def test_the_method_of_an_answer_is_snapshot_only_from_the_day_of_the_load_on() -> None:
    loaded = build_world([], [], snapshot_day=date(2026, 4, 28))
    assert loaded.as_of_method(date(2026, 4, 27)) == "reconstructed"
    assert loaded.as_of_method(date(2026, 4, 28)) == "snapshot"
    assert world([], []).as_of_method(date(2030, 1, 1)) == "reconstructed"


def test_bad_rows_are_all_listed_with_their_places() -> None:
    rows = [seen("A", "phase_7"), seen("", "phase_1"), seen("B", "phase_1", role="patient")]
    with pytest.raises(InputError) as failure:
        build_world([], rows)
    paths = [finding.path for finding in failure.value.findings]
    assert paths == ["evidence[0].stage", "evidence[1].drug_id", "evidence[2].role"]
    assert failure.value.exit_code == 2
