"""Who is treated, who pays, how fast?"""

from onepill.access.checks import check_market
from onepill.access.competition import DELAY_POINTS, ShareSteps, entry_share, first_share, share_steps
from onepill.access.forecast import build_market, loss_of_exclusivity
from onepill.access.inputs import Exclusivity, MarketInput, OrderOfEntry, Pool, PriceLevel, Rival, Valuation
from onepill.access.patient_flow import FlowRow, FlowStep, funnel
from onepill.access.patients import patients_treated
from onepill.access.tables import FUNNEL, PLAN_TABLES, YEARS, Column
from onepill.access.valuation import discount_factors, valuation
from onepill.access.yearly import mean_price_factors, on_market_table, patient_table, year_starts

__all__ = [
    "DELAY_POINTS",
    "FUNNEL",
    "PLAN_TABLES",
    "YEARS",
    "Column",
    "Exclusivity",
    "FlowRow",
    "FlowStep",
    "MarketInput",
    "OrderOfEntry",
    "Pool",
    "PriceLevel",
    "Rival",
    "ShareSteps",
    "Valuation",
    "build_market",
    "check_market",
    "discount_factors",
    "entry_share",
    "first_share",
    "funnel",
    "loss_of_exclusivity",
    "mean_price_factors",
    "on_market_table",
    "patient_table",
    "patients_treated",
    "share_steps",
    "valuation",
    "year_starts",
]
