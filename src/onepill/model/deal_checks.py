"""What a terms file's schema cannot say of it beside its programme: names, places, days, currencies, grants."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import combinations

from onepill.core.errors import Finding
from onepill.model.checks import values_of
from onepill.model.deal import Deal, GrantTerms
from onepill.model.deal_checks_terms import check_terms
from onepill.model.deal_checks_vehicle import check_vehicle
from onepill.model.deal_order import days_between, never_together
from onepill.model.deal_places import (
    FILINGS,
    STAGES,
    event_key,
    granted_in,
    known_events,
    market_names,
    paid_for,
    past_day,
    payable,
    unknown_places,
)
from onepill.model.deal_terms import CostShareTerm, OnSales, PaymentTerm
from onepill.model.deal_when import TERMINATION, Territory, When
from onepill.model.schema import Programme
from onepill.model.types import Closed
from onepill.model.values import Value

RESERVED = ("tax", "outside")
"""Parties of every structure: the authorities, and whoever is no party to the contract."""


def check_deal(deal: Deal, programme: Programme) -> list[Finding]:
    """All findings about a deal that is valid by its schema."""
    checks = (_signing, _parties, _beliefs, _moments, _windows, _grants, _values, _rates, _structure)
    further = [*check_terms(deal, programme), *check_vehicle(deal)]
    return [*(finding for check in checks for finding in check(deal, programme)), *further]


def error(code: str, message: str, path: str, hint: str, value: object = None) -> Finding:
    return Finding(code, "error", message, hint, path, value=value)


def _signing(deal: Deal, programme: Programme) -> Iterator[Finding]:
    if deal.signed_on < programme.as_of and deal.signed_source is None:
        hint = "tell where it was announced with signed_source: {title: …}, or sign on the plan's day or later"
        message = (
            f"the deal is signed on {deal.signed_on}, before the plan's day {programme.as_of}, and no source tells so"
        )
        yield error("deal.signed_before", message, "signed_on", hint, deal.signed_on.isoformat())
    last = programme.as_of.year + programme.capital.horizon_years
    if deal.signed_on.year > last:
        hint = f"the plan looks to the end of {last}; see capital.horizon_years"
        message = f"the deal is signed on {deal.signed_on}, after the plan's last year"
        yield error("deal.signed_after", message, "signed_on", hint, deal.signed_on.isoformat())


def _named_parties(deal: Deal) -> Iterator[tuple[str, str]]:
    """Every place that names a party, with the name."""
    if deal.owner is not None:
        yield "owner", deal.owner
    for name, term in deal.terms.items():
        yield f"terms.{name}.from", term.from_
        yield f"terms.{name}.to", term.to
    yield from ((f"grants.{name}.to", grant.to) for name, grant in deal.grants.items())
    yield from ((f"options.{name}.holder", option.holder) for name, option in deal.options.items())
    for name, fund in deal.funds.items():
        yield from ((f"funds.{name}.{key}", getattr(fund, key)) for key in ("party", "partners", "manager"))
    if vehicle := deal.vehicle:
        yield "vehicle.party", vehicle.party
        yield from ((f"vehicle.stakes.{name}", name) for name in vehicle.stakes)
        yield from (
            (f"vehicle.rounds.{key}.investors.{n}", n) for key, r in vehicle.rounds.items() for n in r.investors
        )
        yield from ((f"vehicle.warrants.{key}.holder", warrant.holder) for key, warrant in vehicle.warrants.items())


def _parties(deal: Deal, _: Programme) -> Iterator[Finding]:
    for path, name in _named_parties(deal):
        if name not in deal.parties:
            hint = f"known: {', '.join(deal.parties)}{_nearest(name, list(deal.parties))}"
            yield error("deal.party", f"{name!r} is not a party of this deal", path, hint, name)
    if TERMINATION in deal.options:
        path, hint = f"options.{TERMINATION}", "give the option another id"
        yield error("deal.option", f"{TERMINATION!r} stands for the early end of the contract", path, hint)
    for name in (name for name in RESERVED if name in deal.parties):
        hint = "give the party another id"
        yield error("deal.party_reserved", f"{name!r} stands for {_RESERVED_FOR[name]}", f"parties.{name}", hint, name)
    for name, term in deal.terms.items():
        if term.from_ == term.to:
            message = f"{term.to} would pay itself"
            yield error("deal.pays_itself", message, f"terms.{name}.to", "name another party", term.to)
    if not deal.owner_id():
        hint = "give one party the role licensor or seller, or name it with owner:"
        yield error("deal.owner", "no party owns the programme", "parties", hint)


_RESERVED_FOR = {"tax": "the authorities", "outside": "whoever is no party"}


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; nearest: {near[0]}" if near else ""


def _beliefs(deal: Deal, programme: Programme) -> Iterator[Finding]:
    for name, party in deal.parties.items():
        for index, belief in enumerate(party.believes):
            if belief.scenario is not None and belief.scenario not in programme.scenarios:
                known = list(programme.scenarios)
                hint = f"known: {', '.join(known) or 'none is declared'}{_nearest(belief.scenario, known)}"
                path = f"parties.{name}.believes.{index}"
                message = f"{belief.scenario!r} is not a scenario of the programme"
                yield error("scenario.unknown", message, path, hint, belief.scenario)


def moments_of(deal: Deal) -> Iterator[tuple[str, When]]:
    """Every moment that the file names, with its path."""
    parts = [
        (f"{group}.{name}", item) for group in ("terms", "grants", "options") for name, item in _items(deal, group)
    ]
    if deal.vehicle:
        parts += [(f"vehicle.exits.{name}", item) for name, item in deal.vehicle.exits.items()]
        rounds = deal.vehicle.rounds.items()
        parts += [(f"vehicle.rounds.{n}.tranches.{i}", t) for n, r in rounds for i, t in enumerate(r.tranches)]
    for path, item in parts:
        for key in type(item).model_fields:
            if isinstance(found := getattr(item, key), When):
                yield f"{path}.{key}", found


def _items(deal: Deal, group: str) -> list[tuple[str, Closed]]:
    return list(getattr(deal, group).items())


def _moments(deal: Deal, programme: Programme) -> Iterator[Finding]:
    events = known_events(programme)
    for path, when in moments_of(deal):
        if when.option is not None and when.option not in (*deal.options, TERMINATION):
            hint = f"known: {', '.join(deal.options) or 'none'}{_nearest(when.option, list(deal.options))}"
            yield error("deal.option", f"{when.option!r} is not an option of this deal", path, hint, when.option)
        if when.event is not None and event_key(when.event) not in events:
            near = _nearest(event_key(when.event), events).removeprefix("; ")
            hint = f"{near or 'see the programme'}; stages, filings.us:approved, markets.us:launched, days and options"
            yield error("deal.event", f"the programme has no event {when.event!r}", path, hint, when.event)
    for name, option in deal.options.items():
        if option.on.option is not None:
            path, hint = f"options.{name}.on", "let it fall on a day or an event"
            yield error("deal.option_chain", "an option cannot wait for an option", path, hint, option.on.option)
    for name, term in deal.terms.items():
        if isinstance(term, PaymentTerm):
            yield from _past(deal, programme, f"terms.{name}", term, events)


def _past(deal: Deal, programme: Programme, path: str, term: PaymentTerm, events: list[str]) -> Iterator[Finding]:
    when, since = term.on, deal.signed_on
    if when.event is not None and event_key(when.event) in events and when.day is None and when.option is None:
        reached = past_day(programme, when.event)
        if reached is not None and reached < since:
            message = f"{when.event!r} was reached on {reached}, before the signing on {since}"
            yield error("deal.event_past", message, f"{path}.on", "name a later event, or signing", when.event)
    if when.day is not None and when.day < since:
        message = f"{when.day} is before the signing on {since}"
        yield error("deal.before_signing", message, f"{path}.on", "name a later day", when.day.isoformat())
    if term.by is not None and term.by < since:
        message = f"the term lapses on {term.by}, before the signing on {since}"
        yield error("deal.window", message, f"{path}.by", "name a later day", term.by.isoformat())


def _windows(deal: Deal, _: Programme) -> Iterator[Finding]:
    for group in ("terms", "grants"):
        for name, item in _items(deal, group):
            since, until = getattr(item, "since", None), getattr(item, "until", None)
            gap = days_between(deal, since, until) if since is not None and until is not None else None
            if gap is not None and gap <= 0:
                message = "the window ends before it begins" if gap < 0 else "the window ends on the day it begins"
                hint = "the first day counts and the last does not; check since and until"
                yield error("deal.window", message, f"{group}.{name}.until", hint)


def _grants(deal: Deal, programme: Programme) -> Iterator[Finding]:
    for path, territory in _territories(deal):
        for item in unknown_places(programme, territory):
            known = sorted({*market_names(programme), *(code.lower() for code in market_names(programme).values())})
            hint = f"known: {', '.join(name.upper() for name in known)}, world, {{world_except: [CN]}}"
            yield error("deal.territory", f"the programme has no market {item!r}", path, hint, item)
    indications = programme.all_indications()
    for path, field in _fields(deal):
        for item in (item for item in field if item not in indications):
            hint = f"known: {', '.join(indications)}{_nearest(item, list(indications))}"
            yield error("deal.field", f"{item!r} is not an indication of the programme", path, hint, item)
    for path, items in _paid_lists(deal):
        known = [*payable(programme), FILINGS, STAGES]
        for item in (item for item in items if event_key(item) not in known):
            hint = f"known: {', '.join(known)}{_nearest(item, known)}"
            yield error("deal.activity", f"{item!r} is no stage, dossier or filing of the programme", path, hint, item)
    for name, grant in deal.grants.items():
        is_known = grant.territory is not None and not unknown_places(programme, grant.territory)
        if is_known and {*grant.field} <= {*indications} and not granted_in(programme, grant):
            hint = "name other places or indications, or leave territory out where work alone is granted"
            yield error("deal.grant_empty", f"{name} grants no market", f"grants.{name}", hint)
    yield from _overlaps(deal, programme)


def _territories(deal: Deal) -> Iterator[tuple[str, Territory]]:
    for name, grant in deal.grants.items():
        if grant.territory is not None:
            yield f"grants.{name}.territory", grant.territory
    for name, term in deal.terms.items():
        if isinstance(term, OnSales) and term.territory is not None:
            yield f"terms.{name}.territory", term.territory


def _fields(deal: Deal) -> Iterator[tuple[str, list[str]]]:
    yield from ((f"grants.{name}.field", grant.field) for name, grant in deal.grants.items())
    yield from ((f"terms.{name}.field", term.field) for name, term in deal.terms.items() if isinstance(term, OnSales))


def _paid_lists(deal: Deal) -> Iterator[tuple[str, list[str]]]:
    yield from ((f"grants.{name}.pays", grant.pays) for name, grant in deal.grants.items())
    for name, term in deal.terms.items():
        if isinstance(term, CostShareTerm):
            yield f"terms.{name}.activities", term.activities


def _overlaps(deal: Deal, programme: Programme) -> Iterator[Finding]:
    """Two grants of one market, or of one piece of work, whose windows may be open together."""
    for (first, one), (name, other) in combinations(deal.grants.items(), 2):
        if never_together(deal, (one.since, one.until), (other.since, other.until)):
            continue
        shared = _held(programme, one) & _held(programme, other)
        if shared:
            what = ", ".join(sorted(item.upper() if len(item) == 2 else item for item in shared))
            hint = f"end {first} with until: where {name} begins, or take these out of one of them"
            message = f"{what} is granted by {first} and by {name} at the same time"
            yield error("deal.grants_overlap", message, f"grants.{name}", hint, what)


def _held(programme: Programme, grant: GrantTerms) -> set[str]:
    markets = granted_in(programme, grant)
    return {*markets, *paid_for(programme, grant.pays, markets)}


def _values(deal: Deal, programme: Programme) -> Iterator[Finding]:
    for path, value in values_of(deal):
        if not value.distribution.is_fixed or value.factors:
            hint = "write one number; what is uncertain stands in the programme file"
            yield error("deal.uncertain", "a term of a contract is a number, no distribution", path, hint, value.text)
        if value.unit == "wd":
            hint = "write days, weeks, months or years"
            yield error("deal.working_days", "a contract's days are calendar days", path, hint, value.text)
        if len(value.unit) == 3 and value.unit.isupper() and value.unit != "USD":
            yield from _rate_of(deal, programme, path, value)


def _rate_of(deal: Deal, programme: Programme, path: str, value: Value) -> Iterator[Finding]:
    """An amount needs a rate, and where it names its day the rate of that day."""
    rates = [book[value.unit] for book in (deal.exchange_rates, programme.capital.exchange_rates) if value.unit in book]
    days = [rate.date.isoformat() for rate in rates]
    if not rates:
        hint = f"add exchange_rates.{value.unit}: {{per_usd: …, date: …, source: …}} here or in the programme"
        yield error("currency.no_rate", f"there is no exchange rate for {value.unit}", path, hint, value.text)
    elif value.date and value.date not in days:
        hint = f"known: {', '.join(days)}; leave the day out, or add exchange_rates.{value.unit} of that day"
        yield error("currency.day", f"there is no {value.unit} rate of {value.date}", path, hint, value.date)


def _rates(deal: Deal, programme: Programme) -> Iterator[Finding]:
    if "USD" in deal.exchange_rates:
        path, hint = "exchange_rates.USD", "take it out: one US dollar is one US dollar"
        yield error("currency.base", "the US dollar needs no exchange rate", path, hint)
    for code, rate in deal.exchange_rates.items():
        if rate.date > max(programme.as_of, deal.signed_on):
            path, hint = f"exchange_rates.{code}.date", "use a rate of the signing day or before"
            message = f"the {code} rate is dated {rate.date}, after the signing and the plan's day"
            yield error("currency.later_rate", message, path, hint, rate.date.isoformat())
    for name, party in deal.parties.items():
        if party.currency not in {"USD", *deal.exchange_rates, *programme.capital.exchange_rates}:
            path, hint = f"parties.{name}.currency", "add its exchange rate, or take another currency"
            yield error(
                "currency.no_rate", f"there is no exchange rate for {party.currency}", path, hint, party.currency
            )


def _structure(deal: Deal, _: Programme) -> Iterator[Finding]:
    """A structure has what makes it one."""
    kinds = {term.kind for term in deal.terms.values()}
    needs = {
        "newco": (deal.vehicle is not None, "vehicle: the company with its stakes"),
        "modified_newco": (deal.vehicle is not None and len(deal.funds) >= 2, "a vehicle and funds of two currencies"),
        "option": (bool(deal.options), "options: the decision and its holder"),
        "royalty_financing": ("royalty" in kinds, "a term of kind royalty"),
        "co_development": (bool({"cost_share", "profit_share"} & kinds), "a cost_share or a profit_share"),
        "licence": (bool(deal.grants), "grants: who gets which territory"),
        "asset_purchase": (bool(deal.grants), "grants: what the buyer gets"),
        "acquisition": (bool(deal.grants), "grants: what the buyer gets"),
    }
    is_there, what = needs[deal.structure]
    if not is_there:
        message = f"a deal of the structure {deal.structure} needs {what}"
        yield error("deal.structure", message, "structure", "add it, or name another structure", deal.structure)
    if deal.structure == "modified_newco" and len({fund.currency for fund in deal.funds.values()}) < 2 <= len(
        deal.funds
    ):
        hint = "give one fund currency: CNY and the other currency: USD"
        message = "a modified NewCo has funds of two currencies side by side, and these have one"
        yield Finding("deal.one_currency", "warning", message, hint, "funds")
    unused = set(deal.parties) - {name for _, name in _named_parties(deal)} - {deal.owner_id()}
    for name in sorted(unused):
        message, hint = f"{name} neither pays, receives nor is granted anything", "take the party out, or name it"
        yield Finding("deal.party_unused", "warning", message, hint, f"parties.{name}")
