"""Announced deals as records: what is counted of a table on a day, and which of it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

STAGES = ("preclinical", "phase_1", "phase_1_2", "phase_2", "phase_2_3", "phase_3", "filed", "approved")
"""Stages at signing, in their order."""
UNRANKED_STAGES = ("clinical", "unknown")
"""What a source may say of a stage without its place in the order."""
STRUCTURES = (
    "licence", "option", "co_development", "newco", "asset_purchase", "acquisition", "royalty_financing", "other",
)  # fmt: skip
TERRITORIES = ("worldwide", "outside_china", "region", "china", "undisclosed")
"""Worldwide with China; all of the world but (greater) China; some countries elsewhere; China alone or mainly."""
STATUSES = ("active", "terminated", "failed", "superseded", "unknown")
ENDED = ("terminated", "failed", "superseded")
SOURCE_KINDS = ("sec_filing", "exchange_filing", "release_wire", "company_site", "release_copy", "other")
QUANTITIES = (
    "upfront_usd", "total_usd", "upfront_share", "royalty_low_share", "royalty_high_share", "equity_share",
)  # fmt: skip
DIMENSIONS = ("stage", "modality", "area", "structure", "year")
Reason = Literal["announced_later", "amendment", "duplicate", "biosimilar", "unverified", "not_asked_for"]
REASONS: tuple[Reason, ...] = (
    "announced_later", "amendment", "duplicate", "biosimilar", "unverified", "not_asked_for",
)  # fmt: skip
"""Why a row is not counted; the first that holds is told."""


@dataclass(frozen=True, slots=True)
class Deal:
    """One announced deal. Amounts are nominal US dollars as told on its day, None where nobody tells them.

    Attributes:
        upfront_usd: what is paid at signing or closing. other_payments_usd: what is told apart from it and from
            milestones (near-term payments, shares, warrants, option fees).
        milestones_usd: all milestones at most; of them `development_regulatory_milestones_usd` and
            `sales_milestones_usd` where told. total_usd: everything at most, without royalties.
        royalty_low_share, royalty_high_share, equity_share: from 0 to 1.
        targets: gene symbols. status_on: the day from which the status holds, None where unknown.
        amends: id of the deal whose later step this is, or `earlier` for one that is older than the table.
        duplicate_of: id of the row that tells the same deal.
        source_grade: `official` (terms read in a filing or release), `secondary` (read in another's report),
            `unverified` (the filing or release is named, its terms were not read again).
        checked_url, checked_on: what was read for the grade, and the day it was read.
    """

    deal_id: str
    announced_on: date
    licensor: str
    licensee: str
    asset: str
    modality: str
    area: str
    stage: str
    structure: str
    territory_kind: str
    source_title: str
    source_url: str
    source_kind: str
    source_grade: str
    targets: tuple[str, ...] = ()
    day_precision: str = "day"
    licensor_country: str = ""
    licensee_country: str = ""
    territory: str = ""
    upfront_usd: float | None = None
    other_payments_usd: float | None = None
    development_regulatory_milestones_usd: float | None = None
    sales_milestones_usd: float | None = None
    milestones_usd: float | None = None
    total_usd: float | None = None
    royalty_low_share: float | None = None
    royalty_high_share: float | None = None
    equity_share: float | None = None
    currency: str = "USD"
    usd_per_unit: float | None = None
    rate_on: date | None = None
    product: str = "innovative"
    status: str = "unknown"
    status_on: date | None = None
    amends: str = ""
    duplicate_of: str = ""
    source_date: date | None = None
    checked_url: str = ""
    checked_on: date | None = None
    note: str = ""

    @property
    def upfront_share(self) -> float | None:
        """Upfront over total, None where one of them is not told or nothing is paid."""
        if self.upfront_usd is None or not self.total_usd:
            return None
        return self.upfront_usd / self.total_usd

    @property
    def year(self) -> str:
        return str(self.announced_on.year)

    def amount(self, quantity: str) -> float | None:
        """One of `QUANTITIES`."""
        found: float | None = getattr(self, quantity)
        return found

    def group(self, dimension: str) -> str:
        """The deal's group in one of `DIMENSIONS`."""
        return str(getattr(self, dimension))

    def known_on(self, day: date) -> Deal:
        """The deal as one knew it on a day: an end that came later is hidden, the deal then stands as active."""
        hidden = self.status in ENDED and (self.status_on is None or self.status_on > day)
        return replace(self, status="active", status_on=None) if hidden else self


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deals are asked for; an empty tuple or text asks for all, names are parts of the party's name.

    `as_of` hides later announcements and later ends.
    """

    as_of: date
    stages: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    structures: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    licensor: str = ""
    licensee: str = ""
    with_biosimilars: bool = False
    verified_only: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is counted.

    Attributes:
        base: all deals that count on the day, whatever their features. counted: those of them that were asked for.
        not_counted: the others, by the first reason that holds.
    """

    base: tuple[Deal, ...]
    counted: tuple[Deal, ...]
    not_counted: Mapping[Reason, tuple[Deal, ...]] = field(default_factory=dict)


def choose(deals: Iterable[Deal], wanted: Wanted) -> Chosen:
    """Sort a table's rows into those that count and those that do not, newest first."""
    ordered = sorted(deals, key=lambda deal: (-deal.announced_on.toordinal(), deal.deal_id))
    base: list[Deal] = []
    counted: list[Deal] = []
    left: dict[Reason, list[Deal]] = {reason: [] for reason in REASONS}
    for deal in (deal.known_on(wanted.as_of) for deal in ordered):
        reason = _reason(deal, wanted)
        if reason is not None:
            left[reason].append(deal)
            continue
        base.append(deal)
        (counted if _is_asked_for(deal, wanted) else left["not_asked_for"]).append(deal)
    return Chosen(tuple(base), tuple(counted), {reason: tuple(found) for reason, found in left.items() if found})


def _reason(deal: Deal, wanted: Wanted) -> Reason | None:
    """Why a deal counts nowhere, whatever is asked for."""
    rules: tuple[tuple[Reason, bool], ...] = (
        ("announced_later", deal.announced_on > wanted.as_of),
        ("duplicate", bool(deal.duplicate_of)),
        ("amendment", bool(deal.amends)),
        ("biosimilar", deal.product == "biosimilar" and not wanted.with_biosimilars),
        ("unverified", deal.source_grade == "unverified" and wanted.verified_only),
    )
    return next((reason for reason, holds in rules if holds), None)


def _is_asked_for(deal: Deal, wanted: Wanted) -> bool:
    listed = (
        (wanted.stages, deal.stage),
        (wanted.modalities, deal.modality),
        (wanted.areas, deal.area),
        (wanted.structures, deal.structure),
        (wanted.territories, deal.territory_kind),
    )
    named = ((wanted.licensor, deal.licensor), (wanted.licensee, deal.licensee))
    return (
        all(not names or value in names for names, value in listed)
        and all(part.casefold() in name.casefold() for part, name in named)
        and (wanted.since is None or deal.announced_on >= wanted.since)
        and (wanted.until is None or deal.announced_on <= wanted.until)
    )


def kin_of(wanted: Wanted) -> Callable[[Deal], tuple[str, ...]]:
    """The features that the filters name, as a function of a deal: deals that agree in them are of one kin.

    The deals asked for are then pooled with the other kins of the table.
    """
    named: tuple[tuple[object, Callable[[Deal], str]], ...] = (
        (wanted.stages, lambda deal: deal.stage),
        (wanted.modalities, lambda deal: deal.modality),
        (wanted.areas, lambda deal: deal.area),
        (wanted.structures, lambda deal: deal.structure),
        (wanted.territories, lambda deal: deal.territory_kind),
        (wanted.licensor, lambda deal: deal.licensor),
        (wanted.licensee, lambda deal: deal.licensee),
        (wanted.since or wanted.until, lambda deal: deal.year),
    )
    features = tuple(feature for asked, feature in named if asked)
    return lambda deal: tuple(feature(deal) for feature in features)
