"""What the pathway emits: the network's fragment, and a row for each activity and each clock used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from onepill.core.errors import Finding
from onepill.pathway.review_times import ReviewTime
from onepill.rulebook import Procedure, RuleValue
from onepill.sim.plan import Fragment


@dataclass(frozen=True)
class ActivityInfo:
    """One activity for people: `kind` is stage, start_up, step, launch or internal (never shown)."""

    id: str
    label: Mapping[str, str]
    jurisdiction: str
    group: str
    kind: str
    path: str
    rule: str = ""


@dataclass(frozen=True)
class ClockUse:
    """A rule that sets the length of an activity: `used_as` is forecast, limit (used as fixed, flagged), or policy.

    `review` is the forecast of the review-time model where that sets the length; `rule_id` then names no rule of the
    rulebook.
    """

    rule_id: str
    activity: str
    found: RuleValue
    used_as: str
    path: str
    review: ReviewTime | None = None


@dataclass(frozen=True)
class FeeUse:
    """A fee charged on an activity, in its own currency and in US dollars."""

    rule_id: str
    activity: str
    found: RuleValue
    amount_usd: float
    path: str


@dataclass(frozen=True)
class MilestoneInfo:
    """What a milestone means: `us.approval` of kind approval in US."""

    id: str
    jurisdiction: str
    kind: str
    activity: str
    label: Mapping[str, str]


@dataclass(frozen=True)
class GateInfo:
    """A gate of one filing: `state` is planned, time_unknown, met or missing; it lies between `first` and `last`."""

    kind: str
    procedure: Procedure
    filing: str
    jurisdiction: str
    before: str
    state: str
    first: str
    last: str


@dataclass(frozen=True)
class Network:
    """One activity network: the plan's fragment, and what it was made of."""

    fragment: Fragment
    activities: tuple[ActivityInfo, ...]
    milestones: tuple[MilestoneInfo, ...]
    clocks: tuple[ClockUse, ...]
    fees: tuple[FeeUse, ...]
    findings: tuple[Finding, ...]
    gates: tuple[GateInfo, ...] = ()
