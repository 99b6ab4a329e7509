"""A programme without gaps: what filling leaves, and how a value becomes a draw with its provenance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from onepill.core.distributions import fixed
from onepill.core.errors import Finding
from onepill.core.provenance import Grade, Ledger, Origin
from onepill.evidence import RateTable, StageChance
from onepill.model.schema import Programme
from onepill.model.values import Value
from onepill.pathway import FilingInput, GateInput, StageInput
from onepill.rulebook import Rulebook
from onepill.sim.plan import Draw
from onepill.workbench.common import ledger as notes
from onepill.workbench.common.defaults import Default
from onepill.workbench.plan.chances import table_of


@dataclass(frozen=True)
class GateRow:
    """A chance on the way: what the passport shows of it. `low` and `high` are limits of a 95 % interval.

    `chance` is what was predicted, also where the file states its own (`is_stated`); None where nothing predicts it.
    """

    id: str
    stream: str
    activity: str
    jurisdiction: str
    kind: str
    label: dict[str, str]
    prob: float
    table: str
    n: int | None
    low: float | None
    high: float | None
    other_table_prob: float | None
    comparable: str
    included: bool
    origin: Origin
    source_grade: Grade
    indication: str
    chance: StageChance | None
    is_stated: bool


@dataclass
class Filled:
    """A programme without gaps; `registry` holds the rates of the table `registry`, where that is the one chosen.

    `stated` are values, by their path, at which a market is filled in place of their means; `uncertain` are the draws
    that this may be done for.
    """

    programme: Programme
    rulebook: Rulebook
    registry: RateTable | None = None
    ledger: Ledger = field(default_factory=Ledger)
    stages: list[StageInput] = field(default_factory=list)
    filings: list[FilingInput] = field(default_factory=list)
    gates: list[GateRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    plan_gates: dict[tuple[str, str], GateInput] = field(default_factory=dict)
    stated: Mapping[str, float] = field(default_factory=dict)
    uncertain: dict[str, Draw] = field(default_factory=dict)

    @property
    def as_of(self) -> date:
        return self.programme.as_of

    @property
    def rates(self) -> RateTable:
        """The table that chances are predicted from."""
        return table_of(self.programme.capital.base_rates, self.registry)

    def usd_per(self) -> dict[str, float]:
        """US dollars for one unit of each currency that the file gives a rate for."""
        rates = self.programme.capital.exchange_rates
        return {"USD": 1.0, **{code: 1 / rate.per_usd for code, rate in rates.items()}}

    def draw(self, path: str, value: Value | None, default: Default | None) -> Draw | None:
        """A value as a draw in its own unit (US dollars for money), its provenance noted."""
        if value is not None:
            notes.note_user(self.ledger, path, value)
            rate = self.usd_per().get(value.unit, 1.0) if _is_money(value.unit) else 1.0
            scaled = value.distribution.scaled(rate) if rate != 1.0 else value.distribution
            return Draw(path, scaled, value.factors)
        if default is None:
            return None
        notes.note_default(self.ledger, path, default)
        return Draw(path, default.distribution)

    def drawn(self, path: str, value: Value | None, default: Default) -> Draw:
        """A value as a draw, where it has a default."""
        draw = self.draw(path, value, default)
        assert draw is not None  # a default is drawn
        return draw

    def plain(self, path: str, given: float | Value) -> Draw:
        """A number of the file as a draw; the provenance of a plain one is noted with those beside it."""
        if not isinstance(given, Value):
            return Draw(path, fixed(given))
        notes.note_user(self.ledger, path, given)
        return Draw(path, given.distribution, given.factors)

    def tabled(self, draw: Draw) -> float:
        """The value of an input at which a market's tables are made: its mean, or what is stated in its place."""
        if not draw.distribution.is_fixed:
            self.uncertain.setdefault(draw.stream, draw)
        return self.stated.get(draw.stream, draw.distribution.mean())

    def at_mean(self, draw: Draw) -> float:
        """The mean of an input that no future draws; where it is uncertain, a finding says so."""
        if not draw.distribution.is_fixed:
            self.note_mean(draw)
        return draw.distribution.mean()

    def note_mean(self, draw: Draw) -> None:
        """Say of an uncertain input that its mean is used."""
        if all(known.path != draw.stream for known in self.findings):
            message = f"{draw.stream} is uncertain: its mean is used, and what it adds to the spread is left out"
            hint = "compare scenarios with its low and its high value"
            self.findings.append(Finding("market.at_mean", "note", message, hint, draw.stream))

    def number(self, path: str, value: Value | None, default: Default) -> float:
        """A value that must be one number: the mean of a distribution."""
        drawn = self.draw(path, value, default)
        return drawn.distribution.mean() if drawn else 0.0


def _is_money(unit: str) -> bool:
    return len(unit) == 3 and unit.isupper()
