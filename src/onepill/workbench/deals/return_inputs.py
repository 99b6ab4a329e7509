"""What a deal's early end is reckoned with: the file's terms, else the rulebook, else assumptions that say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import expm1
from typing import Literal

from onepill.core.errors import Finding
from onepill.core.provenance import Ledger, Source
from onepill.deals.clauses import ClauseEffect, Effect, SecondLife
from onepill.deals.returns import Cohort, Hazard, pooled
from onepill.model.deal import Deal
from onepill.model.deal_termination import CLAUSES, ClauseTerms, Factor, SecondLifeTerms, TerminationTerms
from onepill.model.values import Value
from onepill.rulebook import Rulebook
from onepill.workbench.common.ledger import note_default, note_derived, note_rule, note_user
from onepill.workbench.deals.return_cohorts import SHARES, cohorts
from onepill.workbench.deals.return_defaults import CLAUSE_EFFECTS, OWN_FACTORS, SECOND_LIFE

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
    why: dict[str, str]


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


def return_inputs(deal: Deal, rulebook: Rulebook, *, cohort: CohortName | None = None) -> ReturnInputs:
    """The deal's terms filled; `cohort` asked for goes before the terms' own choice."""
    given, ledger = deal.termination or TerminationTerms(), Ledger()
    filler = _Filler(f"deals.{deal.deal}.{PATH}", rulebook, ledger)
    own = given.hazard_per_year if cohort is None else None
    level = None if own else filler.level(cohort or given.cohort or DEFAULT_COHORT)
    return ReturnInputs(
        level=level,
        hazard=filler.own_hazard(given, own) if own else None,
        after_launch=given.after_launch,
        life=filler.second_life(given.second_life or SecondLifeTerms()),
        clauses=tuple(_clause(name, given.clauses.get(name)) for name in CLAUSES),
        clause_effects=given.clause_effects,
        ledger=ledger,
        findings=tuple(_findings(given, asked=cohort, level=level)),
    )


@dataclass(frozen=True)
class _Filler:
    """Fills what the terms leave out, and notes where each value comes from under `head`."""

    head: str
    rulebook: Rulebook
    ledger: Ledger

    def level(self, name: CohortName) -> Level:
        known = cohorts(self.rulebook)
        if name == "pooled":
            return self._pooled(known)
        cohort, rule = known[name], self.rulebook.rule(SHARES[name])
        note_rule(self.ledger, f"{self.head}.cohort", rule.on(cohort.counted_on), note=f"counted by {cohort.body}")
        return Level(cohort.ended_share, cohort.mean_age_years, str(name))

    def _pooled(self, known: Mapping[int, Cohort]) -> Level:
        found = pooled(list(known.values()))
        formula = "geometric mean of -ln(1 - share) / mean age over the cohorts"
        low, high = found.low_per_year, found.high_per_year
        note = f"{low:.4f} to {high:.4f}: 95 percent by the spread between {len(known)} cohorts"
        value, path, sources = round(found.hazard_per_year, 6), f"{self.head}.cohort", tuple(SHARES.values())
        note_derived(self.ledger, path, value, unit="per_year", formula=formula, derived_from=sources, note=note)
        # At the age of the cohort watched longest: later the counts say nothing, and earlier less has happened.
        age = max(cohort.mean_age_years for cohort in known.values())
        return Level(-expm1(-found.hazard_per_year * age), age, "pooled")

    def own_hazard(self, given: TerminationTerms, rates: list[Value]) -> Hazard:
        for i, rate in enumerate(rates):
            note_user(self.ledger, f"{self.head}.hazard_per_year.{i}", _backed(rate, given))
        return Hazard(tuple(rate.number for rate in rates), given.after_launch)

    def second_life(self, given: SecondLifeTerms) -> SecondLife:
        found = {name: self._part(given, name) for name in ("prob", *SECOND_LIFE)}
        return SecondLife(
            prob=found["prob"],
            transition_days=round(found["transition"]),
            restart_days=round(found["restart"]),
            repeat_share=found["repeat_share"],
            sales_dip_share=found["sales_dip_share"],
        )

    def _part(self, given: SecondLifeTerms, name: str) -> float:
        path, value = f"{self.head}.second_life.{name}", getattr(given, name)
        if value is not None:
            note_user(self.ledger, path, _backed(value, given))
            return float(value.number)
        if name != "prob":
            note_default(self.ledger, path, SECOND_LIFE[name])
            return SECOND_LIFE[name].distribution.mean()
        rule = self.rulebook.rule(CONTINUED)
        stated = rule.on(rule.versions[-1].attested[-1])
        note_rule(self.ledger, path, stated, note="of all ended licences, those of failed drugs among them")
        return float(stated.value)


def _backed(value: Value, block: TerminationTerms | SecondLifeTerms) -> Value:
    """A number without a word of its own has that of its block."""
    if value.source or value.assumption:
        return value
    source = Source(**block.source.model_dump()) if block.source else None
    return replace(value, source=source, grade="secondary" if source else None, assumption=block.assumption)


def _clause(name: str, given: ClauseTerms | None) -> Clause:
    """A clause's stated factors, else the assumed ones."""
    usual = CLAUSE_EFFECTS[name]
    stated: dict[Effect, Factor] = {on: getattr(given, on) for on in EFFECTS if getattr(given, on, None) is not None}
    if given is None or not stated:
        return Clause(name, usual.effects, given is not None, usual.why)
    effects = tuple(ClauseEffect(on, factor.low, factor.mode, factor.high) for on, factor in stated.items())
    return Clause(name, effects, True, _said(given))


def _said(given: ClauseTerms) -> dict[str, str]:
    return {"en": given.assumption, "zh": given.assumption} if given.assumption else OWN_FACTORS


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
