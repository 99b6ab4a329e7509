"""Rows about payer paths: the states of each market, the chance to be in each by year, and the price."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from onepill.access import CompiledPath, PayerMove, PayerSegment, price_since_entry
from onepill.core.dates import NEVER
from onepill.model.payer_path import Access, shape_of
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.results.simulate import Runs, day_row

Row = dict[str, Any]
Days = npt.NDArray[np.int32]
Shares = npt.NDArray[np.float64]


def payer_rows(base: Assembled, runs: Runs) -> list[Row]:
    """One row for each market with a payer path, in the order of the file.

    `by_year` are chances at the end of each of `years`: to be in a state (of any branch, where several states are
    entered at launch), and in `on_market` to be in one at all. `price_factor` is the mean over the paths
    on which something is sold then, weighed by patients, null where nothing is.
    """
    markets = {name.lower(): (name, market) for name, market in base.filled.programme.markets.items()}
    found = []
    for id_, path in base.paths.items():
        name, market = markets[id_]
        assert market.access is not None
        label = market.jurisdiction or name.upper()
        found.append(
            {"market": label, "id": id_, "path": market.access.path, **_path_row(base, runs, path, market.access)}
        )
    return found


def _path_row(base: Assembled, runs: Runs, path: CompiledPath, access: Access) -> Row:
    years = range(base.filled.as_of.year, base.filled.as_of.year + base.value.years)
    ends = [date(year, 12, 31).toordinal() for year in years]
    stays = {segment.id: _stay(runs, path, segment) for segment in path.segments}
    titles = {name: dict(state.title) for name, state in shape_of(access).states.items()}
    names = dict.fromkeys(segment.state for segment in path.segments)
    states = [_state_row(name, titles[name], path, stays, ends) for name in names]
    return {
        "years": list(years),
        "on_market": [_in_any(stays.values(), day) for day in ends],
        "price_factor": _price_by_year(path, stays, ends),
        "states": states,
        "transitions": [_move_row(path, move, stays) for move in path.path.moves],
    }


def _stay(runs: Runs, path: CompiledPath, segment: PayerSegment) -> tuple[Days, Days]:
    """The days of entry into a segment and of leaving it, by path; leaving is NEVER while it lasts."""
    entry = runs.drawn.days_of(segment.entry)
    exits = [runs.drawn.days_of(name) for name in (*(name for _, name in segment.exits), *path.ends)]
    return entry, np.minimum.reduce(exits) if exits else np.full(entry.shape, NEVER, dtype=np.int32)


def _state_row(
    name: str, title: dict[str, str], path: CompiledPath, stays: dict[str, tuple[Days, Days]], ends: list[int]
) -> Row:
    """A state over all of its segments; factors are the means over the segments by how often each is entered."""
    segments = [segment for segment in path.segments if segment.state == name]
    weights = np.array([np.mean(_is_real(*stays[segment.id])) for segment in segments])
    entered = np.minimum.reduce([np.where(_is_real(*stays[s.id]), stays[s.id][0], NEVER) for s in segments])
    by_year = [_in_any([stays[s.id] for s in segments], day) for day in ends]
    return {
        "id": name,
        "title": title,
        "sells": any(segment.market is not None for segment in segments),
        "price_factor": _weighed([segment.price_mean for segment in segments], weights),
        "patient_share": _weighed([segment.patients_mean for segment in segments], weights),
        "entered": day_row(entered.astype(np.int32)),
        "by_year": by_year,
    }


def _in_any(stays: Iterable[tuple[Days, Days]], day: int) -> float:
    """The share of the paths on which one of the stays lasts on a day."""
    return float(np.mean(np.logical_or.reduce([_is_in(*stay, day) for stay in stays])))


def _is_real(entry: Days, leave: Days) -> npt.NDArray[np.bool_]:
    """Paths on which a segment lasts at all: one that is left on its first day never was."""
    return (entry < NEVER) & (leave > entry)


def _is_in(entry: Days, leave: Days, day: int) -> npt.NDArray[np.bool_]:
    return (entry <= day) & (leave > day)


def _weighed(values: list[float], weights: Shares) -> float:
    return float(np.average(values, weights=weights if weights.sum() > 0 else None))


def _price_by_year(path: CompiledPath, stays: dict[str, tuple[Days, Days]], ends: list[int]) -> list[float | None]:
    """The mean price factor at the end of each year, each path and state weighed by its patients."""
    found: list[float | None] = []
    for day in ends:
        paid = treated = 0.0
        for segment in path.segments:
            if segment.market is None:
                continue
            entry, leave = stays[segment.id]
            inside = entry[_is_in(entry, leave, day)].astype(np.int64)
            if inside.size:
                price = price_since_entry(segment.market, inside, day)
                paid += segment.patients_mean * segment.price_mean * float(price.sum())
                treated += segment.patients_mean * inside.size
        found.append(paid / treated if treated else None)
    return found


def _move_row(path: CompiledPath, move: PayerMove, stays: dict[str, tuple[Days, Days]]) -> Row:
    """A transition with its chance in a round, and how often it comes at all before another one does."""
    targets = [segment for segment in path.segments if segment.state == move.target]
    entered = [_is_real(*stays[segment.id]) for segment in targets]
    return {
        "id": move.id,
        "from": list(move.sources),
        "to": move.target,
        "calendar": move.calendar,
        "lag_days": None if move.lag is None else move.lag.distribution.mean(),
        "rounds": move.rounds,
        "prob": move.prob,
        "entered_prob": float(np.mean(np.logical_or.reduce(entered))) if entered else 0.0,
    }
