"""Companies: legal forms fall away, units meet their group, look-alikes stay apart, parents have a source."""

from __future__ import annotations

import pytest

from onepill.registries.entities import CompanyBook, company_key, sponsor_class
from onepill.registries.entities.companies import country_of, listed_companies, own_name, stated_parent

BOOK = CompanyBook()


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Bolt Biotherapeutics, Inc.", "bolt biotherapeutics"),
        ("Shanghai Reinovax Biologics Co.,LTD", "shanghai reinovax biologics"),
        ("Ampio Pharmaceuticals. Inc.", "ampio pharmaceuticals"),
        ("Dr. August Wolff GmbH & Co. KG", "dr august wolff"),
        ("Coloplast A/S", "coloplast"),
        ("贝达药业股份有限公司", "贝达药业"),
        ("江苏豪森药业集团有限公司", "江苏豪森药业"),
        ("Limited", "limited"),
    ],
)
def test_legal_forms_fall_away(written: str, key: str) -> None:
    assert company_key(written) == key


def test_two_mercks_stay_apart() -> None:
    assert BOOK.link("Merck Sharp & Dohme LLC").entity_id == "merck"
    assert BOOK.link("Merck KGaA, Darmstadt, Germany").entity_id == "merck-kgaa"
    assert BOOK.link("EMD Serono").entity_id == "merck-kgaa"
    assert BOOK.link("Merck & Co., Inc., Rahway, NJ, USA").entity_id == "merck"
    bare = BOOK.link("Merck")
    assert (bare.status, {bare.entity_id, *bare.others}) == ("uncertain", {"merck", "merck-kgaa"})


def test_units_meet_their_group_by_the_head_of_the_name() -> None:
    link = BOOK.link("Astellas Pharma Europe B.V.")
    assert (link.entity_id, link.evidence.rule, link.evidence.alias) == ("astellas", "company.head", "astellas pharma")
    assert BOOK.link("Legendary Foods").entity_id == "legendary-foods"


def test_a_parent_stated_in_the_name_is_told_with_the_name_as_its_source() -> None:
    company = BOOK.company("Stiefel, a GSK Company")
    assert (company.company_id, company.parent_id) == ("stiefel", "gsk")
    assert company.parent_source is not None
    assert "Stiefel, a GSK Company" in company.parent_source.title


@pytest.mark.parametrize(
    ("text", "own", "parent"),
    [
        ("Kite, A Gilead Company", "Kite", "Gilead"),
        ("Wyeth is now a wholly owned subsidiary of Pfizer", "Wyeth", "Pfizer"),
        ("Baxalta now part of Shire", "Baxalta", "Shire"),
        ("Seagen, a wholly owned subsidiary of Pfizer", "Seagen", "Pfizer"),
        ("Pfizer's Upjohn has merged with Mylan to form Viatris Inc.", "Viatris Inc", ""),
        ("La Jolla Pharmaceutical Company", "La Jolla Pharmaceutical Company", ""),
    ],
)
def test_sentences_in_sponsor_strings(text: str, own: str, parent: str) -> None:
    assert (own_name(text), stated_parent(text)) == (own, parent)


def test_every_listed_parent_is_listed_and_has_a_source() -> None:
    by_id = listed_companies()
    for company in by_id.values():
        assert (company.parent_source is not None) == bool(company.parent_id), company.company_id
        if company.parent_source:
            assert company.parent_id in by_id
            assert company.parent_source.url.startswith("https://")


def test_merck_alone_is_a_name_of_two_companies() -> None:
    owners: dict[str, set[str]] = {}
    for company in listed_companies().values():
        for name in (*company.names, company.name):
            owners.setdefault(company_key(name), set()).add(company.company_id)
    assert {key: ids for key, ids in owners.items() if len(ids) > 1} == {"merck": {"merck", "merck-kgaa"}}


@pytest.mark.parametrize(
    ("text", "country"),
    [("维眸生物科技（上海）有限公司", "CN"), ("Jiangsu T-Mab Biopharma Co.,Ltd", "CN"), ("Helsinn S.p.A.", "IT"),
     ("WSAUD A/S", "DK"), ("CENTOGENE GmbH", ""), ("Kowa Company, Ltd.", "")],
)  # fmt: skip
def test_a_country_is_given_only_where_the_name_shows_it(text: str, country: str) -> None:
    assert country_of(text) == country


def test_the_registers_class_goes_before_the_words_of_the_name() -> None:
    assert sponsor_class("University Biotech Inc.", "INDUSTRY") == "industry"
    assert sponsor_class("Zhejiang University") == "academic"
    assert sponsor_class("北京大学第三医院") == "academic"
    assert sponsor_class("Ministry of Health, Malaysia") == "government"
    assert sponsor_class("Noname") == "unknown"
