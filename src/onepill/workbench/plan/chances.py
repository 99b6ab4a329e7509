"""What a programme file says that chances rest on: where tables sort it, what is known, what is switched on or off."""

from __future__ import annotations

import math

from onepill.core.errors import InputError
from onepill.core.provenance import Source
from onepill.evidence import (
    Effect,
    Fact,
    Known,
    Profile,
    RateTable,
    Response,
    StageChance,
    Switches,
    published_table,
    stage_chance,
)
from onepill.model.known_evidence import KnownEffect, KnownEvidence, KnownFact, KnownResponse
from onepill.model.schema import Programme
from onepill.model.types import SourceText

Z95 = 1.959963984540054
MODALITY_ROW = {
    "small_molecule": "small_molecule",
    "monoclonal_antibody": "monoclonal_antibody",
    "bispecific_antibody": "monoclonal_antibody",
    "antibody_drug_conjugate": "antibody_drug_conjugate",
    "protein": "protein",
    "peptide": "peptide",
    "gene_therapy": "gene_therapy",
    "vaccine": "vaccine",
}
"""Rows of the tables by the file's modality. A bispecific antibody takes the row of antibodies. Oligonucleotides (siRNA
or antisense), cell therapies (CAR-T or not) and radiopharmaceuticals have no row unless `success.modality` names it."""
CHEMICAL = ("small_molecule",)
REGISTRY = "registry"
OTHER = {"bio": "wong", "wong": "bio", "registry": "bio"}
"""The table that is shown beside."""


def profile_of(programme: Programme, indication: str) -> Profile:
    """Where the tables sort this drug in this indication."""
    found, asset, said = programme.all_indications()[indication], programme.asset, programme.success
    return Profile(
        area=str(found.area),
        modality=said.modality or MODALITY_ROW.get(asset.modality),
        novelty=said.novelty or _novelty(programme),
        biomarker="with" if found.biomarker else None,
        prevalence=said.prevalence or ("rare" if found.rare else None),
        oncology_subtype=said.oncology_subtype if found.area == "oncology" else None,
    )


def _novelty(programme: Programme) -> str | None:
    """New small molecules, and drugs of a known substance; biologics are sorted by modality instead."""
    if not programme.asset.new_active_substance:
        return "non_nme"
    return "nme" if programme.asset.modality in CHEMICAL else None


def known_of(programme: Programme, indication: str) -> Known:
    """What the file knows of the drug in this indication, on the scales of the evidence engine."""
    path = "indication" if programme.indication and indication == "main" else f"indications.{indication}"
    found, where = programme.all_indications()[indication].evidence, f"{path}.evidence"
    return Known(
        genetic_support=_fact(found, where, "genetic_support"),
        proof_of_mechanism=_fact(found, where, "proof_of_mechanism"),
        class_precedent=_fact(found, where, "class_precedent"),
        breakthrough={
            place: Fact(fact.value, _source(fact.source), f"{where}.breakthrough.{place}")
            for place, fact in found.breakthrough.items()
        },
        phase_2_effect=_effect(found.phase_2_effect, f"{where}.phase_2_effect"),
        response_rate=_response(found.response_rate, f"{where}.response_rate"),
    )


def switches_of(programme: Programme) -> Switches:
    """What the file switches on and off."""
    return Switches(frozenset(programme.success.switch_on), frozenset(programme.success.switch_off))


def table_of(name: str, registry: RateTable | None = None) -> RateTable:
    """A table by the name that files and commands use.

    Args:
        registry: rates counted from a warehouse, for the name `registry`.

    Raises:
        InputError: `registry`, and no transitions have been counted.
    """
    if name != REGISTRY:
        return published_table(name)
    if registry is not None:
        return registry
    raise InputError.single(
        "success.registry_absent",
        "no transitions between phases have been counted in the loaded registries",
        hint="ask `onepill success FILE --table registry --warehouse PATH`, or take bio or wong",
        value=name,
    )


def chance_of(
    programme: Programme,
    kind: str,
    indication: str,
    *,
    table: RateTable | None = None,
    through_approval: bool = False,
) -> StageChance | None:
    """The chance of a stage or filing of this programme; the file's table unless another is given."""
    return stage_chance(
        kind,
        profile_of(programme, indication),
        table=table or table_of(programme.capital.base_rates),
        known=known_of(programme, indication),
        switches=switches_of(programme),
        through_approval=through_approval,
    )


def _fact(known: KnownEvidence, where: str, name: str) -> Fact | None:
    fact: KnownFact | None = getattr(known, name)
    return None if fact is None else Fact(fact.value, _source(fact.source), f"{where}.{name}")


def _effect(effect: KnownEffect | None, path: str) -> Effect | None:
    """On a scale where more is better: minus the log of a hazard ratio, the log of an odds ratio, a difference."""
    if effect is None:
        return None
    numbers = (effect.estimate, effect.low, effect.high, effect.target)
    if effect.scale != "difference":
        sign = -1 if effect.scale == "hazard_ratio" else 1
        numbers = tuple(sign * math.log(number) for number in numbers)  # type: ignore[assignment]  # four of them
    estimate, one, other, target = numbers
    return Effect(estimate, abs(other - one) / (2 * Z95), target, _source(effect.source), path)


def _response(response: KnownResponse | None, path: str) -> Response | None:
    if response is None:
        return None
    return Response(
        share=response.share,
        n=response.n,
        control_share=response.control_share,
        target_share=response.target_share,
        source=_source(response.source),
        path=path,
    )


def _source(text: SourceText | None) -> Source | None:
    return Source(**text.model_dump()) if text else None
