"""Payer paths as tables: the states of each market, what leads on, and the chances by year."""

from __future__ import annotations

from typing import Any

from onepill.cli.tables import show_table

Row = dict[str, Any]
STEPS = 5
"""Every fifth year is printed, after the first year in which something is sold."""


def show_payer_paths(rows: list[Row]) -> None:
    """The states of each market, the chances by year and what leads on (rows of `payer_paths`)."""
    for row in rows:
        _states(row)
        _moves(row)


def _states(row: Row) -> None:
    shown = _shown(row)
    entered = [state for state in row["states"] if state["entered"]["prob"] > 0]
    chances = [[state["title"]["en"], *(f"{state['by_year'][i]:.0%}" for i in shown)] for state in entered]
    prices = ["-" if row["price_factor"][i] is None else f"{row['price_factor'][i]:.2f}" for i in shown]
    print(f"{row['market']}: {row['path']}; price and patients as parts of the full ones")
    show_table([_state(state) for state in entered], ["state", "price", "patients", "ever", "entered (median)"])
    print("  Chance to be in each state at the end of the year, and the mean price:")
    show_table([*chances, ["mean price", *prices]], ["state", *(str(row["years"][i]) for i in shown)])


def _shown(row: Row) -> list[int]:
    sold = [i for i, share in enumerate(row["on_market"]) if share > 0]
    first = sold[0] if sold else 0
    return sorted(
        {first, first + 1, first + 2, *range(first + STEPS, len(row["years"]), STEPS)} & set(range(len(row["years"])))
    )


def _state(state: Row) -> list[str]:
    price, patients = (
        (f"{state['price_factor']:.2f}", f"{state['patient_share']:.0%}") if state["sells"] else ("-", "-")
    )
    return [
        state["title"]["en"],
        price,
        patients,
        f"{state['entered']['prob']:.0%}",
        state["entered"]["p50"] or "-",
    ]


def _moves(row: Row) -> None:
    for move in row["transitions"]:
        if move["prob"] > 0:
            clock = move["calendar"] or f"after a mean {move['lag_days']:.0f} days"
            rounds = f", up to {move['rounds']} rounds" if move["rounds"] > 1 and move["prob"] < 1 else ""
            ends = f"{' or '.join(move['from'])} -> {move['to']}"
            print(f"  {move['id']}: {ends}, {clock}, chance {move['prob']:.0%}{rounds}")
