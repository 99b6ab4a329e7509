"""Passports as files: written whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from onepill.core.errors import InputError
from onepill.store.files import write_all_whole, write_whole

Row = dict[str, Any]


def to_json(document: Any) -> str:
    """One document as JSON text: stable, readable, no NaN."""
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def to_compact_json(document: Any) -> str:
    """The same document for a reader that is no person: some ten times as fast to write."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def write_passport(document: Row, *, lang: Literal["en", "zh"], out: Path) -> list[Path]:
    """Write `passport.html` and `passport.json` into `out`; returns what was written.

    Both are made, and lie on the disk beside their places, before either is switched: an error leaves the earlier
    passport as it was.
    """
    from onepill.reports import render_passport

    page, data = render_passport(document, lang=lang), to_json(document)
    written = [out / "passport.html", out / "passport.json"]
    write_all_whole(dict(zip(written, (page, data), strict=True)))
    return written


def write_passport_pdf(document: Row, *, lang: Literal["en", "zh"], out: Path) -> list[Path]:
    """Write the passport as the PDF `out`; returns what was written.

    Raises:
        MissingExtra, InputError: see `render_passport_pdf`.
    """
    from onepill.reports.pdf import render_passport_pdf

    write_whole(out, render_passport_pdf(document, lang=lang))
    return [out]


def check_pdf(lang: Literal["en", "zh"]) -> None:
    """Refuse a PDF that this machine cannot set.

    Raises:
        MissingExtra, InputError: see `render_passport_pdf`.
    """
    from onepill.reports.pdf import check_pdf as check

    check(lang)


def write_landscape(document: Row, *, langs: list[Literal["en", "zh"]], out: Path) -> list[Path]:
    """Write `landscape.<language>.html` for each language and `landscape.json` into `out`; returns what was written."""
    from onepill.reports import render_landscape

    written = {out / f"landscape.{lang}.html": render_landscape(document, lang=lang) for lang in langs}
    written[out / "landscape.json"] = to_json(document)
    write_all_whole(written)
    return list(written)


def write_page(name: str, answer: Row, *, lang: Literal["en", "zh"], out: Path) -> list[Path]:
    """Write the page of an operation's answer and its JSON into `out`, both or neither; returns what was written."""
    from onepill.reports import render_deals, render_enrichment, render_poc, render_reliability

    stem, render = {
        "poc plan": ("poc", render_poc),
        "design enrichment": ("enrichment", render_enrichment),
        "deal compare": ("deals", render_deals),
        "success evaluate": ("reliability", render_reliability),
    }[name]
    written = {out / f"{stem}.html": render(answer, lang=lang), out / f"{stem}.json": to_json(answer)}
    write_all_whole(written)
    return list(written)


def warm_up() -> None:
    """Start what a page will need while something else is computed."""
    from onepill.reports.charts.frame import warm_up as start_drawing

    start_drawing()


def read_text(path: Path) -> str:
    """The text of an input file.

    Raises:
        InputError: `file.missing`, `file.unreadable`, `file.encoding`.
    """
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        message = f"{path} is not UTF-8 text"
        raise InputError.single("file.encoding", message, hint="save it as UTF-8", file=str(path)) from None


def read_bytes(path: Path) -> bytes:
    """The content of an input file.

    Raises:
        InputError: `file.missing`, `file.unreadable`.
    """
    hint = "check the path"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError.single("file.missing", f"there is no file {path}", hint=hint, file=str(path)) from None
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise InputError.single("file.unreadable", message, hint=hint, file=str(path)) from None


def write_file(path: Path, content: bytes | str) -> None:
    """Write one file whole, or leave what was there.

    Raises:
        InputError: the place cannot be written to.
    """
    write_whole(path, content)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def read_passport(path: Path) -> Row:
    """A passport that was written before.

    Raises:
        InputError: `json.syntax` with the line, `json.shape`.
    """
    try:
        document = json.loads(read_text(path), parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        message = f"{path} is not valid JSON: {error.msg}"
        raise InputError.single(
            "json.syntax", message, hint="give a passport.json", file=str(path), line=error.lineno
        ) from None
    except (RecursionError, ValueError) as error:
        message = f"{path} holds what no passport holds: {error}"
        raise InputError.single("json.shape", message, hint="give a passport.json", file=str(path)) from None
    if not isinstance(document, dict):
        raise InputError.single("json.shape", f"{path} is no passport", hint="give a passport.json", file=str(path))
    return document
