"""Comparison, entrants, translation, burden, white space, matrix, readouts: each by hand or against a kept library."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.utils import median_survival_times

from onepill.core.dates import DAYS_PER_YEAR
from onepill.core.errors import InputError
from onepill.landscape import (
    BurdenTable,
    DrugRow,
    EvidenceRow,
    Readout,
    Support,
    burden_focus,
    compare_origin,
    entrants,
    matrix,
    side_by_side,
    sponsor_concentration,
    tag_agents,
    tag_mix,
    timeline,
    translation,
    white_space,
)
from onepill.landscape.crowding import count
from onepill.landscape.readouts import CAVEAT
from onepill.landscape.translation import approval_curve, reached_years
from tests.landscape.worlds import DAY, approved, ask, drug, many_drugs, many_evidence, seen, world


def _two_sides() -> object:
    drugs = [drug(f"cn{n}", f"T{n}", origin="CN") for n in range(4)] + [
        drug(f"us{n}", "T0", origin="US") for n in range(8)
    ]
    rows = [seen(one.drug_id, "phase_1") for one in drugs[1:]] + [seen("cn0", "phase_3"), seen("nobody", "phase_1")]
    return world(drugs, rows)


def test_china_against_the_rest_counts_each_side_and_leaves_unknown_origins_out() -> None:
    found = compare_origin(_two_sides(), ask(), "CN")  # type: ignore[arg-type]
    assert found.ratios["agents"].value == pytest.approx(4 / 8)
    assert found.ratios["first_in_class"].value is None
    assert found.unknown_origin == 1
    assert found.sides["CN"].measures["programmes"].value == 4
    assert found.sides["rest"].measures["programmes"].value == 8
    ratio = found.ratios["agents"]
    assert ratio.low is not None
    assert ratio.high is not None
    assert 0 < ratio.low < 0.5 < ratio.high


def test_an_origin_that_nobody_has_is_nothing_against_the_rest() -> None:
    found = compare_origin(_two_sides(), ask(), "JP")  # type: ignore[arg-type]
    assert found.ratios["agents"].value == 0
    assert found.sides["JP"].measures["programmes"].value == 0


def test_entrants_by_origin_and_year_of_first_evidence() -> None:
    rows = [
        seen("a", "phase_1", date(2019, 5, 1)),
        seen("a", "phase_2", date(2020, 5, 1)),
        seen("b", "phase_1", date(2020, 1, 1)),
    ]
    found = entrants(world([drug("a", "T", origin="CN")], rows), ask(), first_year=2019)
    assert found.origins == ("CN", "?")
    assert found.years == (2019, 2020, 2021)
    assert found.counts == ((1, 0, 0), (0, 1, 0))


def test_the_tag_mix_leaves_approved_agents_out() -> None:
    found = world([drug("a", "T"), drug("b", "T")], [seen("b", "phase_1")], [approved("a", date(2020, 1, 1))])
    mix = tag_mix(tag_agents(found, ask()))
    assert mix["me_too"].value == 1
    assert mix["me_too"].n == 1


def test_sponsor_concentration_counts_each_drug_of_a_sponsor_once() -> None:
    rows = [
        seen("a", "phase_1", sponsor_id="X"),
        seen("a", "phase_2", sponsor_id="X"),
        seen("b", "phase_1", sponsor_id="Y"),
    ]
    assert sponsor_concentration(world([], rows), ask())["hhi"].value == pytest.approx(0.5)


def test_translation_by_hand() -> None:
    given_world = world(
        [],
        [seen(name, "phase_1", date(2010, 1, 1)) for name in "abcd"],
        [approved("a", date(2014, 1, 1)), approved("only", date(2012, 1, 1))],
    )
    found = translation(given_world, ask(as_of=date(2021, 7, 1)), first_year=2010)
    assert (found.agents, found.approved, found.left_out) == (4, 1, 1)
    assert found.approved_within_years[5].value == pytest.approx(0.25)
    assert found.approved_within_years[15].value is None
    assert found.quarter_years == pytest.approx(4, abs=0.01)


@given(st.lists(st.tuples(st.integers(1, 400), st.booleans()), min_size=1, max_size=60))
def test_the_approval_curve_is_that_of_lifelines(rows: list[tuple[int, bool]]) -> None:
    days, ended = np.array([row[0] for row in rows], dtype=float), np.array([row[1] for row in rows])
    curve = approval_curve(days, ended)
    fitted = KaplanMeierFitter().fit(days, ended).survival_function_["KM_estimate"]
    assert 1 - curve.approved_share == pytest.approx(fitted.loc[np.unique(days)].to_numpy())


@given(st.lists(st.tuples(st.integers(1, 400), st.booleans()), min_size=1, max_size=60))
def test_the_median_and_its_limits_are_those_of_lifelines(rows: list[tuple[int, bool]]) -> None:
    """With limits on the log-log scale; lifelines has none from the step on at which all are approved."""
    days, ended = np.array([row[0] for row in rows], dtype=float), np.array([row[1] for row in rows])
    found = reached_years(approval_curve(days, ended), 0.5)
    fitted = KaplanMeierFitter().fit(days, ended)
    limits = median_survival_times(fitted.confidence_interval_)
    low, high = (float(limits[f"KM_estimate_{side}_0.95"].iloc[0]) for side in ("lower", "upper"))
    survival = fitted.survival_function_["KM_estimate"]
    # lifelines sums logarithms, so that a survival of exactly one half may come out just above it.
    assume(not np.any(np.isclose(survival, 0.5, rtol=0, atol=1e-9)))
    all_approved = float(survival.index[survival == 0].min()) if (survival == 0).any() else np.inf
    assert (np.inf if found.years is None else found.years) == pytest.approx(
        fitted.median_survival_time_ / DAYS_PER_YEAR
    )
    for ours, theirs in ((found.low, low), (found.high, high)):
        if theirs < all_approved:
            assert ours == pytest.approx(theirs / DAYS_PER_YEAR)
        else:
            assert ours is None


DALYS = BurdenTable(
    "World", 2017, {"cancers": 200.0, "cardiovascular": 300.0, "injuries": 500.0}, date(2018, 11, 1), "GBD 2017"
)


def test_research_against_burden_by_hand() -> None:
    found = burden_focus({"cancers": 60, "cardiovascular": 40}, DALYS, as_of=DAY, trials=110, mapped_trials=99)
    by_cause = {row.cause: row for row in found.causes}
    assert by_cause["cancers"].log_ratio == pytest.approx(np.log(0.6 / 0.2))
    assert by_cause["injuries"].log_ratio is None
    assert by_cause["injuries"].low is None
    assert by_cause["injuries"].high is not None
    assert found.causes[0].cause == "injuries"
    assert found.mapped_share == pytest.approx(0.9)
    low, high = by_cause["cancers"].low, by_cause["cancers"].high
    assert low is not None
    assert high is not None
    assert low < np.log(3) < high


@given(st.dictionaries(st.sampled_from(list(DALYS.dalys)), st.integers(1, 500), min_size=1))
def test_shares_of_research_and_burden_sum_to_one(trials: dict[str, int]) -> None:
    found = burden_focus(trials, DALYS, as_of=DAY, trials=1, mapped_trials=1)
    assert sum(row.trial_share for row in found.causes) == pytest.approx(1)
    assert sum(row.daly_share for row in found.causes) == pytest.approx(1)
    assert sum(
        row.daly_share * np.exp(row.log_ratio) for row in found.causes if row.log_ratio is not None
    ) == pytest.approx(1)


@pytest.mark.parametrize(
    ("trials", "as_of", "code"),
    [
        ({"plague": 1}, DAY, "burden.cause_unknown"),
        ({"cancers": -1}, DAY, "burden.numbers"),
        ({}, date(2018, 10, 31), "burden.hindsight"),
    ],
)
def test_burden_refuses_what_it_cannot_answer(trials: dict[str, int], as_of: date, code: str) -> None:
    with pytest.raises(InputError) as failure:
        burden_focus(trials, DALYS, as_of=as_of, trials=1, mapped_trials=1)
    assert failure.value.findings[0].code == code


def support(target: str, indication: str, kind: str = "genetic", known: date = date(2020, 1, 1)) -> Support:
    return Support(target, indication, kind, {"en": "found", "zh": "发现"}, f"source of {target} {kind}", known)  # type: ignore[arg-type]


def test_white_space_lists_supported_pairs_with_few_programmes_and_all_their_evidence() -> None:
    drugs = [drug("a", "T"), drug("b", "T"), drug("c", "U"), *(drug(f"v{n}", "V") for n in range(3))]
    rows = [
        seen("a", "phase_3", indication="E"),
        seen("b", "phase_1", indication="E"),
        seen("c", "phase_1", indication="D"),
    ]
    rows += [seen(f"v{n}", "phase_1", indication="D") for n in range(3)]
    supports = [
        support("T", "D"),
        support("T", "D", "clinical"),
        support("U", "D"),
        support("V", "D"),
        support("W", "D"),
        support("X", "D", known=DAY + timedelta(1)),
    ]
    found = white_space(world(drugs, rows), ask(), supports, at_most=2)
    assert [space.target for space in found] == ["T", "W", "U"]
    first = found[0]
    assert first.kinds == ("clinical", "genetic")
    assert len(first.supports) == 2
    assert first.programmes == ()
    assert [(one.drug_id, one.stage) for one in first.elsewhere] == [("a", "phase_3"), ("b", "phase_1")]
    assert found[2].programmes[0].drug_id == "c"
    assert first.indication_programmes == 4
    assert white_space(world(drugs, rows), ask(indications=("E",)), supports) == ()


def test_the_matrix_counts_programmes_by_stage_and_says_what_it_could_not_place() -> None:
    rows = [seen("a", "phase_1"), seen("a", "phase_2", indication="E"), seen("b", "phase_1"), seen("x", "phase_1")]
    found = matrix(world([drug("a", "T", "U"), drug("b", "T")], rows), ask())
    cells = {(cell.row, cell.column): cell.by_stage for cell in found.cells}
    assert cells == {
        ("T", "D"): {"phase_1": 2},
        ("T", "E"): {"phase_2": 1},
        ("U", "D"): {"phase_1": 1},
        ("U", "E"): {"phase_2": 1},
    }
    assert (found.programmes, found.unplaced) == (4, 1)
    assert found.cells[0].programmes == 2


@given(many_evidence, many_drugs)
def test_cells_of_single_valued_axes_sum_to_the_placed_programmes(
    evidence: list[EvidenceRow], drugs: list[DrugRow]
) -> None:
    found = matrix(world(drugs, evidence), ask(as_of=date(2025, 1, 1)), rows="origin", columns="modality")
    assert sum(cell.programmes for cell in found.cells) == found.programmes - found.unplaced


def test_readouts_stand_side_by_side_with_the_caveat_and_what_differs() -> None:
    rows = [
        Readout("b", "N2", "ORR", 0.3, "share", "NSCLC", "s2", date(2020, 1, 1), 0.2, 0.4, 100),
        Readout("a", "N1", "ORR", 0.4, "share", "CRC", "s1", date(2020, 1, 1), control="docetaxel"),
        Readout("a", "N1", "OS", 12.0, "months", "CRC", "s1", date(2020, 1, 1)),
        Readout("a", "N1", "OS", 14.0, "months", "CRC", "s3", DAY + timedelta(1)),
    ]
    tables = side_by_side(rows, as_of=DAY)
    assert [(table.endpoint, len(table.rows)) for table in tables] == [("ORR", 2), ("OS", 1)]
    assert tables[0].differences == ("population", "control")
    assert [row.drug_id for row in tables[0].rows] == ["a", "b"]
    assert all(table.caveat == CAVEAT for table in tables)
    assert set(CAVEAT) == {"en", "zh"}


def _two_indications() -> object:
    """Drug `a` in D since 2015 and in E since 2020, `b` in E alone, `c` in D alone."""
    rows = [
        seen("a", "phase_3", date(2015, 3, 1), "D"),
        seen("a", "phase_1", date(2020, 4, 1), "E"),
        seen("a", "phase_2", date(2021, 5, 1), "E"),
        seen("b", "phase_1", date(2019, 2, 1), "E"),
        seen("c", "phase_2", date(2018, 1, 1), "D"),
    ]
    return world([drug(name, "T1", origin="CN") for name in "abc"], rows)


def test_an_agent_asked_for_in_an_indication_enters_and_goes_on_there() -> None:
    within = ask(indications=("E",))
    found = entrants(_two_indications(), within, first_year=2015)  # type: ignore[arg-type]
    assert (found.origins, dict(zip(found.years, found.counts[0], strict=True))) == (
        ("CN",),
        {2015: 0, 2016: 0, 2017: 0, 2018: 0, 2019: 1, 2020: 1, 2021: 0},
    )
    ways = timeline(_two_indications(), within)  # type: ignore[arg-type]
    assert [(way.drug_id, [(m.stage, m.day) for m in way.milestones]) for way in ways] == [
        ("a", [("phase_1", "2020-04-01"), ("phase_2", "2021-05-01")]),
        ("b", [("phase_1", "2019-02-01")]),
    ]


@given(many_drugs, many_evidence)
def test_agents_within_all_indications_together_are_those_with_any(
    drugs: list[DrugRow], evidence: list[EvidenceRow]
) -> None:
    """A slow twin: the programmes of each agent in the indications, folded one by one."""
    made = world(drugs, evidence)
    question = ask(indications=("D1", "D2"))
    single, agents = (count(made, question, unit=unit).programmes for unit in ("agent_indication", "agent"))
    expected = {}
    for row in range(len(single)):
        expected.setdefault(int(single.drug[row]), []).append(row)
    assert agents.drug.tolist() == sorted(expected)
    for place, rows in enumerate(expected.values()):
        top = max(single.rank[row] for row in rows)
        assert agents.rank[place] == top
        assert agents.first_seen[place] == min(single.first_seen[row] for row in rows)
        assert agents.reached[place] == min(single.reached[row] for row in rows if single.rank[row] == top)
        assert agents.evidence[place] == sum(single.evidence[row] for row in rows)


def test_an_agent_reached_its_stage_when_it_was_there_not_when_it_began() -> None:
    rows = [seen("a", "phase_1", date(2015, 1, 1), "D"), seen("a", "phase_3", date(2019, 1, 1), "E")]
    agents = count(world([drug("a", "T1")], rows), ask(indications=("D", "E")), unit="agent").programmes
    assert (agents.first_seen[0], agents.reached[0]) == (
        date(2015, 1, 1).toordinal(),
        date(2019, 1, 1).toordinal(),
    )
