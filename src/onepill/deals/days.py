"""On which day of each path does a term of the contract fall?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER
from onepill.core.streams import uniforms
from onepill.deals.inputs import Option, Structure, When, Window
from onepill.sim.futures import Days, Futures

TERMINATION = "termination"
"""`When(option=TERMINATION)` is the day on which the contract ends early, for break fees."""
OPTION_STREAM = "deal.option."


@dataclass(frozen=True)
class ContractDays:
    """The days of one structure's decisions on a stretch of paths.

    `held_until` is the first day on which the contract no longer holds; NEVER: to the end.
    """

    structure: Structure
    futures: Futures
    exercised: Mapping[str, Days]
    held_until: Days

    @staticmethod
    def of(structure: Structure, futures: Futures, held_until: Days | None = None) -> ContractDays:
        """Resolve the options in their order; one may hang on another that stands before it.

        Raises:
            ValueError: an option whose exercise is still to be decided (see `decide_options`).
        """
        held = np.full(futures.paths, NEVER, dtype=np.int32) if held_until is None else held_until
        found: dict[str, Days] = {TERMINATION: held}
        days = ContractDays(structure, futures, found, held)
        for option in structure.options:
            taken = exercises(option.id, decided_prob(option), futures)
            day = days.of_when(option.when)
            found[option.id] = np.where(taken & (day < held), day, np.int32(NEVER))
        return days

    def of_when(self, when: When) -> Days:
        """The latest of its parts plus its lag, NEVER where one of them does not come; without parts the signing."""
        day = np.zeros(self.futures.paths, dtype=np.int64)
        if when.day is None and when.link is None and when.option is None:
            day[:] = self.structure.signed
        if when.day is not None:
            day[:] = when.day
        if when.link is not None:
            day = np.maximum(day, self.futures.days(when.link))
        if when.option is not None:
            day = np.maximum(day, self.exercised[when.option])
        return np.where(day >= NEVER, NEVER, day + when.lag_days).astype(np.int32)

    def of_window(self, window: Window) -> tuple[Days, Days]:
        """The first day of a window and the first day after it, while the contract holds."""
        until = self.held_until if window.until is None else np.minimum(self.of_when(window.until), self.held_until)
        return self.of_when(window.since), until


def decided_prob(option: Option) -> float:
    """The chance that an option is exercised.

    Raises:
        ValueError: it is still to be decided (see `decide_options`).
    """
    if option.exercise_prob is None:
        raise ValueError(f"whether the option {option.id!r} is exercised is not decided yet")
    return option.exercise_prob


def exercises(option: str, prob: float, futures: Futures) -> npt.NDArray[np.bool_]:
    """Whether an option is taken on each path, whatever structure it stands in."""
    if prob in (0.0, 1.0):
        return np.full(futures.paths, prob == 1.0)
    paths = np.arange(futures.first, futures.first + futures.paths)
    return uniforms(futures.seed, stream=OPTION_STREAM + option, paths=paths) < prob
