"""What a payer path is compiled from, and what it is compiled to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from onepill.access.inputs import MarketInput, Mix, PriceAge, YearlyCut
from onepill.sim.plan import DayTable, Draw, Fragment, Link

MOVED, STAYED = "moved", "stayed"
"""The outcomes of a transition's gate. Neither is `failed`: who is refused by a payer goes on as before."""
PAYER = "payer"
"""The second part of the id of every row of a payer path."""
LOSS_OF_EXCLUSIVITY = "loss_of_exclusivity"
"""The calendar that is made of patents and protection instead of a table."""


def is_payer_event(milestone: str) -> bool:
    """Whether a milestone is an entry into or an exit from a payer state, and none of the filings."""
    return f".{PAYER}." in milestone


@dataclass(frozen=True)
class PayerState:
    """A way in which the drug is paid for.

    `price` and `patients` are factors on the market's net price and peak patients, on those of the state before where
    it `follows` (None: 1); `factors` are what is uncertain of the price beside them. `start_share` None is worked out
    from the state before.
    """

    id: str
    price: Draw | None = None
    patients: Draw | None = None
    initial: bool = False
    follows: bool = False
    sells: bool = True
    years_to_peak: float = 1.0
    shape: str = "s_curve"
    start_share: float | None = None
    price_ages: tuple[PriceAge, ...] = ()
    yearly_cut: YearlyCut | None = None
    factors: tuple[Mix, ...] = ()


@dataclass(frozen=True)
class PayerMove:
    """What leads from any of `sources` to `target`, with chance `prob` in each of `rounds`.

    A `calendar` counts from approval, a `lag` in days from entry into the state that is left; one of the two is given.
    `is_over` where its last round has passed: no chance brings it back. `has_prob` where its chance is an input, which
    could be another although it may be 1 now.
    """

    id: str
    sources: tuple[str, ...]
    target: str
    calendar: str | None = None
    lag: Draw | None = None
    rounds: int = 1
    prob: float = 1.0
    stream: str = ""
    is_over: bool = False
    has_prob: bool = False


@dataclass(frozen=True)
class Calendar:
    """Day tables of a yearly round: from the approval to the first day on which it can be in force, and from a round
    that failed to the next."""

    first: DayTable
    again: DayTable


@dataclass(frozen=True)
class PayerPath:
    """One market with its states and transitions; transitions that stand first win a tie of days.

    `market` is the whole market at its first price. `entered` are facts: states with the day on which each was
    entered, in order. `as_of` and `horizon` are day ordinals: no state is entered after the horizon. Where
    `duties_end`, no duty falls on a state after the loss of exclusivity. What a move with a chance of 0 leads to is
    left out unless the move is `kept`, and so is the gate of one with a chance of 1.
    """

    market: MarketInput
    approval: Link
    states: tuple[PayerState, ...]
    moves: tuple[PayerMove, ...]
    as_of: int
    horizon: int
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    entered: tuple[tuple[str, date], ...] = ()
    duties_end: bool = False
    kept: frozenset[str] = frozenset()

    def has_gate(self, move: PayerMove) -> bool:
        """Whether a move's chance is drawn: one of 1 only where the move is kept."""
        return move.prob < 1 or move.id in self.kept


@dataclass(frozen=True)
class DaysIn:
    """The mean days in a state, as a sum that is at least 0: `base`, the days from approval to launch times
    `launch_lag`, the mean lag of each move times its weight, and, where they count, the days of protection from
    approval or `protected`, whichever is more (None: they do not)."""

    base: float
    launch_lag: float = 0.0
    protected: float | None = None
    lags: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class CutsMade:
    """A state before, which left its price lower: by all its steps by age, and by a cut each `every_years` in the mean
    days in it (None: it has no yearly cut)."""

    state: str
    every_years: int = 1
    days: DaysIn | None = None


@dataclass(frozen=True)
class StartLevel:
    """What the mean uptake of the market rests on when a move leads into a state: the days from approval to the first
    round, for approvals on each day of a year (`waits`), and so many `rounds`; or the mean of the move's lag
    (`is_lagged`). Neither is known of a move that waits for the loss of exclusivity: uptake is complete then."""

    source: str
    move: str
    waits: tuple[float, ...] = ()
    rounds: int = 1
    is_lagged: bool = False


@dataclass(frozen=True)
class PayerSegment:
    """A state on one way through the path. `id` is the plan's market where `market` is given, and the names of its
    milestones otherwise too: `entry` the day of entry, `exits` what may end it (id of the transition, milestone).

    `sources` are the states that lead to it. `carried` and `start_levels` are what its price and its uptake were worked
    out from, where they go on from a state before (no levels where the start is given, a fact's or plain).
    """

    id: str
    state: str
    market: MarketInput | None
    entry: str
    exits: tuple[tuple[str, str], ...]
    price_mean: float
    patients_mean: float
    sources: tuple[str, ...] = ()
    carried: tuple[CutsMade, ...] = ()
    start_levels: tuple[StartLevel, ...] = ()


@dataclass(frozen=True)
class CompiledPath:
    """The path as rows: its segments and a fragment of the plan without their markets; `ends` are the milestones that
    end the market as a whole."""

    path: PayerPath
    segments: tuple[PayerSegment, ...]
    fragment: Fragment
    ends: tuple[str, ...] = ()
