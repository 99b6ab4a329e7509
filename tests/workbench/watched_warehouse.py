"""Generations of a small warehouse by hand: each file shows a day, so that every change between them is known."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.workbench.landscape_warehouse import TRIALS, Trial, load, load_approvals, load_mesh

Row = dict[str, Any]
SPRING, SUMMER, WINTER = "2021-03-01", "2021-07-01", "2021-12-01"
"""The days that the three files of the register show."""


def study(trial: Trial, **said: Any) -> Row:
    """The record of a trial. What it says beside its design: status, why, enrolment, endpoint, completion, results,
    updated, title, posted.
    """
    row = copy.deepcopy(trial.study())
    section = row["protocolSection"]
    status, design = section["statusModule"], section["designModule"]
    status["overallStatus"] = said.get("status", "RECRUITING")
    status["lastUpdatePostDateStruct"] = {"date": said.get("updated", trial.posted), "type": "ACTUAL"}
    design["enrollmentInfo"] = {"count": said.get("enrolment", 100), "type": "ESTIMATED"}
    status["completionDateStruct"] = {"date": said.get("completion", "2024-01-01"), "type": "ESTIMATED"}
    section["outcomesModule"] = {"primaryOutcomes": [{"measure": said.get("endpoint", "overall survival")}]}
    if "why" in said:
        status["whyStopped"] = said["why"]
    if "results" in said:
        status["resultsFirstPostDateStruct"] = {"date": said["results"], "type": "ACTUAL"}
        row["hasResults"] = True
    if "title" in said:
        section["identificationModule"]["briefTitle"] = said["title"]
    return row


def load_studies(root: Path, studies: Iterable[Row], snapshot: str | None, **how: Any) -> None:
    file = root.with_name(f"studies-{snapshot}.json")
    file.write_text(json.dumps({"studies": list(studies)}), encoding="utf-8")
    load(root, "ctgov", file, **({} if snapshot is None else {"snapshot": snapshot}), **how)


FIRST_FILE = [study(one) for one in TRIALS]
SECOND_FILE = [
    study(TRIALS[0], enrolment=119, title="The invented study"),
    study(TRIALS[1], endpoint="response rate", updated="2021-06-20"),
    study(TRIALS[2], status="TERMINATED", why="no money", updated="2021-06-10"),
    study(TRIALS[3]),
    study(TRIALS[4], enrolment=30, completion="2024-02-15"),
    study(TRIALS[5], results="2021-05-05"),
    study(Trial(7, "2021-04-01", "PHASE2", ("zelumetinib",))),
]
THIRD_FILE = [one for number, one in enumerate(SECOND_FILE) if number != 3]
"""The trial of quilirasib is gone."""


def first_generation(root: Path) -> Path:
    """The register as of SPRING, an approval of another class, and MeSH."""
    root.parent.mkdir(parents=True, exist_ok=True)
    load_studies(root, FIRST_FILE, SPRING)
    load_approvals(root, [("NDA900001", "VESTAGLIPTIN", "20150601")])
    load_mesh(root)
    return root


def second_generation(root: Path) -> Path:
    """The register as of SUMMER: the first approval of a class came as well."""
    load_studies(root, SECOND_FILE, SUMMER)
    load_approvals(root, [("NDA900002", "BRELUMETINIB", "20210615")], update=True)
    return root


def third_generation(root: Path) -> Path:
    """The register as of WINTER, without one of its trials."""
    load_studies(root, THIRD_FILE, WINTER, allow_shrink=True)
    return root
