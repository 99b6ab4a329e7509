"""Rates between phases as text."""

from __future__ import annotations

from typing import Any

from onepill.cli.show_registry import show_findings
from onepill.cli.tables import show_table

Row = dict[str, Any]


def show_transitions(answer: Row) -> None:
    """One table for each step: every group with its three counts and the published figures."""
    period = answer["period"]
    years = f"{period['from_year'] or 'first record'} to {period['to_year'] or 'the day'}"
    print(f"{answer['pairs']:,} programmes of {answer['drugs']:,} drugs as of {answer['as_of']}, {years}")
    for name, words in answer["filters"].items():
        if words:
            print(f"  {name}: {', '.join(words)}")
    for step in dict.fromkeys(cell["step"] for cell in answer["cells"]):
        cells = [cell for cell in answer["cells"] if cell["step"] == step]
        within = [f"{one['years']:g} years [95 %]" for one in cells[0]["survival"]["within"]]
        print(f"\n{step}")
        header = ["programmes", "advanced", *within, "path by path [95 %] (n)", "phase by phase [95 %] (n)"]
        show_table([_line(cell) for cell in cells], [*header, "published"])
    waits = ", ".join(f"{row['phase']} {row['days']:,} days" for row in answer["waits"])
    print(f"\ngiven up after no new trial for: {waits} ({answer['waits'][0]['origin']})")
    left_out = ", ".join(f"{name} {count:,}" for name, count in answer["left_out"].items() if count)
    print(f"evidence left out: {left_out or 'none'}")
    print("approvals: " + ", ".join(f"{name} {count:,}" for name, count in answer["approvals"].items()))
    for text in answer["assumptions"]:
        print(f"  assumed: {text['en']}")
    show_findings(answer["findings"])


def _line(cell: Row) -> list[str]:
    followed = cell["survival"]
    within = [_limited(one) for one in followed["within"]]
    counted = [_counted(cell[name]) for name in ("path_by_path", "phase_by_phase")]
    printed = ", ".join(f"{one['table']} {one['prob']:.1%}" for one in cell["published"])
    name = "all" if cell["group"] == "all" else f"{cell['group']} {cell['level']}"
    return [name, f"{followed['events']:,} of {followed['n']:,}", *within, *counted, printed]


def _counted(found: Row | None) -> str:
    return "" if found is None or not found["n"] else f"{_limited(found)} ({found['n']:,})"


def _limited(found: Row) -> str:
    return "" if found["prob"] is None else f"{found['prob']:.1%} [{found['low']:.1%}, {found['high']:.1%}]"
