"""What the page of the weekly brief shows."""

from __future__ import annotations

from onepill.web.engine_tables import Table
from onepill.web.engine_view import CHANGE, CHANGE_WORDS, LAW, LAW_LINKS, Engine, View

MOVED = ("^.^.programme", "id", "days", "prob")
MOVED_WORDS = {"id": "milestone"}
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
                    (
                        *("title", "moves.rnpv_usd", "time.rnpv_usd", "law.rnpv_usd", "inputs.rnpv_usd"),
                        *("rnpv_usd", "problem"),
                    ),
                ),
                Table("moved_days", "programmes[].moves.milestones", (*MOVED, "prob_after"), words=MOVED_WORDS),
                *(
                    Table(f"{step}_days", f"programmes[].{step}.milestones", MOVED, words=MOVED_WORDS)
                    for step in ("time", "law", "inputs")
                ),
                Table("law_changes", "law", LAW, links=LAW_LINKS),
                Table("watch_told", "watches[].changes", ("^.watch", *CHANGE), words=CHANGE_WORDS),
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
            template="brief.html.j2",
        ),
    ),
)
