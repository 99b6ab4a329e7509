"""A drug's share of its class by order of entry, and what rivals who may come take of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onepill.access.inputs import Money, OrderOfEntry, Rival
from onepill.core.distributions import discrete, fixed
from onepill.sim.plan import Activity, Draw, Fragment, Gate, Link

CAME, AWAY = "came", "stayed_away"
"""Outcomes of a rival's gate; neither is a failure of the programme, so that weighted runs draw it too."""
DELAY_POINTS = 12
"""Equally likely days that stand for an uncertain day of entry: the middles of as many equal slices of its
distribution."""


def entry_share(order: int, drugs: int, exponent: float) -> float:
    """The share of a class that its `order`-th entrant has once `drugs` are in it: order^-b over the sum of i^-b.

    The n-th entrant's share over the first one's is n^-b. Source of the form, and of b = 0.5: Kalyanaram, Robinson and
    Urban (1995), Marketing Science 14(3):G212-G221.

    Args:
        order: 1 for the first.
        drugs: all drugs of the class, this one among them; at least `order`.
        exponent: b, 0 or more; 0 shares equally.

    Raises:
        ValueError: an order outside 1 and `drugs`, a negative exponent.
    """
    if not 1 <= order <= drugs or exponent < 0:
        raise ValueError(f"no share for entrant {order} of {drugs} with exponent {exponent:g}")
    return float(order**-exponent / np.sum(np.arange(1, drugs + 1) ** -exponent))


def first_share(given: OrderOfEntry) -> float:
    """The drug's share of its class if no rival came any more."""
    return entry_share(given.order, given.others + 1, given.exponent)


@dataclass(frozen=True)
class ShareSteps:
    """The drug's mean share by launch day and day, over `first_share`.

    `factors[i, j]` holds for a launch after `i` of the `days` (ordinals, rising) and a day after `j` of them; a rival
    counts from its day on. Shape (days + 1, days + 1), meaningful where the day does not lie before the launch.
    """

    days: npt.NDArray[np.int64]
    factors: Money

    def on(self, launches: npt.ArrayLike, day: int) -> Money:
        """The factor on a day after each launch, of the shape of `launches`."""
        after = np.searchsorted(self.days, launches, side="right")
        found: Money = self.factors[after, int(np.searchsorted(self.days, day, side="right"))]
        return found


def share_steps(given: OrderOfEntry) -> ShareSteps:
    """The mean share over whether and when each rival comes, which are independent of each other and of the launch.

    A rival who comes before the launch (or on its day) pushes the drug's order back by one; one who comes later only
    makes the class larger.
    """
    days = np.array(sorted({day for rival in given.rivals for day in rival.days}), dtype=np.int64)
    arrived = np.array([_arrived(rival, days) for rival in given.rivals]).reshape(len(given.rivals), days.size + 1)
    shares = _shares(given)
    factors = np.ones((days.size + 1, days.size + 1))
    for launched in range(days.size + 1):
        before = arrived[:, launched]
        after = arrived[:, launched:] - before[:, None]
        means = np.einsum("nba,ba->n", _counts(before, after), shares)
        factors[launched, launched:] = means / first_share(given)
    return ShareSteps(days, factors)


def rival_rows(given: OrderOfEntry, launch: Link) -> Fragment:
    """Each rival as an activity of the plan: whether it comes, and on which of its days, each from a stream of its own.

    The streams bear the rival's id (`….prob`, `….delay`), so that one more rival moves nobody else's draws. It is drawn
    where the market is launched, which rivals do not wait for.
    """
    return Fragment(activities=tuple(_rival_row(given, rival, launch) for rival in given.rivals))


def _rival_row(given: OrderOfEntry, rival: Rival, launch: Link) -> Activity:
    first, gate = given.as_of.toordinal(), Gate(f"{rival.id}.prob", ((CAME, rival.prob), (AWAY, 1 - rival.prob)))
    if len(rival.days) == 1 and not rival.moved:
        return Activity(rival.id, not_before=rival.days[0], gate=gate, only_where=launch)
    delays = tuple(float(day - first) for day in rival.days)
    law = fixed(delays[0]) if len(delays) == 1 else discrete(delays, (1 / len(delays),) * len(delays))
    delay = Draw(f"{rival.id}.delay", law, rival.loadings)
    return Activity(rival.id, not_before=first, duration=delay, gate=gate, only_where=launch)


def _arrived(rival: Rival, days: npt.NDArray[np.int64]) -> Money:
    """The chance that a rival has come after none, one, … of the days."""
    hits = [0, *(rival.days.count(int(day)) for day in days)]
    found: Money = rival.prob / len(rival.days) * np.cumsum(hits)
    return found


def _shares(given: OrderOfEntry) -> Money:
    """The share by the numbers of rivals who came before and after the launch."""
    size = len(given.rivals) + 1
    return np.array(
        [
            [
                entry_share(given.order + before, given.others + 1 + before + after, given.exponent)
                for after in range(size)
            ]
            for before in range(size)
        ]
    )


def _counts(before: Money, after: Money) -> Money:
    """The chance of each pair of counts, one rival added after the other; shape (days, rivals + 1, rivals + 1)."""
    size = before.size + 1
    chances = np.zeros((after.shape[1], size, size))
    chances[:, 0, 0] = 1.0
    for early, late in zip(before, after, strict=True):
        now = late[:, None, None]
        grown = chances * (1 - early - now)
        grown[:, 1:, :] += early * chances[:, :-1, :]
        grown[:, :, 1:] += now * chances[:, :, :-1]
        chances = grown
    return chances
