"""Drugs@FDA's table set, and FDA's new molecular entities: applications, products, submissions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from onepill.registries.days import read_day
from onepill.registries.delimited import TAB
from onepill.registries.layouts import Row, Separated
from onepill.registries.sink import Kept, Refused, Sink, day_pair, text_or_none

_NUMBER = re.compile(r"\d{5,6}")
_PREFIXED = re.compile(r"(NDA|BLA|ANDA)\d{6}")
MARKETING = {"1": "Prescription", "2": "Over-the-counter", "3": "Discontinued", "4": "None (Tentative Approval)"}
"""Codes of the lookup table, which stands beside the others; code 5 is told there too."""


def _application(row: Row) -> str:
    number = row["applno"].strip()
    if not _NUMBER.fullmatch(number):
        raise Refused("bad_id", f"{number!r} is no application number of six digits", number)
    return number.zfill(6)


def read_application(row: Row, sink: Sink) -> Kept:
    number, kind = _application(row), text_or_none(row["appltype"])
    values = {"application_id": number, "application_type": kind, "company": text_or_none(row["sponsorname"])}
    sink.add("approval", number, agency="FDA", is_human=True, **values)
    return Kept(number, kind)


def read_marketing(row: Row, sink: Sink) -> Kept:
    """The marketing status of a product."""
    number, code = _application(row), row["marketingstatusid"].strip()
    values = {"application_id": number, "product_no": text_or_none(row["productno"])}
    marketing = MARKETING.get(code, f"code {code}")
    sink.add("approval", number, agency="FDA", is_human=True, marketing=marketing, **values)
    return Kept(number)


def read_product(row: Row, sink: Sink) -> Kept:
    """A product; its form and route are one text, `TABLET;ORAL`."""
    number, name = _application(row), text_or_none(row["drugname"])
    form, _, route = row["form"].partition(";")
    values = {"application_id": number, "product_no": text_or_none(row["productno"]), "drug_name": name}
    substance = text_or_none(row["activeingredient"])
    sink.add(
        "approval", number, agency="FDA", is_human=True, substance=substance, dosage_form=text_or_none(form),
        route=text_or_none(route), strength=text_or_none(row["strength"]), is_reference=row["referencedrug"] == "1",
        **values,
    )  # fmt: skip
    if name and substance and name.lower() != substance.lower():
        sink.add("alias", number, drug_name=substance, alias=name, alias_kind="brand")
    return Kept(number)


def read_submission(row: Row, sink: Sink) -> Kept:
    """A submission with the day of its status."""
    number, day = _application(row), read_day(row["submissionstatusdate"], "mdy")
    submission = f"{row['submissiontype'].strip()}-{row['submissionno'].strip()}"
    values = {"application_id": number, "submission": submission, "status": text_or_none(row["submissionstatus"])}
    priority, code = text_or_none(row["reviewpriority"]), text_or_none(row["submissionclasscodeid"])
    sink.add(
        "approval", number, agency="FDA", is_human=True, review_priority=priority, submission_class=code,
        **values, **day_pair("decision", day),
    )  # fmt: skip
    return Kept(number, None, (day[0],))


def lookup(name: str, key: str, term: str, note: str = "") -> Callable[[Row, Sink], Kept]:
    """A reader of one of the set's lookup tables, into the vocabulary `drugsatfda.<name>`."""

    def read(row: Row, sink: Sink) -> Kept:
        code = row[key].strip()
        if not code:
            raise Refused("bad_id", "the row has no code")
        record_id = f"{name}-{code}"
        values: dict[str, Any] = {"term": text_or_none(row[term]), "note": text_or_none(row[note]) if note else None}
        sink.add("vocabulary", record_id, vocabulary=f"drugsatfda.{name}", kind="term", **values)
        return Kept(record_id)

    return read


def read_new_entity(row: Row, sink: Sink) -> Kept:
    """An original approval of a new molecular entity; an application may have several rows."""
    number = row["applicationnumber"].strip()
    if not _PREFIXED.fullmatch(number):
        raise Refused("bad_id", f"{number!r} is no application number", number)
    day, priority = read_day(row["submissionstatusdate"]), text_or_none(row["reviewpriority"])
    brand, substance = text_or_none(row["brandname"]), text_or_none(row["activeingredient"])
    values = {
        "application_id": number[-6:],
        "application_type": number[:-6],
        "drug_name": brand,
        "substance": substance,
        "company": text_or_none(row["sponsorname"]),
        "status": text_or_none(row["submissionstatus"]),
        "submission": f"{row['submissiontype']}-{row['submissionnumber']}",
        "submission_class": text_or_none(row["submissionclasscode"]),
        "review_priority": priority,
        **day_pair("decision", day),
    }
    sink.add("approval", number, agency="FDA", is_human=True, **values)
    if brand and substance and brand.lower() != substance.lower():
        sink.add("alias", number, drug_name=substance, alias=brand, alias_kind="brand")
    return Kept(number, priority, (day[0],))


def _table(name: str, columns: tuple[str, ...], read: Callable[[Row, Sink], Kept], rank: int = 1) -> Separated:
    return Separated(name, columns, read, TAB, rank=rank, key="ApplNo" if "ApplNo" in columns else "")


APPLICATIONS = _table("drugsatfda_applications", ("ApplNo", "ApplType", "SponsorName"), read_application, 0)
PRODUCTS = _table(
    "drugsatfda_products",
    ("ApplNo", "ProductNo", "Form", "Strength", "ReferenceDrug", "DrugName", "ActiveIngredient"),
    read_product,
)
SUBMISSIONS = _table(
    "drugsatfda_submissions",
    (
        "ApplNo",
        "SubmissionClassCodeID",
        "SubmissionType",
        "SubmissionNo",
        "SubmissionStatus",
        "SubmissionStatusDate",
        "ReviewPriority",
    ),
    read_submission,
)
MARKETING_STATUS = _table("drugsatfda_marketing", ("MarketingStatusID", "ApplNo", "ProductNo"), read_marketing)
LOOKUPS = (
    _table(
        "drugsatfda_action_types",
        ("ActionTypes_LookupID", "ActionTypes_LookupDescription", "SupplCategoryLevel1Code"),
        lookup("action_type", "actiontypeslookupid", "actiontypeslookupdescription", "supplcategorylevel1code"),
    ),
    _table(
        "drugsatfda_document_types",
        ("ApplicationDocsType_Lookup_ID", "ApplicationDocsType_Lookup_Description"),
        lookup("document_type", "applicationdocstypelookupid", "applicationdocstypelookupdescription"),
    ),
    _table(
        "drugsatfda_marketing_codes",
        ("MarketingStatusID", "MarketingStatusDescription"),
        lookup("marketing_status", "marketingstatusid", "marketingstatusdescription"),
    ),
    _table(
        "drugsatfda_submission_classes",
        ("SubmissionClassCodeID", "SubmissionClassCode", "SubmissionClassCodeDescription"),
        lookup("submission_class", "submissionclasscodeid", "submissionclasscodedescription", "submissionclasscode"),
    ),
)
NEW_ENTITIES = Separated(
    "fda_nme_csv",
    (
        "application_number",
        "sponsor_name",
        "active_ingredient",
        "brand_name",
        "submission_type",
        "submission_number",
        "submission_status",
        "submission_status_date",
        "review_priority",
        "submission_class_code",
    ),
    read_new_entity,
)
