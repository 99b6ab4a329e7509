"""A scenario's changes: their order, what they may reach, and that the base stays as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.model import load_programme
from tests.model.programmes import FILE, TEXT, errors_of, findings_of, line_of, spoilt


def test_changes_act_in_their_order_and_the_last_one_stays() -> None:
    found = load_programme(TEXT, scenarios=["dearer"]).programme
    assert found.markets["US"].net_price_per_month.text == "15_000 USD"


def test_a_change_may_build_on_what_an_earlier_one_added() -> None:
    found = load_programme(TEXT, scenarios=["europe"]).programme
    assert str(found.filings["EU"].not_before) == "2030-01-01"


def test_scenarios_are_applied_one_after_the_other() -> None:
    both = load_programme(TEXT, scenarios=["europe", "dearer"])
    assert "EU" in both.programme.filings
    assert both.programme.markets["US"].net_price_per_month.text == "15_000 USD"


def test_the_base_does_not_feel_its_scenarios() -> None:
    base = load_programme(TEXT)
    changed = load_programme(TEXT, scenarios=["dearer", "europe"])
    again = load_programme(TEXT)
    assert base.programme == again.programme
    assert base.data == again.data
    assert changed.document.data == base.document.data
    bare = load_programme(TEXT[: TEXT.index("scenarios:")])
    assert bare.programme == base.programme.model_copy(update={"scenarios": {}})


def test_ids_in_paths_are_found_in_either_case() -> None:
    text = spoilt(
        ("path: markets.us.net_price_per_month, value: 15_000", "path: MARKETS.Us.Net_Price_per_month, value: 16_000")
    )
    found = load_programme(text, scenarios=["dearer"]).programme
    assert found.markets["US"].net_price_per_month.text == "16_000 USD"


@pytest.mark.parametrize(
    "path",
    [
        "markets.jp.net_price_per_month",
        "market.us",
        "development.phase_2.regions.1",
        "development.phase_2.regions.first",
        "programme.name",
        "programme.",
        "",
        ".",
        "markets..us",
        "factors.efficacy.x",
    ],
)
def test_an_unknown_path_is_an_error_on_its_line_even_when_nobody_asks_for_the_scenario(path: str) -> None:
    text = spoilt(("path: filings.EU.not_before", f"path: '{path}'"))
    line = line_of("value: 2030-01-01", text)
    for scenarios in ([], ["europe"]):
        (finding,) = findings_of(text, scenarios=scenarios)
        # A path of empty words sets an empty key of the file itself, which the schema refuses.
        assert finding.code in ("scenario.path", "schema.unknown_key")
        assert finding.line == line


def test_all_unknown_paths_of_all_scenarios_come_together() -> None:
    text = spoilt(
        ("path: markets.us.net_price_per_month, value: 12_000", "path: markets.fr.x, value: 12_000"),
        ("path: markets.us.net_price_per_month, value: 15_000", "path: markets.gr.x, value: 15_000"),
        ("path: filings.EU.not_before", "path: filings.FR.not_before"),
    )
    lines = [line_of(part, text) for part in ("markets.fr.x", "markets.gr.x", "filings.FR")]
    assert errors_of(text) == [("scenario.path", line) for line in lines]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("value: 2030-01-01", "value: 2030-02-30"), "day.unknown"),
        (("EU.not_before, value: 2030-01-01", "EU.notbefore, value: 2030-01-01"), "schema.unknown_key"),
        (("EU.not_before, value: 2030-01-01", "EU.after, value: [phase_9]"), "reference.unknown"),
        (("filings.EU.not_before, value: 2030-01-01", "filings, value: 5"), "schema.type"),
        (("filings.EU.not_before, value: 2030-01-01", "as_of, value: [1]"), "day.format"),
    ],
)
def test_what_a_change_sets_is_checked_and_has_the_line_of_the_change(change: tuple[str, str], code: str) -> None:
    text = spoilt(change)
    (finding, *_) = findings_of(text, scenarios=["europe"])
    assert (finding.code, finding.line) == (code, line_of(change[1], text))
    assert "scenario europe" in finding.message


def test_a_mistake_inside_a_new_part_has_its_own_line() -> None:
    text = spoilt(("          after: [phase_3]\n", "          route: nda\n          aftr: [phase_3]\n"))
    assert ("schema.unknown_key", line_of("aftr:", text)) in errors_of(text)


def test_an_unknown_scenario_is_told_the_known_ones() -> None:
    (finding,) = findings_of(TEXT, scenarios=["dearest"])
    assert (finding.code, finding.line, finding.value) == ("scenario.unknown", line_of("scenarios:"), "dearest")
    assert "dearer, europe" in finding.hint


def test_a_scenario_without_changes_is_refused() -> None:
    text = TEXT[: TEXT.index("scenarios:")] + "scenarios:\n  none:\n    changes: []\n"
    assert errors_of(text) == [("schema.too_short", line_of("changes:", text))]


@given(st.lists(st.integers(1, 99_999), min_size=1, max_size=5))
def test_any_chain_of_changes_equals_the_file_with_its_last_value(prices: list[int]) -> None:
    head = TEXT[: TEXT.index("scenarios:")]
    rows = [f"      - {{path: markets.us.net_price_per_month, value: {price} USD, reason: r}}" for price in prices]
    changed = load_programme(f"{head}scenarios:\n  s:\n    changes:\n" + "\n".join(rows) + "\n", scenarios=["s"])
    typed = load_programme(head.replace("9_000 USD", f"{prices[-1]} USD"), file=FILE)
    assert changed.programme.model_copy(update={"scenarios": {}}) == typed.programme
