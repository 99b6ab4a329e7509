"""The passport's first chapter: who else is there, out of the user's own warehouse, else out of a competitor table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onepill.model import Programme
    from onepill.workbench.landscape.competitor_table import CompetitorTable

Row = dict[str, Any]
RIVALS = 8
"""How many drugs the chapter names, the furthest first."""


def warehouse_generation() -> int:
    """The generation of the default warehouse; 0 where there is none."""
    from onepill.store.places import warehouse_folder
    from onepill.store.warehouse import current

    return current(warehouse_folder()).number


def warehouse_corrections() -> Row:
    """The hash of the corrections that are kept beside the default warehouse, under its name; empty without any."""
    from onepill.store.places import warehouse_folder
    from onepill.workbench.landscape.corrections import NONE, corrections_mark

    mark = corrections_mark(warehouse_folder())
    return {} if mark == NONE else {"warehouse_corrections": mark}


def landscape_chapter(programme: Programme, table: CompetitorTable | None = None) -> Row | None:
    """Who else is there as of the programme's day: what the warehouse knows wins over a table, which is then named.

    Returns:
        None where neither a warehouse nor a table says anything.
    """
    from onepill.workbench.landscape.competitor_chapter import table_chapter

    found = _from_warehouse(programme)
    if found is None:
        return None if table is None else table_chapter(programme, table)
    return found | {"table_set_aside": table.file if table else None}


def _from_warehouse(programme: Programme) -> Row | None:
    """Drugs on the programme's targets; None where no warehouse is loaded, its tables hold no trial or approval, or the
    programme names no target.
    """
    from onepill.core.errors import InputError, MissingExtra

    if not programme.asset.targets or not warehouse_generation():
        return None
    try:
        return _chapter(programme)
    except MissingExtra:
        return None
    except InputError as error:
        if [finding.code for finding in error.findings] == ["landscape.empty"]:
            return None
        raise


def _chapter(programme: Programme) -> Row:
    from onepill.landscape.stages import LADDER
    from onepill.workbench.landscape.answers import asked, landscape
    from onepill.workbench.landscape.picture_answers import chapter_pictures
    from onepill.workbench.questions.landscape import LandscapeAsk

    ask = LandscapeAsk(targets=list(programme.asset.targets), on=programme.as_of, limit=100_000)
    given = asked(ask)
    answer = landscape(ask, of=given)
    names = {name.casefold() for name in (*programme.asset.name.values(), *programme.asset.aliases)}
    own: list[Row] = []
    rivals: list[Row] = []
    for row in sorted(answer["programmes"], key=lambda row: (-LADDER.index(row["stage"]), row["reached"], row["drug"])):
        (own if names & {row["drug"].casefold(), row["name"].casefold()} else rivals).append(row)
    return {
        "origin": "warehouse",
        "as_of": answer["as_of"],
        "as_of_method": answer["as_of_method"],
        "generation": answer["generation"],
        "data": answer["data"],
        "targets": list(programme.asset.targets),
        "own": _place(own[0]) | {"tag_reason": own[0]["tag_reason"]} if own else None,
        "rivals": [_place(row) for row in rivals[:RIVALS]],
        "rivals_known": len(rivals),
        "world_class_share": answer["coverage"]["world_class_share"],
        "pictures": chapter_pictures(given, own=names),
    }


def _place(row: Row) -> Row:
    from onepill.landscape.reasons import STAGE_NAMES

    kept = {key: row[key] for key in ("drug", "name", "class", "stage", "reached", "tag", "evidence")}
    return kept | {"stage_name": dict(zip(("en", "zh"), STAGE_NAMES[row["stage"]], strict=True))}
