"""`deal solve` on the example licence: shares met, limits kept, the zone's ends, the gap, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from onepill.core.errors import InputError
from onepill.sim import compile_plan
from onepill.workbench.deals.ready import Stretches
from onepill.workbench.deals.run import open_deals
from onepill.workbench.deals.sides import OWN, Sides
from onepill.workbench.deals.structure import without_deal
from onepill.workbench.operations import operation
from onepill.workbench.questions.programme import DealText
from tests.workbench.passports import ROOT

Row = dict[str, Any]
PROGRAMME = (ROOT / "examples" / "tunlametinib.yaml").read_text(encoding="utf-8")
LICENCE = (ROOT / "examples" / "deals" / "licence.yaml").read_text(encoding="utf-8")
DRAWS = 4_000


def solved(*unknowns: str, terms: str = LICENCE, **options: Any) -> Row:
    found = operation("deal solve")
    asked = {"text": PROGRAMME, "file": "p.yaml", "deal": {"text": terms, "file": "d.yaml"}, "draws": DRAWS}
    answer: Row = found.ask(found.question.model_validate({**asked, "unknowns": list(unknowns), **options}))
    return answer


def test_the_share_that_is_wished_for_is_met_by_the_terms_that_are_told() -> None:
    found = solved("upfront_usd", licensor_share=0.45)
    assert found["feasible"]
    assert found["shares"]["licensor"] == pytest.approx(0.45, abs=1e-4)
    assert sum(found["shares"].values()) == pytest.approx(1)
    upfront = found["terms"]["upfront_usd"]
    again = solved("upfront_usd", licensor_share=0.6, counter=[f"upfront_usd={upfront:.0f}"])["counter"]
    assert again["shares"]["licensor"] == pytest.approx(0.45, abs=1e-4)


def test_a_larger_share_takes_a_larger_upfront() -> None:
    shares = (0.4, 0.5, 0.6)
    upfronts = [solved("upfront_usd", licensor_share=share)["terms"]["upfront_usd"] for share in shares]
    assert upfronts == sorted(upfronts)
    assert upfronts[0] < upfronts[-1]


def test_several_terms_meet_the_share_within_their_ranges() -> None:
    found = solved("upfront_usd=0..20 MUSD", "royalty.rate=2%..12%", licensor_share=0.5)
    assert found["feasible"]
    assert 0 <= found["terms"]["upfront_usd"] <= 20e6
    assert 0.02 - 1e-9 <= found["terms"]["royalty.rate"] <= 0.12 + 1e-9
    assert found["shares"]["licensor"] == pytest.approx(0.5, abs=1e-3)


def test_without_a_share_the_owner_has_what_the_partners_limit_leaves() -> None:
    found = solved("upfront_usd", at_least=["partner=1 MUSD"])
    assert found["feasible"]
    assert found["binding"] == ["partner.least_usd"]
    assert found["parties"]["partner"]["own_utility_usd"] == pytest.approx(1e6, abs=2e3)


def test_what_cannot_be_met_says_what_stands_in_the_way() -> None:
    found = solved("upfront_usd=0..1 MUSD", licensor_share=0.99)
    assert not found["feasible"]
    assert "range.upfront.amount_usd" in found["binding"]
    assert "deal.infeasible" in {row["code"] for row in found["findings"]}


def test_at_the_ends_of_the_zone_one_side_has_just_what_it_has_outside() -> None:
    (term,) = solved("upfront_usd", licensor_share=0.5)["open_terms"]
    assert term["zone_low"] < term["zone_high"]
    ends = [f"upfront_usd={term[end]:.0f}" for end in ("zone_low", "zone_high")]
    low, high = (solved("upfront_usd", licensor_share=0.5, counter=[end])["counter"]["parties"] for end in ends)
    assert high["partner"]["own_utility_usd"] == pytest.approx(high["partner"]["outside_usd"], abs=2)
    is_indifferent = low["licensor"]["own_utility_usd"] == pytest.approx(low["licensor"]["outside_usd"], abs=2)
    assert is_indifferent or term["zone_low"] == term["low"]


def test_without_the_deal_a_partner_has_nothing_and_the_owner_no_less() -> None:
    parties = solved("upfront_usd", licensor_share=0.5)["parties"]
    assert parties["partner"]["outside_usd"] == 0
    assert parties["licensor"]["outside_usd"] == 0, "the whole programme is worth less than nothing on its own forecast"


def test_the_parts_of_a_gap_add_up_and_tax_parts_only_who_differ_in_tax() -> None:
    rows = solved("upfront_usd", licensor_share=0.5)["gap"]
    assert {row["of"] for row in rows} == {"licensor", "partner"}
    for row in rows:
        parts = ("beliefs_usd", "discount_rate_usd", "tax_usd", "risk_usd")
        assert sum(row[part] for part in parts) == pytest.approx(row["seen_usd"] - row["own_usd"], abs=4)
        assert (row["tax_usd"], row["risk_usd"]) == (0, 0)
        assert row["beliefs_usd"]
        assert row["discount_rate_usd"]


def test_a_fearful_partner_has_less_by_its_own_view_and_the_gap_names_risk() -> None:
    careful = LICENCE.replace("    role: licensee\n", "    role: licensee\n    risk: {weight: 0.2}\n")
    bold, shy = (solved("upfront_usd", licensor_share=0.5, terms=terms) for terms in (LICENCE, careful))
    worth = [found["parties"]["partner"] for found in (bold, shy)]
    assert worth[0]["own_utility_usd"] == worth[0]["own_npv_usd"]["mean"]
    assert worth[1]["own_utility_usd"] < worth[1]["own_npv_usd"]["mean"]
    assert any(row["risk_usd"] for row in shy["gap"])


def test_the_frontier_marks_the_efficient_terms() -> None:
    terms = solved("upfront_usd", "royalty.rate=0.02..0.12", licensor_share=0.5, draws=1_000, frontier=True)["frontier"]
    efficient = [row for row in terms if row["efficient"]]
    assert 0 < len(efficient) <= len(terms)
    for row in efficient:
        mine = row["utility_usd"]
        assert not any(all(other["utility_usd"][p] > mine[p] + 1 for p in mine) for other in terms)


@pytest.mark.parametrize(
    ("unknowns", "options", "code"),
    [
        (["upfrnt_usd"], {"licensor_share": 0.5}, "term.unknown"),
        (["regulatory_milestone_usd"], {"licensor_share": 0.5}, "term.ambiguous"),
        (["upfront_usd", "upfront.amount_usd"], {"licensor_share": 0.5}, "term.twice"),
        (["upfront_usd=5 MUSD"], {"licensor_share": 0.5}, "term.range"),
        (["upfront_usd=9 MUSD..5 MUSD"], {"licensor_share": 0.5}, "solve.range"),
        (["upfront_usd=1 MXYZ..5 MXYZ"], {"licensor_share": 0.5}, "deal.exchange_rate"),
        (["royalty.rate=0.1..1.5"], {"licensor_share": 0.5}, "term.value"),
        (["upfront_usd"], {}, "solve.nothing"),
        (["upfront_usd"], {"at_least": ["nobody=1 MUSD"]}, "limit.party"),
        (["upfront_usd"], {"most_loss": ["partner=140%"]}, "limit.chance"),
        (["upfront_usd"], {"licensor_share": 0.5, "counter": ["upfront_usd"]}, "term.value"),
        (["upfront_usd"], {"licensor_share": 0.5, "counter": ["upfront_usd=inf"]}, "term.value"),
        (["upfront_usd"], {"at_least": ["partner=nan"]}, "limit.amount"),
        (["upfront_usd"], {"at_least": ["partner=--5"]}, "unit.amount"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_hint(unknowns: list[str], options: Row, code: str) -> None:
    with pytest.raises(InputError) as caught:
        solved(*unknowns, draws=200, **options)
    (finding,) = caught.value.findings
    assert finding.code == code
    assert finding.hint or code == "solve.range"


def test_a_belief_that_leads_nowhere_is_told_with_its_place() -> None:
    lost = LICENCE.replace("    role: licensee\n", "    role: licensee\n    believes: [no_such_scenario]\n", 1)
    lost = lost.replace("    believes: [expedited_us]\n", "", 1)
    with pytest.raises(InputError) as caught:
        solved("upfront_usd", licensor_share=0.5, terms=lost)
    assert caught.value.findings[0].line


def test_without_the_deal_the_owner_has_the_programme_and_what_it_owes_upstream_and_a_partner_nothing() -> None:
    owed = "  upstream: [{licensor: a university, royalty: [{rate: 0.05}], territories: [US]}]\n"
    text = PROGRAMME.replace("rights:\n", f"rights:\n{owed}", 1)
    found = operation("deal value")
    asked = {"text": text, "file": "p.yaml", "deal": {"text": LICENCE, "file": "d.yaml"}, "draws": DRAWS}
    valued = found.ask(found.question.model_validate(asked))
    opened = open_deals(text, file="p.yaml", as_of=None, scenarios=[], deals=[DealText(text=LICENCE, file="d.yaml")])
    paths = Stretches(opened, compile_plan(opened.base.plan), DRAWS, 1, 2)
    sides = Sides(opened, opened.deals[0], paths)
    values = sides.values(without_deal(sides.posed.structure))
    alone = {party["id"]: party["without_usd"]["mean"] for party in valued["parties"]}
    assert values["licensor"].mean() == pytest.approx(alone["licensor"], abs=1)
    assert not values["partner"].any()
    assert not values[f"partner{OWN}"].any()


def test_a_gap_is_told_apart_by_what_differs_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beliefs and discount rate differ in the example: two rows of four combinations each."""
    seen, real = [], Sides.seen_by

    def counted(self: Sides, *given: Any) -> Any:
        seen.append(given)
        return real(self, *given)

    monkeypatch.setattr(Sides, "seen_by", counted)
    rows = solved("upfront_usd", licensor_share=0.5)["gap"]
    assert len(seen) == 8
    assert all(row["beliefs_usd"] and row["discount_rate_usd"] for row in rows)
    assert not any(row["tax_usd"] or row["risk_usd"] for row in rows)


def test_every_number_of_the_terms_has_its_source_or_says_that_it_is_assumed() -> None:
    rows = {row["path"]: row for row in solved("upfront_usd", licensor_share=0.5, draws=200)["inputs"]}
    upfront = rows["deals.licence_abroad.terms.upfront.amount"]
    assert (upfront["origin"], upfront["grade"] if "grade" in upfront else upfront["source_grade"]) == (
        "assumption",
        "unverified",
    )
    assert "capital.discount_rate_per_year" in rows


def test_a_frontier_over_a_term_of_nothing_asks_for_its_range() -> None:
    free = LICENCE.replace("amount: 4 MUSD", "amount: 0 MUSD", 1)
    with pytest.raises(InputError) as caught:
        solved("upfront_usd", licensor_share=0.5, terms=free, draws=200, frontier=True)
    assert caught.value.findings[0].code == "term.range"


@pytest.mark.slow
def test_conduits_have_no_say_in_the_zone_and_no_gap() -> None:
    terms = (ROOT / "examples" / "deals" / "modified_newco.yaml").read_text(encoding="utf-8")
    found = solved("upfront_usd", licensor_share=0.5, terms=terms, draws=400)
    conduits = {"newco", "renminbi_fund", "dollar_fund"}
    assert conduits < set(found["parties"])
    assert not conduits & {row[key] for row in found["gap"] for key in ("of", "seen_by")}
    assert {party for party, share in found["shares"].items() if share is None} >= conduits
