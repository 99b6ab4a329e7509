"""Chapter 6: the distribution of the value, what moves it, and its cash year by year."""

from __future__ import annotations

import math

from onepill.reports.charts import cash_chart, distribution_chart, tornado_chart
from onepill.reports.context import Context, Row, View
from onepill.reports.numerals import money_estimate, musd, of_hundred, percent
from onepill.reports.told import joined

AGREES_WITHIN_SE = 3.0
SUM_TOLERANCE_USD_A_ROW = 1.0  # the document rounds each row to a whole dollar, half a dollar at most each way


def investment_view(context: Context) -> View:
    """The chapter's content; empty when the document has no value."""
    rnpv = context.value.get("rnpv_usd") or {}
    if rnpv.get("mean") is None:
        return {}
    return {
        "lede": _lede(context, rnpv),
        "distribution": context.drawn(distribution_chart(context.passport, context.words), "/value/histogram"),
        "statistics": statistics(context, rnpv),
        "check": agreement(context, rnpv),
        "tornado": context.drawn(tornado_chart(context.passport, context.words), "/value/tornado"),
        "cash": context.drawn(cash_chart(context.passport, context.words), "/value/yearly"),
    }


def _lede(context: Context, rnpv: Row) -> str:
    if any(rnpv.get(k) is None for k in ("p50", "prob_positive")):
        return ""
    mean, median, earning = rnpv["mean"], rnpv["p50"], rnpv["prob_positive"]
    form = "negative" if mean < 0 else "skewed" if median < 0 else "positive"
    return context.says(
        f"investment.lede_{form}",
        mean=context.told(context.numerals.money(mean), "value.rnpv_usd.mean"),
        median=context.told(context.numerals.money(median), "value.rnpv_usd.p50"),
        earning=context.told(str(of_hundred(earning)), "value.rnpv_usd.prob_positive"),
    )


def statistics(context: Context, rnpv: Row) -> list[View]:
    """The value in numbers, each with its error where it is an estimate."""
    words, mean, at = context.words, money_estimate(rnpv), "value.rnpv_usd"
    rows = [_stat(words("stat.mean"), mean.mean, error=mean.error, lead=True, href=context.href(f"{at}.mean"))]
    expected = context.value.get("rnpv_expected_usd") or {}
    if expected.get("mean") is not None:
        estimate = money_estimate(expected)
        note, href = _excludes(context, expected), context.href("value.rnpv_expected_usd")
        rows.append(_stat(words("stat.expected"), estimate.mean, error=estimate.error, note=note, href=href))
    if rnpv.get("sd") is not None:
        rows.append(_stat(words("stat.sd"), context.told(musd(rnpv["sd"]), f"{at}.sd")))
    if rnpv.get("p50") is not None:
        shown = [context.told(musd(rnpv.get(key)), f"{at}.{key}") for key in ("p5", "p50", "p95")]
        rows.append(_stat(words("stat.quantiles"), joined(shown, "; ")))
    if rnpv.get("prob_positive") is not None:
        share, href = rnpv["prob_positive"], context.href(f"{at}.prob_positive")
        error = _chance_error(context, share)
        rows.append(_stat(words("stat.positive"), percent(share, 1), error=error, href=href))
    return rows + _cost_per_launch(context)


def _stat(name: str, value: str, *, error: str = "", note: str = "", lead: bool = False, href: str = "") -> View:
    return {"name": name, "value": value, "error": error, "note": note, "lead": lead, "href": href}


def _chance_error(context: Context, share: float) -> str:
    """The binomial standard error of a counted share, in percent points."""
    draws = context.passport.get("draws") or 0
    return f"{100 * math.sqrt(share * (1 - share) / draws):.2f}" if draws else ""


def _excludes(context: Context, expected: Row) -> str:
    excluded = [context.words.either("excludes", item) for item in expected.get("excludes") or ()]
    if not excluded:
        return context.words("stat.expected_all")
    return context.words("stat.expected_excludes", items=context.words.enumerate(excluded))


def _cost_per_launch(context: Context) -> list[View]:
    cost = context.value.get("cost_per_launch_usd") or {}
    at = "value.cost_per_launch_usd"
    parts = [context.told(musd(cost.get(k), 0), f"{at}.{k}") for k in ("out_of_pocket", "capitalised")]
    if not any(parts):
        return []
    value = joined([part or "–" for part in parts], "; ")
    return [_stat(context.words("stat.cost_per_launch"), value, note=context.words("stat.cost_per_launch_note"))]


def agreement(context: Context, rnpv: Row) -> View | None:
    """Whether the simulated mean and the conditional expectation agree, and the cash table sums to the mean."""
    distance = distance_in_errors(context.value)
    if distance is None:
        return None
    ok = distance <= AGREES_WITHIN_SE
    key = "investment.agrees" if ok else "investment.disagrees"
    sentences = [context.words(key, distance=f"{distance:.1f}")]
    if _sums(context.value, rnpv["mean"]):
        sentences.append(context.words("investment.sums"))
    return {"ok": ok, "text": context.words.join(sentences)}


def distance_in_errors(value: Row) -> float | None:
    """How many joint standard errors lie between the two means; None where they are not comparable."""
    simulated, expected = value.get("rnpv_usd") or {}, value.get("rnpv_expected_usd") or {}
    if expected.get("mean") is None or simulated.get("mean") is None or expected.get("excludes"):
        return None
    joint = math.hypot(simulated.get("standard_error") or 0.0, expected.get("standard_error") or 0.0)
    gap = abs(simulated["mean"] - expected["mean"])
    return gap / joint if joint else (0.0 if gap == 0 else None)


def _sums(value: Row, mean_usd: float) -> bool:
    rows = [row.get("discounted_usd") or 0.0 for row in value.get("yearly") or ()]
    return bool(rows) and abs(sum(rows) - mean_usd) <= SUM_TOLERANCE_USD_A_ROW * (len(rows) + 1) / 2
