"""Who is treated, who pays, how fast?"""

from onepill.access.forecast import build_market
from onepill.access.inputs import (
    Continued,
    Exclusivity,
    Instalments,
    MarketInput,
    PriceAge,
    PriceLevel,
    Valuation,
    YearlyCut,
)
from onepill.access.patients import patients_treated
from onepill.access.payer_calendars import medicare_calendar, round_calendar, yearly_calendar
from onepill.access.payer_inputs import (
    LOSS_OF_EXCLUSIVITY,
    MOVED,
    STAYED,
    Calendar,
    CompiledPath,
    PayerMove,
    PayerPath,
    PayerSegment,
    PayerState,
    is_payer_event,
)
from onepill.access.payer_path import compile_path
from onepill.access.payer_price import price_since_entry
from onepill.access.valuation import discount_factors, valuation

__all__ = [
    "LOSS_OF_EXCLUSIVITY",
    "MOVED",
    "STAYED",
    "Calendar",
    "CompiledPath",
    "Continued",
    "Exclusivity",
    "Instalments",
    "MarketInput",
    "PayerMove",
    "PayerPath",
    "PayerSegment",
    "PayerState",
    "PriceAge",
    "PriceLevel",
    "Valuation",
    "YearlyCut",
    "build_market",
    "compile_path",
    "discount_factors",
    "is_payer_event",
    "medicare_calendar",
    "patients_treated",
    "price_since_entry",
    "round_calendar",
    "valuation",
    "yearly_calendar",
]
