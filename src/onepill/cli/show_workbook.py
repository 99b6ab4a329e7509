"""What an imported workbook changes, as text."""

from __future__ import annotations

from typing import Any

from onepill.cli.tables import show_table

Row = dict[str, Any]


def show_import(answer: Row) -> None:
    """The changes with their cells, what was written out with them, and the value before and after."""
    rows = [_row(row) for row in answer["changes"]]
    if not rows:
        print(f"{answer['workbook']} changes nothing of {answer['programme']} as of {answer['as_of']}")
        return
    show_table(rows, ["input", "before", "after", "unit", "cell"])
    for row in answer["kept"]:
        print(f"  kept at {row['before']:,.6g} {row['unit']}, since it would have moved too: {row['path']}")
    before, after = answer["rnpv_before_usd"], answer["rnpv_after_usd"]
    print(f"deterministic rNPV: {before:,} USD before, {after:,} USD after ({after - before:+,})")
    if answer["scenario"]:
        print(f"brought in as the scenario {answer['scenario']}")
    print("write the programme file with --out NEW.yaml, or take `text` of --json")


def _row(row: Row) -> list[str]:
    return [row["path"], f"{row['before']:,.6g}", f"{row['after']:,.6g}", row["unit"], row["cell"]]
