"""Which announced deals lie nearest to a programme, and in what they agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from onepill.core.dates import DAYS_PER_YEAR
from onepill.deals.comparables import STAGES, Deal

YEARS_APART = 5.0
"""Years between two days that count as wholly apart (an assumption)."""
FEATURES = ("stage", "modality", "area", "targets", "territory", "day")
RANK = {stage: place for place, stage in enumerate(STAGES)}


@dataclass(frozen=True, slots=True)
class Profile:
    """What a programme is compared by; None or empty where it is not known.

    `territory_kind` is one of `TERRITORIES`, `targets` are gene symbols, `day` the day from which one looks back.
    """

    day: date
    stage: str | None = None
    modality: str | None = None
    area: str | None = None
    targets: tuple[str, ...] = ()
    territory_kind: str | None = None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A deal with its distance from 0 (alike in all that is known) to 1, and the parts that it is the mean of.

    A part is None where one side does not tell the feature; `shared_targets` are those of both.
    """

    deal: Deal
    distance: float
    parts: Mapping[str, float | None] = field(default_factory=dict)
    shared_targets: tuple[str, ...] = ()

    @property
    def agrees_in(self) -> tuple[str, ...]:
        return tuple(name for name, part in self.parts.items() if part == 0)


def nearest(profile: Profile, deals: Iterable[Deal], *, count: int) -> tuple[Neighbour, ...]:
    """The nearest deals, by Gower's distance with equal weights.

    The mean of the parts that both sides tell (Gower, A general coefficient of similarity and some of its properties,
    Biometrics 1971;27:857-871): stage by its place in `STAGES`, target sets by one minus shared over all (Jaccard),
    days by years apart up to `YEARS_APART`, the rest equal or not. A deal that tells fewer features than another is
    no nearer for that: ties go to the one that agrees in more, then to the newer.

    Raises:
        ValueError: `count` is below 0.
    """
    if count < 0:
        raise ValueError(f"count is {count}")
    found = [_compare(profile, deal) for deal in deals]
    found.sort(
        key=lambda one: (one.distance, -len(one.agrees_in), -one.deal.announced_on.toordinal(), one.deal.deal_id)
    )
    return tuple(found[:count])


def _compare(profile: Profile, deal: Deal) -> Neighbour:
    shared = tuple(target for target in deal.targets if target in profile.targets)
    parts = {
        "stage": _stage_part(profile.stage, deal.stage),
        "modality": _equal_part(profile.modality, deal.modality),
        "area": _equal_part(profile.area, deal.area),
        "targets": _target_part(profile.targets, deal.targets),
        "territory": _equal_part(profile.territory_kind, None if _is_untold(deal) else deal.territory_kind),
        "day": min(1.0, abs((profile.day - deal.announced_on).days) / DAYS_PER_YEAR / YEARS_APART),
    }
    known = [part for part in parts.values() if part is not None]
    return Neighbour(deal, sum(known) / len(known), parts, shared)


def _is_untold(deal: Deal) -> bool:
    return deal.territory_kind == "undisclosed"


def _stage_part(one: str | None, other: str) -> float | None:
    if one not in RANK or other not in RANK:
        return None
    return abs(RANK[one] - RANK[other]) / (len(STAGES) - 1)


def _equal_part(one: str | None, other: str | None) -> float | None:
    return None if one is None or other is None else float(one != other)


def _target_part(ours: tuple[str, ...], theirs: tuple[str, ...]) -> float | None:
    if not ours or not theirs:
        return None
    return 1 - len(set(ours) & set(theirs)) / len(set(ours) | set(theirs))
