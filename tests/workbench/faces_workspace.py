"""Questions to a workspace that is put back to the same state before each."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from onepill.store.places import home_folder
from onepill.workbench.asking.context import close_workspaces, shared_workspace
from tests.workbench.passports import ROOT

TUNLAMETINIB = "tunlametinib-nras-melanoma"
MINIMAL = ROOT / "examples" / "minimal.yaml"
Asked = tuple[list[str], dict[str, Any], Callable[[], object]]


def put_back(template: Path) -> None:
    """The home's workspace as it stands in a file."""
    close_workspaces()
    home = home_folder()
    for end in ("-wal", "-shm"):
        (home / f"workspace.sqlite{end}").unlink(missing_ok=True)
    shutil.copyfile(template, home / "workspace.sqlite")


def workspace_questions(folder: Path) -> dict[str, Asked]:
    """Words, fields and what makes the world, of each operation on the workspace."""
    folder.mkdir(parents=True, exist_ok=True)
    template, backup, other = folder / "template.sqlite", folder / "new.sqlite", folder / "other.yaml"
    workspace, text = shared_workspace(), MINIMAL.read_text(encoding="utf-8")
    other.write_text(text.replace("programme: minimal", "programme: other"), encoding="utf-8")
    changed = folder / "changed.yaml"
    changed.write_text(text.replace("15 MUSD", "16 MUSD"), encoding="utf-8")
    licence = ROOT / "examples" / "deals" / "licence.yaml"
    terms = {"text": licence.read_text(encoding="utf-8"), "file": str(licence), "programme": TUNLAMETINIB}
    kept_deal, same = f"{TUNLAMETINIB}.deal.licence_abroad", folder / "same.yaml"
    same.write_text(terms["text"].replace("deal: licence_abroad", "deal: another"), encoding="utf-8")
    table = ROOT / "examples" / "tunlametinib.competitors.csv"
    draws = json.dumps({"draws": 500})
    job = workspace.jobs.start("passport", {"programme": "minimal"}, actor="ada", total=500).id
    workspace.backup(template)

    def fresh() -> None:
        put_back(template)
        backup.unlink(missing_ok=True)

    def edited() -> None:
        fresh()
        shared_workspace().documents.save("minimal", text + "#\n", expected_version=1, actor="ada", reason="mark")

    def cancelled() -> None:
        fresh()
        shared_workspace().jobs.cancel(job, actor="ada")

    given = {"text": changed.read_text(encoding="utf-8"), "file": str(changed)}
    rows: dict[str, tuple[list[str], dict[str, Any]]] = {
        "programmes list": ([], {}),
        "programmes show": (["minimal"], {"id": "minimal"}),
        "programmes add": ([str(other)], {"text": other.read_text(encoding="utf-8"), "file": str(other)}),
        "programmes save": (
            [str(changed), "--expected-version", "1", "--reason", "dearer"],
            {**given, "expected_version": 1, "reason": "dearer"},
        ),
        "programmes compare": (
            ["minimal", str(changed), "--draws", "500"],
            {**given, "id": "minimal", "draws": 500},
        ),
        "programmes live": (
            ["minimal", "--change", "markets.US.peak_share=0.1", "--draws", "500"],
            {"id": "minimal", "changes": ["markets.US.peak_share=0.1"], "draws": 500},
        ),
        "competitors save": (
            [str(table), "--programme", "minimal", "--expected-version", "0", "--reason", "known"],
            {
                "text": table.read_text(encoding="utf-8-sig"),
                "file": str(table),
                "programme": "minimal",
                "expected_version": 0,
                "reason": "known",
            },
        ),
        "scenarios save": (
            [
                *("minimal", "cheap", "--change", "development.phase_2.cost=5 MUSD"),
                *("--expected-version", "1", "--reason", "a smaller trial"),
            ],
            {
                "id": "minimal",
                "name": "cheap",
                "changes": ["development.phase_2.cost=5 MUSD"],
                "expected_version": 1,
                "reason": "a smaller trial",
            },
        ),
        "deals list": (["--programme", TUNLAMETINIB], {"programme": TUNLAMETINIB}),
        "deals show": (
            [kept_deal, "--change", "terms.upfront.amount=5 MUSD"],
            {"id": kept_deal, "changes": ["terms.upfront.amount=5 MUSD"]},
        ),
        "deals add": (
            [str(same), "--programme", TUNLAMETINIB],
            {"text": same.read_text(encoding="utf-8"), "file": str(same), "programme": TUNLAMETINIB},
        ),
        "deals save": (
            [str(licence), "--programme", TUNLAMETINIB, "--expected-version", "1", "--reason", "as it was"],
            {**terms, "expected_version": 1, "reason": "as it was"},
        ),
        "deals history": ([kept_deal], {"id": kept_deal}),
        "deals restore": (
            [kept_deal, "--version", "1", "--expected-version", "1", "--reason", "as it was"],
            {"id": kept_deal, "version": 1, "expected_version": 1, "reason": "as it was"},
        ),
        "jobs start": (
            ["passport", "--programme", "minimal", "--question", draws],
            {"operation": "passport", "programme": "minimal", "question": {"draws": 500}},
        ),
        "jobs show": ([job, "--answer"], {"id": job, "answer": True}),
        "brief": (
            ["--since", "2024-08-01", "--on", "2026-11-22", "--programme", "minimal", "--draws", "500"],
            {"since": "2024-08-01", "on": "2026-11-22", "programmes": ["minimal"], "draws": 500},
        ),
        "jobs list": ([], {}),
        "jobs cancel": ([job], {"id": job}),
        "jobs resume": ([job], {"id": job}),
        "backup": ([str(backup)], {"path": str(backup)}),
        "restore": ([str(template)], {"path": str(template)}),
    }
    asked: dict[str, Asked] = {name: (*both, fresh) for name, both in rows.items()}
    asked["jobs resume"] = ([job], {"id": job}, cancelled)
    asked["programmes history"] = (["minimal"], {"id": "minimal"}, edited)
    asked["programmes restore"] = (
        ["minimal", "--version", "1", "--expected-version", "2", "--reason", "back"],
        {"id": "minimal", "version": 1, "expected_version": 2, "reason": "back"},
        edited,
    )
    return asked
