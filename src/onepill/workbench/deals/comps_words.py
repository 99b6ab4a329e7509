"""Words of comparable deals, in two languages."""

from __future__ import annotations

Text = dict[str, str]

MONEY: Text = {
    "en": "Amounts are nominal US dollars as announced on each deal's day, not adjusted for inflation.",
    "zh": "金额为各交易公布当日的名义美元，未作通胀调整。",
}
POOLED: Text = {
    "en": "Partially pooled estimate: the geometric mean of too few cases, drawn towards that of all groups.",
    "zh": "部分合并估计：病例过少，其几何均值向全体各组均值收缩。",
}
STAGES: dict[str, Text] = {
    "preclinical": {"en": "preclinical", "zh": "临床前"},
    "phase_1": {"en": "phase 1", "zh": "I期"},
    "phase_1_2": {"en": "phase 1/2", "zh": "I/II期"},
    "phase_2": {"en": "phase 2", "zh": "II期"},
    "phase_2_3": {"en": "phase 2/3", "zh": "II/III期"},
    "phase_3": {"en": "phase 3", "zh": "III期"},
    "filed": {"en": "filed", "zh": "已申报"},
    "approved": {"en": "approved", "zh": "已批准"},
    "clinical": {"en": "clinical, phase not told", "zh": "临床期（未说明）"},
    "unknown": {"en": "not told", "zh": "未说明"},
}
STRUCTURES: dict[str, Text] = {
    "licence": {"en": "licence", "zh": "许可"},
    "option": {"en": "option to license", "zh": "许可选择权"},
    "co_development": {"en": "co-development or research collaboration", "zh": "共同开发或研究合作"},
    "newco": {"en": "NewCo", "zh": "NewCo"},
    "asset_purchase": {"en": "asset purchase", "zh": "资产收购"},
    "acquisition": {"en": "acquisition of the company", "zh": "公司收购"},
    "royalty_financing": {"en": "royalty financing", "zh": "特许权融资"},
    "other": {"en": "other", "zh": "其他"},
}
TERRITORIES: dict[str, Text] = {
    "worldwide": {"en": "worldwide", "zh": "全球"},
    "outside_china": {"en": "outside (Greater) China", "zh": "（大）中华区以外"},
    "region": {"en": "some countries", "zh": "部分国家"},
    "china": {"en": "China, alone or mainly", "zh": "中国（全部或主要）"},
    "undisclosed": {"en": "not told", "zh": "未披露"},
}
REASONS: dict[str, Text] = {
    "announced_later": {"en": "announced after the day asked", "zh": "公布于所问日期之后"},
    "amendment": {"en": "a later step of a deal that is counted once", "zh": "已计交易的后续步骤，不重复计数"},
    "duplicate": {"en": "the same deal told in another row", "zh": "与另一行为同一交易"},
    "biosimilar": {
        "en": "biosimilars (counted with --with-biosimilars)",
        "zh": "生物类似药（--with-biosimilars 计入）",
    },
    "unverified": {
        "en": "terms not read again (left out with --verified-only)",
        "zh": "条款未复核（--verified-only 排除）",
    },
    "not_asked_for": {"en": "other features than those asked for", "zh": "与所问特征不符"},
}
FEATURES: dict[str, Text] = {
    "stage": {"en": "stage", "zh": "阶段"},
    "modality": {"en": "modality", "zh": "药物类型"},
    "area": {"en": "area", "zh": "治疗领域"},
    "targets": {"en": "targets", "zh": "靶点"},
    "territory": {"en": "territory", "zh": "地域"},
    "day": {"en": "day", "zh": "日期"},
}
BETTER: Text = {
    "en": "Features tell more than the plain median: half of the left-out deals lie within a factor {model} of the "
    "prediction, within {median} of the median; the gain is {gain} of log10, {error} its standard error.",
    "zh": "特征优于简单中位数：留一检验中半数交易与预测相差在{model}倍以内，与中位数相差在{median}倍以内；"
    "以log10计改进{gain}，标准误{error}。",
}
NO_BETTER: Text = {
    "en": "Features tell no more than the plain median beyond chance: half of the left-out deals lie within a "
    "factor {model} of the prediction, within {median} of the median; the gain is {gain} of log10, {error} its "
    "standard error. Use the quantiles.",
    "zh": "特征并不明显优于简单中位数：留一检验中半数交易与预测相差在{model}倍以内，与中位数相差在{median}倍以内；"
    "以log10计改进{gain}，标准误{error}。请用分位数。",
}
APPROVED: Text = {"en": "a filing of the file is approved: {name}", "zh": "文件中已有申报获批：{name}"}
FILED: Text = {"en": "a filing of the file is submitted: {name}", "zh": "文件中已有申报递交：{name}"}
STARTED: Text = {"en": "the most advanced stage that has begun: {name}", "zh": "已开始的最靠后阶段：{name}"}
PLANNED: Text = {"en": "nothing has begun; the first stage planned: {name}", "zh": "尚未开始；计划中的首个阶段：{name}"}
NO_STAGE: Text = {"en": "the file has no stage that tells", "zh": "文件中没有可据以判断的阶段"}
FROM_ASSET: Text = {"en": "the file's asset", "zh": "文件的资产"}
FROM_INDICATION: Text = {"en": "the file's first indication", "zh": "文件的首个适应症"}
FROM_MARKETS: Text = {"en": "the file's markets: {name}", "zh": "文件的市场：{name}"}
AGREES: Text = {"en": "agrees in {names}", "zh": "相同：{names}"}
AGREES_IN_NOTHING: Text = {"en": "agrees in no feature wholly", "zh": "无完全相同的特征"}


def filled(text: Text, **words: str) -> Text:
    """The text in both languages with its places filled in."""
    return {language: said.format(**words) for language, said in text.items()}
