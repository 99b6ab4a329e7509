"""Gates, core dossiers and dated risks on a filing plan and in a passport."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import pytest

from onepill.calendars import due
from onepill.model import load_programme
from onepill.rulebook import load_rulebook
from onepill.workbench.common.rule_rows import known_rule, rule_row
from onepill.workbench.filing.filing_plan import make_filing_plan
from onepill.workbench.results.path_risks import RISKS, position, risk_findings
from tests.workbench.passports import example, found_codes, passport_of, text_of

Row = dict[str, Any]
DUAL = text_of("dual_submission")
LATE = date(2026, 11, 1)


@lru_cache(maxsize=16)
def plan_of(text: str, *markets: str, day: date | None = None) -> Row:
    loaded = load_programme(text, as_of=day)
    options = {"markets": markets, "optimise": "earliest", "draws": 1_000, "seed": 1, "threads": 1}
    return make_filing_plan(loaded, load_rulebook(), **options)


def gate(plan: Row, market: str, kind: str) -> Row:
    return next(row for row in plan["gates"] if (row["market"], row["kind"]) == (market, kind))


def codes(plan: Row) -> set[str]:
    return {row["code"] for row in plan["findings"]}


# Gates


def test_a_gate_has_its_days_its_rules_and_its_name_in_both_languages() -> None:
    row = gate(plan_of(text_of("tunlametinib"), "US"), "US", "paediatric_plan")
    begins, ends = date.fromisoformat(row["begins"]["p50"]), date.fromisoformat(row["ends"]["p50"])
    assert (ends - begins).days == 60 + 90 + 90 + 30
    assert row["name"]["zh"].startswith("初步儿科研究计划")
    assert [(rule["value"], rule["source_grade"]) for rule in row["rules"]] == [
        (60, "secondary"),
        (90, "secondary"),
        (90, "secondary"),
        (30, "secondary"),
    ]
    assert all(rule["source"]["url"].startswith("http") for rule in row["rules"])


def test_no_filing_comes_before_its_gates_and_no_approval_before_its_test() -> None:
    plan = plan_of(DUAL, "CN", "US")
    filed, approved = (plan["plan"]["US"][key]["p50"] for key in ("filing", "approval"))
    assert gate(plan, "US", "paediatric_plan")["ends"]["p50"] <= filed
    assert gate(plan, "US", "companion_diagnostic")["begins"]["p50"] == filed
    assert gate(plan, "US", "companion_diagnostic")["ends"]["p50"] <= approved


def test_a_slow_test_binds_the_approval_and_says_so() -> None:
    slow = DUAL.replace(
        "companion_diagnostic: {time: {value: 11 months", "companion_diagnostic: {time: {value: 30 months"
    )
    row = gate(plan_of(slow, "US"), "US", "companion_diagnostic")
    assert row["binds"] > 0.9
    assert gate(plan_of(DUAL, "US"), "US", "companion_diagnostic")["binds"] < 0.1


def test_what_the_file_has_done_is_shown_and_takes_no_time() -> None:
    row = gate(plan_of(DUAL, "CN"), "CN", "companion_diagnostic")
    assert (row["state"], row["done"], row["ends"]) == ("done", "2024-05-20", None)
    reasoned = DUAL.replace("{done: 2024-05-20}", "{not_needed: {en: a test is on the market, zh: 已有上市检测}}")
    row = gate(plan_of(reasoned, "CN"), "CN", "companion_diagnostic")
    assert (row["state"], row["reason"]["zh"]) == ("not_needed", "已有上市检测")


def test_a_gate_that_is_not_needed_names_the_condition_and_the_input_that_answers_it() -> None:
    orphan = DUAL.replace("US: {route: nda, dossier", "US: {route: nda, designations: [orphan], dossier")
    row = gate(plan_of(orphan, "US"), "US", "paediatric_plan")
    assert row["state"] == "not_needed"
    terms = {term["term"]: term["answered_by"] for term in row["failing"]}
    assert terms["not orphan"] == "filings.US.designations"
    assert terms["paediatric_molecular_target"] == "conditions.paediatric_molecular_target"


def test_doses_are_compared_by_a_stage_or_missing() -> None:
    assert gate(plan_of(DUAL, "US"), "US", "dose_optimisation")["met_by"] == "doses"
    plan = plan_of(text_of("minimal"), "US")
    assert gate(plan, "US", "dose_optimisation")["state"] == "missing"
    assert "gate.missing" in codes(plan)
    assert "gate.missing" in found_codes(example("minimal", draws=2_000))


def test_a_plan_for_children_that_is_late_is_named_from_the_day_of_the_start_on() -> None:
    begun = text_of("minimal").replace("after: [phase_2], cost", "done: {started: 2024-07-01}, cost")
    assert "gate.late" in codes(plan_of(begun, "US", day=date(2024, 7, 1)))
    assert "gate.late" not in codes(plan_of(begun, "US", day=date(2024, 6, 30)))
    agreed = begun + "gates: {US: {paediatric_plan: {done: 2024-01-15}}}\n"
    assert "gate.late" not in codes(plan_of(agreed, "US", day=date(2024, 7, 1)))


def test_a_time_for_work_that_is_a_stage_changes_nothing_and_says_so() -> None:
    timed = DUAL.replace("gates:\n  US:\n", "gates:\n  US:\n    dose_optimisation: {time: 5 months}\n")
    assert "gate.time_unused" in codes(plan_of(timed, "US"))
    assert "gate.time_unused" not in codes(plan_of(DUAL, "US"))


# The core dossier


def test_one_core_dossier_serves_both_filings_on_one_data_cut() -> None:
    plan = plan_of(DUAL, "CN", "US")
    (row,) = plan["dossiers"]
    assert {market: module["regional_days"] for market, module in row["filings"].items()} == {"CN": 30.4, "US": 60.9}
    assert plan["plan"]["CN"]["waits_for"] == plan["plan"]["US"]["waits_for"] == ["dossiers.core:succeeded"]
    assert row["ready"]["p50"] < plan["plan"]["CN"]["filing"]["p50"] < plan["plan"]["US"]["filing"]["p50"]


def test_the_work_waits_for_the_data_cut() -> None:
    cut = DUAL.replace(
        "    after: [phase_3]\n    preparation:", "    after: [phase_3]\n    data_cut: 2031-03-31\n    preparation:"
    )
    (row,) = plan_of(cut, "CN", "US")["dossiers"]
    assert (row["data_cut"], row["begins"]["p50"]) == ("2031-03-31", "2031-03-31")


def test_a_dossiers_cost_is_paid_once() -> None:
    document = example("dual_submission", draws=2_000)
    paths = [row["path"] for row in document["provenance"]]
    assert paths.count("dossiers.core.preparation_cost") == 1
    assert any(row["id"] == "dossiers.core" for row in document["activities"])


# Risks


@pytest.mark.parametrize(("days", "where"), [(-1, "before"), (0, "in_force"), (400, "in_force")])
def test_a_day_lies_before_the_tariff_or_under_it(days: int, where: str) -> None:
    found = known_rule(load_rulebook(), "us.tariff.section_232", LATE)
    assert found is not None
    assert found.version.first == date(2026, 9, 29)
    assert position(found, (date(2026, 9, 29) + timedelta(days=days)).isoformat()) == where
    assert position(found, None) == "day_unknown"


@pytest.mark.parametrize(("day", "is_known"), [(date(2026, 4, 1), False), (date(2026, 4, 2), True)])
def test_the_tariff_is_known_from_the_day_of_its_announcement(day: date, is_known: bool) -> None:
    rows = {row["rule"]: row for row in plan_of(text_of("tunlametinib"), "US", day=day)["risks"]}
    assert ("us.tariff.section_232" in rows) is is_known
    if is_known:
        row = rows["us.tariff.section_232"]
        assert (row["announced"], row["from"], row["hits"]) == ("2026-04-02", "2026-09-29", "launch")
        assert row["place"] == "us_standard.approval"
        assert row["day"] == plan_of(text_of("tunlametinib"), "US", day=day)["plan"]["US"]["approval"]["p50"]


def test_a_risk_speaks_both_languages_and_names_rule_source_and_place() -> None:
    rows = plan_of(text_of("tunlametinib"), "US", day=LATE)["risks"]
    assert {"us.biosecure.section_851", "us.biosecure.list_due", "us.doj.data_security_programme"} <= {
        row["rule"] for row in rows
    }
    for row in rows:
        assert row["message"]["zh"] != row["message"]["en"]
        assert "{" not in row["message"]["zh"] + row["message"]["en"]
        assert row["source"] is None or row["source"]["title"]
        assert row["position"] in ("before", "in_force", "start_unknown")


def test_every_risk_rests_on_a_rule_and_has_its_words_in_both_languages() -> None:
    for risk in RISKS:
        load_rulebook().rule(risk.rule_id)
        assert all(text["en"] and text["zh"] and text["en"] != text["zh"] for text in (risk.message, risk.hint))


def test_data_of_patients_in_china_bite_on_filings_abroad_alone() -> None:
    rows = plan_of(text_of("adc_shanghai"), "CN", "US", "SG")["risks"]
    markets = {row["market"] for row in rows if row["rule"] == "cn.cac.data_export.security_assessment"}
    assert "CN" not in markets
    assert "US" in markets


def test_a_rule_that_bites_now_on_any_market_is_a_warning() -> None:
    rows = plan_of(text_of("adc_shanghai"), "US", "SG")["risks"]
    us, sg = (row for row in rows if row["rule"] == "cn.cac.data_export.security_assessment")
    (warned,) = risk_findings([{**us, "position": "before"}, sg])
    assert (warned.severity, warned.path) == ("warning", "plan.SG")
    (noted,) = risk_findings([{**us, "position": "before"}, {**sg, "position": "lapsed"}])
    assert (noted.severity, noted.path) == ("note", "plan.US")


def test_a_risk_of_filing_hits_the_filing_that_is_still_to_come() -> None:
    own = "  US: {route: nda, dossier: core,"
    further = DUAL.replace(
        own, f"  US: {{route: nda, done: {{approved: 2024-02-01}}}}\n{own.replace('US', 'US_2')} jurisdiction: US,"
    )
    rows = {row["rule"]: row for row in passport_of(further)["plan_risks"] if row["market"] == "US"}
    row = rows["cn.cac.data_export.security_assessment"]
    assert (row["place"], row["position"]) == ("us_2.filed", "in_force")


def test_data_from_abroad_alone_bite_on_any_of_a_markets_filings() -> None:
    text = text_of("adc_shanghai")
    own = "  CN_1L:\n"
    abroad = "  US: {indication: gastric_3l, route: bla, after: [gastric_3l_phase_3]}\n"
    at_home = "  US_2: {jurisdiction: US, indication: gastric_3l, route: bla}\n"
    for filings in (abroad + at_home, at_home + abroad):
        rows = passport_of(text.replace(own, filings + own, 1))["plan_risks"]
        assert "us.fda.foreign_data_sole_basis" in {row["rule"] for row in rows}


def test_human_genetic_resources_bite_on_a_joint_trial_and_not_on_two_separate_ones() -> None:
    def bites(text: str) -> bool:
        return any(row["rule"] == "cn.hgr.cooperation_approval" for row in plan_of(text, "US")["risks"])

    assert bites(DUAL)
    assert not bites(text_of("tunlametinib"))


def test_an_absent_rule_says_since_when_it_was_looked_for() -> None:
    row = rule_row(load_rulebook(), "jp.pmda.companion_diagnostic.review", LATE)
    assert row is not None
    assert row["checked"] == "2026-11-22"
    assert "value" not in row


def test_what_is_approved_already_asks_for_no_further_test_nor_plan_for_children() -> None:
    rows = example("tunlametinib", draws=2_000)["gates"]
    conversion = [row for row in rows if row["filing"] == "cn_conversion"]
    assert [row["state"] for row in conversion] == ["not_needed"]
    assert [term["term"] for term in conversion[0]["failing"]] == ["not indication_approved_here"]


def test_the_clearance_of_human_genetic_resources_stands_before_its_trial() -> None:
    rows = [row for row in plan_of(DUAL, "US")["gates"] if row["kind"] == "human_genetic_resources"]
    assert [(row["stage"], row["state"], row["before"]) for row in rows] == [("phase_3", "planned", "stage")]
    assert rows[0]["begins"]["p50"] == rows[0]["ends"]["p50"], "a filing alone, no material leaves China"
    leaves = DUAL.replace("conditions: {class_1", "conditions: {hgr_material_leaves_china: true, class_1")
    row = next(row for row in plan_of(leaves, "US")["gates"] if row["kind"] == "human_genetic_resources")
    begins, ends = (date.fromisoformat(row[key]["p50"]) for key in ("begins", "ends"))
    assert ends == due("CN", due("CN", begins, 5, "wd").due, 20, "wd").due


def test_a_trial_without_a_foreign_party_names_the_condition() -> None:
    text = DUAL.replace("conditions: {class_1", "conditions: {foreign_party: false, class_1")
    row = next(row for row in plan_of(text, "US")["gates"] if row["kind"] == "human_genetic_resources")
    assert (row["state"], [term["term"] for term in row["failing"]]) == ("not_needed", ["foreign_party"])


def test_a_gate_that_filings_share_is_a_row_of_each_market() -> None:
    plan = plan_of(DUAL, "CN", "US", "SG", "AU")
    rows = [row for row in plan["gates"] if row["kind"] == "data_export"]
    assert {row["market"] for row in rows} == {"US", "SG", "AU"}
    assert len({row["filing"] for row in rows}) == len(rows) == 3
    (said,) = [row for row in plan["findings"] if row["code"] == "risk.cn.cac.data_export.security_assessment"]
    assert "so do the filings in" in said["message"]


def test_the_day_of_a_filing_is_traced_to_the_length_of_its_dossier() -> None:
    rows = {row["path"]: row for row in example("dual_submission", draws=2_000)["provenance"]}
    assert "dossiers.core.preparation" in rows["milestones.us.filed.p50"]["from"]
