"""How does the answer look: charts of the passport and the landscape, each one definition for wide and narrow pages."""

from onepill.reports.charts.cash import cash_chart
from onepill.reports.charts.distribution import distribution_chart
from onepill.reports.charts.frame import Chart, LegendItem, Twin, market_class
from onepill.reports.charts.gantt import gantt_chart
from onepill.reports.charts.staircase import staircase_chart
from onepill.reports.charts.tornado import tornado_chart

__all__ = [
    "Chart",
    "LegendItem",
    "Twin",
    "cash_chart",
    "distribution_chart",
    "gantt_chart",
    "market_class",
    "staircase_chart",
    "tornado_chart",
]
