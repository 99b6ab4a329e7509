"""The invented fixture, whole and cut down to the cases that the sentences must survive."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Document = dict[str, Any]


@pytest.fixture(scope="session")
def sample_text() -> str:
    return (Path(__file__).parent / "sample_passport.json").read_text(encoding="utf-8")


@pytest.fixture
def sample(sample_text: str) -> Document:
    """A fresh copy of the invented passport: a test may change it."""
    document: Document = json.loads(sample_text)
    return document


@pytest.fixture
def minimal(sample: Document) -> Document:
    """One market, one stage, no facts, no policies, no scenarios, no read-outs, no decision, no risks."""
    kept = ("global_phase_3.readout", "us.filed", "us.approval", "us.launch")
    document = copy.deepcopy(sample)
    document["milestones"] = [m for m in sample["milestones"] if m["id"] in kept]
    document["activities"] = [
        a for a in sample["activities"] if a["jurisdiction"] in (None, "US") and a["status"] != "actual"
    ]
    document["success"]["gates"] = [
        g for g in sample["success"]["gates"] if g["id"] in ("global_phase_3", "us.approval")
    ]
    document["success"]["chain"] = {"US": ["global_phase_3", "us.approval"]}
    document["value"]["by_market"] = [r for r in sample["value"]["by_market"] if r["market"] in ("US", "development")]
    document["value"]["yearly"] = [
        r for r in sample["value"]["yearly"] if r["item"] in ("US", "US.launch", "development")
    ]
    document |= {"policies": [], "scenarios": [], "findings": [], "decision": None, "risks": [], "clocks": []}
    document["identity"]["readouts"] = []
    document["answer"]["facts"] = []
    return document


@pytest.fixture
def never(minimal: Document) -> Document:
    """The one market never comes: chance 0, no days."""
    for milestone in minimal["milestones"]:
        milestone |= {"prob": 0.0, "p10": None, "p50": None, "p90": None, "mean": None, "binding": []}
    for activity in minimal["activities"]:
        activity |= {
            "prob": 0.0,
            "start": dict.fromkeys(("p10", "p50", "p90")),
            "finish": dict.fromkeys(("p10", "p50", "p90")),
        }
    minimal["answer"] |= {"next_approval": None, "any_new_approval_prob": 0.0, "loss_prob": 1.0}
    minimal["value"]["rnpv_usd"] |= {
        "mean": -5_000_000,
        "p5": -6_000_000,
        "p50": -5_000_000,
        "p95": -4_000_000,
        "prob_positive": 0.0,
    }
    minimal["value"]["histogram"] = {
        "edges": [-6e6, -5e6, -4e6],
        "counts": {"none": [10, 10]},
        "keys": [{"id": "none", "label": "none"}],
    }
    return minimal


@pytest.fixture
def sold(sample: Document) -> Document:
    """All markets are approved and on sale: nothing is left to wait for."""
    sample["milestones"] = [m for m in sample["milestones"] if m["kind"] in ("approval", "launch", "price_listing")]
    for milestone in sample["milestones"]:
        milestone |= {
            "status": "actual",
            "prob": 1.0,
            "p10": "2024-05-20",
            "p50": "2024-05-20",
            "p90": "2024-05-20",
            "binding": [],
        }
        milestone["kind"] = "launch" if milestone["kind"] == "price_listing" else milestone["kind"]
    sample["activities"] = []
    sample["answer"] |= {"next_approval": None, "any_new_approval_prob": None, "loss_prob": 0.0}
    sample["value"]["rnpv_usd"]["prob_positive"] = 1.0
    sample |= {"risks": [], "decision": None}
    return sample


@pytest.fixture
def bare() -> Document:
    """What is left when every engine but the clock is silent: the page must still stand."""
    return {
        "schema_version": 1,
        "programme": "bare",
        "as_of": "2024-08-01",
        "seed": 1,
        "draws": 0,
        "inputs_hash": "",
        "rulebook_hash": "",
    }


@pytest.fixture
def cases(request: pytest.FixtureRequest) -> Callable[[str], Document]:
    """A case by its fixture's name."""

    def case(name: str) -> Document:
        document: Document = request.getfixturevalue(name)
        return document

    return case
