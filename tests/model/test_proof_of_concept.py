"""What is wrong with a file's proof of concept is said, each mistake with its code, its place and its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from onepill.core.errors import Finding, InputError
from onepill.model import load_programme
from onepill.model.proof_of_concept_checks import needs_of

TEXT = (Path(__file__).resolve().parents[2] / "examples" / "lean_poc.yaml").read_text(encoding="utf-8")


def errors(*change: tuple[str, str]) -> list[Finding]:
    text = TEXT
    for before, after in change:
        assert before in text, before
        text = text.replace(before, after, 1)
    with pytest.raises(InputError) as caught:
        load_programme(text, file="lean.yaml")
    return [finding for finding in caught.value.findings if finding.severity == "error"]


FACTOR = 'prob: {value: 0.45, assumption: "illustration; genetic support would raise it"}'
SENSITIVITY = (
    "sensitivity: {value: 0.85, assumption: illustration}, specificity: {value: 0.35, assumption: illustration}"
)
CASES = {
    "a prior chance of 0": (FACTOR, "prob: 0", "poc.prior", "hidden.mechanism.prob"),
    "a prior chance of 1": (FACTOR, "prob: 1", "poc.prior", "hidden.mechanism.prob"),
    "a prior chance above 1": (FACTOR, "prob: 1.4", "value.share", "hidden.mechanism.prob"),
    "neither chance nor levels": (FACTOR, "", "poc.levels", "hidden.mechanism"),
    "chance and levels": (FACTOR, "prob: 0.4\n      levels: {no: 0.6, yes: 0.4}", "poc.levels", "hidden.mechanism"),
    "levels that do not sum to 1": (FACTOR, "levels: {no: 0.6, yes: 0.3}", "poc.levels", "hidden.mechanism.levels"),
    "a level that cannot be": (FACTOR, "levels: {no: 1, yes: 0}", "poc.prior", "hidden.mechanism.levels.no"),
    "sensitivity above 1": (
        SENSITIVITY,
        "sensitivity: 1.2, specificity: 0.5",
        "value.share",
        "experiments.target_engagement.reads.mechanism.sensitivity",
    ),
    "sensitivity without specificity": (
        SENSITIVITY,
        "sensitivity: 0.9",
        "poc.reads",
        "experiments.target_engagement.reads.mechanism",
    ),
    "chances of other levels": (
        SENSITIVITY,
        "positive_prob: {none: 0.2, much: 0.9}",
        "poc.reads",
        "experiments.target_engagement.reads.mechanism",
    ),
    "a negative cost": (
        "cost: {value: 0.4 MUSD, assumption: illustration}",
        "cost: -0.4 MUSD",
        "value.negative",
        "experiments.target_engagement.cost",
    ),
    "no time": (
        "duration: {value: 4 months",
        "duration: {value: 0 months",
        "poc.duration",
        "experiments.target_engagement.duration",
    ),
    "working days": (
        "duration: {value: 4 months",
        "duration: {value: 60 wd",
        "poc.duration",
        "experiments.target_engagement.duration",
    ),
    "an unknown prerequisite": (
        "after: [human_exposure]",
        "after: [humans]",
        "poc.after",
        "experiments.phase_2a.after",
    ),
    "an unknown result": (
        '"human_exposure:positive"',
        '"human_exposure:good"',
        "poc.after",
        "experiments.biomarker_response.after",
    ),
    "an unknown family": ("family: animal", "family: mouse", "poc.family", "experiments.induced_model.family"),
    "an unknown factor": ("reads: {exposure:", "reads: {dose:", "poc.unknown", "experiments.human_exposure.reads.dose"),
    "an unknown factor of an outcome": (
        "{mechanism: true, exposure",
        "{target: true, exposure",
        "poc.unknown",
        "outcomes.0.when.target",
    ),
    "an unknown level": (
        "{mechanism: true, exposure",
        "{mechanism: strong, exposure",
        "poc.unknown",
        "outcomes.0.when.mechanism",
    ),
    "an outcome that says two things": (
        "    - success_prob:",
        "    - go_loss: 3 MUSD\n      success_prob:",
        "poc.outcome",
        "outcomes.1",
    ),
    "an outcome that says nothing": (
        "    - success_prob: {value: 0.025, assumption: the one-sided error that phase 2 is planned with}",
        "    - no_go_gain: 1 MUSD",
        "poc.outcome",
        "outcomes.1",
    ),
    "no outcome for the rest": (
        "    - success_prob: {value: 0.025",
        "    - when: {mechanism: false}\n      success_prob: {value: 0.025",
        "poc.outcome",
        "outcomes",
    ),
    "an unknown stage": ("decides: phase_2 ", "decides: phase_9 ", "poc.decides", "decides"),
    "no stage": ("  decides: phase_2                     # go begins this stage\n", "", "poc.decides", "decides"),
    "a stage under way": (
        "    kind: phase_2\n",
        "    kind: phase_2\n    done: {started: 2024-01-08}\n",
        "poc.decides",
        "decides",
    ),
    "a correlation above 1": (
        "animal: {correlation: {value: 0.5",
        "animal: {correlation: {value: 5",
        "value.share",
        "families.animal.correlation",
    ),
    "a currency without a rate": (
        "cost: {value: 9 MUSD",
        "cost: {value: 9 MEUR",
        "currency.no_rate",
        "experiments.phase_2a.cost",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_named_with_code_path_and_line(name: str) -> None:
    before, after, code, path = CASES[name]
    found = errors((before, after))
    assert (code, f"proof_of_concept.{path}") in {(finding.code, finding.path) for finding in found}
    assert all(finding.line > 0 and finding.file == "lean.yaml" and finding.hint for finding in found)


def test_a_circle_of_prerequisites_is_named_in_order() -> None:
    (found,) = errors(
        (
            "title: {en: Exposure and receptor occupancy",
            "after: [phase_2a]\n      title: {en: Exposure and receptor occupancy",
        )
    )
    assert found.code == "poc.cycle"
    assert "human_exposure → phase_2a" in found.message or "phase_2a → human_exposure" in found.message


def test_too_many_hidden_states_are_refused() -> None:
    levels = "levels: {" + ", ".join(f"l{i}: {1 / 40:.6f}" for i in range(40)) + "}"
    assert "poc.too_many" in {finding.code for finding in errors((FACTOR, levels))}


def test_a_test_that_says_nothing_is_a_warning() -> None:
    text = TEXT.replace(SENSITIVITY, "sensitivity: 0.4, specificity: 0.5", 1)
    (found,) = (finding for finding in load_programme(text).findings if finding.code == "poc.blind")
    assert found.severity == "warning"
    assert found.path == "proof_of_concept.experiments.target_engagement.reads.mechanism"


def test_levels_true_and_false_are_yes_and_no_and_the_first_outcome_that_fits_counts() -> None:
    poc = load_programme(TEXT).programme.proof_of_concept
    assert poc is not None
    assert poc.outcomes[0].when == {"mechanism": ["yes"], "exposure": ["yes"]}
    fits = [outcome.fits({"mechanism": "yes", "exposure": "no"}) for outcome in poc.outcomes]
    assert fits == [False, True]
    assert poc.hidden["mechanism"].chances() == pytest.approx({"no": 0.55, "yes": 0.45})
    assert needs_of(poc.experiments["biomarker_response"]) == [("human_exposure", True)]
    assert needs_of(poc.experiments["phase_2a"]) == [("human_exposure", None)]


def test_a_mistake_inside_leaves_no_false_finding_about_the_rest() -> None:
    assert [finding.code for finding in errors((FACTOR, "prob: 1.4"))] == ["value.share"]


def test_a_programme_without_the_section_has_none() -> None:
    text = TEXT[: TEXT.index("proof_of_concept:")] + TEXT[TEXT.index("capital:") :]
    assert load_programme(text).programme.proof_of_concept is None
