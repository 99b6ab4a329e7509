"""Risks of law and policy that bite on a filing plan: as known on its day, where and on which day they bite."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from onepill.core.errors import Finding
from onepill.pathway import StageInput
from onepill.pathway.plan_gates import stages_behind
from onepill.rulebook import RuleValue
from onepill.workbench.common.rule_rows import known_rule, value_row
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.results.agency_log import planned_days
from onepill.workbench.results.rows_gates import open_filings
from onepill.workbench.results.simulate import Runs, day_row

Row = dict[str, Any]
Text = Mapping[str, str]
Place = Literal["launch", "filing", "trial"]
CHINA, US = "CN", "US"


@dataclass(frozen=True)
class Setting:
    """What a risk looks at: markets asked for, where the drug comes from, regions of the trials behind each filing.

    `regions_behind` has by market those of every filing that is still to be decided.
    """

    markets: tuple[str, ...]
    origin: str
    area: frozenset[str]
    regions_behind: Mapping[str, tuple[frozenset[str], ...]]
    trial_regions: frozenset[str]
    has_joint_chinese_trial: bool

    def only_foreign_data(self, market: str) -> bool:
        return any(regions and market not in regions for regions in self.regions_behind.get(market, ()))

    def data_leave_china(self, market: str) -> bool:
        return market != CHINA and any(CHINA in regions for regions in self.regions_behind.get(market, ()))


@dataclass(frozen=True)
class Risk:
    """A rule that becomes a risk where `bites` holds; `hits` is the part of the plan that it acts on.

    The message takes the rule's value as `{value}`. An empty `market` asks each market of the plan.
    """

    rule_id: str
    market: str
    hits: Place
    bites: Callable[[Setting, str], bool]
    message: Text
    hint: Text


def _text(en: str, zh: str) -> Text:
    return {"en": en, "zh": zh}


def _sells_chinese_drug(setting: Setting, market: str) -> bool:
    return market in setting.markets and setting.origin == CHINA


RISKS = (
    Risk(
        "us.fda.foreign_data_sole_basis.sintilimab_vote",
        US,
        "filing",
        lambda s, m: s.only_foreign_data(m) and "oncology" in s.area,
        _text(
            "no trial behind the US filing has patients in the US; FDA's advisers asked for more trials of sintilimab, "
            "which rested on data from China alone ({value})",
            "美国申报所依据的试验没有美国受试者；信迪利单抗仅有中国数据，FDA顾问委员会多数要求补充试验",
        ),
        _text(
            "add US to the regions of the pivotal trial, or show why the data apply",
            "在关键试验地区中加入US，或说明数据为何适用",
        ),
    ),
    Risk(
        "us.fda.foreign_data_sole_basis",
        US,
        "filing",
        lambda s, m: s.only_foreign_data(m),
        _text(
            "foreign data as the only basis must be {value}",
            "仅以境外数据申报时，数据须适用于美国人群与医疗实践，研究者须合格，数据须可经核查",
        ),
        _text("meet FDA before the pivotal trial", "关键试验前与FDA会面"),
    ),
    Risk(
        "us.biosecure.section_851",
        US,
        "launch",
        _sells_chinese_drug,
        _text(
            "US agencies and companies of concern: {value}",
            "美国政府机构不得采购受关注生物技术公司的设备或服务，亦不得与使用者签约或提供资助",
        ),
        _text(
            "check contract manufacturers and sequencing services against the lists",
            "对照清单核查合同生产与测序服务商",
        ),
    ),
    Risk(
        "us.biosecure.list_due",
        US,
        "launch",
        _sells_chinese_drug,
        _text(
            "the list of biotechnology companies of concern is due on {value}", "受关注生物技术公司清单应于{value}公布"
        ),
        _text("read the list when it is out, before contracts are renewed", "清单公布后、续约前核对"),
    ),
    Risk(
        "us.tariff.section_232",
        US,
        "launch",
        _sells_chinese_drug,
        _text(
            "a US tariff of {value} of the customs value on patented drugs of this origin",
            "美国对该原产地专利药按完税价格征收{value}关税",
        ),
        _text(
            "make for the US in a country with an agreement, or price the tariff in",
            "在有协议的国家为美国市场生产，或将关税计入价格",
        ),
    ),
    Risk(
        "us.human_cells_export",
        US,
        "trial",
        lambda s, m: _sells_chinese_drug(s, m) and "cell_therapy" in s.area,
        _text(
            "trials that ship cells of US patients for engineering: {value}",
            "将美国受试者细胞送往中国等国改造的新试验已被FDA叫停",
        ),
        _text("engineer the cells outside the countries concerned", "在所涉国家之外进行细胞改造"),
    ),
    Risk(
        "us.doj.data_security_programme",
        US,
        "trial",
        lambda s, m: s.origin == CHINA and m in s.trial_regions,
        _text(
            "data of US patients that reach China: {value}",
            "不得向中国等六国大批量提供人类组学数据或样本；受FDA监管且去标识化的试验大多豁免",
        ),
        _text(
            "de-identify, and keep to what the exemption for FDA's trials covers",
            "去标识化，并限于FDA监管试验豁免的范围",
        ),
    ),
    Risk(
        "cn.hgr.cooperation_approval",
        CHINA,
        "trial",
        lambda s, m: s.has_joint_chinese_trial,
        _text(
            "a trial of several countries with sites in China needs a filing, or an approval within {value} working "
            "days, for human genetic resources",
            "含中国中心的国际多中心试验须办理人类遗传资源备案，或在{value}个工作日内获批",
        ),
        _text(
            "say hgr_material_leaves_china in conditions where samples leave the country",
            "样本出境时在conditions中写明hgr_material_leaves_china",
        ),
    ),
    Risk(
        "cn.cac.data_export.security_assessment",
        "",
        "filing",
        lambda s, m: s.data_leave_china(m),
        _text(
            "the {market} filing takes data of patients in China abroad; a security assessment comes before it for "
            "{value}",
            "{market}申报须将中国受试者数据传出境外；重要数据或超过限额的个人信息须先通过安全评估",
        ),
        _text(
            "count the people whose data leave China; below the limits a standard contract is filed",
            "清点数据出境涉及的人数；低于限额者备案标准合同",
        ),
    ),
)


def setting_of(base: Assembled, markets: Iterable[str]) -> Setting:
    """The programme as the risks see it."""
    programme = base.filled.programme
    behind: dict[str, tuple[frozenset[str], ...]] = {}
    for filing in open_filings(base):
        regions = frozenset(r for s in stages_behind(base.filled.stages, filing) for r in s.regions)
        behind[filing.jurisdiction] = (*behind.get(filing.jurisdiction, ()), regions)
    originator = programme.asset.originator
    areas = {item.area for item in programme.all_indications().values()}
    ahead = {region for stage in base.filled.stages if not stage.finished for region in stage.regions}
    return Setting(
        tuple(markets),
        originator.country if originator else "",
        frozenset({*areas, programme.asset.modality}),
        behind,
        frozenset(ahead),
        any(_is_joint_chinese(stage) for stage in base.filled.stages if not stage.finished),
    )


def _is_joint_chinese(stage: StageInput) -> bool:
    """A trial in China with sites elsewhere, or with a foreign party."""
    return CHINA in stage.regions and (len(stage.regions) > 1 or "foreign_party" in stage.terms)


def risk_rows(base: Assembled, runs: Runs, markets: Iterable[str]) -> list[Row]:
    """The risks that bite, each with its rule's days, the part of the plan that it hits, and whether that comes after.

    What was announced after the plan's day is not known.
    """
    asked = tuple(markets)
    setting, rows = setting_of(base, asked), []
    for risk in RISKS:
        found = known_rule(base.filled.rulebook, risk.rule_id, base.filled.as_of)
        for market in [risk.market] if risk.market else asked:
            if found is not None and risk.bites(setting, market):
                rows.append(_row(base, runs, risk, market, found))
    return rows


def _row(base: Assembled, runs: Runs, risk: Risk, market: str, found: RuleValue) -> Row:
    place, day = _hit(base, runs, risk.hits, market)
    words = _words(found)
    return {
        "rule": risk.rule_id,
        "market": market,
        "name": dict(base.filled.rulebook.rule(risk.rule_id).name),
        "message": {lang: text.format(value=words, market=market) for lang, text in risk.message.items()},
        "hint": dict(risk.hint),
        **value_row(found),
        "hits": risk.hits,
        "place": place,
        "day": day,
        "position": position(found, day),
    }


def position(found: RuleValue, day: str | None) -> str:
    """Where a day of the plan lies: `before` the rule begins, `in_force`, `lapsed` after it, or unknown."""
    version = found.version
    if day is None:
        return "day_unknown"
    if version.first is None:
        return "start_unknown"
    if day < version.first.isoformat():
        return "before"
    return "lapsed" if version.last is not None and day > version.last.isoformat() else "in_force"


def _hit(base: Assembled, runs: Runs, hits: Place, market: str) -> tuple[str | None, str | None]:
    """The part of the plan that a risk acts on, and its median day."""
    planned = planned_days(base, runs)
    if hits == "trial":
        open_here = [stage for stage in base.filled.stages if market in stage.regions and not stage.finished]
        ahead = [stage for stage in open_here if not stage.started] or open_here
        days = {f"development.{stage.id}": planned(f"{stage.id}:started") for stage in ahead}
        place = min((name for name, day in days.items() if day), key=lambda name: days[name] or "", default=None)
        return place, days.get(place or "")
    milestones = {name for name, _ in base.plan.milestones}
    filings = open_filings(base) if hits == "filing" else [f for f in base.filled.filings if not f.refused]
    filing = next((f for f in filings if f.jurisdiction == market), None)
    wanted = ("filed",) if hits == "filing" else ("launch", "approval")
    found = next((f"{filing.id}.{event}" for event in wanted if filing and f"{filing.id}.{event}" in milestones), None)
    return found, planned_milestone(runs, found)


def planned_milestone(runs: Runs, milestone: str | None) -> str | None:
    """The median day of a milestone; None where there is none or where it never comes."""
    return day_row(runs.drawn.days_of(milestone))["p50"] if milestone else None


WHEN = {
    "before": "{place} is planned for {day}, before this begins on {first}",
    "in_force": "{place} is planned for {day}, and this begins on {first}",
    "lapsed": "{place} is planned for {day}, after this ended on {last}",
    "start_unknown": "{place} is planned for {day}; no source says since when this holds",
    "day_unknown": "no day is planned for what it hits",
}

OUT_OF_FORCE = ("before", "lapsed")


def by_rule(rows: Iterable[Row]) -> list[tuple[Row, list[str]]]:
    """Each rule's first row, with the further markets on which it bites."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["rule"], []).append(row)
    return [(found[0], [row["market"] for row in found[1:]]) for found in grouped.values()]


def risk_findings(rows: Iterable[Row]) -> list[Finding]:
    """The risks as findings: what bites, on which part of the plan, before or after the rule's day.

    Of several markets under one rule that one speaks on which it bites now.
    """
    found = []
    for row, others in by_rule(sorted(rows, key=lambda row: row["position"] in OUT_OF_FORCE)):
        when = WHEN[row["position"]].format(place=row["place"], day=row["day"], first=row["from"], last=row["until"])
        also = f"; so do the filings in {', '.join(others)}" if others else ""
        message = f"{row['message']['en']}; {when}{also}"
        severity: Literal["warning", "note"] = "note" if row["position"] in OUT_OF_FORCE else "warning"
        found.append(Finding(f"risk.{row['rule']}", severity, message, row["hint"]["en"], f"plan.{row['market']}"))
    return found


def _words(found: RuleValue) -> str:
    if isinstance(found.value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in found.value.items())
    if found.unit == "share":
        return f"{float(found.value):.0%}"
    return str(found.value)


def proposal_findings(base: Assembled, markets: Iterable[str]) -> list[Finding]:
    """Proposals of the plan's markets that are known on its day: what each would change a rule to."""
    found = []
    for rule in (rule for market in markets for rule in base.filled.rulebook.rules(market)):
        for version in rule.versions:
            if version.status == "proposed" and version.known_from <= base.filled.as_of:
                message = f"a proposal would make {rule.id} {version.value} ({rule.unit.replace('_', ' ')})"
                hint = "it is not in force and the plan does not use it"
                found.append(Finding("rule.proposed", "note", message, hint, rule.id, value=version.value))
    return found
