"""What a market's cash is computed from, with every gap filled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from onepill.sim.plan import Draw, Link

Money = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Valuation:
    """The valuation day and its discount factors (see `discount_factors`); `years` is the number of calendar years."""

    as_of: date
    years: int
    by_day: Money
    by_year: Money
    whole_years: bool


@dataclass(frozen=True)
class PriceLevel:
    """From `since` on the net price is `factor` times its first level."""

    since: date
    factor: float


@dataclass(frozen=True)
class Exclusivity:
    """Sales fall to `retained_share` on the later of `patent` and `years` after approval; never where both are unknown.

    `approval_to_launch_days` leads back from the launch day to the approval.
    """

    patent: date | None
    years: float | None
    retained_share: float
    approval_to_launch_days: int


@dataclass(frozen=True)
class Pool:
    """Patients who wait at launch: `ratio_years` of them for each patient a year that the scale counts.

    They are treated evenly over the `treated_over_years` after the launch, besides the yearly patients, without a ramp.
    """

    ratio_years: float
    treated_over_years: float


@dataclass(frozen=True)
class Rival:
    """A drug that may enter the class: with chance `prob`, on one of `days` (ordinals), each as likely.

    `id` names its activity in the plan and its random streams (see `competition.rival_rows`), `path` is where the file
    has it, `loadings` tie its day to common factors, and `moved` are days on which nobody expects it and a sensitivity
    run may have it come.
    """

    days: tuple[int, ...]
    prob: float
    id: str = ""
    path: str = ""
    loadings: tuple[tuple[str, float], ...] = ()
    moved: tuple[int, ...] = ()


@dataclass(frozen=True)
class OrderOfEntry:
    """The drug is number `order` of a class of itself and `others` on `as_of`; each rival of later lowers its share.

    The n-th entrant's share over the first one's is n^-exponent (see `competition.entry_share`). A launch still to come
    is pushed back by each rival who comes before it.
    """

    as_of: date
    order: int
    others: int
    exponent: float
    rivals: tuple[Rival, ...]


@dataclass(frozen=True)
class Continued:
    """A state entered on day d starts at `ratio` times the uptake that the market has reached since `launched`."""

    launched: date
    ratio: float
    years_to_peak: float
    shape: str


@dataclass(frozen=True)
class PriceAge:
    """From `after_years` after entry (of 365.25 days) on the net price is `factor` times that of the first day."""

    after_years: float
    factor: float


@dataclass(frozen=True)
class YearlyCut:
    """The price falls by `cut_share` on `month`, `day` of every `every_years`-th year, first in the one after entry
    that is divisible by it."""

    month: int
    day: int
    cut_share: float
    every_years: int = 1


@dataclass(frozen=True)
class Instalments:
    """The price comes in `years` equal parts, the first at once; of those who owe a part, `kept_share_per_year` pay
    the next one a year later."""

    years: int
    kept_share_per_year: float


Mix = tuple[tuple[float, tuple[Draw, ...]], ...]
"""A factor that is 1 where its draws are at their means: a sum of products of draws, each with its weight."""


@dataclass(frozen=True)
class Curve:
    """An input that changes the tables themselves: `field` names it (see `spread.with_input`), `draw` is its value.

    Tables are a polynomial of it of that `degree`.
    """

    field: str
    draw: Draw
    degree: int = 1


@dataclass(frozen=True)
class Spread:
    """What is uncertain of a market's cash beside its scale; what is not here stands at its mean.

    `sales`, `goods` and `duties` are factors of net sales, of the cost of goods and of duties; `selling` is the selling
    cost as a share of net sales, `curves` are inputs that the tables depend on.
    """

    sales: tuple[Mix, ...] = ()
    goods: tuple[Mix, ...] = ()
    duties: tuple[Mix, ...] = ()
    selling: Draw | None = None
    curves: tuple[Curve, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing beside the scale is uncertain."""
        return not (self.sales or self.goods or self.duties or self.selling or self.curves)


@dataclass(frozen=True)
class MarketInput:
    """One market, or one payer state of a market (`group` is then the market). The product of the `scale` draws is
    peak sales a year in US dollars.

    `peak_patients_per_year` is the mean of the draws among them that count patients and their shares: those of a year
    at the peak or, where `has_yearly_patients` is false, those of the whole pool. Rivals of `competition` lower every
    sale by the steps of `competition.share_steps`; the scale holds the share if none of them came.

    `years_to_peak` and `shape` (linear, s_curve) describe uptake from launch, `price_share` is the payers' mean share
    of the net price, `growth_per_year` applies from the valuation year on. Shares run from 0 to 1.

    Uptake runs from `start_share` of the peak (or from what `continues` gives for the day of entry) to all of it.
    `price_ages` and `yearly_cut` lower the price and leave the cost of goods, which is a share of sales at the first
    price, where it is. `duties` are levels of a cost in shares of net sales (0 before the first). `sales` are what is
    received where `instalments` spread it; the cost of goods falls when the patient is treated. All numbers here are
    means; `spread` says which of them are uncertain, and how.
    """

    id: str
    launch: Link
    scale: tuple[Draw, ...]
    years_to_peak: float
    shape: str
    price_share: float
    price_levels: tuple[PriceLevel, ...]
    growth_per_year: float
    exclusivity: Exclusivity
    cogs_share: float
    selling_share: float
    tax_share: float
    launch_cost: Draw | None
    launched: date | None
    ends_on: tuple[Link, ...]
    peak_patients_per_year: float = 0.0
    pool: Pool | None = None
    has_yearly_patients: bool = True
    competition: OrderOfEntry | None = None
    group: str = ""
    start_share: float = 0.0
    continues: Continued | None = None
    price_ages: tuple[PriceAge, ...] = ()
    yearly_cut: YearlyCut | None = None
    duties: tuple[PriceLevel, ...] = ()
    instalments: Instalments | None = None
    spread: Spread = Spread()

    @property
    def peak_level(self) -> float:
        """What a scale of 1 is in a year at the peak: 1 with yearly patients; a pool alone has its even rate."""
        if self.has_yearly_patients or self.pool is None:
            return 1.0
        return self.pool.ratio_years / self.pool.treated_over_years
