"""What a schema cannot say of a lean proof of concept: chances that sum, levels that exist, links that end."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import product
from math import prod

from onepill.core.errors import Finding
from onepill.model.proof_of_concept import Experiment, HiddenFactor, Outcome, ProofOfConcept, Reading
from onepill.model.schema import Programme

SECTION = "proof_of_concept"
MOST_STATES, MOST_EXPERIMENTS = 64, 24
SUM_SLACK = 1e-9
RESULTS = {"": None, "positive": True, "negative": False}


def check_proof_of_concept(programme: Programme) -> Iterator[Finding]:
    """Everything wrong with the section, nothing where there is none."""
    poc = programme.proof_of_concept
    if poc is None:
        return
    yield from _decides(programme, poc)
    for name, factor in poc.hidden.items():
        yield from _factor(f"{SECTION}.hidden.{name}", name, factor)
    for index, outcome in enumerate(poc.outcomes):
        yield from _outcome(f"{SECTION}.outcomes.{index}", poc, outcome)
    yield from _coverage(poc)
    for name, experiment in poc.experiments.items():
        yield from _experiment(f"{SECTION}.experiments.{name}", poc, name, experiment)
    yield from _cycle(poc)
    yield from _limits(poc)


def needs_of(experiment: Experiment) -> list[tuple[str, bool | None]]:
    """`after` as pairs of an experiment and the result that it must have, None for any."""
    pairs = (item.partition(":") for item in experiment.after)
    return [(name, RESULTS.get(result)) for name, _, result in pairs]


def _error(code: str, message: str, path: str, hint: str, value: object = None) -> Finding:
    return Finding(code, "error", message, hint, path, value=value)


def _decides(programme: Programme, poc: ProofOfConcept) -> Iterator[Finding]:
    path, stages = f"{SECTION}.decides", programme.development
    if poc.decides is None:
        if any(outcome.success_prob is not None for outcome in poc.outcomes):
            message = "an outcome states a chance of success, and no stage is named that it belongs to"
            yield _error("poc.decides", message, path, f"decides: one of {', '.join(stages) or 'no stage there is'}")
    elif poc.decides not in stages:
        message = f"{poc.decides!r} is no stage of this file"
        yield _error("poc.decides", message, path, f"known: {', '.join(stages) or 'none'}", poc.decides)
    elif stages[poc.decides].done.started is not None:
        message = f"the stage {poc.decides} has begun: there is nothing left to decide"
        yield _error("poc.decides", message, path, "name a stage that has not begun", poc.decides)


def _factor(path: str, name: str, factor: HiddenFactor) -> Iterator[Finding]:
    if (factor.prob is None) == (not factor.levels):
        message = f"{name} needs either its chance or its levels"
        yield _error("poc.levels", message, path, "prob: 0.4, or levels: {none: 0.5, some: 0.3, much: 0.2}")
        return
    chances = factor.chances()
    for level, chance in chances.items():
        if chance in (0, 1):
            where = f"{path}.prob" if factor.prob is not None else f"{path}.levels.{level}"
            message = f"a prior chance of {chance:g} leaves nothing to find out of {name}"
            yield _error("poc.prior", message, where, "state a chance between 0 and 1, or leave the factor out", chance)
            break
    if abs(sum(chances.values()) - 1) > SUM_SLACK:
        message = f"the chances of {name} sum to {sum(chances.values()):g}, not 1"
        yield _error("poc.levels", message, f"{path}.levels", "make them sum to 1")


def _outcome(path: str, poc: ProofOfConcept, outcome: Outcome) -> Iterator[Finding]:
    for factor, levels in outcome.when.items():
        where = f"{path}.when.{factor}"
        if factor not in poc.hidden:
            message = f"{factor!r} is not hidden here"
            yield _error("poc.unknown", message, where, f"known: {', '.join(poc.hidden)}", factor)
            continue
        known = poc.hidden[factor].chances()
        for level in (level for level in levels if level not in known):
            yield _error("poc.unknown", f"{factor} has no level {level!r}", where, f"known: {', '.join(known)}", level)
    said = [key for key in ("success_prob", "go_gain", "go_loss") if getattr(outcome, key) is not None]
    if len(said) != 1:
        message = f"an outcome says {' and '.join(said) or 'nothing'} of what going is worth"
        yield _error("poc.outcome", message, path, "give one of success_prob, go_gain and go_loss")


def _coverage(poc: ProofOfConcept) -> Iterator[Finding]:
    """Every combination of levels must have an outcome, and there must not be too many of them."""
    chances = {name: factor.chances() for name, factor in poc.hidden.items()}
    count = prod(len(levels) for levels in chances.values())
    if count > MOST_STATES:
        message = f"{count:,} combinations of hidden levels are more than {MOST_STATES}"
        yield _error("poc.too_many", message, f"{SECTION}.hidden", "leave out factors or levels", count)
        return
    for combination in product(*chances.values()):
        levels = dict(zip(chances, combination, strict=True))
        if not any(outcome.fits(levels) for outcome in poc.outcomes):
            shown = ", ".join(f"{name} {level}" for name, level in levels.items())
            hint = "add a last outcome without when, for all the rest"
            yield _error(
                "poc.outcome", f"no outcome says what going is worth where {shown}", f"{SECTION}.outcomes", hint
            )
            return


def _experiment(path: str, poc: ProofOfConcept, name: str, experiment: Experiment) -> Iterator[Finding]:
    for item in experiment.after:
        before, _, result = item.partition(":")
        if before not in poc.experiments or result not in RESULTS:
            hint = f"known: {', '.join(poc.experiments)}, each also with :positive or :negative"
            yield _error("poc.after", f"{item!r} is no experiment or result of this plan", f"{path}.after", hint, item)
    if experiment.family is not None and experiment.family not in poc.families:
        hint = f"declare it: families: {{{experiment.family}: {{correlation: 0.5}}}}"
        message = f"{experiment.family!r} is not a declared family"
        yield _error("poc.family", message, f"{path}.family", hint, experiment.family)
    if experiment.duration.unit == "wd" or experiment.duration.number <= 0:
        message = f"{name} takes {experiment.duration.text}, which is no time by the calendar"
        yield _error("poc.duration", message, f"{path}.duration", "write weeks or months, above 0")
    for factor, reading in experiment.reads.items():
        yield from _reading(f"{path}.reads.{factor}", poc, factor, reading)


def _reading(path: str, poc: ProofOfConcept, factor: str, reading: Reading) -> Iterator[Finding]:
    if factor not in poc.hidden:
        message = f"{factor!r} is not hidden here"
        yield _error("poc.unknown", message, path, f"known: {', '.join(poc.hidden)}", factor)
        return
    is_pair = reading.sensitivity is not None and reading.specificity is not None
    is_part = (reading.sensitivity is None) != (reading.specificity is None)
    if is_part or is_pair == bool(reading.positive_prob):
        message = f"the reading of {factor} is neither a sensitivity with a specificity nor a chance for each level"
        yield _error("poc.reads", message, path, "{sensitivity: 0.8, specificity: 0.7}, or positive_prob by level")
        return
    known = poc.hidden[factor].chances()
    if set(reading.chances()) != set(known):
        message = f"the reading of {factor} is not for its levels"
        yield _error("poc.reads", message, path, f"give positive_prob for each of: {', '.join(known)}")
    elif reading.sensitivity and reading.specificity and reading.sensitivity.number + reading.specificity.number <= 1:
        message = f"a positive result says nothing for {factor}: sensitivity and specificity sum to no more than 1"
        yield Finding("poc.blind", "warning", message, "check which is which", path)


def _cycle(poc: ProofOfConcept) -> Iterator[Finding]:
    edges = {
        name: [before for before, _ in needs_of(e) if before in poc.experiments] for name, e in poc.experiments.items()
    }
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        # The standard library lists each name before the one that waits for it.
        cycle = list(reversed(error.args[1]))
        path = f"{SECTION}.experiments.{cycle[0]}.after"
        yield _error("poc.cycle", f"each waits for the next: {' → '.join(cycle)}", path, "take one of these links out")


def _limits(poc: ProofOfConcept) -> Iterator[Finding]:
    if len(poc.experiments) > MOST_EXPERIMENTS:
        message = f"{len(poc.experiments)} experiments are more than {MOST_EXPERIMENTS}"
        yield _error("poc.too_many", message, f"{SECTION}.experiments", "leave out those that are worth least alone")
    if poc.time_limit is not None and poc.time_limit.unit == "wd":
        message, hint = "the time limit counts working days of no calendar", "write weeks or months"
        yield _error("poc.duration", message, f"{SECTION}.time_limit", hint)
