"""Made-up registrations in which some words go with success."""

from __future__ import annotations

import csv
import io
import random
from datetime import date, timedelta
from typing import Any

COLUMNS = (
    "nctid",
    "label",
    "phase",
    "title",
    "diseases",
    "drugs",
    "criteria",
    "icdcodes",
    "study_first_submitted_date",
)
GOOD, BAD, PLAIN = (
    ("established", "bioavailability"),
    ("exploratory", "refractory"),
    ("study", "patients", "tablet", "adult"),
)


def trial_rows(n: int, *, seed: int = 1, signal: float = 1.0) -> list[dict[str, Any]]:
    """Trials a week apart; with `signal` 0 the words say nothing of the label."""
    draw = random.Random(seed)
    rows = []
    for number in range(n):
        label = int(draw.random() < 0.55)
        is_told = draw.random() < signal
        words = [*draw.choices(PLAIN, k=4), *draw.choices((GOOD if label else BAD) if is_told else GOOD + BAD, k=2)]
        draw.shuffle(words)
        rows.append(
            {
                "nctid": f"NCT{10_000_000 + number}",
                "label": label,
                "phase": draw.choice(("phase 1", "phase 1/phase 2", "phase 2")),
                "title": " ".join(words),
                "diseases": "['made-up disease']",
                "drugs": "['drug a', 'drug b']" if draw.random() < 0.5 else "['drug a']",
                "criteria": "inclusion criteria: - adults " + " ".join(draw.choices(PLAIN, k=draw.randint(2, 9))),
                "icdcodes": "[\"['C43.9', 'D03.0']\"]",
                "study_first_submitted_date": (date(2005, 1, 1) + timedelta(weeks=number)).isoformat(),
            }
        )
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as CSV; columns of any row that others lack are empty there."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
