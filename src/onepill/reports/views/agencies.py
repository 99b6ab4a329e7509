"""Work with agencies in chapter 3: gates, core dossiers, rules that bite with their days, and the log of questions."""

from __future__ import annotations

from collections.abc import Sequence

from onepill.reports.charts import market_class
from onepill.reports.context import Context, Row, View
from onepill.reports.footnotes import grade_of
from onepill.reports.numerals import percent


def gates_view(context: Context) -> list[View]:
    """A row for each gate that bites or that the file has dealt with; those whose condition fails stand at the end."""
    rows = list(context.passport.get("gates") or ())
    numbered = sorted(enumerate(rows), key=lambda one: one[1]["state"] == "not_needed")
    return [_gate(context, row, f"/gates/{i}") for i, row in numbered]


def _gate(context: Context, row: Row, at: str) -> View:
    words = context.words
    begins, ends = (row.get("begins") or {}).get("p50"), (row.get("ends") or {}).get("p50")
    return {
        "name": words.text(row["name"]),
        "marks": list(dict.fromkeys(mark for rule in row["rules"] for mark in _marks(context, rule))),
        "css": market_class(row["market"]),
        "market": context.place(row["market"]),
        "before": context.activity_name(row["stage"]) if row.get("stage") else words(f"gate_before.{row['before']}"),
        "state": words(f"gate_state.{row['state']}"),
        "why": _why(context, row),
        "begins": context.told(begins or "", f"{at}/begins/p50"),
        "ends": context.told(row.get("done") or ends or "", f"{at}/done", f"{at}/ends/p50"),
        "binds": context.told(percent(row["binds"]), f"{at}/binds") if row.get("binds") else "",
    }


def _why(context: Context, row: Row) -> str:
    """What met a gate, why it is not needed, or which condition fails and which input answers it."""
    words = context.words
    if row.get("reason"):
        return words.text(row["reason"])
    if row.get("met_by"):
        return context.activity_name(str(row["met_by"]))
    failing = [f"{words.text(term)} ({term['answered_by']})" for term in row.get("failing") or ()]
    return words("review.gate_fails", terms=words("list.comma").join(failing)) if failing else ""


def risks_view(context: Context) -> list[View]:
    """Rules that bite, each with its days and whether the part of the plan that it hits comes after them."""
    return [_risk(context, row, f"/plan_risks/{i}") for i, row in enumerate(context.passport.get("plan_risks") or ())]


def _risk(context: Context, row: Row, at: str) -> View:
    words = context.words
    named = {"day": "day", "first": "from", "last": "until"}
    days = {name: context.told(row.get(key) or "–", f"{at}/{key}") for name, key in named.items()}
    return {
        "name": words.text(row["name"]),
        "marks": _marks(context, row),
        "css": market_class(row["market"]),
        "message": words.sentence(row["message"]),
        "hint": words.sentence(row["hint"]),
        "announced": context.told(row.get("announced") or "–", f"{at}/announced"),
        "from": context.told(row.get("from") or words("review.start_unknown"), f"{at}/from"),
        "when": context.says(f"risk_position.{row['position']}", place=words(f"risk_hits.{row['hits']}"), **days),
    }


def dossiers_view(context: Context) -> list[str]:
    """A sentence for each core dossier: its data cut, when it is ready, and who shares it."""
    words, said = context.words, []
    for row in context.passport.get("dossiers") or ():
        values = {
            "name": row["id"],
            "places": words.enumerate([words.place(code) for code in row["filings"]]),
            "ready": row["ready"].get("p50") or "–",
        }
        cut = row.get("data_cut")
        said.append(words("review.dossier_cut", cut=cut, **values) if cut else words("review.dossier", **values))
    return said


def log_view(context: Context) -> View:
    """The log of questions with answers and commitments; empty where nothing was asked."""
    log = context.passport.get("log") or {}
    questions: Sequence[Row] = log.get("questions") or ()
    if not questions:
        return {}
    counts = {key: log[key] for key in ("open_questions", "open_commitments", "overdue_commitments")}
    return {
        "lede": context.words("review.log_lede", questions=len(questions), **counts),
        "rows": [_question(context, row) for row in questions],
    }


def _question(context: Context, row: Row) -> View:
    words = context.words
    return {
        "css": market_class(row["agency"]),
        "place": context.place(row["agency"]),
        "meeting": words.text(row.get("meeting")),
        "asked": row["asked"],
        "question": words.text(row["question"]),
        "answered": row.get("answered") or words("log_state.open"),
        "answer": words.text(row.get("answer")),
        "marks": context.notes.source(row.get("source"), grade=None, used_for=str(row["id"])),
        "commitments": [_commitment(context, item) for item in row["commitments"]],
    }


def _commitment(context: Context, row: Row) -> View:
    words = context.words
    due = row.get("due") or row.get("due_planned")
    return {
        "text": words.text(row["text"]),
        "state": words(f"log_state.{row['state']}"),
        "day": row["done"] or (words("review.log_due", day=due) if due else ""),
        "touches": words("review.log_touches", part=row["touches"]) if row.get("touches") else "",
    }


def _marks(context: Context, row: Row) -> list[object]:
    if not row.get("source"):
        return []
    return list(context.notes.source(row["source"], grade=grade_of(row), used_for=str(row["rule"])))
