import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onepill.core.errors import InputError
from onepill.evidence import AREAS, STAGE_KINDS, default_duration

UNTIMED = ("preclinical", "bridging", "dose_optimisation", "post_marketing", "other")


@pytest.fixture(scope="module")
def packaged() -> Any:
    text = files("onepill.evidence").joinpath("data/stage_durations.json").read_text(encoding="utf-8")
    return json.loads(text)


def test_the_packaged_file_is_what_the_registry_files_give(shared: Path, repository: Path) -> None:
    from tools.build_durations import render

    packaged = (repository / "src/onepill/evidence/data/stage_durations.json").read_text(encoding="utf-8")
    assert render(shared / "data", retrieved=json.loads(packaged)["retrieved"]) == packaged


@pytest.mark.parametrize("kind", sorted(set(STAGE_KINDS) - set(UNTIMED)))
@pytest.mark.parametrize("area", AREAS)
def test_every_phase_and_area_has_a_default_with_its_sample(kind: str, area: str, packaged: Any) -> None:
    default = default_duration(kind, area)
    assert default is not None
    assert default.n >= packaged["smallest_cell"]["trials"]
    assert default.n >= default.events >= packaged["smallest_cell"]["ended"]
    days = [value for _, value in default.quantiles]
    assert days == sorted(days)
    assert default.median_low_days is not None
    assert default.median_high_days is not None
    median = dict(default.quantiles)[0.5]
    assert default.median_low_days <= median <= default.median_high_days
    assert default.distribution.quantile(np.array([0.5]))[0] == median
    assert default.source.url == "https://clinicaltrials.gov"
    assert default.source.date in {row["date"] for row in packaged["sources"]}
    assert default.grade == "derived"


@pytest.mark.parametrize("kind", UNTIMED)
def test_no_default_where_registries_hold_no_phase(kind: str) -> None:
    assert default_duration(kind, "oncology") is None


def test_the_narrowest_cell_wins() -> None:
    default = default_duration("phase_2", "infectious_disease")
    assert default is not None
    assert default.cell == "phase_2/infectious_disease"
    assert "instead" not in default.note


def test_a_small_cell_falls_back_to_the_phase_without_oncology_and_says_so(packaged: Any) -> None:
    assert packaged["too_small"]["phase_3/metabolic"] < packaged["smallest_cell"]["trials"]
    default = default_duration("phase_3", "metabolic")
    assert default is not None
    assert default.cell == "phase_3/without_oncology"
    assert "no cell phase_3/metabolic of 50 trials; phase_3/without_oncology is used instead" in default.note


def test_a_combined_phase_takes_the_later_phase_of_the_same_area() -> None:
    default = default_duration("phase_1_2", "oncology")
    assert default is not None
    assert default.cell == "phase_2/oncology"
    assert "phase_2/oncology is used instead" in default.note


def test_the_note_says_how_many_ended_at_primary_completion(packaged: Any) -> None:
    cell = packaged["cells"]["phase_3/oncology"]
    default = default_duration("phase_3", "oncology")
    assert default is not None
    expected = (
        f"{cell['n']} trials in patients, {cell['events']} ended, {cell['to_primary_completion']} of them to primary"
    )
    assert expected in default.note


def test_a_quantile_that_the_data_does_not_reach_is_left_out(packaged: Any) -> None:
    unreached = [name for name, cell in packaged["cells"].items() if None in cell["quantiles_days"]]
    assert "phase_2/neurology" in unreached
    default = default_duration("phase_2", "neurology")
    assert default is not None
    assert [prob for prob, _ in default.quantiles] == [0.05, 0.1, 0.25, 0.5, 0.75, 0.9]
    # Flat beyond the last quantile that is known.
    assert default.distribution.quantile(np.array([0.99]))[0] == default.quantiles[-1][1]


def test_counts_of_every_cell_agree(packaged: Any) -> None:
    for cell in packaged["cells"].values():
        assert cell["events"] + cell["censored"] == cell["n"]
        assert sum(cell["files"].values()) == sum(cell["areas"].values()) == cell["n"]
        assert cell["terminated"] <= cell["censored"]
        assert cell["to_primary_completion"] <= cell["events"]


def test_unknown_kind_and_area_are_input_errors() -> None:
    with pytest.raises(InputError, match="phase_4") as caught:
        default_duration("phase_4", "oncology")
    assert caught.value.findings[0].code == "stage.kind_unknown"
    with pytest.raises(InputError, match="dermatology") as caught:
        default_duration("phase_3", "dermatology")
    assert caught.value.findings[0].code == "area.unknown"


def test_the_method_page_prints_the_packaged_cells(repository: Path, packaged: Any) -> None:
    page = (repository / "docs/methods/stage-durations.md").read_text(encoding="utf-8")
    printed = [line for line in page.splitlines() if line.startswith("| phase_")]
    assert printed == [_page_row(name, cell) for name, cell in packaged["cells"].items()]


def _page_row(name: str, cell: Any) -> str:
    columns = [
        name,
        cell["basis"],
        cell["n"],
        f"{cell['events']} ({cell['to_primary_completion']})",
        cell["terminated"],
        cell["start_years"][1],
        *(f"{days:,}" for days in cell["quantiles_days"][1:6]),
        "{:,} to {:,}".format(*cell["median_95_days"]),
        f"{cell['median_if_terminated_ended_days']:,}",
    ]
    return f"| {' | '.join(map(str, columns))} |"
