"""The passport as a PDF: its views as plain rows, set by typst with the packaged setting."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any

from onepill.core.errors import MissingExtra
from onepill.reports.catalogue import HTML_LANG, Catalogue, Lang
from onepill.reports.context import View, open_context
from onepill.reports.page import page_view, web_address
from onepill.reports.paper import PRINT_PAPER, light_colours, on_paper
from onepill.reports.pdf import parts
from onepill.reports.pdf.chapters import chapter
from onepill.reports.pdf.fonts import chosen_fonts, holds_han
from onepill.reports.pdf.parts import cell, estimate
from onepill.reports.pdf.policies import policy_chapters
from onepill.reports.signatures import Signed, signature_lines

GRADES = ("official", "secondary", "derived", "unverified", "assumption")
SETTING = "passport.typ"


def render_passport_pdf(passport: Mapping[str, Any], *, lang: Lang, signed: Signed | None = None) -> bytes:
    """The passport as a tagged PDF; the same bytes for the same document, fonts and version of the typesetter.

    Args:
        passport: the document of `onepill passport --json`; it is only read.
        lang: "en" or "zh".
        signed: the signatures on the kept programme that it was made of; None where none is kept.

    Raises:
        MissingExtra: the typesetter is not installed.
        InputError: `pdf_font.missing`, no font for Chinese is installed.
        ValueError: the language is unknown.
    """
    families = font_families()
    import typst

    told = document_of(passport, lang=lang, families=families, signed=signed)
    setting = resources.files("onepill.reports").joinpath("templates", SETTING).read_bytes()
    made: bytes = typst.compile(
        setting, format="pdf", sys_inputs={"told": json.dumps(told, ensure_ascii=False)}, timestamp=_day(told["as_of"])
    )
    return made


def check_pdf(lang: Lang) -> None:
    """Refuse a PDF that this machine cannot set, before anything is computed for it.

    Raises:
        MissingExtra, InputError: see `render_passport_pdf`.
    """
    chosen_fonts(font_families(), lang)


def document_of(passport: Mapping[str, Any], *, lang: Lang, families: list[str], signed: Signed | None = None) -> View:
    """All that the setting reads: words, rows and drawings, nothing of it to be worked out any more."""
    context = open_context(passport, lang)
    t, fonts = context.words, chosen_fonts(families, lang)
    page = page_view(context)
    answer = page["answer"]
    return {
        "lang": lang,
        "html_lang": HTML_LANG[lang],
        "fonts": fonts,
        "colours": {name[2:]: on_paper(value, ground=PRINT_PAPER) for name, value in _hues().items()},
        "title": t("page.title", name=answer["name"], day=page["as_of"]),
        "foot": t("page.footer_print", programme=page["programme"], day=page["as_of"]),
        "as_of": page["as_of"],
        "as_of_words": t("page.as_of", day=page["as_of"]),
        "programme": page["programme"],
        "signatures": signature_lines(signed, t),
        "words": {name: t(key) for name, key in WORDS.items()},
        "answer": _answer(answer, t, is_han=holds_han(families)),
        "chapters": [
            *(chapter(view, t, fonts["sans"]) for view in page["chapters"]),
            *policy_chapters(page, t),
        ],
        "findings": [parts.findings([*page["findings"], *page["notes"]])] if page["findings"] or page["notes"] else [],
        "grades": [{"grade": g, "name": t(f"grade.{g}"), "means": t(f"grade_meaning.{g}")} for g in GRADES],
        "sources": [_source(row, t) for row in page["sources"]],
        "footer": [list(row) for row in page["footer"]],
    }


WORDS = {
    "passport": "pdf.passport",
    "contents": "page.chapters",
    "answer": "nav.answer",
    "where": "answer.where_title",
    "note": "answer.note",
    "decision": "answer.decision",
    "risks": "answer.risks",
    "no_risk": "answer.no_risk",
    "findings": "findings.title",
    "findings_question": "findings.question",
    "no_findings": "findings.none",
    "sources": "sources.title",
    "source": "sources.source",
    "date": "sources.date",
    "used": "sources.used",
    "grade": "sources.grade",
    "same": "footer.same",
    "disclaimer": "footer.disclaimer",
}
"""Words of the setting and their messages."""


def _answer(view: View, t: Catalogue, *, is_han: bool) -> View:
    where = view["where"]
    return {
        "name": view["name"],
        "other_name": view["other_name"] if is_han else "",
        "what": view["what"],
        "what_marks": parts.numbers(view["what_marks"]),
        "statement": list(view["statement"]),
        "keys": [
            {**{name: k[name] for name in ("label", "big", "small", "sub")}, "marks": parts.numbers(k["marks"])}
            for k in view["keys"]
        ],
        "columns": [t(f"column.{name}") for name in ("where", "approval", "chance", "worth")],
        "axis": {"years": [list(year) for year in where["axis"].years], "as_of": where["axis"].as_of},
        "rows": [_place(row) for row in where["rows"]],
        "together": t("answer.together"),
        "total": estimate(where["total"]),
        "decision": _decision(view["decision"]),
        "risks": [
            {"text": r["text"] + _in_brackets(r["chance"], t), "loss": r["loss"], "marks": parts.numbers(r["marks"])}
            for r in view["risks"]
        ],
        "rest": _rest(view["rest"]),
    }


def _place(row: View) -> View:
    track = row["track"]
    return {
        "name": cell(row["name"], small=row["route"], colour=row["css"]),
        "track": None
        if track is None
        else {"p10": track.p10, "p50": track.p50, "p90": track.p90, "fact": track.is_fact},
        "approval": cell(row["approval"], row["marks"], right=True),
        "chance": row["chance"],
        "worth": estimate(row["worth"]),
    }


def _in_brackets(text: str, t: Catalogue) -> str:
    return "" if not text else f"（{text}）" if t.lang == "zh" else f" ({text})"


def _decision(view: View | None) -> View | None:
    if view is None:
        return None
    steps = [{"day": s["shown"], "text": s["text"], "place": s["place"]} for s in view["steps"]]
    return {"ask": view["ask"], "why": view["why"], "steps": steps}


def _rest(view: View | None) -> View | None:
    if view is None:
        return None
    kept = ("grade", "name", "share", "width")
    return {"text": view["text"], "segments": [{name: s[name] for name in kept} for s in view["segments"]]}


def _source(row: Any, t: Catalogue) -> View:
    uses = [*row.uses, *([t("sources.more", count=row.more_uses)] if row.more_uses else [])]
    shown = {name: getattr(row, name) for name in ("number", "grade", "title", "url", "date")}
    return {
        **shown,
        "details": [str(one) for one in row.details],
        "link": web_address(row.url),
        "uses": uses,
        "grade_name": t(f"grade.{row.grade}"),
    }


def _hues() -> dict[str, str]:
    return {name: value for name, value in light_colours().items() if value.startswith("#")}


def _day(iso: str) -> int:
    """The day as the moment of making: the clock is not looked at."""
    return int(datetime.fromisoformat(iso).replace(tzinfo=UTC).timestamp())


@cache
def font_families() -> list[str]:
    """The fonts that the typesetter finds on this machine, and its own.

    Raises:
        MissingExtra: the typesetter is not installed.
    """
    try:
        import typst
    except ImportError:
        raise MissingExtra("a PDF needs typst: install onepill[pdf]") from None
    return typst.Fonts().families()
