import csv
import gzip
from collections import defaultdict
from pathlib import Path

import pytest

from onepill.evidence import AREAS
from onepill.evidence.conditions import (
    _document,
    area_of_conditions,
    area_of_tree_numbers,
    area_of_words,
    is_healthy_volunteers,
)


@pytest.mark.parametrize(
    ("condition", "area"),
    [
        ("NRAS-mutant Advanced Melanoma", "oncology"),
        ("Non-small Cell Lung Cancer", "oncology"),
        ("COVID-19", "infectious_disease"),
        ("Type 2 Diabetes Mellitus", "endocrine"),
        ("Diabetic Macular Edema", "ophthalmology"),
        ("Nonalcoholic Fatty Liver Disease", "metabolic"),
        ("Moderate to Severe Plaque Psoriasis", "autoimmune"),
        ("Osteoarthritis of the Knee", "other"),
        ("Transthyretin Amyloid Cardiomyopathy (ATTR CM)", "cardiovascular"),
        ("Relapsing Multiple Sclerosis", "neurology"),
        ("Severe Hemophilia A", "haematology"),
        ("Actinic Keratosis", "other"),
        ("Flushing", None),
        ("Patients", None),
    ],
)
def test_words(condition: str, area: str | None) -> None:
    assert area_of_words(condition) == area


def test_a_branch_holds_its_own_numbers_and_no_neighbours() -> None:
    assert area_of_tree_numbers(["C04"]) == "oncology"
    assert area_of_tree_numbers(["C04.557.465"]) == "oncology"
    assert area_of_tree_numbers(["C045.1"]) is None


def test_order_settles_what_lies_in_several_branches() -> None:
    # Melanoma: neoplasms and skin. Asthma: respiratory and immediate hypersensitivity.
    assert area_of_tree_numbers(["C17.800.882", "C04.557.465.625.650.510"]) == "oncology"
    assert area_of_tree_numbers(["C20.543.480.680.095", "C08.127.108"]) == "respiratory"


def test_the_first_recognised_condition_decides_and_mesh_goes_before_words() -> None:
    assert area_of_conditions(["Fasting", "Asthma", "Breast Cancer"]) == "respiratory"
    assert area_of_conditions(["Stroke"], tree_numbers_by_term={"stroke": ["C14.907.253.855"]}) == "cardiovascular"
    assert area_of_conditions(["Stroke"]) == "neurology"
    assert area_of_conditions([]) is None


def test_healthy_volunteers_are_only_those_without_a_disease_beside() -> None:
    assert is_healthy_volunteers(["Healthy Volunteers"])
    assert not is_healthy_volunteers(["Healthy Volunteers", "Hepatitis B"])
    assert not is_healthy_volunteers([])


def test_only_areas_of_the_closed_list_are_assigned() -> None:
    document = _document()
    assigned = {row[1] for row in document["tree_branches"]} | {row[0] for row in document["words"]}
    assert assigned == set(AREAS) - {"all"}


@pytest.mark.parametrize(
    ("term", "area"),
    [
        ("Breast Neoplasms", "oncology"),
        ("Myelodysplastic Syndromes", "oncology"),
        ("Hepatitis C", "infectious_disease"),
        ("Hidradenitis Suppurativa", "autoimmune"),
        ("Diabetes Mellitus, Type 1", "endocrine"),
        ("Diabetic Retinopathy", "ophthalmology"),
        ("Asthma", "respiratory"),
        ("Rhinitis, Allergic, Seasonal", "allergy"),
        ("Crohn Disease", "autoimmune"),
        ("Celiac Disease", "gastroenterology"),
        ("Hypertension, Pulmonary", "cardiovascular"),
        ("Stroke", "neurology"),
        ("Schizophrenia", "psychiatry"),
        ("Hypercholesterolemia", "metabolic"),
        ("Gaucher Disease", "metabolic"),
        ("Kidney Failure, Chronic", "urology"),
        ("Arthritis, Rheumatoid", "autoimmune"),
        ("Hemophilia A", "haematology"),
        ("Acne Vulgaris", "other"),
    ],
)
def test_mesh_2015_terms(shared: Path, term: str, area: str) -> None:
    numbers: dict[str, list[str]] = defaultdict(list)
    with gzip.open(shared / "data/drugs/mesh_2015_tree_numbers.tsv.gz", "rt", encoding="utf-8") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            numbers[row["mesh_name"]].append(row["mesh_tree_number"])
    assert area_of_tree_numbers(numbers[term]) == area
