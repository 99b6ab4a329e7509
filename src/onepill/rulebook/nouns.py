"""What a rulebook holds: versions and variants of rules, procedures with their steps, policies with their measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from onepill.core.provenance import Grade, Source
from onepill.rulebook.conditions import When

Value = Any
"""A number, a text, or named numbers such as `{p10, p50, p90}`."""

Nature = Literal["limit", "goal", "target", "typical"]
Status = Literal["in_force", "announced", "proposed"]
Verb = Literal["set", "cap", "add", "scale", "subsidy", "parallel", "drop"]
VERBS: tuple[Verb, ...] = ("set", "cap", "add", "scale", "subsidy", "parallel", "drop")
TARGETS = ("rule", "stage_cost", "span", "work")
"""What a measure's effect acts on."""

REQUIRED_TOPICS = (
    "pre_submission_meetings",
    "trial_authorisation",
    "ethics",
    "human_genetic_resources",
    "designations",
    "filing",
    "validation",
    "review",
    "clock_stops",
    "inspection_testing",
    "decision",
    "fees",
    "supplements",
    "data_protection",
    "renewal",
    "language_and_format",
    "reliance",
)
"""Topics that every jurisdiction's pack fills or records absent."""

TOPICS = (
    *REQUIRED_TOPICS,
    "paediatric",
    "companion_diagnostic",
    "trial_evidence",
    "data_export",
    "post_approval",
    "reimbursement",
    "support",
    "founding",
    "performance",
    "early_access",
    "work_sharing",
    "market_share",
)


@dataclass(frozen=True, slots=True)
class Version:
    """One value of a rule and the days on which it is the law.

    `first` is the day from which it applies, None where no source establishes it; `attested` are days on which a source
    states it; `last` is the last day on which it applies, None while open. `announced` is the day on which it was made
    public, None where unknown. `body` names who counted, where counts differ between bodies.
    """

    value: Value
    first: date | None
    attested: tuple[date, ...]
    last: date | None
    announced: date | None
    status: Status
    source_grade: Grade
    sources: tuple[Source, ...] = ()
    ref: str = ""
    formula: str = ""
    recheck: date | None = None
    body: str = ""
    note: str = ""

    @property
    def source(self) -> Source | None:
        """The first, which is the strongest, source; None where the value is unverified."""
        return self.sources[0] if self.sources else None

    @property
    def used_from(self) -> date:
        """The day from which the value is used without a flag: its start, else its first attested day."""
        return self.first or min(self.attested)

    @property
    def known_from(self) -> date:
        """The day of announcement; where that is unknown, the day from which the value is used."""
        return self.announced or self.used_from

    @property
    def date_text(self) -> str:
        return self.used_from.isoformat()


@dataclass(frozen=True, slots=True)
class Variant:
    """Values that go before a rule's own where `when` holds."""

    id: str
    when: When
    versions: tuple[Version, ...]
    name: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Absence:
    """Something that was looked for and not found, on the day `checked`."""

    checked: date
    note: str


@dataclass(frozen=True, slots=True)
class RuleValue:
    """What a rule says on one day.

    `start_unknown` is True where no source establishes that the value applied (or was known) on that day yet.
    """

    value: Value
    unit: str
    version: Version
    variant: str
    start_unknown: bool
    rule_id: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a procedure.

    `after` names earlier steps, `step:outcome` where one outcome leads on; each entry is a tuple of alternatives of
    which the first to happen counts, and all entries must hold. `clock`, `fee` and `forecast` are rule ids; a forecast
    replaces the clocks of the steps in `covers`, and so does the review-time model of `review_model`, which goes before
    it where reviews stand behind it. `anchor` is the step from whose start the clock runs.
    """

    id: str
    name: Mapping[str, str]
    by: str
    kind: str
    clock: str | None
    duration: str | None
    after: tuple[tuple[str, ...], ...]
    when: When
    optional: bool
    stop: bool
    gate: str | None
    fee: str | None
    forecast: str | None
    review_model: ReviewModelUse | None
    covers: tuple[str, ...]
    anchor: str | None
    instead_of: str | None
    outcomes: tuple[Outcome, ...]
    note: str


@dataclass(frozen=True, slots=True)
class ReviewModelUse:
    """Which step of the review-time model forecasts a step of a procedure, and in which review class.

    `classes` are tried in order and the first whose condition holds names the class, else `otherwise`. `step` runs to
    the end of the review over as many cycles as it takes; `one_cycle` is the step that ends with the first cycle, for
    a filing whose file splits the cycles itself (None: the review has no cycles). `new_substance` is the condition of a
    new active substance, where the step tells them apart (None: it does not).
    """

    step: str
    one_cycle: str | None
    classes: tuple[tuple[str, When], ...]
    otherwise: str
    new_substance: When


@dataclass(frozen=True, slots=True)
class Outcome:
    """A way in which a step can end; `prob_rule` is the rule with its share, None where no source gives one."""

    id: str
    prob_rule: str | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reliance:
    """Which reference approvals a route counts: at least `at_least` of `references`, each at most `within_years` old.

    `same` names what must be identical to the reference; `nmpa_accepted` is None where nothing is known.
    """

    references: tuple[str, ...]
    at_least: int
    within_years: float | None
    same: tuple[str, ...]
    nmpa_accepted: bool | None
    source_grade: Grade
    source: Source | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlanGate:
    """Something that must be there `before` a stage, a filing, an approval or a launch.

    `begins` is what its work may begin with: `pivotal_stage` (it is ready to start), `adult_pharmacokinetics` (phase 1
    is over), `prerequisites` of the filing, `submission` of the filing, or `work` of a stage that does it. A gate
    `abroad` acts on filings in other jurisdictions. `rule` is the rule that asks for it, where no clock does.
    """

    kind: str
    before: str
    begins: str
    abroad: bool = False
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Procedure:
    """An ordered set of steps that grants something: `per` filing, product, indication or trial.

    `route` names the way it is: standard, priority, abridged and so on; `relies_on` is set for reliance routes.
    `second_cycle` is the procedure that follows the applicant's answer where the first cycle does not end in approval.
    """

    id: str
    jurisdiction: str
    calendar: str
    topic: str
    name: Mapping[str, str]
    per: str
    grants: str
    needed_when: When
    steps: tuple[Step, ...]
    facts: tuple[str, ...]
    note: str
    route: str = "standard"
    relies_on: Reliance | None = None
    gate: PlanGate | None = None
    second_cycle: str | None = None

    @property
    def kind(self) -> str:
        return "procedure"


@dataclass(frozen=True, slots=True)
class Effect:
    """What a measure does: `verb` with `value` on the `target` of kind `on`, one of TARGETS, `where` it applies."""

    on: str
    target: str
    verb: Verb
    value: Value
    where: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of a policy; without an effect, `not_quantified_reason` says why."""

    id: str
    aspect: int
    kind: str
    name: Mapping[str, str]
    when: When
    effect: Effect | None
    baseline: str | None
    uptake: Value
    uptake_note: str
    is_target: bool
    unit: str
    versions: tuple[Version, ...]
    not_quantified_reason: str
    facts: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A public document of support measures, of which it has `measures_in_document` where a source counts them."""

    id: str
    jurisdiction: str
    name: Mapping[str, str]
    title: str
    number: str
    announced: date
    first: date
    last: date | None
    source: Source
    measures: tuple[Measure, ...]
    not_captured: Mapping[str, str]
    measures_in_document: int | None = None

    def measure(self, measure_id: str) -> Measure:
        return next(m for m in self.measures if m.id == measure_id)


@dataclass(frozen=True, slots=True)
class Term:
    """A word that `when` may use, and the path of the programme that answers it."""

    id: str
    name: Mapping[str, str]
    answered_by: str
