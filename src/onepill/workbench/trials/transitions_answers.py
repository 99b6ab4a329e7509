"""The `success transitions` operation: rates between phases counted from a warehouse, published figures beside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from onepill.core.errors import Finding, InputError

if TYPE_CHECKING:
    from datetime import date

    from onepill.evidence import Counted, Followed, RateTable, Span
    from onepill.evidence.transition_tables import Printed
    from onepill.evidence.transitions import Wait
    from onepill.workbench.landscape.world import LoadedWorld
    from onepill.workbench.questions.transitions import TransitionsAsk
    from onepill.workbench.trials.transitions_world import Pairs

Row = dict[str, Any]
UNKNOWN_LEVEL = "unknown"
BAND_YEARS = 5
"""Calendar years of one period."""


def transitions(ask: TransitionsAsk) -> Row:
    """Shares of programmes that pass from phase to phase, counted from the warehouse as of a day, with limits."""
    from onepill.store.places import warehouse_folder
    from onepill.workbench.landscape.world import loaded_world

    areas = _areas(ask)
    return transitions_in(loaded_world(warehouse_folder(ask.warehouse)), ask, areas=areas)


def transitions_in(loaded: LoadedWorld, ask: TransitionsAsk, *, areas: list[str]) -> Row:
    """The answer over a world that is open."""
    from onepill.evidence.base_rates import table_about
    from onepill.evidence.transition_tables import SHOWN_TABLES
    from onepill.workbench.trials.transitions_texts import ASSUMPTIONS
    from onepill.workbench.trials.transitions_world import Counting, pairs_on

    day = ask.on or loaded.inputs.snapshot_day
    span = _span(ask, day)
    found = pairs_on(loaded, Counting(day, ask.with_academic, not ask.without_combinations, ask.hindsight))
    filters = {"area": areas, "modality": list(ask.modalities), "origin": _origins(ask)}
    findings = list(_unknown_words(found, filters))
    chosen = _filtered(found, filters)
    findings += _findings(chosen)
    return {
        "warehouse": str(loaded.root),
        "generation": loaded.generation,
        "as_of": day.isoformat(),
        "as_of_method": loaded.world.as_of_method(day),
        "annotations": "hindsight" if ask.hindsight else "as_known",
        "period": {"from_year": ask.from_year, "to_year": ask.to_year},
        "filters": filters,
        "pairs": len(chosen.area),
        "drugs": len(set(chosen.histories.drug.tolist())),
        "left_out": dict(found.left_out),
        "approvals": dict(found.histories.approvals),
        "waits": _wait_rows(ask),
        "cells": list(_cells(chosen, ask, span, filters)),
        "tables": [{"key": key, **table_about(key)} for key in SHOWN_TABLES],
        "assumptions": [dict(text) for text in ASSUMPTIONS],
        "findings": [finding.as_row() for finding in findings],
    }


def _areas(ask: TransitionsAsk) -> list[str]:
    from onepill.evidence import AREAS

    for area in ask.areas:
        if area not in AREAS:
            hint = f"choose {', '.join(AREAS)}"
            raise InputError.single("area.unknown", f"no area {area!r}", hint=hint, path="areas", value=area)
    return [] if "all" in ask.areas else list(dict.fromkeys(ask.areas))


def _origins(ask: TransitionsAsk) -> list[str]:
    from onepill.workbench.landscape.question import origin_code

    return list(dict.fromkeys(origin_code(one) for one in ask.origins))


def _span(ask: TransitionsAsk, day: date) -> Span:
    """The days that count, none after the day asked for."""
    from datetime import date as civil

    from onepill.evidence import Span

    first, last = ask.from_year, ask.to_year
    if first is not None and last is not None and first > last:
        message, hint = f"the period from {first} to {last} holds no year", "write the earlier year at --from"
        raise InputError.single("transitions.period", message, hint=hint, path="from_year", value=first)
    if first is not None and first > day.year:
        message, hint = f"the period begins in {first}, after the day {day}", f"write --from {day.year} or earlier"
        raise InputError.single("transitions.period", message, hint=hint, path="from_year", value=first)
    start = civil(first, 1, 1).toordinal() if first is not None else 1
    end = min(day, civil(last, 12, 31)) if last is not None else day
    return Span(start, end.toordinal())


def _unknown_words(found: Pairs, filters: dict[str, list[str]]) -> Iterator[Finding]:
    """A modality or an origin that no pair of the warehouse has is told, with those that there are."""
    for name in ("modality", "origin"):
        held = sorted({str(one) for one in getattr(found, name)} - {""})
        for word in filters[name]:
            if word not in held:
                message = f"no programme of the warehouse has the {name} {word!r} on that day"
                hint = f"known are {', '.join(held)}" if held else "load a source of targets and modalities"
                yield Finding(f"transitions.{name}", "warning", message, hint, value=word)


def _findings(chosen: Pairs) -> Iterator[Finding]:
    if not len(chosen.area):
        message = "no drug-indication pair with a trial of phase 1 to 3 is left to count"
        without = chosen.left_out["trial_without_condition"]
        mesh = f"; {without:,} trials name no known condition: `onepill registry load mesh PATH`" if without else ""
        yield Finding("transitions.empty", "warning", message, f"ask for more, or load more of a registry{mesh}")
    elif not chosen.histories.approvals["placed"]:
        message = "no dated approval belongs to a programme, so that none passes phase 3"
        hint = "load approvals with days, such as `onepill registry load drugsatfda PATH` or `ema`"
        yield Finding("transitions.no_approvals", "warning", message, hint)
    if number := int(chosen.is_open_ended.sum()):
        message = f"{number:,} programmes of drugs listed as approved without a day are left out of steps to approval"
        hint = "load approvals with days; without them the share that reaches approval is too low"
        yield Finding("transitions.undated", "note", message, hint, value=number)


def _filtered(found: Pairs, filters: dict[str, list[str]]) -> Pairs:
    import numpy as np

    where = np.ones(len(found.area), dtype=np.bool_)
    for name, words in filters.items():
        if words:
            where &= np.isin(getattr(found, name), words)
    return found.only(where)


def wait_of(dormant_years: float | None) -> Wait:
    """Days without new evidence after which a pair counts as given up: as asked for, else the default of each phase."""
    from onepill.core.dates import DAYS_PER_YEAR
    from onepill.evidence import default_wait

    if dormant_years is None:
        return default_wait()
    days = round(dormant_years * DAYS_PER_YEAR)
    return days, days, days


def _wait_rows(ask: TransitionsAsk) -> list[Row]:
    origin = "assumption" if ask.dormant_years is None else "user"
    waits = zip(("phase_1", "phase_2", "phase_3"), wait_of(ask.dormant_years), strict=True)
    return [{"phase": phase, "days": days, "origin": origin} for phase, days in waits]


def _cells(chosen: Pairs, ask: TransitionsAsk, span: Span, filters: dict[str, list[str]]) -> Iterator[Row]:
    """Each step of all, of each area, modality and origin, and of each period; levels that nobody has are left out."""
    for group, level, pairs, days in _groups(chosen, span):
        cells = list(_steps(pairs, ask, days))
        if group == "all" or any(_holds_any(cell) for cell in cells):
            for cell in cells:
                printed = _printed(cell["step"], group, level, filters)
                yield {"group": group, "level": level, **cell, "published": [_printed_row(one) for one in printed]}


def _groups(chosen: Pairs, span: Span) -> Iterator[tuple[str, str, Pairs, Span]]:
    yield "all", "all", chosen, span
    for group in ("area", "modality", "origin"):
        column = getattr(chosen, group)
        for level in sorted(set(column.tolist()), key=lambda word: (not word, word)):
            yield group, level or UNKNOWN_LEVEL, chosen.only(column == level), span
    if len(chosen.area):
        for name, days in _periods(chosen, span):
            yield "period", name, chosen, days


def _periods(chosen: Pairs, span: Span) -> Iterator[tuple[str, Span]]:
    """Bands of five calendar years from the first evidence to the end of the span."""
    from datetime import date as civil

    from onepill.evidence import Span

    begin = max(span.start, int(chosen.histories.first.min()))
    first, last = civil.fromordinal(begin).year, civil.fromordinal(span.end).year
    for year in range(first - first % BAND_YEARS, last + 1, BAND_YEARS):
        end = year + BAND_YEARS - 1
        start_day, end_day = civil(year, 1, 1).toordinal(), civil(end, 12, 31).toordinal()
        yield f"{year}-{end}", Span(max(span.start, start_day), min(span.end, end_day))


def _steps(pairs: Pairs, ask: TransitionsAsk, span: Span) -> Iterator[Row]:
    from onepill.evidence import STEPS, followed, path_by_path, phase_by_phase

    wait = wait_of(ask.dormant_years)
    dated = pairs.histories.only(~pairs.is_open_ended)
    for step, (begin, end) in STEPS.items():
        histories = dated if step.endswith("approval") else pairs.histories
        is_single = end == begin + 1
        yield {
            "step": step,
            "survival": _followed(followed(histories, step, span=span, years=ask.within_years)),
            "path_by_path": _counted(path_by_path(histories, step, span=span, wait=wait)),
            "phase_by_phase": _counted(phase_by_phase(histories, step, span=span, wait=wait)) if is_single else None,
        }


def _holds_any(cell: Row) -> bool:
    """Whether a programme is counted; those that run belong to no period of phase by phase, and show nothing there."""
    path, phase = cell["path_by_path"], cell["phase_by_phase"]
    return bool(cell["survival"]["n"] or path["n"] or path["running"] or (phase and phase["n"]))


def _followed(found: Followed) -> Row:
    within = [
        {"years": one.time, "prob": one.share, "low": one.low, "high": one.high, "at_risk": one.followed}
        for one in found.within
    ]
    counts = {"n": found.n, "events": found.events, "censored": found.censored}
    return {**counts, "already_further": found.already_further, "within": within, "median_years": found.median_years}


def _counted(found: Counted) -> Row:
    return {**vars(found), "given_up": found.n - found.advanced}


def _printed(step: str, group: str, level: str, filters: dict[str, list[str]]) -> tuple[Printed, ...]:
    """Figures of the same cell alone: no table is cut by origin or period, none by area and modality at once."""
    from onepill.evidence import printed_beside

    if group in ("origin", "period") or filters["origin"] or level == UNKNOWN_LEVEL:
        return ()
    areas = [level] if group == "area" else filters["area"]
    modalities = [level] if group == "modality" else filters["modality"]
    if len(areas) + len(modalities) > 1:
        return ()
    return printed_beside(step, area=areas[0] if areas else "all", modality=modalities[0] if modalities else "")


def _printed_row(found: Printed) -> Row:
    return {**vars(found), "source": found.source.as_row()}


def registry_rates(warehouse: str | None, day: date) -> RateTable:
    """The table of base rates that a warehouse's transitions make, counted phase by phase as of a day.

    Raises:
        InputError: `success.registry_absent` where the warehouse is empty, `registry_rates.empty` where a step has no
            programme that ended it by the day.
    """
    from onepill.core.provenance import Source
    from onepill.evidence import default_wait, registry_counts, registry_table
    from onepill.store.places import warehouse_folder
    from onepill.workbench.landscape.world import loaded_world
    from onepill.workbench.trials.transitions_world import Counting, pairs_on

    root = warehouse_folder(warehouse)
    try:
        loaded = loaded_world(root)
    except InputError as error:
        if not any(finding.code == "landscape.empty" for finding in error.findings):
            raise
        message = "no transitions between phases can be counted: the warehouse holds no trials"
        hint = "load a registry (onepill registry load ctgov FILE) or take bio or wong"
        raise InputError.single("success.registry_absent", message, hint=hint, value=str(root)) from None
    found = pairs_on(loaded, Counting(day))
    counts = registry_counts(
        found.histories,
        found.area.tolist(),
        found.modality.tolist(),
        wait=default_wait(),
        is_open_ended=found.is_open_ended,
    )
    title = f"transitions of the loaded registries, warehouse generation {loaded.generation}"
    return registry_table(counts, source=Source(title=title, date=min(day, loaded.inputs.snapshot_day).isoformat()))


def registry_about(day: date) -> dict[str, str]:
    """Name, window, way of counting and note of that table, for a footnote."""
    return {
        "name": "transitions of the loaded registries",
        "window": f"up to {day.isoformat()}",
        "counting": "phase by phase: advanced / (advanced + given up); given up after no new trial for some years",
        "note": "onepill success transitions shows the counts, their limits and what is assumed",
    }
