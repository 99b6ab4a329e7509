import pytest

from onepill.core.errors import InputError
from onepill.evidence import (
    AREAS,
    OTHER_TABLE,
    STAGE_KINDS,
    TABLES,
    approval,
    base_rate,
    check_prob,
    counterpart,
    cumulative_to_approval,
    other_table_prob,
    stage_success,
)
from onepill.model.schema import STAGE_KINDS as MODEL_KINDS

GATED = ("phase_1", "phase_1_2", "phase_2", "phase_2_3", "phase_3")


def _prob(kind: str, area: str, *, table: str) -> float:
    rate = stage_success(kind, area, table=table)
    assert rate is not None
    return rate.prob


def test_bio_phase_3_ends_at_filing_and_leaves_approval_to_each_filing() -> None:
    stage, filing = stage_success("phase_3", "oncology"), approval("oncology")
    assert stage is not None
    assert filing is not None
    assert (stage.prob, stage.quantity) == (0.477, "phase_3_to_filing")
    assert (filing.prob, filing.n, filing.quantity) == (0.920, 324, "filing_to_approval")


def test_wong_phase_3_ends_at_approval_and_its_filings_are_1() -> None:
    stage, filing = stage_success("phase_3", "oncology", table="wong"), approval("oncology", table="wong")
    assert stage is not None
    assert filing is not None
    assert (stage.prob, stage.quantity, stage.note) == (0.355, "phase_3_to_approval", "includes filing and approval")
    assert (filing.prob, filing.n, filing.low, filing.high) == (1.0, None, None, None)
    assert "included" in filing.note


def test_wong_has_no_rate_for_a_filing_without_a_phase_3_ahead() -> None:
    assert approval("oncology", table="wong", phase_3_ahead=False) is None
    filing = approval("oncology", table="bio", phase_3_ahead=False)
    assert filing is not None
    assert filing.prob == 0.920


@pytest.mark.parametrize("kind", sorted(set(STAGE_KINDS) - set(GATED)))
def test_a_kind_outside_the_three_phases_has_no_published_gate(kind: str) -> None:
    for table in TABLES:
        assert stage_success(kind, "oncology", table=table) is None
        assert counterpart(kind, "oncology", table=table) is None
        assert other_table_prob(kind, "oncology", table=table) is None


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("area", AREAS)
def test_a_combined_phase_is_worth_its_two_phases_in_a_row(area: str, table: str) -> None:
    phase_1, phase_2, phase_3 = (_prob(kind, area, table=table) for kind in ("phase_1", "phase_2", "phase_3"))
    assert _prob("phase_1_2", area, table=table) == pytest.approx(phase_1 * phase_2, rel=1e-12)
    assert _prob("phase_2_3", area, table=table) == pytest.approx(phase_2 * phase_3, rel=1e-12)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("area", AREAS)
def test_the_gates_of_a_plan_multiply_to_the_cumulative_rate(area: str, table: str) -> None:
    filing = approval(area, table=table)
    assert filing is not None
    product = filing.prob
    for kind in ("phase_3", "phase_2", "phase_1"):
        product *= _prob(kind, area, table=table)
        assert product == pytest.approx(cumulative_to_approval(kind, area, table=table).prob, rel=1e-12)


def test_a_combined_phase_carries_the_smaller_n_and_a_wider_interval() -> None:
    rate = stage_success("phase_2_3", "urology")
    phase_2 = base_rate("urology", "phase_2_to_3")
    assert rate is not None
    assert rate.low is not None
    assert rate.high is not None
    assert phase_2.low is not None
    assert phase_2.high is not None
    assert (rate.n, rate.grade, rate.quantity) == (13, "derived", "phase_2_to_filing")
    assert rate.formula == "phase_2_to_3 x phase_3_to_filing"
    assert rate.low / rate.prob < phase_2.low / phase_2.prob
    assert rate.high / rate.prob > phase_2.high / phase_2.prob


def test_phase_1_and_2_compare_gate_with_gate() -> None:
    pair = counterpart("phase_1", "cardiovascular")
    assert pair is not None
    assert (pair.quantity, pair.own.prob, pair.other.prob) == ("phase_1_to_2", 0.500, 0.733)


def test_phase_3_compares_to_approval_in_both_tables() -> None:
    pair = counterpart("phase_3", "all")
    assert pair is not None
    # BIO prints 52.4 %, the rounded product of 57.8 % and 90.6 %.
    assert (pair.quantity, round(pair.own.prob, 3), pair.other.prob) == ("phase_3_to_approval", 0.524, 0.590)
    assert other_table_prob("phase_3", "all") == 0.590
    assert other_table_prob("phase_3", "all", table="wong") == pytest.approx(0.578 * 0.906, rel=1e-12)


def test_a_filing_has_no_counterpart() -> None:
    assert counterpart("filing", "oncology") is None
    assert counterpart("filing", "oncology", table="wong") is None


@pytest.mark.parametrize("kind", GATED)
@pytest.mark.parametrize("table", TABLES)
def test_a_counterpart_never_mixes_tables(kind: str, table: str) -> None:
    pair = counterpart(kind, "neurology", table=table)
    assert pair is not None
    assert (pair.own.table, pair.other.table) == (table, OTHER_TABLE[table])
    assert pair.own.quantity == pair.other.quantity == pair.quantity


def test_the_printed_cumulative_rate_stands_beside_the_product() -> None:
    rate = cumulative_to_approval("phase_1", "oncology", table="wong")
    assert round(rate.prob, 3) == 0.067
    assert rate.note == "the publication prints 3.4%"
    assert cumulative_to_approval("phase_3", "oncology", table="wong").grade == "secondary"


def test_the_kinds_are_those_of_the_programme_file() -> None:
    assert set(STAGE_KINDS) == set(MODEL_KINDS)


def test_unknown_kinds_are_input_errors() -> None:
    for ask in (stage_success, counterpart, cumulative_to_approval):
        with pytest.raises(InputError, match="phase_4"):
            ask("phase_4", "oncology")


@pytest.mark.parametrize(
    ("prob", "codes"),
    [
        (-0.01, ["prob.out_of_range"]),
        (0.0, ["prob.certain"]),
        (0.43, ["prob.outside_base_rate"]),
        (0.44, []),
        (0.52, []),
        (0.53, ["prob.outside_base_rate"]),
        (1.0, ["prob.certain"]),
        (1.2, ["prob.out_of_range"]),
    ],
)
def test_a_stated_chance_is_held_against_its_range_and_base_rate(prob: float, codes: list[str]) -> None:
    # Oncology, phase 3 to filing: 47.7 % of 495, 95 % from 43.3 to 52.1 %.
    rate = base_rate("oncology", "phase_3_to_filing")
    found = check_prob(prob, rate=rate, path="development.pivotal.success_prob")
    assert [finding.code for finding in found] == codes
    assert all(finding.path == "development.pivotal.success_prob" and finding.hint for finding in found)


def test_a_stated_chance_without_a_base_rate_is_only_held_against_its_range() -> None:
    assert check_prob(0.99, rate=None, path="x") == []
    included = approval("oncology", table="wong")
    assert check_prob(0.5, rate=included, path="x") == []
