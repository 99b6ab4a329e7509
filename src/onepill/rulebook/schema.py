"""The closed schema of a pack and of a policy file, read when packs are compiled and never when the product runs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from onepill.core.dates import parse_day
from onepill.core.errors import InputError
from onepill.core.provenance import Grade
from onepill.rulebook.conditions import terms_of
from onepill.rulebook.nouns import TOPICS, Nature, Status


def _day(value: object) -> date | None:
    if value is None:
        return None
    try:
        return parse_day(value)
    except InputError as error:
        raise ValueError(str(error)) from None


def _topic(value: object) -> object:
    if value not in TOPICS:
        raise ValueError(f"{value!r} is not a topic; one of {', '.join(TOPICS)}")
    return value


def _when(value: object) -> object:
    terms_of(value)
    return value


def _listed(value: object) -> object:
    """One text or a list of them."""
    return [value] if isinstance(value, str) else value


def _named(value: object) -> object:
    return {"en": value} if isinstance(value, str) else value


def _alternatives(value: object) -> object:
    """`after` entries: a step, or `{any: [steps]}`."""
    if not isinstance(value, list):
        raise ValueError("after is a list of steps")
    return [entry["any"] if isinstance(entry, dict) and set(entry) == {"any"} else _listed(entry) for entry in value]


Day = Annotated[date, BeforeValidator(_day)]
MaybeDay = Annotated[date | None, BeforeValidator(_day)]
Names = Annotated[dict[str, str], BeforeValidator(_named)]
Texts = Annotated[list[str], BeforeValidator(_listed)]
Topic = Annotated[str, BeforeValidator(_topic)]
Condition = Annotated[Any, BeforeValidator(_when)]
After = Annotated[list[list[str]], BeforeValidator(_alternatives)]
Unit = Literal[
    "working_days", "calendar_days", "hours", "weeks", "months", "years",
    "USD", "EUR", "CNY", "JPY", "GBP", "CHF", "AUD", "CAD", "KRW", "SGD", "HKD", "MOP", "MYR", "THB",
    "IDR", "VND", "PHP", "SAR", "AED", "BRL", "share", "count", "flag", "text", "day",
]  # fmt: skip
MeasureKind = Literal[
    "clock", "cost", "subsidy", "priority", "insurance", "hospital_listing", "data", "fund", "talent", "other"
]


ReviewStep = Literal[
    "fda.approval", "fda.first_letter", "fda.resubmission", "ema.opinion", "ema.extension", "ema.decision",
    "hc.decision", "pmda.decision", "nmpa.decision",
]  # fmt: skip
"""Steps of the review-time model, which stands on a floor above; a test holds both lists together."""
ReviewClass = Literal["standard", "priority", "accelerated", "conditional", "other"]


class Closed(BaseModel):
    """Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceEntry(Closed):
    title: str
    url: str = ""
    publisher: str = ""
    date: MaybeDay | str = None
    retrieved: Day | None = None


class TermEntry(Closed):
    en: str
    zh: str = ""
    answered_by: str = ""


class VersionEntry(Closed):
    announced: MaybeDay = None
    first: MaybeDay = Field(default=None, alias="from")
    attested: list[Day] = []
    until: MaybeDay = None
    value: Any = None
    status: Status = "in_force"
    source_grade: Grade
    source: Texts | None = None
    ref: str | int = ""
    formula: str = ""
    recheck: MaybeDay = None
    body: str = ""
    note: str = ""


class VariantEntry(Closed):
    when: Condition
    name: Names = {}
    versions: list[VersionEntry]


class AbsentEntry(Closed):
    checked: Day
    note: str


class RuleEntry(Closed):
    topic: Topic
    name: Names = {}
    unit: Unit | None = None
    nature: Nature | None = None
    starts: str = ""
    counts_start_day: bool = False
    roll: Literal["none", "next", "previous"] = "none"
    stops: Texts = []
    fact: Texts = []
    versions: list[VersionEntry] = []
    variants: dict[str, VariantEntry] = {}
    beside: list[VersionEntry] = []
    absent: AbsentEntry | None = None
    note: str = ""


class AbsentTopicEntry(Closed):
    topic: Topic
    checked: Day
    note: str


class OutcomeEntry(Closed):
    id: str
    prob_rule: str | None = None
    note: str = ""


class ReviewModelEntry(Closed):
    step: ReviewStep
    one_cycle: ReviewStep | None = None
    classes: dict[ReviewClass, Condition] = {}
    otherwise: ReviewClass = "other"
    new_substance: Condition = None


class StepEntry(Closed):
    id: str
    by: Literal["agency", "applicant", "ethics", "other"]
    name: Names = {}
    kind: Literal["activity", "event"] = "activity"
    clock: str | None = None
    duration: str | None = None
    after: After = []
    when: Condition = None
    optional: bool = False
    stop: bool = False
    gate: str | None = None
    fee: str | None = None
    forecast: str | None = None
    review_model: ReviewModelEntry | None = None
    covers: list[str] = []
    anchor: str | None = None
    instead_of: str | None = None
    outcomes: list[OutcomeEntry] = []
    note: str = ""


class RelianceEntry(Closed):
    references: list[str] = Field(min_length=1)
    at_least: int = Field(default=1, ge=1)
    within_years: float | None = None
    same: list[Literal["quality", "indication", "dosage", "site"]] = []
    nmpa_accepted: bool | None = None
    source_grade: Grade
    source: str | None = None
    note: str = ""


class PlanGateEntry(Closed):
    kind: Literal["paediatric_plan", "companion_diagnostic", "dose_optimisation", "data_export"]
    before: Literal["stage", "filing", "approval", "launch"]
    begins: Literal["pivotal_stage", "adult_pharmacokinetics", "prerequisites", "submission", "work"]
    abroad: bool = False
    rule: str | None = None


class ProcedureEntry(Closed):
    topic: Topic
    name: Names
    route: str = "standard"
    relies_on: RelianceEntry | None = None
    gate: PlanGateEntry | None = None
    per: Literal["filing", "product", "indication", "trial"]
    grants: str
    needed_when: Condition = None
    steps: list[StepEntry]
    second_cycle: str | None = None
    fact: Texts = []
    note: str = ""


class AgencyEntry(Closed):
    id: str
    name: Names


class Pack(Closed):
    onepill_pack: Literal[1]
    jurisdiction: str
    agency: AgencyEntry | None = None
    calendar: str = ""
    vocabulary: dict[str, TermEntry] = {}
    shared_vocabulary: dict[str, TermEntry] = {}
    sources: dict[str, SourceEntry] = {}
    rules: dict[str, RuleEntry] = {}
    absent_topics: list[AbsentTopicEntry] = []
    procedures: dict[str, ProcedureEntry] = {}


class DocumentEntry(Closed):
    title: str
    number: str = ""
    announced: Day
    first: Day = Field(alias="from")
    until: MaybeDay = None
    source: str
    measures: int | None = Field(default=None, ge=1)


class UptakeEntry(Closed):
    value: Any = None
    note: str = ""


class MeasureEntry(Closed):
    aspect: int = Field(ge=1, le=8)
    kind: MeasureKind
    name: Names
    when: Condition = None
    effect: dict[str, Any] | None = None
    baseline: str | None = None
    uptake: UptakeEntry = UptakeEntry()
    is_target: bool = False
    unit: Unit
    versions: list[VersionEntry]
    not_quantified_reason: str = ""
    fact: Texts = []
    note: str = ""


class PolicyFile(Closed):
    onepill_policy: Literal[1]
    id: str
    jurisdiction: str
    name: Names
    document: DocumentEntry
    vocabulary: dict[str, TermEntry] = {}
    sources: dict[str, SourceEntry] = {}
    measures: dict[str, MeasureEntry]
    not_captured: Names = {}
