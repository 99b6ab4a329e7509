"""Terms that meet the wishes of both sides, on the same paths: one term by bracketing, several by the least change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from onepill.core.errors import InputError
from onepill.deals.crossing import crossing
from onepill.deals.inputs import Structure
from onepill.deals.measures import NEUTRAL, Risk, prob_loss, utility_usd
from onepill.deals.vary import Term, with_terms

Money = npt.NDArray[np.float64]
Values = Mapping[str, Money]
"""By party: net present value on each path, as that party sees the future, in US dollars."""
Evaluate = Callable[[Structure], Values]
MOST_ROUNDS = 60
MOST_TURNS = 8
MET = 1e-6
"""A wish or limit is met where it is missed by no more than this part of the money at stake."""


@dataclass(frozen=True)
class Wish:
    """`party` shall have `share` of what the deal brings all `sharing` parties together, by their means.

    `sharing` has by party what it keeps whatever is paid, in US dollars: that is not shared.
    """

    party: str
    share: float
    sharing: Mapping[str, float]


@dataclass(frozen=True)
class Limit:
    """`party` accepts no less than `least_usd` by its own risk measure, no chance of loss above `most_prob_loss`."""

    party: str
    least_usd: float | None = None
    most_prob_loss: float | None = None
    risk: Risk = NEUTRAL


@dataclass(frozen=True)
class Solved:
    """The terms that were found and how far they meet what was asked.

    `slack` has, by limit, how far it is met: US dollars, or of a chance of loss a share of paths; missed below 0.
    `binding` names what holds the answer: the wish, limits without slack, ends of ranges to a millionth of them.
    """

    terms: dict[str, float]
    feasible: bool
    binding: tuple[str, ...]
    slack: dict[str, float]
    values: Values
    evaluations: int


def solve(
    structure: Structure,
    terms: Sequence[Term],
    evaluate: Evaluate,
    *,
    wish: Wish | None = None,
    limits: Sequence[Limit] = (),
    favour: str = "",
) -> Solved:
    """Terms within their ranges that meet the wish and the limits.

    One term and a wish: the root between the range's ends (Brent); several terms: the least sum of squared changes,
    each in parts of its range, under the wish and the limits (sequential quadratic programming). Without a wish
    `favour` has as much as the limits leave. Where several terms cannot meet it all, those that miss the worst least.
    Paths are fixed, so that values are functions of the terms without noise.

    Raises:
        InputError: `solve.nothing` if neither a wish nor a limit is given, `solve.range` for an empty range.
    """
    if wish is None and not limits:
        raise InputError.single("solve.nothing", "nothing is wished for", hint="give a share or a least value")
    for term in terms:
        if not term.low <= term.high:
            message = f"{term.name}: the range from {term.low:g} to {term.high:g} is empty"
            raise InputError.single("solve.range", message, path=term.name)
    problem = _Problem(structure, terms, evaluate, asked=_Asked(wish, tuple(limits), favour))
    return problem.told(problem.root() if len(terms) == 1 and wish is not None else problem.search())


@dataclass(frozen=True)
class _Asked:
    wish: Wish | None
    limits: tuple[Limit, ...]
    favour: str


class _Problem:
    """One question; every answer is kept, since a search comes back to the same terms."""

    def __init__(
        self,
        structure: Structure,
        terms: Sequence[Term],
        evaluate: Evaluate,
        *,
        asked: _Asked,
    ) -> None:
        self._structure, self._terms, self._evaluate = structure, tuple(terms), evaluate
        self._wish, self._limits, self._favour = asked.wish, asked.limits, asked.favour
        self._seen: dict[tuple[float, ...], Values] = {}
        self._low = np.array([term.low for term in terms])
        self._span = np.array([term.high - term.low for term in terms])
        now = self._values([term.value for term in terms])
        self._unit = max(*(float(np.abs(npv).mean()) for npv in now.values()), 1.0)

    def root(self) -> Money:
        """Where the wish is met; the nearer end of the range where it is met nowhere."""
        term = self._terms[0]
        at_low, at_high = self._miss([term.low]), self._miss([term.high])
        if at_low * at_high > 0:
            return np.array([term.low if abs(at_low) <= abs(at_high) else term.high])
        tight = 1e-13 * max(abs(term.low), abs(term.high), 1e-3)
        return np.array([crossing(lambda x: self._miss([x]), term.low, term.high, xtol=tight)])

    def search(self) -> Money:
        """The best of searches that start where the terms stand and in the middle of their ranges."""
        now = np.array([np.clip(term.value, term.low, term.high) for term in self._terms])
        found = [self._descend(start) for start in (now, self._low + self._span / 2)]
        best = self._best(found)
        return best if self._missed(best) <= MET else self._best([best, self._nearest(best)])

    def _best(self, found: Sequence[Money]) -> Money:
        return min(found, key=lambda at: (max(self._missed(at) - MET, 0.0), self._aim(at)))

    def _nearest(self, start: Money) -> Money:
        """Where the worst of what is asked is missed least, one term after the other until none helps."""
        from scipy.optimize import minimize_scalar

        at, before = start.copy(), float("inf")
        for _ in range(MOST_TURNS):
            if self._missed(at) > (1 - MET) * before:
                break
            before = self._missed(at)
            for place, (low, span) in enumerate(zip(self._low, self._span, strict=True)):

                def miss(x: float, place: int = place, at: Money = at) -> float:
                    return self._missed(np.where(np.arange(at.size) == place, x, at))

                if span > 0:
                    inside = minimize_scalar(miss, bounds=(low, low + span), method="bounded").x
                    at[place] = min((at[place], low, low + span, inside), key=miss)
        return at

    def told(self, at: Money) -> Solved:
        """The answer at these terms."""
        terms = dict(zip((term.name for term in self._terms), at.tolist(), strict=True))
        slack = self._slack(at)
        feasible = self._missed(at) <= MET and (self._wish is None or abs(self._miss(at)) <= MET * self._unit)
        tight = [name for name, left in slack.items() if left <= MET * (self._unit if name.endswith("usd") else 1)]
        # A search stops beside an end as often as on it.
        near = np.minimum(at - self._low, self._low + self._span - at) <= MET * self._span
        ends = [term.name for term, is_near in zip(self._terms, near, strict=True) if is_near]
        wished = [f"{self._wish.party}.share"] if self._wish is not None else []
        binding = (*wished, *tight, *(f"range.{name}" for name in ends))
        return Solved(terms, feasible, binding, slack, self._values(at), len(self._seen))

    def _values(self, at: npt.ArrayLike) -> Values:
        key = tuple(np.asarray(at, dtype=np.float64).tolist())
        if key not in self._seen:
            names = (term.name for term in self._terms)
            self._seen[key] = self._evaluate(with_terms(self._structure, dict(zip(names, key, strict=True))))
        return self._seen[key]

    def _miss(self, at: npt.ArrayLike) -> float:
        """What the wish's party has above its share, in US dollars."""
        assert self._wish is not None
        values = self._values(at)
        brought = {party: float(values[party].mean()) - kept for party, kept in self._wish.sharing.items()}
        return brought[self._wish.party] - self._wish.share * sum(brought.values())

    def _slack(self, at: npt.ArrayLike) -> dict[str, float]:
        values, found = self._values(at), {}
        for limit in self._limits:
            npv = values[limit.party]
            if limit.least_usd is not None:
                found[f"{limit.party}.least_usd"] = utility_usd(npv, limit.risk) - limit.least_usd
            if limit.most_prob_loss is not None:
                found[f"{limit.party}.prob_loss"] = limit.most_prob_loss - prob_loss(npv + MET * self._unit)
        return found

    def _smooth_slack(self, at: npt.ArrayLike) -> Money:
        """The slacks in parts of the money at stake; a chance of loss by the quantile that must not be below 0."""
        values, found = self._values(at), []
        for limit in self._limits:
            npv = values[limit.party]
            if limit.least_usd is not None:
                found.append(utility_usd(npv, limit.risk) - limit.least_usd)
            if limit.most_prob_loss is not None:
                found.append(float(np.quantile(npv, limit.most_prob_loss, method="lower")))
        return np.array(found) / self._unit

    def _missed(self, at: npt.ArrayLike) -> float:
        """By how much the worst limit or the wish is missed, in parts of the money at stake."""
        slacks = self._smooth_slack(at)
        worst = max(float(-slacks.min()), 0.0) if slacks.size else 0.0
        return max(worst, abs(self._miss(at)) / self._unit) if self._wish is not None else worst

    def _aim(self, at: Money) -> float:
        """What is made small: changes of terms, or without a wish the loss of the favoured party."""
        if self._wish is None:
            risk = next((limit.risk for limit in self._limits if limit.party == self._favour), NEUTRAL)
            return -utility_usd(self._values(at)[self._favour], risk) / self._unit
        now = np.array([term.value for term in self._terms])
        span = np.where(self._span > 0, self._span, 1.0)
        return float((((at - now) / span) ** 2).sum())

    def _descend(self, start: Money) -> Money:
        from scipy import optimize

        minimize: Any = optimize.minimize

        def back(x: Money) -> Money:
            at: Money = self._low + np.clip(x, 0.0, 1.0) * self._span
            return at

        constraints: list[dict[str, Any]] = []
        if self._limits:
            constraints.append({"type": "ineq", "fun": lambda x: self._smooth_slack(back(x))})
        if self._wish is not None:
            constraints.append({"type": "eq", "fun": lambda x: self._miss(back(x)) / self._unit})
        span = np.where(self._span > 0, self._span, 1.0)
        found = minimize(
            lambda x: self._aim(back(x)),
            (start - self._low) / span,
            method="SLSQP",
            bounds=[(0.0, 1.0)] * len(self._terms),
            constraints=constraints,
            options={"maxiter": MOST_ROUNDS, "ftol": 1e-12},
        )
        return back(np.asarray(found.x, dtype=np.float64))
