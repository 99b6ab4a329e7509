"""What assurance, enrichment and the size of phase II take for granted, in words."""

from __future__ import annotations

Text = dict[str, str]

SAME_VARIANCE: Text = {
    "en": "The statistic's mean moves in proportion to the effect; its variance is that of the effect assumed.",
    "zh": "统计量均值与效应成正比；方差按所设效应计算。",
}
KNOWN_IS_TRUE: Text = {
    "en": "What is known is taken as stated: an estimate chosen because it was good overstates the effect.",
    "zh": "已知信息按所述采用：因结果好而被选中的估计会高估效应。",
}
CEILING: Text = {
    "en": "No size of trial takes assurance above the chance of a benefit by more than the error.",
    "zh": "无论样本量多大，成功概率不会超过获益概率加错误概率。",
}
SINGLE_ARM: Text = {
    "en": "The file's response rate of a single arm, less the rate of the control treatment, stands for a randomised "
    "difference; the control rate is taken as certain.",
    "zh": "以文件中单臂应答率减去对照率代替随机差异；对照率视为确定。",
}
FLAT: Text = {
    "en": "Predictive power without prior knowledge takes every effect as equally likely before the trial.",
    "zh": "无先验信息的预测效能视试验前各效应等可能。",
}
BETA: Text = {
    "en": "Patients respond independently; the rate has the Beta prior that is written.",
    "zh": "受试者应答相互独立；应答率服从所设Beta先验。",
}
EXACT: Text = {
    "en": "Chances under a true rate are exact binomial; the posterior threshold sets the error, it is not set by it.",
    "zh": "给定真实应答率的概率为精确二项概率；错误概率由后验阈值决定，而非预先控制。",
}
MIXED: Text = {
    "en": "The effect of a population is the mean over its marker-positive and marker-negative patients (of hazard "
    "ratios: of logarithms); spread between them adds nothing to the variance.",
    "zh": "人群效应为标志物阳性与阴性患者效应的均值（风险比取对数）；两者差异不计入方差。",
}
SAME_ASSAY: Text = {
    "en": "Sensitivity and specificity are the same at every prevalence; the marker does not change the prognosis of "
    "controls.",
    "zh": "灵敏度与特异度不随标志物阳性率变化；标志物不影响对照组预后。",
}
NORMAL_SIZE: Text = {
    "en": "Sizes are of normal tests and real numbers; design fixed sizes means by a t test, slightly larger.",
    "zh": "样本量按正态检验计算且为实数；design fixed对均值采用t检验，略大。",
}
CLOSED: Text = {
    "en": "Adaptive: inverse normal combination, closed test with Simes' intersection; the error of any false claim is "
    "kept whatever the choice. Power is the chance of either claim; the number randomised is fixed.",
    "zh": "适应性设计：逆正态合并，Simes交集的闭合检验；无论如何选择均控制错误。"
    "效能为任一结论成立的概率；随机人数固定。",
}
NO_SCREEN_ALL: Text = {
    "en": "All comers are not assayed; the adaptive design assays everybody before the choice.",
    "zh": "全人群设计不做检测；适应性设计在选择前对所有患者检测。",
}
PHASE_3: Text = {
    "en": "Phase III is sized as if the estimate of phase II were the truth; success needs the confidence limit below "
    "the class.",
    "zh": "三期样本量按二期估计值为真计算；成功要求置信限低于该档界值。",
}
UNDISCOUNTED: Text = {
    "en": "Money is not discounted and time costs nothing here.",
    "zh": "此处金额不折现，时间不计成本。",
}
EVENTS_NORMAL: Text = {
    "en": "Estimates of the log hazard ratio are normal with variance 4 over the events; arms are of equal size.",
    "zh": "对数风险比估计服从正态分布，方差为4除以事件数；两组等大。",
}
