"""What the page of the value shows: the forecast by market and year, and what it is worth."""

from __future__ import annotations

from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts import Chart
from onepill.web.engine_tables import Table
from onepill.web.engine_view import FEW, Engine, View


def _cash(answer: Any, words: Catalogue) -> list[Chart | None]:
    from onepill.reports.charts import cash_chart

    return [cash_chart({"value": answer}, words)]


PER_YEAR = ("on_market_share", "patients_treated", "net_sales_usd", "cash_usd", "discounted_usd")
VALUE = Engine(
    "value",
    (
        View(
            "forecast",
            "value",
            (
                Table("worth", "", ("rnpv_usd.mean", "rnpv_usd.standard_error", "rnpv_usd.p50", "rnpv_usd.prob_loss")),
                Table("by_market", "by_market", ("market", "route", "rnpv_usd", "peak_sales_usd")),
                Table(
                    "forecast_markets",
                    "markets",
                    (
                        *("market", "launch", "launch.prob", "peak_patients_per_year", "peak_sales_usd"),
                        *("peak_year.year", "loss_of_exclusivity"),
                    ),
                ),
                Table("funnel", "markets[].funnel", ("^.market", "label", "value", "unit", "running", "running_unit")),
                Table(
                    "market_years",
                    "markets[].years",
                    ("^.market", "year", "net_price_per_month_usd", *(f"expected.{name}" for name in PER_YEAR)),
                ),
                Table("value_scenarios", "scenarios", ("name", "summary", "rnpv_usd.mean", "rnpv_difference_usd")),
            ),
            first=("market", "scenarios", "draws"),
            presets=FEW,
            draws=_cash,
            waits=True,
        ),
    ),
)
