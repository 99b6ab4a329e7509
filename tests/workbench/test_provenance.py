"""Every number leads to a source, or says that it has none."""

from __future__ import annotations

import pytest

from onepill.core.errors import InputError
from onepill.model import load_programme
from onepill.model.checks import values_of
from onepill.workbench.plan.plain_inputs import value_path
from onepill.workbench.results.derive import explain
from tests.workbench.passports import EXAMPLES, Row, example, passport_of, text_of

pytestmark = pytest.mark.parametrize("name", [*EXAMPLES, "paul_2010"])


def rows_of(name: str) -> dict[str, Row]:
    return {row["path"]: row for row in example(name)["provenance"]}


def test_every_value_of_the_file_has_a_row(name: str) -> None:
    programme = load_programme(text_of(name), file=name).programme
    rows = rows_of(name)
    paths = [value_path(path) for path, _ in values_of(programme) if not path.startswith("scenarios.")]
    assert paths
    assert [path for path in paths if path not in rows] == []


def test_every_plain_number_that_moves_a_market_has_a_row(name: str) -> None:
    programme, rows = load_programme(text_of(name), file=name).programme, rows_of(name)
    for key, market in programme.markets.items():
        path = f"markets.{key.lower()}"
        wanted = [f"{path}.growth_per_year", f"{path}.uptake", f"{path}.loss_of_exclusivity.retained_share"]
        wanted += [f"{path}.price_steps.{i}.factor" for i in range(len(market.price_steps))]
        wanted += [f"{path}.payers.{i}.patient_share" for i in range(len(market.payers))]
        assert [p for p in wanted if p not in rows] == []
    assert [c for c in programme.capital.exchange_rates if f"capital.exchange_rates.{c.lower()}" not in rows] == []


def test_every_draw_and_gate_of_the_tornado_has_a_row(name: str) -> None:
    rows = rows_of(name)
    assert [row["path"] for row in example(name)["value"]["tornado"] if row["path"] not in rows] == []


def test_every_path_that_a_row_was_derived_from_exists(name: str) -> None:
    rows = rows_of(name)
    missing = {(path, parent) for path, row in rows.items() for parent in row["from"] if parent not in rows}
    assert missing == set()


def test_every_row_of_a_rule_has_a_source_unless_it_is_unverified(name: str) -> None:
    for row in rows_of(name).values():
        if row["origin"] in ("rule", "base_rate", "registry") and row["source_grade"] != "unverified":
            assert row["source"], row["path"]
            assert row["source"]["title"], row["path"]
        if row["origin"] == "assumption":
            assert row["note"], row["path"]


def test_no_value_is_derived_from_itself(name: str) -> None:
    rows = rows_of(name)
    done: set[str] = set()

    def visit(path: str, trail: tuple[str, ...]) -> None:
        assert path not in trail, f"{' <- '.join((*trail, path))}"
        if path not in done:
            for parent in rows[path]["from"]:
                visit(parent, (*trail, path))
            done.add(path)

    for path in rows:
        visit(path, ())
    assert done == set(rows)


def test_the_answers_numbers_lead_to_inputs(name: str) -> None:
    """Each chain ends in rows that are given and not derived."""
    document = example(name)
    paths = ["value.rnpv_usd.mean", "value.rnpv_expected_usd.mean", "value.cost_per_launch_usd.capitalised"]
    paths += [f"milestones.{row['id']}.p50" for row in document["milestones"] if row["status"] == "simulated"]
    paths += [f"success.gates.{row['id']}.prob" for row in document["success"]["gates"]]
    for path in paths:
        chain = explain(document, path)
        assert chain[0]["path"] == path
        assert chain[0]["depth"] == 0
        leaves = [row for row in chain if not row["from"] and not row["repeated"]]
        assert leaves, path
        assert all(row["origin"] != "derived" for row in leaves), path


def test_the_value_of_a_row_is_the_number_that_is_shown(name: str) -> None:
    document, rows = example(name), rows_of(name)
    assert rows["value.rnpv_usd.mean"]["value"] == document["value"]["rnpv_usd"]["mean"]
    for row in document["milestones"]:
        assert rows[f"milestones.{row['id']}.p50"]["value"] == row["p50"]
        assert rows[f"milestones.{row['id']}.prob"]["value"] == row["prob"]
    for row in document["success"]["markets"]:
        key = row["milestone"].removesuffix(".approval").upper()
        assert rows[f"success.markets.{key}.cumulative_prob"]["value"] == row["cumulative_prob"]


def test_a_milestone_before_the_decision_does_not_rest_on_the_decision(name: str) -> None:
    rows = rows_of(name)
    filed = [path for path in rows if path.endswith(".filed.prob")]
    assert filed
    for path in filed:
        own = path.removeprefix("milestones.").removesuffix(".filed.prob")
        assert f"success.gates.{own}.approval.prob" not in rows[path]["from"]


def test_explain_ends_and_an_unknown_path_names_near_ones(name: str) -> None:
    document = example(name)
    assert len(explain(document, "value.rnpv_usd")) < 10_000
    with pytest.raises(InputError) as error:
        explain(document, "value.nothing")
    assert "value." in error.value.findings[0].hint


def test_a_value_in_a_foreign_currency_leads_to_the_exchange_rate(name: str) -> None:
    text = text_of("minimal").replace("15 MUSD", "100 MCNY")
    text += "capital: {exchange_rates: {CNY: {per_usd: 7.25, date: 2024-08-01}}}\n"
    chain = explain(passport_of(text), "development.phase_2.cost")
    assert [row["path"] for row in chain] == ["development.phase_2.cost", "capital.exchange_rates.cny"], name


def test_every_effect_of_a_policy_leads_to_its_measures_and_their_sources(name: str) -> None:
    document, rows = example(name), rows_of(name)
    for policy in document["policies"]:
        effects = {f"{policy['id']}.together": policy["together"]}
        counted = [row for row in policy["measures"] if row["alone"] != "not_quantified"]
        effects |= {f"{row['id']}.{key}": row[key] for row in counted for key in ("alone", "left_out")}
        aspects = [row for row in policy["aspects"] if row["effect"] != "not_quantified"]
        effects |= {f"{policy['id']}.aspects.{row['aspect']}": row["effect"] for row in aspects}
        assert len(effects) > 10
        for path, effect in effects.items():
            means = {f"days_saved.{key}": found["mean"] for key, found in effect["days_saved"].items()}
            means |= {key: effect[key]["mean"] for key in ("rnpv_gain_usd", "patients_gain")}
            for key, mean in means.items():
                assert rows[f"policies.{path}.{key}.mean"]["value"] == mean
        for row in counted:
            chain = {r["path"] for r in explain(document, f"policies.{row['id']}.alone.rnpv_gain_usd.mean")}
            assert {f"measures.{row['id']}", f"policy_uptake.{row['id']}", "value.rnpv_usd.mean"} <= chain
            assert rows[f"measures.{row['id']}"]["source"]["title"]
            assert rows[f"policy_uptake.{row['id']}"]["value"] == row["uptake"]
