"""The four key figures under the answer, each with a small picture."""

from __future__ import annotations

from typing import Any

from onepill.reports.charts.distribution import NONE_COLOUR, colours_of
from onepill.reports.charts.staircase import steps_of
from onepill.reports.context import Context, View
from onepill.reports.numerals import money_estimate, musd, percent
from onepill.reports.views.statement import NEW_APPROVAL, loss_of_hundred, new_approval_prob, next_approval
from onepill.reports.views.tracks import Track, track_axis

MINI_PX = 30


def key_figures(context: Context) -> list[View]:
    """Worth, next approval, its chance, futures that earn money: each with label, figure, picture and a line below."""
    return [_worth(context), _day(context), _chance(context), _futures(context)]


def _key(
    context: Context, name: str, *, big: str, small: str = "", sub: str = "", mini: Any = None, place: str = ""
) -> View:
    return {
        "href": context.href(place) if place else "",
        "label": context.words(f"key.{name}"),
        "big": big,
        "small": small,
        "sub": sub,
        "mini": mini,
        "kind": name,
        "marks": (context.notes.run(),) if sub else (),
    }


def _worth(context: Context) -> View:
    rnpv = context.value.get("rnpv_usd") or {}
    if rnpv.get("mean") is None:
        return _key(context, "worth", big="–", sub=context.words("key.worth_none"))
    estimate = money_estimate(rnpv)
    median = context.told(musd(rnpv.get("p50")), "value.rnpv_usd.p50")
    sub = context.says("key.worth_sub", p50=median) if rnpv.get("p50") is not None else ""
    small = f"± {estimate.error}" if estimate.error else ""
    return _key(
        context, "worth", big=estimate.mean, small=small, sub=sub, mini=_spark(context), place="value.rnpv_usd.mean"
    )


def _spark(context: Context) -> View | None:
    """The rNPV histogram in small: bars in percent, the mean as a line."""
    histogram = context.value.get("histogram")
    if not histogram:
        return None
    edges, colours = histogram["edges"], colours_of(histogram)
    totals = [sum(counts[i] for counts in histogram["counts"].values()) for i in range(len(edges) - 1)]
    full = [i for i, total in enumerate(totals) if total]
    if not full:
        return None
    low, high, tallest = edges[full[0]], edges[full[-1] + 1], max(totals)
    bars = []
    for i in full:
        base = 0.0
        for key, colour in colours.items():
            height = histogram["counts"][key][i] / tallest * MINI_PX
            if height:
                bars.append(
                    {
                        "x": (edges[i] - low) / (high - low) * 100,
                        "y": MINI_PX - base - height,
                        "h": height,
                        "w": (edges[i + 1] - edges[i]) / (high - low) * 100,
                        "none": colour == NONE_COLOUR,
                        "colour": colour,
                    }
                )
            base += height
    mean = (context.value["rnpv_usd"]["mean"] - low) / (high - low) * 100
    return {"bars": bars, "mean": min(max(mean, 0.0), 100.0)}


def _day(context: Context) -> View:
    coming = next_approval(context)
    if coming is None:
        return _key(context, "day", big="–", sub=context.words("key.day_none"))
    axis = track_axis([coming[k] for k in ("p10", "p50", "p90") if coming.get(k)], coming["p10"] or coming["p50"])
    at = f"milestones.{coming.get('id') or coming.get('milestone')}"
    ends = {key: context.told(context.numerals.month(coming.get(key)), f"{at}.{key}") for key in ("p10", "p90")}
    sub = context.says("key.day_sub", **ends)
    return _key(
        context,
        "day",
        big=context.numerals.month(coming["p50"]),
        sub=sub,
        mini={"axis": axis, "track": Track.of(coming, axis)},
        place=f"{at}.p50",
    )


def _chance(context: Context) -> View:
    chance = new_approval_prob(context)
    if chance is None:
        return _key(context, "chance", big="–", sub=context.words("key.day_none"))
    other = _other_table(context)
    table = context.words.either(
        "table", (context.passport.get("success") or {}).get("base_rates", {}).get("table", "")
    )
    best = context.best_market
    key = "key.chance_other" if other is not None else "key.chance_sub" if _is_by_table(context) else "key.chance_file"
    values = {
        "table": table,
        "other": context.told(percent(other, 1), "/success/gates"),
        "place": context.words.place(best.jurisdiction) if best else "",
    }
    sub = context.says(key, **values) if chance else context.words("key.day_none")
    return _key(
        context,
        "chance",
        big=percent(chance, 1),
        sub=sub,
        mini={"dot": chance * 100, "ring": None if other is None else other * 100},
        place=NEW_APPROVAL,
    )


def _is_by_table(context: Context) -> bool:
    """Whether any chance on the way is a published table's rather than the file's own."""
    return any(gate.get("table") for gate in (context.passport.get("success") or {}).get("gates") or ())


def _other_table(context: Context) -> float | None:
    """What the other published table gives where it can be compared, on the way to the best market."""
    best = context.best_market
    steps = steps_of(context.passport, best.chain, context.words.text) if best else []
    return steps[-1].other if steps else None


def _futures(context: Context) -> View:
    losing = loss_of_hundred(context)
    if losing is None:
        return _key(context, "futures", big="–", sub=context.words("key.worth_none"))
    p95 = (context.value.get("rnpv_usd") or {}).get("p95")
    sub = context.says("key.futures_sub", p95=context.told(musd(p95), "value.rnpv_usd.p95")) if p95 is not None else ""
    return _key(
        context,
        "futures",
        big=str(100 - losing),
        small=context.words("key.of_hundred"),
        sub=sub,
        mini={"earning": 100 - losing},
        place="value.rnpv_usd.prob_positive",
    )
