"""ClinicalTrials.gov as tables: the legacy download, a short sample, and the relational set of five files."""

from __future__ import annotations

import re

from onepill.registries.ctgov_study import NCT
from onepill.registries.days import read_day
from onepill.registries.layouts import Row, Separated
from onepill.registries.roles import Listed, roles_of
from onepill.registries.sink import Kept, Refused, Sink, count_or_none, day_pair, text_or_none
from onepill.registries.words import enum, phase_label, phases_of, status_of, study_type_of

REGISTER = "ClinicalTrials.gov"
_LISTED = re.compile(
    r"(?:^|\|)(?P<kind>Drug|Biological|Procedure|Radiation|Device|Behavioral|Other|Genetic|"
    r"Dietary Supplement|Diagnostic Test|Combination Product): "
)
_STUDY_DATES = (
    ("start", "startdate"),
    ("primary_completion", "primarycompletiondate"),
    ("completion", "completiondate"),
)
_POSTED = (
    ("first_posted", "firstposted"),
    ("results_first_posted", "resultsfirstposted"),
    ("last_update_posted", "lastupdateposted"),
)


def trial_id_of(text: str) -> str:
    """The id, if it is one.

    Raises:
        Refused: it is not.
    """
    if not NCT.fullmatch(text.strip()):
        raise Refused("bad_id", f"{text!r} is no id of ClinicalTrials.gov", text.strip())
    return text.strip()


def read_sample(row: Row, sink: Sink) -> Kept:
    """A row of the sample: first condition, first country, lead sponsor."""
    trial_id = trial_id_of(row["nctid"])
    status, phases = status_of(row["overallstatus"]), phases_of(row["phase"])
    start, end = read_day(row["startdate"]), read_day(row["completiondate"])
    countries = [row["country"]] if row["country"] else []
    values = {
        "register": REGISTER,
        "title": text_or_none(row["brieftitle"]),
        "status": status,
        "status_raw": text_or_none(row["overallstatus"]),
        "study_type": study_type_of(row["studytype"]),
        "phase": phase_label(phases),
        "phases": phases,
        "phase_raw": text_or_none(row["phase"]),
        "enrolment": count_or_none(row["enrollment"]),
        "countries": countries,
        **day_pair("start", start),
        **day_pair("completion", end),
    }
    sink.put("trial", trial_id, 0, values)
    if row["condition"]:
        sink.put("condition", trial_id, 0, {"term": row["condition"], "kind": "condition"})
    if row["leadsponsor"]:
        sink.put("sponsor", trial_id, 0, _sponsor(row["leadsponsor"], "lead", row["sponsortype"]))
    for place, (kind, day) in enumerate([("start", start), ("completion", end)]):
        if day[0] is not None:
            sink.put("trial_date", trial_id, place, {"kind": kind, **day_pair("event", day)})
    return Kept(trial_id, status, (start[0],))


def read_legacy(row: Row, sink: Sink) -> Kept:
    """A row of the legacy download: lists joined by `|`, dates in words, statuses in sentence case."""
    trial_id = trial_id_of(row["nctnumber"])
    status, phases = status_of(row["status"]), phases_of(row["phases"])
    days = {kind: read_day(row[key]) for kind, key in (*_STUDY_DATES, *_POSTED)}
    study_type = study_type_of(row["studytype"])
    values = {
        "register": REGISTER,
        "title": text_or_none(row["title"]),
        "acronym": text_or_none(row["acronym"]),
        "secondary_ids": _parts(row["otherids"]),
        "status": status,
        "status_raw": text_or_none(row["status"]),
        "study_type": study_type,
        "phase": phase_label(phases),
        "phases": phases,
        "phase_raw": text_or_none(row["phases"]),
        "enrolment": count_or_none(row["enrollment"]),
        "sex": enum(row["gender"]),
        "has_results": row["studyresults"] == "Has Results",
        "url": text_or_none(row["url"]),
        **_design(row["studydesigns"]),
    }
    for kind, day in days.items():
        values.update(day_pair(kind, day))
    sites = _parts(row["locations"])
    values["countries"] = list(dict.fromkeys(site.rsplit(", ", 1)[-1] for site in sites))
    sink.put("trial", trial_id, 0, values)
    _legacy_lists(row, trial_id, study_type, sites, sink)
    known = days["last_update_posted"][0]
    told = [(kind, day) for kind, day in days.items() if day[0] is not None]
    for place, (kind, day) in enumerate(told):
        sink.put("trial_date", trial_id, place, {"kind": kind, "known_day": known, **day_pair("event", day)})
    return Kept(trial_id, status, (days["first_posted"][0], known))


def _legacy_lists(row: Row, trial_id: str, study_type: str | None, sites: list[str], sink: Sink) -> None:
    for place, term in enumerate(_parts(row["conditions"])):
        sink.put("condition", trial_id, place, {"term": term, "kind": "condition"})
    for place, measure in enumerate(_parts(row["outcomemeasures"])):
        sink.put("endpoint", trial_id, place, {"measure": measure})
    classes = _parts(row["fundedbys"])
    sponsors = _parts(row["sponsorcollaborators"])
    # The classes are those of all sponsors, each once: only a single one can be told to belong to the lead.
    only = classes[0] if len(classes) == 1 else ""
    for place, name in enumerate(sponsors):
        sink.put("sponsor", trial_id, place, _sponsor(name, "collaborator" if place else "lead", only))
    for place, site in enumerate(sites):
        parts = site.split(", ")
        city = parts[-3] if len(parts) > 3 else parts[-2] if len(parts) > 2 else None
        region = parts[-2] if len(parts) > 3 else None
        facility = ", ".join(parts[: -3 if len(parts) > 3 else -2]) or None
        sink.put("site", trial_id, place, {"facility": facility, "city": city, "region": region, "country": parts[-1]})
    _listed(_interventions(row["interventions"]), trial_id, study_type, sink)


def _listed(listed: list[Listed], trial_id: str, study_type: str | None, sink: Sink) -> None:
    for place, (one, (role, basis)) in enumerate(zip(listed, roles_of(listed, {}, study_type), strict=True)):
        values = {"intervention_type": one.kind, "name": one.name, "role": role, "role_basis": basis}
        sink.put("intervention", trial_id, place, values)


def _interventions(text: str) -> list[Listed]:
    """`Drug: A|Radiation: B`; a `|` inside a name is told from a separator by the type that must follow one."""
    found = list(_LISTED.finditer(text))
    if not found:
        return []
    ends = [*(m.start() for m in found[1:]), len(text)]
    return [Listed(text[m.end() : end].strip(), enum(m["kind"])) for m, end in zip(found, ends, strict=True)]


def _design(text: str) -> dict[str, str | None]:
    parts = dict(part.split(": ", 1) for part in _parts(text) if ": " in part)
    keys = {
        "allocation": "Allocation",
        "intervention_model": "Intervention Model",
        "primary_purpose": "Primary Purpose",
        "masking": "Masking",
        "observational_model": "Observational Model",
    }
    return {column: enum(parts.get(key)) for column, key in keys.items()}


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip() and part.strip() != "null"]


def _sponsor(name: str, role: str, kind: str) -> dict[str, str | None]:
    word = enum(kind)
    return {
        "name": name,
        "sponsor_role": role,
        "sponsor_class": "FED" if word == "U_S_FED" else word,
        "class_raw": text_or_none(kind),
    }


def read_study_row(row: Row, sink: Sink) -> Kept:
    """A study of the relational set, which has no dates."""
    trial_id = trial_id_of(row["studyid"])
    status, phases = status_of(row["status"]), phases_of(row["phase"])
    values = {
        "register": REGISTER,
        "title": text_or_none(row["title"]),
        "status": status,
        "status_raw": text_or_none(row["status"]),
        "phase": phase_label(phases),
        "phases": phases,
        "phase_raw": text_or_none(row["phase"]),
        "enrolment": count_or_none(row["enrollment"]),
    }
    sink.put("trial", trial_id, 0, values)
    return Kept(trial_id, status)


def _parent(row: Row, sink: Sink) -> str:
    trial_id = trial_id_of(row["studyid"])
    if trial_id not in sink.seen:
        raise Refused("orphan", f"{trial_id} is not among the studies", trial_id)
    return trial_id


def read_intervention_row(row: Row, sink: Sink) -> Kept:
    """An intervention of the relational set: without arms and out of sight of the others, its role stays open."""
    trial_id, kind = _parent(row, sink), enum(row["interventiontype"])
    one = Listed(row["interventionname"], kind)
    role, basis = roles_of([one, Listed("", "DRUG")], {}, None)[0]
    values = {"intervention_type": kind, "name": one.name, "role": role, "role_basis": basis}
    sink.add("intervention", trial_id, **values)
    return Kept(trial_id)


def read_sponsor_row(row: Row, sink: Sink) -> Kept:
    trial_id = _parent(row, sink)
    sink.add("sponsor", trial_id, **{**_sponsor(row["sponsorname"], "", row["sponsortype"]), "sponsor_role": None})
    return Kept(trial_id)


def read_condition_row(row: Row, sink: Sink) -> Kept:
    trial_id = _parent(row, sink)
    sink.add("condition", trial_id, term=row["condition"], kind="condition")
    return Kept(trial_id)


def read_site_row(row: Row, sink: Sink) -> Kept:
    trial_id = _parent(row, sink)
    names = ("facility", "city", "country")
    sink.add("site", trial_id, **{name: text_or_none(row[name]) for name in names})
    return Kept(trial_id)


SAMPLE = Separated(
    "sample_csv",
    (
        "nct_id",
        "brief_title",
        "overall_status",
        "phase",
        "study_type",
        "start_date",
        "completion_date",
        "enrollment",
        "condition",
        "lead_sponsor",
        "sponsor_type",
        "country",
    ),
    read_sample,
    unique=True,
)
LEGACY = Separated(
    "legacy_csv",
    (
        "NCT Number",
        "Title",
        "Acronym",
        "Status",
        "Study Results",
        "Conditions",
        "Interventions",
        "Outcome Measures",
        "Sponsor/Collaborators",
        "Gender",
        "Phases",
        "Enrollment",
        "Funded Bys",
        "Study Type",
        "Study Designs",
        "Other IDs",
        "Start Date",
        "Primary Completion Date",
        "Completion Date",
        "First Posted",
        "Results First Posted",
        "Last Update Posted",
        "Locations",
        "URL",
    ),
    read_legacy,
    unique=True,
)
STUDIES = Separated(
    "relational_studies", ("study_id", "title", "status", "phase", "enrollment"), read_study_row, unique=True
)
INTERVENTIONS = Separated(
    "relational_interventions",
    ("study_id", "intervention_name", "intervention_type"),
    read_intervention_row,
    rank=1,
    needs="relational_studies",
)
SPONSORS = Separated(
    "relational_sponsors",
    ("study_id", "sponsor_name", "sponsor_type"),
    read_sponsor_row,
    rank=1,
    needs="relational_studies",
)
CONDITIONS = Separated(
    "relational_conditions", ("study_id", "condition"), read_condition_row, rank=1, needs="relational_studies"
)
SITES = Separated(
    "relational_locations",
    ("study_id", "facility", "city", "country"),
    read_site_row,
    rank=1,
    needs="relational_studies",
)
