"""What a deal's early end is reckoned with: the file's terms, else the rulebook, else assumptions that say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import expm1
from typing import Any, Literal

from onepill.core.errors import Finding
from onepill.core.provenance import Ledger
from onepill.deals.clauses import ClauseEffect, Effect, SecondLife
from onepill.deals.returns import Cohort, Hazard, Pooled, pooled
from onepill.model.deal_termination import CLAUSES, ClauseTerms, Factor, SecondLifeTerms, TerminationTerms
from onepill.model.values import Value
from onepill.rulebook import Rulebook
from onepill.workbench.defaults import Default
from onepill.workbench.ledger import note_default, note_derived, note_rule, note_user
from onepill.workbench.return_cohorts import SHARES, cohorts
from onepill.workbench.return_defaults import CLAUSE_EFFECTS, SECOND_LIFE

CohortName = Literal[2020, 2021, 2022, "pooled"]
DEFAULT_COHORT: CohortName = 2020
"""The one cohort whose body states its counts, and the one watched longest."""
PATH = "termination"
CONTINUED = "deal_return.second_life.continued_share"
EFFECTS: tuple[Effect, ...] = ("hazard", "transition", "restart", "repeat", "chance")


@dataclass(frozen=True)
class Level:
    """How much a calibrated hazard must come to: `share` ended by `age_years` after signing."""

    share: float
    age_years: float
    name: str


@dataclass(frozen=True)
class Clause:
    """A clause's assumed effects; `in_terms` says whether the contract has it."""

    id: str
    effects: tuple[ClauseEffect, ...]
    in_terms: bool
    why: str


@dataclass(frozen=True)
class ReturnInputs:
    """Either `level`, to be calibrated on the paths, or the terms' own `hazard`, which is added as it stands."""

    level: Level | None
    hazard: Hazard | None
    after_launch: bool
    life: SecondLife
    clauses: tuple[Clause, ...]
    clause_effects: bool
    ledger: Ledger
    findings: tuple[Finding, ...]


def return_inputs(
    terms: TerminationTerms | None, rulebook: Rulebook, *, cohort: CohortName | None = None
) -> ReturnInputs:
    """The terms filled; `cohort` asked for goes before the terms' own choice."""
    given, ledger = terms or TerminationTerms(), Ledger()
    own = given.hazard_per_year if cohort is None else None
    level = None if own else _level(cohort or given.cohort or DEFAULT_COHORT, rulebook, ledger)
    hazard = _own_hazard(given, own, ledger) if own else None
    return ReturnInputs(
        level=level,
        hazard=hazard,
        after_launch=given.after_launch,
        life=_second_life(given.second_life or SecondLifeTerms(), rulebook, ledger),
        clauses=tuple(_clause(name, given.clauses.get(name)) for name in CLAUSES),
        clause_effects=given.clause_effects,
        ledger=ledger,
        findings=tuple(_findings(given, asked=cohort, level=level)),
    )


def _level(name: CohortName, rulebook: Rulebook, ledger: Ledger) -> Level:
    known, path = cohorts(rulebook), f"{PATH}.cohort"
    if name == "pooled":
        found = pooled(list(known.values()))
        _note_pooled(found, known, ledger)
        # Any age does: the hazard is constant. The longest watched is the one that the counts speak of.
        age = max(cohort.mean_age_years for cohort in known.values())
        return Level(-expm1(-found.hazard_per_year * age), age, "pooled")
    cohort = known[name]
    rule = rulebook.rule(SHARES[name])
    note_rule(ledger, path, rule.on(cohort.counted_on), note=f"counted by {cohort.body}")
    return Level(cohort.ended_share, cohort.mean_age_years, str(name))


def _note_pooled(found: Pooled, known: Mapping[int, Cohort], ledger: Ledger) -> None:
    formula = "geometric mean of -ln(1 - share) / mean age over the cohorts"
    low, high = found.low_per_year, found.high_per_year
    note = f"{low:.4f} to {high:.4f}: 95 percent by the spread between {len(known)} cohorts"
    value = round(found.hazard_per_year, 6)
    sources = tuple(SHARES.values())
    note_derived(ledger, f"{PATH}.cohort", value, unit="per_year", formula=formula, derived_from=sources, note=note)


def _own_hazard(given: TerminationTerms, rates: list[Value], ledger: Ledger) -> Hazard:
    for i, rate in enumerate(rates):
        path = f"{PATH}.hazard_per_year" + (f".{i}" if len(rates) > 1 else "")
        note_user(ledger, path, _backed(rate, given))
    return Hazard(tuple(rate.number for rate in rates), given.after_launch)


def _backed(value: Value, block: TerminationTerms | SecondLifeTerms) -> Value:
    """A number without a source of its own has the block's."""
    if value.source or value.assumption or not block.assumption:
        return value
    return replace(value, assumption=block.assumption)


def _second_life(given: SecondLifeTerms, rulebook: Rulebook, ledger: Ledger) -> SecondLife:
    found: dict[str, float] = {}
    for name in ("prob", "transition", "restart", "repeat_share", "sales_dip_share"):
        path, value = f"{PATH}.second_life.{name}", getattr(given, name)
        if value is not None:
            note_user(ledger, path, _backed(value, given))
            found[name] = value.number
        elif name == "prob":
            rule = rulebook.rule(CONTINUED)
            stated = rule.on(rule.versions[-1].attested[-1])
            note_rule(ledger, path, stated, note="of all ended licences, those of failed drugs among them")
            found[name] = float(stated.value)
        else:
            default: Default = SECOND_LIFE[name]
            note_default(ledger, path, default)
            found[name] = default.distribution.mean()
    return SecondLife(
        prob=found["prob"],
        transition_days=round(found["transition"]),
        restart_days=round(found["restart"]),
        repeat_share=found["repeat_share"],
        sales_dip_share=found["sales_dip_share"],
    )


def _clause(name: str, given: ClauseTerms | None) -> Clause:
    """A clause's stated factors, else the assumed ones."""
    usual = CLAUSE_EFFECTS[name]
    stated: dict[Effect, Factor] = {on: getattr(given, on) for on in EFFECTS if getattr(given, on, None) is not None}
    if given is None or not stated:
        return Clause(name, usual.effects, given is not None, usual.why)
    effects = tuple(ClauseEffect(on, factor.low, factor.mode, factor.high) for on, factor in stated.items())
    return Clause(name, effects, True, given.assumption or "factors of the terms file")


def _findings(given: TerminationTerms, *, asked: CohortName | None, level: Level | None) -> list[Finding]:
    found = []
    if level is not None and asked is None and given.cohort is None:
        message = f"the terms choose no cohort: that of {DEFAULT_COHORT} is taken, the one with stated counts"
        hint = "termination: {cohort: 2021} or --cohort; hazard_per_year for a hazard of your own"
        found.append(Finding("return.cohort_default", "note", message, hint, f"{PATH}.cohort"))
    if given.clause_effects:
        message = "the value counts the assumed effects of the contract's clauses, which nobody has measured"
        found.append(Finding("return.clauses_assumed", "warning", message, path=f"{PATH}.clause_effects"))
    return found


def as_row(inputs: ReturnInputs) -> dict[str, Any]:
    """The second life as a row."""
    life = inputs.life
    return {
        "prob": life.prob,
        "transition_days": life.transition_days,
        "restart_days": life.restart_days,
        "repeat_share": life.repeat_share,
        "sales_dip_share": life.sales_dip_share,
    }
