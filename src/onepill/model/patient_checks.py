"""What a schema cannot say of a market's patients and competition."""

from __future__ import annotations

from collections.abc import Iterator

from onepill.core.errors import Finding
from onepill.model.patient_flow import Competition, Entrant, PatientFlow, Pool
from onepill.model.schema import Programme

MOST_ENTRANTS = 12
"""Rivals that a market's order of entry is worked out for."""


def check_patients(programme: Programme) -> Iterator[Finding]:
    """Flows without a beginning or with two, pools of no known size, orders of entry and entrants that say nothing."""
    for name, market in programme.markets.items():
        if market.patients is not None:
            yield from _flow(f"markets.{name}.patients", market.patients)
        if market.competition is not None:
            path = f"markets.{name}.competition"
            yield from _order(path, market.competition, is_launched=market.launched is not None)
            yield from _entrants(path, market.competition)


def _error(code: str, message: str, path: str, hint: str, value: object = None) -> Finding:
    return Finding(code, "error", message, hint, path, value=value)


def _flow(path: str, flow: PatientFlow) -> Iterator[Finding]:
    ways = [key for key in ("incidence", "incidence_per_100_000") if getattr(flow, key) is not None]
    if len(ways) > 1:
        hint = "keep incidence (a count), or incidence_per_100_000 with population"
        yield _error("patients.incidence", "incidence is given twice", path, hint)
    if not ways and flow.prevalence is None:
        hint = "add incidence, incidence_per_100_000 with population, or prevalence"
        yield _error("patients.incidence", "nobody enters this flow", path, hint)
    by_population = [key for key in ways if key.endswith("100_000")]
    if flow.prevalence is not None:
        yield from _pool(f"{path}.prevalence", flow.prevalence)
        by_population += ["prevalence.per_100_000"] if flow.prevalence.per_100_000 is not None else []
    if by_population and flow.population is None:
        message, hint = f"{by_population[0]} needs the population", "add population: a number of people"
        yield _error("patients.population", message, path, hint)
    if flow.population is not None and not by_population:
        message, hint = "nothing here is given by population", "take it out, or write incidence_per_100_000"
        yield Finding("patients.population", "warning", message, hint, f"{path}.population")
    if flow.biomarker_test_share is not None and flow.biomarker_positive_share is None:
        message, hint = "a share is tested, and nobody knows how many are positive", "add biomarker_positive_share"
        yield _error("patients.biomarker", message, f"{path}.biomarker_test_share", hint)


def _pool(path: str, pool: Pool) -> Iterator[Finding]:
    if (pool.patients is None) == (pool.per_100_000 is None):
        message, hint = "the pool needs either patients or per_100_000", "keep one of the two"
        yield _error("patients.pool", message, path, hint)


def _order(path: str, competition: Competition, *, is_launched: bool) -> Iterator[Finding]:
    others, order = competition.others, competition.own_order
    if order > others + 1:
        message = f"the drug enters as number {order} of a class of {others + 1}"
        yield _error("competition.order", message, f"{path}.order", "raise in_class, or lower order", order)
    if order <= others and not is_launched:
        message = f"{others} drugs are in the class, so that one to come is number {others + 1} at best, not {order}"
        hint = "leave order out, or give the day of launch with launched:"
        yield _error("competition.order", message, f"{path}.order", hint, order)


def _entrants(path: str, competition: Competition) -> Iterator[Finding]:
    for index, entrant in enumerate(competition.entrants):
        yield from _entrant(f"{path}.entrants.{index}", entrant)
    count = sum(entrant.count for entrant in competition.entrants)
    if count > MOST_ENTRANTS:
        hint = f"keep the {MOST_ENTRANTS} that matter most"
        yield _error("competition.too_many", f"{count} entrants are expected", f"{path}.entrants", hint, count)


def _entrant(path: str, entrant: Entrant) -> Iterator[Finding]:
    if (entrant.day is None) == (entrant.delay is None):
        hint = "write day: 2028-06-30, or delay: {low: 2 years, mode: 3 years, high: 5 years}"
        yield _error("competition.entrant", "an entrant comes on a day or after a delay", path, hint)
    if entrant.delay is not None and entrant.delay.unit == "wd":
        message, hint = "the delay counts working days of no calendar", "write weeks, months or years"
        yield _error("competition.entrant", message, f"{path}.delay", hint)
