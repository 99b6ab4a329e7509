"""Which measures apply to a programme, and which overlay each one is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from onepill.core.errors import InputError
from onepill.policy import MeasureMatch, Uptake, match_policy, overlay_of
from onepill.rulebook import Effect, Policy, load_rulebook

CNY = 7.2441
RATES = {"USD": 1.0, "CNY": 1 / CNY}
SHANGHAI = frozenset(
    {"shanghai_applicant", "class_1_innovative", "domestic_trial", "output_in_shanghai", "antibody_drug_conjugate"}
)
QUANTIFIED = {
    "trial_application_30wd",
    "trial_start_up_25_weeks",
    "ethics_3_weeks",
    "supplement_60wd",
    "ethics_mutual_recognition",
    "phase_1_subsidy",
    "phase_2_subsidy",
    "phase_3_subsidy",
    "cgt_early_subsidy",
    "cgt_confirmatory_subsidy",
}


def policy() -> Policy:
    return load_rulebook().policy("cn.shanghai.2024")


def matched(terms: frozenset[str] = SHANGHAI, **changes: object) -> dict[str, MeasureMatch]:
    options: dict[str, object] = {"uptake": {}, "usd_per": RATES, "base_caps_usd": {}, **changes}
    found = match_policy(policy(), terms=terms, **options)  # type: ignore[arg-type]  # the options that tests vary
    return {match.measure.id.removeprefix("cn.shanghai.2024."): match for match in found}


def test_the_measures_with_a_clock_a_cost_or_a_span_have_an_overlay_and_the_others_say_why_not() -> None:
    found = matched()
    assert {name for name, match in found.items() if match.overlay} == QUANTIFIED
    for name, match in found.items():
        assert bool(match.reason) == (name not in QUANTIFIED), name


def test_a_measure_applies_where_no_condition_fails() -> None:
    found = matched()
    assert found["phase_2_subsidy"].applies
    assert found["cgt_early_subsidy"].failing == ("advanced_therapy", "early_and_confirmatory_only")
    elsewhere = matched(SHANGHAI - {"shanghai_applicant"})
    assert not any(match.applies for match in elsewhere.values())
    assert elsewhere["phase_2_subsidy"].failing == ("shanghai_applicant",)


def test_a_subsidy_is_forty_percent_up_to_its_cap_in_yuan() -> None:
    """20 million yuan at 7.2441 yuan a dollar are 2,760,867 dollars."""
    overlay = matched()["phase_2_subsidy"].overlay
    assert overlay is not None
    assert (overlay.on, overlay.target, overlay.verb, overlay.value) == ("stage_cost", "phase_2", "subsidy", 0.4)
    assert round(overlay.cap_usd) == 2_760_867


def test_a_clock_is_capped_in_its_own_unit_and_days_of_force() -> None:
    overlay = matched()["trial_application_30wd"].overlay
    assert overlay is not None
    assert (overlay.verb, overlay.value, overlay.unit) == ("cap", 30, "wd")
    overlay = matched()["ethics_3_weeks"].overlay
    assert overlay is not None
    assert (overlay.verb, overlay.value, overlay.unit) == ("cap", 3, "weeks")
    assert (overlay.first, overlay.last) == (date(2024, 8, 1), date(2029, 7, 31))
    assert overlay.jurisdiction == "CN-SH"


def test_uptake_is_an_input_and_full_uptake_is_an_assumption_that_is_named() -> None:
    name = "cn.shanghai.2024.ethics_3_weeks"
    given, assumed = matched(uptake={name: Uptake(0.25, 0.1, 0.4)})["ethics_3_weeks"], matched()["ethics_3_weeks"]
    assert given.overlay
    assert given.overlay.uptake == 0.25
    assert not given.uptake_assumed
    assert assumed.overlay
    assert assumed.overlay.uptake == 1
    assert assumed.uptake_assumed


def test_a_cap_in_a_currency_without_a_rate_is_not_quantified_and_says_why() -> None:
    found = matched(usd_per={"USD": 1.0})["phase_2_subsidy"]
    assert found.overlay is None
    assert "CNY" in found.reason
    with pytest.raises(InputError) as error:
        overlay_of(policy(), found.measure, uptake=1, usd_per={"USD": 1.0})
    assert error.value.findings[0].code == "currency.no_rate"


def test_a_measure_without_an_effect_has_no_overlay() -> None:
    measure = matched()["mother_fund"].measure
    with pytest.raises(InputError, match="no effect"):
        overlay_of(policy(), measure, uptake=1, usd_per=RATES)


@pytest.mark.parametrize(("on", "verb"), [("stage_cost", "drop"), ("work", "cap"), ("span", "add")])
def test_an_effect_that_is_not_built_is_refused_and_never_counts_as_nothing(on: str, verb: str) -> None:
    measure = matched()["trial_start_up_25_weeks"].measure
    changed = replace(measure, effect=Effect(on, "phase_2", verb, 0.5))  # type: ignore[arg-type]  # as a pack may
    with pytest.raises(InputError) as error:
        overlay_of(policy(), changed, uptake=1, usd_per=RATES)
    assert error.value.findings[0].code == "measure.verb"


def test_an_assumed_answer_counts_only_where_the_measure_hangs_on_it() -> None:
    """Cell therapies with two trials alone have subsidies of their own: an assumption that this is one decides."""
    shown = matched(assumed=frozenset({"output_in_shanghai", "antibody_drug_conjugate"}))
    assert shown["phase_2_subsidy"].terms_assumed == ("output_in_shanghai",)
    assert shown["ethics_3_weeks"].terms_assumed == ()
    cell = SHANGHAI | {"advanced_therapy"}
    denied = matched(cell, assumed=frozenset({"early_and_confirmatory_only"}))
    assert denied["phase_2_subsidy"].terms_assumed == ("early_and_confirmatory_only",)
    assert matched(assumed=frozenset({"advanced_therapy"}))["phase_2_subsidy"].terms_assumed == ()
