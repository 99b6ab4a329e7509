"""What unsaved changes move, as text."""

from __future__ import annotations

from typing import Any

from onepill.cli.show_registry import show_findings
from onepill.cli.tables import show_table

Row = dict[str, Any]
MILLION = 1e6


def show_live(answer: Row) -> None:
    show_findings(answer["findings"])
    now = answer["now"]["rnpv_usd"]
    print(f"{answer['id']}, version {answer['version']}, rNPV {_money(now)} on {answer['draws']:,} futures")
    for change in answer["changes"]:
        print(f"  {change['path']}: {change['before'] or 'filled in'} -> {change['text']}")
    moved = answer["moved"]
    if moved is None:
        return
    print(f"moved by {_money(moved['rnpv_usd'], sign='+')} against the saved version, on the same futures")
    rows = [_milestone(row) for row in moved["milestones"]]
    show_table(rows, ["milestone", "days", "standard error", "chance", "standard error"])


def _milestone(row: Row) -> list[str]:
    days, prob = row["days"], row["prob"]
    shown = [f"{days['mean']:+,.1f}", f"{days['standard_error']:,.2f}"] if days else ["", ""]
    return [row["id"], *shown, f"{prob['mean']:+.2%}", f"{prob['standard_error']:.2%}"]


def _money(row: Row, *, sign: str = "") -> str:
    return f"{row['mean'] / MILLION:{sign},.2f} ± {row['standard_error'] / MILLION:,.2f} MUSD"
