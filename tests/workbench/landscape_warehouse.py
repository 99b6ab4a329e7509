"""A small warehouse of invented drugs. Their names end in INN stems, so that target, action and modality are known."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onepill.workbench.operations import operation

CHINESE, JAPANESE, AUSTRALIAN = "Shanghai Invented Pharma Co., Ltd.", "Imagined Yakuhin K.K.", "Madeup Bio Pty Ltd"
UNIVERSITY = "University of Nowhere"
MESH = (
    ("D009369", "Neoplasms", "C04"),
    ("D008545", "Melanoma", "C04.557.465.625.650.510"),
    ("D009380", "Neoplasms, Nerve Tissue", "C04.557.580"),
    ("D003920", "Diabetes Mellitus", "C18.452.394.750"),
    ("D003924", "Diabetes Mellitus, Type 2", "C18.452.394.750.149"),
)
"""Headings of MeSH 2015 with one of their places in the tree."""


@dataclass(frozen=True)
class Trial:
    """An invented trial: `drugs` are investigated, `control` is the active comparator."""

    number: int
    posted: str
    phase: str
    drugs: tuple[str, ...]
    sponsor: str = CHINESE
    condition: str = "Melanoma"
    control: str = ""

    def study(self) -> dict[str, Any]:
        given = [{"type": "DRUG", "name": one, "armGroupLabels": ["test"]} for one in self.drugs]
        arms = [{"label": "test", "type": "EXPERIMENTAL"}]
        if self.control:
            given.append({"type": "DRUG", "name": self.control, "armGroupLabels": ["control"]})
            arms.append({"label": "control", "type": "ACTIVE_COMPARATOR"})
        kind = "OTHER" if self.sponsor == UNIVERSITY else "INDUSTRY"
        return {
            "protocolSection": {
                "identificationModule": {"nctId": f"NCT{self.number:08d}", "briefTitle": "An invented study"},
                "statusModule": {
                    "overallStatus": "RECRUITING",
                    "startDateStruct": {"date": self.posted, "type": "ACTUAL"},
                    "studyFirstPostDateStruct": {"date": self.posted, "type": "ACTUAL"},
                },
                "sponsorCollaboratorsModule": {"leadSponsor": {"name": self.sponsor, "class": kind}},
                "conditionsModule": {"conditions": [self.condition]},
                "designModule": {"studyType": "INTERVENTIONAL", "phases": [self.phase]},
                "armsInterventionsModule": {"armGroups": arms, "interventions": given},
            },
            "hasResults": False,
        }


TRIALS = (
    Trial(1, "2017-03-01", "PHASE1", ("brelumetinib",)),
    Trial(2, "2020-02-01", "PHASE3", ("brelumetinib",), control="pembrolizumab"),
    Trial(3, "2019-03-01", "PHASE2", ("dorametinib",), sponsor=JAPANESE),
    Trial(4, "2020-05-01", "PHASE1", ("quilirasib",), sponsor=AUSTRALIAN, condition="Neoplasms"),
    Trial(5, "2018-09-01", "PHASE2", ("norugliptin",), sponsor=JAPANESE, condition="Type 2 Diabetes Mellitus"),
    Trial(6, "2020-07-01", "PHASE1", ("XQZ-1234",), sponsor=UNIVERSITY),
)
APPROVALS = (("NDA900001", "VESTAGLIPTIN", "20150601"),)


def load(root: Path, source: str, path: Path, **options: Any) -> None:
    found = operation("registry load")
    fields = {"source": source, "path": str(path), "warehouse": str(root), **options}
    found.ask(found.question.model_validate(fields))


def load_trials(root: Path, trials: Iterable[Trial], *, update: bool = False) -> None:
    file = root.with_name("trials.json")
    file.write_text(json.dumps({"studies": [trial.study() for trial in trials]}), encoding="utf-8")
    load(root, "ctgov", file, update=update)


def load_approvals(root: Path, approvals: Iterable[tuple[str, str, str]], *, update: bool = False) -> None:
    names = "application_number,sponsor_name,active_ingredient,brand_name,submission_type,submission_number"
    names += ",submission_status,submission_status_date,review_priority,submission_class_code"
    file = root.with_name("approvals.csv")
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(names.split(","))
        for number, substance, day in approvals:
            row = [number, "INVENTED PHARMA", substance, "", "ORIG", "1", "AP", day, "STANDARD", "TYPE 1"]
            writer.writerow(row)
    load(root, "fda_nme", file, update=update)


def load_mesh(root: Path) -> None:
    folder = root.with_name("mesh")
    folder.mkdir()
    terms = "".join(f"{number}\t{name}\n" for number, name, _ in MESH)
    trees = "".join(f"{number}\t{name}\t{tree}\n" for number, name, tree in MESH)
    (folder / "terms.tsv").write_text(f"mesh_id\tmesh_name\n{terms}", encoding="utf-8")
    (folder / "trees.tsv").write_text(f"mesh_id\tmesh_name\tmesh_tree_number\n{trees}", encoding="utf-8")
    load(root, "mesh", folder)


DALYS = {
    ("China", "CHN", 2015): {"Cancers": 60e6, "Diabetes, blood, & endocrine diseases": 20e6, "Transport injuries": 9e6},
    ("China", "CHN", 2016): {"Cancers": 30e6, "Diabetes, blood, & endocrine diseases": 10e6, "Transport injuries": 9e6},
    ("China", "CHN", 2017): {"Cancers": 90e6, "Transport injuries": 9e6},
    ("World", "OWID_WRL", 2016): {
        "Cancers": 2e8,
        "Diabetes, blood, & endocrine diseases": 2e8,
        "Transport injuries": 0,
    },
}
"""Invented burdens; a cause that a place's year leaves out is blank."""
BURDEN_DAY = "2018-11-08"


def load_burden(root: Path, *, snapshot: str = BURDEN_DAY, dalys: dict[Any, dict[str, float]] = DALYS) -> None:
    causes = list(dict.fromkeys(cause for row in dalys.values() for cause in row))
    file = root.with_name("dalys.csv")
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["Entity", "Code", "Year", *(f"{cause} (DALYs)" for cause in causes)])
        for key, row in dalys.items():
            writer.writerow([*key, *(row.get(cause, "") for cause in causes)])
    load(root, "burden", file, snapshot=snapshot)


def make_warehouse(root: Path) -> Path:
    """Six invented trials, one invented approval, five headings of MeSH and an invented burden."""
    root.parent.mkdir(parents=True, exist_ok=True)
    load_trials(root, TRIALS)
    load_approvals(root, APPROVALS)
    load_mesh(root)
    load_burden(root)
    return root
