"""What the live page of a programme shows: key figures, what moved, and every input as a field."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from onepill.reports.catalogue import capital
from onepill.reports.footnotes import grade_of
from onepill.reports.numerals import Numerals, money_estimate, number, percent
from onepill.web.speaking import Speaking

Row = dict[str, Any]
NEXT_DRAWS = {10_000: 100_000, 100_000: 1_000_000}
"""An edit is answered on ten thousand futures, then refined."""
FINEST = 1_000_000
POINT = 100
OF_MANY = ("development", "filings", "markets")
"""Parts of a file that hold several, each a group of its own."""
UNSAID = frozenset({"access", "states", "transitions", "calendars", "patients", "loss_of_exclusivity", "done"})
"""Keys between a group and its field that a reader does not miss."""
SAID_UNITS = frozenset({"share", "count", "rate", "day", "list", "choice"})
"""Units that the text of a value does not carry itself."""


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
        "groups": _groups(live, asked),
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
    }


def edits_words(count: int, asked: Speaking) -> str:
    return asked.words("live.edit_one" if count == 1 else "live.edits", count=count)


def _other_title(live: Row, asked: Speaking) -> str:
    other = "en" if asked.lang == "zh" else "zh"
    found = str(live["title"].get(other) or "")
    return "" if found == asked.words.text(live["title"]) else found


def base_path(programme_id: str) -> str:
    return f"/programmes/{quote(programme_id, safe='')}"


def explain_path(programme_id: str, path: str) -> str:
    return f"{base_path(programme_id)}/explain/{quote(path, safe='.')}"


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
        row["href"] = asked.link(explain_path(live["id"], row["path"]), drop=("draws",))
    return rows


def _key(label: str, big: str, small: str, was: str, path: str) -> Row:
    return {"label": label, "big": big, "small": small, "was": was, "path": path}


def _moved(live: Row, asked: Speaking) -> list[Row]:
    """Paired differences with their errors: value, futures that earn, and the approvals whose day or chance moved."""
    t, moved = asked.words, live["moved"]
    rows = [_difference(t("live.rnpv"), moved["rnpv_usd"], 1e-6, "", up_is_good=True)]
    rows.append(_difference(t("live.earns_share"), moved["earns_share"], POINT, t("live.points"), up_is_good=True))
    labels = {row["id"]: row for row in live["base"]["milestones"] if not row["is_fact"]}
    ahead = [row for row in moved["milestones"] if row["id"] in labels and labels[row["id"]]["kind"] == "approval"]
    first = _next(live)
    chosen = [row for row in ahead if _is_moved(row)] or [row for row in ahead if first and row["id"] == first["id"]]
    for row in chosen:
        name = _approval(labels[row["id"]], asked)
        if row["days"] and (row["days"]["mean"] or row is chosen[0]):
            rows.append(_difference(t("live.day_of", milestone=name), row["days"], 1, t("live.days"), up_is_good=False))
        if row["prob"]["mean"] or row is chosen[0]:
            label = t("live.chance_of", milestone=name)
            rows.append(_difference(label, row["prob"], POINT, t("live.points"), up_is_good=True))
    return rows


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


def _groups(live: Row, asked: Speaking) -> list[Row]:
    """Inputs by stage, filing, market; the field keeps what was typed, also where it is refused."""
    groups: dict[str, Row] = {}
    typed = {row["path"].lower(): row["text"] for row in live["changes"]}
    refused: dict[str, list[Row]] = {}
    for finding in live["findings"]:
        refused.setdefault(finding["path"].lower(), []).append(finding)
    typed |= _refused_texts(asked)
    sources = dict(one.partition(":")[::2] for name, one in asked.query if name == "source")
    for row in live["inputs"]:
        parts = row["path"].split(".")
        key = ".".join(parts[:2]) if parts[0] in OF_MANY and len(parts) > 2 else parts[0]
        group = groups.setdefault(key, {"name": _group_name(live, parts, asked), "mark": _mark(parts), "rows": []})
        group["rows"].append(_field(live, row, asked, typed, refused, sources))
    return list(groups.values())


def _refused_texts(asked: Speaking) -> dict[str, str]:
    """What stands in the address, whether or not it is accepted: nothing that a person typed is lost."""
    return {one.partition(":")[0].lower(): one.partition(":")[2] for name, one in asked.query if name == "set"}


def _mark(parts: list[str]) -> str:
    return f"c-{parts[1].split('_')[0].lower()}" if parts[0] == "markets" and len(parts) > 2 else ""


def _group_name(live: Row, parts: list[str], asked: Speaking) -> str:
    t = asked.words
    if len(parts) < 3 or parts[0] not in OF_MANY:
        return t.either("part_of_file", parts[0])
    if parts[0] == "development":
        return capital(_stage_name(live["stages"].get(parts[1]), parts[1], asked))
    code, _, rest = parts[1].partition("_")
    place = t.base.either("jurisdiction", code.upper())
    named = f"{place} {rest.replace('_', ' ')}".strip()
    return t("live.filing_in", place=named) if parts[0] == "filings" else named


def _stage_name(title: Row | None, stage: str, asked: Speaking) -> str:
    """The file's own title, else the word for a stage that is named as its kind."""
    plain = stage.replace("_", " ")
    shown = asked.words.text(title) or plain
    return asked.words.either("stage", stage) if shown == plain else shown


def _input_name(path: str, asked: Speaking) -> str:
    """What an input is called beneath the heading of its group: its field, after the part that it belongs to."""
    t, parts = asked.words, path.split(".")
    inner = [one for one in parts[2 if parts[0] in OF_MANY else 1 : -1] if one not in UNSAID]
    leaf = t(f"input.{parts[-1]}") if t.has(f"input.{parts[-1]}") else t.base.either("field", parts[-1])
    if not inner:
        return capital(leaf)
    around = t("live.input_sep").join(t.either("input_part", one) for one in inner)
    return capital(t("live.input_within", part=around, name=leaf))


def _field(  # noqa: PLR0917 -- one row of one page
    live: Row,
    row: Row,
    asked: Speaking,
    typed: dict[str, str],
    refused: dict[str, list[Row]],
    sources: dict[str, str],
) -> Row:
    path, lower = row["path"], row["path"].lower()
    saved = row["before"] if row["before"] is not None else (row["text"] or "")
    is_edited = lower in typed
    if is_edited and row["before"] is None and row["text"] == typed[lower] and lower not in refused:
        saved = ""
    grade = grade_of(row)
    source = row["source"] or {}
    return {
        "path": path,
        "id": path.replace(".", "-"),
        "name": _input_name(path, asked),
        "value": typed.get(lower, row["text"] or ""),
        "saved": saved,
        "shown": row["shown"],
        "unit": _unit(row, asked),
        "is_edited": is_edited,
        "may_change": row["may_change"] and row["origin"] != "derived",
        "may_source": row["may_source"],
        "was": saved if is_edited and saved != typed[lower] else "",
        "source": sources.get(path, ""),
        "source_title": str(source.get("title") or ""),
        "grade": grade,
        "grade_name": asked.words.base.either("grade", grade),
        "errors": [{"message": f["message"], "hint": f["hint"]} for f in refused.get(lower, [])],
        "href": asked.link(explain_path(live["id"], path), drop=("draws",)) if row["is_explained"] else "",
    }


def _unit(row: Row, asked: Speaking) -> str:
    """The unit where the text does not carry it itself."""
    return asked.words.either("input_unit", row["unit"]) if row["unit"] in SAID_UNITS else ""


def _loose(live: Row) -> list[Row]:
    """Errors about values that have no field of their own."""
    shown = {row["path"].lower() for row in live["inputs"]}
    return [row for row in live["findings"] if row["path"].lower() not in shown]
