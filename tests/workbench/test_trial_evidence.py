"""What regions expect of the trials behind their filings: patients, bridging, comparator, endpoint."""

from __future__ import annotations

from datetime import date

import pytest

from onepill.workbench.results.trial_evidence import evidence_findings
from tests.workbench.passports import assembled, text_of

TEXT = text_of("dual_submission")
LATE = date(2026, 11, 1)
WITH_JAPAN = TEXT.replace("gates:\n", "  JP: {route: nda, dossier: core}\ngates:\n", 1)


def found(text: str = TEXT, day: date | None = None) -> dict[tuple[str, str], str]:
    return {(f.code, f.path): f.message for f in evidence_findings(assembled(text, as_of=day))}


def test_the_comparator_is_measured_against_each_regions_standard_of_care() -> None:
    messages = found()
    assert messages["evidence.comparator", "development.phase_3.comparator"] == (
        "phase_3 compares with chemotherapy, and US takes antibody as the standard of care"
    )
    assert sum(code == "evidence.comparator" for code, _ in messages) == 1


def test_case_and_spaces_do_not_make_another_comparator() -> None:
    agreed = TEXT.replace("standard_of_care: [antibody]", "standard_of_care: [an antibody, Chemotherapy ]")
    assert ("evidence.comparator", "development.phase_3.comparator") not in found(agreed)


@pytest.mark.parametrize(
    ("comparator", "code", "words"),
    [
        ("none", "evidence.comparator", "phase_3 is a single arm"),
        ("[]", "evidence.comparator_unstated", "phase_3 states no comparator"),
    ],
)
def test_a_single_arm_and_a_comparator_that_is_not_stated_are_told_apart(
    comparator: str, code: str, words: str
) -> None:
    messages = found(TEXT.replace("comparator: chemotherapy", f"comparator: {comparator}"))
    assert words in messages[code, "development.phase_3.comparator"]


def test_the_hint_names_the_input_that_would_change_it_and_the_agencys_words_once_known() -> None:
    def hint(day: date | None) -> str:
        return next(f.hint for f in evidence_findings(assembled(TEXT, as_of=day)) if f.code == "evidence.comparator")

    assert hint(None) == "change development.phase_3.comparator, or the expectations of US"
    assert "US standard of care where possible" in hint(date(2024, 9, 16))
    assert "US standard of care where possible" not in hint(date(2024, 9, 15))


def test_expectations_of_the_only_indication_hold_for_stages_that_name_none() -> None:
    before, rest = TEXT.split("indication:\n", 1)
    block, after = rest.split("conditions:", 1)
    indented = "".join(f"  {line}\n" for line in block.splitlines())
    named = f"{before}indications:\n  solid_tumour:\n{indented}conditions:{after}"
    assert found(named) == found()


def test_the_endpoint_is_measured_too() -> None:
    assert ("evidence.endpoint", "development.phase_3.endpoints") in found()
    agreed = TEXT.replace("    endpoints: [progression_free_survival]", "    endpoints: [overall survival]")
    assert ("evidence.endpoint", "development.phase_3.endpoints") not in found(agreed)


def test_a_share_of_the_patients_is_shown_beside_an_expectation_without_a_number() -> None:
    path = "development.phase_3.regional_share.US"
    assert ("evidence.regional_share", path) not in found(), "FDA's draft of September 2024 was not known"
    message = found(day=LATE)["evidence.regional_share", path]
    assert message.startswith("30% of the patients of phase_3 are in US: no number is set")


def test_japans_method_1_is_worked_out_at_an_assumed_power() -> None:
    path = "development.phase_3.regional_share.JP"
    message = found(WITH_JAPAN)["evidence.method_1", path]
    assert "22.4%" in message
    assert "assumed" in message
    enough = WITH_JAPAN.replace("{CN: 0.55, US: 0.3, JP: 0.15}", "{CN: 0.475, US: 0.3, JP: 0.225}")
    assert ("evidence.method_1", path) not in found(enough)
    short = WITH_JAPAN.replace("{CN: 0.55, US: 0.3, JP: 0.15}", "{CN: 0.476, US: 0.3, JP: 0.224}")
    assert ("evidence.method_1", path) in found(short)


def test_a_share_that_is_not_stated_is_asked_for() -> None:
    path = "development.phase_3.regional_share.JP"
    assert ("evidence.share_unstated", path) in found(WITH_JAPAN.replace(", JP: 0.15}", "}"))


def test_a_region_without_patients_is_told_of_bridging_until_a_bridging_study_stands_before_the_filing() -> None:
    alone = WITH_JAPAN.replace("regions: [CN, US, JP]", "regions: [CN, US]").replace(", JP: 0.15}", "}")
    assert ("evidence.bridging", "filings.JP") in found(alone)
    bridged = alone.replace(
        "dossiers:\n", "  bridge: {kind: bridging, regions: [JP], after: [phase_3]}\ndossiers:\n", 1
    ).replace("JP: {route: nda, dossier: core}", "JP: {route: nda, dossier: core, after: [bridge]}")
    assert ("evidence.bridging", "filings.JP") not in found(bridged)
