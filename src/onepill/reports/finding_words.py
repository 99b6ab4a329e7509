"""Findings as a page lists them: in the page's language where their code has a sentence in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from onepill.reports.catalogue import Catalogue, Lang, messages_in

View = dict[str, Any]
SEVERITIES = ("error", "warning", "note")


def finding_views(rows: Iterable[Mapping[str, Any]], words: Catalogue, *, own_words: bool = False) -> list[View]:
    """Findings in their own order; `lang` and `hint_lang` name the language of words that are not the page's.

    `own_words` keeps the document's own, English ones.
    """
    say = _own_words if own_words else finding_words
    return [
        {
            "severity": row["severity"] if row.get("severity") in SEVERITIES else "note",
            "severity_name": words.either("severity", row.get("severity", "note")),
            **say(row, words),
            "place": _place(row),
            "code": str(row.get("code", "")),
        }
        for row in rows
    ]


def finding_words(row: Mapping[str, Any], words: Catalogue) -> View:
    """The sentence of a finding's code; where there is none, the document's own words, which are English.

    Under a Chinese sentence of an error its English words stand too: they name what exactly is wrong.
    """
    key, code = f"finding.{row.get('code')}", str(row.get("code"))
    values = _values(row)
    if words.has(key):
        return {"message": words(key, **values), "hint": "", "lang": "", "hint_lang": ""}
    own = _own_words(row, words)
    told = _sentences(words.lang).get(code)
    if told is not None:
        detail = (
            " ".join(part for part in (own["message"], own["hint"]) if part) if row.get("severity") == "error" else ""
        )
        message = _without_blanks(told, values).format_map(values)
        return {"message": message, "hint": detail, "lang": "", "hint_lang": "en" if detail else ""}
    return own


def _without_blanks(sentence: str, values: View) -> str:
    """The sentence without the place or the value that it names first or in quotes, where the finding has none."""
    for name, shown in values.items():
        if shown is None:
            sentence = sentence.removeprefix(f"{{{name}}}：").replace(f"“{{{name}}}”", "").replace(f"{{{name}}}", "")
    return sentence


def _own_words(row: Mapping[str, Any], words: Catalogue) -> View:
    english = "en" if words.lang == "zh" and isinstance(row.get("message"), str) else ""
    told = {"message": words.text(row.get("message")), "hint": words.text(row.get("hint"))}
    return {**told, "lang": english, "hint_lang": english}


def _values(row: Mapping[str, Any]) -> View:
    """What a sentence may name: the path, the value as it stands, as a percentage and as a whole number."""
    value = row.get("value")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    shown = {"percent": f"{value:.1%}", "number": f"{value:,.0f}"} if is_number else {"percent": value, "number": value}
    return {"path": row.get("path"), "value": value, **shown}


@cache
def _sentences(lang: Lang) -> Mapping[str, str]:
    """Sentences by code beside those of the catalogue; English ones are the findings' own."""
    return {} if lang == "en" else messages_in("onepill.reports", "findings", lang)


def _place(row: Mapping[str, Any]) -> str:
    line = f":{row['line']}" if row.get("line") else ""
    return f"{row['file']}{line}" if row.get("file") else ""
