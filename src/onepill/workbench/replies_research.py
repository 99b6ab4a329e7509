"""What the questions about the research behind the world's programmes answer."""

from __future__ import annotations

from onepill.workbench.replies_landscape import Asked
from onepill.workbench.reply_parts import Chance, Iso, Reply, Text


class CauseRow(Reply):
    """A cause of burden: `log_ratio` is the natural logarithm of its share of trials over its share of DALYs, with 95 %
    limits; 0 is in proportion. `n` pairs of trial and cause stand behind the shares. `unmeasured` says why a cause has
    no shares: its DALYs are blank, or no condition can be told to belong to it.
    """

    id: str
    cause: Text
    trials: int
    dalys: float | None
    trial_share: Chance | None
    daly_share: Chance | None
    trials_per_million_dalys: float | None
    log_ratio: float | None
    low: float | None
    high: float | None
    n: int
    unmeasured: Text | None


class ConditionCount(Reply):
    condition: str
    name: str
    trials: int


class BurdenCoverage(Reply):
    """`mapped_trials` have a cause; the others have no known condition, or only such as belong to no cause."""

    trials: int
    mapped_trials: int
    mapped_share: Chance
    trial_cause_pairs: int
    without_condition: int
    unmapped_conditions: list[ConditionCount]
    records: dict[str, int]


class BurdenSource(Reply):
    """The loaded table of burden, and the day from which it is known."""

    publisher: str
    licence: str
    address: str
    file: str
    known_on: Iso


class CauseMap(Reply):
    """How conditions were given causes."""

    title: str
    source_grade: str
    note: str


class BurdenReply(Asked):
    """Causes, the least researched for their burden first; those that cannot be measured last."""

    area: str
    year: int
    causes: list[CauseRow]
    coverage: BurdenCoverage
    burden: BurdenSource
    cause_map: CauseMap
