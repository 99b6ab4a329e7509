"""Policies on file: the list, one in full, which of their measures fit a programme, and what these are worth."""

from __future__ import annotations

from datetime import date
from typing import Any

from onepill.core.errors import InputError
from onepill.model import Loaded
from onepill.policy import MeasureMatch
from onepill.rulebook import Measure, Policy, Rulebook
from onepill.workbench.plan.assemble import Assembled, assemble
from onepill.workbench.plan.fill import fill
from onepill.workbench.results.policy_effects import Effects
from onepill.workbench.results.rows_policy import (
    aspect_rows,
    measure_row,
    policy_head,
    policy_matches,
    term_row,
    timeline_rows,
)
from onepill.workbench.results.simulate import simulate

Row = dict[str, Any]
NEAR_MISSES = 1
"""A measure nearly applies where at most this many conditions fail."""


def policy_rows(rulebook: Rulebook, *, jurisdiction: str | None, day: date | None) -> list[Row]:
    """Each policy (of a jurisdiction, in force on a day), with how many measures it has and how many state a number.

    Raises:
        InputError: `policy.jurisdiction`, nothing of that jurisdiction is on file.
    """
    known = sorted({policy.jurisdiction for policy in rulebook.policies()})
    if jurisdiction is not None and jurisdiction not in known:
        message, hint = f"no policy of {jurisdiction} is on file", f"known: {', '.join(known)}"
        raise InputError.single("policy.jurisdiction", message, hint=hint, value=jurisdiction)
    rows = []
    for policy in rulebook.policies():
        in_place = jurisdiction is None or policy.jurisdiction == jurisdiction
        in_force = day is None or (policy.first <= day and (policy.last is None or day <= policy.last))
        if in_place and in_force:
            rows.append(_policy_row(policy))
    return rows


def _policy_row(policy: Policy) -> Row:
    return {
        "id": policy.id,
        "jurisdiction": policy.jurisdiction,
        "name": dict(policy.name),
        "title": policy.title,
        "number": policy.number,
        "announced": policy.announced.isoformat(),
        "from": policy.first.isoformat(),
        "until": policy.last.isoformat() if policy.last else None,
        "measures": len(policy.measures),
        "with_effect": sum(measure.effect is not None for measure in policy.measures),
        "source": policy.source.as_row(),
        "not_captured": dict(policy.not_captured),
    }


def policy_row(policy: Policy) -> Row:
    """One policy with all its measures."""
    return {**_policy_row(policy), "measures": [_measure_row(measure) for measure in policy.measures]}


def _measure_row(measure: Measure) -> Row:
    effect = measure.effect
    return {
        "id": measure.id,
        "aspect": measure.aspect,
        "kind": measure.kind,
        "name": dict(measure.name),
        "when": measure.when,
        "effect": None if effect is None else {effect.on: effect.target, effect.verb: effect.value},
        "baseline": measure.baseline,
        "is_target": measure.is_target,
        "not_quantified_reason": measure.not_quantified_reason or None,
        "sources": [source.as_row() for version in measure.versions for source in version.sources],
    }


def match_rows(loaded: Loaded, rulebook: Rulebook) -> Row:
    """Every measure known on the plan's day: it applies, nearly does (with what fails), or is excluded."""
    base, day = assemble(fill(loaded.programme, rulebook)), loaded.programme.as_of
    found: dict[str, list[Row]] = {"applies": [], "nearly": [], "excluded": []}
    for policy in (policy for policy in rulebook.policies() if policy.announced <= day):
        is_over = policy.last is not None and policy.last < day
        for match in policy_matches(base, policy):
            group, row = _sorted_in(base, policy, match, is_over=is_over)
            found[group].append(row)
    return {"programme": loaded.programme.programme, "as_of": day.isoformat(), **found}


def _sorted_in(base: Assembled, policy: Policy, match: MeasureMatch, *, is_over: bool) -> tuple[str, Row]:
    row = {
        "id": match.measure.id,
        "policy": policy.id,
        "policy_name": dict(policy.name),
        "aspect": match.measure.aspect,
        "name": dict(match.measure.name),
        "failing": [term_row(base.filled.rulebook, term, policy.id) for term in match.failing],
        "quantified": match.overlay is not None,
        "reason": None,
    }
    if is_over:
        return "excluded", {**row, "reason": {"en": f"not in force after {policy.last}", "zh": f"{policy.last}后失效"}}
    if match.applies:
        return "applies", row
    if len(match.failing) <= NEAR_MISSES:
        return "nearly", row
    count = len(match.failing)
    return "excluded", {**row, "reason": {"en": f"{count} conditions fail", "zh": f"{count}项条件不满足"}}


def effect_rows(loaded: Loaded, rulebook: Rulebook, names: list[str], *, draws: int, seed: int, threads: int) -> Row:
    """Days, money and patients of each measure of the named policies (all known ones if none is named).

    Every measure is taken alone and left out of all measures of all these policies, on the same paths.
    """
    base = assemble(fill(loaded.programme, rulebook))
    day = loaded.programme.as_of
    known = [policy for policy in rulebook.policies() if policy.announced <= day]
    policies = [rulebook.policy(name) for name in dict.fromkeys(names)] if names else known
    matches = {policy.id: policy_matches(base, policy) for policy in policies}
    runs = simulate(base.plan, draws=draws, seed=seed, threads=threads)
    every = [match for found in matches.values() for match in found]
    effects = Effects(base, runs.drawn, every, seed=seed, threads=threads)
    rows = [{"policy": name, **measure_row(effects, match)} for name, found in matches.items() for match in found]
    return {
        "programme": loaded.programme.programme,
        "as_of": day.isoformat(),
        "seed": seed,
        "draws": draws,
        "policies": [policy_head(policy) for policy in policies],
        "together": effects.effect(list(effects.active)),
        "measures": rows,
        "aspects": aspect_rows(effects, rows),
        "timeline": timeline_rows(effects),
    }
