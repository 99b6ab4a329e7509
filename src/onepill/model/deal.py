"""The nouns of a terms file: who signs what with whom about a programme. Closed: an unknown key is an error."""

# ruff: noqa: RUF012 -- pydantic copies a default for each instance; the base class lies in another file

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from onepill.model.deal_termination import TerminationTerms
from onepill.model.deal_terms import AnyTerm, Backed
from onepill.model.deal_vehicle import FundTerms, VehicleTerms
from onepill.model.deal_when import AnyTerritory, Moment, When
from onepill.model.schema import ExchangeRate
from onepill.model.types import Closed, Currency, Day, Identifier, SourceText, Text
from onepill.model.values import AmountValue, ShareValue, fail

STRUCTURES = (
    "licence",
    "option",
    "co_development",
    "newco",
    "modified_newco",
    "royalty_financing",
    "asset_purchase",
    "acquisition",
)
ROLES = (
    "licensor",
    "licensee",
    "partner",
    "newco",
    "investor",
    "fund",
    "fund_partners",
    "fund_manager",
    "founders",
    "seller",
    "buyer",
    "funder",
    "other",
)
OWNER_ROLES = ("licensor", "seller")
"""Roles of whoever owns the programme before the deal."""


class RiskTerm(Closed):
    """What a party weighs beside the mean: the mean of the worst `tail_share` of futures counts with `weight`."""

    weight: float = Field(ge=0, le=1)
    tail_share: float = Field(default=0.05, gt=0, le=1)


class Belief(Closed):
    """A scenario of the programme file that a side counts on, or a change to the file of its own."""

    scenario: Identifier | None = None
    path: str | None = None
    value: Any = None
    reason: str = ""


def _belief(raw: Any) -> Any:
    """The name of a scenario stands for itself; a change says its path and its reason."""
    if isinstance(raw, str):
        return {"scenario": raw}
    if not isinstance(raw, dict) or (set(raw) != {"path", "value", "reason"} and set(raw) != {"scenario"}):
        hint = "write the name of a scenario, or {path: …, value: …, reason: …}"
        raise fail("belief.shape", "a belief is a scenario or a change", hint=hint)
    return raw


_BELIEF_SCHEMA = {
    "anyOf": [
        {"type": "string"},
        {"type": "object", "properties": {"path": {"type": "string"}, "value": {}, "reason": {"type": "string"}}},
    ]
}
AnyBelief = Annotated[Belief, BeforeValidator(_belief), WithJsonSchema(_BELIEF_SCHEMA)]


class PartyTerms(Backed):
    """One side. Without `tax_share` each market's own tax applies to its profit, and payments are not taxed.

    `believes`: scenarios of the programme file, or changes to it, that this side counts on. `outside_option` is what it
    has without this deal.
    """

    role: Literal[ROLES]  # type: ignore[valid-type]
    name: Text
    discount_rate_per_year: ShareValue | None = Field(default=None, description="the programme's if left out")
    tax_share: ShareValue | None = None
    currency: Currency = "USD"
    believes: list[AnyBelief] = []
    outside_option: AmountValue | None = None
    risk: RiskTerm | None = None


class OptionTerms(Backed):
    """A decision on the day of `on`; without `exercise_prob` it is taken where that is worth more to its holder."""

    holder: Identifier
    on: Moment
    exercise_prob: ShareValue | None = None
    title: Text | None = None


class GrantTerms(Backed):
    """Rights to a territory and field. Who has them bears the launch and the costs of the activities in `pays`."""

    to: Identifier
    territory: AnyTerritory | None = None
    field: list[Identifier] = Field(default=[], description="indications; all if left out")
    pays: list[str] = Field(default=[], description="stages, filings.US, or filings: all of the territory")
    since: Moment = When()
    until: Moment | None = None
    title: Text | None = None


class Comparable(Closed):
    """A deal that this one is measured against."""

    deal: Text
    note: Text | None = None
    source: SourceText


class Deal(Closed):
    """One deal about one programme, one file."""

    onepill: Literal[1]
    deal: Identifier
    structure: Literal[STRUCTURES]  # type: ignore[valid-type]
    title: Text
    note: Text | None = None
    signed_on: Day
    signed_source: SourceText | None = Field(default=None, description="where a signing before the plan's day is told")
    owner: Identifier | None = Field(default=None, description="who owns the programme; else the licensor or seller")
    parties: dict[Identifier, PartyTerms] = Field(min_length=1)
    options: dict[Identifier, OptionTerms] = {}
    grants: dict[Identifier, GrantTerms] = {}
    terms: dict[Identifier, AnyTerm] = {}
    vehicle: VehicleTerms | None = None
    funds: dict[Identifier, FundTerms] = {}
    termination: TerminationTerms | None = None
    exchange_rates: Annotated[
        dict[Currency, ExchangeRate], Field(description="of the signing day; else the programme's")
    ] = {}
    comparables: list[Comparable] = []

    def owner_id(self) -> str:
        """Who owns the programme where nothing is granted; empty where the file does not tell."""
        named = [name for name, party in self.parties.items() if party.role in OWNER_ROLES]
        return self.owner or (named[0] if named else "")


def deal_json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the terms file, for editors."""
    schema = {**Deal.model_json_schema(), "title": "onepill deal"}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
