"""Errors and findings as text or as one JSON document."""

from __future__ import annotations

import sys
from typing import Any

from onepill.core.errors import Finding, OnepillError


def show_error(error: OnepillError, *, as_json: bool) -> None:
    """All findings: as one JSON document on standard output, else as text on standard error."""
    if as_json:
        from onepill.workbench.common.documents import to_json

        rows = [finding.as_row() for finding in error.findings]
        sys.stdout.write(to_json({"error": str(error), "findings": rows}))
        return
    for finding in error.findings or (Finding("error", "error", str(error)),):
        print(finding_text(finding.as_row()), file=sys.stderr)


def finding_text(row: dict[str, Any]) -> str:
    """`file:line: severity code: message` with the path and the hint below."""
    place = f"{row['file']}:{row['line']}: " if row["line"] else f"{row['file']}: " if row["file"] else ""
    lines = [f"{place}{row['severity']} {row['code']}: {row['message']}"]
    if row["path"]:
        lines.append(f"  at {row['path']}")
    if row["hint"]:
        lines.append(f"  hint: {row['hint']}")
    return "\n".join(lines)
