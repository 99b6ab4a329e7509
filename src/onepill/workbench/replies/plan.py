"""What the filing plan answers: markets, gates, risks and the log of questions to agencies."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from onepill.workbench.replies.parts import Binding, Chance, DayRow, FindingRow, Iso, Reply, SourceRow, Text


class PlannedMarket(Reply):
    """One market of a filing plan; `critical` binds its approval, `relies_on` are the approvals it rests on."""

    id: str | None
    route: str | None
    procedure: str | None
    procedure_name: Text | None
    status: Literal["actual", "simulated", "time_unknown", "left_out", "none"]
    filing: DayRow | None
    approval: DayRow | None
    critical: list[Binding]
    waits_for: list[str]
    waits: list[Text]
    relies_on: list[str]
    reliance: dict[str, Any] | None


class PlanGateRow(Reply):
    """A gate before a filing, its approval, its launch, or a `stage`.

    `binds` is the share of futures in which it sets the day.
    """

    kind: str
    market: str
    filing: str
    stage: str | None
    procedure: str
    name: Text
    rules: list[dict[str, Any]]
    note: str | None
    before: Literal["stage", "filing", "approval", "launch"]
    state: Literal["planned", "time_unknown", "missing", "done", "met", "not_needed"]
    done: Iso | None
    met_by: str | None
    reason: Text | None
    begins: DayRow | None
    ends: DayRow | None
    binds: Chance | None
    failing: list[dict[str, str]]


class RiskRow(Reply):
    """A rule that bites: its days, the part of the plan that it hits, and where that lies beside its first day."""

    rule: str
    market: str
    name: Text
    message: Text
    hint: Text
    value: Any
    unit: str
    announced: Iso | None
    from_: Iso | None = Field(alias="from")
    until: Iso | None
    attested: list[Iso]
    status: str
    source_grade: str
    source: SourceRow | None
    ref: str | None
    hits: Literal["launch", "filing", "trial"]
    place: str | None
    day: Iso | None
    position: Literal["before", "in_force", "lapsed", "start_unknown", "day_unknown"]


class LogQuestion(Reply):
    """A question to an agency with its answer and what was promised."""

    id: str
    agency: str
    meeting: Text | None
    asked: Iso
    question: Text
    answered: Iso | None
    answer: Text | None
    state: Literal["open", "answered"]
    commitments: list[dict[str, Any]]
    source: dict[str, Any] | None


class AgencyLog(Reply):
    questions: list[LogQuestion]
    open_questions: int
    open_commitments: int
    overdue_commitments: int


class FilingPlan(Reply):
    programme: str
    as_of: Iso
    seed: int
    draws: int
    optimise: str
    order: list[str]
    plan: dict[str, PlannedMarket]
    binding: list[dict[str, Any]]
    sequence: dict[str, Any] | None
    alternatives: dict[str, list[dict[str, Any]]]
    dossiers: list[dict[str, Any]]
    gates: list[PlanGateRow]
    risks: list[RiskRow]
    log: AgencyLog
    findings: list[FindingRow]
