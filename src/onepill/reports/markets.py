"""The markets of a passport, each with its name, its milestones and its gates, under one id."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onepill.reports.catalogue import Catalogue

Row = Mapping[str, Any]
DEVELOPMENT = "development"
CHAIN_TOLERANCE = 0.02  # a simulated chance differs from the product by its sampling error


@dataclass(frozen=True)
class Market:
    """A row of the value by market, its milestones `approval` and `launch`, and the `chain` of gates before them."""

    id: str
    jurisdiction: str | None
    name: str
    row: Row
    approval: Row | None = None
    launch: Row | None = None
    chain: tuple[str, ...] = ()

    @property
    def is_development(self) -> bool:
        return self.id == DEVELOPMENT

    @property
    def is_approved(self) -> bool:
        return is_actual(self.approval)

    @property
    def is_launched(self) -> bool:
        return is_actual(self.launch)

    @property
    def is_open(self) -> bool:
        """Its approval is still to come."""
        return self.approval is not None and not self.is_approved


def is_actual(milestone: Row | None) -> bool:
    return milestone is not None and milestone.get("status") == "actual"


def markets_of(passport: Row, words: Catalogue) -> list[Market]:
    """Every row of the value by market, development first, the others in the document's order."""
    rows = (passport.get("value") or {}).get("by_market") or ()
    found = [_market(row, passport, words) for row in rows]
    return sorted(found, key=lambda market: not market.is_development)


def _market(row: Row, passport: Row, words: Catalogue) -> Market:
    label = str(row["market"])
    market_id = str(row.get("id") or label.lower())
    if market_id == DEVELOPMENT:
        return Market(market_id, None, words.either("jurisdiction", DEVELOPMENT), row)
    place = str(row.get("jurisdiction") or label)
    milestones = passport.get("milestones") or ()
    approval = _milestone(milestones, market_id, place, "approval")
    launch = _milestone(milestones, market_id, place, "launch")
    chain = _chain(passport, market_id, place, approval)
    return Market(market_id, place, _name(label, place, words), row, approval, launch, chain)


def _name(label: str, place: str, words: Catalogue) -> str:
    """The place, and what tells its markets apart where the document says more than the place."""
    name = words.either("jurisdiction", place)
    more = label.removeprefix(place).strip(" _-").replace("_", " ")
    return words("market.named", place=name, more=more) if more else name


def _milestone(milestones: Sequence[Row], market_id: str, place: str, kind: str) -> Row | None:
    """The market's own by id, else its place's: one that happened, else the likeliest."""
    own = [m for m in milestones if m["id"] == f"{market_id}.{kind}"]
    found = own or [m for m in milestones if m.get("jurisdiction") == place and m.get("kind") == kind]
    ranked = sorted(found, key=lambda m: (not is_actual(m), -(m.get("prob") or 0.0)))
    return next(iter(ranked), None)


def _chain(passport: Row, market_id: str, place: str, approval: Row | None) -> tuple[str, ...]:
    """The market's own chain of gates by its milestone or id; its place's where it is the only market there.

    Where several markets of a place share one chain, it belongs to the market whose chance it multiplies to.
    """
    chains = (passport.get("success") or {}).get("chain") or {}
    own = next((chains[key] for key in (f"{market_id}.approval", market_id) if key in chains), None)
    if own is not None or place not in chains:
        return tuple(own or ())
    rows = (passport.get("value") or {}).get("by_market") or ()
    is_alone = sum(str(row.get("jurisdiction") or row["market"]) == place for row in rows) < 2
    return tuple(chains[place]) if is_alone or _multiplies_to(passport, chains[place], approval) else ()


def _multiplies_to(passport: Row, chain: Sequence[str], approval: Row | None) -> bool:
    gates = {gate["id"]: gate.get("prob") or 0.0 for gate in (passport.get("success") or {}).get("gates") or ()}
    product = math.prod(gates.get(name, 0.0) for name in chain)
    return approval is not None and abs(product - (approval.get("prob") or 0.0)) <= CHAIN_TOLERANCE
