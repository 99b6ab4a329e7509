"""The short ways of the name keys give what the long ways give."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from onepill.registries.entities import drug_names
from onepill.registries.entities.drug_names import drug_key, lookup_keys, plain_key, without_doses
from onepill.registries.entities.drug_words import BARE_NUMBER, BIOSIMILAR, DOSE, PERCENT
from onepill.registries.entities.text import fold

WORDS = (
    "sulphate",
    "oestradiol",
    "trastuzumab-dkst",
    "SHR-1210",
    "50 mg",
    "0.9 %",
    "tablet",
    "hydrochloride",
    "阿司匹林",
)
NAMES = st.one_of(
    st.text(max_size=20), st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join), st.text("aA-_ `'9+ß", max_size=12)
)


def slow_fold(text: str) -> str:
    """By Unicode alone, for texts without Greek letters and trade marks."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("`", "'")
    return re.sub(r"\s+", " ", folded).strip()


@given(st.text(st.characters(max_codepoint=127), max_size=30))
@example("A\x1cB `C`\t\n D")
def test_a_plain_text_is_folded_as_any_text(text: str) -> None:
    assert fold(text) == slow_fold(text)


@given(NAMES)
def test_a_name_without_punctuation_takes_the_long_way_to_the_same_key(name: str) -> None:
    long = drug_names._PUNCTUATION.sub(" ", BIOSIMILAR.sub(r"\1", fold(name)).replace("'", ""))
    long = " ".join(re.sub(r"(?<!\w)-+|-+(?!\w)|_", " ", long).split())
    for other, usual in drug_names._SPELLINGS:
        long = long.replace(other, usual)
    assert plain_key(name) == long


@given(NAMES)
def test_a_name_without_figures_has_no_dose(name: str) -> None:
    folded = fold(name)
    assert without_doses(name) == " ".join(BARE_NUMBER.sub(" ", PERCENT.sub(" ", DOSE.sub(" ", folded))).split())


@given(NAMES)
@example("Sulphate")
@example("Tablet")
def test_one_word_is_its_own_key_whichever_way(name: str) -> None:
    key = drug_names._drug_key_once(name)
    while (again := drug_names._drug_key_once(key)) != key:
        key = again
    assert drug_key(name) == key
    assert key == "" or key in {found for _, found in lookup_keys(name)}
