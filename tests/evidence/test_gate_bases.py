"""Predicted chances of gates: printed cells, shrinkage, two-way cells of the publications, coverage by simulation."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.core.errors import InputError
from onepill.core.provenance import Source
from onepill.evidence import AREAS, Profile, TransitionCount, gate_base, published_table, registry_table
from onepill.evidence.base_rates import table_document
from onepill.evidence.factors import _span
from onepill.evidence.gate_bases import CROSSING_SD, _deviation
from onepill.evidence.rate_tables import Deviating
from onepill.stats import wilson_interval
from onepill.stats.overlapping_cuts import logit_moments

BIO, WONG = published_table("bio"), published_table("wong")
BIO_CUTS: dict[str, Any] = table_document("bio")["cuts"]
SINGLE = [(cut, level) for cut in BIO_CUTS for level in BIO_CUTS[cut]["levels"]]
AGGREGATES = {"Overall", "All without oncology", "Vaccines (Infectious Disease)"}
AREA = st.sampled_from(AREAS)
LEVELS = {cut: st.sampled_from([None, *BIO_CUTS[cut]["levels"]]) for cut in BIO_CUTS}
PROFILE = st.builds(Profile, area=AREA, **LEVELS)


def single(cut: str, level: str) -> Profile:
    return Profile("oncology" if cut == "oncology_subtype" else "all", **{cut: level})


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("table", [BIO, WONG], ids=["bio", "wong"])
def test_a_prediction_by_area_alone_lies_within_the_printed_cells_interval(table: Any, area: str) -> None:
    for gate in table.gates:
        prob, n = table.rows[table.area_rows[area]][gate]
        low, high = wilson_interval(prob * n, n)
        found = gate_base(Profile(area), gate, table=table)
        assert low <= found.prob <= high
        assert found.low < prob < found.high or n < 60, "small cells are moved by more than their predicted error"


@pytest.mark.parametrize(("cut", "level"), SINGLE)
def test_a_prediction_by_one_other_cut_lies_within_the_printed_cells_interval(cut: str, level: str) -> None:
    if (cut, level) == ("biomarker", "without") or cut == "oncology_subtype":
        pytest.skip("the level of nearly everybody, and cuts of another row, are tested below")
    for gate in BIO.gates:
        prob, n = BIO_CUTS[cut]["levels"][level][gate]
        low, high = wilson_interval(prob * n, n)
        found = gate_base(single(cut, level), gate, table=BIO)
        assert low <= found.prob <= high or n < 20
        between = sorted((prob, BIO.overall[gate][0]))
        assert between[0] - 0.01 <= found.prob <= between[1] + 0.01, "shrunk towards all programmes, never beyond"


def test_large_cells_are_kept_nearly_as_printed() -> None:
    """With 1,732 programmes the printed 24.6 % moves by less than 0.2 points."""
    assert gate_base(Profile("oncology"), "phase_2_to_3", table=BIO).prob == pytest.approx(0.246, abs=0.002)
    assert gate_base(Profile("oncology"), "phase_1_to_2", table=WONG).prob == pytest.approx(0.576, abs=0.001)


def test_car_ts_printed_100_percent_of_four_is_no_certainty() -> None:
    """Figure 10b: filing to approval 100 % of 4, III to filing 66.7 % of 3."""
    found = gate_base(Profile("all", modality="car_t"), "filing_to_approval", table=BIO)
    assert BIO_CUTS["modality"]["levels"]["car_t"]["filing_to_approval"] == [1.0, 4]
    assert found.prob == pytest.approx(0.906, abs=0.01), "four programmes hardly move the rate of all 1,453"
    assert found.high < 0.99
    assert found.n == 4


def test_two_cuts_of_one_kind_of_product_do_not_both_count() -> None:
    """A new small molecule takes the row of new molecules, an antibody its modality's and not that of all biologics."""
    new = gate_base(Profile("oncology", modality="small_molecule", novelty="nme"), "phase_2_to_3", table=BIO)
    assert [use.cut for use in new.cuts] == ["all", "area", "novelty"]
    antibody = Profile("oncology", modality="monoclonal_antibody", novelty="biologic")
    used = gate_base(antibody, "phase_2_to_3", table=BIO).cuts
    assert [use.cut for use in used] == ["all", "area", "modality"]


def test_a_prediction_is_less_than_the_product_of_its_printed_ratios() -> None:
    """Rare and haematology overlap: their odds ratios are not multiplied in full."""
    both = Profile("haematology", prevalence="rare")
    gate = "phase_2_to_3"
    found = gate_base(both, gate, table=BIO)
    odds = {name: p / (1 - p) for name, p in (("all", 0.289), ("area", 0.481), ("rare", 0.446), ("both", found.prob))}
    assert odds["both"] < odds["area"] * odds["rare"] / odds["all"]
    assert found.prob > 0.481, "and yet both speak for it"


def test_rare_disease_of_bio_leaves_oncology_out_and_wongs_orphans_do_not() -> None:
    rare = Profile("oncology", prevalence="rare")
    plain = Profile("oncology")
    assert gate_base(rare, "phase_2_to_3", table=BIO).prob == gate_base(plain, "phase_2_to_3", table=BIO).prob
    assert gate_base(rare, "phase_2_to_3", table=WONG).prob > gate_base(plain, "phase_2_to_3", table=WONG).prob


def test_wong_table_3_biomarker_in_oncology_raises_the_odds_as_printed() -> None:
    """Table 3, oncology: 38.8 % with a biomarker against 20.3 % of all, an odds ratio of 2.49."""
    plain, chosen = (
        gate_base(Profile("oncology", biomarker=level), "phase_2_to_3", table=WONG).prob for level in (None, "with")
    )
    ratio = chosen / (1 - chosen) / (plain / (1 - plain))
    printed = 0.388 / 0.612 / (0.203 / 0.797)
    assert ratio == pytest.approx(printed, rel=0.03), "742 programmes leave a shrinkage of 2 %"


def test_the_error_of_a_level_among_its_reference_is_that_of_simulated_counts() -> None:
    """Half of 400 programmes: the level's deviation from all varies half as much as the level itself."""
    rng = np.random.default_rng(6)
    inside, outside = rng.binomial(200, 0.4, 20_000), rng.binomial(200, 0.4, 20_000)
    logits = [np.log((won + 0.5) / (n - won + 0.5)) for won, n in ((inside, 200), (inside + outside, 400))]
    simulated = float(np.var(logits[0] - logits[1]))
    _, variance = _deviation(Deviating((0.4, 200.0), (0.4, 400.0)))
    assert variance == pytest.approx(simulated, rel=0.05), "four standard errors of a variance of 20,000 draws"


def by_hand(area: str, transition: str, cut: str, level: str, overlap: float) -> tuple[float, float]:
    """Two cuts of BIO pooled with numpy alone: log-odds and standard deviation."""
    overall = BIO.overall[transition]
    centre, centre_variance = logit_moments(overall[0] * overall[1], overall[1])
    deviations, errors, spreads, rests = [], [], [], []
    for name, key in (("area", BIO.area_rows[area]), (cut, level)):
        levels = BIO.cuts[name].population[transition]
        moments = {k: logit_moments(v.cell[0] * v.cell[1], v.cell[1]) for k, v in levels.items()}
        shares = {k: v.cell[1] / overall[1] for k, v in levels.items()}
        tau = np.linspace(0, 2, 4_001)
        weight = np.exp(-0.5 * (tau / 0.5) ** 2)
        for k, (mean, variance) in moments.items():
            total = tau**2 * (1 - shares[k]) ** 2 + variance * (1 - shares[k])
            weight = weight * np.exp(-0.5 * (mean - centre) ** 2 / total) / np.sqrt(total)
        deviations.append(moments[key][0] - centre)
        errors.append(moments[key][1] * (1 - shares[key]))
        spreads.append(float(weight @ tau**2 / weight.sum()) * (1 - shares[key]) ** 2)
        rests.append(1 - shares[key])
    shared = overlap * min(spreads)
    true = np.array([[spreads[0], shared], [shared, spreads[1]]])
    weights = np.linalg.solve(true + np.diag(errors), spreads)
    left = np.array(spreads) @ np.linalg.solve(true, spreads) - weights @ np.array(spreads)
    crossing = 0.54**2 * rests[0] * rests[1]
    return centre + float(weights @ np.array(deviations)), float(centre_variance + left + crossing) ** 0.5


@pytest.mark.parametrize(
    ("area", "cut", "level", "overlap"),
    [
        ("haematology", "prevalence", "rare", 0.3),
        ("oncology", "novelty", "nme", 0.3),
        ("neurology", "modality", "antisense", 0.3),
        ("oncology", "biomarker", "with", 0.0),
    ],
)
@pytest.mark.parametrize("transition", BIO.gates)
def test_two_cuts_are_pooled_as_written_out_by_hand(
    area: str, cut: str, level: str, overlap: float, transition: str
) -> None:
    found = gate_base(Profile(area, **{cut: level}), transition, table=BIO)
    log_odds, sd = by_hand(area, transition, cut, level, overlap)
    assert found.log_odds == pytest.approx(log_odds, abs=2e-3), "two grids of the spread"
    assert found.sd == pytest.approx(sd, abs=2e-3)


def test_a_cell_printed_within_its_area_is_crossed_already() -> None:
    """Wong prints oncology with a biomarker: its interval is the cell's own, narrower than a sum of BIO's margins."""
    found = [gate_base(Profile("oncology", biomarker="with"), "phase_2_to_3", table=table) for table in (WONG, BIO)]
    assert found[0].sd < 0.1
    assert found[1].sd > 0.3


def crossed_cells() -> list[tuple[float, float, float]]:
    """Wong's two-way cells: distance from the sum of their margins, its error, and the share factor."""
    cuts, rows, found = table_document("wong")["cuts"], table_document("wong")["rows"], []
    for level, reference in (
        (cuts["biomarker"]["levels"]["with"], cuts["biomarker"]["reference"]),
        (cuts["prevalence"]["levels"]["rare"], rows),
    ):
        for row, gates in ((row, gates) for row, gates in level.items() if row not in AGGREGATES):
            for gate, (prob, n) in gates.items():
                cell, error = logit_moments(prob * n, n)
                area, margin, everybody = (
                    logit_moments(p * m, m)[0]
                    for p, m in (reference[row][gate], level["Overall"][gate], reference["Overall"][gate])
                )
                shares = reference[row][gate][1], level["Overall"][gate][1]
                factor = np.prod([1 - share / reference["Overall"][gate][1] for share in shares])
                found.append((cell - area - margin + everybody, error, float(factor)))
    return found


def test_the_spread_of_crossed_cells_is_the_most_likely_one_for_wongs_tables_3_and_4() -> None:
    gaps, errors, factors = np.array(crossed_cells()).T
    grid = np.linspace(0, 2, 2_001)
    totals = np.outer(grid**2, factors) + errors
    likelihood = -0.5 * np.sum(np.log(totals) + gaps**2 / totals, axis=1)
    inside = grid[likelihood > likelihood.max() - 1.92]
    assert len(gaps) == 44
    assert grid[likelihood.argmax()] == pytest.approx(CROSSING_SD, abs=0.005)
    assert (inside.min(), inside.max()) == pytest.approx((0.37, 0.79), abs=0.01)


def simulated_world(seed: int, spread: float, crossing: float) -> tuple[list[TransitionCount], np.ndarray]:
    """Counts of a world whose cells are area + modality + crossing on log-odds, and its true cells."""
    rng = np.random.default_rng(seed)
    areas, modalities = AREAS[:10], [f"kind_{i}" for i in range(6)]
    true = -0.5 + rng.normal(0, spread, (10, 1)) + rng.normal(0, spread, (1, 6)) + rng.normal(0, crossing, (10, 6))
    counts = []
    for (i, area), (j, kind) in itertools.product(enumerate(areas), enumerate(modalities)):
        for first, last in (("phase_1", "phase_2"), ("phase_2", "phase_3"), ("phase_3", "approval")):
            n = int(rng.integers(20, 200))
            won = int(rng.binomial(n, 1 / (1 + np.exp(-true[i, j]))))
            counts.append(TransitionCount(first, last, area, kind, won, n))
    return counts, true


@pytest.mark.parametrize("crossing", [0.0, CROSSING_SD], ids=["additive", "crossed"])
def test_intervals_cover_the_true_cells_of_simulated_worlds(crossing: float) -> None:
    """At least 92 % of 1,200 cells, and all but sure cover where the world is plainer than the model allows for."""
    covered = []
    for seed in range(20):
        counts, true = simulated_world(seed, 0.35, crossing)
        table = registry_table(counts, source=Source("simulated"))
        for (i, area), j in itertools.product(enumerate(AREAS[:10]), range(6)):
            found = gate_base(Profile(area, modality=f"kind_{j}"), "phase_2_to_3", table=table)
            covered.append(found.low <= 1 / (1 + np.exp(-true[i, j])) <= found.high)
    assert len(covered) == 1_200
    assert np.mean(covered) >= 0.92
    assert np.mean(covered) <= 0.99 or crossing == 0.0


@given(PROFILE, st.sampled_from(BIO.gates))
def test_limits_enclose_every_chance(profile: Profile, gate: str) -> None:
    found = gate_base(profile, gate, table=BIO)
    assert 0 < found.low < found.prob < found.high < 1
    assert found.sd > 0
    assert found.n >= 1


@given(PROFILE, st.sampled_from(BIO.gates))
def test_a_cut_left_out_is_a_cut_not_known(profile: Profile, gate: str) -> None:
    cuts = frozenset({"modality", "novelty", "biomarker", "prevalence", "oncology_subtype", "area"})
    assert profile.without(cuts) == Profile(profile.area)
    alone = gate_base(profile.without(cuts), gate, table=BIO)
    assert alone == gate_base(Profile(profile.area), gate, table=BIO)


def test_registry_counts_make_a_table_of_their_own() -> None:
    counts = [
        TransitionCount("phase_1", "phase_2", "oncology", "small_molecule", 50, 100),
        TransitionCount("phase_2", "phase_3", "oncology", "small_molecule", 30, 100),
        TransitionCount("phase_3", "approval", "oncology", "", 5, 10),
        TransitionCount("phase_2", "phase_3", "neurology", "small_molecule", 10, 100),
    ]
    table = registry_table(counts, source=Source("counted"))
    assert table.overall == {
        "phase_1_to_2": (0.5, 100.0),
        "phase_2_to_3": (0.2, 200.0),
        "phase_3_to_approval": (0.5, 10.0),
    }
    by_area = [gate_base(Profile(area), "phase_2_to_3", table=table).prob for area in ("oncology", "neurology")]
    assert 0.1 < by_area[1] < 0.2 < by_area[0] < 0.3
    assert (
        gate_base(Profile("allergy"), "phase_2_to_3", table=table).note == "no finished programme of its own: all areas"
    )
    # Neurology has ended programmes in phase 2 alone.
    lacking = gate_base(Profile("neurology"), "phase_1_to_2", table=table)
    assert lacking.note == "no finished programme of its own at this step: all areas"


@pytest.mark.parametrize("approved", [0, 10])
def test_a_known_fact_counts_on_counts_without_a_success_or_a_failure(approved: int) -> None:
    counts = [
        TransitionCount("phase_1", "phase_2", "oncology", "", 5, 10),
        TransitionCount("phase_2", "phase_3", "oncology", "", 3, 10),
        TransitionCount("phase_3", "approval", "oncology", "", approved, 10),
    ]
    reference = registry_table(counts, source=Source("counted")).overall
    for factor in ("genetic_support", "breakthrough"):
        assert 0 < _span(factor, reference, 0.0) < _span(factor, reference, 0.5) < 1


@pytest.mark.parametrize(
    ("count", "code"),
    [
        (TransitionCount("phase_1", "phase_2", "oncology", "", 5, 3), "registry_rates.counts"),
        (TransitionCount("phase_1", "phase_3", "oncology", "", 1, 3), "registry_rates.counts"),
        (TransitionCount("phase_1", "phase_2", "dermatology", "", 1, 3), "registry_rates.counts"),
        (TransitionCount("phase_1", "phase_2", "oncology", "", 1, 3), "registry_rates.empty"),
    ],
)
def test_impossible_counts_are_an_input_error(count: TransitionCount, code: str) -> None:
    with pytest.raises(InputError) as caught:
        registry_table([count], source=Source("counted"))
    assert caught.value.findings[0].code == code


@pytest.mark.parametrize(
    ("profile", "gate", "code"),
    [
        (Profile("dermatology"), "phase_1_to_2", "area.unknown"),
        (Profile("oncology"), "phase_3_to_approval", "base_rate.transition"),
    ],
)
def test_what_a_table_does_not_hold_is_an_input_error(profile: Profile, gate: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        gate_base(profile, gate, table=BIO)
    assert caught.value.findings[0].code == code


def _theirs(shared: Path, name: str) -> Any:
    return json.loads((shared / "data/success" / name).read_text(encoding="utf-8"))


BIO_NAMES = {
    "modality": {"car_t": "CAR-T", "sirna": "siRNA/RNAi", "monoclonal_antibody": "Monoclonal antibody",
                 "antibody_drug_conjugate": "ADCs", "gene_therapy": "Gene therapy", "vaccine": "Vaccine",
                 "protein": "Protein", "peptide": "Peptide", "small_molecule": "Small molecule",
                 "antisense": "Antisense"},
    "novelty": {"nme": "NME", "biologic": "Biologic", "vaccine": "Vaccine", "non_nme": "Non-NME",
                "biosimilar": "Biosimilar"},
    "biomarker": {"with": "with_biomarker", "without": "without_biomarker"},
    "prevalence": {"rare": "rare_disease", "chronic_high_prevalence": "chronic_high_prevalence"},
    "oncology_subtype": {"haematologic": "hematologic", "solid": "solid_tumor", "immuno_oncology": "immuno_oncology"},
}  # fmt: skip
BIO_TABLES = {"biomarker": "preselection_biomarker", "prevalence": "rare_and_chronic"}


@pytest.mark.parametrize("cut", BIO_NAMES)
def test_every_cell_of_bios_cuts_is_that_of_the_transcription(shared: Path, cut: str) -> None:
    theirs = _theirs(shared, "bio_qls_2011_2020.json")["tables"][BIO_TABLES.get(cut, cut)]
    keys = ("phase1_to_2", "phase2_to_3", "phase3_to_filing", "filing_to_approval")
    expected = {
        ours: {
            gate: [theirs["rows"][name][k]["pos"], theirs["rows"][name][k]["n"]]
            for gate, k in zip(BIO.gates, keys, strict=True)
        }
        for ours, name in BIO_NAMES[cut].items()
    }
    assert BIO_CUTS[cut]["levels"] == expected
    assert set(theirs["rows"]) == set(BIO_NAMES[cut].values())
    assert BIO_CUTS[cut]["place"] == theirs["figure"]


def test_every_cell_of_wongs_tables_3_and_4_is_that_of_the_paper(shared: Path) -> None:
    theirs, ours = _theirs(shared, "wong_siah_lo_2019.json"), table_document("wong")["cuts"]
    keys = {
        "pos1_2": ("phase_1_to_2", "phase1"),
        "pos2_3": ("phase_2_to_3", "phase2"),
        "pos3_app": ("phase_3_to_approval", "phase3"),
    }

    def cells(row: Any, counts: str) -> dict[str, list[float]]:
        return {
            gate: [row[key], row[counts][phase]]
            for key, (gate, phase) in keys.items()
            if row[key] is not None and row[counts][phase]
        }

    three = {name: row for name, row in theirs["table3_biomarker"].items() if isinstance(row, dict)}
    for level, name in (("with", "with_biomarker"), ("without", "no_biomarker")):
        assert ours["biomarker"]["levels"][level] == {
            row: cells(found[name], "total_transitions") for row, found in three.items()
        }
    assert ours["biomarker"]["reference"] == {
        row: cells(found["all"], "total_transitions") for row, found in three.items()
    }
    four = {name: row for name, row in theirs["table4_orphan"].items() if isinstance(row, dict)}
    expected = {name.replace("All except", "All without"): cells(row, "total_paths") for name, row in four.items()}
    assert ours["prevalence"]["levels"]["rare"] == expected


def test_printed_likelihoods_of_bios_cuts_are_the_products_of_their_gates() -> None:
    """Figures 10b and 11: every printed likelihood of approval, to its last digit and the rounding of four factors."""
    for cut in ("modality", "biomarker"):
        for level, printed in BIO_CUTS[cut]["printed"].items():
            for span, value in printed.items():
                first = next(gate for gate in BIO.gates if gate.startswith(span.partition("_to_")[0]))
                gates = BIO.gates[BIO.gates.index(first) :]
                product = np.prod([BIO_CUTS[cut]["levels"][level][gate][0] for gate in gates])
                assert product == pytest.approx(value, abs=0.0015)
