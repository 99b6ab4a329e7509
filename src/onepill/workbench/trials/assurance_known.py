"""What is known about an effect, read from a question: a normal estimate, or a few effects with weights."""

from __future__ import annotations

import math
from dataclasses import dataclass

from onepill.core.errors import InputError

HINT = "write normal:0.8,0.15 or points:0.6=0.2,0.8=0.5,1=0.3"


@dataclass(frozen=True)
class Known:
    """Effects with weights; of one effect with a standard error, `se`; null where effects are taken as they are."""

    effects: tuple[float, ...]
    weights: tuple[float, ...]
    se: float | None


def parse_known(text: str) -> Known:
    """`normal:EFFECT,SE` or `points:EFFECT=WEIGHT,...`.

    Raises:
        InputError: `prior.*`, it is neither, a number is missing, or weights do not sum to 1.
    """
    kind, _, rest = text.strip().partition(":")
    parts = [part.strip() for part in rest.split(",")]
    if kind == "normal" and len(parts) == 2:
        mean, se = (_number(part, text) for part in parts)
        return normal_known(mean, se)
    if kind == "points" and rest:
        pairs = [part.split("=") for part in parts]
        if any(len(pair) != 2 for pair in pairs):
            raise _error("shape", f"--prior {text!r} has an effect without its weight", text)
        effects = tuple(_number(pair[0], text) for pair in pairs)
        weights = tuple(_number(pair[1], text) for pair in pairs)
        if min(weights) < 0 or not abs(math.fsum(weights) - 1) < 1e-6:
            total = math.fsum(weights)
            raise _error("weights", f"weights of a prior are not below 0 and sum to 1, not to {total:g}", text)
        return Known(effects, weights, None)
    raise _error("shape", f"--prior {text!r} is neither normal:EFFECT,SE nor points:EFFECT=WEIGHT,...", text)


def normal_known(effect: float, se: float) -> Known:
    """An estimate with its standard error.

    Raises:
        InputError: `prior.se`, the standard error is not above 0; or `prior.effect`, the effect is no number.
    """
    if not math.isfinite(effect):
        raise InputError.single("prior.effect", f"an effect is a number, not {effect}", hint=HINT, path="effect")
    if not 0 < se < math.inf:
        message = f"a standard error is above 0, not {se:g}: a negative variance is none"
        raise InputError.single("prior.se", message, hint="write --se 0.15", path="se", value=str(se))
    return Known((effect,), (1.0,), se)


def _number(text: str, whole: str) -> float:
    try:
        found = float(text)
    except ValueError:
        raise _error("number", f"--prior {whole!r}: {text!r} is no number", whole) from None
    if not math.isfinite(found):
        raise _error("number", f"--prior {whole!r}: {text!r} is no finite number", whole)
    return found


def _error(code: str, message: str, value: str) -> InputError:
    return InputError.single(f"prior.{code}", message, hint=HINT, path="prior", value=value)
