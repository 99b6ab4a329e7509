"""The policy chapter: which measures apply to this pill, against what, and what they are worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from onepill.reports.context import Context, Row, View
from onepill.reports.footnotes import Mark
from onepill.reports.numerals import MINUS, Estimate, days_estimate, money_estimates
from onepill.reports.ranges import DAYS, MONEY, limits_words, shown
from onepill.reports.said_values import printed_value
from onepill.reports.told import linked
from onepill.reports.views.chapters import ASPECTS

NOT_QUANTIFIED = "not_quantified"
MOST_MARKS = 3
STATES = ("effect", "slack", "late", "nq", "out")


def policy_views(context: Context) -> list[View]:
    """One view per policy of the document."""
    return [_policy(context, row, f"/policies/{i}") for i, row in enumerate(context.passport.get("policies") or ())]


def _policy(context: Context, row: Row, at: str) -> View:
    measures = list(row.get("measures") or ())
    columns = {name: _gains([m.get(name) for m in measures]) for name in ("alone", "left_out")}
    gains = zip(measures, columns["alone"], columns["left_out"], strict=True)
    rows = [_measure(context, m, a, left, f"{at}/measures/{i}") for i, (m, a, left) in enumerate(gains)]
    rows.sort(key=lambda r: STATES.index(r["state"]))
    together = row.get("together")
    return {
        "id": row["id"],
        "name": context.label(row),
        "lede": _lede(context, row, rows, at),
        "aspects": _aspects(context, rows),
        "measures": [r for r in rows if r["quantified"]],
        "silent": [r for r in rows if not r["quantified"]],
        "together": _together(context, together, f"{at}/together"),
        "source_marks": context.notes.source(row.get("source"), grade=None, used_for=str(row["id"])),
    }


def _gains(effects: list[Any]) -> list[Estimate | None]:
    """The gains of one column, with the decimals that they share."""
    return money_estimates([e.get("rnpv_gain_usd") if isinstance(e, Mapping) else None for e in effects])


def _measure(context: Context, row: Row, alone: Estimate | None, left_out: Estimate | None, at: str) -> View:
    state = measure_state(row)
    words = context.words
    return {
        "id": row["id"],
        "name": context.label(row),
        "aspect": row.get("aspect"),
        "aspect_name": words("policy.aspect", number=row.get("aspect")) if row.get("aspect") else "",
        "state": state,
        "state_name": words(f"measure.{state}"),
        "why": _why(context, row, at),
        "marks": _marks(context, row),
        "days": _days(context, row.get("alone"), f"{at}/alone"),
        "limits": _money_limits(context, row.get("alone"), f"{at}/alone"),
        "alone": context.estimate(alone, f"{at}/alone/rnpv_gain_usd"),
        "left_out": context.estimate(left_out, f"{at}/left_out/rnpv_gain_usd"),
        "quantified": isinstance(row.get("alone"), Mapping),
    }


def _money_limits(context: Context, effect: Any, at: str) -> str:
    if not isinstance(effect, Mapping):
        return ""
    return context.told(limits_words(shown(effect["rnpv_gain_usd"], MONEY), context.words), f"{at}/rnpv_gain_usd/low")


def measure_state(row: Row) -> str:
    """In effect, does not bind, too late, not quantified, or not eligible."""
    alone = row.get("alone")
    if row.get("is_too_late"):
        return "late"
    if not row.get("applies"):
        return "out"
    if not isinstance(alone, Mapping):
        return "nq"
    return "effect" if _has_effect(alone) else "slack"


def _code(failing: Any) -> str:
    return str(failing.get("term", "")) if isinstance(failing, Mapping) else str(failing)


def _has_effect(effect: Mapping[str, Any]) -> bool:
    days = [d.get("mean") for d in (effect.get("days_saved") or {}).values() if isinstance(d, Mapping)]
    gain = (effect.get("rnpv_gain_usd") or {}).get("mean")
    return any(days) or bool(gain)


def _why(context: Context, row: Row, at: str) -> str:
    counter = row.get("counterfactual") or {}
    failing = [context.words.text(f) for f in row.get("failing") or ()]
    if failing:
        return context.words("policy.failing", items=context.words("list.comma").join(failing))
    return context.join([_baseline(context, counter, f"{at}/counterfactual"), context.words.sentence(row.get("why"))])


def _baseline(context: Context, counter: Row, at: str) -> str:
    """The rule that holds without the measure, and its value."""
    words, text = context.words, context.words.text(counter.get("text")).rstrip("。.")
    value, unit = counter.get("value"), counter.get("unit")
    if text and unit and isinstance(value, int | float):
        said = words("review.clock_value", value=printed_value(value), unit=words.either("unit", unit)).strip()
        text = context.says("policy.baseline", text=text, value=context.told(said, f"{at}/value"))
    return context.says("policy.otherwise", text=text) if text else ""


def _marks(context: Context, row: Row) -> tuple[Mark, ...]:
    counter = (row.get("counterfactual") or {}).get("source")
    marks: list[Mark] = []
    for source in [counter, *(row.get("sources") or ())]:
        grade = source.get("source_grade") or source.get("grade") if source else None
        marks.extend(context.notes.source(source, grade=grade, used_for=str(row["id"])))
    by_number = {mark.number: mark for mark in marks[:MOST_MARKS]}
    return tuple(by_number[n] for n in sorted(by_number))


def _days(context: Context, effect: Any, at: str) -> View | None:
    """The milestone that moves most, with its days; None when not quantified."""
    if not isinstance(effect, Mapping):
        return None
    row, milestone = most_moved(context, effect)
    printed, place = shown(row, DAYS), f"{at}/{days_place(effect)}"
    limits = context.told(limits_words(printed, context.words), f"{place}/low")
    return {"estimate": context.estimate(printed["estimate"], place), "limits": limits, "milestone": milestone}


def days_place(effect: Row) -> str:
    """Where the days of the milestone that moves most stand in an effect."""
    saved = effect["days_saved"]
    name = max(saved, key=lambda key: abs(saved[key]["mean"]), default=None)
    return f"days_saved/{name}" if name is not None and saved[name]["mean"] else "days_saved"


def most_moved(context: Context, effect: Row) -> tuple[Row, str]:
    """The milestone that moves most: by how much, and its name; zero and no name where none moves."""
    saved = effect["days_saved"]
    name = max(saved, key=lambda key: abs(saved[key]["mean"]), default=None)
    if name is None or not saved[name]["mean"]:
        return {"mean": 0.0, "standard_error": 0.0, "low": 0.0, "high": 0.0}, ""
    row = next((m for m in context.milestones if m["id"] == name), None)
    return saved[name], milestone_name(context, row, name)


def milestone_name(context: Context, row: Row | None, fallback: str) -> str:
    """A milestone with its place: "China: full approval"."""
    if row is None:
        return fallback
    return context.words("milestone.named", place=context.place(row.get("jurisdiction")), name=context.label(row))


def _together(context: Context, effect: Any, at: str) -> View | None:
    if not isinstance(effect, Mapping):
        return None
    gain = context.estimate(_gains([effect])[0], f"{at}/rnpv_gain_usd")
    return {"days": _days(context, effect, at), "limits": _money_limits(context, effect, at), "gain": gain}


def _lede(context: Context, row: Row, rows: list[View], at: str) -> str:
    words = context.words
    acting = sum(r["state"] == "effect" for r in rows)
    if not acting:
        return context.says("policy.lede_none", total=context.told(str(len(rows)), f"{at}/measures"))
    together = _together(context, row.get("together"), f"{at}/together") or {}
    gain, days = together.get("gain"), together.get("days")
    sentences = [context.told(words.count("policy.lede", acting, total=len(rows)), f"{at}/measures")]
    if gain and gain.mean:
        shown_gain = linked(gain.mean, gain.href)
        sentences.append(context.says("policy.lede_gain", gain=shown_gain, error=linked(gain.error, gain.href)))
    if days and days["milestone"]:
        key = "policy.lede_days_later" if days["estimate"].negative else "policy.lede_days"
        shown_days = linked(days["estimate"].mean.lstrip(MINUS), days["estimate"].href)
        sentences.append(context.says(key, days=shown_days, milestone=days["milestone"]))
    return context.join(sentences)


def _aspects(context: Context, rows: list[View]) -> list[View]:
    """For each aspect the signs of its measures, and the same in words."""
    views = []
    for number, name in enumerate(ASPECTS, start=1):
        states = [r["state"] for r in rows if r["aspect"] == number]
        counts = Counter(states)
        said = [f"{counts[s]} {context.words(f'measure.{s}')}" for s in STATES if counts[s]]
        views.append(
            {
                "number": number,
                "name": context.words(f"aspect_short.{name}"),
                "states": states,
                "label": context.words("list.comma").join(said) or context.words("policy.no_measure"),
            }
        )
    return views


def scenario_rows(context: Context) -> list[View]:
    """Each scenario as a paired difference from the base."""
    rows = list(context.passport.get("scenarios") or ())
    gains = money_estimates([row.get("rnpv_difference_usd") for row in rows])
    return [_scenario(context, row, g, f"/scenarios/{i}") for i, (row, g) in enumerate(zip(rows, gains, strict=True))]


def _scenario(context: Context, row: Row, gain: Estimate | None, at: str) -> View:
    moved = [{**m, "at": f"{at}/milestones/{i}"} for i, m in enumerate(row.get("milestones") or ()) if _moves(m)]
    ids = {m["id"]: m for m in context.milestones}
    approvals = [m for m in moved if (ids.get(m["id"]) or {}).get("kind") == "approval"]
    return {
        "name": row["name"],
        "summary": context.words.sentence(row.get("summary")),
        "gain": context.estimate(gain, f"{at}/rnpv_difference_usd"),
        "moved": [_moved(context, ids.get(m["id"]), m) for m in approvals or moved],
    }


def _moves(row: Row) -> bool:
    return bool((row.get("days_difference") or {}).get("mean") or row.get("prob_difference"))


def _moved(context: Context, milestone: Row | None, row: Row) -> View:
    """A milestone with how many days it comes earlier or later, and how its chance changes."""
    days = row.get("days_difference") or {}
    estimate = days_estimate(days) if days.get("mean") else None
    key = "scenario.earlier" if estimate and estimate.negative else "scenario.later"
    return {
        "name": milestone_name(context, milestone, str(row["id"])),
        "days": context.words(key, days=estimate.mean.lstrip(MINUS)) if estimate else "",
        "error": estimate.error if estimate else "",
        "chance": _points(row.get("prob_difference")),
        "days_href": context.href(f"{row['at']}/days_difference"),
        "chance_href": context.href(f"{row['at']}/prob_difference"),
    }


def _points(difference: float | None) -> str:
    """A difference of chances in percent points, with its sign."""
    if not difference or abs(difference) < 0.0005:
        return ""
    return f"{'+' if difference > 0 else MINUS}{abs(difference) * 100:.1f}"
