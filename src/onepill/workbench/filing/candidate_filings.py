"""A route as a filing: on the file's own filing of the market, else on what the file's open filings rest on."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from onepill.core.errors import InputError
from onepill.model.schema import Filing
from onepill.pathway import FilingInput
from onepill.pathway.routes import Route
from onepill.sim.plan import SUCCEEDED, Draw
from onepill.workbench.common import defaults
from onepill.workbench.plan.filled import Filled
from onepill.workbench.plan.terms import filing_terms


def own_filing(filled: Filled, market: str) -> FilingInput | None:
    """The file's filing of a market that a plan goes on with: one still to be decided, else one that was refused."""
    found = [f for f in filled.filings if f.jurisdiction == market and not f.approved]
    return min(found, key=lambda filing: filing.refused is not None, default=None)


def market_terms(filled: Filled, market: str) -> frozenset[str]:
    """The conditions that hold for an application in a market, whether the file names it or not."""
    own = own_filing(filled, market)
    if own is not None:
        return own.terms
    approved = {(f.jurisdiction or name.upper()): f for name, f in filled.programme.filings.items()}
    return filing_terms(filled.programme, approved.get(market, Filing(route="")), jurisdiction=market)


def candidate_filing(filled: Filled, route: Route, after: tuple[tuple[str, str], ...] | None = None) -> FilingInput:
    """The route as a filing on the file's own draws where the market is in the file, else on labelled defaults."""
    template = own_filing(filled, route.jurisdiction) or _generic(filled, route.jurisdiction)
    terms = template.terms | ({route.designation} if route.designation else frozenset())
    name = f"{route.jurisdiction.lower()}_{_slug(route.name)}".replace("-", "_")
    return replace(
        template,
        id=name,
        terms=terms,
        procedure=route.procedure.id,
        after=template.after if after is None else after,
        any_of=template.any_of and after is None,
        review=None if route.designation else template.review,
        launch_lag=None,
        launched=None,
    )


def _slug(name: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in name.lower())


def _generic(filled: Filled, market: str) -> FilingInput:
    """A filing of a market that the file does not name: it rests on what the file's open filings rest on."""
    model = _model_filing(filled)
    after = model.after if model else _pivotal(filled)
    code = market.lower()
    success = model.success if model else ((SUCCEEDED, 1.0),)
    return FilingInput(
        id=code,
        jurisdiction=market,
        after=after,
        any_of=bool(model and model.any_of),
        preparation=Draw(f"filings.{code}.preparation", defaults.PREPARATION.distribution),
        success=success,
        loadings=model.loadings if model else (),
        terms=market_terms(filled, market),
    )


def _model_filing(filled: Filled) -> FilingInput | None:
    """The open filing whose evidence most others share, of a market that is not open yet where there is one."""
    approved = {f.jurisdiction for f in filled.filings if f.approved}
    ahead = [f for f in filled.filings if not (f.approved or f.refused) and f.after]
    pool = [f for f in ahead if f.jurisdiction not in approved] or ahead
    shared = Counter(f.after for f in pool)
    return max(pool, key=lambda f: shared[f.after], default=None)


def _pivotal(filled: Filled) -> tuple[tuple[str, str], ...]:
    """The stages that nothing else in the file waits for."""
    waited = {name for stage in filled.stages if stage.kind != "dossier" for name, _ in stage.after}
    found = tuple((s.id, SUCCEEDED) for s in filled.stages if s.id not in waited and s.kind.startswith("phase"))
    if not found:
        hint = "add development stages, or filings with after:"
        raise InputError.single("path.no_basis", "the programme has no stage that a filing could rest on", hint=hint)
    return found
