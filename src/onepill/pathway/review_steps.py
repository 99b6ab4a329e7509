"""Which forecast of the review-time model does a step of a procedure take, on this plan's day?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from onepill.pathway.builder import Builder, Place, last_part
from onepill.pathway.review_times import ReviewTime, validated_review_time
from onepill.pathway.tables import ClockUse
from onepill.rulebook import ReviewModelUse, RuleValue, Step, Version, matches
from onepill.sim.plan import Activity, Draw

RULE_PREFIX = "review_times."
FORMULA = "quantiles of past reviews' days over their clock's days, times this review's clock of {days} days; n = {n}"


def found_review(build: Builder, step: Step, place: Place, *, submitted: date | None = None) -> ReviewTime | None:
    """The validated forecast of a step as it was known on the plan's day; None where there is none.

    Args:
        submitted: the day of submission where that is a fact. Else the plan's day stands for it: regimes and goals
            change about once in five years, and the next change is not known.
    """
    used = step.review_model
    model_step = _model_step(used, place) if used else None
    if used is None or model_step is None:
        return None
    day = submitted or build.given.as_of
    is_new = None if used.new_substance is None else matches(used.new_substance, place.terms)
    known_on, review_class = build.given.known_on, _review_class(used, place)
    return validated_review_time(model_step, review_class, day, known_on=known_on, is_new_substance=is_new)


def _model_step(used: ReviewModelUse, place: Place) -> str:
    """Where the file splits the cycles, the step that ends with the first one."""
    return used.one_cycle if place.splits_cycles and used.one_cycle else used.step


def holds_later_cycles(step: Step, place: Place) -> bool:
    """Whether the rulebook's own forecast of a step would count again the cycles that the filing states itself."""
    return place.splits_cycles and step.review_model is not None and step.review_model.one_cycle is not None


def _review_class(used: ReviewModelUse, place: Place) -> str:
    return next((name for name, when in used.classes if matches(when, place.terms)), used.otherwise)


def reviewed(found: ReviewTime, activity: Activity, place: Place) -> Activity:
    """The activity with the model's time."""
    stream = f"{place.path}.{last_part(activity.id)}"
    return replace(activity, duration=Draw(stream, found.distribution), calendar=None)


def note_review(build: Builder, found: ReviewTime, activity: Activity, place: Place) -> None:
    """Put the forecast on file as a clock in use, in the form of a rule's value."""
    rule_id = f"{RULE_PREFIX}{found.step}"
    path = f"{place.path}.{last_part(activity.id)}"
    value = RuleValue(_shown(found), "calendar_days", _version(found), found.cell, False, rule_id)
    build.uses.append(ClockUse(rule_id, activity.id, value, "forecast", path, found))


def _shown(found: ReviewTime) -> dict[str, int]:
    days = dict(found.quantiles)
    return {f"p{round(100 * prob)}": round(days[prob]) for prob in (0.1, 0.5, 0.9)}


def _version(found: ReviewTime) -> Version:
    said = [found.note, f"cell {found.cell}", f"knows reviews decided by {found.knows_through}"]
    said += [found.validation.sentence] if found.validation else []
    return Version(
        value=_shown(found),
        first=None,
        attested=(found.knows_through,),
        last=None,
        announced=None,
        status="in_force",
        source_grade=found.grade,
        sources=(found.source,),
        ref=found.cell,
        formula=FORMULA.format(days=found.naive_days, n=found.n),
        note="; ".join(said),
    )
