"""Risks of law and policy that bite on a filing plan, as known on its day, and proposals that would change it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from onepill.core.errors import Finding, InputError
from onepill.rulebook import RuleValue
from onepill.workbench.assemble import Assembled


@dataclass(frozen=True)
class Setting:
    """What a risk looks at: markets asked for, where the drug comes from, regions of the trials behind a filing."""

    markets: tuple[str, ...]
    origin: str
    area: frozenset[str]
    regions_behind: dict[str, frozenset[str]]
    trial_regions: frozenset[str]

    def only_foreign_data(self, market: str) -> bool:
        regions = self.regions_behind.get(market, frozenset())
        return bool(regions) and market not in regions


@dataclass(frozen=True)
class Risk:
    """A rule that becomes a risk where `bites` holds; the message takes the rule's value as `{value}`."""

    rule_id: str
    market: str
    bites: Callable[[Setting], bool]
    message: str
    hint: str


def _sells_chinese_drug_in_us(setting: Setting) -> bool:
    return "US" in setting.markets and setting.origin == "CN"


RISKS = (
    Risk(
        "us.fda.foreign_data_sole_basis.sintilimab_vote",
        "US",
        lambda s: s.only_foreign_data("US") and "oncology" in s.area,
        "no trial behind the US filing has patients in the US; FDA's advisers asked for more trials of sintilimab, "
        "which rested on data from China alone ({value})",
        "add US to the regions of the pivotal trial, or show why the data apply",
    ),
    Risk(
        "us.fda.foreign_data_sole_basis",
        "US",
        lambda s: s.only_foreign_data("US"),
        "foreign data as the only basis must be {value}",
        "meet FDA before the pivotal trial",
    ),
    Risk(
        "us.fda.project_optimus",
        "US",
        lambda s: "US" in s.markets and "oncology" in s.area,
        "{value}",
        "plan the dose comparison as a stage of its own",
    ),
    Risk(
        "us.biosecure.section_851",
        "US",
        _sells_chinese_drug_in_us,
        "US agencies and companies of concern: {value}",
        "check contract manufacturers and sequencing services against the lists",
    ),
    Risk(
        "us.tariff.section_232",
        "US",
        _sells_chinese_drug_in_us,
        "a US tariff of {value} of the customs value on patented drugs of this origin",
        "make for the US in a country with an agreement, or price the tariff in",
    ),
    Risk(
        "us.human_cells_export",
        "US",
        lambda s: _sells_chinese_drug_in_us(s) and "cell_therapy" in s.area,
        "trials that ship cells of US patients for engineering: {value}",
        "engineer the cells outside the countries concerned",
    ),
    Risk(
        "cn.hgr.cooperation_approval",
        "CN",
        lambda s: "CN" in s.trial_regions and len(s.trial_regions) > 1,
        "a trial of several countries with sites in China needs a filing, or an approval within {value} working days, "
        "for human genetic resources",
        "say hgr_material_leaves_china in conditions where samples leave the country",
    ),
)


def setting_of(base: Assembled, markets: Iterable[str]) -> Setting:
    """The programme as the risks see it."""
    programme = base.filled.programme
    stages = {stage.id: stage for stage in base.filled.stages}
    behind = {
        filing.jurisdiction: frozenset(r for name, _ in filing.after if name in stages for r in stages[name].regions)
        for filing in base.filled.filings
        if not filing.approved
    }
    originator = programme.asset.originator
    areas = {item.area for item in programme.all_indications().values()}
    ahead = {region for stage in stages.values() if not stage.finished for region in stage.regions}
    return Setting(
        tuple(markets),
        originator.country if originator else "",
        frozenset({*areas, programme.asset.modality}),
        behind,
        frozenset(ahead),
    )


def risk_findings(base: Assembled, markets: Iterable[str]) -> list[Finding]:
    """The risks that bite, each with the rule behind it; what was announced after the plan's day is not known."""
    setting, found = setting_of(base, markets), []
    for risk in RISKS:
        value = _known(base, risk.rule_id)
        if value is not None and risk.bites(setting):
            message = risk.message.format(value=_words(value))
            found.append(Finding(f"risk.{risk.rule_id}", "warning", message, risk.hint, f"plan.{risk.market}"))
    return found


def _known(base: Assembled, rule_id: str) -> RuleValue | None:
    """The rule on the plan's day or, where it is announced but begins later, on its first day."""
    rule, day = base.filled.rulebook.rule(rule_id), base.filled.as_of
    announced = [v for v in rule.versions if (v.announced or v.used_from) <= day and v.status != "proposed"]
    if not announced:
        return None
    try:
        return rule.on(max([day, *(v.used_from for v in announced)]), day)
    except InputError:
        return None


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
            if version.status == "proposed" and (version.announced or version.used_from) <= base.filled.as_of:
                message = f"a proposal would make {rule.id} {version.value} ({rule.unit.replace('_', ' ')})"
                hint = "it is not in force and the plan does not use it"
                found.append(Finding("rule.proposed", "note", message, hint, rule.id, value=version.value))
    return found
