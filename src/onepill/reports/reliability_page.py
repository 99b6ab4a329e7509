"""How good a learned model is, as one self-contained HTML file: its reliability, and measures beside the base rate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from onepill.reports.catalogue import HTML_LANG, Lang, catalogue
from onepill.reports.charts.reliability import reliability_chart
from onepill.reports.numerals import number
from onepill.reports.page import STYLES, page_environment, style

MEASURES = ("roc_auc", "log_loss", "brier", "calibration_error")


def render_reliability(answer: Mapping[str, Any], *, lang: Lang) -> str:
    """The answer of `success evaluate` as HTML: no script, no request, the same for the same answer.

    Raises:
        ValueError: the language is unknown.
    """
    words = catalogue(lang)
    gain = _range(answer["gain"])
    counts = {"n": number(answer["n"]), "successes": number(answer["successes"])}
    statement = [
        words("reliability.statement", **counts),
        words(f"reliability.{answer['verdict']}", gain=gain),
        *([words("reliability.seen", n=number(answer["learned_from"]))] if answer["learned_from"] else []),
    ]
    page = {
        "lang": HTML_LANG[lang],
        "statement": statement,
        "chart": reliability_chart(answer, words),
        "measures": [
            (words(f"reliability.{name}"), _range(answer[name]), _range(answer["base"][name])) for name in MEASURES
        ],
        "published": answer["published"],
        "styles": [Markup(style(name)) for name in STYLES],  # noqa: S704 -- our own packaged styles
    }
    return page_environment().get_template("reliability.html.j2").render(t=words, page=page)


def _range(found: Mapping[str, float]) -> str:
    return f"{found['value']:.3f} ({found['low']:.3f}–{found['high']:.3f})"
