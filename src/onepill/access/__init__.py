"""Who is treated, who pays, how fast?"""

from onepill.access.forecast import build_market
from onepill.access.inputs import Exclusivity, MarketInput, PriceLevel, Valuation
from onepill.access.patients import patients_treated
from onepill.access.valuation import discount_factors, valuation

__all__ = [
    "Exclusivity",
    "MarketInput",
    "PriceLevel",
    "Valuation",
    "build_market",
    "discount_factors",
    "patients_treated",
    "valuation",
]
