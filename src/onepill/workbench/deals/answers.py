"""The operations on deals: what one brings each party, and several against each other, on the programme's futures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onepill.core.errors import Finding, sort_findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from onepill.workbench.deals.ready import Opened
    from onepill.workbench.deals.run import Run, Valued
    from onepill.workbench.questions.deals import DealCompareAsk, DealValueAsk, SimulatedAsk
    from onepill.workbench.questions.programme import DealText

Row = dict[str, Any]
Progress = Any


def deal_value(ask: DealValueAsk, *, progress: Progress = None) -> Row:
    """What a deal brings each party: value, risk, months to first cash, and flows by year and leg."""
    opened, run, risks, told = _valued(ask, [ask.deal], progress)
    return {**_head(ask, opened, run), **_deal(opened, run, run.deals[0], risks[0]), **_notes(opened, run, told)}


def deal_compare(ask: DealCompareAsk, *, progress: Progress = None) -> Row:
    """Deals against each other and against none, on the same futures: who gains, when, with which risk."""
    from onepill.workbench.deals.frontier import compared_rows, frontier_rows

    opened, run, risks, told = _valued(ask, ask.deals, progress)
    rows = [
        {**_deal(opened, run, valued, risk), **compared_rows(opened, run, valued)}
        for valued, risk in zip(run.deals, risks, strict=True)
    ]
    return {**_head(ask, opened, run), "deals": rows, "frontier": frontier_rows(run), **_notes(opened, run, told)}


def _valued(
    ask: SimulatedAsk, deals: Sequence[DealText], progress: Progress
) -> tuple[Opened, Run, list[Row | None], list[Finding]]:
    """The deals on the same paths, and how likely each that says how it may end comes back, and what that costs."""
    from onepill.rulebook import load_rulebook
    from onepill.workbench.deals.return_answers import return_section
    from onepill.workbench.deals.return_inputs import return_inputs
    from onepill.workbench.deals.run import open_deals, run_deals

    opened = open_deals(ask.text, file=ask.file, as_of=ask.as_of, scenarios=ask.scenarios, deals=deals)
    ends = [
        None if posed.loaded.deal.termination is None else return_inputs(posed.loaded.deal, load_rulebook())
        for posed in opened.deals
    ]
    drawn = {"draws": ask.draws, "seed": ask.seed, "threads": ask.threads}
    run = run_deals(opened, returns=ends, progress=progress, **drawn)
    risks, told = list[Row | None](), list[Finding]()
    for valued, inputs in zip(run.deals, ends, strict=True):
        risk, findings = (None, []) if inputs is None else return_section(opened, valued.posed, inputs, valued.returned)
        risks.append(risk)
        told += findings
    return opened, run, risks, told


def _head(ask: SimulatedAsk, opened: Opened, run: Run) -> Row:
    from onepill.workbench.deals.rows import npv_row, years_of
    from onepill.workbench.deals.run import PROGRAMME

    programme = opened.loaded.programme
    capital = programme.capital
    return {
        "programme": programme.programme,
        "title": dict(programme.title or programme.asset.name),
        "as_of": programme.as_of.isoformat(),
        "seed": ask.seed,
        "draws": ask.draws,
        "scenarios": list(ask.scenarios),
        "convention": capital.convention,
        "years": years_of(opened.base),
        "programme_npv_usd": npv_row(run.programme.npv_usd[PROGRAMME]),
    }


def _deal(opened: Opened, run: Run, valued: Valued, risk: Row | None) -> Row:
    from onepill.workbench.deals.money import vehicle_section
    from onepill.workbench.deals.rows import party_rows, share_section, unexplained_usd

    deal = valued.posed.loaded.deal
    return {
        "deal": deal.deal,
        "deal_title": dict(deal.title),
        "structure": deal.structure,
        "signed_on": deal.signed_on.isoformat(),
        "owner": valued.owner,
        "parties": party_rows(run, valued, opened.base),
        **share_section(valued),
        "vehicle": vehicle_section(valued, opened.base),
        "return_risk": risk,
        "unexplained_usd": unexplained_usd(run, valued),
    }


def _notes(opened: Opened, run: Run, told: list[Finding]) -> Row:
    """Where every number of the deals comes from, and what was noticed."""
    findings = [*told, *opened.loaded.findings, *(f for posed in opened.deals for f in posed.loaded.findings)]
    findings += [finding for valued in run.deals for finding in _value_findings(valued)]
    return {
        "inputs": input_rows(opened, returns=True),
        "findings": [finding.as_row() for finding in sort_findings(findings)],
    }


def input_rows(opened: Opened, *, returns: bool = False) -> list[Row]:
    """The provenance of every number that the deals are valued with: the programme's, their terms', what their parties
    believe instead and, with `returns`, what those that say how they may end are ended with."""
    from onepill.rulebook import load_rulebook
    from onepill.workbench.deals.inputs import note_beliefs, note_deal
    from onepill.workbench.deals.return_inputs import return_inputs
    from onepill.workbench.results.derive import input_ledger

    ledger = input_ledger(opened.base)
    for posed in opened.deals:
        deal = posed.loaded.deal
        note_deal(ledger, deal, posed.rates)
        note_beliefs(ledger, deal, opened)
        if returns and deal.termination is not None:
            for entry in return_inputs(deal, load_rulebook()).ledger:
                ledger.add(entry)
    return [entry.as_row() for entry in ledger]


def _value_findings(valued: Valued) -> list[Finding]:
    """Who would sign against their own interest on the programme's forecast, and whether there is a pie to share."""
    from onepill.workbench.deals.rows import share_section

    loaded, found = valued.posed.loaded, []
    where = {"file": loaded.document.file}
    for name in loaded.deal.parties:
        gain = valued.outcome.npv_usd[name] - valued.without_usd[name]
        if gain.mean() < 0 and abs(gain.mean()) > 3 * gain.std() / gain.size**0.5:
            who = f"{loaded.deal.parties[name].name['en']} ({name})"
            message = f"{who} is worse off with this deal by {-gain.mean() / 1e6:.2f} MUSD on the programme's forecast"
            hint = "what it would have to believe instead stands under believes"
            line = loaded.document.line(("parties", name))
            told = {"line": line, "value": round(-gain.mean() / 1e6, 2), **where}
            found.append(Finding("deal.worse_off", "note", message, hint, f"parties.{name}", **told))
    if share_section(valued)["shared_usd"] <= 0:
        message = f"{loaded.deal.deal} brings its parties nothing to share, each by its own view"
        hint = "look at what each side believes, or let the deal cover what is worth having"
        found.append(Finding("deal.no_value", "note", message, hint, "shares", line=1, **where))
    return found
