"""What is known of each drug, since when: targets, action, modality and origin as rows of the landscape."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from onepill.landscape import DrugRow
from onepill.registries.entities import ACCEPTED_AT, TargetClaim

ALWAYS = date.min
"""A stem tells as soon as the name is known."""
_ACTION = re.compile(
    r"\b(inverse agonist|partial agonist|inhibitor|antagonist|agonist|blocker|degrader|activator|modulator|opener|"
    r"potentiator|stimulator|engager|silencer|binder|analogue|alkylating agent|intercalating agent)s?\b"
)
_MODALITIES = {
    "formulation_smallmolecule": "small_molecule",
    "mab": "antibody",
    "bispecific_ab": "bispecific_antibody",
    "adc": "antibody_drug_conjugate",
    "gene_editing": "gene_therapy",
    "enzyme": "protein",
    "recombinant_protein": "protein",
    "hormone": "protein",
    "clotting_factor": "protein",
    "cytokine": "protein",
}
"""Words of pharma-space in those of the INN stems; a word that neither has stands as it is."""
_BIOSIMILAR = "biosimilar"
COMPOUNDS = "repurposing_hub"
"""A library of compounds with a structure: what it lists without another modality is taken for a small molecule."""


def annotation_rows(
    drug_id: str,
    claims: Sequence[TargetClaim],
    day_of: Callable[[TargetClaim], date],
    *,
    name: str,
    origin: tuple[str, date] | None = None,
) -> list[DrugRow]:
    """What was known of a drug from each day on which more became known.

    Args:
        claims: all claims about it, the surest first.
        day_of: the day from which a claim was known.
        origin: its country and the day from which that is known.
    """
    dated = [(day_of(claim), claim) for claim in claims]
    days = sorted({day for day, _ in dated} | ({origin[1]} if origin else set()))
    rows: list[DrugRow] = []
    for day in days:
        country = origin[0] if origin and origin[1] <= day else ""
        told = _without_records([claim for known, claim in dated if known <= day])
        row = _row(drug_id, told, day, name=name, origin=country)
        if not rows or _content(row) != _content(rows[-1]):
            rows.append(row)
    return rows


def is_sure_target(claim: TargetClaim) -> bool:
    """Whether a claim tells a target surely enough to be used."""
    return claim.kind == "target" and claim.score >= ACCEPTED_AT


def _without_records(claims: list[TargetClaim]) -> list[TargetClaim]:
    """Records' own words count until something else tells a target."""
    others = [claim for claim in claims if claim.evidence.rule != "target.record"]
    return others if any(map(is_sure_target, others)) else claims


def _row(drug_id: str, claims: Sequence[TargetClaim], day: date, *, name: str, origin: str) -> DrugRow:
    targets, action = _targets(claims)
    modalities = [_modality(claim.value) for claim in claims if claim.kind == "modality"]
    return DrugRow(
        drug_id=drug_id,
        targets=targets,
        mechanism=action or _action(claims),
        modality=next((one for one in modalities if one != _BIOSIMILAR), _of_compounds(claims)),
        known_on=day,
        name=name,
        origin=origin,
        biosimilar=bool(modalities) and modalities[0] == _BIOSIMILAR,
        source="; ".join(sorted({claim.evidence.source for claim in claims})),
    )


def _targets(claims: Sequence[TargetClaim]) -> tuple[tuple[str, ...], str]:
    """The targets of the surest kind of source, as `TargetBook.targets` takes them, and what the drug does to them."""
    sure = [claim for claim in claims if is_sure_target(claim)]
    best = [claim for claim in sure if claim.score == sure[0].score]
    action = next((claim.action for claim in best if claim.action not in ("", "unknown")), "")
    return tuple(sorted({claim.value for claim in best})), action


def _action(claims: Sequence[TargetClaim]) -> str:
    """The word for what the drug does, in the words of its mechanism: an EGFR inhibitor is an inhibitor."""
    words = (_ACTION.search(claim.value.casefold()) for claim in claims if claim.kind == "mechanism")
    return next((found.group(1) for found in words if found), "")


def _modality(word: str) -> str:
    plain = word.replace("-", "_").replace(" ", "_")
    return _MODALITIES.get(plain, plain)


def _of_compounds(claims: Sequence[TargetClaim]) -> str:
    return "small_molecule" if any(claim.evidence.source == COMPOUNDS for claim in claims) else ""


def _content(row: DrugRow) -> tuple[object, ...]:
    return row.targets, row.mechanism, row.modality, row.origin, row.biosimilar
