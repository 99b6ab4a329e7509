"""What the regions expect of the trials behind a filing: patients of their own, comparator, endpoint, bridging."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal

from onepill.core.errors import Finding
from onepill.model.regulatory import Expectation
from onepill.model.schema import Stage
from onepill.pathway import FilingInput, StageInput
from onepill.pathway.plan_gates import pivotal_stages, stages_behind
from onepill.stats import consistent_share
from onepill.workbench.common.rule_rows import known_rule
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.results.rows_gates import open_filings

PATIENTS = {
    "US": "us.fda.multiregional_oncology_guidance.us_patients",
    "JP": "jp.mhlw.japanese_patients",
    "KR": "kr.mfds.korean_patients",
    "CN": "cn.nmpa.bridging",
}
"""What a region expects of its share of the patients; none of these sets a number."""
ONCOLOGY_ONLY = ("US",)
BRIDGING = {"JP": "jp.mhlw.bridging", "KR": "kr.mfds.korean_patients", "CN": "cn.nmpa.bridging"}
COMPARATOR = {"US": "us.fda.multiregional_oncology_guidance.comparator"}
METHOD_1 = "jp.mhlw.japanese_patients.method_1"
POWER, ERROR = 0.9, 0.05
"""Assumed of the whole trial where method 1 is computed; the programme file does not say."""
NO_COMPARATOR = "none"


def evidence_findings(base: Assembled, markets: Collection[str] | None = None) -> list[Finding]:
    """Where the trials behind a filing differ from what its region expects; no `markets` means all on the plan."""
    found: list[Finding] = []
    for filing in open_filings(base):
        if markets is None or filing.jurisdiction in markets:
            trials = pivotal_stages(base.filled.stages, filing)
            found += _patients(base, filing, trials)
            found += _bridging(base, filing, trials)
            found += _expected(base, filing, trials)
    return list({(f.code, f.path, f.message): f for f in found}.values())


def _typed(base: Assembled, stage: StageInput) -> Stage:
    return base.filled.programme.development[stage.id]


def _says(base: Assembled, rule_id: str) -> str:
    """What a rule says in words, empty where it was not known."""
    found = known_rule(base.filled.rulebook, rule_id, base.filled.as_of)
    return "" if found is None else str(found.value)


def _patients(base: Assembled, filing: FilingInput, trials: tuple[StageInput, ...]) -> Iterator[Finding]:
    """The share of patients that a region has in a trial of several regions, against what it expects."""
    market = filing.jurisdiction
    expected = _says(base, PATIENTS[market]) if market in PATIENTS else ""
    if not expected or (market in ONCOLOGY_ONLY and "oncology" not in filing.terms):
        return
    for stage in (s for s in trials if len(s.regions) > 1 and market in s.regions):
        path, share = f"development.{stage.id}.regional_share.{market}", _typed(base, stage).regional_share.get(market)
        if share is None:
            message = f"the file does not say which share of the patients of {stage.id} is in {market}: {expected}"
            yield Finding("evidence.share_unstated", "note", message, f"give {path}", path, value=market)
            continue
        mean = share.distribution.mean()
        message = f"{mean:.0%} of the patients of {stage.id} are in {market}: {expected}"
        yield Finding("evidence.regional_share", "note", message, "agree on it with the agency", path, value=mean)
        if market == "JP":
            yield from _method_1(base, stage.id, path, mean)


def _method_1(base: Assembled, stage: str, path: str, share: float) -> Iterator[Finding]:
    """Japan's method 1, worked out for a trial of assumed power."""
    rule = known_rule(base.filled.rulebook, METHOD_1, base.filled.as_of)
    if rule is None:
        return
    needed = consistent_share(
        effect_kept=rule.value["effect_kept"], chance=rule.value["chance"], power=POWER, two_sided_error=ERROR
    )
    if share < needed:
        message = (
            f"method 1 asks for {needed:.1%} of the patients of {stage} in Japan (power {POWER:.0%} and a two-sided "
            f"error of {ERROR:.0%} assumed), and the file has {share:.1%}"
        )
        hint = "raise the share, or show by method 2 that the effects of all regions point the same way"
        yield Finding("evidence.method_1", "warning", message, hint, path, value=round(needed, 4))


def _bridging(base: Assembled, filing: FilingInput, trials: tuple[StageInput, ...]) -> Iterator[Finding]:
    """A region that asks for data of its own, and no trial behind its filing has patients there."""
    market = filing.jurisdiction
    expected = _says(base, BRIDGING[market]) if market in BRIDGING else ""
    behind = stages_behind(base.filled.stages, filing)
    has_regions = any(stage.regions for stage in trials)
    if expected and has_regions and not any(market in stage.regions for stage in behind):
        message = f"no trial behind the {market} filing has patients in {market}: {expected}"
        hint = f"add {market} to the regions of the pivotal trial, or a stage of kind bridging before filings.{market}"
        yield Finding("evidence.bridging", "warning", message, hint, f"filings.{market}", value=market)


def _expected(base: Assembled, filing: FilingInput, trials: tuple[StageInput, ...]) -> Iterator[Finding]:
    """Comparator and endpoint against what the file says that the region expects."""
    market = filing.jurisdiction
    used = {stage.indication for stage in trials}
    for name, indication in base.filled.programme.all_indications().items():
        expectation = indication.expectations.get(market)
        if expectation is not None and (name in used or not used):
            stages = [(stage.id, _typed(base, stage)) for stage in trials if stage.indication == name]
            yield from _comparators(base, market, expectation, stages)
            yield from _endpoints(market, expectation, stages)


def _comparators(
    base: Assembled, market: str, expectation: Expectation, stages: list[tuple[str, Stage]]
) -> Iterator[Finding]:
    standard = expectation.standard_of_care
    if not standard or not stages or any(_shares(stage.comparator, standard) for _, stage in stages):
        return
    rule = _says(base, COMPARATOR[market]) if market in COMPARATOR else ""
    for name, stage in stages:
        path = f"development.{name}.comparator"
        hint = _change(path, market, expectation) + (f"; {rule}" if rule else "")
        if not stage.comparator:
            message = f"{market} takes {_listed(standard)} as the standard of care, and {name} states no comparator"
            yield Finding("evidence.comparator_unstated", "note", message, hint, path, value=market)
        else:
            against = "is a single arm" if _is_single_arm(stage) else f"compares with {_listed(stage.comparator)}"
            message = f"{name} {against}, and {market} takes {_listed(standard)} as the standard of care"
            yield Finding("evidence.comparator", "warning", message, hint, path, value=market)


def _endpoints(market: str, expectation: Expectation, stages: list[tuple[str, Stage]]) -> Iterator[Finding]:
    wanted = expectation.endpoints
    if not wanted or not stages or any(_shares(stage.endpoints, wanted) for _, stage in stages):
        return
    for name, stage in stages:
        path = f"development.{name}.endpoints"
        hint = _change(path, market, expectation)
        said = f"has {_listed(stage.endpoints)}" if stage.endpoints else "states no primary endpoint"
        message = f"{market} expects {_listed(wanted)} as primary endpoint, and {name} {said}"
        severity: Literal["warning", "note"] = "warning" if stage.endpoints else "note"
        code = "evidence.endpoint" if stage.endpoints else "evidence.endpoint_unstated"
        yield Finding(code, severity, message, hint, path, value=market)


def _change(path: str, market: str, expectation: Expectation) -> str:
    """The inputs that would change a finding, with the source of what the region is said to expect."""
    source = f" ({expectation.source.title})" if expectation.source else ""
    return f"change {path}, or the expectations of {market}{source}"


def _is_single_arm(stage: Stage) -> bool:
    return [_plain(word) for word in stage.comparator] == [NO_COMPARATOR]


def _shares(one: list[str], other: list[str]) -> bool:
    return bool({_plain(word) for word in one} & {_plain(word) for word in other})


def _plain(word: str) -> str:
    """Words are compared without case, and `overall survival` is `overall_survival`."""
    return word.strip().lower().replace(" ", "_").replace("-", "_")


def _listed(words: list[str]) -> str:
    return " or ".join(words)
