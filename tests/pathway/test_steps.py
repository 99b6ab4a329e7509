"""Who waits for whom within a procedure, on small rule sets counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from onepill.calendars import due
from onepill.model.overlays import Overlay
from onepill.pathway import Network
from onepill.pathway.clocks import Span, rule_table
from tests.pathway.generated_rules import rulebook_of
from tests.pathway.networks import AS_OF, filing, finish_days, milestone, network, simulate, stage, without_forecasts

Row = dict[str, Any]
SUBMISSION: Row = {"id": "submission", "by": "applicant", "kind": "event"}


def clock(value: Any, **more: Any) -> Row:
    law = {"from": "2008-01-01", "value": value, "source_grade": "official", "source": "law"}
    return {"topic": "review", "unit": "calendar_days", "versions": [law | more.pop("version", {})]} | more


def step(name: str, *after: Any, **more: Any) -> Row:
    return {"id": name, "by": "agency", "after": list(after or ("submission",)), **more}


def reviewed(
    *steps: Row, terms: set[str] | None = None, code: str = "CN", calendar: str = "CN", **more: Any
) -> Network:
    """One filing under a procedure of these steps; rule `d20` is a clock of 20 calendar days, and so on."""
    rules = {f"d{days}": clock(days) for days in (5, 10, 20, 30, 60)} | more.pop("rules", {})
    pack = {
        "onepill_pack": 1,
        "jurisdiction": code,
        "calendar": calendar,
        "vocabulary": {"fast": {"en": "fast"}},
        "sources": {"law": {"title": "The law"}},
        "rules": rules,
        "procedures": {"review": {"topic": "review", "name": "r", "per": "filing", "grants": "approval"}},
    }
    pack["procedures"]["review"]["steps"] = [SUBMISSION, *steps]
    application = filing("cn", jurisdiction=code, terms=frozenset(terms or ()), **more.pop("facts", {}))
    return network(application, rulebook=rulebook_of([pack]), **more)


def approved_after(days: int) -> date:
    return AS_OF + timedelta(days=days)


def test_a_step_that_names_a_stand_in_which_does_not_apply_waits_for_the_ordinary_step() -> None:
    steps = (
        step("review", clock="d60"),
        step("quick", clock="d20", instead_of="review", when="fast"),
        step("issue", "quick", clock="d5"),
        step("decision", "issue", gate="approval"),
    )
    assert milestone(reviewed(*steps), "cn.approval") == approved_after(60 + 5)
    assert milestone(reviewed(*steps, terms={"fast"}), "cn.approval") == approved_after(20 + 5)


def test_of_alternatives_only_those_that_apply_are_waited_for() -> None:
    steps = (
        step("long", clock="d60"),
        step("short", clock="d20", when="fast", optional=True),
        step("decision", {"any": ["long", "short"]}, gate="approval"),
    )
    assert milestone(reviewed(*steps), "cn.approval") == approved_after(60)
    assert milestone(reviewed(*steps, terms={"fast"}), "cn.approval") == approved_after(20)


def test_an_alternative_of_two_steps_is_over_when_both_are() -> None:
    """The step that stands for both does not apply, nor does the other alternative."""
    steps = (
        step("a", clock="d10"),
        step("b", clock="d30"),
        step("both", "a", "b", when="fast", optional=True),
        step("other", clock="d20", when="fast", optional=True),
        step("c", "other", clock="d60"),
        step("decision", {"any": ["both", "c"]}, {"any": ["a", "b"]}, gate="approval"),
    )
    assert milestone(reviewed(*steps), "cn.approval") == approved_after(60)
    late = (*steps[:3], step("again", {"any": ["both", "submission"]}), step("decision", "again", gate="approval"))
    assert milestone(reviewed(*late), "cn.approval") == approved_after(30)


def test_what_follows_an_outcome_that_no_step_has_falls_away_with_all_that_follows_it() -> None:
    returned = [{"id": "succeeded"}, {"id": "returned"}]
    steps = (
        step("review", clock="d60"),
        step("quick", clock="d20", instead_of="review", when="fast", outcomes=returned),
        step("again", "quick:returned", clock="d30"),
        step("appeal", "again", clock="d60"),
        step("decision", {"any": ["quick:succeeded", "appeal"]}, gate="approval"),
    )
    found = reviewed(*steps)
    assert milestone(found, "cn.approval") == approved_after(60)
    assert not {"cn.again", "cn.appeal"} & {info.id for info in found.activities}


def test_a_clock_anchored_to_a_step_with_a_stand_in_runs_from_the_stand_in() -> None:
    steps = (
        step("check", clock="d10"),
        step("check_fast", clock="d5", instead_of="check", when="fast"),
        step("review", "check", clock="d30", anchor="check"),
        step("decision", "review", gate="approval"),
    )
    for terms in (set(), {"fast"}):
        assert milestone(reviewed(*steps, terms=terms), "cn.approval") == approved_after(30)


def test_a_clock_anchored_to_a_step_that_does_not_apply_runs_from_what_that_step_waits_for() -> None:
    steps = (
        step("check", clock="d10"),
        step("meeting", "check", clock="d5", when="fast", optional=True),
        step("review", "meeting", clock="d30", anchor="meeting"),
        step("decision", "review", gate="approval"),
    )
    assert milestone(reviewed(*steps), "cn.approval") == approved_after(10 + 30)
    assert milestone(reviewed(*steps, terms={"fast"}), "cn.approval") == approved_after(10 + 30)


def test_a_clock_anchored_to_a_step_under_a_policy_still_runs_from_the_start_of_that_step() -> None:
    """Returned from a review that a policy caps at 10 days: 60 days from the same start, not from the cap's end."""
    returned = [{"id": "succeeded", "prob_rule": "share"}, {"id": "returned"}]
    rules = {"share": clock(0.5, unit="share")}
    steps = (
        step("review", clock="d20", outcomes=returned),
        step("again", "review:returned", clock="d60", anchor="review"),
        step("decision", {"any": ["review:succeeded", "again"]}, gate="approval"),
    )
    cap = Overlay("policy.cap", "rule", "d20", "cap", 10, "days")
    found = reviewed(*steps, rules=rules, overlays=(cap,))
    days = finish_days(found, "cn.approval", draws=64) - AS_OF.toordinal()
    assert set(days.tolist()) == {10, 60}


def test_a_forecast_that_was_not_known_on_the_plans_day_covers_nothing() -> None:
    for published, days in (("2024-12-31", 7), ("2025-02-01", 10 + 30)):
        seen = clock(7, topic="performance", version={"from": published})
        steps = (
            step("check", clock="d10"),
            step("review", "check", clock="d30", forecast="seen", covers=["check", "review"]),
            step("decision", "review", gate="approval"),
        )
        assert milestone(reviewed(*steps, rules={"seen": seen}), "cn.approval") == approved_after(days), published


def test_several_measures_on_one_clock_are_the_shortest_of_them() -> None:
    steps = (step("review", clock="d60"), step("decision", "review", gate="approval"))
    caps = [Overlay(f"policy.m{days}", "rule", "d60", "cap", days, "days") for days in (30, 20, 40)]
    longer = Overlay("policy.longer", "rule", "d60", "set", 90, "days")
    for overlays, days in (
        (caps, 20),
        (caps[::-1], 20),
        ([longer], 90),
        ([caps[0], longer], 30),
        ([longer, caps[2]], 40),
    ):
        assert milestone(reviewed(*steps, overlays=tuple(overlays)), "cn.approval") == approved_after(days)


def test_two_caps_on_the_ethics_review_as_in_shenzhen_2025_are_the_shorter() -> None:
    """15 and 5 days on one span, both in one policy (packs/policy_cn_shenzhen_2025)."""
    trial = stage("trial", kind="phase_1", regions=("CN",))
    caps = tuple(Overlay(f"policy.m{days}", "span", "ethics", "cap", days, "days", "CN-SZX") for days in (15, 5))
    found = network(trial, overlays=caps, rulebook=without_forecasts())
    assert finish_days(found, "trial.cn.ethics_review.granted")[0] == AS_OF.toordinal() + 5


def test_a_jurisdiction_counts_in_its_packs_calendar() -> None:
    """The Greater Bay Area has no calendar of its own: China's, for a forecast and for a span in working days."""
    seen = clock(12, topic="performance", unit="working_days")
    steps = (
        step("review", clock="d30", forecast="seen", covers=["review"]),
        step("issue", "review", duration="4 wd"),
        step("decision", "issue", gate="approval"),
    )
    found = reviewed(*steps, rules={"seen": seen}, code="CN-GBA")
    assert milestone(found, "cn.approval") == due("CN", due("CN", AS_OF, 12, "wd").due, 4, "wd").due


def test_a_due_day_never_rolls_back_before_its_start() -> None:
    """A day that starts on a Saturday and rolls to the working day before it ends on that Saturday."""
    rule = rulebook_of(
        [
            {
                "onepill_pack": 1,
                "jurisdiction": "US",
                "calendar": "US",
                "sources": {"law": {"title": "The law"}},
                "rules": {"day": clock(1, roll="previous")},
            }
        ]
    ).rule("day")
    span = Span.around(AS_OF)
    table = rule_table(rule, jurisdiction="US", span=span, known_on=AS_OF, terms=frozenset())
    saturday = date(2025, 2, 1).toordinal()
    assert table.finish[saturday - span.first] == saturday
    assert (table.finish >= span.days).all()


def test_a_submitted_filing_without_a_known_time_is_not_approved_in_the_past() -> None:
    found = reviewed(step("decision", "submission", gate="approval"), facts={"submitted": date(2024, 9, 2)})
    assert milestone(found, "cn.approval") == AS_OF


def test_a_forecast_behind_a_step_without_time_counts_from_the_fact_before_it() -> None:
    """Submitted 100 days ago, and reviews take 90 to 190 days: what is left is given the 100 days that have passed."""
    seen = clock({"low": 90, "high": 190}, topic="performance")
    steps = (
        step("check", clock="d10"),
        step("review", "check", clock="d60", forecast="seen", covers=["check", "review"]),
        step("decision", "review", gate="approval"),
    )
    submitted = AS_OF - timedelta(days=100)
    found = reviewed(*steps, rules={"seen": seen}, facts={"submitted": submitted})
    days = simulate(found, draws=512).days_of("cn.approval") - AS_OF.toordinal()
    assert days.min() >= 0
    assert np.abs(days.mean() - 45) < 5, "uniform from 0 to 90; more than four standard errors"


def test_a_check_that_is_accepted_has_not_been_returned() -> None:
    outcomes = [{"id": "succeeded"}, {"id": "returned"}]
    steps = (
        step("check", clock="check", outcomes=outcomes),
        step("again", "check:returned", clock="d60"),
        step("review", {"any": ["check:succeeded", "again"]}, clock="d30"),
        step("decision", "review", gate="approval"),
    )
    facts = {"submitted": date(2024, 12, 20), "accepted": date(2024, 12, 30)}
    found = reviewed(*steps, rules={"check": clock(20, topic="validation")}, facts=facts)
    assert milestone(found, "cn.approval") == date(2024, 12, 30) + timedelta(days=30)
