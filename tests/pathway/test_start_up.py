"""The start-up of a trial in China by its steps, and what policies change of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from onepill.core.distributions import fixed
from onepill.model.overlays import Overlay
from onepill.pathway import Network
from onepill.sim.plan import FINISHED, Draw
from tests.pathway.networks import AS_OF, network, simulate, stage

DRAWS = 512
TRIAL = {"kind": "phase_3", "regions": ("CN",), "terms": frozenset({"multicentre_trial"})}


def overlay(on: str, target: str, verb: str, **changes: Any) -> Overlay:
    return Overlay(id="cn.test.measure", on=on, target=target, verb=verb, value=1.0, jurisdiction="CN-BJ", **changes)  # type: ignore[arg-type]  # tests name any


def built(*overlays: Overlay, **changes: Any) -> Network:
    return network(stage("trial", 100, **{**TRIAL, **changes}), overlays=overlays)


def days(found: Network, name: str, *, start: bool = False) -> np.ndarray:
    trace = simulate(found, draws=DRAWS).trace
    return (trace.start if start else trace.finish)[trace.activity_ids.index(name)]


def test_the_first_patient_waits_for_authorisation_ethics_contract_and_the_other_work() -> None:
    found = built()
    authorised = days(found, "cn.clinical_trial_authorisation.granted") if _has(found, "cn.clinical") else None
    contract, other = days(found, "trial.cn.start_up.contract"), days(found, "trial.cn.start_up.other_work")
    assert (days(found, "trial", start=True) >= other).all()
    assert (days(found, "trial.cn.start_up.other_work", start=True) == contract).all()
    assert (
        days(found, "trial.cn.start_up.contract", start=True) >= days(found, "trial.cn.ethics_review.granted")
    ).all()
    assert authorised is None or (contract >= authorised).all()


def _has(found: Network, prefix: str) -> bool:
    return any(activity.id.startswith(prefix) for activity in found.fragment.activities)


def test_contract_and_other_work_have_the_medians_on_file() -> None:
    """19 and 186 days, within 4 standard errors of a median of 512 draws (about 1.25 sigma x median / sqrt(n))."""
    found = built()
    for name, median, sigma in (("contract", 19, 0.64), ("other_work", 186, 0.56)):
        step = f"trial.cn.start_up.{name}"
        took = days(found, step) - days(found, step, start=True)
        assert np.median(took) == pytest.approx(median, abs=4 * 1.25 * sigma * median / DRAWS**0.5)


def test_the_files_own_time_goes_before_the_steps() -> None:
    found = built(start_up=Draw("development.trial.start_up", fixed(30.0)))
    assert not _has(found, "trial.cn.start_up.contract")
    assert _has(found, "trial.start_up")


def test_held_grants_leave_the_start_up_and_nothing_before_it() -> None:
    found = built(held=frozenset({"CN"}))
    assert (days(found, "trial.cn.start_up.contract", start=True) == AS_OF.toordinal()).all()


@pytest.mark.parametrize("regions", [("CN", "US"), ("US",)])
def test_a_trial_of_several_countries_has_no_default_start_up(regions: tuple[str, ...]) -> None:
    assert not _has(built(regions=regions), "trial.cn.start_up")


def test_a_parallel_contract_begins_with_the_trial_application_on_the_same_draw() -> None:
    plain, moved = built(), built(overlay("work", "contract", "parallel"))
    step = "trial.cn.start_up.contract"
    took = days(plain, step) - days(plain, step, start=True)
    ready = days(moved, "trial.ready")
    assert (days(moved, step) == ready + took).all()
    saved = days(plain, "trial", start=True) - days(moved, "trial", start=True)
    assert (saved == np.minimum(took, days(plain, "trial.cn.start_up.opened") - ready)).all()
    assert saved.min() > 0


@pytest.mark.parametrize(("first", "saves"), [(AS_OF, True), (date(2025, 1, 7), False)])
def test_work_is_moved_only_where_the_measure_is_in_force_on_its_start(first: date, *, saves: bool) -> None:
    """The application is made on the plan's day: a measure of the next day does not reach it."""
    moved = built(overlay("work", "contract", "parallel", first=first))
    saved = days(built(), "trial", start=True) - days(moved, "trial", start=True)
    assert bool(saved.any()) is saves


def test_a_share_of_the_paths_takes_a_measure_up() -> None:
    found = built(overlay("work", "contract", "parallel", uptake=0.25))
    saved = days(built(), "trial", start=True) - days(found, "trial", start=True)
    assert np.mean(saved > 0) == pytest.approx(0.25, abs=4 * (0.25 * 0.75 / DRAWS) ** 0.5)


def test_a_second_ethics_review_that_falls_away_takes_no_time_and_binds_nobody() -> None:
    moved = built(overlay("work", "participating_ethics", "drop"))
    assert (days(moved, "trial.cn.start_up.participating_ethics") == days(moved, "trial.cn.start_up.opened")).all()
    assert (days(moved, "trial", start=True) == days(built(), "trial", start=True)).all()


def test_a_limit_on_the_whole_counts_the_ethics_review_in() -> None:
    """25 weeks from the hospital's first paper: 175 days, of which the ethics limit of 30 lies before the contract."""
    found = built(Overlay("cn.test.weeks", "span", "trial_start_up", "cap", 25, "weeks", "CN-SH"))
    opened = days(found, "trial.cn.start_up.opened")
    done = days(found, "trial.cn.start_up.done")
    plain = days(built(), "trial.cn.start_up.done")
    assert (done == np.minimum(plain, opened + 175 - 30)).all()


def test_nothing_is_counted_twice_where_no_policy_acts() -> None:
    found = built()
    steps = [a for a in found.fragment.activities if a.id.startswith("trial.cn.start_up.") and a.duration]
    assert {a.id.rpartition(".")[2] for a in steps} == {"contract", "other_work"}
    assert all(link.event == FINISHED for a in steps for link in a.after if link.activity.endswith("opened"))
