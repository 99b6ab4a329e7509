"""A condition's name as registers write it, brought to a set of words that headings and free text share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from onepill.registries.entities.drug_names import inside_and_outside
from onepill.registries.entities.text import fold
from onepill.registries.entities.words import word_set

Words = tuple[str, ...]

_SPELLINGS = (
    ("oesoph", "esoph"), ("haem", "hem"), ("leukaem", "leukem"), ("anaem", "anem"), ("oedem", "edem"),
    ("diarrhoe", "diarrhe"), ("tumour", "tumor"), ("paed", "ped"), ("orrhoid", "orrhoid"), ("caes", "ces"),
    ("aemia", "emia"), ("foet", "fet"), ("ischaem", "ischem"), ("gynaec", "gynec"), ("orthopaed", "orthoped"),
)  # fmt: skip
_EQUAL_WORDS = {
    "cancer": "neoplasm", "tumor": "neoplasm", "malignancy": "neoplasm", "neoplasia": "neoplasm",
    "gastric": "stomach", "kidney": "renal", "hepatic": "liver", "colon": "colonic", "prostate": "prostatic",
    "ovary": "ovarian", "pancreas": "pancreatic", "cardiac": "heart", "oral": "mouth", "cerebral": "brain",
    "esophagus": "esophageal", "uterus": "uterine",
    "disorder": "disease", "illness": "disease", "failure": "insufficiency", "ii": "2", "iii": "3", "i": "1",
    "infarct": "infarction", "metastase": "metastasis", "metastasi": "metastasis",
}  # fmt: skip
_LINK_WORDS = word_set("condition_link_words")
_GRADED = frozenset({"stage", "class", "grade", "nyha", "phase", "level"})
STAGE_WORDS = word_set("condition_stage_words")
"""Stage, line, severity, age and population: not the disease itself."""
COURSE_WORDS = word_set("condition_course_words")
"""Words that may or may not make another disease: dropped last, at a lower score."""
_WIDE_WORDS = word_set("condition_wide_words")
_ONE_WIDE_WORD = 0.15
"""Taken off where dropping words leaves only a wide one: a cutaneous tumour is more than a tumour."""
_OTHER_HISTOLOGY = 0.09
"""Taken off where a carcinoma of a site is filed under the site's neoplasms."""
_NO_DISEASE = re.compile(
    r"^healthy\b|\bhealthy (?:volunteers?|subjects?|participants?|people|adults?)\b|\bvolunteers?$|^no condition|"
    r"\bcaregivers?\b|\bquality of life\b|\bscreening\b|\b(?:satisfaction|education|knowledge|attitudes?)\b|"
    r"^(?:general |local |regional )?an(?:a?)esthesia\b|\bvaccines?$|\bstimulation$|\w+oscopy$|\w+rrhaphy$|"
    r"健康|志愿者|生物等效|避孕"
)


@lru_cache(maxsize=1 << 16)
def condition_words(text: str) -> Words:
    """The words of a condition in one spelling, singular, without link words, sorted; inverted headings come out equal.

    Idempotent on its own joined result.
    """
    plain = fold(text).replace("'s ", " ").replace("s' ", "s ").removesuffix("'s").replace("'", "")
    for other, usual in _SPELLINGS:
        plain = plain.replace(other, usual)
    words = re.sub(r"[^\w\u3400-\u9fff]+", " ", plain.replace("non-", "non").replace("non ", "non")).split()
    return tuple(sorted({_usual(word) for word in words if word not in _LINK_WORDS}))


def without_words(words: Words, dropped: frozenset[str]) -> Words:
    """The words but those dropped; all of them where nothing would be left."""
    dropped = dropped - {"stage"} if "end" in words and "end" not in dropped else dropped
    kept = tuple(word for word in words if word not in dropped and not (word.isdigit() and _GRADED & {*words}))
    return kept or words


def _is_wide(words: Words) -> bool:
    return len(words) == 1 and words[0] in _WIDE_WORDS


def names_no_disease(text: str) -> bool:
    """Whether the text is of healthy volunteers, a procedure, a vaccine or a theme of care."""
    return _NO_DISEASE.search(fold(text)) is not None


def readings(text: str) -> Iterator[tuple[str, float, Words]]:
    """Ways to read the text, the most literal first: rule, highest score, words."""
    outside, insides = inside_and_outside(text)
    seen = set()
    whole = [("condition.words", 0.98, condition_words(text))]
    if insides and outside:
        whole.append(("condition.outside", 0.96, condition_words(outside)))
    for rule, score, words in whole:
        for added, less, dropped in (("", 0.0, frozenset()), (".stage", 0.05, STAGE_WORDS),
                                     (".course", 0.10, STAGE_WORDS | COURSE_WORDS)):  # fmt: skip
            kept = without_words(words, dropped) if dropped else words
            if kept and kept not in seen:
                seen.add(kept)
                yield rule + added, score - less - (_ONE_WIDE_WORD if less and _is_wide(kept) else 0.0), kept
    for rule, score, words in whole:
        site = tuple(sorted({"neoplasm" if word.endswith("carcinoma") else word for word in words}))
        kept = without_words(site, STAGE_WORDS)
        if site != words and kept not in seen and not _is_wide(kept):
            yield f"{rule}.site", score - _OTHER_HISTOLOGY, kept
    for inside in insides:
        yield "condition.inside", 0.88, condition_words(inside)


def parts_of(text: str) -> tuple[str, ...]:
    """The conditions of a list: at semicolons, slashes, `and`, `or`, and Chinese list marks."""
    parts = re.split(r"\s*[;；、，/|]\s*|\s+(?:and|or)\s+|,\s+(?=[A-Z])", text)
    return tuple(part.strip() for part in parts if len(part.strip()) > 2)


def _usual(word: str) -> str:
    single = word
    if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        single = word[:-3] + "y" if word.endswith("ies") else word[:-1]
    return _EQUAL_WORDS.get(single, single)
