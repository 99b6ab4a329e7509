"""Routes against each other on the same futures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from onepill.core.errors import InputError
from onepill.model import Loaded
from onepill.model.types import jurisdiction_code
from onepill.pathway.routes import Route, routes_of
from onepill.rulebook import Rulebook
from onepill.sim import Results, compile_plan, run
from onepill.workbench.filing.candidate_filings import candidate_filing, market_terms, own_filing
from onepill.workbench.plan.assemble import Assembled, assemble
from onepill.workbench.plan.fill import fill
from onepill.workbench.plan.filled import Filled
from onepill.workbench.results.rows_policy import scenario_row
from onepill.workbench.results.simulate import day_row

Row = dict[str, Any]


def compare_routes(
    loaded: Loaded, rulebook: Rulebook, names: Sequence[str], *, draws: int, seed: int, threads: int
) -> Row:
    """Each route of the form `us=priority` in the place of the market's own; differences are from the first.

    Raises:
        InputError: `route.too_few`, `route.form`, `route.unknown` with the routes on file, `route.reliance`,
            `route.decided` where the market has no filing left to choose a route for.
    """
    if len(names) < 2:
        hint = "--route us=standard --route us=priority"
        raise InputError.single("route.too_few", "name at least two routes to compare", hint=hint, value=list(names))
    filled, labels, results = fill(loaded.programme, rulebook), dict[str, Row](), list[tuple[str, Results]]()
    for name in names:
        base = _on_route(filled, _find(filled, rulebook, name))
        labels |= {
            info.id: {"jurisdiction": info.jurisdiction, "label": info.label} for info in base.network.milestones
        }
        results.append((name, run(compile_plan(base.plan), draws=draws, seed=seed, threads=threads)))
    first = results[0][1]
    return {
        "programme": loaded.programme.programme,
        "as_of": loaded.programme.as_of.isoformat(),
        "seed": seed,
        "draws": draws,
        "base": names[0],
        "routes": [_row(name, first, result, labels) for name, result in results],
    }


def _find(filled: Filled, rulebook: Rulebook, name: str) -> Route:
    market, separator, wanted = name.partition("=")
    code = jurisdiction_code(market)
    if not separator or not wanted:
        raise InputError.single("route.form", f"{name!r} is no route", hint="write us=priority", value=name)
    routes = routes_of(rulebook, code, terms=market_terms(filled, code))
    found = next((route for route in routes if route.name == wanted), None)
    if found is None:
        known = ", ".join(route.key for route in routes) or f"no way to approval is on file for {code}"
        raise InputError.single("route.unknown", f"{name!r} is not on file", hint=f"known: {known}", value=name)
    if found.relies_on is not None:
        hint = "ask onepill path: it finds the approvals that the route can rest on"
        raise InputError.single("route.reliance", f"{name!r} waits for other approvals", hint=hint, value=name)
    _check_undecided(filled, code, name)
    return found


def _check_undecided(filled: Filled, market: str, name: str) -> None:
    """A route can still be chosen only where a filing is open, or where none was made yet."""
    own = own_filing(filled, market)
    decided = [f.approved or f.refused for f in filled.filings if f.jurisdiction == market]
    if decided and (own is None or own.refused):
        message = f"the filing in {market} was decided on {max(day for day in decided if day)}"
        hint = f"compare an open market, or add a further filing: filings.{market}_2 with jurisdiction: {market}"
        raise InputError.single("route.decided", message, hint=hint, value=name)


def _on_route(filled: Filled, route: Route) -> Assembled:
    """The programme with the market's filing on this route, under the filing's own id and so on its own draws."""
    own = own_filing(filled, route.jurisdiction)
    filing = candidate_filing(filled, route)
    if own is not None:
        filing = replace(filing, id=own.id, launch_lag=own.launch_lag, launched=own.launched, label=own.label)
    else:
        filing = replace(filing, id=route.jurisdiction.lower())
    filings = [f for f in filled.filings if own is None or f.id != own.id]
    return assemble(replace(filled, filings=[*filings, filing], findings=[]))


def _row(name: str, first: Results, result: Results, labels: Mapping[str, Row]) -> Row:
    row = scenario_row(name, None, first, result)
    row["route"] = row.pop("name")
    row.pop("summary")
    row["milestones"] = [{**one, **labels[one["id"]]} for one in row["milestones"]]
    row["days"] = {m: day_row(result.days_of(m)) for m in result.milestone_ids if m.endswith((".filed", ".approval"))}
    return row
