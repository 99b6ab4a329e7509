"""The risk that a deal comes back, as text: by when, what it is worth, which clauses help, what is published."""

from __future__ import annotations

from typing import Any

from onepill.cli.show_registry import show_findings
from onepill.cli.tables import show_table

Row = dict[str, Any]
YEARS = (1, 2, 3, 4, 5, 7, 10, 15)
"""Of the years since signing, those that are printed."""


def show_return_risk(answer: Row) -> None:
    print(f"{answer['title']['en']}, signed {answer['signed_on']}, seen from {answer['as_of']}")
    risk = answer["risk"]
    if risk is not None:
        _hazard(risk["hazard"])
        _years(risk["by_year"])
        _causes(answer["causes"], risk["hazard"]["age_years"])
        _parties(risk)
        _stress(risk["stress"])
        _clauses(answer["clauses"], answer["risk"]["parties"])
    _cohorts(answer)
    show_findings(answer["findings"])


def _hazard(found: Row) -> None:
    rates = ", ".join(f"{rate:.2%}" for rate in found["per_year"])
    until = "" if found["after_launch"] else ", until the first launch"
    print(f"hazard of an end by the partner: {rates} a year{until}")
    if found["asked_share"] is not None:
        own, both = f"{found['own_share']:.1%}", f"{found['reached_share']:.1%}"
        print(f"  cohort {found['cohort']}: {found['asked_share']:.1%} ended within {found['age_years']:.1f} years")
        print(f"  on these futures the programme's own failures come to {own}, with the hazard {both}")


def _years(rows: list[Row]) -> None:
    print("\nchance that the licence has ended")
    chosen = [row for row in rows if row["years"] in YEARS]
    header = ["within years", *(str(row["years"]) for row in chosen)]
    lines = [
        [label, *(f"{row[key]:.1%}" for row in chosen)]
        for label, key in (("programme fails", "own_prob"), ("partner leaves", "added_prob"), ("in all", "total_prob"))
    ]
    show_table(lines, header)


def _causes(rows: list[Row] | None, years: float) -> None:
    if rows is None:
        return
    print(f"\nby cause within {years:.1f} years")
    show_table(
        [[row["cause"].replace("_", " "), f"{row['prob']:.1%}", _range(row), row["note"]["en"]] for row in rows],
        ["cause", "chance", "range", "told by"],
    )


def _range(row: Row) -> str:
    return "" if row["low_prob"] is None else f"{row['low_prob']:.1%} to {row['high_prob']:.1%}"


def _parties(risk: Row) -> None:
    life = risk["second_life"]
    print(
        f"\npresent value, MUSD ± standard error; second life in {life['prob']:.0%} of ends, after "
        f"{life['transition_days'] + life['restart_days']} days"
    )
    _worth(risk["parties"])
    if risk["clause_effects_counted"]:
        print("the assumed effects of the contract's clauses are counted")


def _worth(parties: Row) -> None:
    lines = []
    for row in parties.values():
        keys = ("without_end_usd", "no_second_life_usd", "second_life_usd", "end_change_usd", "second_life_gain_usd")
        lines.append([row["name"]["en"], *(_musd(row[key]) for key in keys)])
    header = ["party", "never ends early", "may end", "with a second life", "end changes", "second life adds"]
    show_table(lines, header)


def _stress(found: Row | None) -> None:
    if found is None:
        return
    print(f"\n{found['why']['en']}")
    leaves = f"the partner leaves on {found['left_prob']:.1%}"
    print(f"at {found['hazard_per_year']:.2%} a year {leaves}; MUSD ± standard error")
    _worth(found["parties"])


def _musd(found: Row) -> str:
    return f"{found['mean'] / 1e6:,.2f} ± {found['standard_error'] / 1e6:,.2f}"


def _clauses(rows: list[Row], parties: Row) -> None:
    beside = ", at the assumed hazard above" if rows and rows[0]["beside"] == "stress" else ""
    print(f"\neach clause alone, MUSD to each party: assumed effect, least to most (not measured anywhere){beside}")
    lines = []
    for row in rows:
        at = {level["level"]: level["gain_usd"] for level in row["levels"]}
        gains = [
            f"{at['mode'][party]['mean'] / 1e6:+,.2f} "
            f"({at['least'][party]['mean'] / 1e6:+,.2f} to {at['most'][party]['mean'] / 1e6:+,.2f})"
            for party in parties
        ]
        lines.append([row["clause"].replace("_", " "), "yes" if row["in_terms"] else "no", *gains])
    show_table(lines, ["clause", "in the terms", *(row["name"]["en"] for row in parties.values())])
    for row in (row for row in rows if row["fee_usd"]):
        paid = ", ".join(f"{parties[name]['name']['en']} {_musd(row['fee_usd'][name])}" for name in parties)
        print(f"the payment on the day of the end itself: {paid}")


def _cohorts(answer: Row) -> None:
    print("\npublished cohorts")
    lines = []
    for row in answer["cohorts"]:
        counts = f"{row['ended']} of {row['deals']}" if row["deals"] else "counts not stated"
        low, high = row["hazard_low_per_year"], row["hazard_high_per_year"]
        limits = f" [{low:.1%}, {high:.1%}]" if low is not None else ""
        others = "; ".join(f"{other['body']}: {other['deals']} deals" for other in row["other_counts"])
        share = f"{row['ended_share']:.0%} ({counts})"
        age, rate = f"{row['mean_age_years']:.1f}", f"{row['hazard_per_year']:.1%}{limits}"
        lines.append([str(row["year"]), share, row["counted_on"], row["body"], age, rate, others])
    header = ["year", "ended", "counted on", "body", "mean age", "hazard a year [95 %]", "other bodies"]
    show_table(lines, header)
    found = answer["pooled"]
    low, high = found["hazard_low_per_year"], found["hazard_high_per_year"]
    print(f"all cohorts: {found['hazard_per_year']:.1%} a year [{low:.1%}, {high:.1%}], by the spread between them")
    for row in answer["published"]:
        print(f"{row['name']['en']}: {_value(row['value'])} ({row['body']})")


def _value(value: Any) -> str:
    return ", ".join(f"{name} {part:g}" for name, part in value.items()) if isinstance(value, dict) else f"{value:g}"
