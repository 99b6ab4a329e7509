"""First-in-class tagging on 45 real drugs at two days, from sourced records (real_drugs.json)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from onepill.landscape import (
    ApprovalRow,
    DrugRow,
    EvidenceRow,
    Question,
    Reason,
    World,
    build_world,
    explain,
    tag_agents,
)

FACTS: dict[str, Any] = json.loads(Path(__file__).with_name("real_drugs.json").read_text(encoding="utf-8"))
DRUGS = {row["drug_id"]: row for row in FACTS["drugs"]}
DAYS = FACTS["days"]


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _first_known(row: dict[str, Any]) -> date:
    """What a drug acts on is taken as known from its first record; the sources date no annotation."""
    days = [one["known_on"] for one in row["evidence"]] + [one["day"] for one in row["approvals"]]
    return date.fromisoformat(min(days))


@pytest.fixture(scope="module")
def world() -> World:
    drugs, evidence, approvals = [], [], []
    for name, row in DRUGS.items():
        kind = {key: row[key] for key in ("mechanism", "modality", "fixed_combination")}
        drugs.append(DrugRow(name, tuple(row["targets"]), known_on=_first_known(row), **kind))
        for one in row["evidence"]:
            known = date.fromisoformat(one["known_on"])
            evidence.append(EvidenceRow(name, "", one["stage"], _day(one["day"]), known, one["record_id"]))
        for one in row["approvals"]:
            record = f"{one['source']} {name}"
            approvals.append(
                ApprovalRow(name, date.fromisoformat(one["day"]), record, jurisdiction=one["jurisdiction"])
            )
    return build_world(drugs, evidence, approvals)


@pytest.fixture(scope="module")
def answers(world: World) -> dict[tuple[str, str], Reason]:
    return {
        (day, reason.drug_id): reason
        for day in DAYS
        for reason in explain(world, tag_agents(world, Question(date.fromisoformat(day))))
    }


def test_the_set_is_large_enough_and_every_fact_names_a_source_that_was_opened() -> None:
    assert len(DRUGS) >= 40
    used = {one["source"] for row in DRUGS.values() for one in (*row["evidence"], *row["approvals"])}
    assert used == set(FACTS["sources"])
    for source in FACTS["sources"].values():
        assert source["title"]
        assert source["url"].startswith("http")
        date.fromisoformat(source["retrieved"])


def test_the_set_holds_every_tag_and_changes_of_tag() -> None:
    tags = {(row["expected"][DAYS[0]]["tag"], row["expected"][DAYS[1]]["tag"]) for row in DRUGS.values()}
    assert {before for before, _ in tags} >= {"first_in_class", "fast_follower", "me_too", "combination", "approved"}
    assert ("first_in_class", "me_too") in tags
    assert ("first_in_class", "approved") in tags


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("drug", DRUGS)
def test_tag_stage_and_opening_of_a_real_drug(answers: dict[tuple[str, str], Reason], drug: str, day: str) -> None:
    expected, answer = DRUGS[drug]["expected"][day], answers[day, drug]
    assert {"tag": answer.tag, "stage": answer.stage, "opens_class": answer.opens_class} == expected


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("drug", [name for name, row in DRUGS.items() if not row["fixed_combination"]])
def test_first_approval_of_a_real_class_is_seen_from_its_day_on(
    answers: dict[tuple[str, str], Reason], drug: str, day: str
) -> None:
    first = DRUGS[drug]["class_first_approval"]
    known = first if first is not None and first <= day else ""
    assert answers[day, drug].class_first_approval == known


def test_sotorasib_is_not_first_the_day_before_its_approval_was_known(world: World) -> None:
    before, on = (
        {reason.drug_id: reason for reason in explain(world, tag_agents(world, Question(day)))}
        for day in (date(2021, 5, 27), date(2021, 5, 28))
    )
    assert "sotorasib" not in before
    assert on["sotorasib"].tag == "approved"
    assert on["sotorasib"].opens_class


def test_ipatasertib_becomes_me_too_on_the_day_capivasertib_is_approved(world: World) -> None:
    tags = [
        {reason.drug_id: reason.tag for reason in explain(world, tag_agents(world, Question(day)))}["ipatasertib"]
        for day in (date(2023, 11, 15), date(2023, 11, 16))
    ]
    assert tags == ["first_in_class", "me_too"]


def test_tied_leaders_name_each_other_with_the_records_of_both(answers: dict[tuple[str, str], Reason]) -> None:
    reason = answers["2021-07-01", "capivasertib"]
    assert "ipatasertib" in reason.text["en"]
    assert "ipatasertib" in reason.text["zh"]
    assert reason.evidence == ("NCT04305496", "EUCTR2017-001548-36-GR")


def test_only_the_earliest_of_tied_real_leaders_leads_if_asked_so(world: World) -> None:
    tags = tag_agents(world, Question(date(2021, 7, 1)), ties="earliest_leads")
    by_drug = {reason.drug_id: reason.tag for reason in explain(world, tags)}
    assert (by_drug["ipatasertib"], by_drug["capivasertib"]) == ("first_in_class", "fast_follower")
