"""The passport as one self-contained HTML file, and its summary for the terminal."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup, escape

from onepill.reports.catalogue import HTML_LANG, Catalogue, Lang, tongue
from onepill.reports.context import Context, View, open_context
from onepill.reports.finding_words import SEVERITIES, finding_views
from onepill.reports.number_list import file_places, number_rows
from onepill.reports.numerals import number
from onepill.reports.signatures import Signed, signature_lines
from onepill.reports.told import Places, without_stop
from onepill.reports.views.answer import answer_view
from onepill.reports.views.chapters import chapter_views
from onepill.reports.views.one_pill import one_pill_views
from onepill.reports.views.policies import policy_views, scenario_rows

STYLES = ("tokens.css", "base.css", "passport.css", "charts.css", "pictures.css", "narrow.css", "print.css")
BREAKS = re.compile(r"(?<=[._/-])")
HASH_SHOWN = 12
MOST_NOTES_SHOWN = 12


def render_passport(passport: Mapping[str, Any], *, lang: Lang, signed: Signed | None = None) -> str:
    """The passport document as HTML: one file, no script, no request, the same for the same document.

    Args:
        passport: the document of `onepill passport --json`; it is only read.
        lang: "en" or "zh"; labels of the document that lack the language are shown in the other.
        signed: the signatures on the kept programme that it was made of; None where none is kept.

    Raises:
        ValueError: the language is unknown.
    """
    places = file_places(passport)
    context = open_context(passport, lang, places)
    view = page_view(context)
    rows = number_rows(places, context.notes, context.words)
    view = {
        **view,
        "numbers": rows,
        "sources": context.notes.rows(),
        "signatures": signature_lines(signed, context.words),
    }
    template = page_environment().get_template("passport.html.j2")
    return template.render(t=context.words, page=view)


def render_passport_body(
    passport: Mapping[str, Any], *, lang: Lang, address: Callable[[str], str] | None = None
) -> str:
    """The passport without head, style and top line, for a page that brings its own.

    Args:
        passport: see `render_passport`.
        lang: see `render_passport`.
        address: where a place of the document is explained (see `told`); without it figures are no links.

    Raises:
        ValueError: the language is unknown.
    """
    context = open_context(passport, lang, Places(passport, address) if address else None)
    view = {**page_view(context), "signatures": [], "numbers": []}
    return page_environment().get_template("passport_alone.html.j2").render(t=context.words, page=view)


def page_view(context: Context) -> View:
    """All parts in the order of the page: footnotes are numbered in this order."""
    answer = answer_view(context)
    chapters = chapter_views(context)
    findings = finding_rows(context)
    notes = [f for f in findings if f["severity"] == "note"]
    one_pill, policies, scenarios = one_pill_views(context), policy_views(context), scenario_rows(context)
    return {
        "lang": HTML_LANG[context.words.lang],
        "zh": context.words.lang == "zh",
        "programme": str(context.passport.get("programme", "")),
        "as_of": str(context.passport.get("as_of", "")),
        "answer": answer,
        "chapters": chapters,
        "one_pill": one_pill,
        "policies": policies,
        "scenarios": scenarios,
        "findings": [f for f in findings if f["severity"] != "note" or len(notes) <= MOST_NOTES_SHOWN],
        "notes": notes if len(notes) > MOST_NOTES_SHOWN else [],
        "sources": context.notes.rows(),
        "footer": footer_rows(context),
        "styles": [Markup(style(name)) for name in STYLES],  # noqa: S704 -- our own packaged styles
        "other_lang": HTML_LANG["en" if context.words.lang == "zh" else "zh"],
    }


def finding_rows(context: Context) -> list[View]:
    """Findings, gravest first, in the document's order within a severity."""
    rows = list(context.passport.get("findings") or ())
    rows.sort(
        key=lambda row: SEVERITIES.index(row["severity"]) if row.get("severity") in SEVERITIES else len(SEVERITIES)
    )
    return finding_views(rows, context.words)


def footer_rows(context: Context) -> list[tuple[str, str]]:
    """What makes the answer repeatable: version, seed, draws and hashes."""
    document, words = context.passport, context.words
    scenarios = [str(row["name"]) for row in document.get("scenarios") or ()]
    policies = [str(row["id"]) for row in document.get("policies") or ()]
    rows = [
        ("version", str(document.get("engine_version") or "")),
        ("schema", str(document.get("schema_version") or "")),
        ("seed", str(document.get("seed", ""))),
        ("draws", number(document.get("draws"))),
        ("scenarios", ", ".join(scenarios) or words("footer.base")),
        ("policies", ", ".join(policies) or words("footer.no_policy")),
        ("inputs", str(document.get("inputs_hash") or "")[:HASH_SHOWN]),
        ("rulebook", str(document.get("rulebook_hash") or "")[:HASH_SHOWN]),
        ("calendars", str(document.get("calendars_hash") or "")[:HASH_SHOWN]),
    ]
    return [(words(f"footer.{name}"), text) for name, text in rows if text]


@cache
def style(name: str) -> str:
    return resources.files("onepill.reports").joinpath("styles", name).read_text(encoding="utf-8")


@cache
def page_environment() -> jinja2.Environment:
    """Templates from the package, everything escaped, an unknown name an error."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_template),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(css_text=css_text, svg=Markup, web_address=web_address, breakable=breakable, pct=_pct)
    environment.filters["without_stop"] = without_stop
    environment.filters["tongue"] = _tongue_attribute
    return environment


def _tongue_attribute(text: object, words: Catalogue) -> Markup:
    """The `lang` attribute of a text in another language than the page's; none for its own."""
    other = tongue(text, words.lang)
    return Markup(' lang="{}"').format(other) if other else Markup("")


def _template(name: str) -> str:
    return resources.files("onepill.reports").joinpath("templates", name).read_text(encoding="utf-8")


def css_text(text: str) -> Markup:
    """Text as a CSS string that can neither end the string nor the style element."""
    safe = "".join(c if c.isalnum() or c in " -_.:·()" else f"\\{ord(c):x} " for c in text)
    return Markup(f'"{safe}"')  # noqa: S704 -- every other character is written as a CSS escape


def web_address(url: str) -> str:
    """The address if it is one of the web, else nothing: a source can be opened, never run."""
    return url if url.startswith(("https://", "http://")) else ""


def breakable(path: str) -> Markup:
    """A path that may break after its points and low lines, not within a word."""
    parts = [escape(part) for part in BREAKS.split(path) if part]
    return Markup("<wbr>").join(parts)


def _pct(value: float) -> str:
    """A place in percent for an SVG attribute."""
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%"
