"""What a workbook is made of: the inputs with their sources, and the plan at their means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np

from onepill.access import MarketInput
from onepill.core.provenance import Provenance
from onepill.sim.plan import Draw, Market, Plan

Kind = Literal["share", "count", "duration", "amount", "rate", "number", "day"]
FORMAT_VERSION = 3
"""Of the sheets' layout; a workbook of another version is not read back."""


DrawPaths = dict[Draw, tuple[str, str, str]]
"""By draw of the plan: the paths of its value, and of its factor and its cap ("" where it has none)."""


@dataclass(frozen=True)
class InputRow:
    """One value: `value` is in `unit` (as the file says it); `size` such units make one in the model.

    The model counts days, US dollars, shares and plain numbers: 30.4375 days in a month, 1,000,000 yuan in an MCNY.
    `currency` is the ISO code where an exchange rate is needed too. `lowest` and `highest` limit what may be typed.
    A row that is not `is_editable` is a fact, a rule, or something that the file has no field for; `locked` says which
    (the words are `sheet.locked.…`). `note` names more that is said of it (`sheet.note.…`, with `elapsed_days`).
    `beside` is what the file has to state with it where it states neither: names and values of the fields next to it.
    """

    path: str
    owner: Mapping[str, str]
    field: str
    value: float
    unit: str
    kind: Kind
    size: float = 1.0
    currency: str = ""
    is_editable: bool = False
    lowest: float | None = None
    highest: float | None = None
    provenance: Provenance | None = None
    note: str = ""
    elapsed_days: float = 0.0
    locked: str = ""
    follows: bool = False
    beside: tuple[tuple[str, int | float | str], ...] = ()


def market_group(market: Market | MarketInput) -> str:
    """The programme's market behind one of the plan: itself, or the one whose payer state it is."""
    group: str = getattr(market, "group", "")
    return group or market.id


@dataclass(frozen=True)
class RivalCells:
    """Rivals of a market, the days on which they may come, its launches, and the cells that formulas would take."""

    rivals: int
    days: int
    launches: int
    cells: int


def has_plain_cash(given: MarketInput, market: Market) -> bool:
    """Whether a market's cash is its sales times the one margin after tax of the programme's market."""
    if market_group(given) != given.id:
        return False
    margin = (1 - given.cogs_share - given.selling_share) * (1 - given.tax_share)
    return bool(np.allclose(market.cash, market.sales * margin, rtol=1e-12, atol=1e-12))


@dataclass(frozen=True)
class EntrantWords:
    """An entrant of the file: how many like it may come, and the equally likely days that stand for when, counted from
    the plan's day. `delay_days` is the mean delay in days, where the file gives one."""

    count: int
    points: tuple[float, ...]
    delay_days: float = 0.0


@dataclass(frozen=True)
class CarriedWords:
    """What a state before left of the price: by a cut of the share at `cut` each `every_years` of the mean days in it,
    and by its renewals, each of the share at `renewal` times a weight. A path is "" where it has none; `left` is what
    else is left.

    The days are at least 0: `base`, the days from approval to launch times `launch_lag`, each lag (path, mean in days)
    times its weight, and, where they count, the years at `exclusivity` or the days of `protected`, if these are more.
    """

    cut: str
    every_years: int
    base: float
    launch_lag: float
    exclusivity: str
    protected: float | None
    lags: tuple[tuple[str, float, float], ...]
    renewal: str
    weights: tuple[float, ...]
    left: float


@dataclass(frozen=True)
class LevelWords:
    """The market's uptake when a state is entered by one move: complete (`is_whole`), that after the lag at `lag` (""
    for none), or the mean over the `waits` in days from approval, in each of `rounds` a year apart, each weighed by the
    chance at `prob` where the rounds before it failed."""

    is_whole: bool = False
    lag: str = ""
    waits: tuple[float, ...] = ()
    rounds: int = 1
    prob: str = ""


@dataclass(frozen=True)
class StateWords:
    """How a payer state follows from inputs, beside the factors of its scale; most fields name paths of inputs.

    `path` is the state's own, `years` that of its years to the peak. Of the price stays 1 less `free_goods`, times 1
    less the product of the two of `refund`, times what states before left (`carried`); `price_factors` are those on the
    price in its scale. Its start is the input at `start`, else the mean of `levels` (none: a number of the market)
    times the mean of `before` over `patients`. Its prices by age fall at renewals of the share at `renewal`, each times
    a weight. From approval to launch the market takes `listing_days` and the days at `launch_lag`, or `launch_lag_days`
    where it has no such lag; its uptake has the `shape`.
    """

    path: str
    years: str
    free_goods: str = ""
    refund: tuple[str, ...] = ()
    carried: tuple[CarriedWords, ...] = ()
    price_factors: tuple[str, ...] = ()
    start: str = ""
    levels: tuple[LevelWords, ...] = ()
    before: tuple[str, ...] = ()
    patients: str = ""
    renewal: str = ""
    weights: tuple[float, ...] = ()
    launch_lag: str = ""
    launch_lag_days: float = 0.0
    listing_days: int = 0
    shape: str = ""


def market_path(given: MarketInput) -> str:
    """The path of a market's values in the file; a payer state's are those of its market."""
    return f"markets.{market_group(given)}"


@dataclass(frozen=True)
class MarketWords:
    """A market's name, the path of its values, and that of its lag to launch ("" where it has none), which begins
    `listing_days` after approval; what `state` says of a payer state, and the `entrants` of its class."""

    name: Mapping[str, str]
    path: str
    lag: str = ""
    state: StateWords | None = None
    entrants: tuple[EntrantWords, ...] = ()
    listing_days: int = 0


@dataclass(frozen=True)
class Floor:
    """The peak sales from which Medicare may select a drug: those of the plan's `market` times the input at `share`,
    against the input at `floor`. The chance at `prob` is `yearly_prob` from there on, else 0 ("" where no such chance
    is in the plan)."""

    market: str
    share: str
    floor: str
    prob: str
    yearly_prob: float


@dataclass(frozen=True)
class StepWords:
    """An activity for people."""

    label: Mapping[str, str]
    jurisdiction: str
    path: str


@dataclass(frozen=True)
class WorkbookModel:
    """Everything that the sheets show.

    `gates` has, by activity, each outcome's chance as factors: (path of a share, whether its complement is meant).
    `yearly_usd` is onepill's present value by calendar year. `year_lags` names by activity the path of the years of
    which its links wait, in place of their own days. `looked_up` are the markets that lie in tables (see
    `rival_cells`), `floors` the sales that decide over Medicare's selection, and
    `bound_ways` the chances of ways between payer states that may not become 0.
    """

    programme: str
    title: Mapping[str, str]
    as_of: date
    engine_version: str
    rulebook_hash: str
    convention: str
    horizon_years: int
    inputs: tuple[InputRow, ...]
    plan: Plan
    markets: tuple[MarketInput, ...]
    rnpv_usd: float
    by_market: Mapping[str, float]
    yearly_usd: tuple[float, ...]
    steps: Mapping[str, StepWords] = field(default_factory=dict)
    market_words: Mapping[str, MarketWords] = field(default_factory=dict)
    gates: Mapping[str, Mapping[str, tuple[tuple[str, bool], ...]]] = field(default_factory=dict)
    draws: DrawPaths = field(default_factory=dict)
    year_lags: Mapping[str, str] = field(default_factory=dict)
    looked_up: Mapping[str, RivalCells] = field(default_factory=dict)
    floors: tuple[Floor, ...] = ()
    bound_ways: tuple[str, ...] = ()
    scenario: str = ""
