"""What a schema cannot say: references, cycles, currencies, order of events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from graphlib import CycleError, TopologicalSorter

from onepill.core.errors import Finding
from onepill.model.evidence_checks import check_evidence
from onepill.model.patient_checks import check_patients
from onepill.model.payer_checks import check_access
from onepill.model.proof_of_concept_checks import check_proof_of_concept
from onepill.model.regulatory_checks import check_regulatory
from onepill.model.schema import Market, Programme, Stage
from onepill.model.types import JURISDICTIONS, Closed
from onepill.model.values import Value, high_end

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2040, 12, 31)
"""The days as of which a plan can be made."""
EVENTS = ("started", "finished", "succeeded", "failed")


def check_programme(programme: Programme) -> list[Finding]:
    """All findings about a programme that is valid by its schema."""
    checks = (
        check_regulatory,
        check_proof_of_concept,
        check_evidence,
        check_patients,
        check_access,
        _day,
        _references,
        _cycles,
        _currencies,
        _factors,
        _order,
        _indications,
        _stage_regions,
        _jurisdictions,
        _price_steps,
        _payers,
    )
    return [finding for check in checks for finding in check(programme)]


def _error(code: str, message: str, path: str, hint: str, value: object = None) -> Finding:
    return Finding(code, "error", message, hint, path, value=value)


def stage_prerequisites(programme: Programme) -> dict[str, list[str]]:
    """The prerequisites of each stage, dossier and filing (`filings.us`), as typed."""
    stages = {name: _items(stage.after) for name, stage in programme.development.items()}
    dossiers = {f"dossiers.{name}": _items(dossier.after) for name, dossier in programme.dossiers.items()}
    filings = {
        f"filings.{name.lower()}": _items(filing.after) + ([f"dossiers.{filing.dossier}"] if filing.dossier else [])
        for name, filing in programme.filings.items()
    }
    return {**stages, **dossiers, **filings}


def _items(after: dict[str, list[str]]) -> list[str]:
    return [item for items in after.values() for item in items]


def split_event(text: str) -> tuple[str, str]:
    """`phase_3:failed` is (phase_3, failed); an id alone means that it succeeded."""
    name, _, event = text.partition(":")
    return name, event or "succeeded"


def _known_targets(programme: Programme) -> set[str]:
    filings = {f"filings.{name.lower()}" for name in programme.filings}
    return {*programme.development, *filings}


def _day(programme: Programme) -> Iterator[Finding]:
    if not FIRST_DAY <= programme.as_of <= LAST_DAY:
        hint = f"a day from {FIRST_DAY} to {LAST_DAY}: calendars end in 2080, and a plan looks up to 40 years ahead"
        yield _error("as_of.range", f"no plan can be made as of {programme.as_of}", "as_of", hint, str(programme.as_of))


def _references(programme: Programme) -> Iterator[Finding]:
    known = _known_targets(programme)
    groups = [(f"development.{name}", _items(stage.after), "after") for name, stage in programme.development.items()]
    groups += [(f"development.{name}", stage.stops_on, "stops_on") for name, stage in programme.development.items()]
    groups += [(f"filings.{name}", _items(filing.after), "after") for name, filing in programme.filings.items()]
    groups += [(f"dossiers.{name}", _items(dossier.after), "after") for name, dossier in programme.dossiers.items()]
    groups += [(f"markets.{name}", market.ends_on, "ends_on") for name, market in programme.markets.items()]
    for path, items, key in groups:
        yield from (_bad_reference(item, f"{path}.{key}", known) for item in items if not _resolves(item, known))
    for name, market in programme.markets.items():
        if _filing_of(name, market) not in {key.lower() for key in programme.filings} and market.launched is None:
            hint = "add the filing, name another with filing:, or give the day of launch with launched:"
            yield _error("market.no_filing", f"market {name} has no filing", f"markets.{name}", hint, market.filing)


def _filing_of(name: str, market: Market) -> str:
    return (market.filing or name).lower()


def _resolves(item: str, known: set[str]) -> bool:
    name, event = split_event(item)
    events = (*EVENTS, "approved", "submitted", "refused") if name.startswith("filings.") else EVENTS
    return name in known and event in events


def _bad_reference(item: str, path: str, known: set[str]) -> Finding:
    hint = f"known: {', '.join(sorted(known)) or 'none'}; events: {', '.join(EVENTS)} (phase_3:failed)"
    return _error("reference.unknown", f"{item!r} is no stage, filing or event of this file", path, hint, item)


def _cycles(programme: Programme) -> Iterator[Finding]:
    """One finding for each cycle; a stage waits for what it starts after and for what stops it."""
    edges = {name: [split_event(item)[0] for item in items] for name, items in stage_prerequisites(programme).items()}
    for name, stage in programme.development.items():
        edges[name] += [split_event(item)[0] for item in stage.stops_on]
    while cycle := _find_cycle(edges):
        path = cycle[0] if cycle[0].startswith(("filings.", "dossiers.")) else f"development.{cycle[0]}"
        hint = "take one of these links out"
        yield _error("plan.cycle", f"each waits for the next: {' → '.join(cycle)}", f"{path}.after", hint)
        for name in cycle:
            edges.pop(name, None)


def _find_cycle(edges: dict[str, list[str]]) -> list[str]:
    """Names along a cycle, the first repeated at its end; empty where there is none."""
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        # The standard library lists each name before the one that waits for it.
        return list(reversed(error.args[1]))
    return []


def values_of(document: Closed) -> Iterator[tuple[str, Value]]:
    """Every typed value of a programme or a deal with its dotted path (ids as in the file)."""
    yield from _walk(document, "")


def _walk(node: object, path: str) -> Iterator[tuple[str, Value]]:
    if isinstance(node, Value):
        yield path, node
    elif hasattr(node, "model_fields_set"):
        for name in type(node).model_fields:  # type: ignore[attr-defined]  # pydantic models only
            yield from _walk(getattr(node, name), f"{path}.{name}" if path else name)
    elif isinstance(node, dict):
        for key, item in node.items():
            yield from _walk(item, f"{path}.{key}")
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from _walk(item, f"{path}.{index}")


def _currencies(programme: Programme) -> Iterator[Finding]:
    rates = {"USD", *programme.capital.exchange_rates}
    for path, value in values_of(programme):
        if len(value.unit) == 3 and value.unit.isupper() and value.unit not in rates:
            hint = f"add capital.exchange_rates.{value.unit}: {{per_usd: …, date: …, source: …}}"
            yield _error("currency.no_rate", f"there is no exchange rate for {value.unit}", path, hint, value.text)
    if "USD" in programme.capital.exchange_rates:
        path, hint = "capital.exchange_rates.USD", "take it out: one US dollar is one US dollar"
        yield _error("currency.base", "the US dollar needs no exchange rate", path, hint)
    for code, rate in programme.capital.exchange_rates.items():
        if rate.date > programme.as_of:
            hint = "use a rate of the day or before"
            path = f"capital.exchange_rates.{code}.date"
            message = f"the {code} rate is dated {rate.date}, after {programme.as_of}"
            yield Finding("currency.later_rate", "warning", message, hint, path, value=rate.date.isoformat())


def _factors(programme: Programme) -> Iterator[Finding]:
    for path, value in values_of(programme):
        for name, _ in value.factors:
            if name not in programme.factors:
                hint = f"declare it: factors: {{{name}: what it stands for}}"
                yield _error("factors.unknown", f"{name!r} is not a declared factor", path, hint, name)


def _price_steps(programme: Programme) -> Iterator[Finding]:
    for name, market in programme.markets.items():
        days = [step.since for step in market.price_steps]
        for index, day in enumerate(days):
            if day in days[:index]:
                path, hint = f"markets.{name}.price_steps.{index}", "keep the one that holds from that day on"
                yield _error("market.same_day", f"two price steps begin on {day}", path, hint, day.isoformat())


def _payers(programme: Programme) -> Iterator[Finding]:
    for name, market in programme.markets.items():
        shares = [payer.patient_share for payer in market.payers]
        covered = sum(high_end(share) for share in shares)
        if covered > 1 + 1e-9:
            message, hint = f"the payers cover {covered:.2f} of the patients", "the shares sum to at most 1"
            if any(isinstance(share, Value) for share in shares):
                message = f"the payers may cover {covered:.2f} of the patients"
                hint = "the high ends of the shares sum to at most 1"
            yield _error("payers.share", message, f"markets.{name}.payers", hint, covered)


def _order(programme: Programme) -> Iterator[Finding]:
    for name, stage in programme.development.items():
        yield from _stage_order(name, stage)
    for name, filing in programme.filings.items():
        decided = filing.done.approved or filing.done.refused
        days = [day for day in (filing.done.submitted, filing.done.accepted, decided) if day]
        if filing.done.approved and filing.done.refused:
            path = f"filings.{name}.done"
            yield _error("done.outcome", f"filing {name} is both approved and refused", path, "keep one of the two")
        if days != sorted(days):
            hint = "submitted, accepted and the decision come in this order"
            yield _error("done.order", f"the events of filing {name} are out of order", f"filings.{name}.done", hint)


def _stage_order(name: str, stage: Stage) -> Iterator[Finding]:
    done, path = stage.done, f"development.{name}.done"
    ends = [day for day in (done.finished, done.succeeded, done.failed) if day]
    if done.succeeded and done.failed:
        yield _error("done.outcome", f"stage {name} has both succeeded and failed", path, "keep one of the two")
    if ends and done.started and min(ends) < done.started:
        yield _error("done.order", f"stage {name} ends before it starts", path, "check the days")
    if ends and not done.started:
        hint = "add done.started, or leave both out"
        yield _error("done.no_start", f"stage {name} has ended but has no start", path, hint)
    if done.finished and not (done.succeeded or done.failed):
        hint = "say succeeded: DAY or failed: DAY"
        message = f"stage {name} is finished but its outcome is not known"
        yield Finding("done.no_outcome", "warning", message, hint, path)


def _indications(programme: Programme) -> Iterator[Finding]:
    known = programme.all_indications()
    if not known:
        hint = "add indication: {name: …, area: oncology}"
        yield _error("indication.missing", "the programme names no indication", "indication", hint)
    if programme.indication and "main" in programme.indications:
        hint = "give the one below indications another id"
        yield _error(
            "indication.repeated", "indication is main, and indications has a main too", "indications.main", hint
        )
    users = [(f"development.{n}", s.indication) for n, s in programme.development.items()]
    users += [(f"filings.{n}", f.indication) for n, f in programme.filings.items()]
    users += [(f"markets.{n}", m.indication) for n, m in programme.markets.items()]
    for path, used in users:
        if used is not None and used not in known:
            hint = f"known: {', '.join(known)}"
            yield _error(
                "indication.unknown", f"{used!r} is not an indication of this file", f"{path}.indication", hint, used
            )
        if used is None and len(known) > 1:
            hint = f"name one of: {', '.join(known)}"
            yield _error("indication.which", f"{path} does not say which indication", path, hint)


def _stage_regions(programme: Programme) -> Iterator[Finding]:
    for name, stage in programme.development.items():
        spans = [value for value in (stage.duration, stage.start_up) if value is not None]
        if any(span.unit == "wd" for span in spans) and stage.calendar is None and len(set(stage.regions)) != 1:
            hint = "add calendar: CN (one of its regions)"
            message = f"stage {name} counts working days, and it is open of which calendar"
            yield _error("stage.calendar", message, f"development.{name}", hint)
        outside = [region for region in stage.held if region not in stage.regions]
        if outside:
            hint = "add them to regions, or take them out"
            message = f"stage {name} holds the authorisation of {', '.join(outside)}, where it does not run"
            yield Finding("stage.held", "warning", message, hint, f"development.{name}.held")


def _jurisdictions(programme: Programme) -> Iterator[Finding]:
    """A filing or a market that names no jurisdiction is called after one."""
    for group, items in (("filings", programme.filings), ("markets", programme.markets)):
        for name, item in items.items():
            if item.jurisdiction is None and name.upper() not in JURISDICTIONS:
                hint = f"name a known one with jurisdiction: US (known: {', '.join(JURISDICTIONS)})"
                message = f"{group[:-1]} {name!r} is in no known jurisdiction"
                yield _error("jurisdiction.unknown", message, f"{group}.{name}", hint, name)
        for name in items:
            twins = [other for other in items if other.lower() == name.lower()]
            if len(twins) > 1 and name == twins[-1]:
                hint = "ids are compared in lower case; rename one"
                message = f"{' and '.join(twins)} are one id"
                yield _error("id.repeated", message, f"{group}.{name}", hint, name)
