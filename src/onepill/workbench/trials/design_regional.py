"""How many patients of a trial of several regions one region needs: Japan's two methods, with their rules."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

from onepill.core.errors import Finding, InputError
from onepill.workbench.trials import design_words as words

if TYPE_CHECKING:
    from onepill.rulebook import Rulebook
    from onepill.workbench.questions.design import RegionalAsk

Row = dict[str, Any]
CRITERION = "jp.mhlw.japanese_patients.method_1"


def regional(ask: RegionalAsk) -> Row:
    """How many patients of a trial of several regions one region needs, so that its result agrees with the whole."""
    from onepill.rulebook import load_rulebook
    from onepill.stats import consistent_share, effect_kept_prob, same_direction_prob, same_direction_share
    from onepill.workbench.common.rule_rows import rule_row
    from onepill.workbench.results.trial_evidence import PATIENTS

    book, day = load_rulebook(), ask.on or date.max
    effect_kept, chance = _criterion(ask, book, day)
    findings = list(_check(ask, effect_kept, chance))
    if findings:
        raise InputError("; ".join(finding.message for finding in findings), findings=findings)
    test = {"power": ask.power, "two_sided_error": 2 * ask.alpha}
    shares = _all_shares(ask.shares)
    least_1 = consistent_share(effect_kept=effect_kept, chance=chance, **test)
    least_2 = same_direction_share(len(shares) if len(shares) > 1 else ask.regions, chance=chance, **test)
    kept = effect_kept_prob(shares[0], effect_kept=effect_kept, **test) if shares else None
    same = same_direction_prob(shares, **test) if len(shares) > 1 else None
    ids = [*dict.fromkeys((PATIENTS[ask.region], CRITERION))]
    rules = [row for row in (rule_row(book, rule_id, day) for rule_id in ids) if row is not None]
    return {
        "region": ask.region,
        "shares": shares,
        "effect_kept": effect_kept,
        "chance": chance,
        "alpha": ask.alpha,
        "power": ask.power,
        "method_1": _method(words.REGION_METHODS[0], least_1, kept, ask.patients),
        "method_2": _method(words.REGION_METHODS[1], least_2, same, ask.patients),
        "rules": rules,
        "assumptions": [
            words.WHOLE_EFFECT,
            words.UNCONDITIONAL,
            words.ONE_SIDED,
            *([] if ask.region == "JP" else [words.BORROWED]),
        ],
    }


def _criterion(ask: RegionalAsk, book: Rulebook, day: date) -> tuple[float, float]:
    """The part of the effect and the chance that are asked for: the question's own, else those of Japan's method 1."""
    from onepill.workbench.common.rule_rows import known_rule

    if ask.effect_kept is not None and ask.chance is not None:
        return ask.effect_kept, ask.chance
    rule = known_rule(book, CRITERION, day)
    if rule is None:
        message = f"no criterion was announced by {day}"
        raise InputError.single("regional.criterion", message, hint="write --effect-kept and --chance", path="on")
    return (
        rule.value["effect_kept"] if ask.effect_kept is None else ask.effect_kept,
        rule.value["chance"] if ask.chance is None else ask.chance,
    )


def _all_shares(shares: list[float]) -> list[float]:
    """The shares of all regions: one share leaves the rest to the other regions together."""
    rest = 1 - math.fsum(shares)
    return [*shares, rest] if shares and rest > 1e-9 else shares


def _method(name: words.Text, least: float | None, prob: float | None, patients: int | None) -> Row:
    count = None if least is None or patients is None else math.ceil(least * patients - 1e-6)
    return {"name": name, "least_share": least, "least_patients": count, "prob": prob}


def _check(ask: RegionalAsk, effect_kept: float, chance: float) -> list[Finding]:
    from onepill.stats.errors import check_errors

    findings = list(check_errors(ask.alpha, ask.power))
    if not all(0 < share <= 1 for share in ask.shares) or not math.fsum(ask.shares) <= 1 + 1e-9:
        message = "shares of regions are above 0 and together at most 1"
        value = ", ".join(map(str, ask.shares))
        findings.append(
            Finding("regional.shares", "error", message, "write --shares 0.2,0.3,0.5", "shares", value=value)
        )
    if not 0 <= effect_kept < 1:
        message = f"the part of the effect to be kept is from 0 to below 1, not {effect_kept:g}"
        findings.append(Finding("regional.kept", "error", message, "write --effect-kept 0.5", "effect_kept"))
    if not 0.5 < chance < 1:
        message = f"the chance asked for is above 0.5 and below 1, not {chance:g}"
        findings.append(Finding("regional.chance", "error", message, "write --chance 0.8", "chance"))
    return findings
