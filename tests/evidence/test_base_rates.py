import json
from pathlib import Path
from typing import Any

import pytest

from onepill.core.errors import InputError
from onepill.evidence import (
    AREAS,
    TABLES,
    base_rate,
    cumulative_to_approval,
    gates_for,
    printed_cumulative,
    table_about,
)
from onepill.evidence.base_rates import _document
from onepill.model.schema import AREAS as MODEL_AREAS
from onepill.stats import wilson_interval

BIO_GATES = ("phase_1_to_2", "phase_2_to_3", "phase_3_to_filing", "filing_to_approval")
PRINTED_SPANS = ("phase_1_to_approval", "phase_2_to_approval", "phase_3_to_approval")
# Half a unit of the last printed digit of each rate, through the product of up to four, and of the printed sum itself.
BIO_TOLERANCE = 0.001


def test_bio_2021_figure_1_all_indications() -> None:
    found = [(base_rate("all", gate).prob, base_rate("all", gate).n) for gate in BIO_GATES]
    assert found == [(0.520, 4414), (0.289, 4933), (0.578, 1928), (0.906, 1453)]


def test_wong_2019_table_2_oncology() -> None:
    gates = ("phase_1_to_2", "phase_2_to_3", "phase_3_to_approval")
    found = [(rate.prob, rate.n) for rate in (base_rate("oncology", gate, table="wong") for gate in gates)]
    assert found == [(0.576, 17368), (0.327, 6533), (0.355, 1236)]
    assert [base_rate("oncology", gate, table="wong_lead").prob for gate in gates] == [0.787, 0.539, 0.485]


def test_wong_2019_overall_phase_2_is_the_tables_and_not_the_running_texts() -> None:
    # The text prints 58.3 %, which is the infectious-disease row.
    assert base_rate("all", "phase_2_to_3", table="wong").prob == 0.486
    assert base_rate("infectious_disease", "phase_2_to_3", table="wong").prob == 0.583


@pytest.mark.parametrize("area", AREAS)
def test_bio_2021_figure_5b_printed_likelihood_is_the_product_of_its_gates(area: str) -> None:
    for start, span in zip(("phase_1", "phase_2", "phase_3"), PRINTED_SPANS, strict=True):
        printed = printed_cumulative(area, span)
        assert cumulative_to_approval(start, area).prob == pytest.approx(printed, abs=BIO_TOLERANCE)


@pytest.mark.parametrize("area", AREAS)
def test_bio_2021_transitions_sum_to_the_printed_count(area: str) -> None:
    total = sum(base_rate(area, gate).n or 0 for gate in BIO_GATES)
    assert total == printed_cumulative(area, "n")


@pytest.mark.parametrize("table", ["wong", "wong_lead"])
def test_wong_2019_approvals_are_the_same_counted_from_phase_2_and_from_phase_3(table: str) -> None:
    for row, gates in _document()["tables"][table]["rows"].items():
        prob, paths = gates["phase_3_to_approval"]
        from_phase_2 = _document()["tables"][table]["printed"][row]["phase_2_to_approval"] * gates["phase_2_to_3"][1]
        # Each rate is rounded to 0.0005, so that each count may be off by that share of its paths.
        assert prob * paths == pytest.approx(from_phase_2, abs=0.0005 * (paths + gates["phase_2_to_3"][1]))


@pytest.mark.parametrize("table", ["wong", "wong_lead"])
def test_wong_2019_printed_overall_rate_leaves_paths_in_progress_out_of_its_denominator(table: str) -> None:
    """Why the product of the gates is above the printed rate: the relation that docs/methods/base-rates.md states."""
    for row, gates in _document()["tables"][table]["rows"].items():
        (p12, n1), (p23, n2), (p3a, n3) = gates.values()
        in_progress = (p12 * n1 - n2) + (p23 * n2 - n3)
        printed = _document()["tables"][table]["printed"][row]["phase_1_to_approval"]
        # Printed to 0.001; the one row beyond its rounding is the lead-indication total, 0.216 against 0.2143.
        assert p3a * n3 / (n1 - in_progress) == pytest.approx(printed, abs=0.002)
        assert p12 * p23 * p3a > printed


def test_wilson_limits_come_from_the_printed_share_and_n() -> None:
    rate = base_rate("urology", "phase_2_to_3")
    assert (rate.low, rate.high) == wilson_interval(0.150 * 40, 40)
    assert (rate.prob, rate.n, rate.grade) == (0.150, 40, "secondary")


def test_a_printed_100_percent_is_no_certainty() -> None:
    rate = base_rate("allergy", "filing_to_approval")
    assert (rate.prob, rate.n, rate.high) == (1.0, 20, 1.0)
    # Newcombe 1998, table 1: none of 20 gives an upper limit of 0.1611, and 20 of 20 mirrors it.
    assert rate.low == pytest.approx(1 - 0.1611, abs=5e-5)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("area", AREAS)
def test_every_area_has_every_gate_of_every_table(area: str, table: str) -> None:
    for gate in gates_for(table):
        rate = base_rate(area, gate, table=table)
        assert rate.low is not None
        assert rate.high is not None
        assert rate.n is not None
        assert 0 < rate.low <= rate.prob <= rate.high <= 1
        assert rate.n > 0
        assert rate.source.url.startswith("https://")


def test_the_areas_are_those_of_the_programme_file_and_all() -> None:
    assert set(AREAS) == {*MODEL_AREAS, "all"}


def test_an_area_without_a_row_of_its_own_says_which_row_stands_in() -> None:
    rate = base_rate("respiratory", "phase_1_to_2", table="wong")
    assert (rate.area_used, rate.prob) == ("All without oncology", 0.730)
    assert rate.note == "no row of its own: all areas without oncology"
    assert base_rate("psychiatry", "phase_1_to_2", table="wong").note.startswith("one row for the central nervous")
    assert base_rate("oncology", "phase_1_to_2", table="wong").note == ""


def test_gates_of_each_table() -> None:
    assert gates_for("bio") == BIO_GATES
    assert gates_for("wong") == gates_for("wong_lead") == ("phase_1_to_2", "phase_2_to_3", "phase_3_to_approval")


def test_each_table_says_how_it_counts() -> None:
    assert table_about("bio")["counting"].startswith("phase by phase")
    assert table_about("wong")["counting"].startswith("path by path")
    assert "hindsight" in table_about("wong_lead")["note"]


@pytest.mark.parametrize(
    ("area", "transition", "table", "code"),
    [
        ("dermatology", "phase_1_to_2", "bio", "area.unknown"),
        ("oncology", "phase_1_to_2", "dimasi", "base_rate.table"),
        ("oncology", "phase_3_to_approval", "bio", "base_rate.transition"),
        ("oncology", "filing_to_approval", "wong", "base_rate.transition"),
    ],
)
def test_what_no_table_holds_is_an_input_error_with_the_choices(
    area: str, transition: str, table: str, code: str
) -> None:
    with pytest.raises(InputError) as caught:
        base_rate(area, transition, table=table)
    assert caught.value.findings[0].code == code
    assert caught.value.findings[0].hint


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_every_bio_cell_is_that_of_the_transcription(shared: Path) -> None:
    theirs = _json(shared / "data/success/bio_qls_2011_2020.json")
    rows = {"All indications": theirs["tables"]["all"]["rows"]["all_indications"], **theirs["tables"]["area"]["rows"]}
    keys = ("phase1_to_2", "phase2_to_3", "phase3_to_filing", "filing_to_approval")
    expected = {
        row: {ours: [cells[key]["pos"], cells[key]["n"]] for ours, key in zip(BIO_GATES, keys, strict=True)}
        for row, cells in rows.items()
    }
    assert _document()["tables"]["bio"]["rows"] == expected
    printed = _document()["tables"]["bio"]["printed"]
    for row, cells in theirs["published_loa"]["fig5b_loa"].items():
        name = "All indications" if row == "all_indications" else row
        assert list(printed[name].values()) == [cells[key] for key in ("phase1", "phase2", "phase3", "filing", "n")]


@pytest.mark.parametrize(("table", "block"), [("wong", "all_indications"), ("wong_lead", "lead_indications")])
def test_every_wong_cell_is_that_of_the_paper(shared: Path, table: str, block: str) -> None:
    theirs = _json(shared / "data/success/wong_siah_lo_2019.json")["table2_therapeutic_group"][block]
    ours = _document()["tables"][table]
    assert set(ours["rows"]) == set(theirs)
    for row, cells in theirs.items():
        paths = cells["total_paths"]
        assert ours["rows"][row] == {
            "phase_1_to_2": [cells["pos1_2"], paths["phase1"]],
            "phase_2_to_3": [cells["pos2_3"], paths["phase2"]],
            "phase_3_to_approval": [cells["pos3_app"], paths["phase3"]],
        }
        assert ours["printed"][row] == {"phase_1_to_approval": cells["loa"], "phase_2_to_approval": cells["pos2_app"]}
