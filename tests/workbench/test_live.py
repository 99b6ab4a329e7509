"""A programme while it is edited: the numbers of a saved one, refusals that leave the rest, text that reads back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.core.documents import read_document
from onepill.core.errors import InputError
from onepill.workbench.asking.context import Context
from onepill.workbench.asking.live_cache import Recent
from onepill.workbench.operations import operation
from onepill.workbench.workspace.typed_values import read_typed, typed, with_origin

PILL = "tunlametinib-nras-melanoma"
SHARE = "markets.US.peak_share"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    return Context(home=tmp_path_factory.mktemp("home"))


def live(context: Context, **fields: object) -> dict[str, object]:
    found = operation("programmes live")
    answer = found.ask(found.question(**{"id": PILL, "draws": 2_000, **fields}), context=context)
    found.answer.model_validate(answer)
    return answer


def test_without_a_change_nothing_moves(context: Context) -> None:
    answer = live(context)
    assert (answer["moved"], answer["changes"], answer["base"]) == (None, [], answer["now"])


def test_a_change_is_worth_what_the_changed_file_is_worth(context: Context) -> None:
    """The slow twin: the changed text, read as a file, compared with the saved version on the same futures."""
    answer = live(context, changes=[f"{SHARE}=0.1 – 0.2 – 0.3"], with_text=True)
    compare = operation("programmes compare")
    twin = compare.ask(compare.question(id=PILL, text=answer["text"], draws=2_000), context=context)
    side = twin["sides"][0]
    assert round(answer["moved"]["rnpv_usd"]["mean"]) == side["rnpv_difference_usd"]["mean"]
    assert round(answer["moved"]["rnpv_usd"]["standard_error"]) == side["rnpv_difference_usd"]["standard_error"]
    assert answer["moved"]["rnpv_usd"]["mean"] < 0


def test_the_passport_of_a_change_is_the_passport_of_the_changed_file(context: Context) -> None:
    answer = live(context, changes=[f"{SHARE}=0.2"], with_text=True, with_passport=True)
    passport = operation("passport")
    shown = operation("programmes show")
    table = shown.ask(shown.question(id=PILL), context=context)["competitors"]
    given_table = {"text": table["text"], "file": table["file"]}
    twin = passport.ask(
        passport.question(text=answer["text"], file=f"{PILL}.yaml", draws=2_000, competitors=given_table)
    )
    for part in ("value", "milestones", "success", "answer"):
        assert answer["passport"][part] == twin[part]


def test_a_scenario_of_the_file_moves_what_compare_says(context: Context) -> None:
    compare = operation("programmes compare")
    twin = compare.ask(compare.question(id=PILL, scenarios=["without_japan"], draws=2_000), context=context)
    answer = live(context, scenario="without_japan")
    assert round(answer["moved"]["rnpv_usd"]["mean"]) == twin["sides"][0]["rnpv_difference_usd"]["mean"]


def test_a_refused_change_leaves_the_others_in_use(context: Context) -> None:
    both = live(context, changes=[f"{SHARE}=1.2", "capital.discount_rate_per_year=0.2"])
    one = live(context, changes=["capital.discount_rate_per_year=0.2"])
    assert [row["path"] for row in both["findings"]] == [SHARE]
    assert both["moved"] == one["moved"]


@pytest.mark.parametrize("path", ["markets.XX.peak_share", "nowhere.at.all", "development.none.cost"])
def test_a_path_that_leads_nowhere_is_told_by_its_path(context: Context, path: str) -> None:
    answer = live(context, changes=[f"{path}=0.2"])
    assert [(row["code"], row["path"]) for row in answer["findings"]] == [("edit.path", path)]
    assert answer["moved"] is None


def test_a_change_that_is_none_is_an_error(context: Context) -> None:
    with pytest.raises(InputError, match="no change"):
        live(context, changes=["markets.US.peak_share"])


def test_the_error_shrinks_with_the_root_of_the_futures(context: Context) -> None:
    found = operation("programmes live")
    errors = [
        found.ask(found.question(id=PILL, draws=draws, changes=[f"{SHARE}=0.2"]), context=context)["moved"]["rnpv_usd"][
            "standard_error"
        ]
        for draws in (2_000, 32_000)
    ]
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.25), "16 times as many futures, a quarter of the error"


def test_a_changed_number_is_an_assumption_unless_it_names_its_source() -> None:
    assert with_origin(0.2, {"value": 0.3, "factors": {"e": 0.6}}, "")["factors"] == {"e": 0.6}
    assert "assumption" in with_origin(0.2, None, " ")
    assert with_origin({"low": 1, "high": 2}, None, "a report") == {"low": 1, "high": 2, "source": "a report"}


numbers = st.decimals(min_value=0, max_value=10**6, places=2, allow_nan=False).map(lambda n: f"{n:f}")
units = st.sampled_from(["", "months", "MUSD", "wd", "CNY"])


@given(st.lists(numbers, min_size=2, max_size=3), units)
def test_what_is_shown_is_read_back(ends: list[str], unit: str) -> None:
    keys = ("low", "high") if len(ends) == 2 else ("low", "mode", "high")
    raw = {
        key: read_document(f"value: {end} {unit}".strip()).data["value"] for key, end in zip(keys, ends, strict=True)
    }
    assert {key: str(value).replace("_", "") for key, value in read_typed(typed(raw)).items()} == {
        key: str(value) for key, value in raw.items()
    }, "thousands stand apart, the digits are the same"
    assert typed({**raw, "assumption": "why"}) == typed(raw)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("15,500 USD", "15_500 USD"),
        ("0.2", 0.2),
        ("21%", 0.21),
        ("10 – 20 – 30 %", {"low": 0.1, "mode": 0.2, "high": 0.3}),
        ("{p10: 1 MUSD, p90: 3 MUSD}", {"p10": "1 MUSD", "p90": "3 MUSD"}),
        ("1 - 2 - 3 months", {"low": "1 months", "mode": "2 months", "high": "3 months"}),
        ("2024-03-15", "2024-03-15"),
    ],
)
def test_texts_are_read_as_a_file_would_hold_them(text: str, value: object) -> None:
    assert read_typed(text) == value


def test_what_is_kept_is_bounded_and_the_oldest_goes_first() -> None:
    kept, made = Recent[int](2), []
    for key in (1, 2, 1, 3, 2):
        kept.get(key, lambda key=key: made.append(key) or key)
    assert (made, len(kept)) == ([1, 2, 3, 2], 2)


EXAMPLES = ("dual-submission", "lean-proof-of-concept", "lm-302-gastric", "minimal", PILL)
KINDS = {
    "development.global_phase_3.duration": ("20 – 30 – 40 months", "a while"),
    "markets.us.net_price_per_month": ("{p10: 10_000 USD, p90: 20_000 USD}", "{low: 3 USD, high: 1 USD}"),
    "markets.us.tax_share": ("21%", "210%"),
    "markets.us.uptake": ("5 years", "{years_to_peak: never}"),
    "markets.us.loss_of_exclusivity.exclusivity_years": ("7 years", "{low: 3, high: 7}"),
    "markets.us.loss_of_exclusivity.patent": ("2039-06-30", "2039-02-30"),
    "capital.convention": ("end_year", "whenever"),
    "capital.exchange_rates.cny.per_usd": ("7.1", "seven"),
    "filings.us.designations": ("[fast_track]", "{fast: track}"),
    "filings.cn_conversion.conditions.supplement_needs_inspection": ("false", "maybe"),
}


def test_every_kind_of_input_is_typed_and_refused_at_its_own_path(context: Context) -> None:
    for path, (good, bad) in KINDS.items():
        found = live(context, draws=100, changes=[f"{path}={good}"])
        row = next(row for row in found["inputs"] if row["path"] == path)
        assert (found["findings"], len(found["changes"]), row["may_change"]) == ([], 1, True), path
        assert row["before"] is not None, path
        refused = live(context, draws=100, changes=[f"{path}={bad}"])
        assert refused["changes"] == [], path
        assert refused["findings"][0]["path"].lower().startswith(path), path


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_an_input_shows_may_be_typed_again(context: Context, name: str) -> None:
    shown = [
        row for row in live(context, draws=100, id=name)["inputs"] if row["may_change"] and row["text"] is not None
    ]
    found = live(context, draws=100, id=name, changes=[f"{row['path']}={row['text']}" for row in shown])
    assert found["findings"] == []
    assert {row["path"]: row["text"] for row in found["inputs"] if row["text"] is not None} == {
        row["path"]: row["text"] for row in shown
    }


@pytest.mark.parametrize("path", ["markets.us.uptake", "markets.us.loss_of_exclusivity.patent"])
def test_a_source_is_kept_where_its_kind_of_input_has_a_place_for_it(context: Context, path: str) -> None:
    value = {"markets.us.uptake": "5 years", "markets.us.loss_of_exclusivity.patent": "2039-06-30"}[path]
    found = live(context, draws=100, changes=[f"{path}={value}"], sources=[f"{path}=A paper of 2026"], with_text=True)
    assert found["findings"] == []
    row = next(row for row in found["inputs"] if row["path"] == path)
    assert (row["source"]["title"], row["may_source"]) == ("A paper of 2026", True)
    assert "title: A paper of 2026" in found["text"]
