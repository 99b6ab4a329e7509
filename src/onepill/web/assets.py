"""Style and script of the pages: files of their own, under addresses that change with what is in them."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib import resources

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from onepill.reports.page import style
from onepill.web.vega import BUNDLE, bundle_text, bundle_version

SHEETS = {
    "base.css": ("tokens.css", "base.css", "charts.css"),
    "passport.css": ("passport.css", "pictures.css", "narrow.css", "print.css"),
}
"""The passport's own style, one source: what a passport file carries inside, a page asks for."""
SCRIPTS = ("workbench.js", "terms.js", "charts.js")
HTMX = "htmx.min.js"
FOREVER = "public, max-age=31536000, immutable"
DECLARED = re.compile(r'(?<=\s)style="([^"<>]*)"')
DECLARATIONS = (
    *(
        f"fill:var(--chart-{name})"
        for name in ("us", "cn", "eu", "jp", "development", "main", "main-soft", "fan-1", "fan-2", "fan-3")
    ),
    *(f"fill:var(--chart-{number})" for number in range(1, 6)),
    *(f"fill:color-mix(in srgb, var(--chart-5) {part}%, var(--paper))" for part in range(1, 100)),
    *(f"fill:var(--heat-{step})" for step in range(5)),
    *(f"fill:var(--{name})" for name in ("paper", "up", "down")),
    *(f"fill:var(--grade-{grade}-{part})" for grade in ("assumption", "unverified") for part in ("soft", "edge")),
    "overflow:hidden",
    "stroke:var(--chart-main);stroke-width:2.5",
    "stroke:var(--ink-3);stroke-width:1.5;stroke-dasharray:4 3",
)
"""What a passport's drawings say of themselves: a policy without inline style takes it from a style sheet instead."""


def add_assets(app: FastAPI) -> None:
    """`/static/…`: our own files, and htmx where `make assets` has fetched it."""

    @app.get("/static/{name}", include_in_schema=False)
    def asset(name: str) -> Response:
        text = asset_text(name)
        if text is None:
            raise HTTPException(404, "there is no such file")
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        return Response(text, media_type=f"{kind}; charset=utf-8", headers={"cache-control": FOREVER})


@cache
def asset_text(name: str) -> str | None:
    """A file by its name; None where there is none. Names are a closed list, no path is made of them."""
    if name in SHEETS:
        extra = declared_rules() if name == "base.css" else ""
        return "\n".join(style(part) for part in SHEETS[name]) + extra
    if name in (*SCRIPTS, "workbench.css", "engines.css", "team.css"):
        return resources.files("onepill.web").joinpath("static", name).read_text(encoding="utf-8")
    if name == BUNDLE:
        return bundle_text()
    if name == HTMX:
        file = resources.files("onepill.web").joinpath("static", "vendor", HTMX)
        return file.read_text(encoding="utf-8") if file.is_file() else None
    return None


@cache
def asset_address(name: str) -> str:
    """The address of a file, empty where it is not there; it changes with the file, so that it may be kept forever."""
    if name == BUNDLE:  # its text takes a second to make: the page that names it need not wait for it
        return f"/static/{BUNDLE}?v={bundle_version()}"
    text = asset_text(name)
    return "" if text is None else f"/static/{name}?v={hashlib.sha256(text.encode()).hexdigest()[:12]}"


def without_inline_style(html: str) -> str:
    """Drawings with their declarations as data, which the style sheet answers (see `declared_rules`)."""
    return DECLARED.sub(r'data-s="\1"', html)


def declared_rules() -> str:
    """One rule a declaration; it wins as an inline style would."""
    rows = []
    for declared in DECLARATIONS:
        body = ";".join(f"{part} !important" for part in declared.split(";"))
        rows.append(f'[data-s="{declared}"] {{ {body}; }}')
    return "\n".join(["", *rows, ""])
