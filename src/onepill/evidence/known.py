"""What is known about one drug that may change its chance, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field

from onepill.core.provenance import Source


@dataclass(frozen=True)
class Fact:
    """Yes or no: genetic support, proof of mechanism, class precedent.

    Attributes:
        value: whether it holds.
        source: what shows it; None where it is the user's own word or an assumption.
        path: its place in the file.
    """

    value: bool
    source: Source | None = None
    path: str = ""


@dataclass(frozen=True)
class Effect:
    """A treatment effect with its interval, on a scale where 0 is none and more is better.

    Attributes:
        estimate, standard_error: log of a hazard or odds ratio in the drug's favour, or a difference; error above 0.
        target: effect that phase 3 is planned for, above 0.
        source, path: as of `Fact`.
    """

    estimate: float
    standard_error: float
    target: float
    source: Source | None = None
    path: str = ""


@dataclass(frozen=True)
class Response:
    """The response rate of a single arm beside that of the treatment it is to replace.

    Attributes:
        share, n: observed share, 0 to 1, of `n` patients.
        control_share: of the control treatment, between 0 and 1.
        target_share: that phase 3 is planned for, above `control_share`.
        source, path: as of `Fact`.
    """

    share: float
    n: int
    control_share: float
    target_share: float
    source: Source | None = None
    path: str = ""


@dataclass(frozen=True)
class Known:
    """Everything known about a drug in one indication; None or empty where nothing is."""

    genetic_support: Fact | None = None
    proof_of_mechanism: Fact | None = None
    class_precedent: Fact | None = None
    breakthrough: dict[str, Fact] = field(default_factory=dict)
    phase_2_effect: Effect | None = None
    response_rate: Response | None = None


@dataclass(frozen=True)
class Switches:
    """Factors and cuts switched on or off by name, against their defaults."""

    on: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()
