"""What designs take for granted, and by which method they are sized, in words."""

from __future__ import annotations

Text = dict[str, str]

METHODS: dict[tuple[str, bool], Text] = {
    ("means", False): {
        "en": "t test of two means, superiority (non-central t, statsmodels)",
        "zh": "两样本均值t检验，优效性（非中心t分布，statsmodels）",
    },
    ("means", True): {
        "en": "t test of two means, non-inferiority (non-central t, statsmodels)",
        "zh": "两样本均值t检验，非劣效性（非中心t分布，statsmodels）",
    },
    ("rates", False): {
        "en": "two proportions, superiority, pooled variance under no difference (statsmodels)",
        "zh": "两样本率，优效性，零假设下合并方差（statsmodels）",
    },
    ("rates", True): {
        "en": "two proportions, non-inferiority, own variances (Blackwelder 1982)",
        "zh": "两样本率，非劣效性，各自方差（Blackwelder 1982）",
    },
    ("time_to_event", False): {
        "en": "log-rank test, superiority (Schoenfeld 1981)",
        "zh": "对数秩检验，优效性（Schoenfeld 1981）",
    },
    ("time_to_event", True): {
        "en": "log-rank test, non-inferiority (Schoenfeld 1981)",
        "zh": "对数秩检验，非劣效性（Schoenfeld 1981）",
    },
}

NORMAL: Text = {
    "en": "The statistic at each look is normal and its score has independent increments; looks come at the shares of "
    "information that are planned.",
    "zh": "各次分析的统计量服从正态分布，得分增量相互独立；各次分析按计划的信息比例进行。",
}
NOT_BINDING: Text = {
    "en": "The futility bound is not binding: the error is kept even if a trial goes on below it.",
    "zh": "无效界值为非约束性：即使越过界值后继续试验，I类错误仍受控。",
}
BINDING: Text = {
    "en": "The futility bound is binding: the error is kept only if every trial below it stops.",
    "zh": "无效界值为约束性：仅当越界即停止时I类错误才受控。",
}
TWO_SIDED: Text = {
    "en": "The error is that of each side; the power counts the upper side alone.",
    "zh": "错误概率按单侧计；检验效能仅计上侧。",
}
STEADY: Text = {
    "en": "Patients enter evenly; those who drop out do so at a constant hazard.",
    "zh": "受试者匀速入组；脱落风险恒定。",
}
EXPONENTIAL: Text = {
    "en": "Times to event are exponential and the hazard ratio is constant.",
    "zh": "至事件时间服从指数分布，风险比恒定。",
}
INFLATED: Text = {
    "en": "The size with several looks is that of a fixed test times the inflation of normal theory.",
    "zh": "多次分析的样本量为固定样本量乘以正态理论的膨胀系数。",
}
ONE_SIDED: Text = {
    "en": "The error is one-sided: 0.025 is the half of a two-sided 0.05.",
    "zh": "错误概率为单侧：0.025即双侧0.05的一半。",
}
WHOLE_EFFECT: Text = {
    "en": "The true effect and the variance are the same in all regions, and the whole trial is sized for its power.",
    "zh": "各区域真实效应与方差相同，整体试验按其检验效能确定样本量。",
}
UNCONDITIONAL: Text = {
    "en": "Chances do not depend on the whole trial's success.",
    "zh": "概率不以整体试验成功为条件。",
}
BORROWED: Text = {
    "en": "The region sets no number; Japan's criterion is applied to it as an assumption.",
    "zh": "该区域未规定数值；此处借用日本标准作为假设。",
}
BY_EYE: Text = {
    "en": "The error and the power are those of the exact binomial distribution; patients respond independently.",
    "zh": "错误概率与检验效能按精确二项分布计算；受试者应答相互独立。",
}
REGION_METHODS: tuple[Text, Text] = (
    {
        "en": "method 1: the region shows at least a part of the whole effect",
        "zh": "方法1：区域效应不低于整体效应的一定比例",
    },
    {
        "en": "method 2: the effects of all regions point the same way",
        "zh": "方法2：各区域效应方向一致",
    },
)
