"""The nouns of a programme file, closed: an unknown key is an error."""

# ruff: noqa: RUF012 -- pydantic copies a default for each instance; the base class lies in another file

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field, field_validator

from onepill.model.known_evidence import KnownEvidence, Success
from onepill.model.patient_flow import (
    MARKET_NEEDS,
    Competition,
    PatientFlow,
    eligible_share_is_no_step,
    patients_given_once,
    share_given_once,
)
from onepill.model.payer_path import Access
from onepill.model.proof_of_concept import ProofOfConcept
from onepill.model.regulatory import Dossier, Expectation, GateKind, GateState, Question
from onepill.model.types import (
    After,
    Answers,
    Closed,
    Currency,
    Day,
    Identifier,
    Jurisdiction,
    Name,
    SourceText,
    Text,
    Words,
)
from onepill.model.values import (
    AmountValue,
    CountValue,
    DurationValue,
    PlainFactor,
    PlainGrowth,
    PlainShare,
    PlainYears,
    ShareValue,
)

AREAS = (
    "oncology",
    "haematology",
    "metabolic",
    "endocrine",
    "cardiovascular",
    "neurology",
    "psychiatry",
    "infectious_disease",
    "autoimmune",
    "respiratory",
    "ophthalmology",
    "gastroenterology",
    "urology",
    "allergy",
    "other",
)
MODALITIES = (
    "small_molecule",
    "monoclonal_antibody",
    "bispecific_antibody",
    "antibody_drug_conjugate",
    "protein",
    "peptide",
    "oligonucleotide",
    "gene_therapy",
    "cell_therapy",
    "vaccine",
    "radiopharmaceutical",
    "other",
)
STAGE_KINDS = (
    "preclinical",
    "phase_1",
    "phase_1_2",
    "phase_2",
    "phase_2_3",
    "phase_3",
    "dose_optimisation",
    "bridging",
    "post_marketing",
    "other",
)
CONVENTIONS = ("end_year", "mid_year", "continuous", "exact")


class Conjugate(Closed):
    """The parts of an antibody-drug conjugate.

    `ratio` is the drug-to-antibody ratio, `assumption` says what of it is assumed.
    """

    antigen: str
    linker: str
    payload: str
    ratio: float = Field(gt=0)
    source: SourceText | None = None
    assumption: str = ""


class Originator(Closed):
    name: Text
    country: str = Field(pattern="^[A-Z]{2}$")
    region: str | None = Field(default=None, pattern="^[A-Z]{2}-[A-Z]{2,3}$", description="such as CN-SH")


class Asset(Closed):
    name: Text
    aliases: list[str] = []
    modality: Literal[MODALITIES]  # type: ignore[valid-type]
    targets: list[str] = []
    mechanism: Text | None = None
    originator: Originator | None = None
    conjugate: Conjugate | None = None
    registration_class: str | None = Field(default=None, description="China's class, such as '1'")
    new_active_substance: bool = True
    source: SourceText | None = None


class Patent(Closed):
    """A patent family in one country; `extension_years` is what is granted or applied for on top of `expiry`."""

    family: str
    country: Jurisdiction
    expiry: Day
    extension_years: float = Field(default=0, ge=0, le=5)
    source: SourceText | None = None
    assumption: str = ""


class RoyaltyTier(Closed):
    above_usd: float = Field(default=0, ge=0, description="yearly net sales from which the rate applies")
    rate: float = Field(ge=0, le=1)


class Upstream(Closed):
    """A licence that the owner holds and pays royalties for on its own net sales."""

    licensor: str
    royalty: list[RoyaltyTier]
    territories: list[Jurisdiction] = []
    source: SourceText | None = None
    assumption: str = ""


class Grant(Closed):
    """Field and territory already granted to somebody else; `until` is the day it came back."""

    to: str
    territory: Text
    field: Text | None = None
    since: Day
    until: Day | None = None
    terms: Text | None = None
    source: SourceText | None = None


class Rights(Closed):
    owner: Text | None = None
    patents: list[Patent] = []
    upstream: list[Upstream] = []
    granted: list[Grant] = []


class Indication(Closed):
    name: Text
    area: Literal[AREAS]  # type: ignore[valid-type]
    line: str | None = Field(default=None, description="line of therapy")
    biomarker: str | None = None
    rare: bool = False
    expectations: dict[Jurisdiction, Expectation] = Field(default={}, description="of each region, as the file sees it")
    evidence: KnownEvidence = KnownEvidence()


class Readout(Closed):
    """What a trial showed; shares from 0 to 1, survival in months."""

    trial: str
    indication: str | None = None
    line: str | None = None
    comparator: str | None = None
    n: int = Field(gt=0)
    cut_off: Day | None = None
    response_share: float | None = Field(default=None, ge=0, le=1)
    pfs_months: float | None = Field(default=None, ge=0)
    os_months: float | None = Field(default=None, ge=0)
    grade_3_share: float | None = Field(default=None, ge=0, le=1)
    note: Text | None = None
    source: SourceText | None = None


class Done(Closed):
    """Facts: the day on which each event happened."""

    started: Day | None = None
    finished: Day | None = None
    succeeded: Day | None = None
    failed: Day | None = None
    source: SourceText | None = None


class FilingDone(Closed):
    """Facts of a filing."""

    submitted: Day | None = None
    accepted: Day | None = None
    approved: Day | None = None
    refused: Day | None = None
    source: SourceText | None = None


class Stage(Closed):
    """A piece of development: a trial or the work before one.

    `start_up` runs from the trial authorisation to the first patient, `duration` from the first patient to the
    readout. `held` lists the regions whose trial authorisation is already there. `regional_share` is the share of the
    patients that each region treats.
    """

    kind: Literal[STAGE_KINDS]  # type: ignore[valid-type]
    title: Text | None = Field(default=None, description="a few words for charts; details go into the note")
    note: Text | None = None
    indication: Identifier | None = None
    regions: list[Jurisdiction] = []
    calendar: Jurisdiction | None = None
    after: After = {"all": []}
    not_before: Day | None = None
    duration: DurationValue | None = None
    start_up: DurationValue | None = None
    cost: AmountValue | None = None
    cost_timing: Literal["even", "start", "middle", "finish"] = "even"
    success_prob: ShareValue | None = None
    held: list[Jurisdiction] = []
    comparator: Words = Field(default=[], description="what the trial compares with; none for a single arm")
    endpoints: Words = Field(default=[], description="primary endpoints")
    regional_share: dict[Jurisdiction, ShareValue] = {}
    stops_on: list[str] = []
    done: Done = Done()


class Filing(Closed):
    """One application in one jurisdiction.

    `preparation` runs from the last prerequisite to the submission, `review` replaces the agency's clocks where the
    file knows better, `approval_prob` is eventual approval. With a `dossier`, which filings share, `preparation` is the
    regional part.
    """

    title: Text | None = Field(default=None, description="what is asked for, where it is not the first approval")
    jurisdiction: Jurisdiction | None = None
    indication: Identifier | None = None
    route: str = "standard"
    designations: list[str] = []
    after: After = {"all": []}
    dossier: Identifier | None = None
    preparation: DurationValue | None = None
    preparation_cost: AmountValue | None = None
    review: DurationValue | None = None
    approval_prob: ShareValue | None = None
    first_cycle_prob: ShareValue | None = None
    resubmission: DurationValue | None = None
    conditions: Answers = {}
    not_before: Day | None = None
    done: FilingDone = FilingDone()


class Uptake(Closed):
    years_to_peak: PlainYears = 4
    shape: Literal["linear", "s_curve"] = "s_curve"
    source: SourceText | None = None
    assumption: str = ""


class Payer(Closed):
    """A payer's part: `patient_share` of the patients, at `price_share` of the net price."""

    payer: Text
    patient_share: PlainShare
    price_share: PlainFactor = 1
    source: SourceText | None = None
    assumption: str = ""


class PriceStep(Closed):
    """From a day on the net price is `factor` times its first level."""

    since: Day
    factor: PlainFactor
    source: SourceText | None = None
    assumption: str = ""


class LossOfExclusivity(Closed):
    """The later of the patent and of the exclusivity that runs from approval; `retained_share` of sales stay after."""

    patent: Day | None = None
    exclusivity_years: float | None = Field(default=None, ge=0, le=50)
    retained_share: PlainShare = 0.2
    source: SourceText | None = None
    assumption: str = ""


class Market(Closed):
    """Patients, price and cost of one market. Peak sales a year = patients x shares x months on treatment x price.

    Patients are given by `patients_per_year` and `eligible_share`, or by steps in `patients`; the share at the peak by
    `peak_share`, or by the class and the order of entry in `competition`.
    """

    model_config = ConfigDict(json_schema_extra=MARKET_NEEDS)

    jurisdiction: Jurisdiction | None = None
    indication: Identifier | None = None
    filing: Name | None = None
    patients: PatientFlow | None = None
    patients_per_year: CountValue | None = Field(default=None, validate_default=True)
    eligible_share: ShareValue | None = None
    competition: Competition | None = None
    peak_share: ShareValue | None = Field(default=None, validate_default=True)
    months_on_treatment: CountValue
    net_price_per_month: AmountValue
    growth_per_year: PlainGrowth = 0
    uptake: Uptake = Uptake()
    payers: list[Payer] = []
    price_steps: list[PriceStep] = []
    loss_of_exclusivity: LossOfExclusivity = LossOfExclusivity()
    cogs_share: ShareValue | None = None
    selling_share: ShareValue | None = None
    tax_share: ShareValue | None = None
    launch_lag: DurationValue | None = None
    launch_cost: AmountValue | None = None
    launched: Day | None = None
    launch_source: SourceText | None = None
    ends_on: list[str] = []
    access: Access | None = Field(default=None, description="who pays, and what changes that")

    _patients = field_validator("patients_per_year")(patients_given_once)
    _eligible = field_validator("eligible_share")(eligible_share_is_no_step)
    _share = field_validator("peak_share")(share_given_once)


class ExchangeRate(Closed):
    """`per_usd` units of the currency for one US dollar on `date`."""

    per_usd: float = Field(ge=1e-3, le=1e9)
    date: Day
    source: SourceText | None = None


class Capital(Closed):
    discount_rate_per_year: ShareValue | None = None
    convention: Literal[CONVENTIONS] = "mid_year"  # type: ignore[valid-type]
    horizon_years: int = Field(default=25, ge=1, le=40)
    base_rates: Literal["bio", "wong"] = "bio"
    exchange_rates: dict[Currency, ExchangeRate] = {}


class Change(Closed):
    path: str
    value: Any
    reason: str


class Scenario(Closed):
    summary: Text | None = None
    changes: list[Change] = Field(min_length=1)


class Programme(Closed):
    """One drug's programme, one file."""

    onepill: Literal[1]
    programme: Identifier
    title: Text | None = None
    note: Text | None = None
    as_of: Day
    asset: Asset
    rights: Rights = Rights()
    indication: Indication | None = None
    indications: dict[Identifier, Indication] = {}
    readouts: list[Readout] = []
    factors: dict[str, Text] = {}
    conditions: Answers = Field(default={}, description="answers to the rulebook's vocabulary")
    development: dict[Identifier, Stage] = {}
    dossiers: dict[Identifier, Dossier] = {}
    filings: dict[Name, Filing] = {}
    gates: dict[Jurisdiction, dict[GateKind, GateState]] = Field(default={}, description="what is done of each gate")
    questions: list[Question] = Field(default=[], description="to agencies, with answers and commitments")
    markets: dict[Name, Market] = {}
    capital: Capital = Capital()
    success: Success = Success()
    policy_uptake: dict[str, ShareValue] = Field(default={}, description="by measure id")
    proof_of_concept: ProofOfConcept | None = None
    scenarios: dict[Identifier, Scenario] = {}

    def all_indications(self) -> dict[str, Indication]:
        """Every indication by id; a single unnamed one is `main`."""
        return {**({"main": self.indication} if self.indication else {}), **self.indications}

    def indication_id(self, named: str | None) -> str:
        """The indication that a stage, filing or market names; where it names none, the file has only one."""
        return named or next(iter(self.all_indications()))
