"""Comparable deals as text."""

from __future__ import annotations

from typing import Any

from onepill.cli.show_registry import show_findings
from onepill.cli.tables import show_table

Row = dict[str, Any]
QUANTITIES = {
    "upfront_usd": "upfront, MUSD",
    "total_usd": "total, MUSD",
    "upfront_share": "upfront of total",
    "royalty_low_share": "lowest royalty",
    "royalty_high_share": "highest royalty",
    "equity_share": "stake",
}
POINTS = ("p10", "p25", "p50", "p75", "p90")
BY = ("stage", "structure")
"""Dimensions that the terminal shows; `--json` has all of them."""


def show_comps(answer: Row) -> None:
    """What was counted, quantiles, groups, neighbours, the deals with their sources."""
    table = answer["table"]
    print(f"{answer['n']} of {answer['counted']} deals of {table['file']} as of {answer['as_of']}")
    for row in answer["not_counted"]:
        print(f"  not counted: {row['n']}, {row['label']['en']}")
    print(answer["money"]["en"])
    show_table(
        [_amount(QUANTITIES[name], name, row) for name, row in answer["quantiles"].items()],
        ["amount", "n", *POINTS, "median, 95%"],
    )
    _few(answer["quantiles"])
    for dimension in BY:
        _groups(answer["by_group"][dimension], dimension)
    _programme(answer)
    _predictors(answer["predictor"])
    _deals(answer)
    _benchmarks(answer["benchmarks"])
    show_findings(answer["findings"])


def _amount(label: str, quantity: str, row: Row) -> list[str]:
    limits = [_value(quantity, row[key]) for key in ("p50_low", "p50_high")]
    return [
        label,
        str(row["n"]),
        *(_value(quantity, row[point]) for point in POINTS),
        " to ".join(filter(None, limits)),
    ]


def _value(quantity: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value / 1e6:,.1f}" if quantity.endswith("_usd") else f"{value:.1%}"


def _few(amounts: Row) -> None:
    """Cases and the pooled estimate where quantiles would mislead."""
    for name, row in amounts.items():
        if not row["cases"]:
            continue
        cases = ", ".join(f"{_value(name, case['value'])} ({case['deal_id']})" for case in row["cases"])
        print(f"  {QUANTITIES[name]}: {cases}")
        if row["pooled"]:
            print(f"    {_pooled(name, row['pooled'])}")


def _pooled(quantity: str, row: Row) -> str:
    low, estimate, high = (_value(quantity, row[key]) for key in ("low", "estimate", "high"))
    return f"partially pooled {estimate} ({low} to {high}), own cases count {row['weight']:.0%} of it"


def _groups(groups: list[Row], dimension: str) -> None:
    rows = []
    for group in groups:
        cells = [group["label"]["en"], str(group["n"])]
        for name in ("upfront_usd", "total_usd"):
            found = group["quantiles"][name]
            middle = "" if found["p50"] is None else _value(name, found["p50"])
            if found["p50"] is None and found["pooled"]:
                middle = f"pooled {_value(name, found['pooled']['estimate'])}"
            between = (
                f"{_value(name, found['p25'])} to {_value(name, found['p75'])}" if found["p50"] is not None else ""
            )
            cells += [str(found["n"]), middle, between]
        rows.append(cells)
    heads = ("n", "median, MUSD", "middle half")
    if rows:
        show_table(rows, [dimension, "deals", *(f"{name} {head}" for name in ("upfront", "total") for head in heads)])


def _programme(answer: Row) -> None:
    programme = answer["programme"]
    if programme is None:
        return
    told = ("stage", "modality", "area", "territory_kind")
    features = ", ".join(str(programme[name]) for name in told if programme[name])
    print(f"nearest to {programme['programme']} ({features}; {', '.join(programme['targets']) or 'no target told'}):")
    rows = [
        [f"{one['distance']:.2f}", _named(one["deal"]), *_amounts(one["deal"]), one["reason"]["en"]]
        for one in answer["neighbours"]
    ]
    show_table(rows, ["distance", "deal", "upfront", "total", "why"])


def _named(deal: Row) -> str:
    return f"{deal['announced_on']} {deal['licensor']}, {deal['licensee']}: {deal['asset']}"


def _amounts(deal: Row) -> list[str]:
    return [_value("upfront_usd", deal["upfront_usd"]), _value("total_usd", deal["total_usd"])]


def _predictors(predictors: dict[str, Row | None]) -> None:
    for name, row in predictors.items():
        if row is None:
            print(f"{QUANTITIES[name]}: too few known amounts to learn from")
            continue
        print(f"{QUANTITIES[name]} (n {row['n']}): {row['verdict']['en']}")
        if row["predicted_usd"] is not None:
            low, middle, high = (_value(name, row[key]) for key in ("low_usd", "predicted_usd", "high_usd"))
            print(f"    predicted {middle} MUSD; nine in ten errors within {row['model']['p90_factor']:.1f} times")
            print(f"    from {low} to {high} MUSD by the middle 80 % of the left-out errors")


def _deals(answer: Row) -> None:
    rows = [
        [_named(deal), deal["stage"], deal["structure"], *_amounts(deal), deal["status"], deal["source_grade"]]
        for deal in answer["deals"]
    ]
    if rows:
        show_table(rows, ["deal", "stage", "structure", "upfront", "total", "status", "grade"])
    for deal in answer["deals"]:
        print(f"  {deal['deal_id']}: {deal['source_url']}")
    if answer["deals_left_off"]:
        print(f"{answer['deals_left_off']} more: --limit {answer['n']}")


def _benchmarks(rows: list[Row]) -> None:
    if rows:
        print("published beside these, by other bodies of other deals (onepill rules show ID):")
    for row in rows:
        print(f"  {row['rule_id']}: {row['value']} {row['unit']} ({row['body']}, {row['source_grade']})")
