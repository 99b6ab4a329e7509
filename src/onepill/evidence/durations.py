"""How long one trial of a phase takes, from first day to readout, as public registries show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from onepill.core.distributions import Distribution, empirical
from onepill.core.errors import InputError
from onepill.core.provenance import Grade, Source
from onepill.evidence.areas import AREAS
from onepill.evidence.gates import STAGE_KINDS

_LATER_PHASE = {"phase_1_2": "phase_2", "phase_2_3": "phase_3"}


@dataclass(frozen=True)
class DurationDefault:
    """A default for the duration of a stage of one trial.

    Attributes:
        distribution: days from start to readout, straight lines between the quantiles, flat beyond them.
        n, events: trials of the cell, and how many of them had ended; the rest are censored.
        quantiles: `(cumulative probability, days)`; a quantile that the data does not reach is left out.
        median_low_days, median_high_days: 95 % limits of the median; None where the data does not reach one.
        cell: `phase/area` that was used, wider than asked where the own cell is too small.
        source: the registry files with their days.
        grade: always `derived`: computed by tools/build_durations.py.
        note: the endpoint, the fallback if one was taken, and what the number is not.
    """

    distribution: Distribution
    n: int
    events: int
    quantiles: tuple[tuple[float, float], ...]
    median_low_days: float | None
    median_high_days: float | None
    cell: str
    source: Source
    grade: Grade
    note: str


def default_duration(kind: str, area: str) -> DurationDefault | None:
    """The duration of a trial of this kind and area, from the narrowest cell that holds enough trials.

    The order is: phase and area; the phase without oncology (for areas other than oncology); the whole phase. A
    combined phase has no cell of its own and takes the later phase's, which probably understates it.

    Returns:
        The default, or None for a kind without a phase of its own (`preclinical`, `bridging`, `dose_optimisation`,
        `post_marketing`, `other`): the caller must have a value.

    Raises:
        InputError: an unknown kind or area.
    """
    if kind not in STAGE_KINDS:
        raise _unknown("stage.kind_unknown", "stage kind", kind, STAGE_KINDS)
    if area not in AREAS:
        raise _unknown("area.unknown", "area", area, AREAS)
    cells = _document()["cells"]
    name = next((name for name in _cell_names(kind, area) if name in cells), None)
    return None if name is None else _from_cell(name, asked=f"{kind}/{area}")


def _cell_names(kind: str, area: str) -> Iterator[str]:
    """From the narrowest cell to the widest; names that no data stands behind are among them."""
    for phase in (kind, _LATER_PHASE.get(kind)):
        if phase is None:
            continue
        yield f"{phase}/{area}"
        if area not in ("oncology", "all"):
            yield f"{phase}/without_oncology"
        yield f"{phase}/all"


def _from_cell(name: str, *, asked: str) -> DurationDefault:
    document = _document()
    cell = document["cells"][name]
    quantiles = tuple(
        (prob, float(days))
        for prob, days in zip(document["probs"], cell["quantiles_days"], strict=True)
        if days is not None
    )
    low, high = cell["median_95_days"]
    return DurationDefault(
        distribution=empirical(*zip(*quantiles, strict=True)),
        n=cell["n"],
        events=cell["events"],
        quantiles=quantiles,
        median_low_days=low,
        median_high_days=high,
        cell=name,
        source=_source(cell),
        grade="derived",
        note=_note(cell, name=name, asked=asked),
    )


def _note(cell: dict[str, Any], *, name: str, asked: str) -> str:
    parts = [
        f"one trial from start to readout, not the gaps between trials; {cell['n']} trials in patients, "
        f"{cell['events']} ended, {cell['to_primary_completion']} of them to primary completion and the rest to study "
        "completion, which is later"
    ]
    if name != asked:
        parts.append(f"no cell {asked} of {_document()['smallest_cell']['trials']} trials; {name} is used instead")
    return "; ".join(parts)


def _source(cell: dict[str, Any]) -> Source:
    used = [row for row in _document()["sources"] if row["file"] in cell["files"]]
    return Source(
        title="ClinicalTrials.gov, industry drug trials, files of " + ", ".join(row["date"] for row in used),
        url="https://clinicaltrials.gov",
        date=max(row["date"] for row in used),
        retrieved=_document()["retrieved"],
    )


def _unknown(code: str, what: str, value: str, choices: tuple[str, ...]) -> InputError:
    return InputError.single(code, f"no {what} {value!r}", hint=f"choose {', '.join(choices)}", value=value)


@cache
def _document() -> dict[str, Any]:
    # Imported here so that importing the package costs nothing until a duration is asked for.
    import json
    from importlib.resources import files

    text = files("onepill.evidence").joinpath("data/stage_durations.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
