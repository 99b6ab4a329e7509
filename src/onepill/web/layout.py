"""The frame of every page: bar, languages, theme, footer; templates with everything escaped."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from onepill import __version__
from onepill.reports.finding_words import finding_views
from onepill.reports.page import page_environment
from onepill.web.accounts import FIELD
from onepill.web.assets import HTMX, asset_address, without_inline_style
from onepill.web.engine_views import ENGINES
from onepill.web.kept_pages import reader_values
from onepill.web.odds_view import factor_switches
from onepill.web.speaking import LANG_COOKIE, THEME_COOKIE, Speaking, speaking
from onepill.web.tile_map import tiles_of
from onepill.web.watch_view import watch_form, watch_link

YEAR_SECONDS = 365 * 86_400
SECTIONS = (("programmes", "/"), *((engine.id, f"/{engine.id}") for engine in ENGINES))
"""The pages of the bar: name of the message and address; the programmes, then the engines of `engine_views`."""


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page, or the part of one that htmx asked for."""
    asked = speaking(request)
    reader = reader_values(request)
    shared = {**reader, "field": FIELD, "own_form": own_form(reader["token"])}
    return _kept(request, HTMLResponse(render(asked, template, **{**shared, **values}), status))


def own_form(token: str) -> Markup:
    """What every form that changes something carries, so that no other site can send it; empty without accounts."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token) if token else Markup("")


def render(asked: Speaking, template: str, **values: Any) -> str:
    """A template in the language of the request."""
    shared = {
        "t": asked.words,
        "asked": asked,
        "sections": SECTIONS,
        "asset": asset_address,
        "htmx": asset_address(HTMX),
        "version": __version__,
        "world_tiles": tiles_of,
        "factor_switches": lambda answer: factor_switches(answer, asked),
        "watch_form": lambda params: watch_form(params, asked.words),
        "watch_link": watch_link,
        "found_rows": lambda rows: finding_rows(asked, rows),
        "html_lang": {"en": "en", "zh": "zh-CN"}[asked.lang],
    }
    return without_inline_style(environment().get_template(template).render(**shared, **values))


def in_short(value: Any) -> str:
    """A value of a document in a line of its history: changes of a scenario as paths and values, none as a dash."""
    if value is None:
        return "–"
    if isinstance(value, list):
        return "; ".join(in_short(one) for one in value)
    if isinstance(value, dict) and "path" in value:
        return f"{value['path']} = {in_short(value.get('value'))}"
    if isinstance(value, dict):
        return (
            in_short(value["value"]) if "value" in value else ", ".join(f"{n} {in_short(v)}" for n, v in value.items())
        )
    return str(value)


def finding_rows(asked: Speaking, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Findings as the passport lists them; in English in their own words, which are the more exact ones."""
    found = finding_views(rows, asked.words.base, own_words=asked.lang == "en")
    return [{**view, "place": _place(asked, row)} for view, row in zip(found, rows, strict=True)]


def _place(asked: Speaking, row: dict[str, Any]) -> str:
    """The file and line of a finding; the line alone of a text that was typed and has no file yet."""
    if not row.get("line"):
        return ""
    return f"{row['file']}:{row['line']}" if row.get("file") else asked.words("web.line", line=row["line"])


def _kept(request: Request, answer: HTMLResponse) -> HTMLResponse:
    """A language or theme that the address names is remembered."""
    for name, cookie in (("lang", LANG_COOKIE), ("theme", THEME_COOKIE)):
        if name in request.query_params:
            value = request.query_params[name]
            if value in ("en", "zh", "light", "dark"):
                answer.set_cookie(cookie, value, max_age=YEAR_SECONDS, httponly=True, samesite="lax")
            elif value == "system":
                answer.delete_cookie(cookie)
    answer.headers["vary"] = "cookie, accept-language, hx-request"
    answer.headers["cache-control"] = "no-store"
    return answer


@cache
def environment() -> jinja2.Environment:
    """The templates of the pages; the sprite is the passport's own."""
    found = jinja2.Environment(
        loader=jinja2.FunctionLoader(_template),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(page_environment().filters, markup=Markup, in_short=in_short)
    return found


def _template(name: str) -> str | None:
    for package in ("onepill.web", "onepill.reports"):
        file = resources.files(package).joinpath("templates", name)
        if file.is_file():
            return file.read_text(encoding="utf-8")
    return None
