"""The nouns of what is known about a drug's chance: facts, effects and response rates, each with its source."""

# ruff: noqa: RUF012 -- pydantic copies a default for each instance; the base class lies in another file

from __future__ import annotations

from typing import Literal

from pydantic import Field

from onepill.model.types import Closed, Day, Jurisdiction, SourceText, Text

MODALITY_ROWS = (
    "car_t",
    "sirna",
    "antisense",
    "monoclonal_antibody",
    "antibody_drug_conjugate",
    "gene_therapy",
    "vaccine",
    "protein",
    "peptide",
    "small_molecule",
)
NOVELTIES = ("nme", "biologic", "vaccine", "non_nme", "biosimilar")
PREVALENCES = ("rare", "chronic_high_prevalence")
SUBTYPES = ("haematologic", "solid", "immuno_oncology")
SWITCHES = (
    "genetic_support",
    "breakthrough",
    "phase_2_effect",
    "response_rate",
    "proof_of_mechanism",
    "class_precedent",
    "modality",
    "novelty",
    "biomarker",
    "prevalence",
    "oncology_subtype",
)
"""Factors and cuts of the tables that can be switched on or off."""
Switch = Literal[SWITCHES]  # type: ignore[valid-type]


class KnownFact(Closed):
    """Something that holds or does not; `date` is the day from which it was known."""

    value: bool
    date: Day | None = None
    source: SourceText | None = None
    assumption: str = ""
    note: Text | None = None


class KnownEffect(Closed):
    """The effect of a randomised phase 2 with its 95 % interval, and the effect that phase 3 is planned for.

    A hazard ratio below 1 and an odds ratio above 1 speak for the drug; a `difference` above 0 does, in any unit.
    """

    scale: Literal["hazard_ratio", "odds_ratio", "difference"]
    estimate: float
    low: float
    high: float
    target: float
    date: Day | None = None
    source: SourceText | None = None
    assumption: str = ""
    note: Text | None = None


class KnownResponse(Closed):
    """The response rate of a single arm, that of the treatment it is to replace, and that planned for phase 3."""

    share: float = Field(ge=0, le=1)
    n: int = Field(gt=0)
    control_share: float = Field(gt=0, lt=1)
    target_share: float = Field(gt=0, lt=1)
    date: Day | None = None
    source: SourceText | None = None
    control_source: SourceText | None = None
    assumption: str = ""
    note: Text | None = None


class KnownEvidence(Closed):
    """What is known about the drug in one indication; what is left out is not known."""

    genetic_support: KnownFact | None = None
    proof_of_mechanism: KnownFact | None = None
    class_precedent: KnownFact | None = None
    breakthrough: dict[Jurisdiction, KnownFact] = {}
    phase_2_effect: KnownEffect | None = None
    response_rate: KnownResponse | None = None


class Success(Closed):
    """How chances are read: factors and cuts switched on or off by name, and rows of the tables that the rest of the
    file does not tell."""

    switch_on: list[Switch] = []
    switch_off: list[Switch] = []
    modality: Literal[MODALITY_ROWS] | None = None  # type: ignore[valid-type]
    novelty: Literal[NOVELTIES] | None = None  # type: ignore[valid-type]
    prevalence: Literal[PREVALENCES] | None = None  # type: ignore[valid-type]
    oncology_subtype: Literal[SUBTYPES] | None = None  # type: ignore[valid-type]
