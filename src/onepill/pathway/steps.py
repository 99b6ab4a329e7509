"""Who waits for whom within a procedure: stand-ins, steps that do not apply, alternatives, anchors."""

from __future__ import annotations

from collections.abc import Iterable

from onepill.pathway.builder import Builder, Place
from onepill.pathway.tables import ActivityInfo
from onepill.rulebook import Procedure, Step
from onepill.sim.plan import FINISHED, STARTED, SUCCEEDED, Activity, Link


class _Places:
    """Which of the steps that apply has the place of each step of the procedure."""

    def __init__(self, procedure: Procedure, steps: Iterable[Step]) -> None:
        self.all = {step.id: step for step in procedure.steps}
        self.present = {step.id: step for step in steps}
        self._stand_ins = {step.instead_of: step for step in self.present.values() if step.instead_of}

    def holder(self, name: str) -> Step | None:
        """The step itself, its stand-in, or for a stand-in that does not apply what it would have stood instead of."""
        if name in self.present:
            return self.present[name]
        place = self.all[name].instead_of or name
        return self._stand_ins.get(place) or self.present.get(place)


def _has(step: Step, event: str) -> bool:
    return event in ("", SUCCEEDED) or any(outcome.id == event for outcome in step.outcomes)


def reached_steps(procedure: Procedure, steps: list[Step]) -> list[Step]:
    """The steps without those that only follow an outcome of a step that does not apply, or another such step."""
    places, known = _Places(procedure, steps), {}

    def is_reached(step: Step) -> bool:
        if step.id not in known:
            known[step.id] = True
            known[step.id] = all(any(can_come(text) for text in entry) for entry in step.after)
        return known[step.id]

    def can_come(text: str) -> bool:
        target, _, event = text.partition(":")
        holder = places.holder(target)
        return not event if holder is None else _has(holder, event) and is_reached(holder)

    return [step for step in steps if is_reached(step)]


class StepLinks:
    """Resolves `after` to links: steps that do not apply are passed through to what they wait for themselves."""

    def __init__(
        self,
        build: Builder,
        procedure: Procedure,
        place: Place,
        *,
        steps: list[Step],
        start: tuple[Link, ...],
        submission: str,
    ) -> None:
        self.build, self.place, self.start, self.submission = build, place, start, submission
        self.places = _Places(procedure, steps)
        self.used: set[str] = set()
        self.added: set[str] = set()

    def of(self, step: Step) -> tuple[Link, ...]:
        return self._waited(step) or self.start

    def anchor(self, step: Step) -> tuple[Link, ...]:
        """The start of the step from which the clock runs, empty without one.

        Where that step does not apply, its start would have been the end of what it waits for.
        """
        if step.anchor is None:
            return ()
        holder = self.places.holder(step.anchor)
        if holder is not None:
            return (Link(self._beginning(holder), STARTED),)
        return self._one(step.anchor) or (Link(f"{self.place.prefix}.{self.submission}", FINISHED),)

    def _beginning(self, step: Step) -> str:
        """The activity whose start is the step's: under a policy the step itself stands for its end."""
        name = f"{self.place.prefix}.{step.id}"
        ordinary = f"{name}.ordinary"
        return ordinary if any(a.id == ordinary for a in self.build.activities) else name

    def ends(self) -> tuple[Link, ...]:
        """The steps that nothing waits for."""
        names = (name for name in self.places.present if name not in self.used)
        return tuple(Link(f"{self.place.prefix}.{name}", SUCCEEDED) for name in names)

    def _waited(self, step: Step) -> tuple[Link, ...]:
        entries = (self._entry(entry, step, n) for n, entry in enumerate(step.after))
        return tuple(dict.fromkeys(link for links in entries for link in links))

    def _entry(self, entry: tuple[str, ...], step: Step, n: int) -> tuple[Link, ...]:
        """The links of one entry: of several alternatives those that apply count, and the first of them to happen."""
        applying = [text for text in entry if self._applies(text)] or entry
        options = list(dict.fromkeys(self._one(text) for text in applying))
        if len(options) == 1 or () in options:
            return options[0] if len(options) == 1 else ()
        name = f"{self.place.prefix}.{step.id}.first{n or ''}"
        links = tuple(self._together(option, f"{name}.option{i}", step) for i, option in enumerate(options))
        self._add(Activity(name, after=links, any_of=True), step)
        return (Link(name, FINISHED),)

    def _applies(self, text: str) -> bool:
        target, _, event = text.partition(":")
        holder = self.places.holder(target)
        return holder is not None and _has(holder, event)

    def _together(self, links: tuple[Link, ...], name: str, step: Step) -> Link:
        """One link that stands for all of an alternative's."""
        if len(links) == 1:
            return links[0]
        self._add(Activity(name, after=links), step)
        return Link(name, FINISHED)

    def _add(self, activity: Activity, step: Step) -> None:
        """Put an internal event on the plan, once however many steps pass through to it."""
        if activity.id in self.added:
            return
        self.added.add(activity.id)
        place = self.place
        info = ActivityInfo(activity.id, step.name, place.jurisdiction, place.group, "internal", place.path)
        self.build.add(activity, info)

    def _one(self, text: str) -> tuple[Link, ...]:
        target, _, event = text.partition(":")
        holder = self.places.holder(target)
        if holder is not None:
            self.used.add(holder.id)
            happened = event if event and _has(holder, event) else SUCCEEDED
            return (Link(f"{self.place.prefix}.{holder.id}", happened),)
        return self._waited(self.places.all[target]) or self.start
