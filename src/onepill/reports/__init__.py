"""How does the answer look to people? The passport as a page and as a few lines in the terminal, and other answers.

`render_passport`, `render_passport_body` and `passport_summary` read the document of `onepill passport --json`,
`render_landscape` that of `onepill landscape page --json`, `render_poc` that of `onepill poc plan --json`,
`render_enrichment` that of `onepill design enrichment --json`, `render_reliability` that of
`onepill success evaluate --json`, and nothing else: no engine, no clock, no network, no file but the packaged templates,
styles and messages.
"""

from onepill.reports.enrichment_page import render_enrichment
from onepill.reports.landscape_page import render_landscape
from onepill.reports.page import render_passport, render_passport_body
from onepill.reports.poc_page import render_poc
from onepill.reports.reliability_page import render_reliability
from onepill.reports.summary import passport_summary

__all__ = [
    "passport_summary",
    "render_enrichment",
    "render_landscape",
    "render_passport",
    "render_passport_body",
    "render_poc",
    "render_reliability",
]
