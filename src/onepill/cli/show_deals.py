"""Deals as text: who has what, when and with which risk, and deals beside each other."""

from __future__ import annotations

from typing import Any

from onepill.cli.show_registry import show_findings
from onepill.cli.show_vehicle import show_vehicle
from onepill.cli.tables import show_table

Row = dict[str, Any]
LEGS_SHOWN = 12
"""Legs of a party that are printed; the JSON document has all of them, by year."""
PARTY_COLUMNS = ["party", "worth", "without", "p5", "p95", "loss", "worst 5%", "months to cash"]
SIDES = {"owner": "owner", "partner": "all others"}


def show_value(answer: Row) -> None:
    _head(answer)
    _deal(answer)
    show_vehicle(answer)
    for party in answer["parties"]:
        _flows(party)
    _returns(answer["return_risk"])
    _foot(answer)


def show_compare(answer: Row) -> None:
    _head(answer)
    for deal in answer["deals"]:
        print()
        _deal(deal)
        show_vehicle(deal)
    print("\nDifferences, path by path: mean ± standard error (chance to be better off)")
    titles = {row["id"]: row["deal_title"]["en"] for row in answer["frontier"]}
    first = titles[answer["deals"][0]["deal"]]
    rows = [
        [
            titles[deal["deal"]],
            SIDES[side],
            *(_difference(deal["differences"][key][side]) for key in ("from_none", "from_first")),
        ]
        for deal in answer["deals"]
        for side in SIDES
    ]
    show_table(rows, ["deal", "side", "from no deal", f"from {first}"])
    print("\nFrontier: means, and in brackets means of the worst twentieth")
    show_table(
        [_frontier(row, titles) for row in answer["frontier"]],
        ["deal", "owner", "all others", "beaten by", "with risk"],
    )
    _foot(answer)


def _head(answer: Row) -> None:
    scenarios = f", scenario {', '.join(answer['scenarios'])}" if answer["scenarios"] else ""
    simulated = f"{answer['draws']:,} futures, seed {answer['seed']}"
    print(f"{answer['title']['en']}, as of {answer['as_of']}{scenarios}; {simulated}")
    npv = answer["programme_npv_usd"]
    worth = f"{_musd(npv['mean'])} ± {_musd(npv['standard_error'])} MUSD"
    print(f"the programme in one hand: {worth} ({answer['convention']})")


def _deal(deal: Row) -> None:
    print(f"{deal['deal_title']['en']} ({deal['structure'].replace('_', ' ')}), signed {deal['signed_on']}")
    rows = [
        [
            party["name"]["en"] + _remark(party),
            f"{_musd(party['npv_usd']['mean'])} ± {_musd(party['npv_usd']['standard_error'])}",
            _musd(party["without_usd"]["mean"]),
            _musd(party["npv_usd"]["p5"]),
            _musd(party["npv_usd"]["p95"]),
            f"{party['prob_loss']:.0%}",
            _musd(party["tail_mean_usd"]),
            _months(party),
        ]
        for party in deal["parties"]
    ]
    show_table(rows, PARTY_COLUMNS)
    print(_shares(deal))


def _remark(party: Row) -> str:
    return " (owner)" if party["is_owner"] else " (passes on)" if party["passes_on"] else ""


def _months(party: Row) -> str:
    months = party["months_to_first_cash"]
    return "never" if months is None else f"{months:.0f} ({party['first_cash']['prob']:.0%})"


def _shares(deal: Row) -> str:
    """Who has which part of what the deal brings, with the two numbers that it comes from."""
    total = f"{_musd(deal['shared_usd'])} MUSD that the deal brings, each party by its own view"
    if deal["shared_usd"] <= 0:
        return f"nothing to share: {total}"
    lines = [_share(party, deal["shares"][party["id"]]) for party in deal["parties"] if not party["passes_on"]]
    return "\n".join([f"shares of the {total}, above what it keeps anyhow:", *lines])


def _share(party: Row, share: float) -> str:
    keeps = f", keeps {_musd(party['kept_usd'])}" if party["kept_usd"] else ""
    return f"  {share:>6.0%}  {party['name']['en']}: {_musd(party['own_npv_usd']['mean'])}{keeps}"


def _flows(party: Row) -> None:
    """Expected undiscounted totals of a party's legs and items, the largest first."""
    totals = sorted(((row["label"]["en"], sum(row["usd"])) for row in party["flows"]), key=lambda item: -abs(item[1]))
    if not totals:
        return
    print(f"\n{party['name']['en']}: expected undiscounted flows in all, MUSD")
    for label, usd in totals[:LEGS_SHOWN]:
        print(f"  {_musd(usd):>9}  {label}")
    if len(totals) > LEGS_SHOWN:
        print(f"  … and {len(totals) - LEGS_SHOWN} more in --json")


def _returns(risk: Row | None) -> None:
    """How likely the deal comes back, in a line; `onepill deal return-risk` has the rest."""
    if risk is None:
        return
    years = [row for row in risk["by_year"] if row["years"] in (1, 3, 5, 10)]
    chances = ", ".join(f"{row['total_prob']:.0%} within {row['years']} years" for row in years)
    print(f"\nmay end early or fail: {chances} (values above: as if it did not; see deal return-risk)")


def _difference(row: Row) -> str:
    return f"{row['mean'] / 1e6:+,.2f} ± {_musd(row['standard_error'])} ({row['better_prob']:.0%})"


def _frontier(row: Row, titles: Row) -> list[str]:
    sides = (f"{_musd(row[f'{side}_usd'])} ({_musd(row[f'{side}_tail_usd'])})" for side in SIDES)
    beaten = (", ".join(titles[one] for one in row[key]) or "–" for key in ("dominated_by", "dominated_by_with_risk"))
    return [titles[row["id"]], *sides, *beaten]


def _foot(answer: Row) -> None:
    print("\nworth in MUSD on the plan's day, each party at its own rate; ± is simulation error alone")
    show_findings(answer["findings"])


def _musd(amount_usd: float) -> str:
    return f"{amount_usd / 1e6:,.2f}"
