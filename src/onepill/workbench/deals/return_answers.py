"""Deals that may come back: how likely by when, what it costs each party, and which clauses help."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from onepill.core.errors import Finding, sort_findings

if TYPE_CHECKING:
    from onepill.workbench.deals.ready import Opened, Posed
    from onepill.workbench.deals.return_inputs import ReturnInputs
    from onepill.workbench.deals.return_runs import Drawn, Returned
    from onepill.workbench.questions.returns import ReturnRiskAsk
    from onepill.workbench.results.simulate import Progress

Row = dict[str, Any]
SOLD = ("asset_purchase", "acquisition")
"""Structures that hand the programme over for good, unless their terms have a `termination`."""


def return_risk(ask: ReturnRiskAsk, *, progress: Progress | None = None) -> Row:
    """Why a deal may come back, how likely by when, what it costs each party, and which clauses help."""
    from onepill.rulebook import load_rulebook
    from onepill.workbench.deals.return_cohorts import cohort_rows, pooled_row, published_rows
    from onepill.workbench.deals.return_inputs import return_inputs
    from onepill.workbench.deals.return_rows import cause_rows, clause_rows, section
    from onepill.workbench.deals.return_runs import Drawn
    from onepill.workbench.deals.run import open_deals

    opened = open_deals(ask.text, file=ask.file, as_of=ask.as_of, scenarios=ask.scenarios, deals=[ask.deal])
    posed, rulebook = opened.deals[0], load_rulebook()
    deal, programme = posed.loaded.deal, opened.loaded.programme
    cohort: Any = int(ask.cohort) if ask.cohort and ask.cohort.isdecimal() else ask.cohort
    inputs = return_inputs(deal, rulebook, cohort=cohort)
    drawn = Drawn(ask.draws, ask.seed, ask.threads, progress)
    returned = _run(opened, posed, inputs, drawn, clauses=True)
    causes = returned and cause_rows(returned, rulebook, stages=programme.development)
    return {
        "deal": deal.deal,
        "programme": programme.programme,
        "title": dict(deal.title),
        "as_of": programme.as_of.isoformat(),
        "signed_on": deal.signed_on.isoformat(),
        "draws": ask.draws,
        "seed": ask.seed,
        "risk": returned and section(deal, inputs, returned),
        "causes": causes if ask.with_causes else None,
        "clauses": clause_rows(returned) if returned else [],
        "cohorts": cohort_rows(rulebook),
        "pooled": pooled_row(rulebook),
        "published": published_rows(rulebook),
        "inputs": _inputs(opened, posed, inputs),
        "findings": _findings(opened, posed, inputs, returned),
    }


def _inputs(opened: Opened, posed: Posed, inputs: ReturnInputs) -> list[Row]:
    """The provenance of every number: the programme's, the terms', and those that say how the deal may end."""
    from onepill.workbench.deals.inputs import note_deal
    from onepill.workbench.results.derive import input_ledger

    ledger = input_ledger(opened.base)
    note_deal(ledger, posed.loaded.deal, posed.rates)
    for entry in inputs.ledger:
        ledger.add(entry)
    return [entry.as_row() for entry in ledger]


def return_section(
    opened: Opened, posed: Posed, inputs: ReturnInputs, returned: Returned | None
) -> tuple[Row | None, list[Finding]]:
    """The return risk of a deal as its valuation shows it, and what must be said of it; None: nothing is granted."""
    from onepill.workbench.deals.return_rows import risk_findings, section

    deal = posed.loaded.deal
    findings = risk_findings(inputs, returned, deal) + _hindsight(opened, inputs)
    return section(deal, inputs, returned) if returned else None, _placed(posed, findings)


def _run(opened: Opened, posed: Posed, inputs: ReturnInputs, drawn: Drawn, *, clauses: bool) -> Returned | None:
    """None where nothing can come back: nothing is granted, or it is sold for good and the terms say no other."""
    from onepill.sim import compile_plan
    from onepill.workbench.deals.ready import Stretches, make_ready
    from onepill.workbench.deals.return_runs import run_returns

    if posed.structure.kind in SOLD and posed.loaded.deal.termination is None:
        return None
    alone, compiled = replace(opened, deals=(posed,)), compile_plan(opened.base.plan)
    stretches = Stretches(alone, compiled, drawn.draws, drawn.seed, drawn.threads, drawn.progress)
    return run_returns(stretches, make_ready(alone, stretches)[0], inputs, clauses=clauses)


def _findings(opened: Opened, posed: Posed, inputs: ReturnInputs, returned: Returned | None) -> list[Row]:
    from onepill.workbench.deals.return_rows import risk_findings

    told = [*opened.loaded.findings, *posed.loaded.findings]
    told += _placed(posed, risk_findings(inputs, returned, posed.loaded.deal) + _hindsight(opened, inputs))
    return [finding.as_row() for finding in sort_findings(told)]


def _hindsight(opened: Opened, inputs: ReturnInputs) -> list[Finding]:
    """Counts made after the programme's day are knowledge that it could not have had."""
    from onepill.rulebook import load_rulebook
    from onepill.workbench.deals.return_cohorts import cohorts

    counted = max(cohort.counted_on for cohort in cohorts(load_rulebook()).values())
    as_of = opened.loaded.programme.as_of
    if inputs.level is None or counted <= as_of:
        return []
    message = f"licences that came back were counted on {counted}, after the programme's day {as_of}"
    return [Finding("return.hindsight", "note", message, path="termination.cohort")]


def _placed(posed: Posed, findings: list[Finding]) -> list[Finding]:
    from onepill.model.positions import Places

    return Places(posed.loaded.document).placed(findings, posed.loaded.document.data)
