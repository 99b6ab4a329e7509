"""Targets, mechanisms and modalities of drugs: from sources, from name stems, from titles, each with its source."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from onepill.registries.entities.acting import acted_on, stated_of
from onepill.registries.entities.book import DrugBook
from onepill.registries.entities.corrections import Corrections
from onepill.registries.entities.links import Evidence, Link
from onepill.registries.entities.stems import stem_source, stems_of
from onepill.registries.entities.text import fold

ClaimKind = Literal["target", "mechanism", "modality"]

_LISTED, _LISTED_MANY, _FROM_STEM, _FROM_TITLE, _MECHANISM, _ATC = 0.90, 0.70, 0.86, 0.86, 0.90, 0.85
_FROM_WORDS = 0.85
"""What a mechanism's words or a trial record's own text say: below what a source lists and a stem fixes."""
_ACTION = 0.02
"""Added where the source says what the drug does to the target, which a list of bound proteins does not."""
_MANY = 4
"""A source that lists more targets than this for one drug lists what it binds, not what it is for."""
_DISEASE_OF = re.compile(r"[\w\s()-]{0,60}?(?:encephalitis|syndrome|nephritis|positive)")
_ROLE = (
    r"(?:inhibitors?|antagonists?|agonists?|blockers?|blockade|degraders?|modulators?|antibod(?:y|ies)|mab|monoclonal|"
    r"bispecific|car[- ]?t|chimeric antigen|tki|targeted|directed|vaccine|adc|nanobod(?:y|ies)|sirna|ligand trap)"
)
_ZH_ROLE = r"(?:双重)?(?:单抗|单克隆抗体|抗体|抑制剂|拮抗剂|激动剂|阻断剂|人源化|人鼠|嵌合|靶向|car-?t|双抗|双特异)"


@dataclass(frozen=True)
class TargetClaim:
    """One statement about a drug.

    Attributes:
        drug_id: the drug.
        kind: target (a gene symbol or, for what is no gene, the source's word), mechanism, or modality.
        value: what is claimed.
        action: inhibitor, agonist, … where stated.
        score: 0 to 1, see `links`.
        evidence: rule, words, source and record.
    """

    drug_id: str
    kind: ClaimKind
    value: str
    action: str
    score: float
    evidence: Evidence


class TargetBook:
    """Claims by drug, out of rows of the one table model and the names' own stems.

    A person's correction of kind `target` for a drug's name replaces all claimed targets.
    """

    def __init__(
        self,
        book: DrugBook,
        *,
        targets: Iterable[Mapping[str, Any]] = (),
        mechanisms: Iterable[Mapping[str, Any]] = (),
        modalities: Iterable[Mapping[str, Any]] = (),
        atc: Iterable[Mapping[str, Any]] = (),
        corrections: Corrections | None = None,
    ) -> None:
        self._book = book
        self._corrections = corrections or Corrections()
        found: dict[str, set[TargetClaim]] = defaultdict(set)
        for claim in (*self._of_targets(targets), *self._of_words(mechanisms, "mechanism"),
                      *self._of_words(modalities, "modality"), *self._of_atc(atc)):  # fmt: skip
            found[claim.drug_id].add(claim)
        self._claims = {drug: tuple(sorted(claims, key=_order)) for drug, claims in found.items()}

    def claims(self, drug_id: str, *, name: str = "", stated: Iterable[TargetClaim] = ()) -> tuple[TargetClaim, ...]:
        """All claims about a drug, the surest first; stems of its name are asked as well.

        Args:
            name: for a drug that no source knows, the name as listed.
            stated: what trial records say of it, see `record_claims`.
        """
        name = name or self._book.name_of(drug_id)
        decided = self._corrections.links("target", name)
        sourced = self._claims.get(drug_id, ())
        every = (*sourced, *stem_claims(drug_id, name), *stated)
        if decided is not None:
            by_person = tuple(TargetClaim(drug_id, "target", k.entity_id, "", 1.0, k.evidence) for k in decided)
            every = (*by_person, *(claim for claim in every if claim.kind != "target"))
        return tuple(sorted(every, key=_order))

    def targets(self, drug_id: str, *, name: str = "", least: float = 0.85) -> tuple[str, ...]:
        """The targets claimed at this score or above, from the surest kind of source only.

        A stem's target counts where no source lists one, so that a class word never adds to a listed target.
        """
        claims = [c for c in self.claims(drug_id, name=name) if c.kind == "target" and c.score >= least]
        if not claims:
            return ()
        best = claims[0].score
        return tuple(sorted({claim.value for claim in claims if claim.score == best}))

    def _of_targets(self, rows: Iterable[Mapping[str, Any]]) -> Iterable[TargetClaim]:
        listed: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows:
            listed[row["source"], str(row["drug_name"])].append(row)
        for (source, name), of_drug in listed.items():
            drug_id = self._book.id_of(name)
            if not drug_id:
                continue
            score = _LISTED if len(of_drug) <= _MANY else _LISTED_MANY
            for row in of_drug:
                evidence = Evidence("target.listed", str(row["target"]), source, str(row["record_id"]))
                action = str(row.get("action") or "")
                for symbol in symbols_of(str(row["target"])):
                    yield TargetClaim(drug_id, "target", symbol, action, score + (_ACTION if action else 0.0), evidence)

    def _of_words(self, rows: Iterable[Mapping[str, Any]], kind: ClaimKind) -> Iterable[TargetClaim]:
        for row in rows:
            drug_id, value = self._book.id_of(str(row["drug_name"])), str(row.get(kind) or "").strip()
            if drug_id and value:
                evidence = Evidence(f"{kind}.listed", value, row["source"], str(row["record_id"]))
                yield TargetClaim(drug_id, kind, value, "", _MECHANISM, evidence)
                if kind == "mechanism":
                    yield from _acting(drug_id, acted_on(value), replace(evidence, rule="target.mechanism"))

    def _of_atc(self, rows: Iterable[Mapping[str, Any]]) -> Iterable[TargetClaim]:
        """The class (fifth character group) above each substance, as its mechanism in ATC's words."""
        terms = {str(row["record_id"]): str(row["term"]) for row in rows}
        for code in sorted(code for code in terms if len(code) == 7):
            drug_id, above = self._book.id_of(terms[code]), terms.get(code[:5], "")
            if drug_id and above and not above.casefold().startswith("other"):
                evidence = Evidence("mechanism.atc", above, "atc", code)
                yield TargetClaim(drug_id, "mechanism", above, "", _ATC, evidence)
                yield from _acting(drug_id, acted_on(above), replace(evidence, rule="target.atc"))


def record_claims(drug_id: str, names: Iterable[str], text: str, *, source: str, record: str) -> list[TargetClaim]:
    """What a trial record's own words say of a drug, right beside one of its names: targets, mechanism, antibody."""
    found: list[TargetClaim] = []
    for stated in dict.fromkeys(one for name in sorted(set(names)) for one in stated_of(text, name)):
        evidence = Evidence("target.record", stated.phrase, source, record)
        found.extend(_acting(drug_id, stated.targets, evidence))
        found.append(TargetClaim(drug_id, "mechanism", stated.phrase, "", _FROM_WORDS, evidence))
        if stated.modality:
            found.append(TargetClaim(drug_id, "modality", stated.modality, "", _FROM_WORDS, evidence))
    return found


def _acting(drug_id: str, targets: Iterable[str], evidence: Evidence) -> Iterable[TargetClaim]:
    return (TargetClaim(drug_id, "target", one, "", _FROM_WORDS, evidence) for one in targets)


def everyday_names() -> Iterable[tuple[str, str]]:
    """Everyday names of the packaged targets with the symbol of each; a pair such as CDK4/6 is not among them."""
    for row in _document()["targets"]:
        for name in (*row["names"], row["target"]):
            if symbols_of(name) == (row["target"],):
                yield name, row["target"]


def stem_claims(drug_id: str, name: str) -> tuple[TargetClaim, ...]:
    """What the name's stems claim: modality, mechanism, and targets where the stem fixes them."""
    found = []
    for stem in stems_of(name):
        evidence = Evidence("target.stem", f"-{stem.stem}", stem_source().title, stem_source().url)
        found.append(TargetClaim(drug_id, "modality", stem.modality, "", _FROM_STEM, evidence))
        found.append(TargetClaim(drug_id, "mechanism", stem.meaning, "", _FROM_STEM, evidence))
        found.extend(TargetClaim(drug_id, "target", one, "", _FROM_STEM, evidence) for one in stem.targets)
    return tuple(found)


def targets_in_title(title: str, *, record: str = "") -> tuple[Link, ...]:
    """Targets that a title names as what is acted on: `anti-X`, `X inhibitor`, `抗X单抗`, `X抗体`.

    A target that marks the patients (HER2-positive, EGFR-mutant) is not taken, nor an antibody that is the disease
    (anti-NMDA receptor encephalitis).
    """
    folded = fold(title)
    found: dict[str, tuple[int, Link]] = {}
    for name, symbol in _title_names():
        match = _pattern(name).search(folded)
        if match is None or symbol in found or _is_disease(folded, match):
            continue
        evidence = Evidence("target.title", match.group(0).strip(), "title", record)
        found[symbol] = (match.start(), Link("target", title, symbol, symbol, _FROM_TITLE, evidence))
    return tuple(link for _, link in sorted(found.values(), key=lambda pair: pair[0]))


def symbols_of(name: str) -> tuple[str, ...]:
    """Gene symbols of a target's everyday name; several for a pair such as CDK4/6; the name itself where unknown."""
    if name.upper() == "CDK4/6":
        return ("CDK4", "CDK6")
    if name.upper() in {"MEK", "MEK1/2"}:
        return ("MAP2K1", "MAP2K2")
    return (_symbols().get(_target_key(name), name),)


def _is_disease(folded: str, match: re.Match[str]) -> bool:
    return match.group(0).startswith("anti") and _DISEASE_OF.match(folded[match.end() :]) is not None


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """The name as what is acted on. Digits and letters around it would make another name."""
    own = r"(?<![a-z0-9])" + re.escape(name) + r"(?![a-z0-9])"
    return re.compile(
        rf"anti[- ]?{own}(?![- ]?(?:positive|negative))|{own}\)?[- ]?(?:receptor )?(?:tyrosine kinase )?{_ROLE}\b"
        rf"|抗{re.escape(name)}(?![a-z0-9])|{own}\s*{_ZH_ROLE}|{own}i\b"
    )


@cache
def _title_names() -> tuple[tuple[str, str], ...]:
    """Names for titles, the longest first."""
    pairs = {(fold(name), row["target"]) for row in _document()["targets"] for name in (*row["names"], row["target"])}
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair)))


@cache
def _symbols() -> dict[str, str]:
    return {
        _target_key(name): row["target"] for row in _document()["targets"] for name in (*row["names"], row["target"])
    }


def _target_key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(name))


@cache
def _document() -> dict[str, Any]:
    text = files("onepill.registries.entities").joinpath("data", "target_names.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def _order(claim: TargetClaim) -> tuple[object, ...]:
    return (claim.kind != "target", -claim.score, claim.kind, claim.value, claim.evidence.source, claim.evidence.rule,
            claim.evidence.record, claim.action)  # fmt: skip
