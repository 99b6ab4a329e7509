"""Why a change has its severity: the rule that gave it, in two languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from onepill.landscape.watch import DATE_MOVE_DAYS, ENROLMENT_CHANGE, Change

Text = dict[str, str]
_DAYS = ("start", "primary_completion", "completion")

_PUBLISHED: Mapping[tuple[str, str], tuple[str, str]] = MappingProxyType(
    {
        ("status", "critical"): ("the trial was stopped, suspended or withdrawn", "试验已终止、暂停或撤回"),
        ("status", "notable"): ("the status changed, but not to a stop", "状态有变，但并非停止"),
        ("why_stopped", "critical"): ("a reason for stopping was given", "说明了停止原因"),
        ("why_stopped", "minor"): ("the reason for stopping was taken back", "停止原因被撤下"),
        ("primary_endpoint", "critical"): ("the primary endpoint was rewritten", "主要终点被改写"),
        ("primary_endpoint", "notable"): ("a primary endpoint was stated for the first time", "首次写明主要终点"),
        ("phase", "notable"): ("the phase changed", "分期有变"),
        ("sponsor", "notable"): ("the sponsor changed", "申办方有变"),
        ("results_posted", "notable"): ("results were posted", "公布了结果"),
        ("results_posted", "minor"): ("posted results were taken back", "已公布的结果被撤下"),
        ("new", "notable"): ("a new trial", "新登记的试验"),
        ("gone", "minor"): (
            "the publisher no longer lists the record, or the file was cut short",
            "发布方不再列出该记录，或文件不完整",
        ),
    }
)
_OWN: Mapping[tuple[str, str], tuple[str, str]] = MappingProxyType(
    {
        ("new", "critical"): (
            "a new programme, which is the first approval of its class",
            "新项目，且为该类别首个获批药物",
        ),
        ("new", "notable"): ("a new programme in the watched set", "关注范围内的新项目"),
        ("gone", "minor"): ("no longer in the watched set", "不再属于关注范围"),
        ("stage", "critical"): ("the class has its first approval", "该类别首次有药物获批"),
        ("stage", "notable"): ("the drug reached another stage", "药物进入另一阶段"),
        ("stage_in_indication", "notable"): (
            "the drug reached another stage in the watched conditions",
            "药物在所关注适应症中进入另一阶段",
        ),
        ("tag", "critical"): ("the drug is no longer first in its class", "药物不再是同类首创"),
        ("tag", "notable"): ("the tag changed", "标签有变"),
        ("approval", "notable"): ("a further approval of the drug", "药物新增一项批准"),
    }
)
_REST = ("none of the scheme's rules for graver changes applies", "不符合更高级别的任何一条规则")


def severity_reason(change: Change) -> Text:
    """The rule behind a change's severity, `en` and `zh`: of the published scheme, or of this project's own choice."""
    rules = _PUBLISHED if change.scheme == "published" else _OWN
    en, zh = rules.get((change.what, change.severity)) or _by_size(change)
    return {"en": en, "zh": zh}


def _by_size(change: Change) -> tuple[str, str]:
    """Rules that compare how much a number or a day moved."""
    if change.what == "enrolment" and change.severity == "notable":
        least = f"{ENROLMENT_CHANGE:.0%}"
        return f"enrolment moved by {least} or more", f"入组人数变动达到或超过{least}"
    if change.what in _DAYS and change.severity == "notable":
        return f"the day moved by {DATE_MOVE_DAYS} days or more", f"日期变动达到或超过{DATE_MOVE_DAYS}天"
    return _REST
