"""The named payer paths: which states they have and what leads from one to the next, without any number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class StateShape:
    """A state's place in a path; `title` in both languages, `sells` False where nothing is sold yet."""

    title: Mapping[str, str]
    initial: bool = False
    follows: bool = False
    sells: bool = True


@dataclass(frozen=True)
class MoveShape:
    """A transition's place in a path; `calendar` None where a lag leads on."""

    sources: tuple[str, ...]
    target: str
    calendar: str | None = None


@dataclass(frozen=True)
class PathShape:
    """States and transitions of a path by name, without any number. Transitions named first win a tie of days."""

    jurisdiction: str | None = None
    states: Mapping[str, StateShape] = field(default_factory=dict)
    moves: Mapping[str, MoveShape] = field(default_factory=dict)


def _state(en: str, zh: str, *, initial: bool = False, follows: bool = False, sells: bool = True) -> StateShape:
    return StateShape({"en": en, "zh": zh}, initial, follows, sells)


_GENERIC = _state("after loss of exclusivity", "失去独占期后", follows=True)
PATHS: dict[str, PathShape] = {
    "cn_national": PathShape(
        "CN",
        {
            "self_pay": _state("self-pay", "患者自费", initial=True),
            "city_insurance": _state("city commercial insurance", "城市普惠型商业保险"),
            "commercial_list": _state("commercial list of innovative drugs", "商保创新药目录"),
            "listed": _state("national reimbursement list", "国家医保目录"),
            "generic": _GENERIC,
            "group_buying": _state("volume-based procurement", "集中带量采购", follows=True),
        },
        {
            "listing": MoveShape(("self_pay", "city_insurance", "commercial_list"), "listed", "nrdl"),
            "commercial_listing": MoveShape(("self_pay", "city_insurance"), "commercial_list", "nrdl"),
            "city_listing": MoveShape(("self_pay",), "city_insurance"),
            "loss_of_exclusivity": MoveShape(
                ("self_pay", "city_insurance", "commercial_list", "listed"), "generic", "loss_of_exclusivity"
            ),
            "bid": MoveShape(("generic",), "group_buying"),
        },
    ),
    "us_medicare": PathShape(
        "US",
        {
            "market_price": _state("market price", "市场价格", initial=True),
            "negotiated": _state("Medicare negotiated price", "联邦医保谈判价", follows=True),
            "generic": _GENERIC,
        },
        {
            "loss_of_exclusivity": MoveShape(("market_price", "negotiated"), "generic", "loss_of_exclusivity"),
            "selection": MoveShape(("market_price",), "negotiated", "medicare_negotiation"),
        },
    ),
    "eu_reimbursement": PathShape(
        "EU",
        {
            "assessment": _state("assessment and price talks", "评估与议价", initial=True, sells=False),
            "reimbursed": _state("reimbursed", "已报销"),
            "generic": _GENERIC,
        },
        {
            "reimbursement": MoveShape(("assessment",), "reimbursed"),
            "loss_of_exclusivity": MoveShape(("reimbursed",), "generic", "loss_of_exclusivity"),
        },
    ),
    "eu_country_groups": PathShape(
        "EU",
        {
            "germany_waits": _state("Germany: before launch", "德国：上市前", initial=True, sells=False),
            "others_wait": _state("other countries: before launch", "其他国家：上市前", initial=True, sells=False),
            "germany": _state("Germany: reimbursed", "德国：已报销"),
            "others": _state("other countries: reimbursed", "其他国家：已报销"),
            "generic": _GENERIC,
        },
        {
            "launch_germany": MoveShape(("germany_waits",), "germany"),
            "launch_others": MoveShape(("others_wait",), "others"),
            "loss_of_exclusivity": MoveShape(("germany", "others"), "generic", "loss_of_exclusivity"),
        },
    ),
    "jp_nhi": PathShape(
        "JP",
        {
            "listed": _state("price list of the national health insurance", "国民健康保险药价收载", initial=True),
            "repriced": _state("repriced for market expansion", "市场扩大再算定后", follows=True),
            "generic": _GENERIC,
        },
        {
            "loss_of_exclusivity": MoveShape(("listed", "repriced"), "generic", "loss_of_exclusivity"),
            "market_expansion": MoveShape(("listed",), "repriced", "price_revision"),
        },
    ),
    "custom": PathShape(),
}
