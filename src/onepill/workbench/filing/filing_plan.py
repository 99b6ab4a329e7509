"""The filing plan: a route for each market, in which order, what each waits for, and what else there would be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from onepill.core.dates import NEVER, iso
from onepill.core.errors import Finding, InputError, sort_findings
from onepill.model import Loaded
from onepill.model.types import jurisdiction_code
from onepill.pathway import FilingInput
from onepill.pathway.routes import Route, accepts, routes_of
from onepill.rulebook import Rulebook
from onepill.sim import compile_plan, run
from onepill.sim.plan import SUCCEEDED
from onepill.workbench.filing.candidate_filings import candidate_filing, market_terms
from onepill.workbench.filing.filing_routes import (
    Candidate,
    Scouted,
    chain,
    cut_loose_ends,
    filing_id,
    keep_the_better,
    rests_on,
)
from onepill.workbench.filing.filing_sequence import Limits, Objective, sequence_filings
from onepill.workbench.plan.assemble import Assembled, assemble
from onepill.workbench.plan.fill import fill
from onepill.workbench.plan.filled import Filled
from onepill.workbench.results.agency_log import log_findings, log_row, planned_days
from onepill.workbench.results.path_risks import proposal_findings, risk_findings, risk_rows
from onepill.workbench.results.rows_dossiers import dossier_rows
from onepill.workbench.results.rows_gates import gate_findings, gate_rows
from onepill.workbench.results.rows_plan import binding_rows
from onepill.workbench.results.rows_policy import term_row
from onepill.workbench.results.simulate import Runs, day_row, simulate
from onepill.workbench.results.trial_evidence import evidence_findings

EVENT_WORDS = {
    "started": ("begun", "开始"),
    "finished": ("finished", "结束"),
    "succeeded": ("succeeded", "成功"),
    "failed": ("failed", "失败"),
    "submitted": ("submitted", "提交"),
    "approved": ("approved", "获批"),
    "refused": ("refused", "被拒"),
}
"""Events of work and of filings in English and Chinese, after the name of what they happen to."""
Row = dict[str, Any]
SCOUT_DRAWS = 2_000


def make_filing_plan(
    loaded: Loaded,
    rulebook: Rulebook,
    *,
    markets: Sequence[str],
    optimise: Objective,
    draws: int,
    seed: int,
    threads: int,
    budget_usd: float | None = None,
    team: int | None = None,
) -> Row:
    """The plan of all asked markets; a budget, a team, or a worth to optimise asks the sequence optimiser too.

    Raises:
        InputError: `path.unknown_market`, `path.no_market` if neither the question nor the file names one,
            `path.no_basis` if the programme has no work that a filing could rest on.
    """
    filled = fill(loaded.programme, rulebook)
    asked = _asked(rulebook, filled, markets)
    scouted = _scout(filled, rulebook, asked, seed=seed, optimise=optimise)
    sequence = None
    if optimise in ("value", "patients") or budget_usd is not None or team is not None:
        limits = Limits(optimise, budget_usd, team)
        chosen, sequence = sequence_filings(assemble(filled), scouted, asked, limits)
        scouted.left_out = {market: found for market, found in scouted.best.items() if market not in chosen}
        scouted.best = chosen
    base = _with_filings(filled, [scouted.best[m].filing for m in asked if m in scouted.best])
    runs = simulate(base.plan, draws=draws, seed=seed, threads=threads)
    plan = {market: _plan_row(base, runs, scouted, market) for market in asked}
    labels = {info.id: dict(info.label) for info in base.network.activities}
    risks = risk_rows(base, runs, asked)
    findings = _findings(base, scouted, asked) + risk_findings(risks)
    return {
        "programme": loaded.programme.programme,
        "as_of": loaded.programme.as_of.isoformat(),
        "seed": seed,
        "draws": draws,
        "optimise": optimise,
        "order": _order(plan),
        "plan": plan,
        "binding": _binding(plan, labels),
        "sequence": sequence,
        "alternatives": {market: _alternatives(filled, rulebook, scouted, market) for market in asked},
        "dossiers": dossier_rows(base, runs),
        "gates": gate_rows(base, runs, {row["id"]: row["critical"] for row in plan.values()}),
        "risks": risks,
        "log": log_row(loaded.programme, planned_days(base, runs)),
        "findings": [finding.as_row() for finding in sort_findings(findings)],
    }


def _findings(base: Assembled, scouted: Scouted, asked: Sequence[str]) -> list[Finding]:
    own = [*base.filled.findings, *base.network.findings]
    regulatory = [*gate_findings(base), *evidence_findings(base, asked), *log_findings(base.filled.programme)]
    return [*own, *_unserved(scouted, asked), *regulatory, *proposal_findings(base, asked)]


def _asked(rulebook: Rulebook, filled: Filled, markets: Sequence[str]) -> list[str]:
    """The markets by code; `all` is every jurisdiction with a way to approval, none the file's own."""
    known = [code for code in rulebook.jurisdictions if _grants_approval(rulebook, code)]
    own = list(dict.fromkeys(filing.jurisdiction for filing in filled.filings))
    if not markets and not own:
        hint = "name markets, such as --markets CN,US or --markets all, or add filings"
        raise InputError.single("path.no_market", "no market is asked for, and the file has no filing", hint=hint)
    if not markets:
        return own
    if [m.lower() for m in markets] == ["all"]:
        return known
    found = [jurisdiction_code(market) for market in markets]
    unknown = [code for code in found if code not in known]
    if unknown:
        hint = f"known: all, {', '.join(known)}"
        raise InputError.single(
            "path.unknown_market", f"no way to approval is on file for {', '.join(unknown)}", hint=hint
        )
    return list(dict.fromkeys(found))


def _grants_approval(rulebook: Rulebook, code: str) -> bool:
    return any(p.grants == "approval" and p.per == "filing" for p in rulebook.procedures(code))


def _scout(filled: Filled, rulebook: Rulebook, asked: Sequence[str], *, seed: int, optimise: str) -> Scouted:
    """Try every route with few draws; follow reliance on until no market gains a day."""
    scouted = Scouted()
    for filing in filled.filings:
        if filing.approved:
            scouted.facts.setdefault(filing.jurisdiction, (float(filing.approved.toordinal()), filing.id))
    open_markets = [market for market in asked if market not in scouted.facts]
    routes = [r for m in open_markets for r in routes_of(rulebook, m, terms=market_terms(filled, m))]
    _try(filled, scouted, [_candidate(filled, r) for r in routes if r.relies_on is None], seed=seed, optimise=optimise)
    reliant = [route for route in routes if route.relies_on is not None]
    # A chain of reliance passes each market once.
    for _ in range(len(open_markets) + 1):
        before = chain(scouted)
        cut_loose_ends(scouted, optimise=optimise)
        fresh = [c for c in (_reliant(filled, scouted, route) for route in reliant) if c is not None]
        _try(filled, scouted, fresh, seed=seed, optimise=optimise)
        if before == chain(scouted):
            break
    cut_loose_ends(scouted, optimise=optimise)
    _add_untimed(scouted, open_markets)
    return scouted


def _add_untimed(scouted: Scouted, markets: Sequence[str]) -> None:
    """Where no route has a known time, the earliest filing stands, without a day of approval."""
    for market in (m for m in markets if m not in scouted.best):
        found = [c for c in scouted.tried.values() if c.jurisdiction == market and c.route.is_open]
        reached = [c for c in found if scouted.days[c.filing.id][0] is not None]
        if reached:
            scouted.best[market] = min(reached, key=lambda c: scouted.days[c.filing.id][0] or 0.0)


def _candidate(filled: Filled, route: Route, after: tuple[tuple[str, str], ...] | None = None) -> Candidate:
    return Candidate(route, candidate_filing(filled, route, after))


def _reliant(filled: Filled, scouted: Scouted, route: Route) -> Candidate | None:
    """A reliance route on the earliest approvals that it counts; None where there are too few."""
    reliance = route.relies_on
    reached = {**{m: scouted.approval(m) for m in scouted.facts}, **{m: scouted.approval(m) for m in scouted.best}}
    usable = [m for m in accepts(route, reached) if reached[m] is not None and not rests_on(scouted, m, route)]
    if reliance is None or len(usable) < reliance.at_least:
        return None
    chosen = tuple(sorted(usable, key=lambda m: (reached[m] or 0.0, m))[: reliance.at_least])
    after = tuple((f"{filing_id(scouted, m)}.approval", SUCCEEDED) for m in chosen)
    return replace(_candidate(filled, route, after), references=chosen)


def _try(filled: Filled, scouted: Scouted, fresh: list[Candidate], *, seed: int, optimise: str) -> None:
    """Simulate candidates beside the best ones so far and keep the better of each market."""
    together = {c.filing.id: c for c in [*scouted.best.values(), *fresh]}
    if not together:
        return
    base = _with_filings(filled, [c.filing for c in together.values()])
    result = run(compile_plan(base.plan), draws=SCOUT_DRAWS, seed=seed)
    for name, candidate in together.items():
        filed, approved = (result.days_of(f"{name}.{event}") for event in ("filed", "approval"))
        both = approved < NEVER
        scouted.days[name] = (_median(filed[filed < NEVER]), _median(approved[both]))
        # On the same paths: few of many may be approved, and their filings need not be typical of all.
        scouted.review_days[name] = _median(approved[both] - filed[both])
        scouted.probs[name] = float(both.sum() / max((filed < NEVER).sum(), 1))
        scouted.fees[name] = _fees(base, name)
        scouted.tried[name] = candidate
    for candidate in together.values():
        keep_the_better(scouted, candidate, optimise=optimise)


def _median(days: Any) -> float | None:
    return float(np.median(days)) if days.size else None


def _fees(base: Assembled, name: str) -> float:
    """The fees of a candidate in US dollars."""
    return sum(fee.amount_usd for fee in base.network.fees if fee.activity.startswith(f"{name}."))


def _with_filings(filled: Filled, filings: Iterable[FilingInput]) -> Assembled:
    """The programme's stages with these filings and the facts, without markets."""
    facts = [filing for filing in filled.filings if filing.approved]
    shown = replace(filled, filings=[*facts, *filings], findings=[])
    return assemble(shown, markets=())


def _plan_row(base: Assembled, runs: Runs, scouted: Scouted, market: str) -> Row:
    if market in scouted.facts:
        day, name = scouted.facts[market]
        days = day_row(np.array([int(day)], dtype=np.int32))
        return {"route": "approved", "status": "actual", "filing": None, "approval": days, **_no_links(), "id": name}
    candidate = scouted.best.get(market)
    if candidate is None:
        status = "left_out" if market in scouted.left_out else "none"
        return {"route": None, "status": status, "filing": None, "approval": None, **_no_links(), "id": None}
    name, reliance = candidate.filing.id, candidate.route.relies_on
    # A refusal is known, and an approval that never comes is no unknown time.
    is_timed = scouted.knows_time(name) or candidate.filing.refused is not None
    return {
        "id": name,
        "route": candidate.route.name,
        "procedure": candidate.route.procedure.id,
        "status": "simulated" if is_timed else "time_unknown",
        "filing": day_row(runs.drawn.days_of(f"{name}.filed")),
        "approval": day_row(runs.drawn.days_of(f"{name}.approval")) if is_timed else None,
        "critical": binding_rows(base, runs, f"{name}.{'approval' if is_timed else 'filed'}"),
        "procedure_name": dict(candidate.route.procedure.name),
        "waits_for": [f"{activity}:{event}" for activity, event in candidate.filing.after],
        "waits": [_waits(base, activity, event) for activity, event in candidate.filing.after],
        "relies_on": list(candidate.references),
        "reliance": None
        if reliance is None
        else {"references": list(reliance.references), "at_least": reliance.at_least, "note": reliance.note},
    }


def _no_links() -> Row:
    row: Row = {"procedure": None, "procedure_name": None, "critical": [], "waits_for": [], "waits": []}
    return {**row, "relies_on": [], "reliance": None}


def _waits(base: Assembled, activity: str, event: str) -> dict[str, str]:
    """What a filing waits for, by the name of the work and in words."""
    label = next((info.label for info in base.network.activities if info.id == activity), None)
    name = label or dict.fromkeys(("en", "zh"), activity)
    en, zh = EVENT_WORDS.get(event, (event, event))
    return {"en": f"{name['en']} {en}", "zh": f"{name['zh']}{zh}"}


def _order(plan: dict[str, Row]) -> list[str]:
    """Markets by the median day of their filing, facts first."""
    days = {
        m: (row["filing"] or {}).get("p50") or ""
        for m, row in plan.items()
        if row["status"] not in ("none", "left_out")
    }
    return sorted(days, key=lambda market: (days[market], market))


def _binding(plan: dict[str, Row], labels: Mapping[str, dict[str, str]]) -> list[Row]:
    """What binds most: activities by the days that they take on critical paths, over all markets."""
    total: dict[str, float] = {}
    for row in plan.values():
        for item in row["critical"]:
            total[item["activity"]] = total.get(item["activity"], 0.0) + item["share"] * item["mean_days"]
    markets = {
        name: [m for m, row in plan.items() if any(i["activity"] == name for i in row["critical"])] for name in total
    }
    ranked = sorted(total, key=lambda name: (-total[name], name))[:8]
    return [
        {"activity": n, "label": labels.get(n), "market_days": round(total[n], 1), "markets": markets[n]}
        for n in ranked
    ]


def _alternatives(filled: Filled, rulebook: Rulebook, scouted: Scouted, market: str) -> list[Row]:
    """Every other way: its median days if it were open, and the conditions and inputs that keep it from being so."""
    best = scouted.best.get(market)
    tried = {c.route.name: c for c in scouted.tried.values() if c.jurisdiction == market}
    rows = []
    for route in routes_of(rulebook, market, terms=market_terms(filled, market)):
        if best is not None and route.name == best.route.name:
            continue
        candidate = tried.get(route.name)
        filed, approved = scouted.days[candidate.filing.id] if candidate else (None, None)
        is_timed = candidate is not None and scouted.knows_time(candidate.filing.id)
        rows.append(
            {
                "route": route.name,
                "procedure": route.procedure.id,
                "procedure_name": dict(route.procedure.name),
                "open": route.is_open and candidate is not None,
                "filing_p50": _iso(filed),
                "approval_p50": _iso(approved) if is_timed else None,
                "days_saved": _saved(scouted, best, approved) if is_timed else None,
                "failing": [term_row(rulebook, term, market) for term in route.failing],
                "needs_references": _lacking(scouted, route) if candidate is None else None,
            }
        )
    return sorted(rows, key=lambda row: (row["approval_p50"] is None, row["approval_p50"] or "", row["route"]))


def _iso(day: float | None) -> str | None:
    return None if day is None else iso(round(day))


def _saved(scouted: Scouted, best: Candidate | None, approved: float | None) -> float | None:
    chosen = scouted.days[best.filing.id][1] if best and scouted.knows_time(best.filing.id) else None
    return None if chosen is None or approved is None else round(chosen - approved, 1)


def _lacking(scouted: Scouted, route: Route) -> Row | None:
    """Which approvals a reliance route counts, and how many of them the plan has."""
    if route.relies_on is None:
        return None
    reached = [m for m in accepts(route, [*scouted.facts, *scouted.best]) if m != route.jurisdiction]
    return {"of": list(route.relies_on.references), "at_least": route.relies_on.at_least, "in_plan": reached}


def _unserved(scouted: Scouted, asked: Sequence[str]) -> list[Finding]:
    found = []
    for market in (m for m in asked if m not in scouted.facts):
        best, place = scouted.best.get(market) or scouted.left_out.get(market), f"plan.{market}"
        if best is None:
            hint = "see the alternatives: each names the condition that fails"
            found.append(
                Finding("path.no_route", "warning", f"no route is open in {market}", hint, place, value=market)
            )
        elif best.filing.refused:
            continue  # The network itself says so, and how to file again.
        elif not scouted.knows_time(best.filing.id):
            message = f"the rulebook has no review time for {best.route.key}; its approval has no day"
            found.append(Finding("path.time_unknown", "warning", message, "give filings.….review", place, value=market))
    return found
