"""What the ending of a nonproprietary name tells: mechanism, modality and, where the stem fixes it, the target."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from onepill.core.provenance import Source
from onepill.registries.entities.drug_names import drug_key
from onepill.registries.entities.text import has_chinese
from onepill.registries.entities.words import word_set

_LEAST_LETTERS_BEFORE = 2


@dataclass(frozen=True)
class Stem:
    """An INN stem.

    Attributes:
        stem: the ending, without its hyphen.
        meaning: in the project's own short words.
        modality: small_molecule, antibody, antibody_drug_conjugate, bispecific_antibody, fusion_protein, protein,
            peptide, cell_therapy, gene_therapy, sirna, aso, mrna.
        targets: gene symbols that the stem itself fixes; mostly none.
    """

    stem: str
    meaning: str
    modality: str
    targets: tuple[str, ...]


def stems_of(name: str) -> tuple[Stem, ...]:
    """The stems of a name, the one that says most first; none where no word ends in a stem.

    The longest stem of each word counts (tunlametinib is -metinib, not -tinib). A second word that names the payload
    of an antibody-drug conjugate comes first, since it decides the modality. Chinese names are read by their endings.
    """
    key = drug_key(name)
    if has_chinese(key):
        ends = [(ending, stem) for ending, stem in _chinese() if key.endswith(ending) and len(key) > len(ending)]
        return (stems()[max(ends, key=lambda pair: len(pair[0]))[1]],) if ends else ()
    found = [stem for word in key.split() if (stem := _stem_of_word(word)) is not None]
    return tuple(sorted(dict.fromkeys(found), key=lambda stem: stem.modality != "antibody_drug_conjugate"))


@cache
def stems() -> dict[str, Stem]:
    """The packaged stems by ending."""
    return {
        row["stem"]: Stem(row["stem"], row["meaning"], row["modality"], tuple(row["targets"]))
        for row in _document()["stems"]
    }


@cache
def stem_source() -> Source:
    """Where the stems are from."""
    source = _document()["source"]
    return Source(source["title"], source["url"], retrieved=source["retrieved"])


def _stem_of_word(word: str) -> Stem | None:
    if not word.isalpha():
        return None
    for start in range(_LEAST_LETTERS_BEFORE, len(word) - 2):
        found = stems().get(word[start:])
        if found:
            return found
    return stems().get(word) if word in _PAYLOADS else None


_PAYLOADS = word_set("adc_payloads")


@cache
def _chinese() -> tuple[tuple[str, str], ...]:
    return tuple((ending, stem) for ending, stem in _document()["chinese"])


@cache
def _document() -> dict[str, Any]:
    text = files("onepill.registries.entities").joinpath("data", "inn_stems.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
