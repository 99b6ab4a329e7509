"""An answer comes back to the letter, and old ones make room."""

from __future__ import annotations

import random

import pytest

from onepill.store.workspace import Workspace, runs


def test_an_answer_comes_back_to_the_letter_and_the_first_one_stays(workspace: Workspace) -> None:
    assert workspace.runs.get("k") is None
    workspace.runs.put("k", "passport", '{"好": 1.25}\n', seconds=2.5)
    workspace.runs.put("k", "passport", "another", seconds=9)
    found = workspace.runs.get("k")
    assert found is not None
    assert (found.answer, found.operation, found.seconds) == ('{"好": 1.25}\n', "passport", 2.5)


def test_the_oldest_leave_but_not_what_a_job_points_to(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = random.Random(1)
    answer = {name: noise.randbytes(1000).hex() for name in "abcd"}
    job = workspace.jobs.start("passport", {}, actor="ada")
    workspace.jobs.claim("w", silent_seconds=60)
    workspace.runs.put("a", "passport", answer["a"], seconds=1)
    workspace.jobs.tell(job.id, "w", done=1, step="", run_key="a")
    monkeypatch.setattr(runs, "MOST_KEPT_BYTES", 3000)
    for name in "bcd":
        workspace.runs.put(name, "passport", answer[name], seconds=1)
    kept = {name for name in "abcd" if workspace.runs.get(name)}
    assert kept == {"a", "d"}


def test_settings_are_made_and_changed(workspace: Workspace) -> None:
    assert workspace.settings.get("x") is None
    workspace.settings.put("x", "1")
    workspace.settings.put("x", "2")
    assert workspace.settings.get("x") == "2"
