"""Tags by hand: ties, coverage, switches, and the words of the reasons."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from onepill.landscape import (
    DiscontinuationRow,
    DrugRow,
    EvidenceRow,
    Reason,
    Switches,
    World,
    build_world,
    check_question,
    explain,
    firsts,
    landscape,
    tag_agents,
    tag_counts,
    timeline,
)
from onepill.landscape.reasons import NAMED
from onepill.landscape.tables import TAG_NAMES
from onepill.landscape.tags import MINIMUM_COVERAGE
from tests.landscape.worlds import DAY, approved, ask, drug, seen, world


def reasons(given: World, **more: object) -> dict[str, Reason]:
    question = more.pop("question", ask())
    return {one.drug_id: one for one in explain(given, tag_agents(given, question, **more))}  # type: ignore[arg-type]


TWO = world([drug("lead", "T"), drug("late", "T")], [seen("lead", "phase_3"), seen("late", "phase_1")])


def test_the_furthest_agent_of_a_novel_class_is_first_in_class_and_the_other_follows() -> None:
    found = reasons(TWO)
    assert found["lead"].tag == "first_in_class"
    assert found["late"].tag == "fast_follower"
    assert "others are further, at phase 3: lead" in found["late"].text["en"]
    assert "更领先者（三期）：lead" in found["late"].text["zh"]
    assert found["late"].evidence == ("late-phase_1-D-2020-01-01", "lead-phase_3-D-2020-01-01")


def test_an_approval_turns_a_follower_into_a_me_too_on_its_day_and_not_before() -> None:
    day = date(2021, 7, 1)
    given = world([drug("lead", "T"), drug("late", "T")], [seen("late", "phase_1")], [approved("lead", day)])
    before = reasons(given, question=ask(as_of=day - timedelta(1)))
    on = reasons(given, question=ask(as_of=day))
    assert before["late"].tag == "first_in_class"
    assert on["late"].tag == "me_too"
    assert on["late"].class_first_approval == "2021-07-01"
    assert on["lead"].tag == "approved"
    assert on["lead"].opens_class


def test_drugs_of_another_mechanism_or_modality_are_another_class() -> None:
    given = world(
        [drug("pill", "T"), drug("antibody", "T", modality="antibody"), drug("agonist", "T", mechanism="agonist")],
        [seen("pill", "phase_1"), seen("antibody", "phase_2"), seen("agonist", "phase_1")],
        [approved("antibody", date(2020, 6, 1))],
    )
    assert reasons(given)["pill"].tag == "first_in_class"
    by_mechanism = ask(switches=Switches(class_by="target_mechanism"))
    assert reasons(given, question=by_mechanism)["pill"].tag == "me_too"
    assert reasons(given, question=by_mechanism)["agonist"].tag == "first_in_class"
    assert reasons(given, question=ask(switches=Switches(class_by="target")))["agonist"].tag == "me_too"


def test_all_tied_agents_lead_unless_only_the_earliest_shall() -> None:
    given = world(
        [drug("early", "T"), drug("same", "T"), drug("later", "T")],
        [
            seen("early", "phase_2", date(2018, 1, 1)),
            seen("same", "phase_2", date(2018, 1, 1)),
            seen("later", "phase_2", date(2019, 1, 1)),
        ],
    )
    assert {one.tag for one in reasons(given).values()} == {"first_in_class"}
    earliest = {name: one.tag for name, one in reasons(given, ties="earliest_leads").items()}
    assert earliest == {"early": "first_in_class", "same": "first_in_class", "later": "fast_follower"}
    assert "others reached this stage before" in reasons(given, ties="earliest_leads")["later"].text["en"]


def test_below_the_minimum_coverage_nobody_is_first_but_followers_and_me_toos_stay() -> None:
    unknown = [seen(f"u{number}", "phase_1") for number in range(3)]
    rows = [seen("lead", "phase_3"), seen("late", "phase_1"), *unknown]
    drugs = [drug("lead", "T"), drug("late", "T")]
    tags = tag_agents(world(drugs, rows), ask())
    assert tags.coverage == pytest.approx(0.4)
    assert tag_counts(tags) == {
        "first_in_class": 0,
        "fast_follower": 1,
        "me_too": 0,
        "combination": 0,
        "unknown": 4,
        "approved": 0,
    }
    reason = reasons(world(drugs, rows))["lead"]
    assert "only 40% of agents have a known class; below 80% nobody" in reason.text["en"]
    assert reasons(world(drugs, rows), minimum_coverage=0.4)["lead"].tag == "first_in_class"


def test_minimum_coverage_lies_at_or_below_that_of_the_studies_that_define_the_tags_nrdd_2022_2024() -> None:
    tagged_2021, tagged_2024 = (418 + 473 + 923) / 2251, (836 + 1053 + 1803) / 4391
    assert MINIMUM_COVERAGE <= tagged_2021 < tagged_2024


def test_an_unmapped_indication_gives_no_tag_within_indications() -> None:
    given = world([drug("A", "T"), drug("B", "T")], [seen("A", "phase_1", indication=""), seen("B", "phase_1")])
    within = reasons(given, within_indication=True)
    assert within["A"].tag == "unknown"
    assert within["A"].text["en"].endswith("Its indication is not mapped.")
    assert within["B"].tag == "first_in_class"


def test_a_class_approved_elsewhere_is_still_novel_within_another_indication() -> None:
    given = world(
        [drug("old", "T"), drug("new", "T")],
        [seen("new", "phase_2", indication="E")],
        [approved("old", date(2019, 1, 1), indication="D")],
    )
    assert reasons(given)["new"].tag == "me_too"
    assert reasons(given, within_indication=True)["new"].tag == "first_in_class"


def test_fixed_dose_combinations_and_unknown_targets_are_apart() -> None:
    both = drug("both", "T", "U", fixed_combination=True)
    found = reasons(
        world([both, drug("one", "T")], [seen("both", "phase_3"), seen("one", "phase_1"), seen("x", "phase_1")])
    )
    assert found["both"].tag == "combination"
    assert found["x"].tag == "unknown"
    assert found["x"].class_name == ""


@pytest.mark.parametrize(
    ("switches", "row", "drugs"),
    [
        (Switches(academic=False), seen("lead", "phase_3", sponsor_class="academic"), [drug("lead", "T")]),
        (Switches(combination_arms=False), seen("lead", "phase_3", combination=True), [drug("lead", "T")]),
        (Switches(biosimilars=False), seen("lead", "phase_3"), [drug("lead", "T", biosimilar=True)]),
        (Switches(phase_4_is_approval=False), seen("lead", "phase_4"), [drug("lead", "T")]),
    ],
)
def test_what_a_switch_leaves_out_leads_nobody(switches: Switches, row: EvidenceRow, drugs: list[DrugRow]) -> None:
    given = world([*drugs, drug("other", "T")], [row, seen("other", "phase_1")])
    assert reasons(given, question=ask(switches=switches))["other"].tag == "first_in_class"
    everything = ask(switches=Switches(biosimilars=True))
    assert reasons(given, question=everything)["other"].tag != "first_in_class"


def test_cell_therapies_can_be_left_out() -> None:
    given = world([drug("car", "CD19", modality="cell_therapy")], [seen("car", "phase_1")])
    assert set(reasons(given)) == {"car"}
    assert not reasons(given, question=ask(switches=Switches(cell_therapies=False)))


def test_an_agent_that_was_given_up_leads_nobody_until_it_is_taken_up_again() -> None:
    stopped, resumed = date(2020, 6, 1), date(2021, 3, 1)
    rows = [seen("lead", "phase_3"), seen("late", "phase_1"), seen("lead", "phase_1", resumed)]
    given = build_world(
        [drug("lead", "T"), drug("late", "T")], rows, discontinuations=[DiscontinuationRow("lead", stopped, "PR")]
    )
    days = [stopped - timedelta(1), stopped, resumed - timedelta(1), resumed]
    found = [reasons(given, question=ask(as_of=day)) for day in days]
    assert [one["late"].tag for one in found] == ["fast_follower", "first_in_class", "first_in_class", "fast_follower"]
    assert ["lead" in one for one in found] == [True, False, False, True]
    same_day = build_world([drug("lead", "T")], rows, discontinuations=[DiscontinuationRow("lead", resumed, "PR")])
    assert "lead" not in reasons(same_day, question=ask(as_of=resumed))
    kept = ask(as_of=stopped, switches=Switches(discontinued=True))
    assert reasons(given, question=kept)["late"].tag == "fast_follower"


def test_an_approved_drug_stays_though_its_further_development_was_given_up() -> None:
    given = build_world(
        [drug("old", "T"), drug("new", "T")],
        [seen("new", "phase_1")],
        [approved("old", date(2019, 1, 1))],
        discontinuations=[DiscontinuationRow("old", date(2020, 1, 1), "PR")],
    )
    assert reasons(given)["new"].tag == "me_too"


def test_comparators_and_background_drugs_are_no_programmes() -> None:
    rows = [seen("A", "phase_3", role=role) for role in ("comparator", "background", "placebo", "other")]
    assert not reasons(world([drug("A", "T")], rows))


def test_filters_choose_who_is_shown_and_never_who_leads() -> None:
    given = world(
        [drug("us", "T", origin="US"), drug("cn", "T", origin="CN")], [seen("us", "phase_3"), seen("cn", "phase_1")]
    )
    assert {name: one.tag for name, one in reasons(given, question=ask(origins=("CN",))).items()} == {
        "cn": "fast_follower"
    }
    assert set(reasons(given, question=ask(targets=("T",)))) == {"us", "cn"}
    assert not reasons(given, question=ask(targets=("U",)))
    assert not reasons(given, question=ask(modalities=("antibody",)))


def test_an_annotation_counts_from_its_day_unless_hindsight_is_asked_for() -> None:
    given = world([drug("A", "T", known_on=DAY + timedelta(1))], [seen("A", "phase_1")])
    assert reasons(given)["A"].tag == "unknown"
    assert reasons(given, question=ask(switches=Switches(annotation_hindsight=True)))["A"].tag == "first_in_class"


def test_a_later_annotation_replaces_an_earlier_one() -> None:
    given = world([drug("A", "T"), drug("A", "U", known_on=date(2021, 1, 1))], [seen("A", "phase_1")])
    assert reasons(given)["A"].class_name == "U inhibitor small_molecule"
    assert reasons(given, question=ask(as_of=date(2020, 12, 31)))["A"].class_name == "T inhibitor small_molecule"


def test_records_of_one_day_are_named_in_the_same_order_however_they_came() -> None:
    rows = [seen("A", "phase_1", record_id=record) for record in ("N2", "N1", "N3")]
    for ordered in (rows, rows[::-1]):
        assert reasons(world([drug("A", "T")], ordered))["A"].evidence == ("N1", "N2", "N3")


def test_targets_of_a_group_make_one_class() -> None:
    given = world([drug("one", "PDCD1"), drug("two", "CD274")], [seen("one", "phase_3"), seen("two", "phase_1")])
    grouped = ask(switches=Switches(target_groups={"PDCD1": "PD-1/PD-L1", "CD274": "PD-1/PD-L1"}))
    assert reasons(given)["two"].tag == "first_in_class"
    assert reasons(given, question=grouped)["two"].tag == "fast_follower"


def test_a_long_list_of_leaders_is_cut_with_its_number() -> None:
    names = [f"d{number}" for number in range(NAMED + 3)]
    given = world([drug(name, "T") for name in names], [seen(name, "phase_1") for name in names])
    text = reasons(given)["d0"].text
    assert text["en"].endswith("d5 and 2 more.")
    assert text["zh"].endswith(f"等 {NAMED + 2} 个。")


def test_the_answer_lists_sponsors_origin_coverage_and_counts_beyond_the_limit() -> None:
    given = world(
        [drug("A", "T", origin="CN"), drug("B", "T")],
        [seen("A", "phase_2", sponsor_id="X"), seen("A", "phase_1", sponsor_id="Y"), seen("B", "phase_1")],
    )
    answer = landscape(given, ask(), limit=1)
    assert [row.drug_id for row in answer.programmes] == ["A"]
    assert answer.programmes[0].sponsors == ("X", "Y")
    assert answer.programmes[0].origin == "CN"
    assert sum(answer.tag_counts.values()) == 2
    assert answer.coverage.origin_share == 0.5
    assert answer.world_coverage == 1.0


def test_a_filter_that_nothing_has_is_warned_of_with_near_names() -> None:
    given = world([drug("A", "PDCD1", origin="CN")], [seen("A", "phase_1", indication="melanoma")])
    question = ask(targets=("PDCD2", "PDCD1"), indications=("melanom",), origins=("XX",))
    found = {finding.path: finding for finding in check_question(given, question)}
    assert set(found) == {"targets", "indications", "origins"}
    assert found["targets"].hint == "did you mean PDCD1?"
    assert found["origins"].severity == "warning"
    grouped = ask(targets=("PD-1/PD-L1",), switches=Switches(target_groups={"PDCD1": "PD-1/PD-L1"}))
    assert check_question(given, grouped) == []


def test_firsts_lists_the_members_of_every_tag_and_says_what_it_counts() -> None:
    found = firsts(TWO, ask())
    assert found.members["first_in_class"] == ("lead",)
    assert found.members["fast_follower"] == ("late",)
    assert found.counts["me_too"] == 0
    assert found.mix["first_in_class"].value == 0.5
    assert found.kind["en"] == "agents at early phase 1 or further, a stock on 2021-07-01"
    assert found.kind["zh"] == "2021-07-01 处于早期一期及以上阶段的药物存量"
    assert "at approval or further" in firsts(TWO, ask(min_stage="phase_4")).kind["en"]
    assert set(found.members) == set(TAG_NAMES)


def test_the_timeline_shows_each_rise_once_on_its_day_with_its_records() -> None:
    rows = [
        seen("a", "phase_2", date(2019, 1, 1), record_id="N2"),
        seen("a", "phase_1", date(2018, 1, 1), record_id="N1"),
        seen("a", "phase_1", date(2020, 1, 1), record_id="N3"),
        seen("a", "phase_3", DAY + timedelta(1), record_id="N4"),
        seen("b", "phase_3", date(2020, 1, 1), record_id="N5", role="comparator"),
    ]
    (way,) = timeline(world([], rows), ask())
    assert [(one.stage, one.day, one.records) for one in way.milestones] == [
        ("phase_1", "2018-01-01", ("N1",)),
        ("phase_2", "2019-01-01", ("N2",)),
    ]
