"""Two learners: regularised logistic regression on words and counts, and boosted trees, its challenger.

Both are plain arrays once they are fitted, so that a saved model is numbers and words, and never a program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from onepill.evidence.learned.features import (
    LONG,
    SHORT,
    TREE_WORDS,
    Matrix,
    Words,
    counted,
    learn_words,
)
from onepill.evidence.learned.trials import Trial

Rows = Any
"""A row a trial: sparse for words, dense for trees."""
STRENGTHS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""Inverse strengths of the penalty that are tried, the strongest penalty first."""
TREES, DEPTH, RATE, SUBSAMPLE, LEAF = 200, 3, 0.05, 0.6, 20


@dataclass(frozen=True)
class Inputs:
    """How a trial becomes numbers."""

    fields: tuple[str, ...]
    words: tuple[Words, ...]
    mean: Matrix
    scale: Matrix

    def numbers(self, trials: Sequence[Trial]) -> Matrix:
        """What is counted, each column at mean 0 and variance 1 of the trials that were learned from."""
        return (counted(trials, self.fields) - self.mean) / self.scale

    def common_words(self, trials: Sequence[Trial]) -> list[Matrix]:
        return [(w(trials)[:, w.commonest(TREE_WORDS)].toarray() > 0).astype(np.float64) for w in self.words]


def learn_inputs(trials: Sequence[Trial], fields: Sequence[str]) -> Inputs:
    """Words, means and scales of these trials alone."""
    texts = [[name for name in group if name in fields] for group in (SHORT, LONG)]
    words = [found for group in texts if (found := learn_words(trials, group)) is not None]
    numbers = counted(trials, fields)
    scale = numbers.std(axis=0) if numbers.size else np.ones(numbers.shape[1])
    return Inputs(tuple(fields), tuple(words), numbers.mean(axis=0), np.where(scale > 0, scale, 1.0))


@dataclass(frozen=True)
class Logistic:
    """Log-odds linear in words and counts."""

    coefficients: Matrix
    intercept: float

    @staticmethod
    def rows(inputs: Inputs, trials: Sequence[Trial]) -> Rows:
        """Words, whose rows have length 1, and counts brought to like lengths, so that one penalty serves both."""
        from scipy.sparse import csr_matrix, hstack

        numbers = csr_matrix(inputs.numbers(trials) / np.sqrt(max(1, len(inputs.mean))))
        return hstack([*(words(trials) for words in inputs.words), numbers], format="csr")

    def log_odds(self, rows: Rows) -> Matrix:
        found: Matrix = np.asarray(rows @ self.coefficients).ravel() + self.intercept
        return found


def fit_logistic(rows: Rows, labels: Matrix, strength: float) -> Logistic:
    """Logistic regression with a quadratic penalty (scikit-learn, lbfgs); `strength` is its inverse, above 0."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=strength, max_iter=5_000).fit(rows, labels)
    return Logistic(np.asarray(fitted.coef_[0], dtype=np.float64), float(fitted.intercept_[0]))


@dataclass(frozen=True)
class Trees:
    """Boosted trees: log-odds are `start` plus the leaf of each tree, all trees in one set of arrays.

    Attributes:
        roots: place of each tree's first node, of shape (trees,).
        feature, threshold, left, right, value: of shape (nodes,); a leaf has feature -1.
    """

    start: float
    roots: npt.NDArray[np.int64]
    feature: npt.NDArray[np.int64]
    threshold: Matrix
    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    value: Matrix

    @staticmethod
    def rows(inputs: Inputs, trials: Sequence[Trial]) -> Rows:
        """Counts, and whether a common word is there."""
        whole = np.hstack([inputs.numbers(trials), *inputs.common_words(trials)])
        # The library compares 32-bit numbers with its thresholds; at a threshold itself 64 bits would go the other way.
        return whole.astype(np.float32).astype(np.float64)

    def log_odds(self, rows: Rows) -> Matrix:
        found = np.full(len(rows), self.start)
        for root in self.roots:
            at = np.full(len(rows), root)
            while (inner := self.feature[at] >= 0).any():
                column = np.where(inner, self.feature[at], 0)
                goes_left = rows[np.arange(len(rows)), column] <= self.threshold[at]
                at = np.where(inner, np.where(goes_left, self.left[at], self.right[at]), at)
            found += self.value[at]
        return found


def fit_trees(rows: Rows, labels: Matrix, seed: int) -> Trees:
    """Gradient boosting (scikit-learn), its trees written out as arrays."""
    from sklearn.ensemble import GradientBoostingClassifier

    fitted = GradientBoostingClassifier(
        n_estimators=TREES,
        max_depth=DEPTH,
        learning_rate=RATE,
        subsample=SUBSAMPLE,
        min_samples_leaf=LEAF,
        max_features="sqrt",
        random_state=seed,
    ).fit(rows, labels)
    trees = [row[0].tree_ for row in fitted.estimators_]
    roots = np.concatenate([[0], np.cumsum([tree.node_count for tree in trees])[:-1]]).astype(np.int64)
    share = float(labels.mean())
    return Trees(
        start=float(np.log(share / (1 - share))),
        roots=roots,
        feature=np.concatenate([np.maximum(tree.feature, -1) for tree in trees]).astype(np.int64),
        threshold=np.concatenate([tree.threshold for tree in trees]),
        left=np.concatenate([tree.children_left + root for tree, root in zip(trees, roots, strict=True)]),
        right=np.concatenate([tree.children_right + root for tree, root in zip(trees, roots, strict=True)]),
        value=np.concatenate([RATE * tree.value[:, 0, 0] for tree in trees]),
    )
