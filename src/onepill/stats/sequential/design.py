"""A group-sequential design: its bounds, what it costs in information, and what it is expected to cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from onepill.core.errors import InputError
from onepill.stats.roots import rising_root
from onepill.stats.sequential.boundary import Boundary, LowerAt, mirrored, no_lower, walk
from onepill.stats.sequential.checks import check_looks, check_terms
from onepill.stats.sequential.ladder import MOST_DRIFT, Floats, Rung, tail_point
from onepill.stats.sequential.spending import Rule, classical_z, spent

_REACHED = 1e-8
"""How near to the power asked for the power of a design must come."""


@dataclass(frozen=True)
class Design:
    """Bounds on the z scale at information `shares`, and the drift at which the design has its power.

    `drift` is the expected statistic at full information under the alternative, `fixed_drift` that of a test of the
    same error and power with one look; information is as their squares. `upper_z` is infinite where nobody stops for
    efficacy; `lower_z` is minus infinity where there is no lower bound, and ends at the last upper bound where there is
    futility. `alpha_spent` is cumulative, per side, and counts a futility bound only where it binds.
    """

    shares: tuple[float, ...]
    alpha: float
    power: float
    sides: int
    bound: str
    futility: str | None
    binding: bool
    drift: float
    fixed_drift: float
    alpha_spent: tuple[float, ...]
    boundary: Boundary = field(repr=False, compare=False)

    @property
    def upper_z(self) -> tuple[float, ...]:
        return self.boundary.upper_z

    @property
    def lower_z(self) -> tuple[float, ...]:
        return self.boundary.lower_z

    @property
    def inflation(self) -> float:
        """Full information as a multiple of what a test with one look needs."""
        return (self.drift / self.fixed_drift) ** 2

    def stop_probs(self, effect: npt.ArrayLike) -> tuple[Floats, Floats]:
        """The chance to stop above and below at each look.

        Args:
            effect: the true effect as a multiple of the alternative's: 0 is no effect, 1 the alternative; a number or
                shape (m,).

        Returns:
            Two arrays, shape (looks,) or (m, looks). Without a lower bound the last look below is not filled: a trial
            that stops nowhere has no row.
        """
        return self.boundary.stop_probs(np.asarray(effect, dtype=np.float64) * self.drift)

    def rejection_prob(self, effect: npt.ArrayLike) -> Floats:
        """The chance to stop above the upper bound at some look, shape of `effect`."""
        return np.asarray(self.stop_probs(effect)[0].sum(axis=-1))

    def expected_share(self, effect: npt.ArrayLike) -> Floats:
        """Expected information at the end as a share of full information, shape of `effect`."""
        upper, lower = self.stop_probs(effect)
        early = (upper + lower)[..., :-1]
        return np.asarray(1 - early @ (1 - np.asarray(self.shares[:-1])))

    def expected_inflation(self, effect: npt.ArrayLike) -> Floats:
        """Expected information at the end as a multiple of what a test with one look needs, shape of `effect`."""
        return self.inflation * self.expected_share(effect)


def equal_shares(looks: int) -> tuple[float, ...]:
    """Looks after equal parts of the information.

    Raises:
        InputError: `design.looks`, so many that no memory holds them.
    """
    check_looks(looks)
    return tuple(look / looks for look in range(1, looks + 1))


def design(
    shares: int | Sequence[float],
    *,
    alpha: float = 0.025,
    power: float = 0.9,
    bound: str = "of",
    futility: str | None = None,
    binding: bool = False,
    sides: int = 1,
) -> Design:
    """Bounds and information of a group-sequential test of a normal mean, and of what behaves like one.

    Args:
        shares: number of equally spaced looks, or the shares of the information at each look, rising to 1.
        alpha: error of each side, 1e-8 to below 0.5.
        power: chance to stop above under the alternative, above `alpha`.
        bound: `of`, `pocock`, `wt:0.25`, `haybittle_peto`, `ld_of`, `ld_pocock`, `hsd:-4`, `kim_demets:2`.
        futility: a spending function for the type II error, or given bounds as `z:0,0.5`; none if left out.
        binding: whether the upper bounds count on stopping for futility. Where not, the error holds either way.
        sides: 2 stops for harm as the upper bounds mirrored; the power stays that of the upper side.

    Raises:
        InputError: the terms make no sense (`design.*`), or no information reaches the power with them.

    Source: Jennison C, Turnbull BW (2000), Group Sequential Methods with Applications to Clinical Trials, chapters 2,
    4, 7 and 19. Futility: Pampallona S, Tsiatis AA, Kim K (2001), Drug Information Journal 35:1113-1121.
    """
    at = equal_shares(shares) if isinstance(shares, int) else tuple(float(share) for share in shares)
    upper, lower = check_terms(
        at, alpha=alpha, power=power, bound=bound, futility=futility, binding=binding, sides=sides
    )
    fixed_drift = float(ndtri(power) - ndtri(alpha))
    plain = _with_upper(at, upper, alpha, mirrored if sides == 2 else no_lower)
    bounded = _bounded(plain, upper, lower, alpha=alpha, beta=1 - power, binding=binding)
    # One look is the fixed test itself, exactly and not to the error of a solution.
    drift, boundary = (fixed_drift, plain) if len(at) == 1 else _with_power(bounded, power, fixed_drift)
    counted = boundary if binding else plain
    alpha_spent = tuple(map(float, counted.stop_probs(0.0)[0].cumsum()))
    return Design(
        shares=at,
        alpha=alpha,
        power=power,
        sides=sides,
        bound=bound,
        futility=futility,
        binding=binding,
        drift=drift,
        fixed_drift=fixed_drift,
        alpha_spent=alpha_spent,
        boundary=boundary,
    )


def _with_upper(shares: tuple[float, ...], rule: Rule, alpha: float, lower_at: LowerAt) -> Boundary:
    """The upper bounds that spend the error, look by look, or that have the one constant which does."""
    if rule.spends:
        parts = np.diff(spent(rule, np.asarray(shares), alpha), prepend=0.0)
        return walk(shares, lambda look, rung: tail_point(rung, shares[look], parts[look]), lower_at)

    def at(constant: float) -> Boundary:
        z = classical_z(rule, np.asarray(shares), constant).tolist()
        return walk(shares, lambda look, rung: z[look], lower_at)

    def margin(constant: float) -> float:
        return float(ndtri(alpha) - ndtri(at(constant).null_error()))

    if rule.family == "haybittle_peto" and margin(_FAR_OUT) <= 0:
        message = f"looks at z = {rule.parameter:g} alone spend the error of {alpha:g}"
        raise InputError.single("design.bound.spent", message, hint="write a larger z, or fewer looks", path="bound")
    guess = _guessed_constant(rule, alpha, len(shares))
    return at(rising_root(margin, guess, guess + 0.02, least=0.0))


_FAR_OUT = 30.0


def _guessed_constant(rule: Rule, alpha: float, looks: int) -> float:
    """Between the bound of one look and that of as many independent ones, the nearer to these the flatter the bound."""
    one, many = -float(ndtri(alpha)), -float(ndtri(alpha / looks))
    flatness = {"of": 0.0, "pocock": 0.5, "wt": rule.parameter}.get(rule.family, 0.0)
    return one + min(1.0, max(0.0, 0.15 + 1.2 * flatness)) * (many - one)


def _bounded(
    plain: Boundary, upper: Rule, lower: Rule | None, *, alpha: float, beta: float, binding: bool
) -> Callable[[float], Boundary]:
    """The bounds, with futility where there is any, as a function of the drift under the alternative."""
    if lower is None:
        return lambda drift: plain
    shares, last = plain.shares, len(plain.shares) - 1
    is_given = lower.family == "z"
    parts = None if is_given else np.diff(spent(lower, np.asarray(shares), beta), prepend=0.0)

    def at(drift: float) -> Boundary:
        def lower_at(look: int, rung: Rung, upper_z: float) -> float:
            if look == last:
                return upper_z
            if parts is None:
                return lower.z[look]
            return tail_point(rung, shares[look], parts[look], drift=drift, side=-1)

        if binding:
            return _with_upper(shares, upper, alpha, lower_at)
        return walk(shares, lambda look, rung: plain.upper_z[look], lower_at)

    return at


def _with_power(boundary_at: Callable[[float], Boundary], power: float, fixed_drift: float) -> tuple[float, Boundary]:
    """The drift at which the bounds that belong to it have the power, and these bounds."""

    def reached(drift: float, boundary: Boundary) -> float:
        return min(float(boundary.stop_probs(drift)[0].sum()), 1 - 1e-16)

    def margin(drift: float) -> float:
        return float(ndtri(reached(drift, boundary_at(drift))) - ndtri(power))

    drift = rising_root(margin, fixed_drift * 1.01, fixed_drift * 1.03, least=0.0, most=MOST_DRIFT)
    boundary = boundary_at(drift)
    early = zip(boundary.lower_z[:-1], boundary.upper_z[:-1], strict=True)
    crossed = [look for look, (lower, upper) in enumerate(early, start=1) if lower >= upper]
    if crossed:
        message = f"the futility bound reaches the upper bound at look {crossed[0]}, before the last"
        raise InputError.single("design.futility.crosses", message, hint="lower the futility bounds", path="futility")
    if not abs(reached(drift, boundary) - power) < _REACHED:
        message = f"with these bounds no information reaches a power of {power:g}"
        hint = "take fewer looks, or bounds that spend less error early"
        raise InputError.single("design.power.unreached", message, hint=hint, path="power", value=power)
    return drift, boundary
