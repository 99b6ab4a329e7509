"""Legacy XML records of ClinicalTrials.gov (until 2024), brought to the shape of the API v2."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from onepill.registries.ctgov_study import read_study
from onepill.registries.days import read_day
from onepill.registries.extras import need
from onepill.registries.opening import Member
from onepill.registries.sink import Kept, Refused, Sink
from onepill.registries.words import enum

_CLASSES = {"U_S_FED": "FED"}
_PROCESSED = "processed this data on "
Find = Callable[[str], str | None]


@dataclass(frozen=True)
class LegacyXml:
    """One `clinical_study` a file."""

    name: str = "legacy_xml"
    rank: int = 0
    needs: str = ""

    def fits(self, head: bytes) -> bool:
        return b"<clinical_study" in head[:4096]

    def parse(self, member: Member, sink: Sink) -> Iterator[None]:
        etree = need("lxml.etree")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
        data = member.read()
        try:
            root = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            text = data[:400].decode("utf-8", errors="replace")
            sink.refuse(text, 1, Refused("invalid_xml", f"{member.name}: invalid XML: {error}"))
        else:
            sink.take(_Element(root), 1, _read, unique=True)
        yield


class _Element:
    """A root element whose excerpt is readable."""

    def __init__(self, root: Any) -> None:
        self.root = root

    def __str__(self) -> str:
        return " ".join("".join(self.root.itertext()).split())


def _read(element: _Element, sink: Sink) -> Kept:
    root = element.root
    processed = (root.findtext("required_header/download_date") or "").partition(_PROCESSED)[2]
    if processed:
        sink.note_snapshot(read_day(processed)[0])
    return read_study(_study(root), sink)


def _study(root: Any) -> dict[str, Any]:
    """The study in the shape of the API v2; what it does not tell is absent."""
    text: Find = lambda path: _clean(root.findtext(path))  # noqa: E731 - a short name for what stands in every line
    protocol = {
        "identificationModule": _identity(root, text),
        "statusModule": _status(root, text) if text("overall_status") else None,
        "descriptionModule": {"briefSummary": text("brief_summary/textblock")},
        "conditionsModule": {"conditions": _texts(root, "condition"), "keywords": _texts(root, "keyword")},
        "sponsorCollaboratorsModule": {
            "leadSponsor": next(iter(_sponsors(root, "sponsors/lead_sponsor")), None),
            "collaborators": _sponsors(root, "sponsors/collaborator"),
        },
        "designModule": _design(root, text),
        "armsInterventionsModule": {"armGroups": _arms(root), "interventions": _interventions(root)},
        "outcomesModule": {
            "primaryOutcomes": [
                {"measure": _clean(one.findtext("measure")), "timeFrame": _clean(one.findtext("time_frame"))}
                for one in root.iterfind("primary_outcome")
            ]
        },
        "eligibilityModule": _eligibility(text),
        "oversightModule": {"isFdaRegulatedDrug": _yes(text("oversight_info/is_fda_regulated_drug"))},
        "contactsLocationsModule": {"locations": _sites(root)},
    }
    derived = {
        "conditionBrowseModule": {"meshes": [{"term": term} for term in _texts(root, "condition_browse/mesh_term")]},
        "interventionBrowseModule": {
            "meshes": [{"term": term} for term in _texts(root, "intervention_browse/mesh_term")]
        },
    }
    has_results = root.find("clinical_results") is not None
    return {"protocolSection": protocol, "derivedSection": derived, "hasResults": has_results}


def _identity(root: Any, text: Find) -> dict[str, Any]:
    return {
        "nctId": text("id_info/nct_id"),
        "orgStudyIdInfo": {"id": text("id_info/org_study_id")},
        "secondaryIdInfos": [{"id": one} for one in _texts(root, "id_info/secondary_id")],
        "briefTitle": text("brief_title"),
        "officialTitle": text("official_title"),
        "acronym": text("acronym"),
    }


def _status(root: Any, text: Find) -> dict[str, Any]:
    dates = {
        "startDateStruct": "start_date",
        "primaryCompletionDateStruct": "primary_completion_date",
        "completionDateStruct": "completion_date",
        "studyFirstPostDateStruct": "study_first_posted",
        "resultsFirstPostDateStruct": "results_first_posted",
        "lastUpdatePostDateStruct": "last_update_posted",
    }
    return {
        "overallStatus": enum(text("overall_status")),
        "lastKnownStatus": enum(text("last_known_status")),
        "whyStopped": text("why_stopped"),
        "studyFirstSubmitDate": text("study_first_submitted"),
        "resultsFirstSubmitDate": text("results_first_submitted"),
        "lastUpdateSubmitDate": text("last_update_submitted"),
        "statusVerifiedDate": text("verification_date"),
        **{key: _dated(root.find(tag)) for key, tag in dates.items()},
    }


def _dated(element: Any) -> dict[str, str | None] | None:
    if element is None:
        return None
    kind = enum(element.get("type"))
    return {
        "date": _clean(element.text),
        "type": {"ANTICIPATED": "ESTIMATED", "ESTIMATE": "ESTIMATED"}.get(kind or "", kind),
    }


def _design(root: Any, text: Find) -> dict[str, Any]:
    phase, kind = text("phase"), text("study_type")
    enrolment = root.find("enrollment")
    info = "study_design_info/"
    return {
        "studyType": kind,
        "phases": [enum(part) or "" for part in phase.split("/")] if phase and phase != "N/A" else _na(phase),
        "enrollmentInfo": None if enrolment is None else _enrolment(enrolment),
        "designInfo": {
            "allocation": enum(text(info + "allocation")),
            "interventionModel": enum(text(info + "intervention_model")),
            "primaryPurpose": enum(text(info + "primary_purpose")),
            "observationalModel": enum(text(info + "observational_model")),
            "maskingInfo": {"masking": enum(text(info + "masking"))},
        },
    }


def _na(phase: str | None) -> list[str]:
    return ["NA"] if phase else []


def _enrolment(element: Any) -> dict[str, Any]:
    kind = enum(element.get("type"))
    return {"count": int(element.text), "type": "ESTIMATED" if kind == "ANTICIPATED" else kind}


def _arms(root: Any) -> list[dict[str, Any]]:
    return [
        {"label": _clean(one.findtext("arm_group_label")), "type": enum(one.findtext("arm_group_type"))}
        for one in root.iterfind("arm_group")
    ]


def _interventions(root: Any) -> list[dict[str, Any]]:
    return [
        {
            "type": enum(one.findtext("intervention_type")),
            "name": _clean(one.findtext("intervention_name")),
            "armGroupLabels": _texts(one, "arm_group_label"),
            "otherNames": _texts(one, "other_name"),
        }
        for one in root.iterfind("intervention")
    ]


def _sponsors(root: Any, path: str) -> list[dict[str, Any]]:
    out = []
    for one in root.iterfind(path):
        kind = enum(one.findtext("agency_class")) or ""
        out.append({"name": _clean(one.findtext("agency")), "class": _CLASSES.get(kind, kind or None)})
    return out


def _eligibility(text: Find) -> dict[str, Any]:
    sex = enum(text("eligibility/gender"))
    healthy = text("eligibility/healthy_volunteers")
    ages = [text(f"eligibility/{bound}_age") for bound in ("minimum", "maximum")]
    low, high = (None if age == "N/A" else age for age in ages)
    return {
        "sex": sex,
        "healthyVolunteers": None if healthy is None else healthy != "No",
        "minimumAge": low,
        "maximumAge": high,
    }


def _sites(root: Any) -> list[dict[str, Any]]:
    """Sites without their contacts and investigators."""
    out = []
    for one in root.iterfind("location"):
        at = one.find("facility/address")
        place = {} if at is None else {tag: _clean(at.findtext(tag)) for tag in ("city", "state", "country")}
        out.append({"facility": _clean(one.findtext("facility/name")), "status": enum(one.findtext("status")), **place})
    return out


def _texts(root: Any, path: str) -> list[str]:
    return [clean for one in root.iterfind(path) if (clean := _clean(one.text))]


def _clean(text: str | None) -> str | None:
    return " ".join(text.split()) or None if text else None


def _yes(text: str | None) -> bool | None:
    return None if text is None else text == "Yes"
