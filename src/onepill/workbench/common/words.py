"""Words of a programme that the rulebook does not know, which would otherwise change nothing in silence."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from onepill.core.errors import Finding
from onepill.model import Loaded, Programme
from onepill.model.positions import Places
from onepill.pathway.plan_gates import gate_procedures
from onepill.rulebook import Rulebook

ROUTES = frozenset(("standard", "nda", "bla", "supplement"))
"""Names of an ordinary route, which no rule needs to tell apart."""
OWN_ROUTES = {"EU": frozenset(("centralised", "maa")), "GB": frozenset(("maa",)), "CH": frozenset(("maa",))}
"""Such names that only one jurisdiction has."""


def unknown_words(loaded: Loaded, rulebook: Rulebook) -> list[Finding]:
    """A warning for each condition, route, designation, measure and gate that the rulebook lacks, with its line."""
    measures = {measure.id for policy in rulebook.policies() for measure in policy.measures}
    gates = {f"{p.jurisdiction}.{p.gate.kind}" for p in gate_procedures(rulebook) if p.gate}
    found = [
        *_unknown(_terms(loaded.programme), set(rulebook.vocabulary), noun="condition"),
        *_unknown_routes(loaded.programme, rulebook),
        *_unknown(_measures(loaded.programme), measures, noun="measure"),
        *_unknown(_gates(loaded.programme), gates, noun="gate"),
    ]
    return Places(loaded.document).placed(found, loaded.document.data)


def _terms(programme: Programme) -> Iterator[tuple[str, str]]:
    for term in programme.conditions:
        yield f"conditions.{term}", term
    for name, filing in programme.filings.items():
        for term in filing.conditions:
            yield f"filings.{name}.conditions.{term}", term
        for index, term in enumerate(filing.designations):
            yield f"filings.{name}.designations.{index}", term


def _unknown_routes(programme: Programme, rulebook: Rulebook) -> Iterator[Finding]:
    """A finding for each filing whose route its jurisdiction does not have, as far as the rulebook knows its routes."""
    for name, filing in programme.filings.items():
        place = filing.jurisdiction or name.upper()
        routes = routes_known(rulebook, place)
        known = routes | rulebook.words_of(place) if routes else {*rulebook.vocabulary, *ROUTES}
        if filing.route in known:
            continue
        near = get_close_matches(filing.route, sorted(known), n=3)
        hint = f"near it: {', '.join(near)}" if near else f"routes of {place}: {', '.join(sorted(routes) or ROUTES)}"
        message = f"the rulebook has no route {filing.route!r} in {place}, so it changes nothing"
        yield Finding("word.unknown", "warning", message, hint, f"filings.{name}.route", value=filing.route)


def routes_known(rulebook: Rulebook, jurisdiction: str) -> frozenset[str]:
    """Names of a jurisdiction's routes; none where the rulebook has no way to an approval there."""
    ways = {p.route for p in rulebook.procedures(jurisdiction) if p.grants == "approval"}
    return frozenset(ways | ROUTES | OWN_ROUTES.get(jurisdiction, frozenset())) if ways else frozenset()


def _measures(programme: Programme) -> Iterator[tuple[str, str]]:
    for measure in programme.policy_uptake:
        # Ids have dots of their own, so that the path ends at the table.
        yield "policy_uptake", measure


def _gates(programme: Programme) -> Iterator[tuple[str, str]]:
    for code, kinds in programme.gates.items():
        for kind in kinds:
            yield f"gates.{code}.{kind}", f"{code}.{kind}"


def _unknown(words: Iterator[tuple[str, str]], known: set[str], *, noun: str) -> Iterator[Finding]:
    for path, word in words:
        if word not in known:
            near = ", ".join(get_close_matches(word, sorted(known), n=3)) or "see `onepill rules list`"
            message = f"the rulebook has no {noun} {word!r}, so it changes nothing"
            yield Finding("word.unknown", "warning", message, f"near it: {near}", path, value=word)
