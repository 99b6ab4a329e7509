"""Charts that a page draws for itself: their definitions as data, and the drawing library as one cached file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

from markupsafe import Markup

from onepill.reports.charts import Chart

BUNDLE = "vega.js"
SNIPPET = "window.onepillDraw = vegaEmbed;"
"""What the bundle leaves behind: the one function that `charts.js` calls."""


def chart_data(charts: Sequence[Chart]) -> Markup:
    """The definitions of the charts as a block of data that no browser runs; nothing in it can end the block."""
    rows = {
        chart.id: {"wide": chart.wide_svg.definition, "narrow": chart.narrow_svg.definition, "full": chart.full}
        for chart in charts
    }
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 -- every sign that HTML reads is escaped above


@cache
def bundle_version() -> str:
    """What the bundle depends on: the version of the package that carries the library, and what we take out of it."""
    return hashlib.sha256(f"{version('vl-convert-python')} {SNIPPET}".encode()).hexdigest()[:12]


@cache
def bundle_text() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script; made in about a second, then kept in the home.

    Where the home cannot be written to, it is made anew by each process.
    """
    from onepill.workbench.asking.kept_files import kept_text

    return kept_text(f"vega-{bundle_version()}.js", _made)


def _made() -> str:
    import vl_convert

    made: Any = vl_convert.javascript_bundle(SNIPPET)
    return str(made)
