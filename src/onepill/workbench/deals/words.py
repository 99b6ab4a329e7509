"""What the items of a deal's flows are called, in both languages."""

from __future__ import annotations

from onepill.deals import FlowKey
from onepill.model.deal import Deal
from onepill.model.names import place
from onepill.sim.compiler_cash import LAUNCH_COST
from onepill.workbench.plan.assemble import Assembled

Words = dict[str, str]

TERM_KINDS: dict[str, Words] = {
    "upfront": {"en": "upfront", "zh": "首付款"},
    "option_fee": {"en": "option fee", "zh": "选择权费"},
    "development_milestone": {"en": "development milestone", "zh": "研发里程碑款"},
    "regulatory_milestone": {"en": "regulatory milestone", "zh": "注册里程碑款"},
    "contingent_value_right": {"en": "contingent value right", "zh": "或有价值权"},
    "purchase_price": {"en": "purchase price", "zh": "购买价款"},
    "break_fee": {"en": "break fee", "zh": "分手费"},
    "research_funding": {"en": "research funding", "zh": "研发经费"},
    "sales_milestone": {"en": "sales milestone", "zh": "销售里程碑款"},
    "royalty": {"en": "royalty", "zh": "特许权使用费"},
    "profit_share": {"en": "profit share", "zh": "利润分成"},
    "cost_share": {"en": "cost share", "zh": "费用分担"},
    "supply": {"en": "supply", "zh": "供货"},
    "loan": {"en": "loan", "zh": "贷款"},
}
COSTS: dict[str, Words] = {
    "development": {"en": "development", "zh": "研发费用"},
    "filing": {"en": "filing", "zh": "申报费用"},
    "fees": {"en": "fees", "zh": "规费"},
    "dossier": {"en": "dossier", "zh": "卷宗"},
}
VEHICLE: dict[str, Words] = {
    "contribution": {"en": "financing rounds", "zh": "融资轮次"},
    "further_need": {"en": "further need", "zh": "追加出资"},
    "distribution": {"en": "surplus paid out", "zh": "盈余分配"},
    "returned_cash": {"en": "cash returned", "zh": "现金退还"},
    "exit_price": {"en": "price at the exit", "zh": "退出价款"},
    "warrant_strike": {"en": "strike of warrants", "zh": "认股权证行权款"},
    "flows_sold": {"en": "flows after the exit", "zh": "退出后的现金流"},
    "draw": {"en": "drawn from partners", "zh": "向出资人提款"},
    "management_fee": {"en": "management fee", "zh": "管理费"},
    "paid_out": {"en": "paid out to partners", "zh": "向出资人分配"},
    "carried_interest": {"en": "carried interest", "zh": "业绩报酬"},
    "clawback": {"en": "clawback", "zh": "回拨"},
}
UPSTREAM: Words = {"en": "royalty upstream", "zh": "上游特许权使用费"}


def item_label(key: FlowKey, deal: Deal, base: Assembled) -> Words:
    """What a flow is called: a term by its title or kind, a market by its place."""
    if key.kind in ("leg", "withholding"):
        words = _term(key.item, deal)
        return words if key.kind == "leg" else _with(words, {"en": " withheld", "zh": "（预提税）"})
    if key.kind == "cost" and key.item.endswith(LAUNCH_COST):
        key = FlowKey("launch_cost", key.item.removesuffix(LAUNCH_COST), key.party)
    if key.kind == "cost":
        return COSTS.get(key.item, _plain(key.item))
    if key.kind == "vehicle":
        return VEHICLE.get(key.item, _plain(key.item))
    where = _market(key.item, base)
    if key.kind == "tax" and where is None:
        return {"en": "tax", "zh": "税款"}
    ends: dict[str, Words] = {
        "profit": {"en": ": operating profit", "zh": "：经营利润"},
        "launch_cost": {"en": ": launch", "zh": "：上市费用"},
        "tax": {"en": ": tax", "zh": "：税款"},
    }
    return _with(where or _plain(key.item), ends.get(key.kind, {"en": "", "zh": ""}))


def _term(item: str, deal: Deal) -> Words:
    term = deal.terms.get(item)
    if term is None:
        return UPSTREAM if item.startswith("upstream.") else _plain(item)
    return dict(term.title) if term.title else TERM_KINDS[term.kind]


def _market(item: str, base: Assembled) -> Words | None:
    """The place of a market; its id beside it where the programme has several there."""
    markets = base.filled.programme.markets
    codes = {name.lower(): market.jurisdiction or name.upper() for name, market in markets.items()}
    code = codes.get(item)
    if code is None:
        return None
    twins = list(codes.values()).count(code) > 1
    return {lang: f"{text} ({item})" if twins else text for lang, text in place(code).items()}


def _plain(item: str) -> Words:
    text = item.replace("_", " ").replace(".", " ")
    return {"en": text, "zh": text}


def _with(words: Words, ends: Words) -> Words:
    return {lang: words[lang] + ends[lang] for lang in ("en", "zh")}
