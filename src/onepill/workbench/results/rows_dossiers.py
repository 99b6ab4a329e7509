"""Rows of core dossiers: which filings share one data cut, and what each adds of its own."""

from __future__ import annotations

from typing import Any

from onepill.pathway import FilingInput
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.results.simulate import Runs, day_row

Row = dict[str, Any]


def dossier_rows(base: Assembled, runs: Runs) -> list[Row]:
    """Each core dossier with its data cut, the days of its work, and the regional first module of each filing."""
    trace, rows = runs.drawn.trace, []
    for name, dossier in base.filled.programme.dossiers.items():
        activity = f"dossiers.{name}"
        index = trace.activity_ids.index(activity)
        shared = [f for f in base.filled.filings if (activity, "succeeded") in f.after and not f.approved]
        rows.append(
            {
                "id": name,
                "data_cut": dossier.data_cut.isoformat() if dossier.data_cut else None,
                "rests_on": [item for items in dossier.after.values() for item in items],
                "begins": day_row(trace.start[index]),
                "ready": day_row(trace.finish[index]),
                "filings": {filing.jurisdiction: _module(runs, filing) for filing in shared},
            }
        )
    return rows


def _module(runs: Runs, filing: FilingInput) -> Row:
    """The regional part of one filing: its mean length in days, and the day of the submission."""
    return {
        "filing": filing.id,
        "regional_days": round(filing.preparation.distribution.mean(), 1),
        "filed": day_row(runs.drawn.days_of(f"{filing.id}.filed")),
    }
