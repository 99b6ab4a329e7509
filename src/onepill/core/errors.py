"""One finding object and one error family for the exit code, the page and the JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from math import isfinite
from typing import Any, Literal, Self

Severity = Literal["error", "warning", "note"]
SEVERITY_ORDER: dict[str, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True)
class Finding:
    """One thing to tell the user: what is wrong, where, the value, and what to do next.

    `code` is stable across versions. `path` is the dotted path in the document, `line` counts from 1 and is 0 where
    no line is known.
    """

    code: str
    severity: Severity
    message: str
    hint: str = ""
    path: str = ""
    file: str = ""
    line: int = 0
    value: Any = None

    def as_row(self) -> dict[str, Any]:
        """The finding as plain data; a value that no JSON can hold, such as infinity or a day, as its text."""
        row = asdict(self)
        is_odd = isinstance(self.value, date) or (isinstance(self.value, float) and not isfinite(self.value))
        return {**row, "value": str(self.value)} if is_odd else row

    def at(self, *, file: str, line: int) -> Finding:
        """The same finding with its place filled in."""
        return replace(self, file=file, line=line)


class OnepillError(Exception):
    """Something went wrong; `exit_code` is what the command line returns."""

    exit_code = 1

    def __init__(self, message: str, *, findings: Iterable[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)

    @classmethod
    def single(cls, code: str, message: str, **where: Any) -> Self:
        """An error that carries exactly one finding of severity error."""
        return cls(message, findings=(Finding(code=code, severity="error", message=message, **where),))


class InputError(OnepillError):
    """The input is wrong; every finding says where and what to do."""

    exit_code = 2


class AccessRefused(OnepillError):
    """The person who asks may not; nothing was done. What takes wrong input does not take this."""

    exit_code = 2


class MissingExtra(OnepillError):
    """An optional part is not installed; the message names the extra."""

    exit_code = 3


class StoreBusy(OnepillError):
    """Another process holds the store."""

    exit_code = 4


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Errors first, then by line and code, so that the same input always lists the same way."""
    return sorted(findings, key=lambda f: (SEVERITY_ORDER[f.severity], f.line, f.path, f.code))
