"""The documents that others rely on: due, rules, check, explain."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.cli.asking import Ask
from tests.model.programmes import TEXT

CTA = "cn.nmpa.clinical_trial_application.review"
DUE = ("due", "--jurisdiction", "CN", "--from", "2024-02-05", "--count")


def test_thirty_working_days_over_the_chinese_new_year_of_2024(ask: Ask) -> None:
    # State Council notice for 2024: 10 to 17 February off, 4 and 18 February worked. Days 1 to 4 are 6 to 9 February,
    # 5 to 10 are 18 to 23 February; four weeks of five follow.
    found = ask(*DUE, "30 wd", "--json").document
    assert found["due"] == "2024-03-22"
    assert found["projected"] is False
    skipped = [row["day"] for row in found["skipped"]]
    assert skipped[:8] == [f"2024-02-{day}" for day in range(10, 18)]
    weekends = ["2024-02-24", "2024-02-25", "2024-03-02", "2024-03-03", "2024-03-09", "2024-03-10"]
    assert skipped[8:] == [*weekends, "2024-03-16", "2024-03-17"]
    assert all(row["reason"] for row in found["skipped"])
    assert [row["day"] for row in found["make_up_days"]] == ["2024-02-18"]


def test_the_start_day_counts_only_when_asked_for(ask: Ask) -> None:
    assert ask(*DUE, "1 wd", "--json").document["due"] == "2024-02-06"
    assert ask(*DUE, "1 wd", "--inclusive", "--json").document["due"] == "2024-02-05"
    assert ask(*DUE, "30 wd", "--inclusive", "--json").document["due"] == "2024-03-21"


def test_a_due_day_can_roll(ask: Ask) -> None:
    assert ask(*DUE, "5 days", "--json").document["due"] == "2024-02-10"
    assert ask(*DUE, "5 days", "--roll", "next", "--json").document["due"] == "2024-02-18"
    assert ask(*DUE, "5 days", "--roll", "previous", "--json").document["due"] == "2024-02-09"


def test_days_beyond_the_published_calendars_are_projected(ask: Ask) -> None:
    words = ("due", "--jurisdiction", "CN", "--from", "2035-02-05", "--count", "30 wd")
    assert ask(*words, "--json").document["projected"] is True
    assert "projected" in ask(*words).out
    assert "projected" not in ask(*DUE, "30 wd").out


def test_the_due_day_is_read_by_a_person_first(ask: Ask) -> None:
    lines = ask(*DUE, "30 wd").out.splitlines()
    assert lines[0] == "2024-03-22"
    assert lines[1].startswith("  skipped 2024-02-10  ")


@pytest.fixture
def rules(ask: Ask) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask("rules", "list", "--json").document
    return found


def test_rules_list_has_the_keys_of_its_contract(rules: list[dict[str, Any]]) -> None:
    keys = {"id", "jurisdiction", "unit", "versions", "kind", "nature", "variants", "until"}
    version_keys = {"announced", "from", "attested", "value", "source_grade", "source"}
    assert isinstance(rules, list)
    assert {row["kind"] for row in rules} == {"rule", "procedure"}
    for row in rules:
        assert keys <= set(row)
        assert all({"when", "versions"} <= set(variant) for variant in row["variants"])
        for version in [*row["versions"], *(v for variant in row["variants"] for v in variant["versions"])]:
            assert version_keys <= set(version)
            assert version["source"] or version["source_grade"] == "unverified"


def test_rules_list_gives_china_the_60_and_the_30_working_days(rules: list[dict[str, Any]]) -> None:
    (row,) = [row for row in rules if row["id"] == CTA]
    assert (row["jurisdiction"], row["kind"]) == ("CN", "rule")
    assert {version["value"] for version in row["versions"]} == {60}
    thirty = [v for variant in row["variants"] for v in variant["versions"] if v["value"] == 30]
    assert "2025-09-12" in [version["from"] for version in thirty]


def test_the_day_before_a_rule_is_announced_does_not_know_it(ask: Ask) -> None:
    words = ("rules", "show", CTA, "--condition", "class_1_innovative", "--condition", "national_key_support", "--json")
    assert ask(*words, "--on", "2025-09-11").document["on"]["value"] == 60
    assert ask(*words, "--on", "2025-09-12").document["on"]["value"] == 30
    assert ask(*words, "--on", "2025-09-12", "--known-on", "2025-09-11").document["on"]["value"] == 60


def test_a_day_before_every_value_of_a_rule_is_an_error_with_the_first_day(
    ask: Ask, rules: list[dict[str, Any]]
) -> None:
    """Rules all of whose values have a start day: nothing can be said of 1900."""
    dated = [row for row in rules if row["kind"] == "rule" and row["versions"] and not row["variants"]]
    dated = [row for row in dated if all(v["from"] and v["status"] != "proposed" for v in row["versions"])]
    assert len(dated) > 20
    for row in dated[:: len(dated) // 10]:
        answer = ask("rules", "show", row["id"], "--on", "1900-01-01", "--json")
        (finding,) = answer.document["findings"]
        assert (answer.code, finding["code"], finding["value"]) == (2, "rule.no_value", "1900-01-01")
        assert min(version["from"] for version in row["versions"]) in finding["hint"]


def test_a_day_before_an_undated_value_is_flagged(ask: Ask, rules: list[dict[str, Any]]) -> None:
    row = next(r for r in rules if r["kind"] == "rule" and [v["from"] for v in r["versions"]] == [None])
    found = ask("rules", "show", row["id"], "--on", "1900-01-01", "--json").document["on"]
    assert found["start_unknown"] is True
    assert "no source says since when" in ask("rules", "show", row["id"], "--on", "1900-01-01").out
    attested = ask("rules", "show", row["id"], "--on", row["versions"][0]["attested"][0], "--json").document["on"]
    assert attested["start_unknown"] is False


@pytest.mark.parametrize("name", ["tunlametinib", "adc_shanghai", "dual_submission", "minimal", "lean_poc"])
def test_examples_have_no_errors(name: str, ask: Ask, repository: Path) -> None:
    path = str(repository / "examples" / f"{name}.yaml")
    answer = ask("check", path, "--json")
    assert answer.code == 0
    assert answer.document["errors"] == 0
    assert answer.document["file"] == path
    assert {row["severity"] for row in answer.document["findings"]} <= {"warning", "note"}
    keys = {"code", "severity", "message", "hint", "path", "file", "line", "value"}
    assert all(set(row) == keys for row in answer.document["findings"])


def test_check_as_of_an_earlier_day_hides_what_came_later(ask: Ask, repository: Path) -> None:
    path = str(repository / "examples" / "tunlametinib.yaml")
    rows = ask("check", path, "--as-of", "2024-03-14", "--json").document["findings"]
    hidden = [row for row in rows if row["code"] == "as_of.hidden"]
    assert "2024-03-15" in [row["value"] for row in hidden]
    assert all(date.fromisoformat(row["value"][:10]) > date(2024, 3, 14) for row in hidden if len(row["value"]) == 10)
    assert all(row["line"] > 0 for row in hidden)


def test_explain_goes_down_to_the_sources(ask: Ask, passport: Path) -> None:
    file = str(passport / "passport.json")
    chain = ask("explain", file, "value.rnpv_usd.mean", "--json").document["chain"]
    assert chain[0]["path"] == "value.rnpv_usd.mean"
    assert chain[0]["depth"] == 0
    assert [row for row in chain if row["source"] and row["origin"] == "base_rate"]
    first = {row["path"]: row for row in reversed(chain)}
    for row in chain:
        assert set(row["from"]) <= set(first)
        # What does not rest on other values says itself where it comes from.
        assert row["from"] or row["origin"] != "derived"
    for depth in range(1, max(row["depth"] for row in chain) + 1):
        assert any(row["depth"] == depth for row in chain)


def test_explain_finds_a_number_by_the_name_of_its_estimate(ask: Ask, passport: Path) -> None:
    file = str(passport / "passport.json")
    assert ask("explain", file, "VALUE.rnpv_usd", "--json").document["chain"][0]["path"] == "value.rnpv_usd.mean"
    text = ask("explain", file, "development.phase_3.success_prob").out
    assert "base_rate" in text
    assert "source: " in text


def test_explain_of_an_unknown_path_names_near_ones(ask: Ask, passport: Path) -> None:
    answer = ask("explain", str(passport / "passport.json"), "development.phase_3.colour", "--json")
    (finding,) = answer.document["findings"]
    assert (answer.code, finding["code"]) == (2, "explain.unknown_path")
    assert "development.phase_3." in finding["hint"]


def test_the_passport_on_disk_is_the_one_that_json_prints(ask: Ask, minimal: str, passport: Path) -> None:
    printed = ask("passport", minimal, "--draws", "500", "--json").document
    assert json.loads((passport / "passport.json").read_text(encoding="utf-8")) == printed
    assert (passport / "passport.html").read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html")
    run = json.loads((passport / "run.json").read_text(encoding="utf-8"))
    assert set(run) == {"started", "seconds", "threads"}
    assert run["started"] not in (passport / "passport.json").read_text(encoding="utf-8")


def test_asking_for_a_scenario_changes_no_number_of_the_base(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "pill.yaml"
    file.write_text(TEXT, encoding="utf-8")
    words = ("passport", str(file), "--draws", "500", "--json")
    base = ask(*words).document
    both = ask(*words, "--scenario", "dearer", "--scenario", "europe").document
    assert [row["name"] for row in both["scenarios"]] == ["dearer", "europe"]
    assert both["scenarios"][0]["rnpv_difference_usd"]["mean"] > 0
    for key in set(base) - {"scenarios", "inputs_hash"}:
        assert both[key] == base[key], key


@pytest.mark.parametrize(
    "words",
    [
        ("policy", "list"),
        ("policy", "show", "cn.shanghai.2024"),
        ("policy", "match", "FILE"),
        ("rules", "coverage"),
        ("backtest", "reviews"),
    ],
    ids=" ".join,
)
def test_a_command_without_chance_takes_draws_and_seed_and_answers_the_same(
    ask: Ask, minimal: str, words: tuple[str, ...]
) -> None:
    asked = [minimal if word == "FILE" else word for word in words]
    plain, drawn = ask(*asked, "--json"), ask(*asked, "--draws", "200", "--seed", "7", "--json")
    assert (plain.code, drawn.code) == (0, 0)
    assert plain.out == drawn.out
    assert ask(*asked, "--seed", "-1").code == 2
