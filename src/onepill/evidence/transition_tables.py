"""Published figures for the cell that was counted, and counted transitions as a table of base rates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from onepill.core.provenance import Source
from onepill.evidence.base_rates import base_rate, chained_rate, gates_for, printed_cumulative
from onepill.evidence.durations import default_duration
from onepill.evidence.rate_tables import TransitionCount, published_table
from onepill.evidence.transition_histories import Flags, Histories
from onepill.evidence.transitions import STEPS, Span, Wait, phase_by_phase
from onepill.stats import wilson_interval

SHOWN_TABLES = ("bio", "wong")
"""Published tables that are shown beside what was counted."""
MODALITY_ROWS: Mapping[str, str] = {
    "small_molecule": "small_molecule",
    "antibody": "monoclonal_antibody",
    "bispecific_antibody": "monoclonal_antibody",
    "antibody_drug_conjugate": "antibody_drug_conjugate",
    "protein": "protein",
    "peptide": "peptide",
    "gene_therapy": "gene_therapy",
    "vaccine": "vaccine",
    "sirna": "sirna",
    "aso": "antisense",
}
"""Rows of the published tables by the landscape's word; bispecific antibodies take that of antibodies."""
_PRODUCTS = {("bio", "phase_3_to_approval"): ("phase_3_to_filing", "filing_to_approval")}
"""Steps that a table has only as a product of its gates."""
GAP_DAYS = (360, 540, 900)
"""Days between the end of a phase's trial and a sign of the next. 900 is Wong, Siah and Lo's (2019): six months to file
and twenty-four to decide; the others are an assumption."""


@dataclass(frozen=True)
class Printed:
    """What a publication prints for the same cell.

    Attributes:
        row: the publication's own row. prob: 0 to 1. low, high: 95 % Wilson limits; None for a figure without n.
    """

    table: str
    row: str
    prob: float
    low: float | None
    high: float | None
    n: int | None
    is_product: bool
    source: Source


def printed_beside(step: str, *, area: str = "all", modality: str = "") -> tuple[Printed, ...]:
    """The figures of each shown table for an area, or for a modality of all areas; none where it prints none.

    Args:
        modality: the landscape's word; where given, `area` must be `all`.
    """
    found = (_by_modality if modality else _by_area)(step, modality or area)
    return tuple(found)


def _by_area(step: str, area: str) -> Iterator[Printed]:
    for table in SHOWN_TABLES:
        parts = _PRODUCTS.get((table, step), (step,))
        if set(parts) <= set(gates_for(table)):
            rate = chained_rate(area, parts, table=table, quantity=step)
            cell = (rate.prob, rate.low, rate.high, rate.n)
            yield Printed(table, rate.area_used, *cell, is_product=len(parts) > 1, source=rate.source)
        elif (prob := printed_cumulative(area, step, table=table)) is not None:
            first = base_rate(area, "phase_1_to_2", table=table)
            yield Printed(table, first.area_used, prob, None, None, None, is_product=False, source=first.source)


def _by_modality(step: str, modality: str) -> Iterator[Printed]:
    table, row = published_table("bio"), MODALITY_ROWS.get(modality, "")
    if step not in table.gates or not row:
        return
    prob, n = table.cuts["modality"].population[step][row].cell
    low, high = wilson_interval(prob * n, n)
    yield Printed(table.key, row, prob, low, high, int(n), is_product=False, source=table.source)


def default_wait() -> Wait:
    """Days without new evidence after which a pair counts as given up, for phases 1 to 3.

    The median time of one trial of the phase (data/stage_durations.json) and `GAP_DAYS`: evidence is the beginning of a
    trial, and a registry does not say that a programme was stopped. The sum is an assumption.
    """
    first, second, third = (
        round(_median_days(f"phase_{phase}")) + gap for phase, gap in zip((1, 2, 3), GAP_DAYS, strict=True)
    )
    return first, second, third


def _median_days(kind: str) -> float:
    found = default_duration(kind, "all")
    if found is None:
        raise ValueError(f"no duration of {kind} is on file")
    return dict(found.quantiles)[0.5]


def registry_counts(
    histories: Histories,
    areas: Sequence[str],
    modalities: Sequence[str],
    *,
    wait: Wait,
    is_open_ended: Flags | None = None,
) -> Iterator[TransitionCount]:
    """Phase-by-phase counts of each area and modality up to the day of the histories, for `registry_table`.

    Args:
        areas: one of `AREAS` for each pair, empty where it is not known: those count among all alone.
        modalities: the landscape's word for each pair, empty where it is not known.
        is_open_ended: pairs of drugs that are approved since a day nobody tells; left out of phase 3 to approval.
    """
    groups, place = np.unique([f"{a}|{m}" for a, m in zip(areas, modalities, strict=True)], return_inverse=True)
    ever = Span(1, histories.on)
    for number, group in enumerate(groups.tolist()):
        area, _, modality = group.partition("|")
        for step in tuple(STEPS)[:3]:
            where = place == number
            if step == "phase_3_to_approval" and is_open_ended is not None:
                where &= ~is_open_ended
            found = phase_by_phase(histories.only(where), step, span=ever, wait=wait)
            begin, _, end = step.partition("_to_")
            end = end if end == "approval" else f"phase_{end}"
            row = MODALITY_ROWS.get(modality, modality)
            yield TransitionCount(begin, end, area or "all", row, found.advanced, found.n)
