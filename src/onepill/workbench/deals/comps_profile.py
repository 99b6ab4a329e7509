"""What a programme is compared with announced deals by, and its nearest deals with their reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from onepill.deals.comparable_neighbours import FEATURES, RANK, Neighbour, Profile, nearest
from onepill.workbench.deals import comps_words as words
from onepill.workbench.deals.comps_rows import deal_row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onepill.deals.comparables import Deal
    from onepill.model.schema import Programme

Row = dict[str, Any]


@dataclass(frozen=True)
class Read:
    """A programme's profile and where each feature was read."""

    programme: str
    profile: Profile
    read_from: Mapping[str, words.Text]

    def as_row(self) -> Row:
        told = asdict(self.profile)
        return {
            "programme": self.programme,
            **told,
            "day": self.profile.day.isoformat(),
            "targets": list(self.profile.targets),
            "read_from": dict(self.read_from),
        }


def read_profile(programme: Programme) -> Read:
    """The features of a programme file on its day, each with where it stands."""
    from onepill.registries.entities.targets import symbols_of

    stage, stage_from = _stage(programme)
    territory, territory_from = _territory(programme)
    indications = list(programme.all_indications().values())
    targets = dict.fromkeys(symbol for name in programme.asset.targets for symbol in symbols_of(name))
    profile = Profile(
        day=programme.as_of,
        stage=stage,
        modality=programme.asset.modality,
        area=indications[0].area if indications else None,
        targets=tuple(targets),
        territory_kind=territory,
    )
    read_from = {
        "stage": stage_from,
        "modality": words.FROM_ASSET,
        "area": words.FROM_INDICATION,
        "targets": words.FROM_ASSET,
        "territory": territory_from,
    }
    return Read(programme.programme, profile, read_from)


def _stage(programme: Programme) -> tuple[str | None, words.Text]:
    """Approved and submitted filings go before stages; of stages the furthest begun, else the first planned."""
    for state, event, text in (("approved", "approved", words.APPROVED), ("filed", "submitted", words.FILED)):
        names = [name for name, filing in programme.filings.items() if getattr(filing.done, event) is not None]
        if names:
            return state, words.filled(text, name=", ".join(names))
    ranked = [(RANK[stage.kind], name, stage) for name, stage in programme.development.items() if stage.kind in RANK]
    begun = [one for one in ranked if one[2].done.started is not None and one[2].done.failed is None]
    if begun:
        _, name, stage = max(begun, key=lambda one: one[0])
        return stage.kind, words.filled(words.STARTED, name=name)
    if ranked:
        _, name, stage = min(ranked, key=lambda one: one[0])
        return stage.kind, words.filled(words.PLANNED, name=name)
    return None, words.NO_STAGE


def _territory(programme: Programme) -> tuple[str | None, words.Text]:
    """What the file's markets would be in a deal's words."""
    codes = sorted({market.jurisdiction or name for name, market in programme.markets.items()})
    said = words.filled(words.FROM_MARKETS, name=", ".join(codes) or "-")
    if not codes:
        return None, said
    if codes == ["CN"]:
        return "china", said
    if "CN" in codes:
        return "worldwide", said
    return ("outside_china" if len(codes) > 1 else "region"), said


def neighbour_rows(read: Read, deals: Sequence[Deal], *, count: int) -> list[Row]:
    return [_neighbour(read.profile, one) for one in nearest(read.profile, deals, count=count)]


def _neighbour(profile: Profile, one: Neighbour) -> Row:
    names = [words.FEATURES[name] for name in one.agrees_in]
    reason = words.AGREES_IN_NOTHING
    if names:
        en, zh = ", ".join(name["en"] for name in names), "、".join(name["zh"] for name in names)
        reason = {"en": words.AGREES["en"].format(names=en), "zh": words.AGREES["zh"].format(names=zh)}
    return {
        "distance": one.distance,
        "reason": reason,
        "shared_targets": list(one.shared_targets),
        "parts": [_part(profile, one, feature) for feature in FEATURES],
        "deal": deal_row(one.deal),
    }


def _part(profile: Profile, one: Neighbour, feature: str) -> Row:
    ours, theirs = _sides(profile, one.deal)[feature]
    return {
        "feature": feature,
        "label": words.FEATURES[feature],
        "ours": ours or None,
        "theirs": theirs or None,
        "distance": one.parts[feature],
    }


def _sides(profile: Profile, deal: Deal) -> dict[str, tuple[str | None, str | None]]:
    return {
        "stage": (profile.stage, deal.stage),
        "modality": (profile.modality, deal.modality),
        "area": (profile.area, deal.area),
        "targets": (", ".join(profile.targets), ", ".join(deal.targets)),
        "territory": (profile.territory_kind, deal.territory_kind),
        "day": (profile.day.isoformat(), deal.announced_on.isoformat()),
    }
