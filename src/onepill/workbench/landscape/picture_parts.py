"""What single pictures are drawn from: the folded matrix, the competitors' ways, and the trend by year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onepill.landscape import Question
    from onepill.landscape.timeline import Milestone
    from onepill.workbench.landscape.world import LoadedWorld

Row = dict[str, Any]
HEAT_ROWS, HEAT_COLUMNS = 20, 14
"""How many rows and columns a heat map shows before the rest is gathered."""
WAYS = 20
OTHERS = "others"
TREND = (
    "programmes",
    "entry_rate_per_year",
    "effective_number",
    "share_on_at_least_10",
    "late_entrant_share",
)
"""The measures of the trend; the share of programmes with a known target stands beside them."""
UNDATED = "drugs"
"""The role of sources that list approvals without a day."""


def heat_map(matrix: Row) -> Row:
    """A matrix answer folded to its fullest rows and columns, the rest gathered as `others`; no programme is lost."""
    cells = matrix["cells"]
    rows, columns = (_kept(cells, axis, most) for axis, most in (("row", HEAT_ROWS), ("column", HEAT_COLUMNS)))
    found: dict[tuple[str, str], Counter[str]] = {}
    for cell in cells:
        key = (_place(cell["row"], rows), _place(cell["column"], columns))
        found.setdefault(key, Counter()).update(cell["by_stage"])
    folded = [
        {"row": row, "column": column, "programmes": stages.total(), "by_stage": dict(stages)}
        for (row, column), stages in found.items()
    ]
    return {
        "rows": _axis(folded, "row", rows),
        "columns": _axis(folded, "column", columns),
        "cells": sorted(folded, key=lambda cell: (-cell["programmes"], cell["row"], cell["column"])),
        "other_rows": len({cell["row"] for cell in cells} - rows.keys()),
        "other_columns": len({cell["column"] for cell in cells} - columns.keys()),
        **{name: matrix[name] for name in ("filled", "programmes", "unplaced")},
    }


def _kept(cells: Iterable[Row], axis: str, most: int) -> dict[str, str]:
    """Names of the fullest rows or columns by id, the fullest first."""
    sums: Counter[str] = Counter()
    names: dict[str, str] = {}
    for cell in cells:
        sums[cell[axis]] += cell["programmes"]
        names[cell[axis]] = cell[f"{axis}_name"]
    ordered = sorted(sums, key=lambda one: (-sums[one], names[one], one))
    return {one: names[one] for one in ordered[:most]}


def _place(one: str, kept: dict[str, str]) -> str:
    return one if one in kept else OTHERS


def _axis(folded: list[Row], axis: str, kept: dict[str, str]) -> list[Row]:
    sums: Counter[str] = Counter()
    for cell in folded:
        sums[cell[axis]] += cell["programmes"]
    shown = [*kept, *([OTHERS] if OTHERS in sums else [])]
    return [{"id": one, "name": kept.get(one, ""), "programmes": sums[one]} for one in shown]


def timeline(loaded: LoadedWorld, question: Question, *, limit: int = WAYS, own: Iterable[str] = ()) -> Row:
    """Ways of the furthest agents through the stages; agents named in `own` (small letters) are marked."""
    from onepill import landscape as engine
    from onepill.landscape.columns import UNKNOWN
    from onepill.landscape.crowding import count

    counted = count(loaded.world, question, unit="agent")
    place = {name: code for code, name in enumerate(loaded.world.drugs)}
    origins, dated, names = loaded.world.annotations.origin.names, _dated_sources(loaded), set(own)
    ways = []
    for way in engine.timeline(loaded.world, question, limit=limit):
        name = loaded.inputs.drug_names.get(way.drug_id, way.drug_id)
        origin = int(counted.classes.origin[place[way.drug_id]])
        ways.append(
            {
                "drug": way.drug_id,
                "name": name,
                "origin": "" if origin == UNKNOWN else origins[origin],
                "is_own": bool(names & {way.drug_id.casefold(), name.casefold()}),
                "milestones": [_milestone(one, dated) for one in way.milestones],
            }
        )
    shown = {"as_of": question.as_of.isoformat(), "ways": ways, "agents": len(counted.programmes)}
    return {**shown, "within_conditions": bool(question.indications)}


def _milestone(found: Milestone, dated: set[str]) -> Row:
    from onepill.landscape.reasons import STAGE_NAMES

    sources = {record.partition(":")[0] for record in found.records}
    return {
        "stage": found.stage,
        "stage_name": dict(zip(("en", "zh"), STAGE_NAMES[found.stage], strict=True)),
        "day": found.day,
        "is_listed": bool(sources) and sources.isdisjoint(dated),
        "records": list(found.records),
    }


def _dated_sources(loaded: LoadedWorld) -> set[str]:
    """Sources whose records tell days of their own: registers of trials and of approvals."""
    from onepill.registries import SOURCES

    return {name for name, source in SOURCES.items() if {"trial", "approval"} & set(source.tables)}


def trend(loaded: LoadedWorld, question: Question, *, years: int, seed: int, sources: list[Row]) -> Row:
    """The measures on the last day of each year and on the day asked for, each as it was known then.

    The lists of drugs that became known meanwhile stand beside: they bring targets and undated approvals with them, so
    that numbers before and after do not compare.
    """
    from onepill import landscape as engine
    from onepill.workbench.landscape.answers import measures

    days = year_ends(question.as_of, years)
    found = engine.crowding_trend(loaded.world, question, days, seed=seed)
    rows = [
        {
            "day": day.isoformat(),
            "measures": measures({name: one.measures[name] for name in TREND}),
            "target_share": one.coverage.target_share,
        }
        for day, one in zip(days, found, strict=True)
    ]
    return {"days": rows, "lists": list_days(sources, days[0], days[-1])}


def year_ends(as_of: date, years: int) -> list[date]:
    """The last days of the years before, and the day itself, `years` in all."""
    return [*(date(year, 12, 31) for year in range(as_of.year - years + 1, as_of.year)), as_of]


def list_days(sources: list[Row], first: date, last: date) -> list[Row]:
    """The days from which lists of drugs are known, where they lie after the first day and not after the last."""
    known = sorted(
        {
            (file["snapshot_day"] or file["loaded_day"], row["source"])
            for row in sources
            if UNDATED in row["roles"]
            for file in row["files"]
        }
    )
    return [{"day": day, "source": source} for day, source in known if first.isoformat() < day <= last.isoformat()]
