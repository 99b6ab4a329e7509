"""How a deal may end early, as a terms file writes it: how often, what comes back, and which clauses soften it."""

# ruff: noqa: RUF012 -- pydantic copies a default for each instance; the base class lies in another file

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, WithJsonSchema, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from onepill.model.types import Closed, SourceText
from onepill.model.values import DurationValue, ShareValue, fail

COHORTS = (2020, 2021, 2022)
CLAUSES = ("diligence", "step_in", "transition", "data_return", "break_fee")


def _list(raw: Any) -> Any:
    """One hazard for all years, or one for each year since signing."""
    return raw if isinstance(raw, list) else [raw]


_RATES = {"type": ["number", "string", "object", "array"]}
Rates = Annotated[list[ShareValue], BeforeValidator(_list), WithJsonSchema(_RATES)]


class Factor(Closed):
    """What a clause multiplies something with: an assumption with its range."""

    low: float = Field(ge=0)
    mode: float = Field(ge=0)
    high: float = Field(ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Factor:
        if not self.low <= self.mode <= self.high:
            raise fail("factor.order", "low, mode and high do not rise", hint="write {low: 0.7, mode: 0.85, high: 1.0}")
        return self


class SecondLifeTerms(Closed):
    """What becomes of a programme that has come back; what is left out is filled and told as an assumption.

    `transition`: until its owner holds data, filings and stock. `restart`: from then until the work goes on.
    `repeat_share`: of what the partner had spent on development, what must be spent once more. `sales_dip_share`: lost
    of the further sales where it was on the market.
    """

    prob: ShareValue | None = None
    transition: DurationValue | None = None
    restart: DurationValue | None = None
    repeat_share: ShareValue | None = None
    sales_dip_share: ShareValue | None = None
    source: SourceText | None = None
    assumption: str = ""


class ClauseTerms(Closed):
    """A clause of the contract. Its effects are assumptions: ranges of factors on the hazard of an early end, on the
    duration of the transition and of the restart, on what is repeated, and on the chance of a second life.

    A break fee itself is no assumption and stands among the terms, as a payment on the day of `termination`.
    """

    hazard: Factor | None = None
    transition: Factor | None = None
    restart: Factor | None = None
    repeat: Factor | None = None
    chance: Factor | None = None
    source: SourceText | None = None
    assumption: str = ""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"const": True}, handler(core)]}


def _clause(raw: Any) -> Any:
    """`true` for a clause as it is usually written."""
    return {} if raw is True else raw


AnyClause = Annotated[ClauseTerms, BeforeValidator(_clause)]


class TerminationTerms(Closed):
    """How often licences like this one end early: as a published `cohort` did, as all of them together (`pooled`), or
    `hazard_per_year` (one, or one for each year since signing) on top of the programme's own failures.

    `after_launch`: the hazard does not end with the first launch. `clause_effects`: count the clauses' assumed effects
    where the deal is valued; `deal return-risk` shows each of them alone in any case.
    """

    cohort: Literal[2020, 2021, 2022, "pooled"] | None = None
    hazard_per_year: Rates | None = None
    after_launch: bool = False
    second_life: SecondLifeTerms | None = None
    clauses: dict[Literal[CLAUSES], AnyClause] = {}  # type: ignore[valid-type]
    clause_effects: bool = False
    source: SourceText | None = None
    assumption: str = ""

    @model_validator(mode="after")
    def _one_of_two(self) -> TerminationTerms:
        if self.cohort is not None and self.hazard_per_year is not None:
            raise fail("termination.both", "cohort and hazard_per_year are both given", hint="leave one of them out")
        if self.hazard_per_year == []:
            raise fail("termination.empty", "hazard_per_year is an empty list", hint="write 0.08, or one for each year")
        return self
