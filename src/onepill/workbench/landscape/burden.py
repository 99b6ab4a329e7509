"""Research against burden: the warehouse's trials by cause beside the DALYs of a place and year."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from onepill.core.errors import Finding, InputError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from onepill.landscape.burden import BurdenFocus, CauseFocus
    from onepill.landscape.trials import TrialCounts
    from onepill.registries.entities.burden_causes import Cause
    from onepill.store.warehouse import Reader
    from onepill.workbench.landscape.answers import Given
    from onepill.workbench.landscape.world import LoadedWorld
    from onepill.workbench.questions.research import BurdenAsk

Row = dict[str, Any]
LOAD = "onepill registry load burden PATH --snapshot DAY"
SHOWN_UNMAPPED = 10
WORLD = "world"
_PLACES = "SELECT DISTINCT entity, coalesce(entity_code, '') AS code FROM burden ORDER BY entity"
_DALYS = """
    SELECT b.year, b.cause, b.value, r.first_generation, r.first_snapshot FROM burden b
    JOIN record r ON r.source = b.source AND r.record_id = b.record_id AND r.is_current
    WHERE b.entity = ? AND b.measure = 'dalys' ORDER BY b.year, b.ordinal
"""


@dataclass(frozen=True)
class PlaceBurden:
    """DALYs of a place in a year by the table's columns, None where blank; since when they are known.

    `has_mesh`: whether the warehouse has the headings that lead from a condition to its cause.
    """

    place: str
    year: int
    dalys: dict[str, float | None]
    known_on: date
    source: Row
    has_mesh: bool


def burden(ask: BurdenAsk, *, of: Given | None = None) -> Row:
    """Does research follow the burden of disease: trials per DALY by cause, with limits."""
    from onepill.landscape import BurdenTable, burden_focus
    from onepill.landscape.trials import trials_by_group
    from onepill.registries.entities.burden_causes import cause_table
    from onepill.workbench.landscape.answers import asked, head

    loaded, question, findings = of or asked(ask)
    table, found = cause_table(), _burden_of(loaded.root, ask.area, ask.year)
    conditions = loaded.inputs.conditions
    cause_of = {one: cause for one, (_, above) in conditions.items() if (cause := table.cause_of(one, above))}
    counts = trials_by_group(loaded.world, question, cause_of)
    measured = {
        one.cause_id: value
        for one in table.causes
        if one.is_reachable and (value := found.dalys.get(one.column)) is not None
    }
    focus = burden_focus(
        {cause: number for cause, number in counts.by_group.items() if cause in measured},
        BurdenTable(found.place, found.year, measured, found.known_on, found.source["file"]),
        as_of=question.as_of,
        trials=counts.trials,
        mapped_trials=counts.grouped,
    )
    return {
        **head(loaded, question, [*findings, *_blank(found), *_unmapped(found, counts)]),
        "area": found.place,
        "year": found.year,
        "causes": _causes(focus, table.causes, counts, found),
        "coverage": _coverage(loaded, focus, counts),
        "burden": found.source,
        "cause_map": {"title": table.title, "source_grade": table.grade, "note": table.note},
    }


def _burden_of(root: Path, area: str, year: int | None) -> PlaceBurden:
    """The place's DALYs in the year, or in the newest in which every cause is told.

    Raises:
        InputError: `landscape.burden`, `landscape.area`, `landscape.year`.
    """
    from onepill.registries import TABLES
    from onepill.store.warehouse import open_reader
    from onepill.workbench.landscape.names import rows_of

    with open_reader(root, TABLES) as reader:
        places = {row["entity"]: row["code"] for row in rows_of(reader, _PLACES)}
        if not places:
            hint = f"load a table of DALYs by cause: `{LOAD}`, where DAY is the day of its publication"
            raise InputError.single("landscape.burden", "no burden of disease is loaded", hint=hint, file=str(root))
        place = _place(area, places)
        return _year_of(place, year, list(rows_of(reader, _DALYS, [place])), reader)


def _place(area: str, places: dict[str, str]) -> str:
    from onepill.model.types import ALIASES
    from onepill.registries.entities.burden_causes import three_letter_codes

    text = area.strip()
    two = ALIASES.get(text.upper(), text.upper())
    wanted = {text.casefold(), three_letter_codes().get(two, text).casefold()}
    for entity, code in places.items():
        if not wanted.isdisjoint({entity.casefold(), code.casefold()}):
            return entity
    near = get_close_matches(text, [*places], n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else "a country's code or name, a region, or world"
    raise InputError.single("landscape.area", f"no burden of {area!r} is loaded", hint=hint, path="area", value=area)


def _year_of(place: str, year: int | None, rows: list[Row], reader: Reader) -> PlaceBurden:
    from onepill.workbench.landscape.world import days_of_loads

    years: dict[int, dict[str, float | None]] = {}
    for row in rows:
        years.setdefault(row["year"], {})[row["cause"]] = row["value"]
    whole = [one for one, dalys in years.items() if None not in dalys.values()]
    chosen = year if year is not None else max(whole or years)
    if chosen not in years:
        hint = f"years {min(years)} to {max(years)} are loaded"
        raise InputError.single("landscape.year", f"no burden of {chosen}", hint=hint, path="year", value=chosen)
    first = next(row for row in rows if row["year"] == chosen)
    loads = {load.generation: load for load in reader.generation.sources["burden"].loads}
    load = loads[first["first_generation"]]
    shown = days_of_loads(reader.generation)["burden", first["first_generation"]]
    known_on = min(shown, first["first_snapshot"] or shown)
    source = {name: getattr(load, name) for name in ("publisher", "licence", "address", "file")}
    told = {**source, "known_on": known_on.isoformat()}
    return PlaceBurden(place, chosen, years[chosen], known_on, told, has_mesh="mesh" in reader.generation.sources)


def _blank(found: PlaceBurden) -> list[Finding]:
    blank = [cause for cause, value in found.dalys.items() if value is None]
    if not blank:
        return []
    message = f"the burden of {found.place} in {found.year} is blank for {', '.join(blank)}: shares are of the others"
    return [Finding("landscape.burden_blank", "warning", message, "ask for another --year", path="year", value=blank)]


def _unmapped(found: PlaceBurden, counts: TrialCounts) -> list[Finding]:
    """Why every cause has no trials, where that is for want of what leads to causes."""
    if counts.grouped or not counts.trials or found.has_mesh:
        return []
    message = f"none of {counts.trials} trials has a cause: a condition leads to one by MeSH, which is not loaded"
    hint = "load the conditions: `onepill registry load mesh PATH`"
    return [Finding("landscape.burden_unmapped", "warning", message, hint, value=counts.trials)]


def _causes(focus: BurdenFocus, causes: tuple[Cause, ...], counts: TrialCounts, found: PlaceBurden) -> list[Row]:
    names = {one.cause_id: one for one in causes}
    rows = [_measured(row, names[row.cause], focus.trial_cause_pairs) for row in focus.causes]
    done = {row.cause for row in focus.causes}
    rows += [_unmeasured(one, counts, found.dalys.get(one.column)) for one in causes if one.cause_id not in done]
    return rows


def _measured(row: CauseFocus, cause: Cause, n: int) -> Row:
    return {**vars(row), "id": cause.cause_id, "cause": dict(cause.name), "n": n, "unmeasured": None}


def _unmeasured(cause: Cause, counts: TrialCounts, dalys: float | None) -> Row:
    reason = BLANK if cause.is_reachable else NOT_TOLD
    shares = dict.fromkeys(("trial_share", "daly_share", "trials_per_million_dalys", "log_ratio", "low", "high"))
    trials = counts.by_group.get(cause.cause_id, 0)
    said = {"id": cause.cause_id, "cause": dict(cause.name), "trials": trials, "dalys": dalys}
    return {**said, **shares, "n": 0, "unmeasured": dict(reason)}


BLANK = {"en": "its DALYs are blank in this place and year", "zh": "该地区该年度此病因的 DALY 为空白"}
NOT_TOLD = {
    "en": "no condition says how an injury came about, so that its trials cannot be told",
    "zh": "疾病名称不说明伤害的成因，因此无法判定其试验",
}


def _coverage(loaded: LoadedWorld, focus: BurdenFocus, counts: TrialCounts) -> Row:
    conditions = loaded.inputs.conditions
    unmapped = [
        {"condition": one, "name": conditions[one][0], "trials": number}
        for one, number in list(counts.ungrouped.items())[:SHOWN_UNMAPPED]
    ]
    return {
        "trials": counts.trials,
        "mapped_trials": counts.grouped,
        "mapped_share": focus.mapped_share,
        "trial_cause_pairs": focus.trial_cause_pairs,
        "without_condition": counts.without_condition,
        "unmapped_conditions": unmapped,
        "records": dict(loaded.inputs.counts),
    }
