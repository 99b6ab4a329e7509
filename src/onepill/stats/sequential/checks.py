"""What is wrong with the terms of a group-sequential design: all findings at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from onepill.core.errors import Finding, InputError
from onepill.stats.errors import check_errors
from onepill.stats.sequential.ladder import LEAST_STEP
from onepill.stats.sequential.spending import SPENDING, Rule, parse_rule

MOST_LOOKS = 100
FUTILITY = ("z", *SPENDING)


def check_terms(
    shares: Sequence[float], *, alpha: float, power: float, bound: str, futility: str | None, binding: bool, sides: int
) -> tuple[Rule, Rule | None]:
    """The rules of the upper and of the lower bound, where the terms make sense.

    Raises:
        InputError: `design.*`, one finding for each thing that is wrong.
    """
    findings = [*check_errors(alpha, power), *_check_shares(shares)]
    upper = _parsed(bound, "bound", findings)
    lower = _parsed(futility, "futility", findings) if futility is not None else None
    findings += _check_futility(shares, lower, binding=binding, sides=sides)
    if findings or upper is None:
        raise InputError("; ".join(finding.message for finding in findings), findings=findings)
    return upper, lower


def check_looks(looks: int) -> None:
    """Refuse a number of looks that a list of them need not be made for.

    Raises:
        InputError: `design.looks`.
    """
    if found := list(_check_number(looks)):
        raise InputError(found[0].message, findings=found)


def _check_number(looks: int) -> Iterator[Finding]:
    if not 1 <= looks <= MOST_LOOKS:
        yield _finding("looks", f"a design has 1 to {MOST_LOOKS} looks, not {looks}", "looks", looks)


def _check_shares(shares: Sequence[float]) -> Iterator[Finding]:
    if found := list(_check_number(len(shares))):
        yield from found
        return
    written = ", ".join(f"{share:g}" for share in shares)
    steps = [after - before for before, after in zip([0.0, *shares], shares, strict=False)]
    if not all(map(math.isfinite, shares)) or any(step <= 0 for step in steps):
        yield _finding("at.order", f"looks at {written} do not rise from above 0", "at", written)
    elif abs(shares[-1] - 1) > 1e-12:
        yield _finding(
            "at.last", f"the last look is at 1, all of the information, not at {shares[-1]:g}", "at", written
        )
    elif min(steps[1:], default=1.0) < LEAST_STEP:
        yield _finding(
            "at.near", f"looks nearer than {LEAST_STEP} of the information are not told apart", "at", written
        )


def _check_futility(shares: Sequence[float], lower: Rule | None, *, binding: bool, sides: int) -> Iterator[Finding]:
    if sides not in (1, 2):
        yield _finding("sides", f"a test has 1 or 2 sides, not {sides}", "sides", sides)
    if lower is None and binding:
        yield _finding("binding", "only a futility bound can be binding, and there is none", "binding", True)
    if lower is not None and sides == 2:
        yield _finding("futility.two_sided", "futility bounds stand in one-sided designs only", "futility", sides)
    if lower is not None and len(shares) == 1:
        yield _finding("futility.one_look", "one look leaves no room for a futility bound", "futility", 1)
    if lower is not None and lower.family == "z" and len(lower.z) != len(shares) - 1:
        message = f"{len(shares) - 1} looks before the last need as many bounds, not {len(lower.z)}"
        yield _finding("futility.number", message, "futility", len(lower.z))


def _parsed(text: str, path: str, findings: list[Finding]) -> Rule | None:
    try:
        return parse_rule(text, FUTILITY) if path == "futility" else parse_rule(text)
    except ValueError as error:
        findings.append(_finding(f"{path}.unknown", f"{path} {text!r}: {error}", path, text))
        return None


HINTS = {
    "looks": "write --looks 5",
    "at": "write shares that rise to 1, such as --at 0.3,0.6,1",
    "bound": "write of, pocock, wt:0.25, haybittle_peto, ld_of, ld_pocock, hsd:-4 or kim_demets:2",
    "futility": "write none, hsd:-2, kim_demets:2, ld_of, ld_pocock or z:0,0.5, one z for each look but the last",
    "binding": "leave --binding out, or write --futility hsd:-2",
    "sides": "write --sides 1 or --sides 2",
}


def _finding(code: str, message: str, path: str, value: object) -> Finding:
    return Finding(f"design.{code}", "error", message, HINTS[path], path=path, value=value)
