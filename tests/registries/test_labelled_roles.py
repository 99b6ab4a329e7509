"""Who is investigated, on records read and labelled before the code saw them; the method page shows these figures."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from onepill.registries import roles_of
from onepill.registries.roles import DRUG_TYPES, Listed
from onepill.stats.proportions import wilson_interval

FILE = Path(__file__).with_name("labelled_roles.json")
INVESTIGATED = "investigated"
Verdict = tuple[dict[str, Any], dict[str, Any], str]


@cache
def verdicts() -> tuple[Verdict, ...]:
    """Record, labelled intervention, and the role that the code gives it."""
    found: list[Verdict] = []
    for record in json.loads(FILE.read_text(encoding="utf-8"))["records"]:
        listed = [Listed(one["name"], one["kind"], tuple(one["arms"])) for one in record["interventions"]]
        roles = roles_of(listed, record["arms"], record["study_type"])
        found += [
            (record, one, role) for one, (role, _) in zip(record["interventions"], roles, strict=True) if "roles" in one
        ]
    return tuple(found)


def counted(measure: str, *, with_arms: bool | None = None) -> tuple[int, int]:
    """Right and all: links that the code calls investigated (`precision`), those that surely are (`recall`)."""
    chosen = [v for v in verdicts() if with_arms is None or bool(v[0]["arms"]) == with_arms]
    if measure == "recall":
        sure = [role for _, one, role in chosen if one["roles"] == [INVESTIGATED]]
        return sure.count(INVESTIGATED), len(sure)
    called = [one["roles"] for _, one, role in chosen if role == INVESTIGATED]
    strictly = measure == "strict precision"
    return sum(roles == [INVESTIGATED] if strictly else INVESTIGATED in roles for roles in called), len(called)


def line(measure: str, *, with_arms: bool | None = None) -> str:
    """A row of the method page's table."""
    right, every = counted(measure, with_arms=with_arms)
    low, high = wilson_interval(right, every)
    of = {None: "all", True: "with arms", False: "without arms"}[with_arms]
    return f"| {measure}, {of} | {right} | {every} | {right / every:.1%} ({low:.1%} to {high:.1%}) |"


# Floors stand below the measured figures by about the room that one more error in ten links takes.
@pytest.mark.parametrize(("measure", "floor"), [("precision", 0.85), ("strict precision", 0.75), ("recall", 0.75)])
def test_the_role_stays_above_the_floor(measure: str, floor: float) -> None:
    right, every = counted(measure)
    assert right / every >= floor


def test_the_method_page_shows_these_figures(repository: Path) -> None:
    page = (repository / "docs/methods/entities.md").read_text(encoding="utf-8")
    wanted = [line(measure, with_arms=arms) for measure in ("precision", "strict precision", "recall")
              for arms in (None, True, False)]  # fmt: skip
    assert [row for row in wanted if row not in page] == []


def test_placebo_and_observational_records_are_never_investigated() -> None:
    wrong = [
        one["name"] for _, one, role in verdicts() if role == INVESTIGATED and one["roles"][0] in ("placebo", "other")
    ]
    assert wrong == []


def test_the_sample_is_large_and_holds_every_role() -> None:
    labels = [one["roles"] for _, one, _ in verdicts()]
    counts = Counter(roles[0] for roles in labels)
    assert len(labels) >= 150
    assert set(counts) == {"investigated", "background", "comparator", "placebo", "other"}
    assert sum(len(roles) > 1 for roles in labels) < 0.15 * len(labels)
    assert {one["kind"] for _, one, _ in verdicts()} <= DRUG_TYPES
    assert Counter(record["draw"] for record, _, _ in verdicts())["random"] >= 80
