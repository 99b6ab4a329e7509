"""Phases and statuses of all registers in one set of words."""

from __future__ import annotations

import pytest

from onepill.registries.words import phase_label, phases_of, status_of, study_type_of


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Phase 1", "PHASE1"),
        ("PHASE2", "PHASE2"),
        ("Phase 1|Phase 2", "PHASE1_PHASE2"),
        ("Phase 2/ Phase 3", "PHASE2_PHASE3"),
        ("Phase III", "PHASE3"),
        ("Early Phase 1", "EARLY_PHASE1"),
        ("EARLY_PHASE1", "EARLY_PHASE1"),
        ("Not Applicable", "NA"),
        ("NA", "NA"),
        ("I期", "PHASE1"),
        ("II期", "PHASE2"),
        ("I/IIa期", "PHASE1_PHASE2"),
        ("Ib/II期", "PHASE1_PHASE2"),
        ("4", "PHASE4"),
        ("0", None),
        ("", None),
        ("null", None),
        ("生物等效性试验", None),
        ("Retrospective study", None),
        ("2020-03-02 00:00:00", None),
        ("PHASE5", None),
        ("Not selected", None),
    ],
)
def test_phases(text: str, label: str | None) -> None:
    assert phase_label(phases_of(text)) == label


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Active, not recruiting", "ACTIVE_NOT_RECRUITING"),
        ("Unknown status", "UNKNOWN"),
        ("COMPLETED", "COMPLETED"),
        ("进行中\u00a0尚未招募", "NOT_YET_RECRUITING"),
        ("已完成", "COMPLETED"),
        ("", None),
    ],
)
def test_statuses(text: str, word: str | None) -> None:
    assert status_of(text) == word


def test_study_types() -> None:
    assert study_type_of("Observational [Patient Registry]") == "OBSERVATIONAL"
    assert study_type_of('Expanded Access:Treatment IND/Protocol"') == "EXPANDED_ACCESS"
    assert study_type_of("Interventional clinical trial of medicinal product") == "INTERVENTIONAL"
    assert study_type_of("Prevention") is None
