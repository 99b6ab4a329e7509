"""One study of ClinicalTrials.gov, as the API v2 writes it, to rows. Persons and contacts are never read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from onepill.registries.ctgov_results import read_results
from onepill.registries.days import NONE, Day, read_day
from onepill.registries.roles import Listed, roles_of
from onepill.registries.sink import Kept, Refused, Sink
from onepill.registries.words import phase_label, phases_of, status_of, study_type_of

NCT = re.compile(r"NCT\d{8}")
Module = dict[str, Any]
_NO_MODULE: Module = {}
_PLAIN_DATES = (
    ("first_submitted", "studyFirstSubmitDate"),
    ("results_first_submitted", "resultsFirstSubmitDate"),
    ("last_update_submitted", "lastUpdateSubmitDate"),
    ("verified", "statusVerifiedDate"),
)
_TYPED_DATES = (
    ("start", "startDateStruct"),
    ("primary_completion", "primaryCompletionDateStruct"),
    ("completion", "completionDateStruct"),
    ("first_posted", "studyFirstPostDateStruct"),
    ("results_first_posted", "resultsFirstPostDateStruct"),
    ("last_update_posted", "lastUpdatePostDateStruct"),
)
_KNOWN_PHASES: dict[tuple[str, ...], tuple[tuple[str, ...], str | None]] = {
    (): ((), None),
    ("NA",): (("NA",), "NA"),
    **{(f"PHASE{n}",): ((f"PHASE{n}",), f"PHASE{n}") for n in (1, 2, 3, 4)},
}


def read_study(study: Module, sink: Sink) -> Kept:
    """Add the rows of one study: trial, arms, interventions, conditions, sponsors, sites, dates, primary endpoints;
    and the posted results of these where the sink takes them.

    Raises:
        Refused: it has no id, an id of a wrong form, or is a fragment without its status.
        BadDay: one of its days is none.
    """
    protocol = study["protocolSection"]
    get = protocol.get
    identity = get("identificationModule") or _NO_MODULE
    trial_id = identity.get("nctId") or ""
    if not NCT.fullmatch(trial_id):
        raise Refused("bad_id", f"{trial_id!r} is no id of ClinicalTrials.gov", trial_id)
    status = get("statusModule")
    if not status:
        raise Refused("fragment", "a fragment: the record has no status", trial_id)
    derived = study.get("derivedSection") or _NO_MODULE
    design = get("designModule") or _NO_MODULE
    dates = _dates(sink, trial_id, status)
    version = _version(sink, derived)
    arms = get("armsInterventionsModule") or _NO_MODULE
    study_type = study_type_of(design.get("studyType"))
    _arms(sink, trial_id, arms, study_type)
    _conditions(sink, trial_id, get("conditionsModule") or _NO_MODULE, derived)
    _sponsors(sink, trial_id, get("sponsorCollaboratorsModule") or _NO_MODULE)
    countries = _sites(sink, trial_id, (get("contactsLocationsModule") or _NO_MODULE).get("locations") or ())
    _endpoints(sink, trial_id, get("outcomesModule") or _NO_MODULE)
    row = _trial(identity, status, design, dates)
    row.update(_more(get, derived, study, version))
    row.update(study_type=study_type, countries=countries)
    sink.put("trial", trial_id, 0, row)
    if sink.with_results:
        read_results(study, trial_id, dates["results_first_posted"], sink)
    first = dates["first_posted"][0] or dates["first_submitted"][0] or dates["start"][0]
    return Kept(trial_id, row["status"], (first, dates["last_update_posted"][0]))


def study_id(study: Any) -> str:
    """The id of a study that cannot be read, empty if not even that can be told."""
    try:
        return str(study["protocolSection"]["identificationModule"]["nctId"])
    except (KeyError, TypeError, IndexError):
        return ""


def _dates(sink: Sink, trial_id: str, status: Module) -> dict[str, Day]:
    """Add a row for each date of the history; the days by kind."""
    get, days, types = status.get, {}, {}
    for kind, key in _TYPED_DATES:
        if struct := get(key):
            days[kind], types[kind] = read_day(struct.get("date")), struct.get("type")
        else:
            days[kind] = NONE
    for kind, key in _PLAIN_DATES:
        text = get(key)
        days[kind] = read_day(text) if text else NONE
    known, rows, ordinal = days["last_update_posted"][0], sink.rows("trial_date"), 0
    for kind, (day, precision) in days.items():
        if day is not None:
            rows += (trial_id, ordinal, kind, day, precision, types.get(kind), known)
            ordinal += 1
    return days


def _version(sink: Sink, derived: Module) -> Day:
    text = (derived.get("miscInfoModule") or _NO_MODULE).get("versionHolder")
    if not text:
        return NONE
    day = read_day(text)
    sink.note_snapshot(day[0])
    return day


def _arms(sink: Sink, trial_id: str, module: Module, study_type: str | None) -> None:
    groups, listed = module.get("armGroups") or (), module.get("interventions") or ()
    rows = sink.rows("arm")
    for place, arm in enumerate(groups):
        rows += (trial_id, place, arm.get("label"), arm.get("type"), arm.get("interventionNames"))
    if not listed:
        return
    types = {arm.get("label") or "": arm.get("type") for arm in groups}
    seen = [Listed(one.get("name") or "", one.get("type"), tuple(one.get("armGroupLabels") or ())) for one in listed]
    rows = sink.rows("intervention")
    for place, (one, each, (role, basis)) in enumerate(
        zip(listed, seen, roles_of(seen, types, study_type), strict=True)
    ):
        rows += (trial_id, place, each.kind, each.name, role, basis, each.arms, one.get("otherNames"))


def _conditions(sink: Sink, trial_id: str, module: Module, derived: Module) -> None:
    rows, place = sink.rows("condition"), 0
    for term in module.get("conditions") or ():
        rows += (trial_id, place, term, "condition", None)
        place += 1
    browse = derived.get("conditionBrowseModule") or _NO_MODULE
    for kind, key in (("mesh", "meshes"), ("mesh_ancestor", "ancestors")):
        for mesh in browse.get(key) or ():
            rows += (trial_id, place, mesh.get("term"), kind, mesh.get("id"))
            place += 1


def _sponsors(sink: Sink, trial_id: str, module: Module) -> None:
    rows, place = sink.rows("sponsor"), 0
    lead = module.get("leadSponsor")
    for role, one in [("lead", lead), *(("collaborator", other) for other in module.get("collaborators") or ())]:
        if one:
            rows += (trial_id, place, one.get("name"), role, one.get("class"), one.get("class"))
            place += 1


def _sites(sink: Sink, trial_id: str, locations: Iterable[Module]) -> list[str]:
    """Add the sites; their countries, each once. Contacts at a site are not read."""
    rows = sink.rows("site")
    countries: dict[str, None] = {}
    for place, site in enumerate(locations):
        get = site.get
        point, country = get("geoPoint") or _NO_MODULE, get("country")
        where = get("facility"), get("city"), get("state"), country
        rows += (trial_id, place, *where, get("status"), point.get("lat"), point.get("lon"))
        if country:
            countries[country] = None
    return list(countries)


def _endpoints(sink: Sink, trial_id: str, module: Module) -> None:
    rows = sink.rows("endpoint")
    for place, one in enumerate(module.get("primaryOutcomes") or ()):
        rows += (trial_id, place, "primary", one.get("measure"), one.get("timeFrame"), None)


def _trial(identity: Module, status: Module, design: Module, dates: dict[str, Day]) -> Module:
    raw = design.get("phases") or ()
    phases, phase = _phases(tuple(raw))
    info, enrolment = design.get("designInfo") or _NO_MODULE, design.get("enrollmentInfo") or _NO_MODULE
    row = {
        "register": "ClinicalTrials.gov",
        "title": identity.get("briefTitle"),
        "official_title": identity.get("officialTitle"),
        "acronym": identity.get("acronym"),
        "org_study_id": (identity.get("orgStudyIdInfo") or _NO_MODULE).get("id"),
        "secondary_ids": [one["id"] for one in identity.get("secondaryIdInfos") or () if "id" in one],
        "status": status_of(status.get("overallStatus")),
        "status_raw": status.get("overallStatus"),
        "last_known_status": status_of(status.get("lastKnownStatus")),
        "why_stopped": status.get("whyStopped"),
        "phase": phase,
        "phases": phases,
        "phase_raw": "|".join(raw) or None,
        "enrolment": enrolment.get("count"),
        "enrolment_type": enrolment.get("type"),
        "allocation": info.get("allocation"),
        "intervention_model": info.get("interventionModel"),
        "primary_purpose": info.get("primaryPurpose"),
        "masking": (info.get("maskingInfo") or _NO_MODULE).get("masking"),
        "observational_model": info.get("observationalModel"),
    }
    for kind in ("first_submitted", "first_posted", "results_first_posted", "last_update_posted"):
        row[kind + "_day"], row[kind + "_precision"] = dates[kind]
    for kind, key in _TYPED_DATES[:3]:
        row[kind + "_day"], row[kind + "_precision"] = dates[kind]
        row[kind + "_type"] = (status.get(key) or _NO_MODULE).get("type")
    return row


def _more(get: Any, derived: Module, study: Module, version: Day) -> Module:
    """Eligibility in short, oversight, summary and the register's MeSH terms."""
    eligible = get("eligibilityModule") or _NO_MODULE
    meshes = (derived.get("interventionBrowseModule") or _NO_MODULE).get("meshes") or ()
    return {
        "healthy_volunteers": eligible.get("healthyVolunteers"),
        "sex": eligible.get("sex"),
        "minimum_age": eligible.get("minimumAge"),
        "maximum_age": eligible.get("maximumAge"),
        "keywords": (get("conditionsModule") or _NO_MODULE).get("keywords"),
        "version_day": version[0],
        "version_precision": version[1],
        "has_results": study.get("hasResults"),
        "is_fda_regulated_drug": (get("oversightModule") or _NO_MODULE).get("isFdaRegulatedDrug"),
        "summary": (get("descriptionModule") or _NO_MODULE).get("briefSummary"),
        "intervention_mesh_ids": [mesh.get("id") for mesh in meshes],
        "intervention_mesh_terms": [mesh.get("term") for mesh in meshes],
    }


def _phases(raw: tuple[str, ...]) -> tuple[tuple[str, ...], str | None]:
    if (known := _KNOWN_PHASES.get(raw)) is not None:
        return known
    phases = tuple(phase for word in raw for phase in phases_of(word))
    return phases, phase_label(phases)
