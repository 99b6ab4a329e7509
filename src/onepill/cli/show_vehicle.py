"""A deal's vehicle as text: its cap table, its exits, and how the money in it does."""

from __future__ import annotations

from typing import Any

from onepill.cli.tables import show_table

Row = dict[str, Any]
HOLDS = {"shares": "", "fund": ", before fees and carry", "partners": ", after them"}


def show_vehicle(deal: Row) -> None:
    """Nothing where the deal has none."""
    found = deal["vehicle"]
    if found is None:
        return
    names = {party["id"]: party["name"]["en"] for party in deal["parties"]} | {"outside": "outsiders"}
    print(f"\n{names[found['party']]}: shares of its holders")
    _shares(found, names)
    for leave in found["exits"]:
        print(f"exit {leave['id']} ({leave['kind']}): {leave['value_usd'] / 1e6:,.2f} MUSD on {leave['prob']:.0%}")
    need = found["further_need"]
    print(f"its holders pay beyond the rounds on {need['prob']:.0%}, {need['mean_usd'] / 1e6:,.2f} MUSD on average")
    _funds(found["funds"], names)
    if found["money"]:
        print("\nMoney put into it, MUSD: mean flows, and in brackets the 5th to 95th percentile of paths")
        rows = [_money(row, names) for row in found["money"]]
        show_table(rows, ["investor", "in", "out", "multiple", "return a year", "less than paid in"])
    for stake in found["stakes"]:
        if stake["cost_of_capital_per_year"] is not None:
            rate = f"{stake['cost_of_capital_per_year']:.1%} a year"
            print(f"at the first round's price the stake of {names[stake['party']]} is expected to return {rate}")


def _shares(found: Row, names: Row) -> None:
    steps = [*(row["shares"] for row in found["cap_table"]), found["mean_shares"]]
    holders = dict.fromkeys(holder for shares in steps for holder in shares)
    rounds = ((row["round"] or "first").replace("_", " ") for row in found["cap_table"])
    titles = ["holder", *rounds, "mean at the end"]
    show_table([[names[holder], *(f"{shares.get(holder, 0):.1%}" for shares in steps)] for holder in holders], titles)


def _funds(funds: list[Row], names: Row) -> None:
    """The funds side by side, each in its own currency."""
    if not funds:
        return
    print("\nWaterfalls of the funds: expected, undiscounted, each in its own money")
    rows = [
        ["fee a year", *(f"{fund['fee_share_per_year']:.1%} for {fund['fee_years']:g} years" for fund in funds)],
        ["hurdle a year", *(f"{fund['hurdle_per_year']:.1%}" for fund in funds)],
        ["carried interest", *(f"{fund['carry_share']:.0%}" for fund in funds)],
    ]
    for steps in zip(*(fund["waterfall"] for fund in funds), strict=True):
        rows.append([steps[0]["label"]["en"], *map(_amount, steps, funds)])
    show_table(rows, ["", *(names[fund["party"]] for fund in funds)])


def _amount(step: Row, fund: Row) -> str:
    if step["own_currency"] is None:
        return f"{step['usd'] / 1e6:,.2f} MUSD"
    return f"{step['own_currency'] / 1e6:,.2f} M{fund['currency']}"


def _money(row: Row, names: Row) -> list[str]:
    return [
        names[row["party"]] + HOLDS[row["holds"]],
        f"{row['paid_in_usd'] / 1e6:,.2f}",
        f"{row['paid_out_usd'] / 1e6:,.2f}",
        _with_range(row["multiple"], row["path_multiple"], "{:.2f}"),
        _with_range(row["irr_per_year"], row["path_irr_per_year"], "{:.0%}"),
        f"{row['prob_loss']:.0%}",
    ]


def _with_range(value: float | None, spread: Row | None, form: str) -> str:
    told = "–" if value is None else form.format(value)
    return told if spread is None else f"{told} ({form.format(spread['p5'])} to {form.format(spread['p95'])})"
