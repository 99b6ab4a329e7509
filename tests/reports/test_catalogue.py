"""Every visible word comes from the catalogue, and both languages have every word."""

from __future__ import annotations

import json
import re
import string
from importlib import resources
from pathlib import Path

import pytest

import onepill.reports
from onepill.model.schema import AREAS, CONVENTIONS, MODALITIES
from onepill.reports.catalogue import LANGUAGES, Catalogue, catalogue
from onepill.rulebook.nouns import TOPICS

PACKAGE = Path(onepill.reports.__file__).parent
SOURCE = "\n".join(p.read_text(encoding="utf-8") for p in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.j2")]))
WHOLE_KEY = re.compile(r'"([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)"')
CODED = {
    "aspect",
    "aspect_short",
    "annotations",
    "area",
    "as_of_method",
    "asset",
    "chapter_state",
    "column",
    "comparable",
    "conjugate",
    "convention",
    "count",
    "finding",
    "filter",
    "gate_before",
    "gate_state",
    "log_state",
    "risk_hits",
    "risk_position",
    "end",
    "enrichment",
    "field",
    "footer",
    "grade",
    "grade_meaning",
    "group",
    "interval",
    "jurisdiction",
    "key",
    "measure",
    "modality",
    "nature",
    "numeral",
    "numeral_all",
    "agreement",
    "part",
    "party",
    "place",
    "poc",
    "question",
    "range",
    "ratio",
    "role",
    "route",
    "season",
    "section",
    "severity",
    "sheet",
    "sheet_origin",
    "sheet_outcome",
    "sheet_unit",
    "stage",
    "stage_short",
    "switch",
    "table",
    "tag",
    "topic",
    "trend_measure",
    "unit",
    "used_as",
}
"""Families whose last part is a code of the document (or of a loop), so that no source line spells the whole key."""


FORMS = (*re.findall(r'f"([a-z_]+\.[a-z]+_)\{', SOURCE), "policy.", "statement.one_trial_fresh")
"""Keys made of a stem and a form: f"statement.worth_{form}". The headings of the policy table are named in a loop."""


def messages(lang: str) -> dict[str, str]:
    file = resources.files("onepill.reports").joinpath("messages", f"messages.{lang}.json")
    loaded: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return loaded


def fields(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


def test_both_languages_have_the_same_keys() -> None:
    assert messages("en").keys() == messages("zh").keys()


def test_both_languages_fill_the_same_values() -> None:
    english, chinese = messages("en"), messages("zh")
    assert {key: fields(text) for key, text in english.items()} == {key: fields(text) for key, text in chinese.items()}


def test_no_message_is_empty_in_one_language_only() -> None:
    english, chinese = messages("en"), messages("zh")
    assert [key for key in english if bool(english[key].strip()) != bool(chinese[key].strip())] == []


def test_every_key_that_the_source_spells_exists() -> None:
    families = {key.split(".")[0] for key in messages("en")}
    spelled = {key for key in WHOLE_KEY.findall(SOURCE) if key.split(".")[0] in families}
    plural = {key for key in messages("en") if key.rpartition(".")[2] in ("zero", "one", "other")}
    known = messages("en").keys() | {key.rpartition(".")[0] for key in plural}
    assert {key for key in spelled - known if not key.endswith(".j2")} == set()


def test_no_message_is_unused() -> None:
    unused = []
    for key in messages("en"):
        family, stem = key.split(".")[0], key.rpartition(".")[0]
        is_spelled = f'"{key}"' in SOURCE or f'"{stem}"' in SOURCE or any(key.startswith(form) for form in FORMS)
        is_coded = family in CODED and re.search(rf'"{family}[."]', SOURCE) is not None
        if not is_spelled and not is_coded:
            unused.append(key)
    assert unused == []


def test_every_code_of_the_programme_schema_has_its_word() -> None:
    for family, codes in (
        ("modality", MODALITIES),
        ("area", AREAS),
        ("convention", CONVENTIONS),
        ("topic", set(TOPICS) - {"founding"}),
    ):
        assert [code for code in codes if f"{family}.{code}" not in messages("en")] == []


def test_chinese_has_full_width_points_and_no_spaces_around_han() -> None:
    han = r"[\u4e00-\u9fff]"
    wrong = [k for k, v in messages("zh").items() if re.search(rf"{han} |{han}[,;:?!]| {han}", v) and " · " not in v]
    assert wrong == [], "the style sets the gap between Han and Latin; points beside Han are full width"


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 warnings"), (1, "1 warning"), (2, "2 warnings"), (1200, "1,200 warnings")]
)
def test_counts_have_their_plural(count: int, said: str) -> None:
    assert catalogue("en").count("count.warning", count) == said


def test_labels_fall_back_to_the_other_language() -> None:
    assert catalogue("zh").text({"en": "only English", "zh": ""}) == "only English"
    assert catalogue("en").text(None) == ""
    assert catalogue("en").text("plain") == "plain"


def test_names_are_listed_as_in_a_sentence() -> None:
    english = Catalogue("en")
    assert [english.enumerate(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert Catalogue("zh").enumerate(["甲", "乙", "丙"]) == "甲、乙和丙"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="en and zh"):
        catalogue("fr")  # type: ignore[arg-type]  # the error is what is tested
    assert LANGUAGES == ("en", "zh")
