"""Deals as documents of the workspace: every face's rules, versions, conflicts, tiers, and changes in their place."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from onepill.core.errors import AccessRefused, InputError
from onepill.store.workspace import Workspace
from onepill.store.workspace.documents import StoreConflict
from onepill.workbench.asking.context import Actor, Context, close_workspaces, shared_workspace
from onepill.workbench.asking.first_start import add_examples
from onepill.workbench.operations import operation
from onepill.workbench.workspace.deal_edits import with_changes
from onepill.workbench.workspace.job_worker import work
from tests.workbench.passports import ROOT

PILL = "tunlametinib-nras-melanoma"
LICENCE = f"{PILL}.deal.licence_abroad"
TERMS = (ROOT / "examples" / "deals" / "licence.yaml").read_text(encoding="utf-8")


@pytest.fixture
def context(tmp_path: Path) -> Any:
    yield Context(home=tmp_path / "home")
    close_workspaces()


@pytest.fixture
def workspace(context: Context) -> Workspace:
    return shared_workspace(context.home)


def ask(context: Context, name: str, /, **fields: Any) -> Any:
    found = operation(name)
    return found.ask(found.question.model_validate(fields), context=context)


def person(context: Context, workspace: Workspace, name: str, role: Any) -> Context:
    workspace.accounts.add(name, role=role, password="correct horse battery", actor="root")
    return Context(home=context.home, actor=Actor(name, role, is_local=False))


def code(error: pytest.ExceptionInfo[Any]) -> str:
    return str(error.value.findings[0].code)


def test_the_examples_stand_with_their_programme_at_the_first_start(context: Context, workspace: Workspace) -> None:
    rows = ask(context, "deals list")["deals"]
    files = list((ROOT / "examples" / "deals").glob("*.yaml"))
    assert len(rows) == len(files) > 5
    assert {row["programme"] for row in rows} == {PILL}
    texts = {ask(context, "deals show", id=row["id"])["text"] for row in rows}
    assert texts == {file.read_text(encoding="utf-8") for file in files}
    assert add_examples(workspace) == []
    with pytest.raises(InputError, match="no document"):
        ask(context, "deals list", programme="nothing")


def test_a_second_editor_is_told_and_loses_nothing(context: Context) -> None:
    about = {"programme": PILL, "reason": "dearer", "expected_version": 1}
    ask(context, "deals save", text=TERMS.replace("amount: 4 MUSD", "amount: 5 MUSD"), **about)
    mine = TERMS.replace("amount: 4 MUSD", "amount: 6 MUSD")
    with pytest.raises(StoreConflict) as refused:
        ask(context, "deals save", text=mine, **about)
    conflict = refused.value.conflict
    assert (conflict.yours, conflict.saved.version, conflict.base and conflict.base.text) == (mine, 2, TERMS)
    ask(context, "deals restore", id=LICENCE, version=1, expected_version=2, reason="back")
    shown = ask(context, "deals show", id=LICENCE)
    assert (shown["text"], shown["version"]["version"], shown["newest_version"]) == (TERMS, 3, 3)
    found = ask(context, "deals history", id=LICENCE)
    assert [row["version"] for row in found["versions"]] == [3, 2, 1]
    assert {"path": "terms.upfront.amount", "before": "4 MUSD", "after": "5 MUSD"} in found["versions"][1]["changes"]


def test_a_deal_is_checked_beside_its_programme_before_it_is_kept(context: Context) -> None:
    with pytest.raises(InputError) as refused:
        ask(context, "deals add", text=TERMS.replace("licence_abroad", "mine"), programme="minimal", file="mine.yaml")
    assert {finding.code for finding in refused.value.findings} >= {"deal.territory", "deal.event"}
    assert all(finding.line for finding in refused.value.findings)
    assert ask(context, "deals list", programme="minimal")["deals"] == []
    with pytest.raises(InputError) as twice:
        ask(context, "deals add", text=TERMS, programme=PILL)
    assert code(twice) == "document.exists"
    with pytest.raises(InputError) as unknown:
        ask(context, "deals show", id=PILL)
    assert code(unknown) == "document.unknown"


def test_changes_keep_every_other_letter_and_say_that_they_have_no_source(context: Context) -> None:
    changes = ["terms.upfront.amount=5 MUSD", "terms.royalty.years_from_first_sale=12"]
    shown = ask(context, "deals show", id=LICENCE, changes=changes)
    old, new = TERMS.splitlines(), shown["text"].splitlines()
    moved = [(before, after) for before, after in zip(old, new, strict=True) if before != after]
    assert [after.strip() for _, after in moved] == [
        'amount: {value: 5 MUSD, assumption: "changed in the workbench, without a source"}',
        "years_from_first_sale: 12",
    ]
    terms = {row["path"]: row for row in shown["terms"]}
    upfront = terms["terms.upfront.amount"]
    assert (upfront["text"], upfront["before"], upfront["note"]) == (
        *("5 MUSD", "4 MUSD"),
        "changed in the workbench, without a source",
    )
    assert [path for path, row in terms.items() if row["before"]] == [change.partition("=")[0] for change in changes]
    assert ask(context, "deals show", id=LICENCE)["text"] == TERMS


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("terms.nothing=1", "deal.change"),
        ("terms.royalty.tiers=1", "deal.change"),
        ("terms.upfront.amount=", "deal.change"),
        ("no change", "deal.change"),
        ("terms.upfront.amount=5 apples", "unit.amount"),
        ("terms.upfront.amount={a: [", "yaml"),
    ],
)
def test_a_change_that_cannot_be_is_a_finding(context: Context, change: str, said: str) -> None:
    shown = ask(context, "deals show", id=LICENCE, changes=[change])
    errors = [row["code"] for row in shown["findings"] if row["severity"] == "error"]
    assert errors
    assert errors[0].startswith(said)
    assert shown["terms"]


def test_a_plain_number_is_changed_as_it_stands() -> None:
    assert with_changes("a: {b: 1}  # why\n", ["a.b=2"]) == "a: {b: 2}  # why\n"


def test_terms_are_told_to_who_is_granted_the_programme_and_cleared_for_the_deal(
    context: Context, workspace: Workspace
) -> None:
    viewer = person(context, workspace, "vera", "viewer")
    another = TERMS.replace("deal: licence_abroad", "deal: another")
    ask(context, "deals add", text=another, programme=PILL)
    secret = f"{PILL}.deal.secret"
    ask(context, "deals add", text=another.replace("another", "secret"), programme=PILL, tier="strictly")
    seen = ask(viewer, "deals list")
    assert seen["withheld"] == 2, "the example's own deals are public, others are internal at least"
    with pytest.raises(AccessRefused) as refused:
        ask(viewer, "deals show", id=f"{PILL}.deal.another")
    with pytest.raises(AccessRefused) as unknown:
        ask(viewer, "deals show", id=f"{PILL}.deal.nowhere")
    assert code(refused) == code(unknown) == "access.programme"
    workspace.accounts.grant("vera", PILL, "viewer", actor="root")
    assert ask(viewer, "deals list")["withheld"] == 1
    assert ask(viewer, "deals show", id=f"{PILL}.deal.another")["text"] == another
    for name in ("deals show", "deals history", "approvals list"):
        with pytest.raises(AccessRefused):
            ask(viewer, name, id=secret)
    with pytest.raises(AccessRefused) as saved:
        ask(viewer, "deals restore", id=LICENCE, version=1, expected_version=1, reason="x")
    assert code(saved) == "access.role"


def test_findings_never_tell_a_field_above_the_readers_tier(context: Context, workspace: Workspace) -> None:
    viewer = person(context, workspace, "vera", "viewer")
    workspace.accounts.grant("vera", PILL, "viewer", actor="root")
    workspace.accounts.set_tier(PILL, "scenarios", "strictly", actor="root", reason="secret")
    shown = ask(viewer, "deals show", id=LICENCE, changes=["parties.partner.believes.0=nothing"])
    assert (shown["findings"], shown["terms"]) == ([], [])
    assert ask(context, "deals show", id=LICENCE, changes=["parties.partner.believes.0=x"])["findings"]


def test_a_job_about_deals_is_seen_by_who_sees_them_and_resumes(context: Context, workspace: Workspace) -> None:
    viewer = person(context, workspace, "vera", "viewer")
    workspace.accounts.grant("vera", PILL, "viewer", actor="root")
    secret = f"{PILL}.deal.secret"
    ask(context, "deals add", text=TERMS.replace("licence_abroad", "secret"), programme=PILL, tier="strictly")
    about = {"operation": "deal value", "programme": PILL, "question": {"draws": 500}}
    job = ask(context, "jobs start", **about, kept_deals=[secret])["id"]
    with pytest.raises(AccessRefused):
        ask(viewer, "jobs show", id=job)
    analyst = person(context, workspace, "anna", "analyst")
    workspace.accounts.grant("anna", PILL, "analyst", actor="root")
    with pytest.raises(AccessRefused):
        ask(analyst, "jobs start", **about, kept_deals=[secret])
    assert ask(context, "jobs cancel", id=job)["state"] == "cancelled"
    assert ask(context, "jobs resume", id=job)["state"] == "queued"
    assert work(workspace, stop=threading.Event(), until_idle=True) == 1
    shown = ask(context, "jobs show", id=job, answer=True)
    assert (shown["state"], shown["answer"]["deal"]) == ("done", "secret")
    assert ask(context, "jobs resume", id=job)["state"] == "done", "what is done stays"
    for wrong in ({"operation": "passport"}, {"programme": "minimal"}):
        with pytest.raises(InputError) as refused:
            ask(context, "jobs start", **{**about, **wrong}, kept_deals=[LICENCE])
        assert code(refused) == "job.deals"
