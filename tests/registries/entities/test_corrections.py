"""A person's decision wins over every rule, outlives a reload, and contradictions are told with their lines."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.core.errors import InputError
from onepill.registries.entities import (
    Alias,
    CompanyBook,
    Corrections,
    DrugBook,
    DrugLinker,
    corrections_from_csv,
    corrections_to_csv,
    linked,
    review_rows,
    review_to_csv,
)

HEAD = "kind,text,entity_id,name,decided_by,decided_on,reason\n"
BOOK = DrugBook(
    [
        Alias("insulin glargine", "Twoface", "brand", "ema", "4"),
        Alias("apixaban", "Twoface", "brand", "ema", "5"),
        Alias("nivolumab", "nivolumab", "inn", "atc", "6"),
    ]
)


def test_a_correction_wins_over_an_exact_name_and_over_nothing() -> None:
    rows = (
        "drug,Nivolumab,apixaban,,A. Reader,2026-11-22,label misprint\n"
        "drug,XYZ 1,apixaban|nivolumab,,A. Reader,2026-11-22,said so\n"
    )
    linker = DrugLinker(BOOK, corrections_from_csv(HEAD + rows))
    (link,) = linker.link("nivolumab")
    assert (link.entity_id, link.score, link.evidence.rule) == ("apixaban", 1.0, "correction")
    assert "A. Reader" in link.evidence.source
    assert "2026-11-22" in link.evidence.source
    assert [one.entity_id for one in linker.link("xyz  1")] == ["apixaban", "nivolumab"]


def test_an_empty_id_says_that_the_text_names_nothing() -> None:
    linker = DrugLinker(BOOK, corrections_from_csv(HEAD + "drug,Nivolumab,,,A. Reader,2026-11-22,a device\n"))
    (link,) = linker.link("Nivolumab")
    assert (link.entity_id, link.evidence.rule, link.status) == ("", "correction", "rejected")


def test_corrections_reach_companies() -> None:
    rows = HEAD + "company,Beijing Suncadia,hengrui,Jiangsu Hengrui,A. Reader,2026-11-22,its subsidiary\n"
    assert CompanyBook(corrections_from_csv(rows)).link("Beijing Suncadia").entity_id == "hengrui"


def test_a_review_comes_back_as_corrections() -> None:
    found = [one for text, uses in (("Twoface", 2), ("TWOFACE", 3), ("nivolumab", 9), ("Qqqq", 9))
             for one in linked(DrugLinker(BOOK).link(text), uses=uses, example=f"ctgov:{uses}")]  # fmt: skip
    text = review_to_csv(review_rows(found))
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["text"], row["decided_by"], row["uses"], row["example"]) == ("twoface", "", "5", "ctgov:2")
    assert {row["entity_id"], row["others"]} == {"insulin-glargine", "apixaban"}
    assert len(corrections_from_csv(text)) == 0
    row |= {"entity_id": "insulin-glargine", "decided_by": "B", "decided_on": "2026-11-23", "reason": "leaflet"}
    out = io.StringIO()
    writer = csv.DictWriter(out, row.keys())
    writer.writeheader()
    writer.writerow(row)
    (link,) = DrugLinker(BOOK, corrections_from_csv(out.getvalue())).link("Twoface")
    assert (link.entity_id, link.status) == ("insulin-glargine", "accepted")


def test_the_most_used_stands_first_and_unknown_texts_only_where_asked_for() -> None:
    linker = DrugLinker(BOOK)
    found = [one for text, uses in (("Nivolumap", 2), ("Twoface", 7), ("Qqqq", 3), ("placebo", 99))
             for one in linked(linker.link(text), uses=uses, example="")]  # fmt: skip
    assert [row.link.text for row in review_rows(found)] == ["twoface", "nivolumap"]
    assert [row.link.text for row in review_rows(found, with_unknown=True)] == ["twoface", "qqqq", "nivolumap"]


def test_a_brand_of_two_substances_is_one_row_with_both_ids() -> None:
    linker = DrugLinker(DrugBook([*BOOK.aliases, Alias("apixaban;nivolumab", "Jointum-X", "brand", "ema", "7")]))
    (row,) = review_rows(linked(linker.link("Jointam-X"), uses=1, example=""))
    assert row.link.entity_id == "apixaban|nivolumab"
    assert row.link.status == "uncertain"


def test_of_two_decisions_the_later_stands_and_of_one_day_the_newly_given() -> None:
    def given(entity: str, day: str) -> Corrections:
        return corrections_from_csv(f"{HEAD}drug,Twoface,{entity},,A,{day},x\n")

    kept = given("apixaban", "2026-11-21")
    for entity, day, stands in (("b", "2026-11-22", "b"), ("b", "2026-11-21", "b"), ("b", "2026-11-20", "apixaban")):
        found = kept.with_later(given(entity, day)).find("drug", "twoface")
        assert found is not None
        assert found.entity_id == stands


DECISIONS = st.lists(
    st.tuples(
        st.sampled_from(["drug", "company", "condition", "target"]),
        st.sampled_from(["Twoface", "妥拉美替尼片", "a,b", 'say "x"', "NCT line"]),
        st.sampled_from(["", "one", "one|two"]),
        st.sampled_from(["2026-11-21", "2026-11-22"]),
    ),
    unique_by=lambda row: (row[0], row[1], row[3]),
)


@given(DECISIONS, st.randoms())
def test_corrections_survive_a_reload_and_their_order_does_not_count(
    rows: list[tuple[str, ...]], chance: object
) -> None:
    def written(of: list[tuple[str, ...]]) -> str:
        out = io.StringIO()
        writer = csv.writer(out)
        for kind, text, entity, day in of:
            writer.writerow([kind, text, entity, "", "A. Reader", day, "why"])
        return HEAD + out.getvalue()

    first = corrections_from_csv(written(rows))
    again = corrections_from_csv(corrections_to_csv(first))
    chance.shuffle(rows)  # type: ignore[attr-defined]
    shuffled = corrections_from_csv(written(rows))
    assert corrections_to_csv(first) == corrections_to_csv(again) == corrections_to_csv(shuffled)
    for kind, text, _, _ in rows:
        ids = [[link.entity_id for link in of.links(kind, text) or ()] for of in (first, again, shuffled)]  # type: ignore[arg-type]
        assert ids[0] == ids[1] == ids[2]


def test_two_answers_of_one_day_are_an_error_with_both_lines() -> None:
    rows = "drug,Twoface,apixaban,,A,2026-11-22,x\ndrug,TWOFACE,insulin-glargine,,B,2026-11-22,y\n"
    with pytest.raises(InputError) as caught:
        corrections_from_csv(HEAD + rows, file="mine.csv")
    (finding,) = caught.value.findings
    assert (finding.code, finding.severity, finding.file, finding.line) == (
        "corrections.conflict",
        "error",
        "mine.csv",
        3,
    )
    assert "line 2" in finding.message


def test_a_later_answer_replaces_an_earlier_one_and_is_noted() -> None:
    rows = "drug,Twoface,apixaban,,A,2026-11-22,x\ndrug,twoface,insulin-glargine,,B,2026-11-21,y\n"
    corrections = corrections_from_csv(HEAD + rows)
    found = corrections.find("drug", "Twoface")
    assert found is not None
    assert found.entity_id == "apixaban"
    assert [finding.code for finding in corrections.findings] == ["corrections.replaced"]


@pytest.mark.parametrize(
    ("row", "code", "path"),
    [
        ("drug,x,y,,,2026-11-22,why", "corrections.empty", "decided_by"),
        ("drug,x,y,,A,2026-11-22,", "corrections.empty", "reason"),
        ("gene,x,y,,A,2026-11-22,why", "corrections.kind", "kind"),
        ("drug,x,y,,A,22/11/2026,why", "corrections.day", "decided_on"),
    ],
)
def test_a_wrong_cell_is_told_with_line_and_hint(row: str, code: str, path: str) -> None:
    with pytest.raises(InputError) as caught:
        corrections_from_csv(HEAD + row)
    (finding,) = caught.value.findings
    assert (finding.code, finding.path, finding.line) == (code, path, 2)
    assert finding.hint


def test_a_file_of_other_columns_is_refused() -> None:
    with pytest.raises(InputError, match="lacks the columns"):
        corrections_from_csv("a,b\n1,2\n")
    assert len(Corrections()) == 0
