"""The passport's first chapter out of a competitor table: who is how far, on the same targets or on others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from onepill.core.errors import Finding
from onepill.landscape.reasons import STAGE_NAMES
from onepill.landscape.stages import LADDER, RANK

if TYPE_CHECKING:
    from datetime import date

    from onepill.model import Programme
    from onepill.workbench.landscape.competitor_table import Competitor, CompetitorTable

Row = dict[str, Any]


def table_chapter(programme: Programme, table: CompetitorTable) -> Row:
    """The table as of the programme's day: a row each drug and indication, at its furthest stage there.

    Rows of later days are left out and counted. A table gives no tag: it does not show the world.
    """
    from onepill.registries.entities.targets import symbols_of

    day = programme.as_of
    known = [row for row in table.rows if row.first_seen.last <= day]
    own = {name.casefold() for name in (*programme.asset.name.values(), *programme.asset.aliases)}
    targets = {symbol for name in programme.asset.targets for symbol in symbols_of(name)}
    groups: dict[str, list[Row]] = {"own": [], "rivals": [], "others": []}
    for rows in _by_use(known):
        is_own = bool(own & {rows[0].drug.casefold(), rows[0].drug_zh.casefold()})
        hits = bool(targets & {one for row in rows for one in row.target})
        groups["own" if is_own else "rivals" if hits else "others"].append(_entry(rows))
    return {
        "origin": "table",
        "as_of": day.isoformat(),
        "targets": sorted(set(programme.asset.targets)),
        **{name: sorted(entries, key=_order) for name, entries in groups.items()},
        "rivals_known": len({row["drug"] for row in groups["rivals"]}),
        "later": len(table.rows) - len(known),
        "file": table.file,
        "data": table_age(table, day),
    }


def table_age(table: CompetitorTable, on: date) -> Row:
    """The day on which the row that was checked longest ago was, and how many days before the day asked that is."""
    days = [row.checked_on for row in table.rows]
    oldest = min(days)
    newest = max(days).isoformat()
    return {"day": oldest.isoformat(), "newest_day": newest, "age_days": (on - oldest).days, "rows": len(days)}


def table_findings(table: CompetitorTable, on: date) -> list[Finding]:
    """What is to be said of a table that holds together."""
    later = sum(row.first_seen.last > on for row in table.rows)
    if not later:
        return []
    message = f"of {len(table.rows):,} rows of the competitor table {later:,} are of days after {on}, and not shown"
    hint = "they count for a programme of a later as_of"
    return [Finding("competitors.later", "note", message, hint, file=table.file, value=later)]


def _by_use(rows: Sequence[Competitor]) -> list[list[Competitor]]:
    """Rows of one drug in one indication, at its furthest stage there, by day."""
    uses: dict[tuple[str, str], list[Competitor]] = defaultdict(list)
    for row in rows:
        uses[row.drug.casefold(), row.indication.casefold()].append(row)
    return [_furthest(of) for of in uses.values()]


def _furthest(rows: Sequence[Competitor]) -> list[Competitor]:
    top = max(RANK[row.stage] for row in rows)
    return sorted((row for row in rows if RANK[row.stage] == top), key=lambda row: (row.first_seen.last, row.market))


def _entry(rows: Sequence[Competitor]) -> Row:
    first = rows[0]
    stage = LADDER[RANK[first.stage]]
    return {
        "drug": first.drug,
        "names": {"en": first.drug, "zh": first.drug_zh or first.drug},
        "company": first.company,
        "origin": first.origin,
        "targets": list(first.target),
        "modality": first.modality,
        "mechanism": first.mechanism,
        "stage": stage,
        "stage_name": dict(zip(("en", "zh"), STAGE_NAMES[stage], strict=True)),
        "indication": {"en": first.indication, "zh": first.indication_zh or first.indication},
        "reached": first.first_seen.last.isoformat(),
        "steps": [_step(row) for row in rows],
    }


def _step(row: Competitor) -> Row:
    source = {"title": row.source, "url": row.url, "date": row.source_date.text}
    source["retrieved"] = row.retrieved.isoformat() if row.retrieved else ""
    return {"market": row.market, "since": row.first_seen.text, "source": source, "source_grade": row.source_grade}


def _order(entry: Row) -> tuple[Any, ...]:
    return -LADDER.index(entry["stage"]), entry["reached"], entry["drug"].casefold(), entry["indication"]["en"]
