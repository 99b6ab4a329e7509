"""How well an upfront or a total can be told from a deal's features, against telling the median."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from onepill.deals.comparables import Deal

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Matrix = NDArray[float64]
    Vector = NDArray[float64]

FEWEST_TO_LEARN = 20
"""Known amounts below which nothing is fitted."""
PENALTIES = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
"""Ridge penalties that are tried; the last one leaves little but the mean."""
NESTED_UP_TO = 400
"""Known amounts up to which the penalty is chosen anew for each deal left out; beyond, one deal hardly moves it."""
LEARNED_FROM = ("stage", "modality", "area", "structure")
"""Features that the predictor sees, beside the year."""


@dataclass(frozen=True, slots=True)
class Score:
    """How far off predictions of left-out deals are, as factors: 2 means twice or half.

    `median_factor`: half of them lie within this factor; `p90_factor`: nine in ten do. `within_2_share`: the share
    within a factor of two.
    """

    median_factor: float
    p90_factor: float
    within_2_share: float


@dataclass(frozen=True, slots=True)
class Predictor:
    """A ridge regression of log10 amounts and what it is worth.

    Attributes:
        quantity: `upfront_usd` or `total_usd`. n: known amounts. penalty: that of the fit to all of them.
        model, median: scores of the regression and of the plain median, each deal left out in turn.
        gain: how much nearer the regression is than the median, mean of log10 of the factor; `gain_error` its standard
            error over the deals.
        predicted_usd, low_usd, high_usd: for the asked features, with the 10 % and 90 % quantiles of the left-out
            errors around it; None where none were asked.
    """

    quantity: str
    n: int
    penalty: float
    model: Score
    median: Score
    gain: float
    gain_error: float
    predicted_usd: float | None = None
    low_usd: float | None = None
    high_usd: float | None = None

    @property
    def is_better(self) -> bool:
        """Whether the regression is nearer than the median by more than chance would have it (two standard errors)."""
        return self.gain > 2 * self.gain_error


def predict(deals: Sequence[Deal], quantity: str, asked: Mapping[str, str | float] | None = None) -> Predictor | None:
    """Fit log10 of the amount to stage, modality, area, structure and year, and leave each deal out in turn.

    Ridge regression with a free intercept (Hoerl, Kennard, Technometrics 1970;12:55-67): (X'X + penalty I) b = X'y on
    centred columns, one column for each level and one for the year. The penalty is the one of `PENALTIES` with the
    least left-out square error; for an honest error it is chosen anew, without the deal, for each that is left out.

    Args:
        deals: those to learn from; amounts that are unknown or zero are passed over.
        quantity: `upfront_usd` or `total_usd`.
        asked: the features of a deal to predict, by `LEARNED_FROM` and `year` (a number); what is missing counts as
            the mean of the table.

    Returns:
        None where fewer than `FEWEST_TO_LEARN` amounts are known.
    """
    import numpy as np

    known = [deal for deal in deals if (deal.amount(quantity) or 0) > 0]
    if len(known) < FEWEST_TO_LEARN:
        return None
    levels = [(name, level) for name in LEARNED_FROM for level in sorted({deal.group(name) for deal in known})]
    design = np.array([_row(_features(deal), levels) for deal in known])
    logs = np.log10([float(deal.amount(quantity) or 0) for deal in known])
    errors = left_out_errors(design, logs)
    penalty = best_penalty(design, logs)
    rest = logs - left_out_medians(logs)
    nearer = np.abs(rest) - np.abs(errors)
    gain, gain_error = float(nearer.mean()), float(nearer.std(ddof=1) / np.sqrt(len(known)))
    found = Predictor(quantity, len(known), penalty, _score(errors), _score(rest), gain, gain_error)
    if asked is None:
        return found
    centre = _predict_row(design, logs, penalty, _asked_row(asked, levels, design.mean(axis=0)))
    low, high = (float(10 ** (centre + shift)) for shift in np.quantile(errors, (0.1, 0.9)))
    return replace(found, predicted_usd=float(10**centre), low_usd=low, high_usd=high)


def _features(deal: Deal) -> dict[str, str | float]:
    told: dict[str, str | float] = {name: deal.group(name) for name in LEARNED_FROM}
    return {**told, "year": float(deal.announced_on.year)}


def _row(features: Mapping[str, str | float], levels: Sequence[tuple[str, str]]) -> list[float]:
    return [*(float(features[name] == level) for name, level in levels), float(features["year"])]


def _asked_row(asked: Mapping[str, str | float], levels: Sequence[tuple[str, str]], means: Vector) -> Vector:
    """A row of the design; a feature that is not told stands at the table's mean."""
    import numpy as np

    told = [float(asked[name] == level) if name in asked else None for name, level in levels]
    told.append(float(asked["year"]) if "year" in asked else None)
    return np.array([mean if value is None else value for value, mean in zip(told, means, strict=True)])


def left_out_errors(design: Matrix, logs: Vector) -> Vector:
    """What each observation lies above its prediction by all others, shape (n,), penalty chosen without it.

    Beyond `NESTED_UP_TO` observations the penalty is that of all.
    """
    import numpy as np

    if len(logs) > NESTED_UP_TO:
        return _press(design, logs)[best_penalty(design, logs)]
    everyone = np.arange(len(logs))
    errors = np.empty(len(logs))
    for i in everyone:
        rest = everyone != i
        penalty = best_penalty(design[rest], logs[rest])
        errors[i] = logs[i] - _predict_row(design[rest], logs[rest], penalty, design[i])
    return errors


def left_out_medians(values: Vector) -> Vector:
    """For each of at least two values the median of all others, shape (n,)."""
    import numpy as np

    n, order = len(values), np.argsort(values, kind="stable")
    ascending, rank = values[order], np.empty(len(values), dtype=int)
    rank[order] = np.arange(n)
    # Without the value of rank r, place k of the rest holds place k below r and k + 1 from r on.
    middle = [ascending[k + (k >= rank)] for k in ((n - 2) // 2, (n - 1) // 2)]
    medians: Vector = (middle[0] + middle[1]) / 2
    return medians


def best_penalty(design: Matrix, logs: Vector) -> float:
    """The penalty with the least sum of squared left-out errors."""
    costs = {penalty: float((errors**2).sum()) for penalty, errors in _press(design, logs).items()}
    return min(costs, key=lambda penalty: (costs[penalty], penalty))


def _press(design: Matrix, logs: Vector) -> dict[float, Vector]:
    """Left-out errors for each penalty.

    For a fixed penalty the left-out error is residual / (1 - h_ii), with the hat matrix H = 1/n + U diag(s^2 /
    (s^2 + penalty)) U' of the centred design (Allen, Technometrics 1974;16:125-127).
    """
    import numpy as np

    n = len(logs)
    centred, deviations = design - design.mean(axis=0), logs - logs.mean()
    left, singular, _ = np.linalg.svd(centred, full_matrices=False)
    squares, shadow = singular**2, left.T @ deviations
    errors = {}
    for penalty in PENALTIES:
        kept = squares / (squares + penalty)
        leverage = 1 / n + (left**2) @ kept
        errors[penalty] = (deviations - left @ (kept * shadow)) / (1 - leverage)
    return errors


def _predict_row(design: Matrix, logs: Vector, penalty: float, row: Vector) -> float:
    import numpy as np

    means = design.mean(axis=0)
    centred = design - means
    gram = centred.T @ centred + penalty * np.eye(design.shape[1])
    slopes = np.linalg.solve(gram, centred.T @ (logs - logs.mean()))
    return float(logs.mean() + (row - means) @ slopes)


def _score(errors: Vector) -> Score:
    import numpy as np

    sizes = np.abs(errors)
    middle, far = (float(10**found) for found in np.quantile(sizes, (0.5, 0.9)))
    return Score(middle, far, float((sizes <= np.log10(2)).mean()))
