"""The list of programmes as a page shows it."""

from __future__ import annotations

from typing import Any

from onepill.reports.catalogue import capital
from onepill.reports.numerals import Numerals, money_estimate, percent
from onepill.web.addresses import base_path, explain_path
from onepill.web.speaking import Speaking

Row = dict[str, Any]


def list_view(found: Row, asked: Speaking) -> list[Row]:
    """One row a programme; what no kept answer tells is empty, and said to be."""
    return [_row(row, asked) for row in found["programmes"]]


def _row(row: Row, asked: Speaking) -> Row:
    words, outlook = asked.words, row["outlook"]
    shown = {
        "id": row["id"],
        "title": capital(words.text(row["title"])),
        "as_of": row["as_of"],
        "version": row["newest"]["version"],
        "saved_by": row["newest"]["saved_by"],
        "saved_at": row["newest"]["saved_at"][:10],
        "href": base_path(row["id"]),
        "known": outlook is not None,
        "explain": explain_path(row["id"], ""),
    }
    return shown | (_outlook(outlook, asked) if outlook else {})


def _outlook(outlook: Row, asked: Speaking) -> Row:
    words, ahead = asked.words, outlook["next_milestone"]
    value = money_estimate(outlook["rnpv_usd"])
    return {
        "stage": capital(words.text(outlook["stage_label"])),
        "milestone": capital(words.text(ahead["label"])) if ahead else "",
        "milestone_path": f"milestones.{ahead['id']}.p50" if ahead else "",
        "milestone_month": Numerals(words.base).month(ahead["p50"]) if ahead else "",
        "launch": percent(outlook["launch_prob"], 0) if outlook["launch_prob"] is not None else "",
        "value": value.mean,
        "error": value.error,
    }
