"""How an error is spent over the information: spending functions, and the shapes of classical bounds.

Sources: Lan and DeMets 1983, Biometrika 70:659-663 (ld_of, ld_pocock); Hwang, Shih and DeCani 1990, Statistics in
Medicine 9:1439-1445 (hsd); Kim and DeMets 1987, Biometrika 74:149-154 (kim_demets); Pocock 1977, Biometrika 64:191-199;
O'Brien and Fleming 1979, Biometrics 35:549-556; Wang and Tsiatis 1987, Biometrics 43:193-199; Haybittle 1971, British
Journal of Radiology 44:793-797; Peto and others 1976, British Journal of Cancer 34:585-612.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

Floats = npt.NDArray[np.float64]
Family = Literal["of", "pocock", "wt", "haybittle_peto", "ld_of", "ld_pocock", "hsd", "kim_demets", "z"]

SPENDING = ("ld_of", "ld_pocock", "hsd", "kim_demets")
CLASSICAL = ("of", "pocock", "wt", "haybittle_peto")
PARAMETERS = {"wt": (-1.0, 0.7), "haybittle_peto": (1.0, 10.0), "hsd": (-40.0, 40.0), "kim_demets": (0.05, 40.0)}
"""Families with a number of their own, and the range that it is taken in."""
HAYBITTLE_PETO_Z = 3.0
"""Three standard errors, as Haybittle proposed."""


@dataclass(frozen=True)
class Rule:
    """A bound or a spending function by name; `parameter` is its number where it has one, `z` are given bounds."""

    family: Family
    parameter: float = 0.0
    z: tuple[float, ...] = ()

    @property
    def spends(self) -> bool:
        return self.family in SPENDING


def parse_rule(text: str, families: tuple[str, ...] = CLASSICAL + SPENDING) -> Rule:
    """A rule as people write it: `of`, `wt:0.25`, `hsd:-4`, or given bounds as `z:0,0.5`.

    Raises:
        ValueError: no such family, or its number is missing, none, or out of range.
    """
    name, colon, rest = text.strip().partition(":")
    if name not in families:
        raise ValueError(f"{name!r} is none of {', '.join(families)}")
    if name == "z":
        return Rule("z", z=tuple(_number(part, name) for part in rest.split(",")))
    if name not in PARAMETERS:
        if colon:
            raise ValueError(f"{name} takes no number")
        return Rule(name)  # type: ignore[arg-type]  # it is one of the families
    if not colon and name == "haybittle_peto":
        return Rule("haybittle_peto", HAYBITTLE_PETO_Z)
    low, high = PARAMETERS[name]
    value = _number(rest, name)
    if not low <= value <= high:
        raise ValueError(f"the number of {name} lies within {low:g} and {high:g}, not {value:g}")
    return Rule(name, value)  # type: ignore[arg-type]  # it is one of the families


def spent(rule: Rule, shares: Floats, total: float) -> Floats:
    """The error spent by each information share.

    Args:
        rule: a spending function.
        shares: information shares within 0 and 1, any shape.
        total: the error at full information, per side.

    Returns:
        Cumulative error, shape of `shares`, from 0 to `total`.
    """
    match rule.family:
        case "ld_of":
            return np.asarray(2 * ndtr(ndtri(total / 2) / np.sqrt(shares)))
        case "ld_pocock":
            return total * np.log1p((math.e - 1) * shares)
        case "kim_demets":
            return np.asarray(total * shares**rule.parameter)
        case "hsd" if rule.parameter:
            return np.asarray(total * np.expm1(-rule.parameter * shares) / math.expm1(-rule.parameter))
        case _:
            return total * shares


def classical_z(rule: Rule, shares: Floats, constant: float) -> Floats:
    """The bounds of a classical design with that constant, shape of `shares`.

    Wang and Tsiatis: constant * share^(parameter - 1/2); O'Brien and Fleming have parameter 0, Pocock 1/2. Haybittle
    and Peto: the rule's own z at all looks but the last, the constant there.
    """
    if rule.family == "haybittle_peto":
        return np.append(np.full(len(shares) - 1, rule.parameter), constant)
    exponent = {"of": 0.0, "pocock": 0.5}.get(rule.family, rule.parameter) - 0.5
    return np.asarray(constant * shares**exponent)


def _number(text: str, name: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{name} needs a number, such as {name}:{_example(name)}, not {text!r}") from None
    if not math.isfinite(value):
        raise ValueError(f"{name} needs a finite number, not {text}")
    return value


def _example(name: str) -> str:
    return {"wt": "0.25", "hsd": "-4", "kim_demets": "2", "haybittle_peto": "3"}.get(name, "0,0.5")
