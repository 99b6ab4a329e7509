"""Invented studies in the form of API v2, for tests of the registry commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def study(number: int, *, status: str = "RECRUITING") -> dict[str, Any]:
    return {
        "protocolSection": {
            "identificationModule": {"nctId": f"NCT{number:08d}", "briefTitle": f"An invented study {number}"},
            "statusModule": {"overallStatus": status, "startDateStruct": {"date": "2024-03-01", "type": "ACTUAL"}},
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Invented Pharma", "class": "INDUSTRY"}},
            "conditionsModule": {"conditions": ["Melanoma"]},
            "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE2"]},
        },
        "hasResults": False,
    }


def studies_file(path: Path, numbers: range, *, status: str = "RECRUITING") -> Path:
    """A page of the API with these studies."""
    page = {"studies": [study(number, status=status) for number in numbers]}
    path.write_text(json.dumps(page), encoding="utf-8")
    return path
