"""Policies on file: the list, one in full, which of their measures fit a programme, and what these are worth."""

from __future__ import annotations

from datetime import date
from typing import Any

from onepill.model import Loaded
from onepill.policy import MeasureMatch
from onepill.rulebook import Measure, Policy, Rulebook
from onepill.sim import Results, compile_plan, run
from onepill.workbench.assemble import Assembled, assemble, with_overlays
from onepill.workbench.fill import fill
from onepill.workbench.rows_policy import policy_matches, policy_section, term_row
from onepill.workbench.simulate import simulate

Row = dict[str, Any]
NEAR_MISSES = 1
"""A measure nearly applies where at most this many conditions fail."""


def policy_rows(rulebook: Rulebook, *, jurisdiction: str | None, day: date | None) -> list[Row]:
    """Each policy (of a jurisdiction, in force on a day), with how many measures it has and how many state a number."""
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
        "not_captured": policy.not_captured,
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
        "aspect": match.measure.aspect,
        "name": dict(match.measure.name),
        "failing": [term_row(base.filled.rulebook, term, policy.id) for term in match.failing],
        "quantified": match.overlay is not None,
        "reason": None,
    }
    if is_over:
        return "excluded", {**row, "reason": f"not in force after {policy.last}"}
    if match.applies:
        return "applies", row
    if len(match.failing) <= NEAR_MISSES:
        return "nearly", row
    return "excluded", {**row, "reason": f"{len(match.failing)} conditions fail"}


def effect_rows(loaded: Loaded, rulebook: Rulebook, names: list[str], *, draws: int, seed: int, threads: int) -> Row:
    """Days and value of each measure of the named policies (all known ones if none is named), on the same paths."""
    base = assemble(fill(loaded.programme, rulebook))
    day = loaded.programme.as_of
    known = [policy for policy in rulebook.policies() if policy.announced <= day]
    policies = [rulebook.policy(name) for name in names] if names else known
    runs = simulate(base.plan, draws=draws, seed=seed, threads=threads)
    sections = policy_section(base, runs, policies, seed=seed, threads=threads)
    for section, policy in zip(sections, policies, strict=True):
        _add_subsidies(base, policy, section, runs.drawn, seed=seed, threads=threads)
    return {
        "programme": loaded.programme.programme,
        "as_of": day.isoformat(),
        "seed": seed,
        "draws": draws,
        "policies": sections,
    }


def _add_subsidies(base: Assembled, policy: Policy, section: Row, plain: Results, *, seed: int, threads: int) -> None:
    """The expected money that each subsidy pays, in nominal US dollars."""
    overlays = {m.measure.id: m.overlay for m in policy_matches(base, policy) if m.applies and m.overlay is not None}
    for row in section["measures"]:
        overlay = overlays.get(row["id"])
        if overlay is None or overlay.on != "stage_cost":
            row["subsidy_usd"] = None
            continue
        plan = with_overlays(base, [overlay]).plan
        result = run(compile_plan(plan), draws=plain.draws, seed=seed, threads=threads)
        paid = sum(float(cash.sum()) for (item, _), (cash, _) in result.yearly.items() if item == "subsidy")
        row["subsidy_usd"] = round(paid)
