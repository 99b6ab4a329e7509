"""Every input of a programme as a field of its page: numbers as text, words as choices, each in the reader's words."""

from __future__ import annotations

from typing import Any

from onepill.reports.finding_words import finding_views
from onepill.reports.footnotes import grade_of
from onepill.web.addresses import explain_path
from onepill.web.path_words import OF_MANY, PathWords
from onepill.web.speaking import Speaking

Row = dict[str, Any]
WORDS = frozenset({"list", "choice"})
"""Units of inputs that hold words."""
SPREAD, MOST_PARTS = " – ", 3
OWN_UNITS = frozenset({"share", "count", "rate", "day"})
"""Units that the text of a value does not carry itself."""


def input_groups(live: Row, asked: Speaking) -> list[Row]:
    """Inputs by stage, filing, market; the field keeps what was typed, also where it is refused."""
    groups: dict[str, Row] = {}
    words = PathWords(live["titles"], asked)
    typed = {row["path"].lower(): row["text"] for row in live["changes"]} | _typed_texts(asked)
    refused: dict[str, list[Row]] = {}
    for finding in live["findings"]:
        refused.setdefault(finding["path"].lower(), []).append(finding)
    sources = dict(one.partition(":")[::2] for name, one in asked.query if name == "source")
    for row in live["inputs"]:
        parts = row["path"].split(".")
        key = ".".join(parts[:2]) if parts[0] in OF_MANY and len(parts) > 2 else parts[0]
        group = groups.setdefault(key, {"name": words.group(row["path"]), "mark": _mark(parts), "rows": []})
        made = _field(live["id"], row, words, typed.get(row["path"].lower()), refused.get(row["path"].lower(), []))
        group["rows"].append({**made, "source": sources.get(row["path"], "")})
    return list(groups.values())


def _typed_texts(asked: Speaking) -> dict[str, str]:
    """What stands in the address, whether or not it is accepted: nothing that a person typed is lost."""
    return {one.partition(":")[0].lower(): one.partition(":")[2] for name, one in asked.query if name == "set"}


def _mark(parts: list[str]) -> str:
    return f"c-{parts[1].split('_')[0].lower()}" if parts[0] == "markets" and len(parts) > 2 else ""


def _field(programme_id: str, row: Row, words: PathWords, typed: str | None, refused: list[Row]) -> Row:
    asked, path = words.asked, row["path"]
    saved = row["before"] if row["before"] is not None else (row["text"] or "")
    is_edited = typed is not None
    if is_edited and row["before"] is None and row["text"] == typed and not refused:
        saved = ""
    value = (row["text"] or "") if typed is None else typed
    grade, source = grade_of(row), row["source"] or {}
    may_change = row["may_change"] and row["origin"] != "derived"
    kind, options = _options(row, value, saved, words) if may_change else ("fixed", [])
    href = asked.link(explain_path(programme_id, row["explained_by"]), drop=("draws",)) if row["explained_by"] else ""
    return {
        "path": path,
        "id": path.replace(".", "-"),
        "name": words.input(path),
        "kind": kind,
        "options": options,
        "value": value,
        "saved": saved,
        "shown": _short(row["shown"]),
        "unit": _unit(row, asked),
        "said": _said(row, value or row["shown"], words) if kind in ("text", "fixed") else "",
        "code": value if kind in ("one", "many") else "",
        "shape": asked.words.either("shape", row["shape"]) if row["shape"] else "",
        "is_edited": is_edited,
        "may_change": may_change,
        "may_source": row["may_source"],
        "was": _was(row, saved, words) if is_edited and saved != typed else "",
        "source_title": str(source.get("title") or ""),
        "grade": grade,
        "grade_name": asked.words.base.either("grade", grade),
        "errors": finding_views(refused, asked.words.base, own_words=asked.lang == "en"),
        "href": href,
    }


def _options(row: Row, value: str, saved: str, words: PathWords) -> tuple[str, list[Row]]:
    """How an input is asked for, and what may be chosen: what stands there first, in its order."""
    if not row["choices"]:
        return "text", []
    is_many = row["unit"] == "list"
    chosen = codes_of(value) if is_many else [value]
    if chosen is None:
        return "text", []
    named = {choice["code"].lower(): choice for choice in row["choices"]}
    first = [*(codes_of(saved) or ()), *chosen] if is_many else [one for one in chosen if one.lower() not in named]
    order = dict.fromkeys([*(code.lower() for code in first), *named])
    written = {code.lower(): code for code in reversed(first)}
    known = {code: named.get(code, {"code": written.get(code, code), "name": None}) for code in order}
    held = {code.lower() for code in chosen}
    options = [
        {
            "code": written.get(code, choice["code"]),
            "name": words.code(row["path"], choice["code"], choice["name"]),
            "chosen": code in held,
        }
        for code, choice in known.items()
    ]
    return ("many" if is_many else "one"), options


def codes_of(text: str) -> list[str] | None:
    """The words of `[a, b]`; None where it holds more than words."""
    inner = text.strip()
    if not (inner.startswith("[") and inner.endswith("]")) or any(mark in inner for mark in "{\"'"):
        return None
    return [part.strip() for part in inner[1:-1].split(",") if part.strip()]


def _said(row: Row, value: str, words: PathWords) -> str:
    """What codes that may be typed freely are called."""
    if row["unit"] not in WORDS:
        return ""
    found = codes_of(value)
    return words.asked.words("live.input_sep").join(
        words.code(row["path"], code) for code in (found if found is not None else [value])
    )


def _was(row: Row, saved: str, words: PathWords) -> str:
    if not row["choices"]:
        return saved
    names = {choice["code"].lower(): choice["name"] for choice in row["choices"]}
    found = codes_of(saved) if row["unit"] == "list" else [saved]
    shown = [words.code(row["path"], code, names.get(code.lower())) for code in found or ()]
    return words.asked.words("live.input_sep").join(shown) or saved


def _short(shown: str) -> str:
    """A value that is many quantiles by its ends and its middle: all of them stand in its explanation."""
    numbers, _, unit = shown.rpartition(" ") if shown[-1:].isalpha() else (shown, "", "")
    parts = numbers.split(SPREAD)
    if len(parts) <= MOST_PARTS:
        return shown
    return f"{SPREAD.join((parts[0], parts[len(parts) // 2], parts[-1]))} {unit}".strip()


def _unit(row: Row, asked: Speaking) -> str:
    """The unit in words: where the text does not carry it, and what its short form means where it does."""
    t, text = asked.words, row["text"] or row["shown"]
    if row["unit"] in WORDS or row["unit"] == "flag":
        return ""
    if row["unit"] in OWN_UNITS:
        return t.either("input_unit", row["unit"])
    tail = text.rpartition(" ")[2]
    return t(f"input_unit.{tail}") if t.has(f"input_unit.{tail}") else ""
