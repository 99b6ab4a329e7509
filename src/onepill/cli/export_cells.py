"""Rows of an answer as a file: a matrix's cells, deals with a table's columns, every year of a value."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from onepill.core.errors import InputError
from onepill.core.spreadsheet import safe
from onepill.workbench.common.documents import to_json

Row = dict[str, Any]
COLUMNS = ("as_of", "row", "row_name", "column", "column_name", "programmes")
FUTURES = {"expected": "all", "given_launch": "with_launch"}
KINDS = (".csv", ".json")


def check_export(file: Path) -> None:
    """Refuse a file of an unknown kind before the question is asked.

    Raises:
        InputError: `export.kind`.
    """
    if file.suffix.lower() not in KINDS:
        message = f"{file.name} is neither {' nor '.join(KINDS)}"
        hint = "a spreadsheet opens .csv; .json is the whole answer"
        raise InputError.single("export.kind", message, hint=hint, path="out", value=str(file))


def write_export(name: str, answer: Row, file: Path) -> None:
    """Write the answer of the operation `name` beside its place and rename it: a failed run leaves what stood there.

    Raises:
        InputError: `export.kind`, or the place cannot be written to.
    """
    from onepill.store.files import write_whole

    check_export(file)
    as_csv = deals_as_csv if name == "deal comps" else cells_as_csv
    write_whole(file, to_json(answer) if file.suffix.lower() == ".json" else as_csv(answer))


def cells_as_csv(answer: Row) -> str:
    """The cells in their order; each stage of the ladder is a column, 0 where a cell has none at it."""
    from onepill.landscape.stages import LADDER

    out = io.StringIO()
    writer = csv.writer(out)  # ends lines as RFC 4180 does, so that a return within a text is quoted
    writer.writerow([*COLUMNS, *LADDER])
    for cell in answer["cells"]:
        told = {"as_of": answer["as_of"], **cell}
        writer.writerow(
            [*(safe(told[name]) for name in COLUMNS), *(cell["by_stage"].get(stage, 0) for stage in LADDER)]
        )
    return out.getvalue()


def deals_as_csv(answer: Row) -> str:
    """The deals in their order, with the columns that a table of deals has; nulls are empty."""
    from onepill.workbench.deals.table import COLUMNS as DEAL_COLUMNS

    out = io.StringIO()
    writer = csv.writer(out)  # ends lines as RFC 4180 does, so that a return within a text is quoted
    writer.writerow(DEAL_COLUMNS)
    writer.writerows([safe(_cell(deal[name])) for name in DEAL_COLUMNS] for deal in answer["deals"])
    return out.getvalue()


def years_as_csv(answer: Row) -> str:
    """Every year of every market, over all futures and over those with a launch, in US dollars and people: means, and
    their standard errors in columns of their own."""
    rows: list[Row] = []
    for market in answer["markets"]:
        for year in market["years"]:
            for futures in ("expected", "given_launch"):
                if year[futures] is not None:
                    told = {"market": safe(market["id"]), "year": year["year"], "futures": FUTURES[futures]}
                    told["net_price_per_month_usd"] = year["net_price_per_month_usd"]
                    for name, found in year[futures].items():
                        told |= {name: found["mean"], f"{name}_standard_error": found["standard_error"]}
                    rows.append(told)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]) if rows else ["market", "year", "futures"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return ";".join(value) if isinstance(value, list) else value
