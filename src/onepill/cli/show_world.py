"""The law of the world, and the brief, as text."""

from __future__ import annotations

from datetime import date
from typing import Any

from onepill.cli.show_registry import show_findings
from onepill.cli.show_workspace import show_value_changes
from onepill.cli.tables import show_table

Row = dict[str, Any]
MILLION = 1e6
SHOWN_DAYS = 4
STEPS = ("time", "law", "inputs")


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
    if isinstance(value, dict):
        return ", ".join(f"{name} {_told(item)}" for name, item in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def show_brief(answer: Row) -> None:
    days = (date.fromisoformat(answer["on"]) - date.fromisoformat(answer["since"])).days
    print(f"From {answer['since']} to {answer['on']}, {count_days(days)}; {answer['draws']:,} draws")
    heads = ["programme", "value now, MUSD", "moved", "by time", "by law", "by own inputs", "dates"]
    show_table([_moved(row, days) for row in answer["programmes"]], heads)
    print("\nIn this order, on the same draws: time under the rules known before, rules that became known, own inputs")
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
        for row in sorted(answer["own"], key=lambda one: one["saved_at"]):
            about = f"{row['document']}, version {row['version']}, {row['saved_by']}"
            print(f"{row['saved_at'][:10]}  {about}: {row['reason']}")
            show_value_changes(row["changes"])
    else:
        print("\nNo own input was saved")
    show_findings(answer["findings"])


def _moved(row: Row, days: int) -> list[str]:
    if row["problem"]:
        return [row["programme"], "", "", "", "", "", row["problem"]]
    parts = (row[name]["rnpv_usd"] for name in ("moves", *STEPS))
    return [row["programme"], _money(row["rnpv_usd"], ""), *(_money(part, "+") for part in parts), told_days(row, days)]


def told_days(row: Row, days: int) -> str:
    """What moved dates: time that passed without anything done, and beyond that law and own inputs."""
    count = len(row["time"]["milestones"])
    told = [f"{row['slipped']} of {count} slip with the {count_days(days)} that passed"] if row["slipped"] else []
    for step in ("law", "inputs"):
        moved = [one for one in row[step]["milestones"] if round(one["days"]["mean"])]
        moved.sort(key=lambda one: -abs(one["days"]["mean"]))
        told += [f"{step}: {one['id']} {one['days']['mean']:+.0f} days" for one in moved[:SHOWN_DAYS]]
    return "; ".join(told) or "none moved"


def count_days(days: int) -> str:
    return f"{days} day" if days == 1 else f"{days} days"


def _money(value: Row, sign: str) -> str:
    return f"{value['mean'] / MILLION:{sign},.2f} ± {value['standard_error'] / MILLION:,.2f}"
