"""Assumptions about licences that come back: nothing published tells these numbers, and each says so."""

from __future__ import annotations

from dataclasses import dataclass

from onepill.core.distributions import triangular
from onepill.core.units import DAYS_PER_UNIT
from onepill.deals.clauses import ClauseEffect
from onepill.workbench.common.defaults import Default

_MONTH = DAYS_PER_UNIT["months"]
SECOND_LIFE: dict[str, Default] = {
    "transition": Default(
        triangular(3 * _MONTH, 6 * _MONTH, 12 * _MONTH),
        "days",
        "until data, filings, trials and stock are handed over; no published durations were found; its mean is used",
    ),
    "restart": Default(
        triangular(3 * _MONTH, 6 * _MONTH, 12 * _MONTH),
        "days",
        "until money and people are found and the work goes on; no published durations were found; its mean is used",
    ),
    "repeat_share": Default(
        triangular(0.0, 0.1, 0.3),
        "share",
        "of what the partner had spent on development, spent once more; nothing published was found; its mean is used",
    ),
    "sales_dip_share": Default(
        triangular(0.0, 0.1, 0.3),
        "share",
        "of further sales lost with the partner's sales force; nothing published was found; its mean is used",
    ),
}


@dataclass(frozen=True)
class ClauseDefault:
    """The factors that a clause is assumed to have, and in what way it would act."""

    effects: tuple[ClauseEffect, ...]
    why: dict[str, str]


CLAUSE_EFFECTS: dict[str, ClauseDefault] = {
    "diligence": ClauseDefault(
        (ClauseEffect("hazard", 0.7, 0.85, 1.0),),
        {
            "en": "assumed: dated duties make shelving a breach, so that fewer programmes are dropped for strategy",
            "zh": "假设：带期限的勤勉义务使搁置构成违约，因战略原因放弃的项目减少",
        },
    ),
    "step_in": ClauseDefault(
        (ClauseEffect("restart", 0.3, 0.5, 0.8),),
        {
            "en": "assumed: the owner may run the trials itself at once, so that the work stands still for less time",
            "zh": "假设：权利人可立即自行接手试验，停顿时间缩短",
        },
    ),
    "transition": ClauseDefault(
        (ClauseEffect("transition", 0.3, 0.5, 0.8),),
        {
            "en": "assumed: the partner must hand over filings, trials and stock by a date",
            "zh": "假设：合作方须在期限内移交注册文件、试验与库存",
        },
    ),
    "data_return": ClauseDefault(
        (ClauseEffect("repeat", 0.0, 0.25, 0.5), ClauseEffect("chance", 1.0, 1.2, 1.4)),
        {
            "en": "assumed: with the partner's data less is repeated and a new start is likelier",
            "zh": "假设：取回合作方数据后重复工作减少，重新开始的可能性提高",
        },
    ),
    "break_fee": ClauseDefault(
        (ClauseEffect("hazard", 0.8, 0.9, 1.0),),
        {
            "en": "assumed: who pays for leaving leaves less often; the payment itself is a term of the contract",
            "zh": "假设：退出须付费则退出较少；费用本身是合同条款",
        },
    ),
}
OWN_FACTORS = {"en": "factors of the terms file", "zh": "条款文件给出的系数"}


@dataclass(frozen=True)
class CauseShare:
    """A cause's share of the ends that the paths do not tell themselves."""

    cause: str
    low: float
    mode: float
    high: float
    why: dict[str, str]


CAUSES: tuple[CauseShare, ...] = (
    CauseShare(
        "strategy",
        0.4,
        0.6,
        0.75,
        {
            "en": "mode: of the largest terminations from January 2010 to June 2011, 60 percent were announced as this",
            "zh": "众数：2010年1月至2011年6月最大的终止案例中，60%公布的原因为战略调整",
        },
    ),
    CauseShare(
        "competition",
        0.05,
        0.15,
        0.3,
        {"en": "assumed; not tied to the rivals of the forecast", "zh": "假设；与预测中的竞品无关联"},
    ),
    CauseShare(
        "partner_funding",
        0.05,
        0.15,
        0.3,
        {"en": "assumed; likelier with a small partner or a new company", "zh": "假设；合作方为小公司或新公司时更可能"},
    ),
    CauseShare(
        "regulator",
        0.02,
        0.05,
        0.15,
        {"en": "assumed: asks for more before a filing, which no path tells", "zh": "假设：申报前要求补充，路径不体现"},
    ),
    CauseShare("quality", 0.01, 0.05, 0.1, {"en": "assumed", "zh": "假设"}),
)
"""The modes sum to 1. Efficacy and safety are left to the trials on the paths."""
TRIALS = {
    "en": "trials that fail on the paths, split as {part} of {both} late-stage failures by efficacy or safety",
    "zh": "路径上失败的试验，按{both}例后期失败（疗效或安全性）中的{part}例拆分",
}
REFUSED = {"en": "an authority refuses on the paths", "zh": "路径上被监管机构拒绝"}
ENDED = {"en": "an event ends the market before its launch", "zh": "市场在上市前因事件终止"}

STRESSED = {
    "en": (
        "The programme fails by itself more often than the cohort's licences ended, so that no partner leaving is "
        "added: what fails by itself brings nothing back, and the end changes nothing. Beside it the same deal as if "
        "the partner left besides, at the hazard that alone ends the cohort's share: an assumption, not calibrated."
    ),
    "zh": (
        "该项目自身失败的频率高于同期许可终止的比例，因此未再加入合作方退出：自身失败者没有可退回的价值，"
        "终止不改变任何数值。另列同一交易在合作方另以“单独即可达到该队列比例”的风险率退出时的结果：此为假设，未经校准。"
    ),
}
"""Why nothing changes where the own failures exceed the cohort, and what is shown beside it."""
