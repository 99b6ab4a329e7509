"""What the live page of a programme shows: key figures, what moved, and every input as a field."""

from __future__ import annotations

from typing import Any

from onepill.reports.catalogue import capital
from onepill.reports.numerals import Numerals, money_estimate, number, percent
from onepill.web.addresses import explain_path
from onepill.web.live_fields import input_groups
from onepill.web.path_words import PathWords
from onepill.web.speaking import Speaking

Row = dict[str, Any]
NEXT_DRAWS = {10_000: 100_000, 100_000: 1_000_000}
"""An edit is answered on ten thousand futures, then refined."""
FINEST = 1_000_000
POINT = 100
OF_CHANGES = ("draws", "set", "source", "scenario", "as_of")
"""Names of an address that make the programme another than was saved."""


def live_view(live: Row, asked: Speaking, *, seconds: float, refine: bool) -> Row:
    """The parts of the page."""
    finer = NEXT_DRAWS.get(live["draws"]) if refine and live["moved"] else None
    return {
        "id": live["id"],
        "title": asked.words.text(live["title"]),
        "other": _other_title(live, asked),
        "version": live["version"],
        "newest": live["newest_version"],
        "as_of": live["as_of"],
        "scenario": live["scenario"],
        "scenarios": live["scenarios"],
        "edits": len(live["changes"]),
        "edits_words": edits_words(len(live["changes"]), asked),
        "keys": _keys(live, asked),
        "moved": _moved(live, asked) if live["moved"] else None,
        "draws": number(live["draws"]),
        "done": live["draws"],
        "finest": FINEST,
        "finest_words": number(FINEST),
        "finer": finer,
        "seconds": f"{seconds:.2f}",
        "groups": input_groups(live, asked),
        "counts": _counts(live),
        "loose": _loose(live),
        "changes": [{"path": row["path"], "text": row["text"]} for row in live["changes"]],
    }


def head_view(shown: Row, asked: Speaking) -> Row:
    """The head of a programme's other pages, from `programmes show`."""
    return {
        "id": shown["id"],
        "title": asked.words.text(shown["title"]),
        "other": _other_title(shown, asked),
        "version": shown["version"]["version"],
        "newest": shown["newest_version"],
        "as_of": shown["as_of"],
        "scenario": None,
        "edits": 0,
        "edits_words": "",
        "say": PathWords(shown["titles"], asked).full,
    }


def edits_words(count: int, asked: Speaking) -> str:
    return asked.words("live.edit_one" if count == 1 else "live.edits", count=count)


def _other_title(live: Row, asked: Speaking) -> str:
    other = "en" if asked.lang == "zh" else "zh"
    found = str(live["title"].get(other) or "")
    return "" if found == asked.words.text(live["title"]) else found


def _next(live: Row) -> Row | None:
    """The first approval in a jurisdiction that has none yet, by its median in the saved version."""
    approvals = [row for row in live["base"]["milestones"] if row["kind"] == "approval"]
    done = {row["jurisdiction"] for row in approvals if row["is_fact"]}
    ahead = [row for row in approvals if row["jurisdiction"] not in done]
    return min(ahead, key=lambda row: row["p50"] or "9999", default=None)


def _found(state: Row, milestone: Row) -> Row:
    return next((row for row in state["milestones"] if row["id"] == milestone["id"]), milestone)


def _keys(live: Row, asked: Speaking) -> list[Row]:
    """The four key figures, each with where it is explained and what it was."""
    t, numerals, now, base = asked.words, Numerals(asked.words.base), live["now"], live["base"]
    value, before = money_estimate(now["rnpv_usd"]), money_estimate(base["rnpv_usd"])
    rows = [
        _key(t("live.rnpv"), value.mean, f"± {value.error}" if value.error else "", before.mean, "value.rnpv_usd.mean")
    ]
    milestone = _next(live)
    if milestone:
        after, place = _found(now, milestone), _approval(milestone, asked)
        path = f"milestones.{milestone['id']}"
        day, was = (numerals.month(row["p50"]) or t("live.never") for row in (after, milestone))
        rows.append(_key(t("live.median_of", milestone=place), day, "", was, f"{path}.p50"))
        chance, chance_was = (percent(row["prob"], 1) for row in (after, milestone))
        rows.append(_key(t("live.chance_of", milestone=place), chance, "", chance_was, f"{path}.prob"))
    earns, earned = (f"{state['earns_share'] * POINT:.1f}" for state in (now, base))
    rows.append(_key(t("live.earns"), earns, t("live.of_hundred"), earned, "value.rnpv_usd.prob_positive"))
    for row in rows:
        row["was"] = row["was"] if live["moved"] and row["was"] != row["big"] else ""
        row["href"] = _explained(live, row["path"], asked)
        row["was_href"] = asked.link(explain_path(live["id"], row["path"]), drop=OF_CHANGES)
    return rows


def _key(label: str, big: str, small: str, was: str, path: str) -> Row:
    return {"label": label, "big": big, "small": small, "was": was, "path": path}


def _moved(live: Row, asked: Speaking) -> list[Row]:
    """Paired differences with their errors: value, futures that earn, and the approvals whose day or chance moved."""
    t, moved = asked.words, live["moved"]
    value, earns = "value.rnpv_usd.mean", "value.rnpv_usd.prob_positive"
    rows = [{**_difference(t("live.rnpv"), moved["rnpv_usd"], 1e-6, "", up_is_good=True), "path": value}]
    earned = _difference(t("live.earns_share"), moved["earns_share"], POINT, t("live.points"), up_is_good=True)
    rows.append({**earned, "path": earns})
    labels = {row["id"]: row for row in live["base"]["milestones"] if not row["is_fact"]}
    ahead = [row for row in moved["milestones"] if row["id"] in labels and labels[row["id"]]["kind"] == "approval"]
    first = _next(live)
    chosen = [row for row in ahead if _is_moved(row)] or [row for row in ahead if first and row["id"] == first["id"]]
    for row in chosen:
        name, path = _approval(labels[row["id"]], asked), f"milestones.{row['id']}"
        if row["days"] and (row["days"]["mean"] or row is chosen[0]):
            later = _difference(t("live.day_of", milestone=name), row["days"], 1, t("live.days"), up_is_good=False)
            rows.append({**later, "path": f"{path}.mean"})
        if row["prob"]["mean"] or row is chosen[0]:
            label = t("live.chance_of", milestone=name)
            likelier = _difference(label, row["prob"], POINT, t("live.points"), up_is_good=True)
            rows.append({**likelier, "path": f"{path}.prob"})
    return [{**row, "href": _explained(live, row["path"], asked)} for row in rows]


def _explained(live: Row, path: str, asked: Speaking) -> str:
    return asked.link(explain_path(live["id"], path), drop=("draws",))


def _approval(row: Row, asked: Speaking) -> str:
    """An approval by its place; one of several there by its own name."""
    place = asked.words.base.either("jurisdiction", row["jurisdiction"])
    is_only = row["id"] == f"{row['jurisdiction'].lower()}.approval"
    return asked.words("live.approval_in", place=place) if is_only else capital(asked.words.text(row["label"]))


def _is_moved(row: Row) -> bool:
    return bool(row["prob"]["mean"] or (row["days"] and row["days"]["mean"]))


def _difference(label: str, found: Row, scale: float, unit: str, *, up_is_good: bool) -> Row:
    """A signed difference; its error has a decimal more where it is small."""
    mean, error = found["mean"] * scale, found["standard_error"] * scale
    decimals = 1 if error >= 0.1 or not error else 2 if error >= 0.01 else 3
    if not mean and not error:
        return {"label": label, "mean": "0", "error": "", "unit": unit, "direction": "muted"}
    shown = number(mean, decimals)
    sign = "+" if mean > 0 else ""
    direction = "up" if (mean > 0) == up_is_good else "down"
    return {
        "label": label,
        "mean": sign + shown,
        "error": number(error, decimals),
        "unit": unit,
        "direction": direction,
    }


def _counts(live: Row) -> Row:
    given = sum(row["text"] is not None for row in live["inputs"])
    bad = len({row["path"] for row in live["findings"]})
    return {"given": given, "filled": len(live["inputs"]) - given, "bad": bad}


def _loose(live: Row) -> list[Row]:
    """Errors about values that have no field of their own."""
    shown = {row["path"].lower() for row in live["inputs"]}
    return [row for row in live["findings"] if row["path"].lower() not in shown]
