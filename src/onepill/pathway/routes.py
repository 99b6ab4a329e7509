"""Which ways lead to approval in a jurisdiction, which are open to this pill, and which input would open the others?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from onepill.rulebook import Procedure, Reliance, Rulebook, failing, terms_of

DESIGNATED = "designations"
PLANNED = ("reference_approv", "approved_")
"""How conditions begin that ask for nothing but approvals elsewhere, which the plan itself provides."""
ANY = "ANY"


@dataclass(frozen=True)
class Route:
    """One way to approval: a procedure, and the designation that it takes for granted (empty: none).

    `failing` are the conditions that do not hold today; a route with a designation is never open by itself.
    """

    jurisdiction: str
    name: str
    procedure: Procedure
    designation: str
    failing: tuple[str, ...]

    @property
    def relies_on(self) -> Reliance | None:
        return self.procedure.relies_on

    @property
    def is_open(self) -> bool:
        return not self.failing and not self.designation

    @property
    def key(self) -> str:
        return f"{self.jurisdiction.lower()}={self.name}"


def routes_of(rulebook: Rulebook, jurisdiction: str, *, terms: frozenset[str]) -> list[Route]:
    """Every way to approval on file for a jurisdiction, given the conditions that hold for the programme."""
    found: list[Route] = []
    for procedure in rulebook.procedures(jurisdiction):
        if procedure.grants != "approval" or procedure.per != "filing":
            continue
        known = terms | _met_by_the_plan(procedure)
        missing = tuple(failing(procedure.needed_when, known))
        found.append(Route(jurisdiction, procedure.route, procedure, "", missing))
        if not missing:
            found += [
                Route(jurisdiction, _designated(procedure, term), procedure, term, (term,))
                for term in expediting_terms(rulebook, procedure, terms=terms)
            ]
    return _distinct(found)


def _met_by_the_plan(procedure: Procedure) -> frozenset[str]:
    """A reliance route waits for its reference approvals, so that conditions which only ask for these hold."""
    if procedure.relies_on is None:
        return frozenset()
    return frozenset(term for term in terms_of(procedure.needed_when) if term.startswith(PLANNED))


def _designated(procedure: Procedure, term: str) -> str:
    return term if procedure.route == "standard" else f"{procedure.route}+{term}"


def _distinct(routes: list[Route]) -> list[Route]:
    """Open routes first; where two share a name, the particular one goes before the general one."""
    kept: dict[str, Route] = {}
    for route in sorted(routes, key=lambda r: (bool(r.failing), r.procedure.needed_when in (None, {"all": []}))):
        kept.setdefault(route.name, route)
    return list(kept.values())


def expediting_terms(rulebook: Rulebook, procedure: Procedure, *, terms: frozenset[str]) -> list[str]:
    """Designations that do not hold yet and would change a clock or a step of the procedure."""
    used = set(_terms_used(rulebook, procedure))
    found = []
    for term in sorted(used - terms):
        word = rulebook.term(term, procedure.jurisdiction)
        if word is not None and DESIGNATED in word.answered_by:
            found.append(term)
    return found


def _terms_used(rulebook: Rulebook, procedure: Procedure) -> Iterable[str]:
    for step in procedure.steps:
        yield from terms_of(step.when)
        model = step.review_model
        for when in (*(when for _, when in model.classes), model.new_substance) if model else ():
            yield from terms_of(when)
        for rule_id in (step.clock, step.forecast):
            for variant in rulebook.rule(rule_id).variants if rule_id else ():
                yield from terms_of(variant.when)


def accepts(route: Route, references: Iterable[str]) -> list[str]:
    """The references among the given jurisdictions that a reliance route counts."""
    reliance = route.relies_on
    if reliance is None:
        return []
    return [code for code in references if code in reliance.references or ANY in reliance.references]
