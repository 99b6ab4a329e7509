"""The answer in a few lines for the terminal: label and text, no mark-up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onepill.reports.catalogue import Lang
from onepill.reports.context import Context, open_context
from onepill.reports.markets import Market
from onepill.reports.numerals import NBSP, Estimate, money_estimate, money_estimates, percent
from onepill.reports.views.answer import assumption_share, decision_view, findings_count, risk_rows
from onepill.reports.views.identity import names, what_line
from onepill.reports.views.statement import new_approval_prob, next_approval, statement


def passport_summary(passport: Mapping[str, Any], lang: Lang) -> list[tuple[str, str]]:
    """Rows of label and text, in the order of the answer page; rows without data are left out.

    Raises:
        ValueError: the language is unknown.
    """
    context = open_context(passport, lang)
    words = context.words
    rows = [
        (names(context)[0], what_line(context)),
        (words("summary.answer"), words.join(statement(context))),
        (words("summary.worth"), _worth(context)),
        (words("summary.next"), _next(context)),
        *((words("summary.where") if i == 0 else "", line) for i, line in enumerate(_markets(context))),
        *((words("summary.risks") if i == 0 else "", line) for i, line in enumerate(_risks(context))),
        (words("answer.decision"), (decision_view(context) or {}).get("ask", "")),
        (words("summary.rests"), _rests(context)),
        (words("findings.title"), findings_count(context)),
    ]
    return [(label, text.replace(NBSP, " ")) for label, text in rows if text]


def _worth(context: Context) -> str:
    rnpv = context.value.get("rnpv_usd") or {}
    if rnpv.get("mean") is None:
        return ""
    estimate = money_estimate(rnpv)
    return context.words("summary.worth_text", mean=estimate.mean, error=estimate.error)


def _next(context: Context) -> str:
    coming = next_approval(context)
    if coming is None:
        return context.words("key.day_none")
    days = {k: coming.get(k) or "–" for k in ("p10", "p50", "p90")}
    return context.words("summary.next_text", chance=percent(new_approval_prob(context), 1), **days)


def _markets(context: Context) -> list[str]:
    worth = money_estimates([market.row.get("rnpv_usd") for market in context.all_markets])
    return [_market(context, m, estimate) for m, estimate in zip(context.all_markets, worth, strict=True)]


def _market(context: Context, market: Market, worth: Estimate | None) -> str:
    approval = market.approval or {}
    key = "summary.no_approval"
    if approval.get("p50"):
        key = "summary.market_done" if market.is_approved else "summary.market"
    values = {
        "day": approval.get("p50"),
        "chance": percent(approval.get("prob"), 1),
        "worth": worth.mean if worth else "–",
    }
    return context.words(key, place=market.name, **values)


def _risks(context: Context) -> list[str]:
    return [
        context.words("summary.risk", text=r["text"], chance=r["chance"], loss=r["loss"] or "–")
        for r in risk_rows(context)[:3]
    ]


def _rests(context: Context) -> str:
    share = assumption_share(context)
    return "" if share is None else context.words("rest.assumptions", share=percent(share))
