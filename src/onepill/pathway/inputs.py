"""What the network is built from: stages and filings with every gap filled, and the law to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from onepill.model.overlays import Overlay
from onepill.sim.plan import Cost, Draw

Text = Mapping[str, str]


@dataclass(frozen=True)
class StageInput:
    """A stage with its draws filled in. `unit` is that of both durations: days or wd.

    `after` holds (activity id, event) pairs; `any_of` takes the first of them. `success` is the gate's outcomes in
    order, empty where nothing can fail. `terms` are the conditions that hold for its trial applications.
    """

    id: str
    kind: str
    indication: str
    label: Text
    regions: tuple[str, ...]
    calendar: str
    after: tuple[tuple[str, str], ...]
    any_of: bool
    not_before: date | None
    duration: Draw
    duration_unit: str
    start_up: Draw | None
    start_up_unit: str
    costs: tuple[Cost, ...]
    success: tuple[tuple[str, float], ...]
    loadings: tuple[tuple[str, float], ...]
    held: frozenset[str]
    stops_on: tuple[tuple[str, str], ...]
    started: date | None
    finished: date | None
    outcome: str | None
    terms: frozenset[str] = frozenset()
    section: str = "development"

    @property
    def path(self) -> str:
        """Where the stage stands in the programme file; a dossier's id already says it."""
        return f"{self.section}.{self.id}" if self.section else self.id


@dataclass(frozen=True)
class FilingInput:
    """A filing with its draws filled in; `review` replaces the agency's clocks where the file knows better.

    `procedure` names the procedure where the route is chosen already; else the terms decide. `resubmission` is the
    whole second cycle, or the applicant's work alone where `second_cycle` names the agency's procedure after it.
    """

    id: str
    jurisdiction: str
    preparation: Draw
    label: Text = field(default_factory=dict)
    after: tuple[tuple[str, str], ...] = ()
    any_of: bool = False
    not_before: date | None = None
    costs: tuple[Cost, ...] = ()
    review: Draw | None = None
    success: tuple[tuple[str, float], ...] = ()
    loadings: tuple[tuple[str, float], ...] = ()
    resubmission: Draw | None = None
    second_cycle: str | None = None
    submitted: date | None = None
    accepted: date | None = None
    approved: date | None = None
    refused: date | None = None
    launch_lag: Draw | None = None
    launched: date | None = None
    terms: frozenset[str] = frozenset()
    procedure: str | None = None


@dataclass(frozen=True)
class GateInput:
    """What is known of one gate: it `is_met` (done, not needed, or a stage's own work), or its work takes `time`."""

    is_met: bool = False
    time: Draw | None = None
    time_unit: str = "days"


@dataclass(frozen=True)
class NetworkInput:
    """Everything that decides the network but the rulebook itself.

    `usd_per` gives US dollars for one unit of a currency. `known_on` is the day up to which announcements are known.
    `gates` has what the file knows of gates by jurisdiction and kind.
    """

    as_of: date
    known_on: date
    stages: tuple[StageInput, ...]
    filings: tuple[FilingInput, ...]
    overlays: tuple[Overlay, ...] = ()
    usd_per: Mapping[str, float] = field(default_factory=dict)
    gates: Mapping[tuple[str, str], GateInput] = field(default_factory=dict)
