"""What `success transitions` takes for granted where no source tells it, in words."""

from __future__ import annotations

ASSUMPTIONS = (
    {
        "en": "A programme is a drug in one condition as trials name it; it is in a phase from the first day on which "
        "a trial of that phase was posted and had begun. A trial of two phases counts for the later one.",
        "zh": "项目指某药物在试验所列某一适应症中的开发；自该期试验公开且开始之日起视为进入该期。"
        "跨两期的试验计入较后一期。",
    },
    {
        "en": "Registries do not say that a programme was given up. The counted ways take it for given up when it had "
        "no new trial for the days under `waits`; the survival view assumes nothing of the kind and censors.",
        "zh": "登记平台不说明项目终止。计数法将在 `waits` 所列天数内无新试验的项目视为终止；"
        "生存分析不作此假设，仅作删失。",
    },
    {
        "en": "The warehouse holds the whole register. Where it holds a part, later trials of a programme are missing "
        "and every rate is too low.",
        "zh": "假定已加载完整登记库；若仅加载一部分，则项目后续试验缺失，各项比率均会偏低。",
    },
    {
        "en": "An approval that names no condition belongs to the drug's furthest programme of phase 2 or later on "
        "that day; one that names another condition than the drug's trials belongs to none.",
        "zh": "未注明适应症的批准归于该药物当日进展最远（II 期及以后）的项目；"
        "所列适应症与该药物试验均无关联的批准不归于任何项目。",
    },
    {
        "en": "Path by path takes every phase before the furthest as passed, also where no trial of it is on record.",
        "zh": "路径法将最远阶段之前的各期均视为通过，即使无该期试验登记。",
    },
    {
        "en": "Modality and origin count as known on the day. Where more became known of drugs that did well, their "
        "groups look better than they were.",
        "zh": "药物类型与来源地以当日所知为准；若成功药物的信息更易被补录，其分组结果会偏高。",
    },
)
