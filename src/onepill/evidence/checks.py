"""What is questionable about a stated chance of success."""

from __future__ import annotations

from onepill.core.errors import Finding
from onepill.evidence.base_rates import BaseRate


def check_prob(prob: float, *, rate: BaseRate | None, path: str) -> list[Finding]:
    """Findings on a chance that the user states for a gate.

    Args:
        prob: the stated chance; the range 0 to 1 is checked here too, for callers without a schema.
        rate: the base rate of the same gate, None where there is none.
        path: the value's dotted path.

    Returns:
        `prob.out_of_range` (error), `prob.certain` (warning) for exactly 0 or 1, `prob.outside_base_rate` (note) for
        a value beyond the 95 % interval of the base rate; empty for none.
    """
    if not 0 <= prob <= 1:
        message = f"a chance of {prob:g} lies outside 0 and 1"
        return [Finding("prob.out_of_range", "error", message, hint="write 0.4 for 40 %", path=path, value=prob)]
    if prob in (0, 1):
        message = f"a chance of {prob:g} leaves nothing to chance"
        hint = "state what is past under done, and leave the chance out for the base rate"
        return [Finding("prob.certain", "warning", message, hint=hint, path=path, value=prob)]
    if rate is None or rate.low is None or rate.high is None or rate.low <= prob <= rate.high:
        return []
    side = "above" if prob > rate.high else "below"
    message = (
        f"{prob:.1%} is {side} the base rate of {rate.prob:.1%} "
        f"({rate.low:.1%} to {rate.high:.1%}, n {rate.n}, {rate.table}, {rate.area_used})"
    )
    return [Finding("prob.outside_base_rate", "note", message, hint="say why, as its source", path=path, value=prob)]
