"""Free text of an intervention to drug ids, rule by rule from the most literal to likeness."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

from onepill.registries.entities.book import DrugBook, NameHit
from onepill.registries.entities.corrections import Corrections
from onepill.registries.entities.drug_names import code_key, drug_key, inside_and_outside, lookup_keys, plain_key
from onepill.registries.entities.drug_words import FORMS
from onepill.registries.entities.fuzzy import FuzzyIndex
from onepill.registries.entities.links import Evidence, Link, no_link
from onepill.registries.entities.not_drugs import not_a_drug
from onepill.registries.entities.splitting import split_names
from onepill.registries.entities.stems import stem_source, stems_of
from onepill.registries.entities.text import fold, has_chinese, slug

_EXACT = {"name": 1.0, "code": 0.97, "form": 0.97, "salt": 0.95}
_IN_BRACKETS, _CONTAINED, _CONTAINED_FAR = 0.93, 0.88, 0.75
_AMBIGUOUS, _SHORT, _PLAINEST, _OWN_NAME = 0.70, 0.80, 0.88, 0.86
_ONE_EDIT_LONG, _ONE_EDIT, _TWO_EDITS = 0.86, 0.75, 0.65
_LATIN_RUN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[ -]?[A-Za-z0-9]+)*")
_MOST_WORDS = 4
_SHORTEST_CONTAINED = 5
_COMMON_ENDINGS = frozenset({"caine", "cillin", "olol"})
"""Old classes: a name with such an ending that no table knows is misspelt rather than new."""
_MAY_HOLD_A_DRUG = frozenset({"procedure", "device", "test", "care", "behaviour", "radiation"})


class DrugLinker:
    """Links texts to the drugs of a book; a person's corrections come first.

    Scores order the rules by trust (1 for a drug's own name down to 0.65 for a name two edits away); thresholds are in
    `links`. A text is linked to every drug that it names.
    """

    def __init__(self, book: DrugBook, corrections: Corrections | None = None) -> None:
        self.book = book
        self._corrections = corrections or Corrections()

    def link(self, text: str) -> tuple[Link, ...]:
        """The links of one text, in the order in which it names them; at least one.

        A link without an id says by its rule why: `drug.not_a_drug.<reason>`, `drug.unknown` (then `name` holds the key
        under which the same unknown name meets itself elsewhere), or `correction` where a person says it names nothing.
        """
        decided = self._corrections.links("drug", text)
        if decided is not None:
            return decided or (no_link("drug", text, "correction"),)
        whole = self._exact(text, fold(text))
        if whole:
            return whole
        if not_a_drug(text) == "placebo":
            return (no_link("drug", text, "drug.not_a_drug.placebo"),)
        found = [link for part in split_names(text) for link in self._part(part)]
        kept = {(link.entity_id, link.evidence.rule if not link.entity_id else ""): link for link in reversed(found)}
        return tuple(
            link for link in found if kept.get((link.entity_id, "" if link.entity_id else link.evidence.rule)) is link
        )

    def link_all(self, texts: Iterable[str]) -> Mapping[str, tuple[Link, ...]]:
        """The links of many texts, each text worked once."""
        return {text: self.link(text) for text in dict.fromkeys(texts)}

    def _part(self, part: str) -> tuple[Link, ...]:
        decided = self._corrections.links("drug", part)
        if decided is not None:
            return decided
        exact = self._exact(part, part) or self._with_brackets(part)
        if exact:
            return exact
        reason = not_a_drug(part)
        if reason:
            named = self._contained(part, at_head=True) if reason in _MAY_HOLD_A_DRUG else ()
            return named or (no_link("drug", part, f"drug.not_a_drug.{reason}"),)
        return self._hyphenated(part) or self._contained(part) or self._like(part) or (_own_name(part),)

    def _exact(self, text: str, shown: str, *, within: float = 1.0) -> tuple[Link, ...]:
        for rule, key in lookup_keys(text):
            hits = self.book.hits(key)
            if hits and len(key) >= 2:
                score = min(within, _EXACT[rule])
                return self._from_hits(hits, shown, f"drug.{rule}", min(score, _SHORT) if len(key) < 3 else score)
        return ()

    def _from_hits(self, hits: tuple[NameHit, ...], shown: str, rule: str, score: float) -> tuple[Link, ...]:
        best = hits[0]
        rivals = [hit for hit in hits[1:] if (hit.alias.kind == "brand") == (best.alias.kind == "brand")]
        plainest = self._plainest([best, *rivals]) if rivals else None
        if plainest is not None:
            best, rivals, score = plainest, [], min(score, _PLAINEST)
        if rivals:
            score = min(score, _AMBIGUOUS)
        evidence = Evidence(rule, best.alias.alias, best.alias.source, best.alias.record)
        others = tuple(dict.fromkeys("+".join(hit.drug_ids) for hit in rivals))
        return tuple(Link("drug", shown, one, self.book.name_of(one), score, evidence, others) for one in best.drug_ids)

    def _plainest(self, hits: list[NameHit]) -> NameHit | None:
        """The one substance that every rival's name holds: a brand of insulin lispro and of its protamine mixture."""
        words = {hit: {*self.book.name_of(hit.drug_ids[0]).split()} for hit in hits if len(hit.drug_ids) == 1}
        return next((hit for hit, own in words.items() if len(words) == len(hits)
                     and all(own <= others for others in words.values())), None)  # fmt: skip

    def _with_brackets(self, part: str) -> tuple[Link, ...]:
        """What stands before a bracket names the drug; failing that, what stands in it."""
        outside, insides = inside_and_outside(part)
        if not insides:
            return ()
        before = self._exact(outside, part, within=0.96) if outside else ()
        if before or (outside and not_a_drug(outside)):
            return before
        for inside in insides:
            found = [link for one in split_names(inside) for link in self._exact(one, part, within=_IN_BRACKETS)]
            if found:
                return tuple(found)
        return ()

    def _hyphenated(self, part: str) -> tuple[Link, ...]:
        """Two known drugs joined by a hyphen."""
        left, hyphen, right = part.partition("-")
        if not hyphen or min(len(left), len(right)) < _SHORTEST_CONTAINED:
            return ()
        if left in FORMS:
            return self._exact(right, part, within=0.92)
        first, second = self._exact(left, left, within=0.92), self._exact(right, right, within=0.92)
        return first + second if first and second else ()

    def _contained(self, part: str, *, at_head: bool = False) -> tuple[Link, ...]:
        """Known names inside the part (or at its head only), the longest first; what is left over lowers the score."""
        if has_chinese(part):
            return self._contained_chinese(part)
        words = re.sub(r"[()\[\],.:]", " ", part).split()
        found: list[tuple[int, Link]] = []
        taken: set[int] = set()
        for size in range(min(_MOST_WORDS, len(words)), 0, -1):
            for start in range(len(words) - size + 1):
                span = set(range(start, start + size))
                run = " ".join(words[start : start + size])
                if span & taken or (at_head and start) or not _may_be_contained(drug_key(run)):
                    continue
                links = self._exact(run, part, within=_CONTAINED)
                if links and links[0].evidence.rule != "drug.brand":
                    taken |= span
                    found.extend((start, link) for link in links)
        left = len([w for n, w in enumerate(words) if n not in taken and drug_key(w) == w])
        score = _CONTAINED if left <= 3 else _CONTAINED_FAR
        return tuple(_as_contained(link, score) for _, link in sorted(found, key=lambda pair: pair[0]))

    def _contained_chinese(self, part: str) -> tuple[Link, ...]:
        for run in sorted(_LATIN_RUN.findall(part), key=len, reverse=True):
            links = self._exact(run, part, within=_CONTAINED) if _may_be_contained(run) else ()
            if links:
                return tuple(_as_contained(link, _CONTAINED) for link in links)
        text = plain_key(part)
        for size in range(len(text), 2, -1):
            for start in range(len(text) - size + 1):
                hits = self.book.hits(text[start : start + size])
                if hits and has_chinese(text[start : start + size]):
                    left = len(drug_key(part)) - size
                    score = _CONTAINED if left <= 3 else _CONTAINED_FAR
                    return self._from_hits(hits, part, "drug.contained", score)
        return ()

    def _like(self, part: str) -> tuple[Link, ...]:
        """Names within the edits allowed for the length; codes are never matched by likeness."""
        key = drug_key(part).lstrip("0123456789-")
        if code_key(part) or any(letter.isdigit() for letter in key):
            return ()
        near = self._index.near(key)
        if not near:
            return ()
        best = near[0]
        score = (_ONE_EDIT_LONG if len(key) >= 10 else _ONE_EDIT) if best.edits <= 1 else _TWO_EDITS
        ids = {self._id_at(one.place) for one in near if one.edits == best.edits}
        hits = self.book.hits(self._index.names[best.place])
        if hits[0].alias.kind == "brand":
            score = min(score, _TWO_EDITS)
        links = self._from_hits(hits, part, "drug.fuzzy", score)
        if len(ids) > 1:
            rivals = tuple(sorted("+".join(one) for one in ids if "+".join(one) != links[0].entity_id))
            return tuple(
                Link("drug", part, k.entity_id, k.name, min(score, _AMBIGUOUS), k.evidence, rivals) for k in links
            )
        return links

    def _id_at(self, place: int) -> tuple[str, ...]:
        return self.book.hits(self._index.names[place])[0].drug_ids

    @cached_property
    def _index(self) -> FuzzyIndex:
        names = (key for key in self.book.keys if not has_chinese(key) and not any(c.isdigit() for c in key))
        return FuzzyIndex(tuple(names))


def _may_be_contained(run: str) -> bool:
    letters = sum(letter.isalpha() for letter in run)
    return letters >= _SHORTEST_CONTAINED or bool(code_key(run) and letters >= 1 and len(code_key(run)) >= 4)


def _as_contained(link: Link, score: float) -> Link:
    evidence = Evidence("drug.contained", link.evidence.alias, link.evidence.source, link.evidence.record)
    return Link("drug", link.text, link.entity_id, link.name, min(score, link.score), evidence, link.others)


def _own_name(part: str) -> Link:
    """A name in no table: a drug of its own where it is one or two words with an INN stem, else unknown."""
    key = drug_key(inside_and_outside(part)[0] or part)
    stems = (
        [s for s in stems_of(key) if s.stem not in _COMMON_ENDINGS]
        if key.replace(" ", "").isalpha() and len(key.split()) <= 2
        else []
    )
    if stems and not has_chinese(key) and len(key) >= len(stems[0].stem) + 4:
        evidence = Evidence("drug.own_name", f"-{stems[0].stem}", stem_source().title, stem_source().url)
        return Link("drug", part, slug(key), key, _OWN_NAME, evidence)
    return Link("drug", part, "", key, 0.0, Evidence("drug.unknown"))
