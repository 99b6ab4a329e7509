"""What the measures take: dated evidence of programmes, approvals and drugs, and how a question narrows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

Precision = Literal["day", "month", "year"]
Role = Literal["investigated", "comparator", "background", "placebo", "other"]
SponsorClass = Literal["industry", "academic", "unknown"]
AsOfMethod = Literal["snapshot", "reconstructed"]
ClassBy = Literal["target_mechanism_modality", "target_mechanism", "target"]
Unit = Literal["agent", "agent_indication"]
Ties = Literal["all_lead", "earliest_leads"]

PRECISIONS: tuple[Precision, ...] = ("day", "month", "year")
ROLES: tuple[Role, ...] = ("investigated", "comparator", "background", "placebo", "other")
SPONSOR_CLASSES: tuple[SponsorClass, ...] = ("industry", "academic", "unknown")
CELL_THERAPY = "cell_therapy"
"""The modality that the switch for cell therapies acts on."""

PD_1_PD_L1: Mapping[str, str] = MappingProxyType({"PDCD1": "PD-1/PD-L1", "CD274": "PD-1/PD-L1"})
"""The target group of published studies of crowding: both ends of one pathway count as one target."""


@dataclass(frozen=True)
class EvidenceRow:
    """One dated sign that a drug reached a stage in an indication: a trial, a filing, an announcement.

    Attributes:
        drug_id: the resolved drug, never a raw name.
        indication_id: the resolved condition; empty where it could not be mapped.
        stage: a name of `stages.LADDER`, `phase_4` or `withdrawal`.
        day: the day that the record describes (a start, a decision); None where it tells none.
        day_precision: a month or a year counts at its end.
        known_on: the day the record was posted; what is asked as of an earlier day does not see it.
        role: what the drug is in its arm; only `investigated` makes a programme.
        combination: the arm gives it together with another investigated drug.
        record_id: the publisher's own id.
    """

    drug_id: str
    indication_id: str
    stage: str
    day: date | None
    known_on: date
    record_id: str
    day_precision: Precision = "day"
    known_precision: Precision = "day"
    sponsor_id: str = ""
    sponsor_class: SponsorClass = "unknown"
    role: Role = "investigated"
    combination: bool = False


@dataclass(frozen=True)
class ApprovalRow:
    """A marketing approval of a drug anywhere in the world, conditional ones included."""

    drug_id: str
    day: date
    record_id: str
    indication_id: str = ""
    day_precision: Precision = "day"
    known_on: date | None = None
    jurisdiction: str = ""
    sponsor_id: str = ""

    def as_evidence(self) -> EvidenceRow:
        """The same fact as evidence of the highest stage; without a posting day it was public on its own."""
        return EvidenceRow(
            drug_id=self.drug_id,
            indication_id=self.indication_id,
            stage="approval",
            day=self.day,
            known_on=self.known_on or self.day,
            known_precision="day" if self.known_on else self.day_precision,
            record_id=self.record_id,
            day_precision=self.day_precision,
            sponsor_id=self.sponsor_id,
            sponsor_class="industry",
        )


@dataclass(frozen=True)
class DiscontinuationRow:
    """A statement that a drug's development was given up; evidence that counts later takes it up again."""

    drug_id: str
    known_on: date
    record_id: str


@dataclass(frozen=True)
class DrugRow:
    """What was known of a drug from a day on; a later row of the same drug replaces an earlier one.

    Attributes:
        targets: ids of what it acts on; empty where unknown.
        mechanism: how it acts (`inhibitor`, `agonist`, `engager` ...); empty where unknown.
        modality: `small_molecule`, `antibody`, `cell_therapy` ...; empty where unknown.
        origin: country where it was discovered, ISO 3166 alpha-2; empty where unknown.
        known_on: the day this annotation was published.
    """

    drug_id: str
    targets: tuple[str, ...]
    mechanism: str
    modality: str
    known_on: date
    name: str = ""
    origin: str = ""
    biosimilar: bool = False
    fixed_combination: bool = False
    source: str = ""


@dataclass(frozen=True)
class Switches:
    """What a count includes; each measure states its switches.

    Attributes:
        academic: programmes whose only evidence is investigator-initiated.
        phase_4_is_approval: a phase-4 trial shows that the drug is approved somewhere (the ladder's own rule).
        target_groups: target id to the group that it counts under.
        class_by: what makes two drugs one class.
        split_targets: a drug of n targets counts 1/n under each, else once under each.
        annotation_hindsight: use what is known of drugs today, although the question is of a past day. What a
            molecule acts on does not change, but who knew it does; answers say so.
        discontinued: keep drugs whose development was said to be given up; approved drugs always stay.
        seen_within_years: leave out programmes without any evidence for so long; None keeps them for ever.
    """

    academic: bool = True
    cell_therapies: bool = True
    biosimilars: bool = False
    combination_arms: bool = True
    phase_4_is_approval: bool = True
    target_groups: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    class_by: ClassBy = "target_mechanism_modality"
    split_targets: bool = True
    annotation_hindsight: bool = False
    discontinued: bool = False
    seen_within_years: float | None = None


@dataclass(frozen=True)
class Question:
    """A day, the switches, and which programmes are shown; empty filters show all.

    Attributes:
        targets: ids, or names of groups where targets are grouped.
        not_origins: show only drugs of a known origin that is none of these: the rest of the world.
        min_stage: programmes below it are not counted; the default counts what is in humans.
    """

    as_of: date
    switches: Switches = field(default_factory=Switches)
    targets: tuple[str, ...] = ()
    indications: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    not_origins: tuple[str, ...] = ()
    min_stage: str = "early_phase_1"


@dataclass(frozen=True)
class StageWeights:
    """What one programme at a stage counts in phase-weighted crowding, and where the weights are from.

    With likelihoods of approval as weights the sum is the expected number of approvals.
    """

    weight_by_stage: Mapping[str, float]
    source: str


@dataclass(frozen=True)
class Measure:
    """One number beside its uncertainty.

    Attributes:
        value: None where it is not defined, such as a share of nothing.
        low, high: 95 % limits; both None where value is None.
        n: how many programmes (or what `unit` says) stand behind it.
        interval: how the limits were made; `count` means a full count, whose limits are the count itself.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    unit: str
    interval: Literal["bootstrap", "wilson", "poisson", "binomial", "count", "greenwood"]
