"""The faces of the rulebook: its list, its coverage, its policies and the founding figures."""

from __future__ import annotations

import json
from datetime import date

import pytest

from onepill.rulebook import Rulebook, coverage, load_rulebook, rules_list
from onepill.rulebook.packs import compile_packs, parse_pack

PACK = """
onepill_pack: 1
jurisdiction: XX
sources: {law: {title: The law, retrieved: "2026-11-21"}}
rules:
  xx.sourced:
    topic: review
    unit: months
    versions: [{from: "2020-01-01", value: 6, source_grade: official, source: law}]
  xx.lore: {topic: fees, unit: USD, versions: [{attested: ["2020-01-01"], value: 6, source_grade: unverified}]}
  xx.gone: {topic: ethics, absent: {checked: "2026-10-01", note: not found}}
absent_topics: [{topic: filing, checked: "2026-09-01", note: nothing}]
procedures:
  xx.review: {topic: review, name: review, per: filing, grants: approval, steps: [{id: submission, by: applicant}]}
"""
LISTED = {"id", "jurisdiction", "kind", "unit", "nature", "until", "versions", "variants", "topic", "name"}
VERSION = {"announced", "from", "attested", "until", "value", "source_grade", "source", "status"}


def test_rules_list_has_the_contracts_keys_and_is_plain_json() -> None:
    rows = json.loads(json.dumps(rules_list(load_rulebook())))
    ids = [row["id"] for row in rows]
    assert ids == sorted(set(ids))
    assert len(ids) > 250
    for row in rows:
        assert set(row) >= LISTED, row["id"]
        for version in row["versions"] + [v for variant in row["variants"] for v in variant["versions"]]:
            assert set(version) >= VERSION, row["id"]
            source = version["source"]
            assert source is None or set(source) == {"title", "url", "date", "retrieved"}
    assert {row["kind"] for row in rows} == {"rule", "procedure"}


def test_rules_list_keeps_what_the_pack_says_of_the_thirty_day_channel() -> None:
    row = next(r for r in rules_list(load_rulebook()) if r["id"] == "cn.nmpa.clinical_trial_application.review")
    channel = next(v for v in row["variants"] if v["id"] == "thirty_day_channel")
    assert (channel["versions"][0]["from"], channel["versions"][0]["value"]) == ("2025-09-12", 30)
    assert (row["nature"], row["until"], row["versions"][-1]["source"]["url"]) == (
        "limit",
        None,
        "http://english.nmpa.gov.cn/2022-06/30/c_785628_8.htm",
    )


def test_coverage_tells_complete_partial_absent_and_missing_apart() -> None:
    book = Rulebook(compile_packs([parse_pack(PACK, file="xx.yaml")]).encode())
    states = {row.topic: row for row in coverage(book)}
    assert (states["review"].state, states["review"].checked, states["review"].procedures) == (
        "complete",
        "2026-11-21",
        1,
    )
    assert (states["fees"].state, states["fees"].by_grade) == ("partial", {"unverified": 1})
    assert (states["ethics"].state, states["ethics"].checked) == ("absent", "2026-10-01")
    assert (states["filing"].state, states["filing"].note) == ("absent", "nothing")
    assert states["decision"].state == "missing"
    assert "performance" not in states


def test_the_hash_changes_with_the_rulebook() -> None:
    one, other = (
        compile_packs([parse_pack(PACK.replace("value: 6", v), file="xx.yaml")]) for v in ("value: 6", "value: 7")
    )
    assert Rulebook(one.encode()).hash != Rulebook(other.encode()).hash
    assert len(load_rulebook().hash) == 64


def test_loading_twice_gives_the_same_object_and_entries_are_made_once() -> None:
    book = load_rulebook()
    assert load_rulebook() is book
    assert book.rule("cn.nmpa.decision") is book.rule("cn.nmpa.decision")


def test_a_word_has_its_jurisdictions_meaning() -> None:
    book = load_rulebook()
    chinese, american = book.term("supplement", "CN"), book.term("supplement", "US")
    assert chinese is not None
    assert american is not None
    assert chinese.answered_by == "filings.CN.route"
    assert american.answered_by == "filings.US.route"
    assert book.term("no_such_word") is None


# Shanghai's measures


def test_shanghai_measures_that_act_on_clocks_of_kankan_news_2024_07_31() -> None:
    measures = {m.id.rpartition(".")[2]: m for m in load_rulebook().policy("cn.shanghai.2024").measures}
    acts = {
        name: (m.effect.on, m.effect.target, m.effect.verb, m.effect.value) for name, m in measures.items() if m.effect
    }
    assert acts["trial_start_up_25_weeks"] == ("span", "trial_start_up", "cap", "25 weeks")
    assert acts["ethics_3_weeks"] == ("span", "ethics", "cap", "3 weeks")
    assert acts["trial_application_30wd"] == ("rule", "cn.nmpa.clinical_trial_application.review", "cap", "30 wd")
    assert acts["supplement_60wd"] == ("rule", "cn.nmpa.supplement.review", "cap", "60 wd")


@pytest.mark.parametrize(("phase", "cap"), [(1, "10 MCNY"), (2, "20 MCNY"), (3, "30 MCNY")])
def test_shanghai_phase_subsidies_of_cailian_press_2024_07_30(phase: int, cap: str) -> None:
    measure = load_rulebook().policy("cn.shanghai.2024").measure(f"cn.shanghai.2024.phase_{phase}_subsidy")
    assert measure.effect is not None
    assert (measure.effect.value["rate"], measure.effect.value["cap"]) == (0.4, cap)
    assert measure.effect.value["entity_cap_per_year"] == "100 MCNY"


def test_shanghai_validity_and_the_measures_that_are_not_captured() -> None:
    policy = load_rulebook().policy("cn.shanghai.2024")
    assert (policy.announced, policy.first, policy.last) == (date(2024, 7, 30), date(2024, 8, 1), date(2029, 7, 31))
    assert policy.measures_in_document == 37
    assert "37 measures" in policy.not_captured["en"]
    assert "37条" in policy.not_captured["zh"]
    assert {measure.aspect for measure in policy.measures} == set(range(1, 9))


def test_a_measure_has_an_effect_with_a_baseline_or_says_why_not() -> None:
    for policy in load_rulebook().policies():
        for measure in policy.measures:
            assert (measure.effect and measure.baseline) or measure.not_quantified_reason, measure.id
            assert measure.uptake is None or 0 <= measure.uptake <= 1


def test_a_target_leaves_its_uptake_to_the_programme() -> None:
    targets = [m for m in load_rulebook().policy("cn.shanghai.2024").measures if m.is_target and m.effect]
    assert len(targets) == 4
    assert all(m.uptake is None and m.uptake_note for m in targets)


# The founding documents


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("licence_outs_2020", 62),
        ("licence_outs_2020_returned", 25),
        ("first_in_class_cn", 1775),
        ("first_in_class_us", 4511),
        ("oncology_trials_2024", 2162),
        ("oncology_trial_share", 0.41),
        ("licence_out_total_2025_usd", 130_000_000_000),
        ("pipeline_share_cn", 0.3),
        ("innovative_approvals_2025", 76),
        ("innovative_approvals_2023", 35),
        ("innovative_drugs_to_2023", 169),
        ("shanghai.trial_start_up", 25),
        ("shanghai.ethics", 3),
        ("shanghai.trial_application", 30),
        ("shanghai.supplement", 60),
        ("shanghai.measures", 37),
        ("shanghai.aspects", 8),
        ("shanghai.industry_2021_cny", 761_700_000_000),
        ("shanghai.industry_2023_cny", 933_700_000_000),
        ("roadshow_selected", 9),
    ],
)
def test_the_founding_documents_figures(name: str, value: float) -> None:
    assert load_rulebook().rule(f"founding.{name}").on(date(2026, 11, 21)).value == value


def test_conflicting_counts_stand_beside_the_figure_and_are_never_used() -> None:
    rule = load_rulebook().rule("founding.licence_outs_2020")
    assert [(v.value, v.body) for v in rule.beside] == [(39, "PharmExec / Collabrium")]
    assert rule.on(date(2026, 11, 21)).version.body.startswith("VBData")


def test_the_return_share_is_25_of_62() -> None:
    book, day = load_rulebook(), date(2026, 11, 21)
    returned, deals = (book.rule(f"founding.licence_outs_2020{end}").on(day).value for end in ("_returned", ""))
    # Four decimals, as keyed.
    assert book.rule("founding.licence_outs_2020_return_share").on(day).value == pytest.approx(
        returned / deals, abs=5e-5
    )
