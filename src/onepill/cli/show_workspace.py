"""Answers about the workspace as text: programmes, their history, jobs, backups."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from typing import Any

from onepill.cli.show_registry import show_findings
from onepill.cli.tables import show_table

Row = dict[str, Any]
MILLION = 1e6
SHOWN_CHANGES = 12
LONGEST_VALUE = 60


def show_programmes(answer: Row) -> None:
    if not answer["programmes"]:
        print("the workspace holds no programme; add one with `onepill programmes add FILE`")
        return
    rows = [_programme(row) for row in answer["programmes"]]
    show_table(rows, ["programme", "version", "saved", "next milestone", "launch", "rNPV, MUSD"])
    if any(row["outlook"] is None for row in answer["programmes"]):
        print("`--outlook` computes what is not shown")


def _programme(row: Row) -> list[str]:
    newest, outlook = row["newest"], row["outlook"]
    head = [row["id"], str(newest["version"]), newest["saved_at"][:10]]
    if outlook is None:
        return [*head, "", "", ""]
    ahead = outlook["next_milestone"]
    milestone = f"{ahead['id']} {ahead['p50']}" if ahead else ""
    chance = "" if outlook["launch_prob"] is None else f"{outlook['launch_prob']:.1%}"
    value = outlook["rnpv_usd"]
    money = f"{value['mean'] / MILLION:,.1f} ± {value['standard_error'] / MILLION:,.1f}"
    return [*head, milestone, chance, money]


def show_programme(answer: Row) -> None:
    """The text alone, so that `onepill programmes show ID > FILE` gives the file back; the rest is in `--json`."""
    print(answer["text"], end="")


def show_saved(answer: Row) -> None:
    show_findings(answer["findings"])
    version = answer["version"]
    print(f"{answer['id']}: version {version['version']} saved by {version['saved_by']} at {version['saved_at']}")


def show_history(answer: Row) -> None:
    for row in answer["versions"]:
        scenario = f", scenario {row['scenario']}" if row["scenario"] else ""
        print(f"version {row['version']}  {row['saved_at']}  {row['saved_by']}{scenario}: {row['reason']}")
        show_value_changes(row["changes"])
    if answer["versions"] and (left := answer["versions"][-1]["version"] - 1):
        print(f"{left} earlier versions; `--limit` shows more, `--before {left + 1}` those")


def show_value_changes(changes: list[Row]) -> None:
    """The first values that differ, and how many more do."""
    for change in changes[:SHOWN_CHANGES]:
        print(f"    {change['path']}: {_short(change['before'])} -> {_short(change['after'])}")
    if (left := len(changes) - SHOWN_CHANGES) > 0:
        print(f"    {left} more; `--json` gives each")


def show_comparison(answer: Row) -> None:
    base = answer["base"]
    print(f"{answer['id']}, version {base['version']}, rNPV {_money(base['rnpv_usd'])} on {answer['draws']:,} futures")
    for side in answer["sides"]:
        print(f"\n{side['name']} ({side['kind']}): rNPV {_money(side['rnpv_difference_usd'], sign='+')}")
        rows = [
            [one["id"], f"{days['mean']:+,.0f}", f"{days['standard_error']:,.1f}", f"{one['prob_difference']:+.2%}"]
            for one, days in ((one, one["days_difference"]) for one in side["milestones"])
        ]
        show_table(rows, ["milestone", "days", "standard error", "chance"])


def show_deals(answer: Row) -> None:
    if not answer["deals"]:
        print("the workspace holds no deal; add one with `onepill deals add FILE --programme ID`")
        return
    rows = [
        [row["id"], row["structure"] or "", row["signed_on"] or "", str(newest["version"]), newest["saved_at"][:10]]
        for row, newest in ((row, row["newest"]) for row in answer["deals"])
    ]
    show_table(rows, ["deal", "structure", "signed", "version", "saved"])


def show_deal(answer: Row) -> None:
    """The text on standard output, so that `onepill deals show ID > FILE` gives a file; what is said of it beside."""
    with redirect_stdout(sys.stderr):
        show_findings(answer["findings"])
    print(answer["text"], end="")


def show_job(answer: Row) -> None:
    about = f" of {answer['programme']}" if answer["programme"] else ""
    print(f"job {answer['id']}: {answer['operation']}{about}, {answer['state']}, {_futures(answer)}")
    if answer["error"]:
        print(f"  {answer['error']['error']}")
    if answer["state"] == "queued":
        print("  `onepill serve` or `onepill worker` works on it")


def show_jobs(answer: Row) -> None:
    rows = [
        [row["id"], row["operation"], row["programme"] or "", row["state"], _futures(row), row["created_at"][:19]]
        for row in answer["jobs"]
    ]
    show_table(rows, ["job", "question", "programme", "state", "futures", "asked"])


def show_backup(answer: Row) -> None:
    print(f"{answer['file']}: {answer['documents']} documents, {answer['bytes']:,} bytes")


def show_restored(answer: Row) -> None:
    print(f"{answer['documents']} documents stand as in {answer['file']}")
    print(f"what stood before is in {answer['undo']}")


def _futures(row: Row) -> str:
    return f"{row['done']:,} of {row['total']:,}"


def _money(row: Row, *, sign: str = "") -> str:
    return f"{row['mean'] / MILLION:{sign},.1f} ± {row['standard_error'] / MILLION:,.1f} MUSD"


def _short(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
