"""From the trial authorisation to the first patient: the hospitals' work by steps, or one time of the file's own."""

from __future__ import annotations

from dataclasses import replace

from onepill.model.overlays import Overlay
from onepill.pathway.builder import Builder, Place, last_part
from onepill.pathway.clocks import overlays_on, window_table
from onepill.pathway.inputs import StageInput
from onepill.pathway.procedures import add_procedure
from onepill.pathway.tables import ActivityInfo
from onepill.pathway.timing import found_value, with_span_overlays
from onepill.rulebook import Procedure, matches
from onepill.sim.plan import FINISHED, Activity, Gate, Link

SPAN = "trial_start_up"
Links = tuple[Link, ...]


def add_start_up(build: Builder, stage: StageInput, ready: Links) -> Links:
    """Add the start-up of a stage's trials after `ready`; returns what the first patient waits for.

    The file's own time goes first. Without one, a trial in one country takes that country's steps of the rulebook.
    """
    if stage.start_up is not None:
        return _own_time(build, stage, ready)
    procedure = _procedure(build, stage)
    return ready if procedure is None else _by_steps(build, stage, procedure, ready)


def _own_time(build: Builder, stage: StageInput, ready: Links) -> Links:
    name, path = f"{stage.id}.start_up", f"development.{stage.id}.start_up"
    region = stage.calendar or (stage.regions[0] if stage.regions else "")
    named = build.calendar_name(stage.calendar) if stage.start_up_unit == "wd" else None
    calendar = next((p.calendar for p in build.rulebook.procedures(region)), "") if region else ""
    place = Place(stage.id, path, "development", region, stage.terms, calendar)
    work = Activity(name, after=ready, duration=stage.start_up, calendar=named)
    label = {"en": f"{stage.label['en']}: start-up", "zh": f"{stage.label['zh']}：启动"}
    build.add(
        with_span_overlays(build, work, place, span=SPAN),
        ActivityInfo(name, label, "", "development", "start_up", path),
    )
    return (Link(name, FINISHED),)


def _procedure(build: Builder, stage: StageInput) -> Procedure | None:
    """The start-up of the only country in which a trial runs, where the rulebook knows one."""
    if len(set(stage.regions)) != 1 or not stage.kind.startswith("phase"):
        return None
    found = (p for p in build.rulebook.procedures(stage.regions[0]) if p.grants == "trial_start_up")
    return next((p for p in found if matches(p.needed_when, stage.terms)), None)


def _by_steps(build: Builder, stage: StageInput, procedure: Procedure, ready: Links) -> Links:
    """The steps of the hospitals; policies may begin one earlier, drop one, or limit the whole."""
    code, path = procedure.jurisdiction.lower(), f"development.{stage.id}.start_up"
    prefix, where = f"{stage.id}.{code}.start_up", procedure.jurisdiction
    place = Place(prefix, path, where, where, stage.terms, procedure.calendar)
    opened, done = f"{place.prefix}.opened", f"{place.prefix}.done"
    info = ActivityInfo(opened, procedure.name, place.jurisdiction, place.group, "internal", path)
    build.add(Activity(opened, after=ready), info)
    built = add_procedure(build, procedure, place, start=(Link(opened, FINISHED),))
    for step in procedure.steps:
        found = overlays_on(build.given.overlays, on="work", target=step.id, jurisdiction=place.jurisdiction)
        _under(build, f"{place.prefix}.{step.id}", found, ready=f"{stage.id}.ready", opened=opened)
    counted_from = Link(opened, FINISHED, lag_days=-_ethics_days(build, stage, place))
    whole = with_span_overlays(build, Activity(done, after=built.ends), place, span=SPAN, start=counted_from)
    build.add(whole, replace(info, id=done))
    return (*ready, Link(done, FINISHED))


def _under(build: Builder, name: str, overlays: list[Overlay], *, ready: str, opened: str) -> None:
    """Put a step under overlays on work: begun with the trial application (`parallel`), or not done at all (`drop`).

    Each way keeps the draw of the step, so that nothing else on a path changes; the first to end counts.
    """
    at = next((i for i, activity in enumerate(build.activities) if activity.id == name), None)
    if at is None or not overlays:
        return
    _hold_followers(build, name, Link(opened, FINISHED))
    step, info = build.activities.pop(at), build.infos.pop(at)
    hidden = replace(info, kind="internal", label={})
    plain = replace(step, id=f"{name}.ordinary", gate=None, costs=())
    build.add(plain, replace(hidden, id=plain.id))
    ends = [Link(plain.id, FINISHED)]
    for overlay in overlays:
        begin = Link(ready if overlay.verb == "parallel" else opened, FINISHED)
        window, other = _other_way(build, plain, overlay, name=f"{name}.{last_part(overlay.id)}", begin=begin)
        for activity in (window, other):
            build.add(activity, replace(hidden, id=activity.id))
        ends.append(Link(other.id, FINISHED))
    build.add(Activity(name, after=tuple(ends), any_of=True, gate=step.gate, costs=step.costs), info)


def _hold_followers(build: Builder, name: str, start: Link) -> None:
    """What follows a step that begins early still waits for what everything waited for before."""
    for index, activity in enumerate(build.activities):
        follows = any(link.activity == name for link in activity.after)
        if follows and start not in activity.after:
            build.activities[index] = replace(activity, after=(*activity.after, start))


def _other_way(
    build: Builder, plain: Activity, overlay: Overlay, *, name: str, begin: Link
) -> tuple[Activity, Activity]:
    """A step under one overlay, and the event that opens it: in force, and taken up on this path."""
    gate = Gate(f"{overlay.id}.uptake", (("taken", overlay.uptake), ("not_taken", 1 - overlay.uptake)))
    clock = build.clock_name(f"{overlay.id}|window", window_table(overlay, span=build.span))
    window = Activity(f"{name}.in_force", after=(begin,), clock=clock, gate=gate if overlay.uptake < 1 else None)
    opens = (Link(window.id, "taken" if window.gate else FINISHED),)
    if overlay.verb == "drop":
        return window, Activity(name, after=opens)
    return window, replace(plain, id=name, after=opens, any_of=False)


def _ethics_days(build: Builder, stage: StageInput, place: Place) -> int:
    """Days of a hospital's start-up that its ethics committee takes before: limits on the whole count them in."""
    for procedure in build.rulebook.procedures(place.jurisdiction):
        if procedure.grants == "ethics_opinion" and matches(procedure.needed_when, stage.terms):
            found = [found_value(build, step.clock, place) for step in procedure.steps]
            return sum(round(float(f.value)) for f in found if f is not None and f.unit == "calendar_days")
    return 0
