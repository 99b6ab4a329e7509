"""Writes down where a file's plain numbers and days come from: those whose source stands beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from onepill.core.provenance import Ledger, Provenance, Source
from onepill.model.checks import values_of
from onepill.model.patient_flow import Competition
from onepill.model.payer_path import Access
from onepill.model.schema import Done, FilingDone, Market, Programme
from onepill.model.types import SourceText
from onepill.model.values import Value
from onepill.workbench.common import ledger as notes

UNUSED = "not used on this plan's day"
BESIDE = {"proof_of_concept": "used by the lean proof of concept alone"}
"""Sections that a passport does not read."""


@dataclass(frozen=True)
class Plain:
    """A number or a day of the file; `is_given` is False where it is the schema's default."""

    path: str
    value: Any
    unit: str
    source: SourceText | None = None
    assumption: str = ""
    is_given: bool = True
    note: str = ""


def note_plain_inputs(ledger: Ledger, programme: Programme) -> None:
    """Note every plain number that the file gives or the schema defaults, and every value that nothing asked for."""
    parts = (_capital, _upstream, _markets, _facts, _conditions)
    for plain in (plain for part in parts for plain in part(programme)):
        if not isinstance(plain.value, Value):  # which brings its own source
            ledger.add(_entry(plain))
    for path, value in values_of(programme):
        known = value_path(path)
        if ledger.get(known) is None:
            why = BESIDE.get(path.partition(".")[0], UNUSED)
            notes.note_user(ledger, known, replace(value, note=value.note or why))


def value_path(path: str) -> str:
    """The dotted path of a value as provenance writes it: the ids of filings and markets in lower case."""
    head, _, rest = path.partition(".")
    if head not in ("filings", "markets"):
        return path
    name, _, field = rest.partition(".")
    return f"{head}.{name.lower()}.{field}"


def _entry(plain: Plain) -> Provenance:
    source = Source(**plain.source.model_dump()) if plain.source else None
    is_assumed = not source and (bool(plain.assumption) or not plain.is_given)
    note = plain.assumption or plain.note or ("" if plain.is_given else "the programme file's default")
    return Provenance(
        plain.path,
        plain.value,
        plain.unit,
        "assumption" if is_assumed else "user",
        "secondary" if source else "unverified",
        source,
        note=note,
    )


def _capital(programme: Programme) -> Iterator[Plain]:
    capital = programme.capital
    is_given = "horizon_years" in capital.model_fields_set
    yield Plain("capital.horizon_years", capital.horizon_years, "years", is_given=is_given)
    for code, rate in capital.exchange_rates.items():
        path, note = f"capital.exchange_rates.{code.lower()}", f"of {rate.date}, constant after the plan's day"
        yield Plain(path, rate.per_usd, f"{code} per USD", rate.source, note=note)


def _upstream(programme: Programme) -> Iterator[Plain]:
    for i, licence in enumerate(programme.rights.upstream):
        for j, tier in enumerate(licence.royalty):
            path = f"rights.upstream.{i}.royalty.{j}"
            yield Plain(f"{path}.rate", tier.rate, "share", licence.source, licence.assumption)
            yield Plain(f"{path}.above_usd", tier.above_usd, "USD", licence.source, licence.assumption)


def _facts(programme: Programme) -> Iterator[Plain]:
    """The days of what already happened."""
    parts: dict[str, Done | FilingDone] = {f"development.{n}": stage.done for n, stage in programme.development.items()}
    parts |= {f"filings.{n.lower()}": filing.done for n, filing in programme.filings.items()}
    for path, done in parts.items():
        for event in (name for name in type(done).model_fields if name != "source"):
            day = getattr(done, event)
            if day is not None:
                yield Plain(f"{path}.done.{event}", day.isoformat(), "day", done.source)

    for code, kinds in programme.gates.items():
        for kind, state in kinds.items():
            if state.done is not None:
                yield Plain(f"gates.{code.lower()}.{kind}.done", state.done.isoformat(), "day", state.source)
    for name, dossier in programme.dossiers.items():
        if dossier.data_cut is not None:
            yield Plain(f"dossiers.{name}.data_cut", dossier.data_cut.isoformat(), "day")


def _conditions(programme: Programme) -> Iterator[Plain]:
    """The answers to the rulebook's vocabulary."""
    parts = {"": programme.conditions} | {f"filings.{n.lower()}.": f.conditions for n, f in programme.filings.items()}
    for path, answers in parts.items():
        for term, answer in answers.items():
            yield Plain(f"{path}conditions.{term}", answer.value, "flag", answer.source, answer.assumption)


def _markets(programme: Programme) -> Iterator[Plain]:
    for name, market in programme.markets.items():
        yield from _market(f"markets.{name.lower()}", market)


def _competition(path: str, given: Competition | None) -> Iterator[Plain]:
    """The class on the plan's day, and the days and numbers of entrants."""
    if given is None:
        return
    said = (given.source, given.assumption, given.in_class is not None or given.order is not None)
    yield Plain(f"{path}.in_class", given.others, "count", *said)
    yield Plain(f"{path}.order", given.own_order, "count", *said)
    for i, entrant in enumerate(given.entrants):
        about, where = (entrant.source, entrant.assumption), f"{path}.entrants.{i}"
        yield Plain(f"{where}.count", entrant.count, "count", *about)
        if entrant.day is not None:
            yield Plain(f"{where}.day", entrant.day.isoformat(), "day", *about)


def _access(path: str, access: Access) -> Iterator[Plain]:
    for name, day in access.done.items():
        yield Plain(f"{path}.done.{name}", day.isoformat(), "day")
    for name, state in access.states.items():
        if state.uptake is not None:
            where, uptake = f"{path}.states.{name}.uptake.years_to_peak", state.uptake
            yield Plain(where, uptake.years_to_peak, "years", uptake.source, uptake.assumption)
    for name, move in access.transitions.items():
        if move.rounds is not None:
            yield Plain(f"{path}.transitions.{name}.rounds", move.rounds, "count")
    if access.instalments is not None:
        yield Plain(f"{path}.instalments.years", access.instalments.years, "years")
    if access.tariff is not None and access.tariff.since is not None:
        yield Plain(f"{path}.tariff.since", access.tariff.since.isoformat(), "day")


def _market(path: str, market: Market) -> Iterator[Plain]:
    is_given = "growth_per_year" in market.model_fields_set
    yield Plain(f"{path}.growth_per_year", market.growth_per_year, "rate", is_given=is_given)
    for i, payer in enumerate(market.payers):
        yield Plain(f"{path}.payers.{i}.patient_share", payer.patient_share, "share", payer.source, payer.assumption)
        yield Plain(f"{path}.payers.{i}.price_share", payer.price_share, "share", payer.source, payer.assumption)
    for i, step in enumerate(market.price_steps):
        yield Plain(f"{path}.price_steps.{i}.factor", step.factor, "share", step.source, step.assumption)
    if market.launched:
        yield Plain(f"{path}.launched", market.launched.isoformat(), "day", market.launch_source)
    yield from _competition(f"{path}.competition", market.competition)
    if market.patients is not None and market.patients.prevalence is not None:
        pool, where = market.patients.prevalence, f"{path}.patients.prevalence.treated_over_years"
        yield Plain(where, pool.treated_over_years, "years", pool.source, pool.assumption)
    if market.access is not None:
        yield from _access(f"{path}.access", market.access)
    rule, path = market.loss_of_exclusivity, f"{path}.loss_of_exclusivity"
    if rule.patent is not None:
        yield Plain(f"{path}.patent", rule.patent.isoformat(), "day", rule.source, rule.assumption)
    if rule.exclusivity_years is not None:
        yield Plain(f"{path}.exclusivity_years", rule.exclusivity_years, "years", rule.source, rule.assumption)
    is_given = "retained_share" in rule.model_fields_set
    yield Plain(
        f"{path}.retained_share",
        rule.retained_share,
        "share",
        rule.source if is_given else None,
        rule.assumption,
        is_given,
    )
