"""Fetching ends complete, or stops where the next call goes on; the server is asked as its publisher wishes."""

from __future__ import annotations

import gzip
import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from onepill.core.errors import InputError, MissingExtra, OnepillError
from onepill.registries.fetch import CRAWL_DELAY_S, FRESH_S, Fetched, Pace, Want, discard, fetch_ctgov
from tests.registries.replay import Fault, Replay, cut, html, serving, silent, status

QUICK = Pace(delay_s=0.0, timeout_s=0.4, first_wait_s=0.01, attempts=4)
STUDIES: list[dict[str, Any]] = [
    {"protocolSection": {"identificationModule": {"nctId": f"NCT{number:08d}", "briefTitle": "试验\u2028"}}}
    for number in range(25)
]


@pytest.fixture
def replay() -> Iterator[Replay]:
    with serving(Replay(list(STUDIES))) as found:
        yield found


def fetch(replay: Replay, folder: Path, *, pace: Pace = QUICK, **want: Any) -> Fetched:
    return fetch_ctgov(Want(address=replay.address, page_size=10, **want), folder, pace=pace)


def studies(fetched: Fetched) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(fetched.file.read_bytes()).split(b"\n") if line]


def test_all_pages_come_over_one_connection(replay: Replay, tmp_path: Path) -> None:
    found = fetch(replay, tmp_path)
    assert studies(found) == STUDIES
    assert (found.studies, found.expected, found.pages, found.resumed_at) == (25, 25, 3, 0)
    assert len(replay.connections) == 1
    assert [asked.get("pageToken") for asked in replay.requests] == [None, "a-10", "a-20"]


def test_requests_keep_the_publishers_delay(replay: Replay, tmp_path: Path) -> None:
    assert CRAWL_DELAY_S == Pace().delay_s == 1.0
    fetch(replay, tmp_path, pace=Pace(delay_s=0.2))
    gaps = [later - earlier for earlier, later in zip(replay.times, replay.times[1:], strict=False)]
    # The server notes a request on its arrival, the client counts from its answer: never less, but for clock grain.
    assert min(gaps) >= 0.19


def test_the_question_stands_in_the_apis_own_terms(replay: Replay, tmp_path: Path) -> None:
    fetch(replay, tmp_path, query="melanoma AND China", since=date(2026, 1, 2))
    expected = {"query.term": "melanoma AND China", "filter.advanced": "AREA[LastUpdatePostDate]RANGE[2026-01-02,MAX]"}
    assert expected.items() <= replay.requests[0].items()
    assert all(asked["pageSize"] == "10" and asked["format"] == "json" for asked in replay.requests)


FAULTS = {
    "429 with seconds": status(429, Retry_After="0"),
    "429 with a date gone by": status(429, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"),
    "429 without a word": status(429),
    "500": status(500),
    "503": status(503),
    "no answer in time": silent(0.6),
    "a cut connection": cut,
    "a page of HTML": html,
}


@pytest.mark.parametrize("request_number", [1, 2, 3])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_at_any_page_is_tried_again(replay: Replay, tmp_path: Path, fault: Fault, request_number: int) -> None:
    replay.faults = {request_number: fault}
    found = fetch(replay, tmp_path)
    assert studies(found) == STUDIES
    assert len(replay.requests) == 4


def test_the_servers_wait_is_kept(replay: Replay, tmp_path: Path) -> None:
    replay.faults = {2: status(429, Retry_After="1")}
    fetch(replay, tmp_path)
    assert replay.times[2] - replay.times[1] >= 0.99


def test_waits_double_where_the_server_names_none(replay: Replay, tmp_path: Path) -> None:
    replay.faults = dict.fromkeys((1, 2, 3), status(500))
    fetch(replay, tmp_path, pace=Pace(delay_s=0.0, timeout_s=5.0, first_wait_s=0.1, attempts=4))
    gaps = [later - earlier for earlier, later in zip(replay.times, replay.times[1:], strict=False)]
    # Never less, but for clock grain.
    assert all(gap >= least - 0.01 for gap, least in zip(gaps, (0.1, 0.2, 0.4), strict=False))


@pytest.mark.parametrize("word", ["\xb2", "-5", "soon", "1.5"])
def test_a_wait_in_no_known_form_is_the_clients_own(word: str, replay: Replay, tmp_path: Path) -> None:
    replay.faults = {2: status(503, Retry_After=word)}
    assert studies(fetch(replay, tmp_path)) == STUDIES


def test_a_wait_until_a_time_is_kept(replay: Replay, tmp_path: Path) -> None:
    # In whole seconds by the server's clock, so that between one and two remain.
    until = format_datetime(datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=2), usegmt=True)
    replay.faults = {2: status(503, Retry_After=until)}
    fetch(replay, tmp_path)
    assert replay.times[2] - replay.times[1] >= 0.95


def test_a_wait_of_hours_ends_the_call(replay: Replay, tmp_path: Path) -> None:
    replay.faults = {2: status(429, Retry_After="7200")}
    with pytest.raises(OnepillError, match="7200") as stopped:
        fetch(replay, tmp_path)
    assert stopped.value.findings[0].code == "fetch.stopped"


@pytest.mark.parametrize("fault", [status(500), silent(0.6), cut], ids=["500", "silence", "cut"])
def test_a_server_that_stays_away_ends_the_call_and_the_next_goes_on(
    replay: Replay, tmp_path: Path, fault: Fault
) -> None:
    replay.faults = dict.fromkeys(range(3, 3 + QUICK.attempts), fault)
    with pytest.raises(OnepillError, match="page 3") as stopped:
        fetch(replay, tmp_path)
    assert "goes on" in stopped.value.findings[0].hint
    replay.requests.clear()
    replay.faults = {}
    found = fetch(replay, tmp_path)
    assert [asked.get("pageToken") for asked in replay.requests] == ["a-20"]
    assert (found.resumed_at, found.studies, found.expected) == (3, 25, 25)
    assert studies(found) == STUDIES


def test_a_half_written_page_is_cut_off_before_going_on(replay: Replay, tmp_path: Path) -> None:
    replay.faults = dict.fromkeys(range(2, 2 + QUICK.attempts), status(500))
    with pytest.raises(OnepillError):
        fetch(replay, tmp_path)
    with (tmp_path / "studies.jsonl.gz").open("ab") as file:
        file.write(b"\x1f\x8b half a page")
    replay.faults = {}
    replay.requests.clear()
    assert studies(fetch(replay, tmp_path)) == STUDIES


def test_a_token_that_is_refused_after_a_pause_begins_again(replay: Replay, tmp_path: Path) -> None:
    replay.faults = dict.fromkeys(range(3, 3 + QUICK.attempts), status(500))
    with pytest.raises(OnepillError):
        fetch(replay, tmp_path)
    replay.faults, replay.epoch, replay.studies = {}, "b", STUDIES[:22]
    found = fetch(replay, tmp_path)
    assert (found.restarted, found.studies, found.expected) == (True, 22, 22)
    assert studies(found) == STUDIES[:22]


def test_tokens_that_change_all_the_time_end_the_call(replay: Replay, tmp_path: Path) -> None:
    def change(handler: Any) -> None:
        handler.replay.epoch += "x"
        handler.answer(400, b"Invalid pageToken")

    replay.faults = {2: change, 4: change}
    with pytest.raises(OnepillError, match="page token"):
        fetch(replay, tmp_path)


def test_a_finished_list_is_used_again_until_it_is_collected_or_old(replay: Replay, tmp_path: Path) -> None:
    fetch(replay, tmp_path)
    assert studies(fetch(replay, tmp_path)) == STUDIES
    assert len(replay.requests) == 3
    yesterday = time.time() - FRESH_S - 1
    os.utime(tmp_path / "studies.jsonl.gz", (yesterday, yesterday))
    assert studies(fetch(replay, tmp_path)) == STUDIES
    assert len(replay.requests) == 6
    discard(tmp_path)
    assert list(tmp_path.iterdir()) == []
    fetch(replay, tmp_path)
    assert len(replay.requests) == 9


def test_another_question_begins_anew(replay: Replay, tmp_path: Path) -> None:
    replay.faults = dict.fromkeys(range(2, 2 + QUICK.attempts), status(500))
    with pytest.raises(OnepillError):
        fetch(replay, tmp_path, query="a")
    replay.faults = {}
    found = fetch(replay, tmp_path, query="b")
    assert (found.resumed_at, studies(found)) == (0, STUDIES)


def test_a_question_that_the_server_refuses_is_told(replay: Replay, tmp_path: Path) -> None:
    replay.faults = {1: status(400)}
    with pytest.raises(InputError, match="answers 400") as refused:
        fetch(replay, tmp_path, query="((")
    assert refused.value.findings[0].code == "fetch.refused"


def test_nothing_found_is_an_empty_file(replay: Replay, tmp_path: Path) -> None:
    replay.studies = []
    assert studies(fetch(replay, tmp_path)) == []


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tenacity", None)
    with pytest.raises(MissingExtra, match="registry"):
        fetch_ctgov(Want(), tmp_path)


@pytest.mark.parametrize("address", ["ftp://clinicaltrials.gov/api/v2/studies", "clinicaltrials.gov/api"])
def test_an_address_that_cannot_be_asked_is_told_at_once(address: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        fetch_ctgov(Want(address=address, page_size=10), tmp_path, pace=QUICK)
    assert [finding.code for finding in caught.value.findings] == ["fetch.address"]
