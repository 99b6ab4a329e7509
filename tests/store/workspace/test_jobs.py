"""A job is in one worker's hands at a time, and in another's when that one falls silent."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import update

from onepill.core.errors import InputError
from onepill.store.workspace import Workspace, jobs
from onepill.store.workspace.clock import seconds_ago
from onepill.store.workspace.jobs import MOST_ATTEMPTS, Job
from onepill.store.workspace.tables import JOBS


def start(workspace: Workspace, total: int = 10) -> Job:
    return workspace.jobs.start("passport", {"draws": total}, actor="ada", total=total)


def claim(workspace: Workspace, worker: str, silent_seconds: float = 60) -> Job | None:
    return workspace.jobs.claim(worker, silent_seconds=silent_seconds)


def fall_silent(workspace: Workspace, job: Job, seconds: float) -> None:
    with workspace.writing() as connection:
        connection.execute(update(JOBS).where(JOBS.c.id == job.id).values(heartbeat_at=seconds_ago(seconds)))


def test_a_job_goes_from_queued_over_running_to_done(workspace: Workspace) -> None:
    job = start(workspace)
    assert (job.state, job.question, job.created_by) == ("queued", {"draws": 10}, "ada")
    taken = claim(workspace, "w1")
    assert taken is not None
    assert (taken.id, taken.state, taken.worker, taken.attempts) == (job.id, "running", "w1", 1)
    assert workspace.jobs.tell(job.id, "w1", done=4, step="simulate", run_key="coarse")
    told = workspace.jobs.get(job.id)
    assert (told.done, told.step, told.run_key) == (4, "simulate", "coarse")
    assert workspace.jobs.tell(job.id, "w1", done=5, step="simulate")
    assert workspace.jobs.get(job.id).run_key == "coarse"
    assert workspace.jobs.finish(job.id, "w1", run_key="fine")
    over = workspace.jobs.get(job.id)
    assert (over.state, over.done, over.run_key) == ("done", 10, "fine")
    assert over.finished_at is not None
    assert claim(workspace, "w1") is None


def test_each_job_is_taken_once_by_many_workers_at_once(workspace: Workspace) -> None:
    started = {start(workspace).id for _ in range(20)}
    taken: list[str] = []

    def take(worker: str) -> None:
        while job := claim(workspace, worker):
            taken.append(job.id)

    threads = [threading.Thread(target=take, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(started)


def test_the_oldest_job_comes_first(workspace: Workspace) -> None:
    first = start(workspace)
    with workspace.writing() as connection:
        earlier = update(JOBS).where(JOBS.c.id == first.id).values(created_at=seconds_ago(60))
        connection.execute(earlier)
    start(workspace)
    found = claim(workspace, "w1")
    assert found is not None
    assert found.id == first.id
    assert [job.id for job in workspace.jobs.list()][-1] == first.id


def test_a_silent_worker_loses_its_job_and_its_word(workspace: Workspace) -> None:
    job = start(workspace)
    claim(workspace, "w1")
    fall_silent(workspace, job, 14)
    assert claim(workspace, "w2", 15) is None
    fall_silent(workspace, job, 16)
    taken = claim(workspace, "w2", 15)
    assert taken is not None
    assert (taken.worker, taken.attempts) == ("w2", 2)
    assert not workspace.jobs.tell(job.id, "w1", done=9, step="")
    assert not workspace.jobs.finish(job.id, "w1", run_key="x")
    assert not workspace.jobs.fail(job.id, "w1", error={})
    assert workspace.jobs.get(job.id).state == "running"
    assert workspace.jobs.finish(job.id, "w2", run_key="fine")


def test_a_job_that_kills_its_workers_fails_in_the_end(workspace: Workspace) -> None:
    job = start(workspace)
    for number in range(MOST_ATTEMPTS):
        assert claim(workspace, f"w{number}") is not None
        fall_silent(workspace, job, 100)
    assert claim(workspace, "last") is None
    failed = workspace.jobs.get(job.id)
    assert failed.state == "failed"
    assert failed.error is not None
    assert str(MOST_ATTEMPTS) in failed.error["error"]


def test_a_cancelled_job_is_taken_by_nobody_and_ends_its_workers_word(workspace: Workspace) -> None:
    waiting, running = start(workspace), start(workspace)
    assert workspace.jobs.cancel(waiting.id, actor="bo").state == "cancelled"
    taken = claim(workspace, "w1")
    assert taken is not None
    assert taken.id == running.id
    workspace.jobs.cancel(running.id, actor="bo")
    assert not workspace.jobs.tell(running.id, "w1", done=1, step="")
    assert claim(workspace, "w1") is None
    assert [row["action"] for row in workspace.audit.rows()].count("job cancel") == 2


def test_what_is_over_stays_as_it_is(workspace: Workspace) -> None:
    job = start(workspace)
    claim(workspace, "w1")
    workspace.jobs.fail(job.id, "w1", error={"error": "no", "findings": []})
    assert workspace.jobs.cancel(job.id, actor="bo").state == "failed"
    assert workspace.jobs.get(job.id).error == {"error": "no", "findings": []}


def test_the_queue_is_bounded(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_WAITING", 2)
    start(workspace)
    start(workspace)
    with pytest.raises(InputError) as error:
        start(workspace)
    assert error.value.findings[0].code == "job.queue"
    claim(workspace, "w1")
    assert start(workspace).state == "queued"


def test_an_unknown_job_is_told(workspace: Workspace) -> None:
    with pytest.raises(InputError) as error:
        workspace.jobs.get("none")
    assert error.value.findings[0].code == "job.unknown"
