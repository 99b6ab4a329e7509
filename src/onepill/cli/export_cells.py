"""The filled cells of a matrix as a file: one row a cell, one column a stage."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from onepill.core.errors import InputError
from onepill.workbench.documents import to_json

Row = dict[str, Any]
COLUMNS = ("as_of", "row", "row_name", "column", "column_name", "programmes")
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


def write_cells(answer: Row, file: Path) -> None:
    """Write the answer beside its place and rename it: a failed run leaves what stood there.

    Raises:
        InputError: `export.kind`, or the place cannot be written to.
    """
    from onepill.store.files import write_whole

    check_export(file)
    write_whole(file, to_json(answer) if file.suffix.lower() == ".json" else cells_as_csv(answer))


def cells_as_csv(answer: Row) -> str:
    """The cells in their order; each stage of the ladder is a column, 0 where a cell has none at it."""
    from onepill.landscape.stages import LADDER

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, *LADDER])
    for cell in answer["cells"]:
        told = {"as_of": answer["as_of"], **cell}
        writer.writerow([*(told[name] for name in COLUMNS), *(cell["by_stage"].get(stage, 0) for stage in LADDER)])
    return out.getvalue()
