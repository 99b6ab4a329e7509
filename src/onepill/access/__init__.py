"""Who is treated, who pays, how fast?"""

from onepill.access.checks import check_market
from onepill.access.competition import (
    AWAY,
    CAME,
    DELAY_POINTS,
    ShareSteps,
    entry_share,
    first_share,
    rival_rows,
    share_steps,
)
from onepill.access.forecast import build_market, loss_of_exclusivity, unsold
from onepill.access.inputs import (
    Continued,
    Exclusivity,
    Instalments,
    MarketInput,
    OrderOfEntry,
    Pool,
    PriceAge,
    PriceLevel,
    Rival,
    Valuation,
    YearlyCut,
)
from onepill.access.patient_flow import FlowRow, FlowStep, funnel
from onepill.access.patients import patients_treated
from onepill.access.payer_apart import stays_apart, with_idle_moves
from onepill.access.payer_calendars import medicare_calendar, round_calendar, yearly_calendar
from onepill.access.payer_inputs import (
    LOSS_OF_EXCLUSIVITY,
    MOVED,
    STAYED,
    Calendar,
    CompiledPath,
    CutsMade,
    DaysIn,
    PayerMove,
    PayerPath,
    PayerSegment,
    PayerState,
    StartLevel,
    is_payer_event,
)
from onepill.access.payer_path import compile_path
from onepill.access.payer_price import price_since_entry
from onepill.access.sharing import path_shares, share_factors
from onepill.access.tables import FUNNEL, PLAN_TABLES, YEARS, Column
from onepill.access.valuation import discount_factors, valuation
from onepill.access.yearly import mean_price_factors, on_market_table, patient_table, year_starts

__all__ = [
    "AWAY",
    "CAME",
    "DELAY_POINTS",
    "FUNNEL",
    "LOSS_OF_EXCLUSIVITY",
    "MOVED",
    "PLAN_TABLES",
    "STAYED",
    "YEARS",
    "Calendar",
    "Column",
    "CompiledPath",
    "Continued",
    "CutsMade",
    "DaysIn",
    "Exclusivity",
    "FlowRow",
    "FlowStep",
    "Instalments",
    "MarketInput",
    "OrderOfEntry",
    "PayerMove",
    "PayerPath",
    "PayerSegment",
    "PayerState",
    "Pool",
    "PriceAge",
    "PriceLevel",
    "Rival",
    "ShareSteps",
    "StartLevel",
    "Valuation",
    "YearlyCut",
    "build_market",
    "check_market",
    "compile_path",
    "discount_factors",
    "entry_share",
    "first_share",
    "funnel",
    "is_payer_event",
    "loss_of_exclusivity",
    "mean_price_factors",
    "medicare_calendar",
    "on_market_table",
    "path_shares",
    "patient_table",
    "patients_treated",
    "price_since_entry",
    "rival_rows",
    "round_calendar",
    "share_factors",
    "share_steps",
    "stays_apart",
    "unsold",
    "valuation",
    "with_idle_moves",
    "year_starts",
    "yearly_calendar",
]
