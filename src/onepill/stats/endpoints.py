"""What a trial measures, in one shape: how much a fixed design needs, and when that much is known.

Each endpoint says what its information is counted in (`unit`), how much a test with one look needs of it, and which
power an amount gives. Sequential designs multiply the need by their inflation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from onepill.stats import fixed

Kind = Literal["means", "rates", "time_to_event"]
Unit = Literal["patients", "events"]


@dataclass(frozen=True)
class Means:
    """A t test of two means; `benefit` counts what is better for the patient, `margin` the loss that is tolerated."""

    benefit: float
    sd: float
    ratio: float = 1.0
    margin: float = 0.0

    kind: ClassVar[Kind] = "means"
    unit: ClassVar[Unit] = "patients"

    @property
    def asks_non_inferiority(self) -> bool:
        return self.margin > 0

    def needed(self, *, alpha: float, power: float) -> float:
        return fixed.patients_for_means(
            self.benefit, self.sd, alpha=alpha, power=power, ratio=self.ratio, margin=self.margin
        )

    def power(self, amount: float, *, alpha: float) -> float:
        return fixed.power_for_means(amount, self.benefit, self.sd, alpha=alpha, ratio=self.ratio, margin=self.margin)


@dataclass(frozen=True)
class Rates:
    """A test of two proportions."""

    treated: float
    control: float
    ratio: float = 1.0
    margin: float = 0.0
    higher_is_better: bool = True

    kind: ClassVar[Kind] = "rates"
    unit: ClassVar[Unit] = "patients"

    @property
    def asks_non_inferiority(self) -> bool:
        return self.margin > 0

    def needed(self, *, alpha: float, power: float) -> float:
        return fixed.patients_for_rates(
            self.treated,
            self.control,
            alpha=alpha,
            power=power,
            ratio=self.ratio,
            margin=self.margin,
            higher_is_better=self.higher_is_better,
        )

    def power(self, amount: float, *, alpha: float) -> float:
        return fixed.power_for_rates(
            amount,
            self.treated,
            self.control,
            alpha=alpha,
            ratio=self.ratio,
            margin=self.margin,
            higher_is_better=self.higher_is_better,
        )


@dataclass(frozen=True)
class TimeToEvent:
    """A log-rank test; `margin_ratio` above 1 is the hazard ratio that non-inferiority excludes."""

    hazard_ratio: float
    ratio: float = 1.0
    margin_ratio: float = 1.0

    kind: ClassVar[Kind] = "time_to_event"
    unit: ClassVar[Unit] = "events"

    @property
    def asks_non_inferiority(self) -> bool:
        return self.margin_ratio > 1

    def needed(self, *, alpha: float, power: float) -> float:
        return fixed.events_for_hazards(
            self.hazard_ratio, alpha=alpha, power=power, ratio=self.ratio, margin_ratio=self.margin_ratio
        )

    def power(self, amount: float, *, alpha: float) -> float:
        return fixed.power_for_hazards(
            amount, self.hazard_ratio, alpha=alpha, ratio=self.ratio, margin_ratio=self.margin_ratio
        )

    def hazard_ratio_at(self, effect: float) -> float:
        """The hazard ratio at a multiple of the alternative's effect: 0 the margin, 1 the alternative."""
        return float(self.margin_ratio * (self.hazard_ratio / self.margin_ratio) ** effect)


Endpoint = Means | Rates | TimeToEvent
