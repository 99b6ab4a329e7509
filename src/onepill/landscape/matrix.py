"""The matrix of targets and indications: how many programmes at which stage, only where there is any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from onepill.landscape.columns import UNKNOWN
from onepill.landscape.crowding import Counted, count
from onepill.landscape.inputs import Question
from onepill.landscape.stages import LADDER
from onepill.landscape.world import World

Axis = Literal["target", "indication", "modality", "origin", "mechanism"]


@dataclass(frozen=True)
class Cell:
    """One filled cell: programmes by stage (only stages with any), and their number."""

    row: str
    column: str
    programmes: int
    by_stage: dict[str, int]


@dataclass(frozen=True)
class Matrix:
    """Filled cells, fullest first; programmes with an unknown row or column are counted in `unplaced`.

    A drug of several targets stands once in each target's row, so that cells may sum to more than `programmes`.

    Attributes:
        filled: how many cells hold any programme, also those that `limit` cut off.
    """

    rows: Axis
    columns: Axis
    cells: tuple[Cell, ...]
    filled: int
    programmes: int
    unplaced: int


def matrix(
    world: World, question: Question, *, rows: Axis = "target", columns: Axis = "indication", limit: int | None = 1000
) -> Matrix:
    """Count programmes (agent and indication) by two axes as of the question's day.

    Args:
        limit: at most so many cells, the fullest; None gives all.
    """
    counted = count(world, question, unit="agent_indication")
    row_of, row_name = _axis(counted, rows)
    column_of, column_name = _axis(counted, columns)
    pairs = _join(row_of, column_of)
    rank = counted.programmes.rank[pairs[:, 0]].astype(np.int64)
    cell = pairs[:, 1] * len(column_name) + pairs[:, 2]
    filled, cells = _fullest(cell, rank, limit)
    placed = int(np.count_nonzero(np.diff(pairs[:, 0], prepend=-1)))
    named = tuple(
        Cell(row_name[code // len(column_name)], column_name[code % len(column_name)], sum(stages.values()), stages)
        for code, stages in cells.items()
    )
    return Matrix(rows, columns, named, filled, len(counted.programmes), len(counted.programmes) - placed)


def _axis(counted: Counted, axis: Axis) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    """Pairs of programme and code on the axis, shape (n, 2), sorted by programme, and the codes' names."""
    drug, table = counted.programmes.drug, counted.world.annotations
    if axis == "target":
        return target_pairs(counted)
    codes, names = {
        "indication": (counted.programmes.indication, counted.world.indications),
        "modality": (counted.classes.modality[drug], table.modality.names),
        "mechanism": (counted.classes.mechanism[drug], table.mechanism.names),
        "origin": (counted.classes.origin[drug], table.origin.names),
    }[axis]
    known = np.flatnonzero(codes != UNKNOWN)
    return np.column_stack([known, codes[known]]).astype(np.int64), names


def target_pairs(counted: Counted) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    """Each programme with each of its drug's targets: row and code, shape (n, 2), and the names of the codes."""
    sets = counted.classes.sets
    names = tuple(sorted({name for members in sets for name in members}))
    place = {name: code for code, name in enumerate(names)}
    flat = np.asarray([place[name] for members in sets for name in members], dtype=np.int64)
    sizes = np.asarray([len(members) for members in sets], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    codes = counted.classes.target_set[counted.programmes.drug]
    known = np.flatnonzero(codes != UNKNOWN)
    size = sizes[codes[known]]
    inside = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    member = flat[np.repeat(starts[codes[known]], size) + inside]
    return np.column_stack([np.repeat(known, size), member]), names


def _join(left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Programme, row and column for each combination that a programme stands in, shape (n, 3)."""
    first = np.searchsorted(right[:, 0], left[:, 0], side="left")
    size = np.searchsorted(right[:, 0], left[:, 0], side="right") - first
    inside = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    partner = right[np.repeat(first, size) + inside, 1]
    return np.column_stack([np.repeat(left[:, 0], size), np.repeat(left[:, 1], size), partner])


def _fullest(
    cell: npt.NDArray[np.int64], rank: npt.NDArray[np.int64], limit: int | None
) -> tuple[int, dict[int, dict[str, int]]]:
    """How many cells are filled, and the programmes by stage of the fullest, in order of number and then of names."""
    # Sorting beats hashing here, and names have sorted codes, so that ties fall in order of names.
    ordered = np.sort(cell * len(LADDER) + rank)
    starts = np.flatnonzero(np.diff(ordered // len(LADDER), prepend=-1))
    numbers = np.diff(starts, append=len(ordered))
    fullest = np.argsort(-numbers, kind="stable")[:limit]
    found: dict[int, dict[str, int]] = {}
    for first, number in zip(starts[fullest].tolist(), numbers[fullest].tolist(), strict=True):
        stages = np.bincount(ordered[first : first + number] % len(LADDER), minlength=len(LADDER))
        code = int(ordered[first] // len(LADDER))
        found[code] = {LADDER[place]: int(stages[place]) for place in np.flatnonzero(stages)}
    return len(starts), found
