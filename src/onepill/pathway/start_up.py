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
    place = Place(stage.id, path, "development", region, stage.terms)
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
    place = Place(f"{stage.id}.{code}.start_up", path, procedure.jurisdiction, procedure.jurisdiction, stage.terms)
    opened, done = f"{place.prefix}.opened", f"{place.prefix}.done"
    info = ActivityInfo(opened, procedure.name, place.jurisdiction, place.group, "internal", path)
    build.add(Activity(opened, after=ready), info)
    built = add_procedure(build, procedure, place, start=(Link(opened, FINISHED),))
    for step in procedure.steps:
        for overlay in overlays_on(build.given.overlays, on="work", target=step.id, jurisdiction=place.jurisdiction):
            name, start = f"{place.prefix}.{step.id}", Link(opened, FINISHED)
            _hold_followers(build, name, start)
            _under(build, name, overlay, begin=Link(f"{stage.id}.ready", FINISHED) if _is_early(overlay) else start)
    before = len(build.activities)
    whole = with_span_overlays(build, Activity(done, after=built.ends), place, span=SPAN)
    _count_from(build, before, Link(opened, FINISHED, lag_days=-_ethics_days(build, stage, place)))
    build.add(whole, replace(info, id=done))
    return (*ready, Link(done, FINISHED))


def _is_early(overlay: Overlay) -> bool:
    return overlay.verb == "parallel"


def _hold_followers(build: Builder, name: str, start: Link) -> None:
    """What follows a step that begins early still waits for what everything waited for before."""
    for index, activity in enumerate(build.activities):
        follows = any(link.activity == name for link in activity.after)
        if follows and start not in activity.after:
            build.activities[index] = replace(activity, after=(*activity.after, start))


def _under(build: Builder, name: str, overlay: Overlay, *, begin: Link) -> None:
    """Put a step under an overlay on work: begun with the trial application (`parallel`), or not done at all (`drop`).

    Both ways keep the draw of the step, so that nothing else on a path changes.
    """
    at = next((i for i, activity in enumerate(build.activities) if activity.id == name), None)
    if at is None:
        return
    step, info = build.activities.pop(at), build.infos.pop(at)
    ordinary, other, opens = f"{name}.ordinary", f"{name}.{last_part(overlay.id)}", f"{name}.in_force"
    gate = Gate(f"{overlay.id}.uptake", (("taken", overlay.uptake), ("not_taken", 1 - overlay.uptake)))
    clock = build.clock_name(f"{overlay.id}|window", window_table(overlay, span=build.span))
    opened = Activity(opens, after=(begin,), clock=clock, gate=gate if overlay.uptake < 1 else None)
    begins = (Link(opens, "taken" if opened.gate else FINISHED),)
    early = replace(step, id=other, gate=None, costs=(), after=begins, any_of=False)
    if overlay.verb == "drop":
        early = Activity(other, after=begins)
    plain = replace(step, id=ordinary, gate=None, costs=())
    for activity in (opened, plain, early):
        build.add(activity, replace(info, id=activity.id, kind="internal", label={}))
    ends = (Link(ordinary, FINISHED), Link(other, FINISHED))
    build.add(Activity(name, after=ends, any_of=True, gate=step.gate, costs=step.costs), info)


def _count_from(build: Builder, before: int, start: Link) -> None:
    """Let the limits that were added since `before` count from `start`."""
    for index in range(before, len(build.activities)):
        if build.activities[index].clock:
            build.activities[index] = replace(build.activities[index], after=(start,), any_of=False)


def _ethics_days(build: Builder, stage: StageInput, place: Place) -> int:
    """Days of a hospital's start-up that its ethics committee takes before: limits on the whole count them in."""
    for procedure in build.rulebook.procedures(place.jurisdiction):
        if procedure.grants == "ethics_opinion" and matches(procedure.needed_when, stage.terms):
            found = [found_value(build, step.clock, place) for step in procedure.steps]
            return sum(round(float(f.value)) for f in found if f is not None and f.unit == "calendar_days")
    return 0
