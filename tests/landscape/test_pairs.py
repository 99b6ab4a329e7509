"""Pairs of target and indication against a slow twin; failures and approvals in white space, by hand."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings

from onepill.landscape import DrugRow, EvidenceRow, Failure, Support, build_world, white_space
from onepill.landscape.crowding import count
from onepill.landscape.pairs import beside, drugs_shown, pair_stands, targets_by_drug
from onepill.landscape.stages import LADDER, rank_of
from onepill.landscape.trials import trials_by_group
from tests.landscape.worlds import DAY, approved, ask, drug, many_drugs, many_evidence, seen, world

SAID = {"en": "said", "zh": "称"}


def support(target: str, indication: str, **more: object) -> Support:
    kind = more.pop("kind", "drug_list")
    return Support(target, indication, kind, SAID, "list:1", date(2020, 1, 1), **more)  # type: ignore[arg-type]


def failure(target: str, indication: str, known: date = date(2020, 1, 1)) -> Failure:
    return Failure(target, indication, "gone", 2019, "efficacy", "program-death", "graph:gone", known)


@given(drugs=many_drugs, evidence=many_evidence)
@settings(max_examples=60, deadline=None)
def test_the_furthest_of_each_pair_is_that_of_a_slow_twin(drugs: list[DrugRow], evidence: list[EvidenceRow]) -> None:
    found = build_world(drugs, evidence)
    counted = count(found, ask(), unit="agent_indication")
    best: dict[tuple[str, str], list[tuple[int, str]]] = {}
    programmes = counted.programmes
    for place in range(len(programmes)):
        code, indication = int(programmes.drug[place]), int(programmes.indication[place])
        targets = int(counted.classes.target_set[code])
        for name in counted.classes.sets[targets] if targets >= 0 and indication >= 0 else ():
            row = (int(programmes.rank[place]), found.drugs[code])
            best.setdefault((name, found.indications[indication]), []).append(row)
    twin = {
        pair: (LADDER[max(rows)[0]], len(rows)) for pair, rows in best.items() if max(rows)[0] >= rank_of("phase_2")
    }
    stands = pair_stands(found, ask())
    assert {(one.target, one.indication_id): (one.stage, one.drugs) for one in stands} == twin
    for one in stands:
        rows = [row for row in evidence if row.record_id == one.record_id and row.drug_id == one.drug_id]
        assert any(rank_of(row.stage) == rank_of(one.stage) for row in rows)
        assert one.reached <= DAY


def test_a_phase_4_trial_is_told_from_an_approval() -> None:
    found = world([drug("a", "T"), drug("b", "U")], [seen("a", "phase_4")], [approved("b", date(2019, 1, 1))])
    stands = {one.target: one for one in pair_stands(found, ask())}
    assert (stands["T"].stage, stands["T"].by_phase_4) == ("approval", True)
    assert (stands["U"].stage, stands["U"].by_phase_4) == ("approval", False)


def test_filters_on_origin_and_target_count_and_that_on_indication_does_not() -> None:
    found = world(
        [drug("a", "T", origin="CN"), drug("b", "U", origin="US")], [seen("a", "phase_2"), seen("b", "phase_2")]
    )
    assert {one.target for one in pair_stands(found, ask(origins=("CN",)))} == {"T"}
    assert {one.target for one in pair_stands(found, ask(targets=("T",)))} == {"T"}
    assert {one.target for one in pair_stands(found, ask(indications=("E",)))} == {"T", "U"}
    assert drugs_shown(found, ask(origins=("CN",))) == {"a"}
    assert drugs_shown(found, ask(modalities=("antibody",))) == set()
    assert targets_by_drug(found, ask()) == {"a": ("T",), "b": ("U",)}


def test_conditions_beside_share_the_heading_right_above() -> None:
    assert beside([("a", "top"), ("b", "top"), ("c", "other"), ("d", ""), ("e", "")]) == {
        "a": ("b",),
        "b": ("a",),
        "c": (),
        "d": (),
        "e": (),
    }


def test_a_pair_that_failed_or_is_approved_comes_last_and_says_so() -> None:
    supports = [support(one, "D", in_pair=one == "OK", drug_id="x", approved=one == "OK") for one in ("A", "B", "OK")]
    failures = [failure("A", "D"), failure("B", ""), failure("B", "E"), failure("A", "D", DAY + timedelta(1))]
    found = white_space(world([], []), ask(), supports, failures=failures)
    assert [(one.target, one.approved_here, one.failed_here) for one in found] == [
        ("B", False, False),
        ("OK", True, False),
        ("A", False, True),
    ]
    assert [one.indication_id for one in found[0].failures] == [""]
    assert len(found[2].failures) == 1


def test_a_drug_that_only_a_list_tells_of_counts_once_among_those_in_the_pair() -> None:
    rows = [seen("a", "phase_1"), seen("b", "phase_1")]
    supports = [support("T", "D", drug_id=one, in_pair=True) for one in ("a", "c", "c")]
    supports.append(support("T", "D", kind="related_condition", drug_id="z"))
    found = world([drug(one, "T") for one in "ab"], rows)
    assert white_space(found, ask(), supports, at_most=2) == ()
    (space,) = white_space(found, ask(), supports, at_most=3)
    assert (space.drugs, space.listed) == (3, ("c",))


@given(drugs=many_drugs, evidence=many_evidence)
@settings(max_examples=60, deadline=None)
def test_what_is_near_a_pair_is_that_of_a_slow_twin(drugs: list[DrugRow], evidence: list[EvidenceRow]) -> None:
    found = build_world(drugs, evidence)
    counted = count(found, ask(), unit="agent_indication")
    rows = []
    for place in range(len(counted.programmes)):
        drug_code, indication = int(counted.programmes.drug[place]), int(counted.programmes.indication[place])
        targets = int(counted.classes.target_set[drug_code])
        names = counted.classes.sets[targets] if targets >= 0 else ()
        condition = found.indications[indication] if indication >= 0 else ""
        rows.append((found.drugs[drug_code], names, condition, LADDER[int(counted.programmes.rank[place])]))
    supports = [support(target, condition) for target in ("T1", "T2") for condition in ("D1", "D2", "D9")]
    for space in white_space(found, ask(), supports, at_most=1000):
        on_target = [row for row in rows if space.target in row[1]]
        here = {(drug_id, stage) for drug_id, _, condition, stage in on_target if condition == space.indication_id}
        assert {(one.drug_id, one.stage) for one in space.programmes} == here
        others = sorted((LADDER.index(row[3]) for row in on_target if row[2] != space.indication_id), reverse=True)
        assert [LADDER.index(one.stage) for one in space.elsewhere] == others[:5]
        assert space.target_programmes == len(on_target)
        assert space.indication_programmes == sum(row[2] == space.indication_id for row in rows)
        assert space.drugs == len({drug_id for drug_id, _ in here})


@given(drugs=many_drugs, evidence=many_evidence)
@settings(max_examples=60, deadline=None)
def test_trials_by_group_are_those_of_a_slow_twin(drugs: list[DrugRow], evidence: list[EvidenceRow]) -> None:
    found, group_of = build_world(drugs, evidence), {"D1": "g", "D2": "h"}
    biosimilar = count(found, ask(), unit="agent").classes.biosimilar
    left_out = {found.drugs[code] for code in range(len(found.drugs)) if biosimilar[code]}
    is_trial = [row for row in evidence if row.stage not in ("approval", "withdrawal")]
    events = found.events
    known = {
        (found.drugs[int(events.drug[row])], found.records[int(events.record[row])])
        for row in range(len(events.drug))
        if events.counted_from[row] <= DAY.toordinal() and events.investigated[row]
    }
    rows = [
        row for row in is_trial if (row.drug_id, row.record_id) in known and row.drug_id not in left_out
        and row.role == "investigated" and _counts(row)
    ]  # fmt: skip
    counts = trials_by_group(found, ask(), group_of)
    assert counts.trials == len({row.record_id for row in rows})
    for group, condition in (("g", "D1"), ("h", "D2")):
        assert counts.by_group[group] == len({row.record_id for row in rows if row.indication_id == condition})
    assert counts.grouped == len({row.record_id for row in rows if row.indication_id})


def _counts(row: EvidenceRow) -> bool:
    from onepill.landscape.stages import period_end

    posted = period_end(row.known_on, row.known_precision)
    happened = posted if row.day is None else period_end(row.day, row.day_precision)
    return max(posted, happened) <= DAY
