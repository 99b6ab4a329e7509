"""`deal comps`: the packaged table, filters, a programme's neighbours, few cases, a table of one's own."""

from __future__ import annotations

import json
import statistics
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from onepill.core.errors import InputError
from onepill.workbench.common.documents import to_json
from onepill.workbench.deals.table import packaged_deals
from onepill.workbench.operations import operation
from onepill.workbench.replies.comps import CompsReply
from tests.cli.asking import Ask
from tests.workbench.passports import ROOT, text_of
from tests.workbench.test_deal_table import GOOD, table

Row = dict[str, Any]
COMPS = operation("deal comps")
NEWEST = "2026-11-22"


def ask(**fields: Any) -> Row:
    answer = COMPS.ask(COMPS.question.model_validate(fields))
    CompsReply.model_validate(json.loads(to_json(answer)))
    return dict(answer)


def codes(answer: Row) -> list[str]:
    return [one["code"] for one in answer["findings"]]


def test_quantiles_of_a_stage_are_those_of_the_rows_by_the_standard_library() -> None:
    answer = ask(stages=["phase_1"], as_of=NEWEST)
    rows = [
        deal
        for deal in packaged_deals()
        if deal.stage == "phase_1" and not deal.amends and not deal.duplicate_of and deal.product == "innovative"
    ]
    known = [deal.upfront_usd for deal in rows if deal.upfront_usd is not None]
    slow = statistics.quantiles(known, n=20, method="inclusive")
    found = answer["quantiles"]["upfront_usd"]
    assert answer["n"] == len(rows)
    assert found["n"] == len(known)
    assert found["p25"] < found["p50_low"] < found["p50"] < found["p50_high"] < found["p75"]
    assert [found[point] for point in ("p10", "p25", "p50", "p75", "p90")] == pytest.approx(
        [slow[place] for place in (1, 4, 9, 14, 17)]
    )


def test_every_number_of_cases_adds_up() -> None:
    answer = ask(as_of=NEWEST)
    assert answer["table"]["rows"] == answer["counted"] + sum(row["n"] for row in answer["not_counted"])
    assert answer["n"] == answer["counted"] == len(answer["deals"]) + answer["deals_left_off"]
    for groups in answer["by_group"].values():
        assert sum(group["n"] for group in groups) == answer["n"]
        for quantity, whole in answer["quantiles"].items():
            assert sum(group["quantiles"][quantity]["n"] for group in groups) == whole["n"]
    assert sum(answer["table"]["by_source_grade"].values()) == answer["counted"]


def test_every_deal_of_the_contract_has_its_address_and_day() -> None:
    answer = ask(as_of=NEWEST, limit=1000)
    wanted = ("source_url", "announced_on", "licensor", "licensee", "upfront_usd", "total_usd", "structure", "stage")
    for deal in answer["deals"]:
        assert all(name in deal for name in wanted)
        assert deal["source_url"].startswith("https://")
    days = [deal["announced_on"] for deal in answer["deals"]]
    assert days == sorted(days, reverse=True)


def test_under_five_cases_the_cases_and_a_pooled_estimate_stand_in_place_of_quantiles() -> None:
    answer = ask(structures=["newco"], areas=["metabolic"], as_of=NEWEST)
    found = answer["quantiles"]["total_usd"]
    assert found["cases"] == [{"deal_id": "202405-hengrui-glp1-kailera", "value": 6_035e6}]
    assert all(found[point] is None for point in ("p10", "p25", "p50", "p75", "p90"))
    everyone = ask(as_of=NEWEST)["quantiles"]["total_usd"]["p50"]
    assert everyone < found["pooled"]["estimate"] < 6_035e6, "between the table and the single case"
    assert 0 < found["pooled"]["weight"] < 0.5
    assert set(found["pooled"]["label"]) == {"en", "zh"}
    assert "comps.few" in codes(answer)


def test_five_cases_have_quantiles_and_are_not_listed_as_few() -> None:
    rows = [{**GOOD, "deal_id": str(n), "asset": str(n), "upfront_usd": str(n * 10**6)} for n in range(1, 6)]
    found = ask(own_table={"text": table(*rows)})["quantiles"]["upfront_usd"]
    assert (found["n"], found["p50"], found["p90"], found["cases"], found["pooled"]) == (5, 3e6, None, None, None)


def test_none_at_all_is_said_with_a_way_out() -> None:
    answer = ask(licensor="nobody of that name", as_of=NEWEST)
    assert (answer["n"], answer["deals"]) == (0, [])
    assert "comps.none" in codes(answer)
    assert answer["quantiles"]["upfront_usd"]["cases"] == []


def test_a_table_of_one_row_pools_nothing_and_fits_nothing() -> None:
    answer = ask(own_table={"text": table({**GOOD, "upfront_usd": "2000000"}), "file": "own.csv"})
    found = answer["quantiles"]["upfront_usd"]
    assert (found["n"], found["pooled"]) == (1, None)
    assert answer["predictor"] == {"upfront_usd": None, "total_usd": None}
    assert (answer["table"]["file"], answer["table"]["is_packaged"]) == ("own.csv", False)
    assert answer["as_of"] == "2025-01-02", "the newest day of the table"


def test_a_later_step_of_a_deal_is_told_and_not_counted() -> None:
    answer = ask(licensor="3SBio", as_of=NEWEST, limit=10)
    assert [deal["deal_id"] for deal in answer["deals"]] == ["202505-3sbio-ssgj707"]
    (amended,) = (row for row in answer["not_counted"] if row["reason"] == "amendment")
    assert "202507-3sbio-ssgj707-pfizer-china-option" in amended["deal_ids"]


@pytest.mark.parametrize(("day", "status"), [("2026-06-23", "active"), ("2026-06-24", "terminated")])
def test_a_termination_is_told_from_its_day_on(day: str, status: str) -> None:
    """Apollomics told on 2026-06-24 that its licence to LaunXP had ended."""
    (deal,) = ask(licensor="Apollomics", as_of=day)["deals"]
    assert deal["status"] == status


def test_an_earlier_day_knows_fewer_deals_and_no_later_benchmark() -> None:
    early, late = ask(as_of="2024-12-31"), ask(as_of=NEWEST)
    assert early["counted"] < late["counted"]
    assert all(deal["announced_on"] <= "2024-12-31" for deal in ask(as_of="2024-12-31", limit=999)["deals"])
    assert {row["rule_id"] for row in early["benchmarks"]} < {row["rule_id"] for row in late["benchmarks"]}
    assert "deal_benchmark.satyabio.2024_2025.upfront.mean_usd" not in {row["rule_id"] for row in early["benchmarks"]}


def test_verified_rows_alone_are_those_with_terms_read_again() -> None:
    answer = ask(as_of=NEWEST, verified_only=True, limit=999)
    assert answer["n"] >= 15
    assert all(deal["checked_url"] and deal["source_grade"] != "unverified" for deal in answer["deals"])
    assert "comps.unverified" not in codes(answer)


def test_neighbours_of_tunlametinib_are_told_with_what_they_agree_in() -> None:
    """Approved in China in March 2024, markets with China, an oral kinase inhibitor: asked on 2024-08-01."""
    answer = ask(text=text_of("tunlametinib"))
    profile = answer["programme"]
    assert {name: profile[name] for name in ("day", "stage", "modality", "area", "territory_kind")} == {
        "day": "2024-08-01",
        "stage": "approved",
        "modality": "small_molecule",
        "area": "oncology",
        "territory_kind": "worldwide",
    }
    assert answer["as_of"] == "2024-08-01"
    distances = [one["distance"] for one in answer["neighbours"]]
    assert len(distances) == 5
    assert distances == sorted(distances)
    for one in answer["neighbours"]:
        assert one["deal"]["announced_on"] <= "2024-08-01"
        parts = [part["distance"] for part in one["parts"] if part["distance"] is not None]
        assert one["distance"] == pytest.approx(statistics.fmean(parts))
        agreeing = [part["label"]["en"] for part in one["parts"] if part["distance"] == 0]
        assert one["reason"]["en"] == f"agrees in {', '.join(agreeing)}"
    assert answer["predictor"]["upfront_usd"]["predicted_usd"] > 0


def test_a_programme_that_has_not_begun_is_compared_at_its_first_planned_stage() -> None:
    profile = ask(text=text_of("minimal"))["programme"]
    assert (profile["stage"], profile["territory_kind"], profile["targets"]) == ("phase_2", "region", [])
    assert "phase_2" in profile["read_from"]["stage"]["en"]


def test_a_running_stage_and_a_submitted_filing_say_where_a_programme_stands() -> None:
    running = text_of("minimal").replace("cost: {value: 15 MUSD", "done: {started: 2024-01-02}, cost: {value: 15 MUSD")
    assert ask(text=running)["programme"]["stage"] == "phase_2"
    filed = text_of("minimal").replace("US: {route: nda,", "US: {route: nda, done: {submitted: 2024-07-01},")
    assert ask(text=filed)["programme"]["stage"] == "filed"
    assert ask(text=filed, as_of="2024-06-30")["programme"]["stage"] == "phase_2", "the day before is not told"


@pytest.mark.parametrize(
    ("phase_3", "stage"),
    [
        ("done: {started: 2024-06-03}", "phase_3"),
        ("done: {started: 2024-05-01, finished: 2024-07-01, failed: 2024-07-01}", "phase_2"),
    ],
)
def test_of_two_stages_that_have_begun_the_furthest_tells_unless_it_failed(phase_3: str, stage: str) -> None:
    text = text_of("minimal")
    text = text.replace(
        "cost: {value: 15 MUSD",
        "done: {started: 2022-01-03, finished: 2024-01-05, succeeded: 2024-01-05}, cost: {value: 15 MUSD",
    )
    text = text.replace("after: [phase_2], cost", f"after: [phase_2], {phase_3}, cost")
    assert ask(text=text)["programme"]["stage"] == stage


def test_the_predictor_is_told_beside_the_median_and_its_verdict_follows_from_its_numbers() -> None:
    for row in ask(as_of=NEWEST)["predictor"].values():
        assert row["is_better"] == (row["gain"] > 2 * row["gain_error"])
        assert row["verdict"]["en"].startswith(
            "Features tell more" if row["is_better"] else "Features tell no more than the plain median"
        )
        for score in (row["model"], row["median"]):
            assert 1 <= score["median_factor"] <= score["p90_factor"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"stages": ["phase2"]}, "comps.word"),
        ({"modalities": ["pill"]}, "comps.word"),
        ({"areas": ["cancer"]}, "comps.word"),
        ({"structures": ["licence", "loan"]}, "comps.word"),
        ({"territories": ["US"]}, "comps.word"),
        ({"since": "2026-01-02", "until": "2026-01-01"}, "comps.days"),
    ],
)
def test_words_that_no_deal_can_have_are_refused_with_those_that_one_can(fields: Row, code: str) -> None:
    with pytest.raises(InputError) as caught:
        ask(**fields)
    (found,) = caught.value.findings
    assert found.code == code
    assert found.hint


def test_a_bad_table_ends_the_command_with_code_2_and_its_lines(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text(table(GOOD, {**GOOD, "deal_id": "b", "asset": "b", "stage": "late"}), encoding="utf-8")
    answer = ask("deal", "comps", "--table", str(file), "--json")
    assert answer.code == 2
    (row,) = answer.document["findings"]
    assert (row["code"], row["line"], row["file"]) == ("deals.choice", 3, str(file))


def test_the_terminal_tells_amounts_sources_and_verdicts(ask: Ask) -> None:
    answer = ask("deal", "comps", str(ROOT / "examples/tunlametinib.yaml"), "--structure", "newco", "--limit", "2")
    assert (answer.code, answer.err) == (0, "")
    for said in ("nominal US dollars", "https://", "nearest to tunlametinib", "partially pooled", "left-out"):
        assert said in " ".join(answer.out.split())


def test_deals_written_to_a_file_are_a_table_that_is_read_again(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "deals.csv"
    words = ("deal", "comps", "--as-of", "2025-06-30", "--json")
    answer = ask(*words, "--out", str(file)).document
    again = ask(*words, "--table", str(file), "--limit", "1000").document
    assert len(answer["deals"]) == answer["n"] > 20
    assert again["deals"] == answer["deals"]
    assert again["quantiles"] == answer["quantiles"]


def test_a_file_of_another_kind_is_refused(ask: Ask, tmp_path: Path) -> None:
    answer = ask("deal", "comps", "--out", str(tmp_path / "deals.xls"), "--json")
    assert (answer.code, answer.document["findings"][0]["code"]) == (2, "export.kind")


def test_packaged_rows_are_dated_and_graded() -> None:
    assert len(packaged_deals()) >= 100
    assert all(deal.announced_on <= date.fromisoformat(NEWEST) for deal in packaged_deals())
