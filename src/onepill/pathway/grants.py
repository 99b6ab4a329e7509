"""Which trial grants a stage needs, which of them are there already, and who shares one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from onepill.pathway.inputs import NetworkInput, StageInput
from onepill.rulebook import Procedure, Rulebook, matches
from onepill.sim.plan import Link

TRIAL_GRANTS = ("trial_authorisation", "ethics_opinion", "hgr_clearance")
Granted = dict[str, Link | None]
"""The grants on file by their scope; None where it was there before the plan's day."""


def already_granted(given: NetworkInput, rulebook: Rulebook) -> Granted:
    """Grants that a held or started stage shows to be there."""
    found: Granted = {}
    for stage in given.stages:
        for region in stage.regions if stage.started else stage.held:
            found |= {scope_of(p, stage): None for p in rulebook.procedures(region) if p.grants in TRIAL_GRANTS}
    return found


def scope_of(procedure: Procedure, stage: StageInput) -> str:
    """What one grant covers: every trial of the product, those of one indication, or this trial alone."""
    covers = {"product": "", "indication": stage.indication, "trial": stage.id}
    return f"{procedure.id}|{covers.get(procedure.per, stage.id)}"


def needed_grants(rulebook: Rulebook, stage: StageInput) -> Iterator[Procedure]:
    """The procedures that a stage asks for: in each region that is not held, the first of each kind that applies."""
    for region in (r for r in stage.regions if r not in stage.held):
        chosen: dict[str, Procedure] = {}
        for procedure in rulebook.procedures(region):
            is_trial_grant = procedure.grants in TRIAL_GRANTS and procedure.per != "filing"
            if is_trial_grant and matches(procedure.needed_when, stage.terms):
                chosen.setdefault(procedure.grants, procedure)
        yield from chosen.values()


def first_users(given: NetworkInput, rulebook: Rulebook) -> Mapping[str, tuple[str, ...]]:
    """By scope, the stages whose readiness can set off the application: those that wait for no other user of it.

    The order of stages in the file does not matter: whichever is ready first applies, and the others share the grant.
    """
    users: dict[str, list[str]] = {}
    for stage in (s for s in given.stages if not s.started):
        for procedure in needed_grants(rulebook, stage):
            users.setdefault(scope_of(procedure, stage), []).append(stage.id)
    before = _ancestors(given)
    return {scope: tuple(s for s in found if not before[s] & set(found)) for scope, found in users.items()}


def _ancestors(given: NetworkInput) -> dict[str, set[str]]:
    """Everything that each stage waits for, directly or not; a filing's events count as the filing."""
    parents = {s.id: {name for name, _ in s.after} for s in given.stages}
    parents |= {f"{f.id}.": {name for name, _ in f.after} for f in given.filings}
    found: dict[str, set[str]] = {}
    for stage in given.stages:
        seen: set[str] = set()
        queue = list(parents[stage.id])
        while queue:
            name = queue.pop()
            key = name if name in parents else f"{name.partition('.')[0]}."
            if key not in seen:
                seen.add(key)
                queue += parents.get(key, ())
        found[stage.id] = seen
    return found
