"""FDA's complete response letters, with coded reasons, and drug shortages."""

from __future__ import annotations

import re

from onepill.registries.days import read_day
from onepill.registries.layouts import Row, Separated
from onepill.registries.sink import Kept, Refused, Sink, day_pair, text_or_none

REASONS = (
    "Biopharm",
    "ClinicalPharmacology",
    "Clinical",
    "Quality",
    "HumanFactors",
    "Statistics",
    "Nonclinical",
    "Device",
    "Facility",
    "Regulatory",
    "ControlledSubstance",
)
"""Columns of 0 and 1; several may hold. `AllReasons` repeats them in words of its own and is not read."""


def read_letter(row: Row, sink: Sink) -> Kept:
    """A letter; an application may have had several."""
    kind, number = row["type"].strip(), row["number"].strip()
    if kind not in ("NDA", "BLA", "ANDA") or not re.fullmatch(r"\d{6}", number):
        raise Refused("bad_id", f"{kind!r} {number!r} is no application", f"{kind}{number}")
    day = read_day(row["date"])
    reasons = [reason for reason in REASONS if row[reason.lower()].strip() == "1"]
    sink.add(
        "event", f"{kind}{number}", kind="complete_response", code=kind, application_id=number,
        drug_name=text_or_none(row["drug"]), company=text_or_none(row["companyname"]), reasons=reasons,
        therapeutic_area=text_or_none(row["therapeuticarea"]), condition=text_or_none(row["condition"]),
        country=text_or_none(row["country"]), event_text=text_or_none(row["descriptor"]), **day_pair("event", day),
    )  # fmt: skip
    return Kept(f"{kind}{number}", kind, (day[0],))


def read_shortage(row: Row, sink: Sink) -> Kept:
    """A shortage or discontinuation of one presentation. FDA gives no number: generic name and company are the key."""
    name, company = text_or_none(row["genericname"]), text_or_none(row["companyname"])
    if not name:
        raise Refused("bad_id", "the row has no generic name")
    record_id = f"{name} | {company or ''}"
    posted, updated = read_day(row["initialpostingdate"], "mdy"), read_day(row["dateofupdate"], "mdy")
    ended = read_day(row["datediscontinued"], "mdy")
    reason, status = text_or_none(row["reasonforshortage"]), text_or_none(row["status"])
    sink.add(
        "event", record_id, kind="shortage", code=text_or_none(row["typeofupdate"]), status=status, drug_name=name,
        company=company, reasons=[reason] if reason else [], event_text=text_or_none(row["presentation"]),
        therapeutic_area=text_or_none(row["therapeuticcategory"]), **day_pair("event", posted),
        **day_pair("end", ended),
    )  # fmt: skip
    return Kept(record_id, status, (posted[0], updated[0]))


LETTERS = Separated(
    "fda_crl_csv",
    (
        "Type",
        "Number",
        "Date",
        "CompanyName",
        "Country",
        *REASONS,
        "Drug",
        "Descriptor",
        "TherapeuticArea",
        "Condition",
    ),
    read_letter,
    key="Number",
)
SHORTAGES = Separated(
    "fda_shortages_csv",
    (
        "Generic Name",
        "Company Name",
        "Presentation",
        "Type of Update",
        "Date of Update",
        "Reason for Shortage",
        "Therapeutic Category",
        "Status",
        "Date Discontinued",
        "Initial Posting Date",
    ),
    read_shortage,
)
