"""One origin against the rest of the world: ratios with limits, tags, entrants by year, sponsor concentration."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from onepill.core.streams import stream_key
from onepill.landscape.bootstrap import membership
from onepill.landscape.columns import UNKNOWN
from onepill.landscape.crowding import (
    SAMPLES,
    Coverage,
    Crowding,
    concentration_measures,
    count,
    coverage_of,
    crowding,
    distinct_sponsors,
    share_measure,
    sponsors_of,
)
from onepill.landscape.inputs import Measure, Question, Unit
from onepill.landscape.stages import LADDER, rank_of
from onepill.landscape.tags import FIRST, FOLLOWER, ME_TOO, NOT_KNOWN, Tags, tag_agents
from onepill.landscape.world import World

Array = npt.NDArray[np.float64]
REST = "rest"


@dataclass(frozen=True)
class Comparison:
    """An origin against the rest.

    Attributes:
        ratios: by name, the origin's number over that of the rest, with bootstrap limits over agents.
        sides: crowding of each side.
        unknown_origin: agents whose origin is not known; they are on neither side.
    """

    origin: str
    ratios: dict[str, Measure]
    sides: dict[str, Crowding]
    coverage: Coverage
    unknown_origin: int


@dataclass(frozen=True)
class Entrants:
    """Agents by origin and the year they were first seen; `counts[i][j]` is of `origins[i]` in `years[j]`."""

    origins: tuple[str, ...]
    years: tuple[int, ...]
    counts: tuple[tuple[int, ...], ...]


def compare_origin(
    world: World, question: Question, origin: str, *, unit: Unit = "agent", seed: int = 0, samples: int = SAMPLES
) -> Comparison:
    """An origin against all other known origins, as of the question's day.

    Ratios: all agents; agents at phase 3 or further; agents tagged first-in-class, and their share among agents with
    one of the three tags.
    """
    everyone = replace(question, origins=(), not_origins=())
    tags = tag_agents(world, everyone)
    asked = {origin: replace(everyone, origins=(origin,)), REST: replace(everyone, not_origins=(origin,))}
    sides = {name: crowding(world, side, unit=unit, seed=seed, samples=samples) for name, side in asked.items()}
    home = _home(world, tags, origin)
    return Comparison(
        origin=origin,
        ratios=_ratios(tags, home, seed=seed, samples=samples),
        sides=sides,
        coverage=coverage_of(tags.agents.take(tags.shown), tags.classes),
        unknown_origin=int(np.count_nonzero(tags.shown & (home == UNKNOWN))),
    )


def _home(world: World, tags: Tags, origin: str) -> npt.NDArray[np.int32]:
    """1 for agents of the origin, 0 for others, -1 where unknown."""
    names = world.annotations.origin.names
    code = names.index(origin) if origin in names else -2
    codes = tags.classes.origin[tags.agents.drug]
    return np.where(codes == UNKNOWN, UNKNOWN, (codes == code).astype(np.int32)).astype(np.int32)


def _ratios(tags: Tags, home: npt.NDArray[np.int32], *, seed: int, samples: int) -> dict[str, Measure]:
    late = tags.agents.rank >= rank_of("phase_3")
    kinds = np.stack([late, tags.tag == FIRST, np.isin(tags.tag, (FIRST, FOLLOWER, ME_TOO))], axis=1)
    keep = tags.shown & (home != UNKNOWN)
    cells, counts = np.unique(np.column_stack([home[keep], kinds[keep].astype(np.int32)]), axis=0, return_counts=True)
    draws = _cell_draws(counts, seed=seed, samples=samples)
    names = ("agents", "agents_phase_3_or_further", "first_in_class", "tagged")
    found = {
        name: _ratio(_side_counts(counts, cells, place), _side_counts(draws, cells, place), int(counts.sum()))
        for place, name in enumerate(names)
    }
    share = _share_of_sides(counts, cells), _share_of_sides(draws, cells)
    found["first_in_class_share"] = _ratio(*share, int(counts.sum()))
    return found


def _cell_draws(counts: npt.NDArray[np.int64], *, seed: int, samples: int) -> npt.NDArray[np.int64]:
    """Agents drawn with replacement, by cell, shape (samples, n_cells)."""
    total = int(counts.sum())
    if not total:
        return np.zeros((samples, 0), dtype=np.int64)
    generator = np.random.Generator(np.random.Philox(key=stream_key(seed, "landscape.compare.agents")))
    return generator.multinomial(total, counts / total, size=samples)


def _side_counts(counts: npt.NDArray[np.int64], cells: npt.NDArray[np.int32], place: int) -> tuple[Array, Array]:
    """Agents of the origin and of the rest, shape (...); place 0 takes all, others the cells with that flag."""
    flag = np.ones(len(cells), dtype=np.bool_) if place == 0 else cells[:, place] == 1
    home = cells[:, 0] == 1
    ours = counts[..., flag & home].sum(axis=-1).astype(np.float64)
    return ours, counts[..., flag & ~home].sum(axis=-1).astype(np.float64)


def _share_of_sides(counts: npt.NDArray[np.int64], cells: npt.NDArray[np.int32]) -> tuple[Array, Array]:
    first, tagged = _side_counts(counts, cells, 2), _side_counts(counts, cells, 3)
    return _divide(first[0], tagged[0]), _divide(first[1], tagged[1])


def _divide(part: Array, whole: Array) -> Array:
    ratio: Array = np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=np.asarray(whole) > 0)
    return ratio


def _ratio(value: tuple[Array, Array], draws: tuple[Array, Array], n: int) -> Measure:
    """The first over the second; None where the second is 0. Limits are percentiles of the draws that are defined."""
    unit = "ratio to the rest"
    ratio = float(_divide(np.asarray(value[0]), np.asarray(value[1])))
    if not np.isfinite(ratio):
        return Measure(None, None, None, n, unit, "bootstrap")
    sampled = _divide(*draws)
    low, high = np.percentile(sampled[np.isfinite(sampled)], [2.5, 97.5])
    return Measure(ratio, min(float(low), ratio), max(float(high), ratio), n, unit, "bootstrap")


def entrants(world: World, question: Question, *, first_year: int, unit: Unit = "agent") -> Entrants:
    """Agents by origin (`?` where unknown) and year of first evidence, from a year to that of the question's day."""
    counted = count(world, question, unit=unit)
    names = (*world.annotations.origin.names, "?")
    years = tuple(range(first_year, question.as_of.year + 1))
    # numpy counts months and days from 1970, and Python's ordinals from year 1.
    civil = (counted.programmes.first_seen - 719163).astype("datetime64[D]").astype("datetime64[Y]")
    year = civil.astype(np.int64) + 1970 - first_year
    origin = counted.classes.origin[counted.programmes.drug] % len(names)
    inside = (year >= 0) & (year < len(years))
    flat = np.bincount(origin[inside] * len(years) + year[inside], minlength=len(names) * len(years))
    table = flat.reshape(len(names), len(years))
    present = [row for row in range(len(names)) if table[row].any()]
    counts = tuple(tuple(int(number) for number in table[row]) for row in present)
    return Entrants(tuple(names[row] for row in present), years, counts)


def number_of_sponsors(world: World, question: Question) -> Measure:
    """Distinct sponsors of the question's drugs; a full count."""
    number = float(distinct_sponsors(count(world, question, unit="agent")))
    return Measure(number, number, number, int(number), "sponsors", "count")


def sponsor_concentration(
    world: World, question: Question, *, unit: Unit = "agent", seed: int = 0, samples: int = SAMPLES
) -> dict[str, Measure]:
    """Top shares, HHI, effective number and Gini of sponsors, each pair of drug and sponsor counted once."""
    codes = sponsors_of(count(world, question, unit=unit))
    members = membership(codes, None, split=False)
    stream = "landscape.compare.sponsors"
    return concentration_measures(members, seed=seed, stream=stream, samples=samples, unit="drugs of known sponsor")


def tag_mix(tags: Tags, *, within: npt.NDArray[np.bool_] | None = None) -> dict[str, Measure]:
    """Share of first-in-class, fast-follower, me-too and unknown among agents not yet approved, with Wilson limits.

    Args:
        within: which agents to look at, shape (n_agents,), besides those shown.
    """
    keep = tags.shown if within is None else tags.shown & within
    keep = keep & (tags.agents.rank < LADDER.index("approval"))
    n, names = int(np.count_nonzero(keep)), {FIRST: "first_in_class", FOLLOWER: "fast_follower", ME_TOO: "me_too"}
    mix: dict[str, Measure] = {}
    for code, name in {**names, NOT_KNOWN: "unknown"}.items():
        found = int(np.count_nonzero(tags.tag[keep] == code))
        mix[name] = share_measure(found, n, unit="agents not yet approved")
    return mix
