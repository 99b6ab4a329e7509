"""The packaged table of deals row by row, and what a user's own table may not say."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from onepill.core.errors import InputError
from onepill.deals.comparables import SOURCE_KINDS, STAGES, STRUCTURES, TERRITORIES, UNRANKED_STAGES
from onepill.model.schema import AREAS, MODALITIES
from onepill.registries.entities.targets import symbols_of
from onepill.workbench.deals.table import COLUMNS, REQUIRED, packaged_deals, read_deals
from tools.count_deals import BEGIN, END, PAGE, counts

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "src/onepill/deals/data/comparable_deals.csv"
ROWS = list(csv.DictReader(io.StringIO(TABLE.read_text(encoding="utf-8"))))
TENTH_OF_A_MILLION = 0.1e6
DAYS = ("announced_on", "status_on", "rate_on", "source_date", "checked_on")
COMPILED_TO = date(2026, 11, 22)


def number(row: dict[str, str], name: str) -> float | None:
    return float(row[name]) if row[name] else None


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["deal_id"])
def test_a_row_adds_up_in_the_words_of_the_vocabulary_with_its_source(row: dict[str, str]) -> None:
    upfront, total, milestones = (number(row, name) for name in ("upfront_usd", "total_usd", "milestones_usd"))
    others = number(row, "other_payments_usd") or 0
    if upfront is not None and total is not None:
        assert upfront <= total
    if upfront is not None and total is not None and milestones is not None:
        assert upfront + others + milestones == pytest.approx(total, abs=TENTH_OF_A_MILLION)
    assert row["modality"] in MODALITIES
    assert row["area"] in AREAS
    assert row["stage"] in (*STAGES, *UNRANKED_STAGES)
    assert row["structure"] in STRUCTURES
    assert row["territory_kind"] in TERRITORIES
    assert row["source_kind"] in SOURCE_KINDS[:-1], "a filing or the word of a party"
    assert row["source_url"].startswith("https://")
    assert row["source_title"]
    assert all(date(2020, 1, 1) <= date.fromisoformat(row[name]) <= COMPILED_TO for name in DAYS if row[name])
    assert all(list(symbols_of(one)) == [one] for one in row["targets"].split(";") if one)
    assert (row["source_grade"] == "unverified") == (not row["checked_url"]) == (not row["checked_on"])
    assert not any("proxy" in row[name] for name in ("source_url", "checked_url")), "an address that everybody can open"


def test_the_three_totals_of_kailera_add_up() -> None:
    """The licensor's announcement: 110 MUSD upfront and near-term, 200 development and regulatory, 5,725 sales."""
    (deal,) = (deal for deal in packaged_deals() if deal.deal_id == "202405-hengrui-glp1-kailera")
    assert deal.upfront_usd is not None
    assert deal.other_payments_usd is not None
    parts = (
        deal.upfront_usd + deal.other_payments_usd,
        deal.development_regulatory_milestones_usd,
        deal.sales_milestones_usd,
    )
    assert parts == (110e6, 200e6, 5_725e6)
    assert deal.total_usd == 6_035e6
    assert (deal.structure, deal.equity_share, deal.announced_on) == ("newco", 0.199, date(2024, 5, 16))


@pytest.mark.parametrize(
    ("deal_id", "upfront_musd", "total_musd", "equity"),
    [
        ("202505-3sbio-ssgj707", 1250, 6050, None),
        ("202312-biokin-blb01d1", 800, 8400, None),
        ("202507-hengrui-hrs9821-gsk", 500, 12500, None),
        ("202407-keymed-cm512cm536", 15, 185, 0.3001),
        ("202310-hansoh-hs20089", 85, 1570, None),
        ("202312-hansoh-hs20093", 185, 1710, None),
        ("202301-hutchmed-fruquintinib", 400, 1130, None),
        ("202601-remegen-abbvie-rc148", 650, 5600, None),
        ("202512-jacobio-jab23e73-astrazeneca", 100, 2015, None),
        ("202507-cspc-syh2086-madrigal", 120, 2075, None),
        ("202308-hengrui-shr1905", 21.5, 1050, None),
        ("202412-jemincare-jyb1904", 35, 707.5, None),
        ("202301-mabwell-9mw3011", 10, 412.5, None),
        ("202312-abbisko-pimicotinib", 70, 605.5, None),
        ("202408-curon-cn201-merck", 700, 1300, None),
        ("202411-biotheus-biontech", 800, 950, None),
        ("202412-hansoh-hs10535-merck", 112, 2012, None),
        ("202210-iaso-cd19-cabaletta", 2.5, 162, None),
        ("202101-beigene-tislelizumab-novartis", 650, 2200, None),
    ],
)
def test_published_terms_of_deals_that_many_report(
    deal_id: str, upfront_musd: float, total_musd: float, equity: float | None
) -> None:
    (deal,) = (deal for deal in packaged_deals() if deal.deal_id == deal_id)
    assert (deal.upfront_usd, deal.total_usd, deal.equity_share) == (upfront_musd * 1e6, total_musd * 1e6, equity)


def test_amounts_in_renminbi_stand_at_the_rate_of_their_day() -> None:
    """RemeGen and Santen, 19 August 2025: 250, 520 and 525 million renminbi."""
    (deal,) = (deal for deal in packaged_deals() if deal.currency == "CNY")
    assert deal.rate_on == date(2025, 8, 19)
    assert deal.usd_per_unit is not None
    told = (deal.upfront_usd, deal.development_regulatory_milestones_usd, deal.sales_milestones_usd)
    assert told == pytest.approx([amount * 1e6 * deal.usd_per_unit for amount in (250, 520, 525)])


def test_amounts_in_euros_stand_at_the_rate_of_their_day() -> None:
    """Hengrui and Merck KGaA, 30 October 2023: 160 million euros upfront (169 in dollars), 1,400 in all."""
    (deal,) = (deal for deal in packaged_deals() if deal.currency == "EUR")
    assert (deal.rate_on, deal.upfront_usd) == (date(2023, 10, 30), 169e6)
    assert deal.usd_per_unit is not None
    told = (deal.upfront_usd, deal.other_payments_usd, deal.total_usd)
    assert told == pytest.approx([amount * 1e6 * deal.usd_per_unit for amount in (160, 90, 1400)])


def test_every_row_keyed_from_the_compilation_says_where_it_departs(shared: Path) -> None:
    compiled = {
        row["deal_id"]: row
        for row in csv.DictReader(
            io.StringIO((shared / "data/deals/china_outlicensing_facts.csv").read_text(encoding="utf-8"))
        )
    }
    own = [row for row in ROWS if row["deal_id"] not in compiled]
    assert all(row["source_grade"] != "unverified" for row in own), "what is not of the compilation was read"
    for row in ROWS:
        there = compiled.get(row["deal_id"])
        if there is None:
            continue
        assert row["announced_on"] == there["announced_on"] or row["note"], row["deal_id"]
        for ours, theirs in (("upfront_usd", "upfront_usd_m"), ("total_usd", "total_usd_m")):
            same = number(row, ours) == (pytest.approx(float(there[theirs]) * 1e6) if there[theirs] else None)
            assert same or row["note"], row["deal_id"]


def test_the_counts_of_the_method_page_are_those_of_the_table() -> None:
    table = PAGE.read_text(encoding="utf-8").partition(f"{BEGIN}\n")[2].partition(f"\n{END}")[0]
    assert table == counts(packaged_deals()), "run python tools/count_deals.py"


GOOD = {
    "deal_id": "a",
    "announced_on": "2025-01-02",
    "licensor": "L",
    "licensee": "M",
    "asset": "X-1",
    "modality": "peptide",
    "area": "metabolic",
    "stage": "phase_1",
    "structure": "licence",
    "source_title": "release",
    "source_url": "https://example.org/a",
}


def table(*rows: dict[str, str]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows({**dict.fromkeys(names, ""), **row} for row in rows)
    return out.getvalue()


def test_a_table_with_the_required_columns_alone_is_read() -> None:
    assert set(GOOD) == set(REQUIRED)
    (deal,) = read_deals(table(GOOD), "own.csv")
    assert (deal.deal_id, deal.upfront_usd, deal.territory_kind, deal.source_grade) == (
        "a",
        None,
        "undisclosed",
        "unverified",
    )


def test_the_packaged_table_has_all_columns() -> None:
    assert set(ROWS[0]) == set(COLUMNS)


@pytest.mark.parametrize(
    ("told", "code", "said"),
    [
        ({"stage": "phase 1"}, "deals.choice", "stage"),
        ({"modality": "pill"}, "deals.choice", "modality"),
        ({"announced_on": "2025-02-30"}, "deals.value", "announced_on"),
        ({"source_url": "example.org"}, "deals.value", "source_url"),
        ({"upfront_usd": "-1"}, "deals.value", "upfront_usd"),
        ({"upfront_usd": "nan"}, "deals.value", "upfront_usd"),
        ({"equity_share": "30"}, "deals.value", "equity_share"),
        ({"licensor": ""}, "deals.missing", "licensor"),
        ({"upfront_usd": "3000000", "total_usd": "2000000"}, "deals.sum", "3,000,000"),
        ({"upfront_usd": "1e6", "milestones_usd": "1e6", "total_usd": "3e6"}, "deals.sum", "2,000,000"),
        ({"sales_milestones_usd": "3e6", "milestones_usd": "2e6"}, "deals.sum", "milestones_usd"),
        ({"royalty_low_share": "0.2", "royalty_high_share": "0.1"}, "deals.order", "royalty_low_share"),
        ({"status": "terminated"}, "deals.status", "no day"),
        ({"status": "terminated", "status_on": "2025-01-01"}, "deals.order", "status_on"),
        ({"currency": "CNY"}, "deals.currency", "rate"),
        ({"currency": "CNY", "usd_per_unit": "0.14"}, "deals.currency", "rate"),
        ({"amends": "nobody"}, "deals.reference", "nobody"),
        ({"duplicate_of": "earlier"}, "deals.reference", "earlier"),
        ({"amends": "a"}, "deals.reference", "'a'"),
    ],
)
def test_a_mistake_in_a_row_is_told_with_its_line_and_a_hint(told: dict[str, str], code: str, said: str) -> None:
    second = {**GOOD, "deal_id": "b", "asset": "X-2", "source_url": "https://example.org/b"}
    with pytest.raises(InputError) as caught:
        read_deals(table({**GOOD, **told}, second), "own.csv")
    (found,) = caught.value.findings
    assert (found.code, found.file, found.line) == (code, "own.csv", 2)
    assert said in found.message
    assert found.hint


def test_sums_may_lie_apart_by_rounding_and_no_more() -> None:
    told = {"upfront_usd": "1000000", "milestones_usd": "2000000"}
    assert read_deals(table({**GOOD, **told, "total_usd": "3050000"}))
    with pytest.raises(InputError, match="problems"):
        read_deals(table({**GOOD, **told, "total_usd": "3060000"}))


def test_all_mistakes_of_a_table_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        read_deals(table({**GOOD, "stage": "x"}, {**GOOD, "area": "y"}, {**GOOD, "upfront_usd": "z"}))
    assert [(one.line, one.code) for one in caught.value.findings] == [
        (2, "deals.choice"),
        (3, "deals.choice"),
        (4, "deals.value"),
    ]


def test_a_deal_told_twice_is_refused_until_one_row_says_what_it_is() -> None:
    again = {**GOOD, "deal_id": "b", "announced_on": "2025-07-01"}
    with pytest.raises(InputError) as caught:
        read_deals(table(GOOD, again))
    (found,) = caught.value.findings
    assert (found.code, found.line) == ("deals.same_deal", 3)
    assert "a" in found.hint
    assert len(read_deals(table(GOOD, {**again, "duplicate_of": "a"}))) == 2
    assert len(read_deals(table(GOOD, {**again, "amends": "a"}))) == 2
    assert len(read_deals(table(GOOD, {**again, "announced_on": "2025-07-02"}))) == 2, "181 days later"


def test_ids_are_given_once() -> None:
    with pytest.raises(InputError) as caught:
        read_deals(table(GOOD, {**GOOD, "asset": "X-2"}))
    assert [(one.code, one.line) for one in caught.value.findings] == [("deals.repeated", 3)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "deals.columns"),
        ("deal_id,announced\n", "deals.columns"),
        (table(GOOD).replace("deal_id", "deal_id,deal_id", 1), "deals.columns"),
        (table(GOOD).splitlines()[0], "deals.empty"),
        (table(GOOD) + "b,c\n", "deals.fields"),
        (table(GOOD) + '"b\n', "deals.csv"),
    ],
)
def test_what_is_no_table_is_refused(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_deals(text, "own.csv")
    assert {one.code for one in caught.value.findings} == {code}
    assert all(one.file == "own.csv" and one.line for one in caught.value.findings)
