"""The cells that a chance is predicted from: a published table with all its cuts, or counts of registries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from onepill.core.errors import InputError
from onepill.core.provenance import Grade, Source
from onepill.evidence.areas import AREAS
from onepill.evidence.base_rates import TABLES, table_document

Cell = tuple[float, float]
"""A rate, 0 to 1, and the number of programmes that it rests on."""
Cells = dict[str, Cell]
"""One cell for each transition; those that the publication leaves empty are missing."""
CUTS: tuple[str, ...] = ("area", "modality", "novelty", "biomarker", "prevalence", "oncology_subtype")
REGISTRY = "registry"
GATES_OF_REGISTRY = ("phase_1_to_2", "phase_2_to_3", "phase_3_to_approval")


@dataclass(frozen=True)
class Deviating:
    """A level's cell and the cell that it is compared with."""

    cell: Cell
    reference: Cell


@dataclass(frozen=True)
class Cut:
    """One way of sorting the programmes of a table.

    Attributes:
        name: one of `CUTS`.
        place: figure or table of the publication.
        population: by transition and level (for a cut within areas: row of the area), the cells that show how far
            levels lie apart.
        is_within: whether levels are compared with their own area instead of with all programmes.
        level: the level of a cut within areas.
    """

    name: str
    place: str
    population: Mapping[str, Mapping[str, Deviating]]
    is_within: bool = False
    level: str = ""


@dataclass(frozen=True)
class RateTable:
    """Rates of one source, never mixed with those of another.

    Attributes:
        key: `bio`, `wong`, `wong_lead` or `registry`.
        gates: the transitions in the order of development.
        overall: the cell of all programmes.
        area_rows: row of each area; `area_notes` says where it is a wider one.
        cuts: the area cut and every other cut whose levels are compared with all programmes.
        within: cuts whose levels are compared within an area, by name and level.
        aggregates: rows that contain others and therefore do not show how far areas lie apart.
    """

    key: str
    gates: tuple[str, ...]
    overall: Cells
    area_rows: Mapping[str, str]
    area_notes: Mapping[str, str]
    rows: Mapping[str, Cells]
    cuts: Mapping[str, Cut]
    within: Mapping[tuple[str, str], Cut]
    source: Source
    grade: Grade
    aggregates: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class TransitionCount:
    """Programmes of a registry that ended a phase: `advanced` of `n` reached the next one.

    Attributes:
        phase_from, phase_to: `phase_1` to `phase_2`, `phase_2` to `phase_3`, `phase_3` to `approval`.
        area: one of `AREAS`.
        modality: as in the programme file, empty where it is not known.
        advanced, n: 0 <= advanced <= n; what is still running belongs to neither.
    """

    phase_from: str
    phase_to: str
    area: str
    modality: str
    advanced: int
    n: int


@cache
def published_table(key: str) -> RateTable:
    """A published table with all its cuts.

    Raises:
        InputError: an unknown table.
    """
    if key not in TABLES:
        hint = f"choose {', '.join(TABLES)}"
        raise InputError.single("base_rate.table", f"no base-rate table {key!r}", hint=hint, value=key)
    entry = table_document(key)
    rows = {name: _cells(cells) for name, cells in entry["rows"].items()}
    overall_row = entry["area_rows"]["all"]
    aggregates = frozenset(entry["aggregates"]) | {overall_row}
    cuts: dict[str, Cut] = {"area": _against_all("area", entry["place"], rows, rows[overall_row], aggregates)}
    within: dict[tuple[str, str], Cut] = {}
    for name, cut in entry["cuts"].items():
        if cut["of"] == "own":
            references = {row: _cells(cells) for row, cells in cut["reference"].items()}
            within |= _within_cuts(name, cut, references, aggregates)
        elif cut["of"] == "row":
            within |= _within_cuts(name, cut, rows, aggregates)
        else:
            levels = {level: _cells(cells) for level, cells in cut["levels"].items()}
            cuts[name] = _against_all(name, cut["place"], levels, rows[cut["of"]], frozenset())
    return RateTable(
        key=key,
        gates=tuple(rows[overall_row]),
        overall=rows[overall_row],
        area_rows=entry["area_rows"],
        area_notes=entry["wider_rows"],
        rows=rows,
        cuts=cuts,
        within=within,
        source=Source(**entry["source"]),
        grade=entry["grade"],
        aggregates=aggregates,
    )


def registry_table(counts: Iterable[TransitionCount], *, source: Source) -> RateTable:
    """Rates recomputed from registries, with a cut by area and one by modality.

    Raises:
        InputError: `registry_rates.empty` where a phase has no finished programme, `registry_rates.counts` for counts
            that contradict each other, or an unknown area or step.
    """
    found = list(counts)
    for count in found:
        _check_count(count)
    by_area = _summed((count.area, count) for count in found)
    by_modality = _summed((count.modality, count) for count in found if count.modality)
    overall = _summed(("all", count) for count in found).get("all", {})
    missing = [gate for gate in GATES_OF_REGISTRY if gate not in overall]
    if missing:
        message = f"no programme of the loaded registries has ended {', '.join(missing)}"
        raise InputError.single("registry_rates.empty", message, hint="load more of a registry, or choose bio or wong")
    rows = {**by_area, "all": overall}
    area_rows = {area: area if area in by_area else "all" for area in AREAS}
    return RateTable(
        key=REGISTRY,
        gates=GATES_OF_REGISTRY,
        overall=overall,
        area_rows=area_rows,
        area_notes={area: "no finished programme of its own: all areas" for area in AREAS if area not in by_area},
        rows=rows,
        cuts={
            "area": _against_all("area", "registries", rows, overall, frozenset({"all"})),
            "modality": _against_all("modality", "registries", by_modality, overall, frozenset()),
        },
        within={},
        source=source,
        grade="derived",
        aggregates=frozenset({"all"}),
    )


def _cells(raw: Mapping[str, Any]) -> Cells:
    return {transition: (float(prob), float(n)) for transition, (prob, n) in raw.items()}


def _against_all(name: str, place: str, levels: Mapping[str, Cells], all_: Cells, aggregates: frozenset[str]) -> Cut:
    population = {
        transition: {
            level: Deviating(cells[transition], reference)
            for level, cells in levels.items()
            if level not in aggregates and transition in cells
        }
        for transition, reference in all_.items()
    }
    return Cut(name, place, population)


def _within_cuts(
    name: str, cut: Mapping[str, Any], references: Mapping[str, Cells], aggregates: frozenset[str]
) -> dict[tuple[str, str], Cut]:
    found = {}
    for level, rows in cut["levels"].items():
        population: dict[str, dict[str, Deviating]] = {}
        for row, raw in rows.items():
            for transition, cell in _cells(raw).items():
                if row not in aggregates and transition in references[row]:
                    population.setdefault(transition, {})[row] = Deviating(cell, references[row][transition])
        found[name, level] = Cut(name, cut["place"], population, is_within=True, level=level)
    return found


_STEPS = {
    ("phase_1", "phase_2"): "phase_1_to_2",
    ("phase_2", "phase_3"): "phase_2_to_3",
    ("phase_3", "approval"): "phase_3_to_approval",
}


def _check_count(count: TransitionCount) -> None:
    step = (count.phase_from, count.phase_to)
    if step not in _STEPS or count.area not in AREAS:
        message = f"counts of {count.phase_from} to {count.phase_to} in {count.area!r} are of no known step and area"
        raise InputError.single("registry_rates.counts", message, hint="see TransitionCount", value=str(step))
    if not 0 <= count.advanced <= count.n:
        message = f"{count.advanced} of {count.n} programmes advanced from {count.phase_from} in {count.area}"
        raise InputError.single("registry_rates.counts", message, hint="count what ended the phase", value=count.n)


def _summed(pairs: Iterable[tuple[str, TransitionCount]]) -> dict[str, Cells]:
    sums: dict[str, dict[str, list[int]]] = {}
    for level, count in pairs:
        held = sums.setdefault(level, {}).setdefault(_STEPS[count.phase_from, count.phase_to], [0, 0])
        held[0] += count.advanced
        held[1] += count.n
    return {
        level: {gate: (advanced / n, float(n)) for gate, (advanced, n) in gates.items() if n}
        for level, gates in sums.items()
    }
