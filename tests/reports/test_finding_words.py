"""Findings in Chinese: every sentence belongs to a code that is raised, and names only what it is given."""

from __future__ import annotations

import json
import re
import string
from pathlib import Path

import pytest

from onepill.reports.catalogue import catalogue
from onepill.reports.finding_words import finding_views

SOURCE = Path(__file__).resolve().parents[2] / "src/onepill"
SENTENCES: dict[str, str] = json.loads((SOURCE / "reports/messages/findings.zh.json").read_text(encoding="utf-8"))
OWN = {"severity": "error", "message": "the first tier begins at 5", "hint": "begin at 0", "path": "terms.a.tiers"}


@pytest.fixture(scope="module")
def code_text() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))


def test_every_sentence_is_chinese_names_only_what_is_given_and_its_code_is_raised(code_text: str) -> None:
    for code, sentence in SENTENCES.items():
        fields = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
        assert fields <= {"path", "value", "percent", "number"}, code
        assert re.search(r"[\u4e00-\u9fff]", sentence), code
        head, _, tail = code.partition(".")
        noted = head == "access" and f'"{tail}"' in code_text
        assert f'"{code}"' in code_text or noted, f"{code} is raised nowhere"


def test_no_code_has_a_sentence_twice() -> None:
    assert not [code for code in SENTENCES if catalogue("zh").has(f"finding.{code}")]
    text = (SOURCE / "reports/messages/findings.zh.json").read_text(encoding="utf-8")
    pairs = json.loads(text, object_pairs_hook=list)
    assert len(pairs) == len(SENTENCES), "a code stands twice in the file, and the later sentence hides the earlier"


def test_a_sentence_says_nothing_of_a_place_or_value_that_the_finding_does_not_have() -> None:
    for code in SENTENCES:
        (shown,) = finding_views([{"severity": "error", "message": "m", "code": code}], catalogue("zh"))
        assert not [blank for blank in ("None", "“”") if blank in shown["message"]], code
        assert not shown["message"].startswith("："), code


def test_deal_findings_are_told_in_the_language_of_the_page_and_errors_keep_their_exact_words() -> None:
    row = {**OWN, "code": "deal.tiers_start", "file": "a.yaml", "line": 7}
    (english,) = finding_views([row], catalogue("en"))
    assert (english["message"], english["hint"], english["lang"]) == (OWN["message"], OWN["hint"], "")
    (chinese,) = finding_views([row], catalogue("zh"))
    assert chinese["message"] == SENTENCES["deal.tiers_start"].format(path="terms.a.tiers")
    assert (chinese["lang"], chinese["hint_lang"], chinese["place"]) == ("", "en", "a.yaml:7")
    assert chinese["hint"] == "the first tier begins at 5 begin at 0"
    (note,) = finding_views([{**row, "severity": "note"}], catalogue("zh"))
    assert (note["hint"], note["hint_lang"]) == ("", "")


def test_a_share_is_told_as_a_percentage_and_an_unknown_code_in_its_own_words() -> None:
    own = {**OWN, "severity": "warning", "code": "return.own_failures", "value": 0.4312}
    (shown,) = finding_views([own], catalogue("zh"))
    assert "43.1%" in shown["message"]
    (other,) = finding_views([{**OWN, "code": "no.such"}], catalogue("zh"))
    assert (other["message"], other["lang"], other["hint_lang"]) == (OWN["message"], "en", "en")
    (kept,) = finding_views([own], catalogue("zh"), own_words=True)
    assert kept["message"] == OWN["message"]
