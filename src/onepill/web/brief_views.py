"""What the page of the weekly brief shows."""

from __future__ import annotations

from onepill.web.engine_tables import Table
from onepill.web.engine_view import CHANGE, LAW, Engine, View

BRIEF = Engine(
    "brief",
    (
        View(
            "since",
            "brief",
            (
                Table(
                    "moved",
                    "programmes",
                    ("title", "moves.rnpv_usd", "time_and_law.rnpv_usd", "inputs.rnpv_usd", "rnpv_usd", "problem"),
                ),
                Table(
                    "moved_days", "programmes[].moves.milestones", ("^.^.programme", "id", "days", "prob", "prob_after")
                ),
                Table("law_changes", "law", LAW),
                Table("watch_told", "watches[].changes", ("^.watch", *CHANGE)),
                Table(
                    "new_deals",
                    "deals",
                    (
                        "announced_on",
                        "licensor",
                        "licensee",
                        "asset",
                        "stage",
                        "structure",
                        "upfront_usd",
                        "total_usd",
                        "source_grade",
                        "source_title",
                    ),
                ),
                Table("own", "own", ("saved_at", "document", "kind", "version", "saved_by", "reason", "changes")),
            ),
            first=("since", "on", "programmes"),
            presets={"since": "today-7"},
            waits=True,
            template="brief.html.j2",
        ),
    ),
)
