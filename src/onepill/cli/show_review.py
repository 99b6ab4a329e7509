"""The review of uncertain links as text."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
SHOWN = 20
"""Rows shown in a terminal; a file or `--json` holds all."""


def show_review(answer: Row) -> None:
    from onepill.cli.show_registry import show_findings

    show_findings(answer["findings"])
    {"export": _exported, "take": _taken, "list": _listed}[answer["action"]](answer)


def _exported(answer: Row) -> None:
    from onepill.cli.tables import show_table

    rows = [
        [row["kind"], row["text"], f"{row['uses']:,}", row["name"], ", ".join(row["others"]), f"{row['score']:.2f}",
         row["rule"]]
        for row in answer["rows"][:SHOWN]
    ]  # fmt: skip
    if rows:
        show_table(rows, ["kind", "text", "records", "may be", "or", "score", "rule"])
    counts = ", ".join(f"{count:,} {kind}" for kind, count in answer["uncertain"].items()) or "nothing"
    print(f"to be looked at: {counts}; {answer['kept']:,} corrections are kept")
    if answer["written"]:
        print(f"{len(answer['rows']):,} rows in {answer['written']}")
        print("Fill decided_by, decided_on and reason where you decide, empty entity_id for `names nothing`, then")
        print(f"  onepill registry review --take {answer['written']}")
    elif answer["rows"]:
        print("`onepill registry review --out FILE.csv` writes them all for your decisions.")


def _taken(answer: Row) -> None:
    found = answer["taken"]
    print(
        f"{found['read']:,} decisions read: {found['new']:,} new, {found['changed']:,} changed, "
        f"{found['unchanged']:,} unchanged, {found['older']:,} older than what is kept; "
        f"{found['waiting']:,} rows wait"
    )
    print(f"{answer['kept']:,} corrections are kept in {answer['kept_in']}; the next landscape question uses them")


def _listed(answer: Row) -> None:
    from onepill.cli.tables import show_table

    rows = [
        [row["kind"], row["text"], row["entity_id"] or "nothing", row["decided_by"], row["decided_on"], row["reason"]]
        for row in answer["corrections"]
    ]
    if rows:
        show_table(rows, ["kind", "text", "names", "decided by", "on", "reason"])
    print(f"{answer['kept']:,} corrections are kept in {answer['kept_in']}")
