"""What the words of a terms file stand for in a programme: markets, events, and the work that somebody pays for."""

from __future__ import annotations

from datetime import date

from onepill.model.checks import EVENTS, split_event
from onepill.model.deal import Deal, GrantTerms
from onepill.model.deal_terms import OnSales
from onepill.model.deal_when import Territory
from onepill.model.schema import Programme

FILING_EVENTS = ("submitted", "approved", "refused")
LAUNCHED = "launched"
FILINGS, STAGES = "filings", "development"
"""Words of `pays` that stand for all filings of the territory, and for every stage and dossier."""


def market_names(programme: Programme) -> dict[str, str]:
    """The markets' names as the plan writes them, with their jurisdictions."""
    return {name.lower(): market.jurisdiction or name.upper() for name, market in programme.markets.items()}


def unknown_places(programme: Programme, territory: Territory) -> list[str]:
    """Places of a territory in which the programme has no market."""
    known = market_names(programme)
    return [item for item in (*territory.places, *(territory.world_except or ())) if not _named(known, item)]


def _named(known: dict[str, str], item: str) -> list[str]:
    """All markets of a jurisdiction, or a market by its own name."""
    return [name for name, code in known.items() if item.lower() == name or item.upper() == code]


def markets_in(programme: Programme, territory: Territory | None, field: list[str]) -> list[str]:
    """The markets (names as the plan writes them) of a territory and field, in the programme's order."""
    known, chosen = market_names(programme), set[str]()
    if territory is not None:
        named = {name for item in territory.places for name in _named(known, item)}
        left_out = {name for item in territory.world_except or () for name in _named(known, item)}
        chosen = named if territory.world_except is None else set(known) - left_out
    return [name for name in known if name in chosen and (not field or _indication(programme, name) in field)]


def _indication(programme: Programme, name: str) -> str:
    market = next(market for key, market in programme.markets.items() if key.lower() == name)
    return programme.indication_id(market.indication)


def sales_markets(deal: Deal, programme: Programme, term: OnSales) -> list[str]:
    """The markets of a term on sales: its own territory, else all that its payer is granted; the field narrows both."""
    if term.territory is not None:
        return markets_in(programme, term.territory, term.field)
    granted = {
        name for grant in deal.grants.values() if grant.to == term.from_ for name in granted_in(programme, grant)
    }
    return [name for name in granted_order(programme, granted) if _in_field(programme, name, term.field)]


def _in_field(programme: Programme, name: str, field: list[str]) -> bool:
    return not field or _indication(programme, name) in field


def granted_order(programme: Programme, names: set[str]) -> list[str]:
    return [name for name in market_names(programme) if name in names]


def granted_in(programme: Programme, grant: GrantTerms) -> list[str]:
    return markets_in(programme, grant.territory, grant.field)


def known_events(programme: Programme) -> list[str]:
    """Every event that a term may wait for, with the short forms that mean success."""
    found = [*programme.development]
    found += [f"{stage}:{event}" for stage in programme.development for event in EVENTS]
    for name in programme.filings:
        found += [f"filings.{name.lower()}", *(f"filings.{name.lower()}:{event}" for event in FILING_EVENTS)]
    return [*found, *(f"markets.{name}:{LAUNCHED}" for name in market_names(programme))]


def event_key(text: str) -> str:
    """An event as `known_events` writes it: filings and markets in lower case."""
    name, colon, event = text.partition(":")
    return f"{name.lower() if '.' in name else name}{colon}{event}"


def past_day(programme: Programme, text: str) -> date | None:
    """The day on which an event has happened, where the programme tells it as a fact."""
    name, event = split_event(event_key(text))
    if name.startswith("markets."):
        sold = {key.lower(): market for key, market in programme.markets.items()}[name.removeprefix("markets.")]
        return sold.launched
    if name.startswith("filings."):
        done = {key.lower(): filing.done for key, filing in programme.filings.items()}[name.removeprefix("filings.")]
        return {"submitted": done.submitted, "refused": done.refused}.get(event, done.approved)
    facts = programme.development[name].done
    ended = facts.succeeded or facts.failed or facts.finished
    return {"started": facts.started, "failed": facts.failed, "finished": ended}.get(event, facts.succeeded)


def payable(programme: Programme) -> list[str]:
    """What may stand in `pays` and in `activities` beside the words for all of it."""
    filings = [f"filings.{name.lower()}" for name in programme.filings]
    return [*programme.development, *(f"dossiers.{name}" for name in programme.dossiers), *filings]


def paid_for(programme: Programme, items: list[str], markets: list[str]) -> list[str]:
    """The stages, dossiers and filings that a list names, `filings` being those for the markets' places and uses."""
    places, known = market_names(programme), payable(programme)
    uses = {(places[name], _indication(programme, name)) for name in markets}
    found: list[str] = []
    for item in items:
        if item == FILINGS:
            found += [
                f"filings.{name.lower()}"
                for name, filing in programme.filings.items()
                if (filing.jurisdiction or name.upper(), programme.indication_id(filing.indication)) in uses
            ]
        elif item == STAGES:
            found += [name for name in known if not name.startswith("filings.")]
        else:
            found.append(item.lower() if item.startswith("filings.") else item)
    return list(dict.fromkeys(found))
