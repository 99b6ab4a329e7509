"""Targets: from sources, stems and titles, each with what it rests on; patients' markers are no targets."""

from __future__ import annotations

import pytest

from onepill.registries.entities import Alias, DrugBook, TargetBook, corrections_from_csv, stems_of
from onepill.registries.entities.targets import symbols_of, targets_in_title

BOOK = DrugBook([Alias(name, name, "name", "s") for name in ("osimertinib", "dirtinib", "sitagliptin", "fluzoparib")])


def listed(name: str, *targets: str, action: str = "", source: str = "hub") -> list[dict[str, str]]:
    return [
        {"source": source, "record_id": "1", "drug_name": name, "target": target, "action": action}
        for target in targets
    ]


def test_the_longest_stem_counts() -> None:
    assert [stem.stem for stem in stems_of("Tunlametinib")] == ["metinib"]
    assert [stem.stem for stem in stems_of("gefitinib")] == ["tinib"]
    assert stems_of("妥拉美替尼胶囊")[0].targets == ("MAP2K1", "MAP2K2")
    assert stems_of("aspirin") == ()
    assert stems_of("HL-085") == ()


@pytest.mark.parametrize(
    ("name", "modality"),
    [
        ("pembrolizumab", "antibody"),
        ("trastuzumab deruxtecan", "antibody_drug_conjugate"),
        ("axicabtagene ciloleucel", "cell_therapy"),
        ("inclisiran", "sirna"),
        ("nusinersen", "aso"),
        ("etanercept", "fusion_protein"),
        ("semaglutide", "peptide"),
        ("olaparib", "small_molecule"),
        ("卡瑞利珠单抗", "antibody"),
    ],
)
def test_the_modality_follows_from_the_stem(name: str, modality: str) -> None:
    assert stems_of(name)[0].modality == modality


def test_a_stated_action_goes_before_a_list_of_bound_proteins() -> None:
    rows = [*listed("osimertinib", "EGFR", "BLK"), *listed("osimertinib", "EGFR", action="inhibitor", source="space")]
    assert TargetBook(BOOK, targets=rows).targets("osimertinib") == ("EGFR",)


def test_a_long_list_is_uncertain_and_a_stem_fills_the_gap() -> None:
    book = TargetBook(BOOK, targets=listed("dirtinib", "A", "B", "C", "D", "E"))
    assert book.targets("dirtinib") == ()
    assert book.targets("fluzoparib") == ("PARP1",)
    (claim,) = [claim for claim in book.claims("fluzoparib") if claim.kind == "target"]
    assert (claim.evidence.rule, claim.evidence.alias) == ("target.stem", "-parib")


def test_a_correction_replaces_all_targets() -> None:
    text = "kind,text,entity_id,name,decided_by,decided_on,reason\ntarget,sitagliptin,GLP1R,,A,2026-11-22,test\n"
    assert TargetBook(BOOK, corrections=corrections_from_csv(text)).targets("sitagliptin") == ("GLP1R",)


def test_atc_gives_the_class_above() -> None:
    atc = [
        {"source": "atc", "record_id": "A10BH", "term": "DPP-4 inhibitors"},
        {"source": "atc", "record_id": "A10BH01", "term": "sitagliptin"},
    ]
    claims = TargetBook(BOOK, atc=atc).claims("sitagliptin")
    assert ("mechanism", "DPP-4 inhibitors", "A10BH01") in {(c.kind, c.value, c.evidence.record) for c in claims}


def test_everyday_names_are_gene_symbols() -> None:
    assert symbols_of("PD-1") == ("PDCD1",)
    assert symbols_of("HER2") == ("ERBB2",)
    assert symbols_of("CDK4/6") == ("CDK4", "CDK6")
    assert symbols_of("penicillin-binding protein") == ("penicillin-binding protein",)


@pytest.mark.parametrize(
    ("title", "targets"),
    [
        ("Anti-PD-1 and anti-CTLA-4 antibodies in melanoma", ["PDCD1", "CTLA4"]),
        ("A Novel KRAS G12C Inhibitor", ["KRAS"]),
        ("CD19 CAR-T cells in lymphoma", ["CD19"]),
        ("重组抗EGFR人鼠嵌合单克隆抗体注射液", ["EGFR"]),
        ("PD-1抗体SHR-1210治疗黑色素瘤", ["PDCD1"]),
        ("Chemotherapy in HER2-positive, EGFR-mutant disease", []),
        ("Anti-N-methyl-D-aspartate receptor encephalitis", []),
        ("Electrical Cardiometry and CARE", []),
        ("PD-L1 expression as a marker", []),
    ],
)
def test_a_title_names_what_is_acted_on(title: str, targets: list[str]) -> None:
    assert [link.entity_id for link in targets_in_title(title)] == targets
