"""ROC-AUC of models that know a trial's registration alone, as others printed or re-ran them.

They stand beside an own figure. The ranges are secondary: they were gathered from papers and repositories and not
re-read one by one. Metrics other than ROC-AUC are left out: the benchmark's own code rounds predictions to classes
before its average precision, and on F1 an always-positive rule does better in two phases.
"""

from __future__ import annotations

from dataclasses import dataclass

TOP = "test sets of TOP, Fu et al. 2022, Patterns 3:100445, doi:10.1016/j.patter.2022.100445, and re-runs"
LATER = "2,429 trials completed in 2023 and after; re-runs of models trained on TOP"


@dataclass(frozen=True)
class Published:
    """A range of figures on the test set that `source` names, never on the user's table."""

    what: str
    phase: str
    low: float
    high: float
    source: str
    grade: str = "secondary"


_RANGES = (
    ("graph networks (HINT, MEXA)", TOP, ((0.56, 0.57), (0.62, 0.62), (0.68, 0.72))),
    ("gradient boosting, support vectors", TOP, ((0.55, 0.56), (0.61, 0.62), (0.65, 0.70))),
    ("text with logistic regression", TOP, ((0.61, 0.64), (0.65, 0.65), (0.69, 0.73))),
    ("transfer to later trials", LATER, ((0.62, 0.62), (0.54, 0.54), (0.59, 0.59))),
)
PUBLISHED = tuple(
    Published(what, f"phase {number}", low, high, source)
    for what, source, ranges in _RANGES
    for number, (low, high) in enumerate(ranges, 1)
)
