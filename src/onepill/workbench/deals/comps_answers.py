"""The `deal comps` operation: what comparable deals were announced, for how much, and how near they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from onepill.core.errors import Finding, InputError, sort_findings

if TYPE_CHECKING:
    from onepill.deals.comparables import Chosen, Deal, Wanted
    from onepill.model.schema import Programme
    from onepill.workbench.deals.comps_profile import Read
    from onepill.workbench.questions.comps import CompsAsk

Row = dict[str, Any]
PREDICTED = ("upfront_usd", "total_usd")
SHOWN_DEALS = 20
"""How many deals are told in full where no number is given."""
SHOWN = ("as_of.",)
"""Findings of a programme's file that bear on its day."""


def comps(ask: CompsAsk) -> Row:
    """Comparable deals: quantiles with their numbers, the deals with their sources, those nearest to a programme."""
    from onepill.deals.comparable_prediction import predict
    from onepill.deals.comparables import choose
    from onepill.workbench.deals import comps_words as words
    from onepill.workbench.deals.comps_profile import neighbour_rows
    from onepill.workbench.deals.comps_rows import (
        asked_amounts,
        benchmark_rows,
        deal_row,
        grouped_amounts,
        left_out,
        predictor_row,
    )

    deals = _table(ask)
    _check_filters(ask)
    read, findings = _programme(ask)
    wanted = _wanted(ask, deals, read)
    chosen = choose(deals, wanted)
    asked = _asked(read, wanted)
    shown = chosen.counted[: ask.limit or SHOWN_DEALS]
    return {
        "as_of": wanted.as_of.isoformat(),
        "table": _about(ask, deals, chosen),
        "filters": _filters(wanted),
        "money": words.MONEY,
        "n": len(chosen.counted),
        "counted": len(chosen.base),
        "not_counted": left_out(chosen),
        "quantiles": asked_amounts(chosen, wanted, draws=ask.draws, seed=ask.seed),
        "by_group": grouped_amounts(chosen.counted),
        "deals": [deal_row(deal) for deal in shown],
        "deals_left_off": len(chosen.counted) - len(shown),
        "programme": read.as_row() if read else None,
        "neighbours": neighbour_rows(read, chosen.counted, count=ask.nearest) if read else [],
        "predictor": {name: predictor_row(predict(chosen.base, name, asked)) for name in PREDICTED},
        "benchmarks": benchmark_rows(wanted.as_of),
        "findings": [one.as_row() for one in sort_findings([*findings, *_told(chosen, wanted)])],
    }


def _table(ask: CompsAsk) -> tuple[Deal, ...]:
    from onepill.workbench.deals.table import packaged_deals, read_deals

    return packaged_deals() if ask.own_table is None else read_deals(ask.own_table.text, ask.own_table.file)


def _check_filters(ask: CompsAsk) -> None:
    """Refuse words that no deal can have.

    Raises:
        InputError: `comps.word`, `comps.days`.
    """
    findings = [
        Finding("comps.word", "error", f"--{name}: no {name} {word!r}", f"one of: {', '.join(allowed)}", value=word)
        for field, (name, allowed) in filter_codes().items()
        for word in getattr(ask, field)
        if word not in allowed
    ]
    if ask.since and ask.until and ask.since > ask.until:
        message, hint = f"--since {ask.since} is after --until {ask.until}", "swap the two days"
        findings.append(Finding("comps.days", "error", message, hint, value=ask.since.isoformat()))
    if findings:
        raise InputError(findings[0].message, findings=findings)


def filter_codes() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Of each field that filters: what one of its codes is called, and all codes that a deal can have."""
    from onepill.deals.comparables import STAGES, STRUCTURES, TERRITORIES, UNRANKED_STAGES
    from onepill.model.schema import AREAS, MODALITIES

    return {
        "stages": ("stage", (*STAGES, *UNRANKED_STAGES)),
        "modalities": ("modality", MODALITIES),
        "areas": ("area", AREAS),
        "structures": ("structure", STRUCTURES),
        "territories": ("territory", TERRITORIES),
    }


def _programme(ask: CompsAsk) -> tuple[Read | None, list[Finding]]:
    if not ask.text:
        return None, []
    from onepill.model import load_programme
    from onepill.workbench.deals.comps_profile import read_profile

    loaded = load_programme(ask.text, file=ask.file, as_of=ask.as_of)
    programme: Programme = loaded.programme
    return read_profile(programme), [one for one in loaded.findings if one.code.startswith(SHOWN)]


def _wanted(ask: CompsAsk, deals: Sequence[Deal], read: Read | None) -> Wanted:
    from onepill.deals.comparables import Wanted

    return Wanted(
        as_of=ask.as_of or (read.profile.day if read else _newest(deals)),
        stages=tuple(ask.stages),
        modalities=tuple(ask.modalities),
        areas=tuple(ask.areas),
        structures=tuple(ask.structures),
        territories=tuple(ask.territories),
        since=ask.since,
        until=ask.until,
        licensor=ask.licensor.strip(),
        licensee=ask.licensee.strip(),
        with_biosimilars=ask.with_biosimilars,
        verified_only=ask.verified_only,
    )


def _newest(deals: Sequence[Deal]) -> date:
    """The last day that the table tells of: an announcement or an end."""
    return max(day for deal in deals for day in (deal.announced_on, deal.status_on) if day is not None)


def _asked(read: Read | None, wanted: Wanted) -> dict[str, str | float] | None:
    """What the predictor is asked of the programme; the structure only where the filters name a single one."""
    if read is None:
        return None
    profile = read.profile
    told = {"stage": profile.stage, "modality": profile.modality, "area": profile.area}
    if len(wanted.structures) == 1:
        told["structure"] = wanted.structures[0]
    return {**{name: value for name, value in told.items() if value is not None}, "year": float(profile.day.year)}


def _about(ask: CompsAsk, deals: Sequence[Deal], chosen: Chosen) -> Row:
    from onepill.workbench.deals.table import PACKAGED

    days = [deal.announced_on for deal in deals]
    return {
        "file": ask.own_table.file if ask.own_table else PACKAGED,
        "is_packaged": ask.own_table is None,
        "rows": len(deals),
        "first_day": min(days).isoformat(),
        "last_day": max(days).isoformat(),
        "by_source_kind": dict(sorted(Counter(deal.source_kind for deal in chosen.base).items())),
        "by_source_grade": dict(sorted(Counter(deal.source_grade for deal in chosen.base).items())),
    }


def _filters(wanted: Wanted) -> Row:
    """The filters that are set."""
    told = {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(wanted).items()}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in told.items() if v and name != "as_of"}


def _told(chosen: Chosen, wanted: Wanted) -> list[Finding]:
    from onepill.deals.comparable_amounts import FEWEST

    n, findings = len(chosen.counted), []
    unread = sum(deal.source_grade == "unverified" for deal in chosen.counted)
    if n == 0:
        message = f"no deal that counts on {wanted.as_of} has all the features asked for"
        findings.append(
            Finding("comps.none", "warning", message, "leave out a filter, or ask as of a later day", value=0)
        )
    elif n < FEWEST:
        message = f"{n} deals are too few for quantiles: the cases and a pooled estimate are told"
        findings.append(Finding("comps.few", "note", message, "leave out a filter for more cases", value=n))
    if unread:
        message = f"{unread} of {n} deals name their filing, but their terms were not read again"
        findings.append(
            Finding("comps.unverified", "note", message, "to leave these out, count verified terms only", value=unread)
        )
    return findings
