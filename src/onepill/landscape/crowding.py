"""How crowded it is: programmes, sponsors, concentration, entries, late entrants, trend, each with its limits."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER, years_to_days
from onepill.landscape.bootstrap import Membership, bootstrap_measure, membership, resample
from onepill.landscape.classes import DrugClasses, classes_on
from onepill.landscape.columns import UNKNOWN
from onepill.landscape.concentration import effective_number, gini, hhi, share_on_crowded, top_share
from onepill.landscape.inputs import AsOfMethod, Measure, Question, StageWeights, Unit
from onepill.landscape.programmes import Programmes, by_agent, counted_events, named, programmes_on, shown
from onepill.landscape.stages import LADDER
from onepill.landscape.tags import class_stand
from onepill.landscape.world import World
from onepill.stats import wilson_interval

TOP = (1, 5, 10)
AT_LEAST = (10, 20, 50)
SAMPLES = 400
"""Draws: the level of a 2.5 % quantile from 400 draws has a standard error of 0.8 percentage points."""


@dataclass(frozen=True)
class Coverage:
    """What share of the programmes could be placed, beside every number that rests on it; 0 to 1 each."""

    programmes: int
    target_share: float
    class_share: float
    indication_share: float
    origin_share: float


@dataclass(frozen=True)
class Crowding:
    """The measures of one question, by name; `switches` and `unit` say what was counted."""

    question: Question
    unit: Unit
    as_of_method: AsOfMethod
    coverage: Coverage
    measures: dict[str, Measure]


@dataclass(frozen=True, eq=False)
class Counted:
    """Programmes that pass the filters, with what is known of their drugs, and the world they stand in."""

    world: World
    question: Question
    classes: DrugClasses
    everywhere: Programmes
    programmes: Programmes


def crowding(
    world: World,
    question: Question,
    *,
    unit: Unit = "agent_indication",
    window_years: float = 3.0,
    weights: StageWeights | None = None,
    seed: int = 0,
    samples: int = SAMPLES,
) -> Crowding:
    """All measures of crowding as of the question's day.

    Args:
        unit: an agent once, or once in each indication.
        window_years: entries are counted over this many years before the day, the trend against as many before those.
        weights: phase weights; without them phase-weighted crowding is not given.
        samples: draws of the bootstrap, at least 2.
    """
    counted = count(world, question, unit=unit)
    measures = {
        "programmes": _full_count(len(counted.programmes), "programmes"),
        "sponsors": _full_count(distinct_sponsors(counted), "sponsors"),
        **_on_targets(counted, seed=seed, samples=samples),
        **_entries(counted, window_years),
        "late_entrant_share": late_entrant_share(counted),
    }
    if weights is not None:
        measures["phase_weighted_programmes"] = phase_weighted(counted, weights, seed=seed, samples=samples)
    coverage = coverage_of(counted.programmes, counted.classes)
    return Crowding(question, unit, world.as_of_method(question.as_of), coverage, measures)


def count(world: World, question: Question, *, unit: Unit) -> Counted:
    """The programmes of a question, within the whole world's.

    An agent that is asked for in indications is what its programmes in these are together: first seen there, and as far
    as it got there.
    """
    classes = classes_on(world, question)
    if unit == "agent" and question.indications:
        return _agents_within(world, question, classes)
    everywhere = programmes_on(world, question, classes, unit=unit)
    visible = shown(everywhere, world, question, classes)
    return Counted(world, question, classes, everywhere, everywhere.take(visible))


def _agents_within(world: World, question: Question, classes: DrugClasses) -> Counted:
    single = programmes_on(world, question, classes, unit="agent_indication")
    agents = by_agent(single.take(shown(single, world, question, classes)))
    everywhere = programmes_on(world, question, classes, unit="agent")
    return Counted(world, question, classes, everywhere, agents)


def coverage_of(programmes: Programmes, classes: DrugClasses) -> Coverage:
    """Shares of programmes with a known target, class, indication and origin; 0 where there is none."""
    drug = programmes.drug
    parts = (classes.target_set[drug], classes.class_code[drug], programmes.indication, classes.origin[drug])
    return Coverage(len(drug), *(float(np.mean(codes != UNKNOWN)) if len(drug) else 0.0 for codes in parts))


def distinct_sponsors(counted: Counted) -> int:
    """How many sponsors stand behind the counted programmes."""
    codes = counted.world.events.sponsor[_sponsored_rows(counted)]
    return int(np.count_nonzero(np.bincount(codes, minlength=1)))


def sponsors_of(counted: Counted) -> npt.NDArray[np.int64]:
    """Distinct pairs of drug and sponsor, as the sponsor's code: a drug of two sponsors gives two."""
    events, rows, width = counted.world.events, _sponsored_rows(counted), len(counted.world.sponsors) + 1
    pairs: npt.NDArray[np.int64] = np.unique(events.drug[rows].astype(np.int64) * width + events.sponsor[rows])
    sponsors: npt.NDArray[np.int64] = pairs % width
    return sponsors


def _sponsored_rows(counted: Counted) -> npt.NDArray[np.int64]:
    """Numbers of the events of the counted programmes whose sponsor is known."""
    events = counted.world.events
    rows = counted_events(counted.world, counted.question, counted.classes)
    rows = rows[events.sponsor[rows] != UNKNOWN]
    wanted = np.zeros(len(counted.world.drugs), dtype=np.bool_)
    wanted[counted.programmes.drug] = True
    rows = rows[wanted[events.drug[rows]]]
    if counted.question.indications:
        wanted_indications = named(counted.world.indications, counted.question.indications)
        rows = rows[np.isin(events.indication[rows], wanted_indications)]
    sponsored: npt.NDArray[np.int64] = rows
    return sponsored


def targets_of(counted: Counted) -> Membership:
    """Programmes by target (or target group)."""
    codes = counted.classes.target_set[counted.programmes.drug]
    return membership(codes, counted.classes.sets, split=counted.question.switches.split_targets)


def concentration_measures(
    members: Membership, *, seed: int, stream: str, samples: int, unit: str
) -> dict[str, Measure]:
    """Top shares, HHI, effective number, Gini and share on crowded groups, with bootstrap limits."""
    counts, draws = members.counts(), resample(members, seed=seed, stream=stream, samples=samples)
    share, groups = (0.0, 1.0), (1.0, float(max(members.groups, 1)))
    folds: dict[str, tuple[Callable[..., npt.NDArray[np.float64]], tuple[float, float]]] = {
        **{f"top_{k}_share": (partial(top_share, k=k), share) for k in TOP},
        **{f"share_on_at_least_{k}": (partial(share_on_crowded, at_least=k), share) for k in AT_LEAST},
        "hhi": (hhi, (1 / groups[1], 1.0)),
        "effective_number": (effective_number, groups),
        "gini": (gini, share),
    }
    return {
        name: bootstrap_measure(fold, counts, draws, n=members.n, unit=unit, bounds=bounds)
        for name, (fold, bounds) in folds.items()
    }


def _on_targets(counted: Counted, *, seed: int, samples: int) -> dict[str, Measure]:
    members = targets_of(counted)
    found = concentration_measures(
        members, seed=seed, stream="landscape.crowding.targets", samples=samples, unit="programmes with a known target"
    )
    return {"targets": _full_count(members.groups, "targets"), **found}


def _entries(counted: Counted, window_years: float) -> dict[str, Measure]:
    """Entries a year in the window, and their ratio to those of the window before."""
    first, today = counted.programmes.first_seen, counted.question.as_of.toordinal()
    span = years_to_days(window_years)
    recent = int(np.count_nonzero(first > today - span))
    before = int(np.count_nonzero((first > today - 2 * span) & (first <= today - span)))
    low, high = poisson_interval(recent)
    rate = Measure(recent / window_years, low / window_years, high / window_years, recent, "entries a year", "poisson")
    return {"entry_rate_per_year": rate, "entry_trend_ratio": rate_ratio(recent, before)}


def poisson_interval(events: int) -> tuple[float, float]:
    """Exact 95 % limits of a Poisson mean. Source: Garwood F (1936), Biometrika 28:437-442."""
    from scipy.special import chdtri

    low = 0.0 if not events else float(chdtri(2 * events, 0.975)) / 2
    return low, float(chdtri(2 * events + 2, 0.025)) / 2


def rate_ratio(recent: int, before: int) -> Measure:
    """Ratio of two counts over spans of equal length, with score limits.

    Given their sum the first count is binomial with probability r/(1 + r), so that Wilson's limits of the share give
    those of the ratio. Source: Przyborowski and Wilenski (1940), Biometrika 31:313-323, for the conditioning. The ratio
    is None without earlier entries.
    """
    total = recent + before
    if not before:
        return Measure(None, None, None, total, "ratio of entries", "binomial")
    low, high = wilson_interval(recent, total)
    return Measure(recent / before, low / (1 - low), high / (1 - high), total, "ratio of entries", "binomial")


def late_entrant_share(counted: Counted) -> Measure:
    """Share of programmes of known class that entered after the class's first approval anywhere."""
    unit = "programmes of known class"
    seat = counted.classes.class_code[counted.programmes.drug]
    everywhere = counted.classes.class_code[counted.everywhere.drug]
    approved = np.append(class_stand(counted.everywhere, everywhere).first_approval, np.int32(NEVER))
    known = seat != UNKNOWN
    n = int(np.count_nonzero(known))
    late = int(np.count_nonzero(counted.programmes.first_seen[known] > approved[seat[known]]))
    return share_measure(late, n, unit=unit)


def share_measure(part: int, whole: int, *, unit: str) -> Measure:
    """A plain share with Wilson's limits; None where the whole is nothing."""
    if not whole:
        return Measure(None, None, None, 0, unit, "wilson")
    low, high = wilson_interval(part, whole)
    return Measure(part / whole, low, high, whole, unit, "wilson")


def phase_weighted(counted: Counted, weights: StageWeights, *, seed: int, samples: int) -> Measure:
    """Sum of the programmes' stage weights; a stage without a weight counts 0."""
    weight = np.asarray([weights.weight_by_stage.get(name, 0.0) for name in LADDER])
    members = membership(counted.programmes.rank.astype(np.int64), None, split=False)
    draws = resample(members, seed=seed, stream="landscape.crowding.phases", samples=samples)
    # Stages are groups named by their place; the names sort as texts, the codes must follow them.
    order = [int(name) for name in sorted(str(code) for code in set(counted.programmes.rank.tolist()))]
    fold = partial(np.dot, b=weight[order])
    return bootstrap_measure(
        fold, members.counts(), draws, n=members.n, unit="weighted programmes", bounds=(0.0, math.inf)
    )


def _full_count(number: int, unit: str) -> Measure:
    return Measure(float(number), float(number), float(number), number, unit, "count")
