"""The WHO's search portal ICTRP: eighteen registers in one table. Its contact columns are never read."""

from __future__ import annotations

import re

from onepill.registries.days import Day, read_day
from onepill.registries.layouts import Row, Separated
from onepill.registries.roles import Listed, roles_of
from onepill.registries.sink import Kept, Refused, Sink, day_pair, text_or_none
from onepill.registries.words import enum, phase_label, phases_of, status_of, study_type_of

_EU_PHASES = {"Human pharmacology": "PHASE1", "exploratory": "PHASE2", "confirmatory": "PHASE3", "use": "PHASE4"}
_EU_PHASE = re.compile(r"(Human pharmacology|exploratory|confirmatory|use)[^:]*: *yes")
_TYPED = re.compile(r"^(Drug|Biological|Procedure|Radiation|Device|Behavioral|Other|Genetic|Dietary Supplement|"
                    r"Diagnostic Test|Combination Product): (.*)$", re.DOTALL)  # fmt: skip
_OTHER_REGISTER = re.compile(r"NCT\d{8}|\d{4}-\d{6}-\d{2}|ChiCTR\d{10}|CTR\d{8}|ISRCTN\d{8}")
_SUMS = re.compile(r":(\d+);")
MISSING_TEXT = ("", "No", "null")


def read_trial(row: Row, sink: Sink) -> Kept:
    """A row. Each register keeps its own words: what does not fit a common one stays in the raw columns."""
    trial_id = row["trialid"].strip()
    if not trial_id:
        raise Refused("bad_id", "the row has no TrialID")
    register = row["sourceregister"]
    phases = _phases(row["phase"])
    registered, start = read_day(row["dateregistration"]), read_day(row["dateenrollement"])
    study_type = study_type_of(row["studytype"])
    updated, exported = read_day(row["lastrefreshedon"]), read_day(row["exportdate"])
    sink.note_snapshot(exported[0])
    countries = list(dict.fromkeys(part.strip() for part in row["countries"].split(";") if part.strip()))
    raw = text_or_none(row["recruitmentstatus"])
    values = {
        "register": register,
        "title": text_or_none(row["publictitle"]),
        "official_title": text_or_none(row["scientifictitle"]),
        "acronym": text_or_none(row["acronym"]),
        "secondary_ids": [] if row["otherrecords"] in MISSING_TEXT else _OTHER_REGISTER.findall(row["otherrecords"]),
        "status": status_of(raw),
        "status_raw": raw,
        "study_type": study_type,
        "phase": phase_label(phases),
        "phases": phases,
        "phase_raw": text_or_none(row["phase"]),
        "enrolment": _size(row["targetsize"]),
        "enrolment_type": "ESTIMATED",
        "sex": _sex(row["inclusiongender"]),
        "minimum_age": text_or_none(row["inclusionagemin"]),
        "maximum_age": text_or_none(row["inclusionagemax"]),
        "countries": countries,
        "has_results": {"yes": True, "no": False}.get(row["resultsyesno"].strip().lower()),
        "url": text_or_none(row["webaddress"]),
        **day_pair("first_submitted", registered),
        **day_pair("start", start),
        **day_pair("last_update_posted", updated),
        **day_pair("version", exported),
    }
    sink.put("trial", trial_id, 0, values)
    _lists(row, trial_id, study_type, sink)
    _dates({"first_submitted": registered, "start": start, "last_update_posted": updated}, trial_id, updated[0], sink)
    return Kept(trial_id, raw, (registered[0],))


def _lists(row: Row, trial_id: str, study_type: str | None, sink: Sink) -> None:
    sponsor = text_or_none(row["primarysponsor"])
    if sponsor:
        sink.put("sponsor", trial_id, 0, {"name": sponsor, "sponsor_role": "lead"})
    for place, term in enumerate(part.strip() for part in row["condition"].split(";") if part.strip()):
        sink.put("condition", trial_id, place, {"term": term, "kind": "condition"})
    listed = _interventions(row["intervention"])
    for place, (one, (role, basis)) in enumerate(zip(listed, roles_of(listed, {}, study_type), strict=True)):
        values = {"intervention_type": one.kind, "name": one.name, "role": role, "role_basis": basis}
        sink.put("intervention", trial_id, place, values)


def _interventions(text: str) -> list[Listed]:
    """Typed names where the register types them; the whole text otherwise, whose role stays open."""
    parts = [part.strip() for part in text.split(";") if part.strip()]
    typed = [_TYPED.match(part) for part in parts]
    if parts and all(typed):
        return [Listed(found[2].strip(), enum(found[1])) for found in typed if found]
    whole = text_or_none(text.replace("<br>", " "))
    return [Listed(whole, None)] if whole else []


def _phases(text: str) -> tuple[str, ...]:
    if "Human pharmacology" in text:
        return tuple(_EU_PHASES[found[1]] for found in _EU_PHASE.finditer(text))
    return phases_of(text)


def _size(text: str) -> int | None:
    """Target size: a number, or groups such as `treatment group:30;control group:30;`, which are added."""
    stripped = text.strip()
    number = int(stripped) if stripped.isdigit() else sum(int(part) for part in _SUMS.findall(stripped))
    return number if 0 < number < 2**31 else None


def _sex(text: str) -> str | None:
    plain = text.replace("<br>", " ").lower()
    female, male = "female: yes" in plain, re.search(r"(?<!fe)male: yes", plain) is not None
    if "yes" in plain:
        return "ALL" if female and male else "FEMALE" if female else "MALE" if male else None
    return {"all": "ALL", "both": "ALL", "male": "MALE", "female": "FEMALE"}.get(plain.strip())


def _dates(days: dict[str, Day], trial_id: str, known: int | None, sink: Sink) -> None:
    told = [(kind, day) for kind, day in days.items() if day[0] is not None]
    for place, (kind, day) in enumerate(told):
        sink.put("trial_date", trial_id, place, {"kind": kind, "known_day": known, **day_pair("event", day)})


TABLE = Separated(
    "ictrp_csv",
    (
        "TrialID",
        "Last Refreshed on",
        "Public title",
        "Scientific title",
        "Acronym",
        "Primary sponsor",
        "Date registration",
        "Export date",
        "Source Register",
        "web address",
        "Recruitment Status",
        "other records",
        "Inclusion agemin",
        "Inclusion agemax",
        "Inclusion gender",
        "Date enrollement",
        "Target size",
        "Study type",
        "Phase",
        "Countries",
        "Condition",
        "Intervention",
        "results yes no",
    ),
    read_trial,
    unique=True,
)
