"""The nouns of a lean proof of concept: what is hidden, what may be done to find out, and what a decision is worth."""

# ruff: noqa: RUF012 -- pydantic copies a default for each instance; the base class lies in another file

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from onepill.model.types import Closed, Identifier, Text, Words
from onepill.model.values import AmountValue, DurationValue, ShareValue

EXPERIMENT_KINDS = (
    "in_vitro",
    "animal_model",
    "human_exposure",
    "proof_of_mechanism",
    "biomarker_response",
    "phase_2a",
    "other",
)
NO, YES = "no", "yes"
"""The levels of a hidden factor that is stated by one chance."""


def _levels(raw: Any) -> Any:
    """True and false stand for yes and no; one level may stand alone."""
    listed = raw if isinstance(raw, list) else [raw]
    return [(YES if item else NO) if isinstance(item, bool) else item for item in listed]


_LEVELS_SCHEMA = {"type": ["boolean", "string", "array"], "items": {"type": ["boolean", "string"]}}
Levels = Annotated[list[str], BeforeValidator(_levels), WithJsonSchema(_LEVELS_SCHEMA)]


class HiddenFactor(Closed):
    """Something that nobody knows yet: `prob` that it holds, or the chance of each of its `levels`."""

    title: Text | None = None
    prob: ShareValue | None = None
    levels: dict[Identifier, ShareValue] = {}

    def chances(self) -> dict[str, float]:
        """The prior chance of each level; a distribution counts with its mean."""
        if self.prob is not None:
            return {NO: 1 - self.prob.number, YES: self.prob.number}
        return {level: value.number for level, value in self.levels.items()}


class Reading(Closed):
    """How well an experiment sees a hidden factor: two levels by sensitivity and specificity, others level by level."""

    sensitivity: ShareValue | None = None
    specificity: ShareValue | None = None
    positive_prob: dict[Identifier, ShareValue] = {}

    def chances(self) -> dict[str, float]:
        """The chance of being seen, by level."""
        if self.sensitivity is not None and self.specificity is not None:
            return {NO: 1 - self.specificity.number, YES: self.sensitivity.number}
        return {level: value.number for level, value in self.positive_prob.items()}


class Experiment(Closed):
    """A piece of work with a positive or a negative result: positive where each factor that it reads is seen.

    `after` names experiments whose result must be in (`tolerability`), or must be so (`tolerability:positive`).
    Experiments of one `family` share a cause of error.
    """

    kind: Literal[EXPERIMENT_KINDS]  # type: ignore[valid-type]
    title: Text | None = None
    note: Text | None = None
    cost: AmountValue
    duration: DurationValue
    after: Words = []
    family: Identifier | None = None
    reads: dict[Identifier, Reading] = Field(min_length=1)


class Family(Closed):
    """Experiments of one kind: the correlation of two equally accurate ones, given the truth."""

    title: Text | None = None
    correlation: ShareValue


class Outcome(Closed):
    """What a decision is worth where `when` holds (everywhere, if it is left out); the first that fits counts.

    Going is worth what the programme is, where `success_prob` is the chance that the stage `decides` then succeeds; or
    the stated gain or loss. Not going is worth nothing but `no_go_gain`.
    """

    title: Text | None = None
    when: dict[Identifier, Levels] = {}
    success_prob: ShareValue | None = None
    go_gain: AmountValue | None = None
    go_loss: AmountValue | None = None
    no_go_gain: AmountValue | None = None

    def fits(self, levels: dict[str, str]) -> bool:
        return all(levels.get(factor) in allowed for factor, allowed in self.when.items())


class ProofOfConcept(Closed):
    """What is to be found out before the stage `decides` is begun, and how."""

    title: Text | None = None
    note: Text | None = None
    decides: Identifier | None = None
    hidden: dict[Identifier, HiddenFactor] = Field(min_length=1)
    outcomes: list[Outcome] = Field(min_length=1)
    experiments: dict[Identifier, Experiment] = {}
    families: dict[Identifier, Family] = {}
    budget: AmountValue | None = None
    time_limit: DurationValue | None = None
    at_once: int | None = Field(default=None, ge=1, le=100)
