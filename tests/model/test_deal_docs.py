"""The page about the terms of a deal is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from onepill.model import load_programme
from onepill.model.deal import STRUCTURES
from onepill.model.deal_load import load_deal
from tests.model.test_docs import MADE_BY


@pytest.fixture
def page(repository: Path) -> str:
    return (repository / "docs" / "methods" / "deal-terms.md").read_text(encoding="utf-8")


def test_its_example_is_sound_on_the_example_programme(page: str, repository: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", page, re.S)
    programme = load_programme((repository / "examples" / "tunlametinib.yaml").read_text(encoding="utf-8")).programme
    assert load_deal(text, programme).findings == ()
    assert all(f" {name}" in text for name in STRUCTURES)


def test_its_table_names_every_finding_of_the_deals_model(page: str, repository: Path) -> None:
    texts = [file.read_text(encoding="utf-8") for file in (repository / "src/onepill/model").glob("deal*.py")]
    made = {one or other for text in texts for one, other in MADE_BY.findall(text)}
    made |= {code for text in texts for code in re.findall(r'error\(\s*"([a-z_]+\.[a-z_]+)"', text)}
    table = page.partition("## Findings")[2].partition("While valuing")[0]
    named = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", table))
    assert len(made) > 40
    assert made - named == set()
    whole = "\n".join(texts)
    assert {code for code in named if f'"{code}"' not in whole} == set()


def test_its_tables_name_every_key_of_a_term(page: str) -> None:
    from onepill.model import deal_terms as terms

    kinds = (
        *(terms.PaymentTerm, terms.FundingTerm, terms.SalesMilestoneTerm, terms.RoyaltyTerm),
        *(terms.ProfitShareTerm, terms.CostShareTerm, terms.SupplyTerm, terms.LoanTerm),
    )
    keys = {name.rstrip("_") for model in kinds for name in model.model_fields}
    assert {key for key in keys if f"`{key}" not in page} == set()
