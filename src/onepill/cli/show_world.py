"""The law of the world, and the brief, as text."""

from __future__ import annotations

from typing import Any

from onepill.cli.show_registry import show_findings
from onepill.cli.tables import show_table

Row = dict[str, Any]
MILLION = 1e6
SHOWN_DAYS = 4


def show_world(answer: Row) -> None:
    print(f"As of {answer['on']}, among what was announced by {answer['known_on']}\n")
    columns = ["jurisdiction", "rules_in_force", "official", "absent", "routes", "changes_ahead", "next_change"]
    show_table([[str(row[name] or "") for name in columns] for row in answer["jurisdictions"]], columns)
    show_changes(answer["changes"])


def show_changes(changes: list[Row]) -> None:
    """Days on which the law changes; nothing said where it does not."""
    if not changes:
        print("\nNo change of law")
        return
    print("\nChanges of law")
    rows = [[row["day"], row["change"], row["rule"], _told(row["before"]), _told(row["value"])] for row in changes]
    show_table(rows, ["day", "", "rule", "before", "value"])


def _told(value: object) -> str:
    return "" if value is None else str(value)


def show_brief(answer: Row) -> None:
    print(f"From {answer['since']} to {answer['on']}; {answer['draws']:,} draws")
    show_table([_moved(row) for row in answer["programmes"]], ["programme", "value moved, MUSD", "what moved most"])
    show_changes(answer["law"])
    for watch in answer["watches"]:
        told = watch["problem"] or f"{len(watch['changes'])} changes"
        print(f"\nWatch {watch['watch']}: {told}")
    if answer["deals"]:
        print("\nDeals announced")
        names = ["announced_on", "licensor", "licensee", "asset", "structure"]
        show_table([[row[name] for name in names] for row in answer["deals"]], names)
    if answer["own"]:
        print("\nOwn inputs")
        rows = [
            [row["saved_at"][:10], row["document"], str(row["version"]), row["saved_by"], row["reason"]]
            for row in answer["own"]
        ]
        show_table(rows, ["saved", "document", "version", "by", "reason"])
    show_findings(answer["findings"])


def _moved(row: Row) -> list[str]:
    if row["problem"]:
        return [row["programme"], "", row["problem"]]
    moved = row["moves"]
    value = moved["rnpv_usd"]
    days = sorted(moved["milestones"], key=lambda one: -abs(one["days"]["mean"]))[:SHOWN_DAYS]
    told = [
        f"{one['id']} {one['days']['mean']:+.0f} ± {one['days']['standard_error']:.0f} days"
        for one in days
        if one["days"]["mean"]
    ]
    money = f"{value['mean'] / MILLION:+,.2f} ± {value['standard_error'] / MILLION:,.2f}"
    return [row["programme"], money, "; ".join(told)]
