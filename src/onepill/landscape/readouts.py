"""Competitors' readouts side by side, never without the warning that trials are not compared by their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

CAVEAT = {
    "en": "These numbers come from different trials. Patients, doses, control arms, endpoints and follow-up differ, so "
    "that a difference between rows is no evidence of a difference between drugs; only a randomised comparison is.",
    "zh": "以上数字来自不同的试验，患者、剂量、对照、终点和随访各不相同；行与行之间的差异不能证明药物之间的差异，"
    "只有随机对照比较才可以。",
}
DIFFERENCES = ("population", "control", "time_frame", "statistic")


@dataclass(frozen=True)
class Readout:
    """One published result of one trial arm.

    Attributes:
        endpoint: as the trial names it. unit: of value, low and high (share, months, hazard ratio ...).
        low, high: the published interval; None where none was published.
        n: patients of the arm; None where not published. control: the comparator; empty in a single-arm trial.
        known_on: the day of publication.
        kind: a measurement of an arm, or a comparison of arms. arm: its title.
        statistic: mean, median, hazard ratio … in the source's words. time_frame: when it was measured.
        spread, dispersion: such as a standard deviation, and what spread, low and high are.
    """

    drug_id: str
    trial_id: str
    endpoint: str
    value: float
    unit: str
    population: str
    source: str
    known_on: date
    low: float | None = None
    high: float | None = None
    n: int | None = None
    control: str = ""
    kind: str = "measurement"
    arm: str = ""
    measure: str = ""
    category: str = ""
    time_frame: str = ""
    statistic: str = ""
    spread: float | None = None
    dispersion: str = ""
    p_value: str = ""


@dataclass(frozen=True)
class ReadoutTable:
    """Readouts of one endpoint and unit, and what makes them hard to compare.

    Attributes:
        differences: columns in which the rows differ: `population`, `control`, `time_frame`, `statistic`.
        caveat: always there, by language.
    """

    endpoint: str
    unit: str
    rows: tuple[Readout, ...]
    differences: tuple[str, ...]
    caveat: dict[str, str]


def side_by_side(readouts: Sequence[Readout], *, as_of: date) -> tuple[ReadoutTable, ...]:
    """One table for each endpoint and unit, of what was published by the day; rows by drug, then day."""
    known = [one for one in readouts if one.known_on <= as_of]
    keys = sorted({(one.endpoint, one.unit) for one in known})
    return tuple(_table(key, [one for one in known if (one.endpoint, one.unit) == key]) for key in keys)


def _table(key: tuple[str, str], rows: list[Readout]) -> ReadoutTable:
    rows.sort(key=lambda one: (one.drug_id, one.known_on, one.trial_id, one.measure, one.category, one.arm, one.value))
    differences = tuple(name for name in DIFFERENCES if len({getattr(one, name) for one in rows}) > 1)
    return ReadoutTable(*key, tuple(rows), differences, dict(CAVEAT))
