"""Names of drugs come to one key, combinations come apart, and what is no drug is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.registries.entities import company_key, drug_key, not_a_drug, split_names
from onepill.registries.entities.condition_names import condition_words
from onepill.registries.entities.drug_names import code_key, plain_key
from onepill.registries.entities.text import fold, slug

WORDS = st.sampled_from(
    ["pembrolizumab", "HL-085", "HL 085", "盐酸", "安罗替尼", "胶囊", "片", "注射用",
     "Sodium", "sulfate", "5 mg", "10%",
     "(Keytruda)", "β", "α-2b",
     "Tablets,", "+", "and", "/", "®", "-awwb", "oral", "Co., Ltd.", "有限公司", "集团",
     "GmbH",
     "cancer", "Cancers", "stage iv", "2型", "糖尿病", "magnesium", "hydrochloride", "BAY 59-7939"]
)  # fmt: skip
TEXTS = st.one_of(st.lists(WORDS, max_size=6).map(" ".join), st.text(max_size=40))


@given(TEXTS)
def test_every_normalisation_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert plain_key(plain_key(text)) == plain_key(text)
    assert drug_key(drug_key(text)) == drug_key(text)
    assert company_key(company_key(text)) == company_key(text)
    assert slug(slug(text)) == slug(text)
    assert condition_words(" ".join(condition_words(text))) == condition_words(text)


@pytest.mark.parametrize("spelling", ["HL-085", "HL085", "HL 085", "hl-085", "ＨＬ－085"])
def test_a_code_has_one_key_however_it_is_spelt(spelling: str) -> None:
    assert code_key(spelling) == "hl085"


@pytest.mark.parametrize("word", ["pembrolizumab", "S-1", "insulin glargine", "妥拉美替尼", "vitamin b12"])
def test_a_name_is_no_code(word: str) -> None:
    assert code_key(word) == ""


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Tunlametinib 3 mg capsules", "tunlametinib"),
        ("Metformin Hydrochloride 500 MG Extended-Release Oral Tablet", "metformin"),
        ("bevacizumab-awwb", "bevacizumab"),
        ("盐酸安罗替尼胶囊", "安罗替尼"),
        ("注射用紫杉醇", "紫杉醇"),
        ("马来酸吡咯替尼片", "吡咯替尼"),
        ("interferon α-2b", "interferon alpha-2b"),
        ("Magnesium Sulfate", "magnesium sulfate"),
        ("Sulphasalazine", "sulfasalazine"),
        ("BI 6727", "bi 6727"),
    ],
)
def test_what_is_not_the_substance_falls_away(written: str, key: str) -> None:
    assert drug_key(written) == key


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Drug A + Drug B", ("drug a", "drug b")),
        ("卡瑞利珠单抗联合阿帕替尼", ("卡瑞利珠单抗", "阿帕替尼")),
        ("gemcitabine, cisplatin and durvalumab", ("gemcitabine", "cisplatin", "durvalumab")),
        ("dolutegravir/lamivudine", ("dolutegravir", "lamivudine")),
        ("metformin 12.5/500 mg", ("metformin 12.5/500 mg",)),
        ("copanlisib (BAY80-6946 / placebo)", ("copanlisib (bay80-6946 / placebo)",)),
        ("pembrolizumab", ("pembrolizumab",)),
    ],
)
def test_combinations_come_apart(text: str, parts: tuple[str, ...]) -> None:
    assert split_names(text) == parts


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Placebo to Zoledronic Acid", "placebo"),
        ("安慰剂片", "placebo"),
        ("0.9% saline", "fluid"),
        ("Standard of care (SOC)", "care"),
        ("Shoulder Surgery", "procedure"),
        ("Mediterranean diet", "diet"),
        ("Drug eluting stent", "device"),
        ("Stereotactic radiotherapy", "radiation"),
        ("pembrolizumab", None),
        ("Proton pump inhibitor", None),
        ("CT-868", None),
        ("pembrolizumab + placebo", None),
    ],
)
def test_what_is_no_drug_is_told_with_its_reason(text: str, reason: str | None) -> None:
    assert not_a_drug(text) == reason


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Trametinib DMSO", "trametinib"),
        ("TRAMETINIB DIMETHYL SULFOXIDE", "trametinib"),
        ("trametinib dimethyl sulphoxide solvate", "trametinib"),
        ("GSK1120212 dimethyl sulfoxide", "gsk1120212"),
        ("dapagliflozin propanediol monohydrate", "dapagliflozin"),
        ("ertugliflozin L-pyroglutamic acid", "ertugliflozin"),
        ("irinotecan free base", "irinotecan"),
        ("lisdexamfetamine dimesylate", "lisdexamfetamine"),
        ("insulin lispro-aabc", "insulin lispro"),
    ],
)
def test_solvates_and_salts_fold_into_their_drug(name: str, key: str) -> None:
    assert drug_key(name) == key


@pytest.mark.parametrize("name", ["dimethyl sulfoxide", "propylene glycol", "dimethyl fumarate", "trisodium citrate"])
def test_a_solvent_alone_is_a_drug_of_its_own(name: str) -> None:
    assert drug_key(name) == name
    assert drug_key(f"topical {name}") == name
