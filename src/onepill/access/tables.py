"""The columns that access emits: name, type, unit, and meaning in two languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column. `kind` is number or text; `meaning` has the languages `en` and `zh`."""

    name: str
    kind: str
    unit: str
    meaning: dict[str, str]


def _columns(*rows: tuple[str, str, str, str, str]) -> dict[str, Column]:
    return {name: Column(name, kind, unit, {"en": en, "zh": zh}) for name, kind, unit, en, zh in rows}


PLAN_TABLES = _columns(
    (
        "sales",
        "number",
        "USD",
        "net sales by launch day and calendar year, for a scale of 1",
        "按上市日与年度的净销售额（尺度为1）",
    ),
    (
        "cash",
        "number",
        "USD",
        "net sales less cost of goods, selling cost and tax",
        "净销售额减去销货成本、销售费用与税",
    ),
    ("discounted", "number", "USD", "that cash on the plan's day", "上述现金流于计划日的现值"),
)
"""What `build_market` fills, each of shape (launch days, years)."""

FUNNEL = _columns(
    ("key", "text", "", "the step", "步骤"),
    ("value", "number", "of the step", "the step at its mean", "该步骤的均值"),
    (
        "running",
        "number",
        "people, patients, months or USD a year",
        "the product of all steps so far",
        "截至该步骤的乘积",
    ),
)

YEARS = _columns(
    (
        "on_market_share",
        "number",
        "share",
        "chance to be on the market, over the days of the year",
        "在市概率（按当年天数）",
    ),
    ("patients_treated", "number", "patients", "patients who start treatment", "开始治疗的患者数"),
    (
        "gross_sales_usd",
        "number",
        "USD",
        "sales at the file's price, before payers' shares and later price levels",
        "按文件价格计的销售额（未计支付方份额与后续调价）",
    ),
    (
        "net_sales_usd",
        "number",
        "USD",
        "sales after payers' shares and price levels",
        "计入支付方份额与调价后的净销售额",
    ),
    ("cost_of_goods_usd", "number", "USD", "cost of goods", "销货成本"),
    ("selling_usd", "number", "USD", "selling cost", "销售费用"),
    ("tax_usd", "number", "USD", "tax", "税"),
    ("launch_cost_usd", "number", "USD", "launch cost", "上市费用"),
    ("cash_usd", "number", "USD", "what stays of net sales, less the launch cost", "净现金流（扣除上市费用）"),
    ("discounted_usd", "number", "USD", "that cash on the plan's day", "净现金流现值"),
)
"""A market's calendar years; each is a mean over all futures, and over those with a launch."""
