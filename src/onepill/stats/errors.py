"""What a test's error and power may be."""

from __future__ import annotations

import math
from collections.abc import Iterator

from onepill.core.errors import Finding

LEAST_ALPHA = 1e-8
MOST_POWER = 1 - 1e-6


def check_errors(alpha: float, power: float) -> Iterator[Finding]:
    """Findings about a one-sided error and a power; none where they make sense."""
    if not LEAST_ALPHA <= alpha < 0.5:
        message = f"the one-sided error is from {LEAST_ALPHA:g} to below 0.5, not {alpha:g}"
        yield Finding("design.alpha", "error", message, "write --alpha 0.025", path="alpha", value=shown(alpha))
    elif not alpha < power:
        message = f"a power of {power:g} is not above the error of {alpha:g}: such a test needs no data"
        yield Finding("design.power", "error", message, "write --power 0.9", path="power", value=shown(power))
    if not power <= MOST_POWER:
        message = f"a power is above the error and at most {MOST_POWER}, not {power:g}"
        yield Finding("design.power", "error", message, "write --power 0.9", path="power", value=shown(power))


def shown(value: object) -> object:
    """A value as a finding shows it: what is no finite number, as text, since JSON has none."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
