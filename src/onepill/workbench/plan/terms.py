"""Which conditions of the rulebook's vocabulary does a programme meet, and how does it say so?"""

from __future__ import annotations

from collections.abc import Iterable

from onepill.model.schema import Filing, Programme, Stage
from onepill.model.types import Answers

BIOLOGICS = {
    "monoclonal_antibody",
    "bispecific_antibody",
    "antibody_drug_conjugate",
    "protein",
    "gene_therapy",
    "cell_therapy",
    "vaccine",
}
SEVERAL_SITES = {"phase_2", "phase_2_3", "phase_3", "bridging"}
"""Trials that are taken to run at several hospitals unless the file says `conditions: {multicentre_trial: false}`."""
ADVANCED_THERAPIES = {"gene_therapy", "cell_therapy"}
FIRST_CLASSES = {"1", "1.1", "1.2"}
SUPPLEMENT_PILOTS = {
    f"CN-{code}" for code in ("BJ", "TJ", "HE", "SH", "JS", "ZJ", "SD", "GD", "CAN", "SZX", "ZUH", "CQ", "SC")
}
"""The first ten regions of China's pilot of faster supplementary applications (flcube, 2024)."""

APPLICANTS = {
    "CN-SH": "shanghai_applicant",
    "CN-BJ": "beijing_applicant",
    "CN-CAN": "guangzhou_applicant",
    "CN-SZX": "shenzhen_applicant",
    "CN-ZUH": "zhuhai_applicant",
    "CN-JS": "jiangsu_applicant",
}
"""The applicant's region as the policies name it; cities of Guangdong by airport codes, which ISO 3166-2 lacks."""


def programme_terms(programme: Programme) -> frozenset[str]:
    """What holds for the whole programme: the answers it gives, and what follows from its own facts."""
    asset, found = programme.asset, {name for name, answer in programme.conditions.items() if answer.value}
    found.add(asset.modality)
    is_biologic = asset.modality in BIOLOGICS
    found.add("biologic" if is_biologic else "chemical")
    if asset.new_active_substance:
        found |= {"new_active_substance", "bla" if is_biologic else "nme"}
    if asset.registration_class in FIRST_CLASSES:
        found.add("class_1_innovative")
    if asset.modality in ADVANCED_THERAPIES:
        found.add("advanced_therapy")
    if asset.originator is not None:
        found |= _origin_terms(asset.originator.country, asset.originator.region)
    for indication in programme.all_indications().values():
        found |= {indication.area} | ({"rare_disease"} if indication.rare else set())
    return frozenset(found - denied(programme.conditions))


def _origin_terms(country: str, region: str | None) -> set[str]:
    found = {"domestic_applicant"} if country == "CN" else {"foreign_applicant", "imported"}
    if region in SUPPLEMENT_PILOTS:
        found.add("supplement_pilot_province")
    return found | ({APPLICANTS[region]} if region in APPLICANTS else set())


def denied(conditions: Answers) -> set[str]:
    """What the file says does not hold, which goes before what would follow from its facts."""
    return {name for name, answer in conditions.items() if not answer.value}


def stage_terms(programme: Programme, stage: Stage) -> frozenset[str]:
    """What holds for a stage's trial applications."""
    found = set(programme_terms(programme)) | {stage.kind}
    found |= {"multicentre_trial"} if stage.kind in SEVERAL_SITES else set()
    found |= {"domestic_trial"} if "CN" in stage.regions else set()
    found |= {"overseas_trial"} if set(stage.regions) - {"CN"} else set()
    if len(set(stage.regions)) > 1:
        found.add("multiregional")
        if "CN" in stage.regions:
            found |= {"global_synchronous", "foreign_party"}
    return frozenset(found - denied(programme.conditions))


def filing_terms(programme: Programme, filing: Filing, *, jurisdiction: str) -> frozenset[str]:
    """What holds for an application: its route, its designations and its own answers."""
    found = set(programme_terms(programme)) | {filing.route, *filing.designations}
    found |= {"review_time_given"} if filing.review is not None else set()
    if any(stage.done.succeeded or stage.done.started for stage in _trials_in(programme, jurisdiction)):
        found.add("trial_in_jurisdiction")
    if _has_biomarker(programme, filing):
        found.add("biomarker")
    if _is_approved(programme, filing.indication, jurisdiction):
        found.add("indication_approved_here")
    found |= {name for name, answer in filing.conditions.items() if answer.value}
    return frozenset(found - denied(filing.conditions) - denied(programme.conditions))


def all_terms(programme: Programme) -> frozenset[str]:
    """What holds for the programme, any of its stages or any of its filings that is still to be decided."""
    stages = (stage_terms(programme, stage) for stage in programme.development.values())
    filings = (
        filing_terms(programme, filing, jurisdiction=filing.jurisdiction or name.upper())
        for name, filing in programme.filings.items()
        if not filing.done.approved
    )
    return programme_terms(programme).union(*stages, *filings)


def _is_approved(programme: Programme, indication: str | None, jurisdiction: str) -> bool:
    """Whether another filing has had the indication approved there."""
    wanted = programme.indication_id(indication)
    return any(
        other.done.approved is not None
        and programme.indication_id(other.indication) == wanted
        and (other.jurisdiction or name.upper()) == jurisdiction
        for name, other in programme.filings.items()
    )


def _has_biomarker(programme: Programme, filing: Filing) -> bool:
    """Whether the filed indication, or any where the filing names none, is told by a biomarker."""
    known = programme.all_indications()
    filed = [known[filing.indication]] if filing.indication in known else list(known.values())
    return any(indication.biomarker for indication in filed)


def _trials_in(programme: Programme, jurisdiction: str) -> Iterable[Stage]:
    return (stage for stage in programme.development.values() if jurisdiction in stage.regions)


def assumed_terms(programme: Programme) -> frozenset[str]:
    """The conditions whose answer is an assumption of the file."""
    files = (programme.conditions, *(filing.conditions for filing in programme.filings.values()))
    return frozenset(name for answers in files for name, answer in answers.items() if answer.assumption)
