"""FDA's Orange Book (patents, exclusivities, products) and Purple Book (licensed biologics)."""

from __future__ import annotations

import re

from onepill.registries.days import read_day
from onepill.registries.delimited import TILDE
from onepill.registries.layouts import Row, Separated
from onepill.registries.sink import Kept, Refused, Sink, day_pair, text_or_none

_NUMBER = re.compile(r"\d{5,6}")
APPROVAL_PIVOT = 30
"""Purple Book, two-digit years of approval: the oldest licence shown is of 1930, so that 30 to 99 are of the 1900s.
Editions from 2030 on, if they still write two digits, cannot be read by this rule."""
EXPIRY_PIVOT = 70
"""Two-digit years of expiry: the oldest exclusivity shown ended in 1990."""


def _application(row: Row, types: dict[str, str]) -> tuple[str, str]:
    """Record id such as `N020610`, and the type of application."""
    kind, number = row["appltype"].strip(), row["applno"].strip()
    if kind not in types or not _NUMBER.fullmatch(number):
        raise Refused("bad_id", f"{kind!r} {number!r} is no application", f"{kind}{number}")
    return f"{kind}{number}", types[kind]


_TYPES = {"N": "NDA", "A": "ANDA"}


def read_patent(row: Row, sink: Sink) -> Kept:
    """A patent of a product, to its expiry; `status` says `delisted` where FDA took it off on request."""
    record_id, _ = _application(row, _TYPES)
    claims = [word for column, word in (("drugsubstanceflag", "substance"), ("drugproductflag", "product"))
              if row[column] == "Y"]  # fmt: skip
    use, submitted = text_or_none(row["patentusecode"]), read_day(row["submissiondate"])
    status = "delisted" if row["delistflag"] == "Y" else "listed"
    sink.add(
        "event", record_id, kind="patent", code=row["patentno"].strip(), status=status, application_id=record_id[1:],
        product_no=row["productno"].strip(), reasons=[*claims, *([use] if use else [])],
        **day_pair("event", submitted), **day_pair("end", read_day(row["patentexpiredatetext"])),
    )  # fmt: skip
    return Kept(record_id, f"patent {status}", (submitted[0],))


def read_exclusivity(row: Row, sink: Sink) -> Kept:
    record_id, _ = _application(row, _TYPES)
    sink.add(
        "event", record_id, kind="exclusivity", code=row["exclusivitycode"].strip(), application_id=record_id[1:],
        product_no=row["productno"].strip(), **day_pair("end", read_day(row["exclusivitydate"])),
    )  # fmt: skip
    return Kept(record_id, "exclusivity")


def read_product(row: Row, sink: Sink) -> Kept:
    """A product; before 1982 FDA tells no day of approval."""
    record_id, kind = _application(row, _TYPES)
    form, _, route = row["dfroute"].partition(";")
    early = row["approvaldate"].startswith("Approved Prior")
    day = (None, None) if early else read_day(row["approvaldate"])
    name, substance = text_or_none(row["tradename"]), text_or_none(row["ingredient"])
    sink.add(
        "approval", record_id, agency="FDA", is_human=True, application_id=record_id[1:], application_type=kind,
        product_no=row["productno"].strip(), drug_name=name, substance=substance,
        company=text_or_none(row["applicantfullname"]), dosage_form=text_or_none(form), route=text_or_none(route),
        strength=text_or_none(row["strength"]), marketing=text_or_none(row["type"]),
        is_reference=row["rld"].strip().lower() == "yes", **day_pair("decision", day),
    )  # fmt: skip
    if name and substance and name.lower() != substance.lower():
        sink.add("alias", record_id, drug_name=substance, alias=name, alias_kind="brand")
    return Kept(record_id, "product", (day[0],))


_EXCLUSIVITIES = (
    ("reference_product", "refproductexclusivityexpdate"),
    ("orphan", "orphanexclusivityexpdate"),
    ("first_interchangeable", "firstinterchangeableexclusivityexpdate"),
    ("unspecified", "exclusivityexpirationdate"),
)


def read_biologic(row: Row, sink: Sink) -> Kept:
    """A presentation of a licensed biologic, with its exclusivities."""
    number = row["blanumber"].strip()
    if not _NUMBER.fullmatch(number):
        raise Refused("bad_id", f"{number!r} is no BLA number", number)
    number = number.zfill(6)
    kind, status = row["blatype"].strip(), text_or_none(row["licensure"])
    name, substance = text_or_none(row["proprietaryname"]), text_or_none(row["propername"])
    approved = read_day(row["approvaldate"], "iso", APPROVAL_PIVOT)
    company, product = text_or_none(row["applicant"]), text_or_none(row["productnumber"])
    sink.add(
        "approval", number, agency="FDA", is_human=True, application_id=number, application_type=kind,
        product_no=product, drug_name=name, substance=substance, company=company, status=status,
        submission=text_or_none(row["submissiontype"]), marketing=text_or_none(row["marketingstatus"]),
        dosage_form=text_or_none(row["dosageform"]), route=text_or_none(row["routeofadministration"]),
        strength=text_or_none(row["strength"]), is_biosimilar=kind.startswith("351(k)"),
        is_orphan=bool(row["orphanexclusivityexpdate"].strip()) or None, **day_pair("decision", approved),
    )  # fmt: skip
    for code, column in _EXCLUSIVITIES:
        ends = read_day(row[column], "iso", EXPIRY_PIVOT)
        if ends[0] is not None:
            sink.add(
                "event", number, kind="exclusivity", code=code, drug_name=name or substance, company=company,
                application_id=number, product_no=product, **day_pair("end", ends),
            )  # fmt: skip
    return Kept(number, status, (approved[0],))


PATENTS = Separated(
    "orange_book_patent",
    (
        "Appl_Type",
        "Appl_No",
        "Product_No",
        "Patent_No",
        "Patent_Expire_Date_Text",
        "Drug_Substance_Flag",
        "Drug_Product_Flag",
        "Patent_Use_Code",
        "Delist_Flag",
        "Submission_Date",
    ),
    read_patent,
    TILDE,
)
EXCLUSIVITIES = Separated(
    "orange_book_exclusivity",
    ("Appl_Type", "Appl_No", "Product_No", "Exclusivity_Code", "Exclusivity_Date"),
    read_exclusivity,
    TILDE,
)
PRODUCTS = Separated(
    "orange_book_products",
    (
        "Ingredient",
        "DF;Route",
        "Trade_Name",
        "Strength",
        "Appl_Type",
        "Appl_No",
        "Product_No",
        "Approval_Date",
        "RLD",
        "Type",
        "Applicant_Full_Name",
    ),
    read_product,
    TILDE,
)
PURPLE = Separated(
    "purple_book_csv",
    (
        "Applicant",
        "BLA Number",
        "Proprietary Name",
        "Proper Name",
        "BLA Type",
        "Strength",
        "Dosage Form",
        "Route of Administration",
        "Marketing Status",
        "Licensure",
        "Approval Date",
        "Submission Type",
        "Product Number",
        "Exclusivity Expiration Date",
        "First Interchangeable Exclusivity Exp. Date",
        "Ref. Product Exclusivity Exp. Date",
        "Orphan Exclusivity Exp. Date",
    ),
    read_biologic,
)
