"""What the rulebook holds and what it lacks, as rows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from onepill.rulebook import Rulebook, coverage


def coverage_rows(rulebook: Rulebook) -> list[dict[str, Any]]:
    """A row for each jurisdiction and topic: state, the day of the last check, counts by source grade."""
    rows = []
    for found in coverage(rulebook):
        row = asdict(found)
        row["by_source_grade"] = row.pop("by_grade")
        rows.append({key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in row.items()})
    return rows
