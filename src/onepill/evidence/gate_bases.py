"""The chance of one gate for a programme that lies in several cuts of one table (docs/methods/success.md)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache

from onepill.core.errors import InputError
from onepill.evidence.areas import AREAS
from onepill.evidence.rate_tables import Cell, Cut, Deviating, RateTable
from onepill.stats.overlapping_cuts import (
    Margin,
    Pooled,
    expit,
    logit_moments,
    pool_margins,
    spread_of_levels,
)

Z95 = 1.959963984540054
OVERLAP = 0.3
"""Assumed share of the smaller spread that two cuts of BIO have in common; no publication crosses them."""
CROSSING_SD = 0.54
"""Standard deviation on log-odds of a crossed cell about the sum of its margins, before the shares of its levels.

The most likely one for the two-way cells that Wong 2019 prints (tables 3 and 4: 44 cells, 95 % limits 0.37 to 0.79)."""
_PRODUCT = frozenset({"modality", "novelty"})
"""Both sort by the kind of product and only one is used: small molecules split by novelty, biologics by modality."""
_SPLIT_BY_NOVELTY = frozenset({"nme", "non_nme", "biosimilar"})
_WITHOUT_ONCOLOGY = frozenset({("prevalence", "rare")})
"""Levels of BIO that hold no oncology."""
_APART = frozenset({"biomarker", "oncology_subtype"})
"""Nothing shared with other cuts: Wong's table 3 shows a slightly negative covariance of area and biomarker, and the
subtypes of oncology are compared within oncology."""


@dataclass(frozen=True)
class Profile:
    """What is known of a programme that tables sort by; None where the file does not say."""

    area: str
    modality: str | None = None
    novelty: str | None = None
    biomarker: str | None = None
    prevalence: str | None = None
    oncology_subtype: str | None = None

    def without(self, names: frozenset[str]) -> Profile:
        """The same programme with these cuts left out; the area always stays."""
        kept = {name: value for name, value in self.levels() if name not in names}
        return Profile(self.area, **kept)

    def levels(self) -> tuple[tuple[str, str], ...]:
        """Every cut but the area with the level that is known."""
        return tuple((name, value) for name in _CUT_FIELDS if (value := getattr(self, name)) is not None)


_CUT_FIELDS = tuple(item.name for item in fields(Profile) if item.name != "area")


@dataclass(frozen=True)
class CutUse:
    """A margin that the chance rests on.

    Attributes:
        cut, level, place: what it is and where it is printed.
        prob, n: the printed cell.
        reference_prob, reference_n: the cell that it is compared with.
        weight: what of its deviation counts, 1 for all of it.
        shift: the weighted deviation on log-odds.
    """

    cut: str
    level: str
    place: str
    prob: float
    n: float
    reference_prob: float
    reference_n: float
    weight: float
    shift: float


@dataclass(frozen=True)
class GateBase:
    """A predicted chance before anything is known of the drug itself.

    `log_odds` and `sd` describe a normal posterior on log-odds; `prob` is its median, `low` and `high` its 95 % limits.
    """

    transition: str
    table: str
    log_odds: float
    sd: float
    cuts: tuple[CutUse, ...]
    note: str = ""

    @property
    def prob(self) -> float:
        return expit(self.log_odds)

    @property
    def low(self) -> float:
        return expit(self.log_odds - Z95 * self.sd)

    @property
    def high(self) -> float:
        return expit(self.log_odds + Z95 * self.sd)

    @property
    def n(self) -> int:
        """Programmes of the smallest cell that it rests on."""
        return int(min(use.n for use in self.cuts if use.weight or use.cut == "all"))


def gate_base(profile: Profile, transition: str, *, table: RateTable) -> GateBase:
    """Predict a gate's chance from the margins of every cut that the profile lies in.

    Raises:
        InputError: an unknown area, or a transition that the table does not have.
    """
    if profile.area not in AREAS:
        hint = f"choose {', '.join(AREAS)}"
        raise InputError.single("area.unknown", f"no area {profile.area!r}", hint=hint, value=profile.area)
    if transition not in table.gates:
        hint, message = f"it has {', '.join(table.gates)}", f"table {table.key} has no rate {transition!r}"
        raise InputError.single("base_rate.transition", message, hint=hint, value=transition)
    picked = list(_picked(profile, transition, table=table))
    margins = [_margin(cut, level, transition) for cut, level in picked]
    pooled = pool_margins(margins, [[_overlap(a, b) for b, _ in picked] for a, _ in picked])
    centre, centre_variance = _moments(table.overall[transition])
    used = tuple(_use(*pair, transition, weight) for pair, weight in zip(picked, pooled.weights, strict=True))
    variance = centre_variance + pooled.variance + _crossing_variance(picked, pooled, transition, table)
    prob, n = table.overall[transition]
    everybody = CutUse("all", "all", table.cuts["area"].place, prob, n, prob, n, 1.0, 0.0)
    return GateBase(
        transition=transition,
        table=table.key,
        log_odds=centre + pooled.mean,
        sd=variance**0.5,
        cuts=(everybody, *used),
        note=_area_note(profile.area, transition, table),
    )


def _area_note(area: str, transition: str, table: RateTable) -> str:
    """What the table says of its row for the area; where that lacks the step, all areas stand in and it is said."""
    has_cell = transition in table.rows.get(table.area_rows[area], {})
    return table.area_notes.get(area, "" if has_cell else "no finished programme of its own at this step: all areas")


def _picked(profile: Profile, transition: str, *, table: RateTable) -> Iterator[tuple[Cut, str]]:
    """The cuts that the profile lies in and that print this transition, each with the level's key."""
    row = table.area_rows[profile.area]
    area = table.cuts["area"]
    if row in area.population[transition]:
        yield area, row
    elif transition in table.rows.get(row, {}) and table.rows[row] != table.overall:
        cell = Deviating(table.rows[row][transition], table.overall[transition])
        population = {transition: {**area.population[transition], row: cell}}
        yield Cut(area.name, area.place, population), row
    for name, level in _finest(profile, table):
        cut = table.cuts.get(name)
        is_left_out = profile.area == "oncology" and (name, level) in _WITHOUT_ONCOLOGY
        if cut is not None and level in cut.population.get(transition, {}) and not is_left_out:
            yield cut, level
        within = table.within.get((name, level))
        if within is not None and row in within.population.get(transition, {}):
            yield within, row


def _finest(profile: Profile, table: RateTable) -> Iterator[tuple[str, str]]:
    """The known levels, of the two cuts by product the finer one, subtypes of oncology within oncology alone."""
    levels = dict(profile.levels())
    if set(levels) >= _PRODUCT and set(table.cuts) >= _PRODUCT:
        levels.pop("modality" if profile.novelty in _SPLIT_BY_NOVELTY else "novelty")
    if profile.area != "oncology":
        levels.pop("oncology_subtype", None)
    yield from levels.items()


def _margin(cut: Cut, level: str, transition: str) -> Margin:
    deviation, variance = _deviation(cut.population[transition][level])
    levels = tuple(sorted(cut.population[transition].items()))
    spread = _spread(tuple((pair.cell, pair.reference) for _, pair in levels))
    return Margin(deviation, variance, spread * (1 - _share(cut.population[transition][level])) ** 2)


@lru_cache(maxsize=256)
def _spread(levels: tuple[tuple[Cell, Cell], ...]) -> float:
    pairs = [Deviating(*level) for level in levels]
    found = [_deviation(pair) for pair in pairs]
    return spread_of_levels([d for d, _ in found], [v for _, v in found], [_share(pair) for pair in pairs])


def _deviation(pair: Deviating) -> tuple[float, float]:
    """Deviation of a level and its sampling variance.

    The level's programmes are among those that it is compared with: the variance is that of the level times one less
    its share. With it, two cuts whose levels cross as chance would have it have uncorrelated errors, although the same
    trials stand behind both.
    """
    level, variance = _moments(pair.cell)
    reference, _ = _moments(pair.reference)
    return level - reference, variance * max(1 - _share(pair), 1e-3)


def _share(pair: Deviating) -> float:
    return min(pair.cell[1] / pair.reference[1], 1.0)


def _moments(cell: Cell) -> tuple[float, float]:
    prob, n = cell
    return logit_moments(prob * n, n)


def _overlap(one: Cut, other: Cut) -> float:
    if one.name == other.name:
        return 1.0
    if {one.name, other.name} & _APART or one.is_within or other.is_within:
        return 0.0
    return OVERLAP


def _crossing_variance(picked: list[tuple[Cut, str]], pooled: Pooled, transition: str, table: RateTable) -> float:
    """How far a crossed cell may lie from the sum of its margins, for every pair of cuts that are crossed.

    A table centred in both directions varies in a cell with (1 - share)(1 - share) of its two levels.
    """
    kinds: dict[str, float] = {}
    for (cut, level), weight in zip(picked, pooled.weights, strict=True):
        if weight:
            kind = "product" if cut.name in _PRODUCT else cut.name
            kinds[kind] = 1 - _share(cut.population[transition][level])
    within = {cut.name for cut, _ in picked if cut.is_within} | {"oncology_subtype"}
    pairs = [pair for pair in itertools.combinations(sorted(kinds), 2) if not ("area" in pair and set(pair) & within)]
    return CROSSING_SD**2 * sum(kinds[one] * kinds[other] for one, other in pairs)


def _use(cut: Cut, level: str, transition: str, weight: float) -> CutUse:
    pair = cut.population[transition][level]
    deviation, _ = _deviation(pair)
    return CutUse(
        cut=cut.name,
        level=cut.level or level,
        place=cut.place,
        prob=pair.cell[0],
        n=pair.cell[1],
        reference_prob=pair.reference[0],
        reference_n=pair.reference[1],
        weight=weight,
        shift=weight * deviation,
    )
