"""The EU Clinical Trials Register as a table of one row a trial, over its country protocols."""

from __future__ import annotations

import re

from onepill.registries.days import read_day
from onepill.registries.layouts import Row, Separated
from onepill.registries.sink import Kept, Refused, Sink, day_pair, text_or_none

ID = re.compile(r"\d{4}-\d{6}-\d{2}")
STATUS = {
    "0": ("all_ongoing", "ONGOING"),
    "1": ("all_ended", "ENDED"),
    "2": ("any_ended", "ONGOING"),
    "3": ("other", None),
    "4": ("blank", None),
}
"""The table's code: its word, and the common one. `any_ended`: some countries have ended, others not."""
SPONSOR = {"0": ("non_commercial", "OTHER"), "1": ("commercial", "INDUSTRY"), "2": ("mixed_or_unclear", "AMBIG")}
YES = {"0": False, "1": True}


def read_trial(row: Row, sink: Sink) -> Kept:
    """A row. The countries may disagree, which a code says: phase 0 is such a disagreement, no phase."""
    trial_id = row["trialid"]
    if not ID.fullmatch(trial_id):
        raise Refused("bad_id", f"{trial_id!r} is no EudraCT number", trial_id)
    word, status = _code(STATUS, row["trialstatus"])
    phase = f"PHASE{row['phase']}" if row["phase"] in ("1", "2", "3", "4") else None
    last = read_day(row["maxenddate"])
    values = {
        "register": "EU CTR",
        "status": status,
        "status_raw": word,
        "study_type": "INTERVENTIONAL",
        "phase": phase,
        "phases": [phase] if phase else [],
        "phase_raw": "discordant" if row["phase"] == "0" else row["phase"] or None,
        "healthy_volunteers": YES.get(row["healthvolunteers"]),
        "has_results": YES.get(row["hasresults"]),
        **day_pair("completion", last),
    }
    sink.put("trial", trial_id, 0, values)
    name = text_or_none(row["nameofsponsor"])
    if name:
        raw, kind = _code(SPONSOR, row["sponsorstatus"])
        values = {"name": name, "sponsor_role": "lead", "sponsor_class": kind, "class_raw": raw}
        sink.put("sponsor", trial_id, 0, values)
    if last[0] is not None:
        sink.put("trial_date", trial_id, 0, {"kind": "completion", **day_pair("event", last)})
    return Kept(trial_id, word, (last[0],))


def _code(
    table: dict[str, tuple[str, str | None]] | dict[str, tuple[str, str]], code: str
) -> tuple[str | None, str | None]:
    return table.get(code, (code or None, None))


TABLE = Separated(
    "euctr_csv",
    (
        "trial_id",
        "number_of_countries",
        "max_end_date",
        "has_results",
        "phase",
        "health_volunteers",
        "trial_status",
        "sponsor_status",
        "name_of_sponsor",
    ),
    read_trial,
    unique=True,
)
