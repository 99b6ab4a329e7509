"""`onepill value` from the command line: text, JSON and errors with their place."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from onepill.cli.show_value import LAUNCHED_HEAD, YEAR_HEAD
from tests.cli.asking import Ask

FEW = ("--draws", "1000")


@pytest.fixture
def example(repository: Path) -> str:
    return str(repository / "examples" / "tunlametinib.yaml")


def test_the_funnel_and_the_years_of_each_market_are_read_with_their_units(ask: Ask, example: str) -> None:
    said = ask("value", example, *FEW, "--market", "US").out
    assert "8,290 patients" in said
    assert "patients.incidence" in said
    assert "chance of a loss" in said
    assert "Means over all futures; money in MUSD, price in USD a month" in said
    assert "Means over the futures with a launch" in said
    assert "\nCN: " not in said


def test_a_screenful_of_years_is_printed_with_the_highest_and_the_sum_of_all(ask: Ask, example: str) -> None:
    words = ("value", example, *FEW, "--market", "US")
    said, years = ask(*words).out, ask(*words, "--json").document["markets"][0]["years"]
    table = said.partition("Means over all futures")[2].partition("Means over the futures")[0].splitlines()[2:-1]
    assert len(table) == 9 < len(years)
    highest = max(years, key=lambda row: row["expected"]["net_sales_usd"]["mean"])["year"]
    assert {str(year) for year in (years[0]["year"], highest, years[-1]["year"])} <= {line[:4] for line in table}
    whole = sum(row["expected"]["discounted_usd"]["mean"] for row in years) / 1e6
    assert (table[-1].split()[0], table[-1].split()[-1]) == ("all", f"{whole:,.2f}")
    assert "8 of 20 years, the highest among them; every year: --csv FILE, --json" in said


def test_every_year_is_written_as_a_table(ask: Ask, example: str, tmp_path: Path) -> None:
    file = tmp_path / "years.csv"
    answer = ask("value", example, *FEW, "--csv", str(file), "--json").document
    with file.open(encoding="utf-8", newline="") as read:
        rows = list(csv.DictReader(read))
    told = [(row["id"], year) for row in answer["markets"] for year in row["years"]]
    assert [(r["market"], r["year"]) for r in rows if r["futures"] == "all"] == [(m, str(y["year"])) for m, y in told]
    assert len([r for r in rows if r["futures"] == "with_launch"]) == len([y for _, y in told if y["given_launch"]])
    present = sum(float(r["discounted_usd"]) for r in rows if r["futures"] == "all")
    assert present == pytest.approx(sum(year["expected"]["discounted_usd"]["mean"] for _, year in told))


def test_a_supplied_market_has_no_table_of_futures_with_a_launch(ask: Ask, example: str) -> None:
    said = ask("value", example, *FEW, "--market", "CN").out
    assert "CN: launched 2024-05-20" in said
    assert "with a launch:" not in said


def test_scenarios_stand_side_by_side(ask: Ask, example: str) -> None:
    answer = ask("value", example, *FEW, "--scenario", "without_japan", "--scenario", "expedited_us", "--json")
    assert [row["name"] for row in answer.document["scenarios"]] == ["without_japan", "expedited_us"]
    said = ask("value", example, *FEW, "--scenario", "without_japan").out
    assert "without_japan" in said


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--market", "XX"), "value.market"),
        (("--scenario", "nobody"), "scenario.unknown"),
        (("--draws", "5"), "option.value"),
        (("--market", ""), "option.value"),
    ],
)
def test_a_wrong_option_ends_with_its_code(ask: Ask, example: str, words: tuple[str, str], code: str) -> None:
    answer = ask("value", example, *words, "--json")
    assert answer.code == 2
    assert [found["code"] for found in answer.document["findings"]] == [code]


def test_a_mistake_in_a_flow_ends_with_its_line(ask: Ask, example: str, tmp_path: Path) -> None:
    file, text = tmp_path / "wrong.yaml", Path(example).read_text(encoding="utf-8")
    file.write_text(text.replace("line_share: {value: 0.5,", "line_share: {value: 50,"), encoding="utf-8")
    answer = ask("value", str(file), "--json")
    assert answer.code == 2
    (found,) = answer.document["findings"]
    assert (found["code"], found["hint"]) == ("value.share", "write 0.5 for 50 %")
    assert text.splitlines()[found["line"] - 1].strip().startswith("line_share: {value: 0.5")


def test_pools_rivals_and_classes_are_told_in_words(ask: Ask, tmp_path: Path) -> None:
    from tests.workbench.test_value import CLASS, HEAD, POOL

    pool, file = HEAD + POOL, tmp_path / "pill.yaml"
    file.write_text(pool, encoding="utf-8")
    assert "648 patients on the drug, evenly over 4 years from launch" in ask("value", str(file), *FEW).out
    file.write_text(HEAD + CLASS, encoding="utf-8")
    said = ask("value", str(file), *FEW).out
    assert "number 2 of 2 in the class: 41.4% of it (exponent 0.5); 2.5 of 3 rivals expected" in said
    assert "if no rival comes" in said


@pytest.mark.parametrize("patients", ["20_000", "900_000"])
def test_no_heading_and_no_number_is_broken_in_a_terminal_of_80_columns(
    ask: Ask, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, patients: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    file = tmp_path / "large.yaml"
    text = (repository / "examples" / "minimal.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("20_000", patients), encoding="utf-8")
    said = ask("value", str(file), *FEW).out
    tables = said.partition("Means over all futures")[2].partition("Means over the futures")
    for table, words in ((tables[0], YEAR_HEAD), (tables[2], LAUNCHED_HEAD)):
        lines = [line.split() for line in table.splitlines()[1:] if line[:4].isdigit()]
        assert len(lines) >= 7
        assert {len(line) for line in lines} == {len(words)}
        heads = table.partition(f"\n{lines[0][0]}")[0].partition("\n")[2].replace("\n", " ").split()
        assert set(" ".join(words).split()) == set(heads)


@pytest.mark.parametrize(
    ("lang", "told"), [("en", "deterministic rNPV, {} MUSD"), ("zh", "{}百万美元；上面的模拟均值")]
)
def test_a_workbook_is_told_with_its_own_value_beside_the_simulated_mean(
    ask: Ask, repository: Path, tmp_path: Path, lang: str, told: str
) -> None:
    file, book = str(repository / "examples" / "minimal.yaml"), tmp_path / "book.xlsx"
    said = ask("value", file, *FEW, "--workbook", str(book), "--lang", lang).out
    back = ask("import-workbook", str(book), file, "--json").document
    assert told.format(f"{back['rnpv_before_usd'] / 1e6:,.2f}") in said
    first = next(line for line in said.splitlines() if line.startswith("rNPV "))
    assert f"{first.split()[1]} ± {first.split()[3]} " in said.partition(str(book))[2].replace("百万美元", " ")
