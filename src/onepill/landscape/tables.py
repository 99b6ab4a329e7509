"""The measures that the engine emits: name, unit, and meaning in two languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One measure. `meaning` has the languages `en` and `zh`."""

    name: str
    unit: str
    meaning: dict[str, str]


def _column(name: str, unit: str, en: str, zh: str) -> tuple[str, Column]:
    return name, Column(name, unit, {"en": en, "zh": zh})


def _top(k: int) -> tuple[str, Column]:
    return _column(
        f"top_{k}_share", "share", f"share of programmes on the {k} largest targets", f"前 {k} 大靶点所占项目份额"
    )


def _crowded(k: int) -> tuple[str, Column]:
    return _column(
        f"share_on_at_least_{k}",
        "share",
        f"share of programmes on targets with at least {k} programmes",
        f"位于项目数不少于 {k} 的靶点上的项目份额",
    )


CROWDING: dict[str, Column] = dict(
    [
        _column("programmes", "count", "programmes in humans, by the unit of count", "临床项目数（按计数单位）"),
        _column("sponsors", "count", "distinct sponsors behind them", "申办方数"),
        _column("targets", "count", "distinct targets or target groups", "靶点（组）数"),
        *(_top(k) for k in (1, 5, 10)),
        *(_crowded(k) for k in (10, 20, 50)),
        _column("hhi", "index 0 to 1", "Herfindahl-Hirschman index over targets", "靶点的赫芬达尔指数"),
        _column(
            "effective_number",
            "targets",
            "1/HHI: so many equal targets are as concentrated",
            "有效靶点数（1/HHI）",
        ),
        _column("gini", "index 0 to 1", "Gini coefficient over targets with any programme", "有项目靶点的基尼系数"),
        _column("entry_rate_per_year", "entries a year", "programmes first seen in humans", "每年新进入临床的项目数"),
        _column(
            "entry_trend_ratio",
            "ratio",
            "entries in the window over entries in the window before",
            "本期与上期新进入项目数之比",
        ),
        _column(
            "late_entrant_share",
            "share",
            "share that entered after the first approval of their class",
            "同类首个药物获批之后才进入的项目份额",
        ),
        _column(
            "phase_weighted_programmes",
            "weighted programmes",
            "sum of stage weights; with likelihoods of approval, the expected number of approvals",
            "阶段加权项目数；以获批概率为权重时即期望获批数",
        ),
    ]
)

TAG_NAMES: dict[str, dict[str, str]] = {
    "first_in_class": {"en": "first-in-class", "zh": "首创（first-in-class）"},
    "fast_follower": {"en": "fast-follower", "zh": "快速跟随（fast-follower）"},
    "me_too": {"en": "me-too", "zh": "同类跟进（me-too）"},
    "combination": {"en": "fixed-dose combination", "zh": "固定剂量复方"},
    "unknown": {"en": "unknown", "zh": "不明"},
    "approved": {"en": "approved", "zh": "已获批"},
}
