"""What policies and what-ifs change of clocks: caps, other verbs, uptake, days in force, spans."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.calendars import due
from onepill.core.dates import NEVER
from onepill.core.distributions import fixed, triangular
from onepill.model.overlays import Overlay
from onepill.pathway import Network
from onepill.sim import Results, compile_plan, run
from onepill.sim.plan import FAILED, SUCCEEDED, Draw
from tests.pathway.networks import AS_OF, filing, finish_days, milestone, network, plan, stage, without_forecasts

CTA = "cn.nmpa.clinical_trial_application.review"
NDA = "us.fda.nda.review_from_receipt"
TRIAL = stage("trial", 10, kind="phase_1", regions=("CN",))
ACCEPTED = due("CN", AS_OF, 5, "wd").due
AUTHORISED = "trial.cn.trial_authorisation"


def overlay(**changes: Any) -> Overlay:
    plain = Overlay("test.measure", "rule", CTA, "cap", 30, "wd", jurisdiction="CN-SH")
    return replace(plain, **changes)


def authorised(*overlays: Overlay, **changes: Any) -> date | None:
    return milestone(network(TRIAL, overlays=overlays, **changes), AUTHORISED)


def in_working_days(count: int) -> date:
    return due("CN", ACCEPTED, count, "wd").due


def test_a_cap_ends_the_clock_earlier() -> None:
    assert authorised() == in_working_days(60)
    assert authorised(overlay()) == in_working_days(30)


def test_a_cap_above_the_limit_changes_nothing() -> None:
    assert authorised(overlay(value=90)) == in_working_days(60)


@pytest.mark.parametrize(
    ("verb", "value", "unit", "count"),
    [("set", 90, "wd", 90), ("add", 15, "", 75), ("scale", 1.5, "", 90), ("scale", 0.5, "", 30)],
)
def test_other_verbs_replace_the_clock_and_may_lengthen_it(verb: Any, value: float, unit: str, count: int) -> None:
    assert authorised(overlay(verb=verb, value=value, unit=unit)) == in_working_days(count)


@pytest.mark.parametrize("verb", ["cap", "set"])
def test_a_measure_acts_from_its_first_to_its_last_day_of_clock_start(verb: Any) -> None:
    for first, last, count in (
        (ACCEPTED, ACCEPTED, 30),
        (ACCEPTED + timedelta(days=1), None, 60),
        (None, ACCEPTED - timedelta(days=1), 60),
    ):
        assert authorised(overlay(verb=verb, first=first, last=last)) == in_working_days(count), (first, last)


def test_a_measure_of_another_jurisdiction_does_not_act() -> None:
    assert authorised(overlay(jurisdiction="US")) == in_working_days(60)


def test_a_what_if_without_jurisdiction_acts() -> None:
    assert authorised(overlay(jurisdiction="")) == in_working_days(30)


@pytest.mark.parametrize(("verb", "value"), [("cap", 30), ("set", 90)])
def test_uptake_is_the_share_of_paths_on_which_the_measure_acts(verb: Any, value: int) -> None:
    found = network(TRIAL, overlays=(overlay(verb=verb, value=value, uptake=0.3),))
    days = run(compile_plan(plan(found.fragment)), draws=4_096, seed=5).days_of(AUTHORISED)
    changed, ordinary = in_working_days(value).toordinal(), in_working_days(60).toordinal()
    assert set(days.tolist()) == {changed, ordinary}
    assert np.mean(days == changed) == pytest.approx(0.3, abs=4 * (0.3 * 0.7 / 4_096) ** 0.5), "four standard errors"


def test_a_measure_is_taken_up_once_for_all_its_clocks() -> None:
    """Two indications, two applications, one answer to whether the measure is achieved."""
    parts = [stage(name, 10, kind="phase_1", regions=("CN",), indication=name) for name in ("a", "b")]
    found = network(*parts, overlays=(overlay(uptake=0.5),))
    results = run(compile_plan(plan(found.fragment)), draws=512, seed=5)
    assert np.array_equal(results.days_of("a.cn.trial_authorisation"), results.days_of("b.cn.trial_authorisation"))


def test_a_cap_on_an_anchored_clock_counts_from_the_anchor() -> None:
    """A US review of ten months from receipt, capped at six: the day of the cap, not six months after the goal."""
    cap = overlay(target=NDA, value=6, unit="months", jurisdiction="US")
    found = network(filing("us"), overlays=(cap,), rulebook=without_forecasts())
    assert milestone(found, "us.approval") == date(2025, 7, 6)


def test_a_cap_on_the_rule_behind_a_forecast_cuts_the_long_reviews_only() -> None:
    """The Commission's decision is drawn from its own times (p10 to p90 of 2018: 53 to 68 days), then capped at 58."""
    cap = overlay(target="eu.ec.decision", value=58, unit="days", jurisdiction="EU")
    plain, capped = (
        run(compile_plan(plan(network(filing("eu"), overlays=some).fragment)), draws=2_048, seed=2, trace=2_048)
        for some in ((), (cap,))
    )
    opinion = plain.trace.finish[plain.trace.activity_ids.index("eu.opinion")]
    before, after = plain.days_of("eu.approval"), capped.days_of("eu.approval")
    assert np.array_equal(after, np.minimum(before, opinion + 58))
    assert (after < before).any()
    assert (after == before).any()


def test_a_cap_on_one_of_the_rules_behind_a_forecast_of_several_is_named_and_not_applied() -> None:
    cap = overlay(target="us.fda.nda.review_from_filing", value=1, unit="months", jurisdiction="US")
    found = network(filing("us", terms=frozenset({"nme"})), overlays=(cap,))
    assert "overlay.not_applied" in [f.code for f in found.findings]
    plain = network(filing("us", terms=frozenset({"nme"})))
    assert np.array_equal(finish_days(found, "us.decision", draws=64), finish_days(plain, "us.decision", draws=64))


def test_a_measure_on_a_running_review_counts_from_its_start() -> None:
    submitted = date(2024, 12, 9)
    cap = overlay(target="cn.nmpa.marketing_authorisation.review", value=100)
    running = filing("cn", submitted=submitted, accepted=date(2024, 12, 16))
    found = network(running, overlays=(cap,), rulebook=without_forecasts())
    assert finish_days(found, "cn.technical_review")[0] == due("CN", date(2024, 12, 16), 100, "wd").due.toordinal()


def test_a_span_cap_acts_between_two_events() -> None:
    """Ethics: 30 days from the submission by rule, three weeks by the cap; the trial waits for its authorisation too,
    so only the ethics opinion is earlier."""
    cap = overlay(on="span", target="ethics", value=3, unit="weeks")
    plain, capped = network(TRIAL), network(TRIAL, overlays=(cap,))
    assert finish_days(plain, "trial.cn.ethics_review.granted")[0] == AS_OF.toordinal() + 30
    assert finish_days(capped, "trial.cn.ethics_review.granted")[0] == AS_OF.toordinal() + 21
    assert milestone(capped, AUTHORISED) == milestone(plain, AUTHORISED)


def test_a_start_up_cap_binds_where_the_start_up_is_longer() -> None:
    start_up = Draw("development.trial.start_up", triangular(50, 200, 300))
    trial = replace(TRIAL, held=frozenset({"CN"}), start_up=start_up)
    cap = overlay(on="span", target="trial_start_up", value=25, unit="weeks")
    before = finish_days(network(trial), "trial.start_up", draws=1_024)
    after = finish_days(network(trial, overlays=(cap,)), "trial.start_up", draws=1_024)
    assert np.array_equal(after, np.minimum(before, AS_OF.toordinal() + 175))


# a shorter clock never makes anything later

COUNTS = st.integers(0, 200)
STAGES = st.lists(
    st.fixed_dictionaries(
        {
            "after": st.sets(st.integers(0, 3), max_size=2),
            "event": st.sampled_from([SUCCEEDED, SUCCEEDED, FAILED]),
            "any_of": st.booleans(),
            "regions": st.sets(st.sampled_from(["CN", "US", "JP"]), max_size=2),
            "low": st.integers(0, 300),
            "start_up": st.one_of(st.none(), st.integers(1, 300)),
            "prob": st.sampled_from([0.3, 0.8, 1.0]),
        }
    ),
    min_size=1,
    max_size=4,
)


def generated(specs: list[dict[str, Any]], overlays: tuple[Overlay, ...]) -> Network:
    parts: list[Any] = []
    for i, spec in enumerate(specs):
        name, regions = f"s{i}", tuple(sorted(spec["regions"]))
        before = tuple((f"s{j}", spec["event"]) for j in sorted(spec["after"]) if j < i)
        start_up = Draw(f"{name}.start_up", fixed(float(spec["start_up"]))) if spec["start_up"] else None
        outcomes = ((SUCCEEDED, spec["prob"]), (FAILED, 1 - spec["prob"]))
        parts.append(
            stage(
                name,
                triangular(spec["low"], spec["low"] + 50, spec["low"] + 400),
                kind="phase_2",
                regions=regions,
                calendar=regions[0] if regions else "",
                after=before,
                any_of=spec["any_of"] and len(before) > 1,
                start_up=start_up,
                success=outcomes,
            )
        )
    last = ((f"s{len(specs) - 1}", SUCCEEDED),)
    filings = [filing(code, after=last, launch_lag=Draw(f"{code}.lag", fixed(30.0))) for code in ("cn", "us", "jp")]
    return network(*parts, *filings, overlays=overlays)


def days_of(found: Network) -> Results:
    return run(compile_plan(plan(found.fragment)), draws=256, seed=11)


@settings(max_examples=25, deadline=None)
@given(specs=STAGES, cap=COUNTS, longer=COUNTS, weeks=st.integers(0, 40), uptake=st.sampled_from([0.5, 1.0]))
def test_a_shorter_clock_never_makes_any_milestone_later(
    specs: list[dict[str, Any]], cap: int, longer: int, weeks: int, uptake: float
) -> None:
    def measures(more: int) -> tuple[Overlay, ...]:
        return (
            overlay(value=cap + more, uptake=uptake),
            overlay(id="test.review", target="cn.nmpa.marketing_authorisation.review", verb="set", value=cap + more),
            overlay(
                id="test.start", on="span", target="trial_start_up", value=weeks + more, unit="weeks", uptake=uptake
            ),
        )

    short, long, none = (days_of(generated(specs, some)) for some in (measures(0), measures(longer), ()))
    for name in none.milestone_ids:
        early, late = short.days_of(name), long.days_of(name)
        assert (early <= late).all()
        assert np.array_equal(early < NEVER, none.days_of(name) < NEVER), "a measure changes days, never chances"


@settings(max_examples=15, deadline=None)
@given(specs=STAGES)
def test_no_uptake_is_no_measure_and_full_uptake_is_the_measure(specs: list[dict[str, Any]]) -> None:
    none = days_of(generated(specs, ()))
    for verb in ("cap", "set"):
        nobody, everybody, plain = (
            days_of(generated(specs, (overlay(verb=verb, uptake=uptake),))) for uptake in (0.0, 1.0, 1.0 - 1e-12)
        )
        assert np.array_equal(nobody.milestone_days, none.milestone_days)
        assert np.array_equal(everybody.milestone_days, plain.milestone_days)
