"""Each word of the rulebook's conditions names the input of a programme that answers it, and that input does."""

from __future__ import annotations

import types
from typing import Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from onepill.model import Programme
from onepill.rulebook import load_rulebook, terms_of
from onepill.rulebook.packs import packaged_texts
from onepill.rulebook.schema import Pack, PolicyFile
from onepill.workbench.plan.terms import all_terms
from tests.rulebook.packaged import packaged

FILES = tuple(packaged_texts())
STATED = ("conditions", "designations", "route")
"""Inputs in which a file writes the word itself."""


def words(file: str) -> list[tuple[str, str]]:
    """Each word that a file declares, and the input that answers it."""
    content = packaged()[file].content
    shared: dict[str, Any] = getattr(content, "shared_vocabulary", {})
    return [(word, term.answered_by) for word, term in (*content.vocabulary.items(), *shared.items())]


def all_words() -> list[tuple[str, str]]:
    return [row for file in FILES for row in words(file)]


# The input exists


def inner(annotation: Any) -> Any:
    """A type without None, annotations and the keys of a table."""
    while True:
        if getattr(annotation, "__metadata__", None):
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (Union, types.UnionType):
            annotation = next(arm for arm in get_args(annotation) if arm is not type(None))
        else:
            return annotation


def exists(path: str) -> bool:
    """Whether a programme file can hold a value at `path`; `…` and a jurisdiction stand for a key of a table."""
    here: Any = Programme
    for part in path.split("."):
        here = inner(here)
        if isinstance(here, type) and issubclass(here, BaseModel):
            if part not in here.model_fields:
                return False
            here = here.model_fields[part].annotation
        elif get_origin(here) is dict:
            here = get_args(here)[1]
        else:
            return False
    return True


@pytest.mark.parametrize(
    ("path", "is_there"),
    [
        ("asset.originator.region", True),
        ("filings.CN.conditions", True),
        ("development.….regions", True),
        ("conditions.first_in_human", True),
        ("filings.CN.national_key_support", False),
        ("asset.first_in_class", False),
        ("supply", False),
        ("asset.modality.en", False),
    ],
)
def test_a_path_is_looked_for_in_the_programmes_schema(path: str, is_there: bool) -> None:
    assert exists(path) is is_there


@pytest.mark.parametrize("file", FILES)
def test_the_input_that_answers_a_word_exists(file: str) -> None:
    assert [word for word, answered_by in words(file) if not answered_by] == []
    named = [(word, path) for word, answered_by in words(file) for path in answered_by.split(", ")]
    assert [(word, path) for word, path in named if not exists(path)] == []


def test_words_are_declared() -> None:
    assert len(all_words()) > 100


def test_an_answer_by_name_names_the_word_itself() -> None:
    named = [
        (word, path) for word, paths in all_words() for path in paths.split(", ") if path.startswith("conditions.")
    ]
    assert len(named) > 30
    assert [word for word, path in named if path != f"conditions.{word}"] == []


# The input answers


def programme(**changes: Any) -> Programme:
    """A known small molecule from China with a trial of no region yet and a filing in the United States."""
    content: dict[str, Any] = {
        "onepill": 1,
        "programme": "p",
        "as_of": "2026-01-01",
        "asset": {
            "name": "p",
            "modality": "small_molecule",
            "new_active_substance": False,
            "originator": {"name": "o", "country": "CN"},
        },
        "indication": {"name": "i", "area": "neurology"},
        "development": {"trial": {"kind": "phase_1"}},
        "filings": {"US": {"after": ["trial"]}},
    }
    for path, value in changes.items():
        *tables, last = path.split("__")
        here = content
        for table in tables:
            here = here[table]
        here[last] = value
    return Programme.model_validate(content)


STARTED = {"kind": "phase_1", "regions": ["US"], "done": {"started": "2025-01-01"}}
APPROVED = {"after": ["trial"], "done": {"submitted": "2025-01-01", "approved": "2025-06-01"}}
FOLLOWS: dict[str, dict[str, Any]] = {
    "new_active_substance": {"asset__new_active_substance": True},
    "nme": {"asset__new_active_substance": True},
    "bla": {"asset__new_active_substance": True, "asset__modality": "protein"},
    "biologic": {"asset__modality": "monoclonal_antibody"},
    "vaccine": {"asset__modality": "vaccine"},
    "advanced_therapy": {"asset__modality": "gene_therapy"},
    "class_1_innovative": {"asset__registration_class": "1"},
    "imported": {"asset__originator__country": "US"},
    "foreign_applicant": {"asset__originator__country": "US"},
    "supplement_pilot_province": {"asset__originator__region": "CN-SH"},
    "shanghai_applicant": {"asset__originator__region": "CN-SH"},
    "beijing_applicant": {"asset__originator__region": "CN-BJ"},
    "guangzhou_applicant": {"asset__originator__region": "CN-CAN"},
    "shenzhen_applicant": {"asset__originator__region": "CN-SZX"},
    "zhuhai_applicant": {"asset__originator__region": "CN-ZUH"},
    "jiangsu_applicant": {"asset__originator__region": "CN-JS"},
    "oncology": {"indication__area": "oncology"},
    "haematology": {"indication__area": "haematology"},
    "autoimmune": {"indication__area": "autoimmune"},
    "metabolic": {"indication__area": "metabolic"},
    "endocrine": {"indication__area": "endocrine"},
    "rare_disease": {"indication__rare": True},
    "biomarker": {"indication__biomarker": "NRAS"},
    "domestic_trial": {"development__trial__regions": ["CN"]},
    "global_synchronous": {"development__trial__regions": ["CN", "US"]},
    "foreign_party": {"development__trial__regions": ["CN", "US"]},
    "overseas_trial": {"development__trial__regions": ["US"]},
    "trial_in_jurisdiction": {"development__trial": STARTED},
    "review_time_given": {"filings__US__review": "6 months"},
    "indication_approved_here": {"filings__first": APPROVED | {"jurisdiction": "US"}},
}
"""The least change that answers each word which a file need not write, from a programme where it does not hold."""
ELSEWHERE = {
    "chemical": "it holds for the programme that the others change: the test below",
    "chinese_trial_data": "it follows from the stages behind a filing: tests/pathway/test_plan_gates.py",
}


def is_followed(answered_by: str) -> bool:
    return not any(part in path.split(".") for path in answered_by.split(", ") for part in STATED)


def test_every_word_that_a_file_need_not_write_is_tried() -> None:
    followed = {word for word, path in all_words() if is_followed(path)} | {"bla"}
    assert followed == set(FOLLOWS) | set(ELSEWHERE)


@pytest.mark.parametrize("word", FOLLOWS)
def test_the_input_that_answers_a_word_makes_it_hold(word: str) -> None:
    assert word not in all_terms(programme())
    assert word in all_terms(programme(**FOLLOWS[word]))


def test_a_small_molecule_is_chemical_and_an_antibody_is_not() -> None:
    assert "chemical" in all_terms(programme())
    assert "chemical" not in all_terms(programme(asset__modality="monoclonal_antibody"))


# Words and conditions belong together


def used_words(content: Pack | PolicyFile) -> frozenset[str]:
    """Every word in a condition of a pack or a policy."""
    if isinstance(content, PolicyFile):
        return frozenset().union(*(terms_of(measure.when) for measure in content.measures.values()))
    whens = [variant.when for rule in content.rules.values() for variant in rule.variants.values()]
    for procedure in content.procedures.values():
        whens += [procedure.needed_when, *(step.when for step in procedure.steps)]
        models = [step.review_model for step in procedure.steps if step.review_model]
        whens += [when for model in models for when in (*model.classes.values(), model.new_substance)]
    return frozenset().union(*map(terms_of, whens))


@pytest.mark.parametrize("file", FILES)
def test_a_declared_word_is_used_by_a_condition_or_is_a_designation_to_state(file: str) -> None:
    """A word that nothing uses would be taken from a programme in silence instead of with a warning."""
    content = packaged()[file].content
    unused = set(content.vocabulary) - used_words(content)
    assert [word for word in unused if not content.vocabulary[word].answered_by.endswith(".designations")] == []


def test_a_word_of_a_trials_procedure_is_not_answered_on_a_filing() -> None:
    """A trial application knows the answers of the programme and the facts of its stage, and no filing's."""
    book, tried = load_rulebook(), 0
    for procedure in (p for p in book.procedures() if p.grants == "trial_authorisation"):
        clocks = [book.rule(step.clock) for step in procedure.steps if step.clock]
        whens = [procedure.needed_when, *(step.when for step in procedure.steps)]
        whens += [variant.when for clock in clocks for variant in clock.variants]
        for word in frozenset().union(*map(terms_of, whens)):
            term = book.term(word, procedure.jurisdiction)
            assert term is not None
            paths = term.answered_by.split(", ")
            assert any(not path.startswith("filings.") for path in paths), f"{procedure.id}: {word}"
            tried += 1
    assert tried > 20
