"""Conditions of MeSH with their MONDO and EFO ids, synonyms and ancestors; free text to conditions."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from onepill.registries.entities.condition_names import (
    Words,
    condition_words,
    names_no_disease,
    parts_of,
    readings,
)
from onepill.registries.entities.corrections import Corrections
from onepill.registries.entities.fuzzy import FuzzyIndex
from onepill.registries.entities.links import Evidence, Link, no_link
from onepill.registries.entities.text import fold, has_chinese

_DISEASE_TREES = ("C", "F03")
_TOO_WIDE = frozenset({"Disease", "Syndrome", "Acute Disease", "Chronic Disease", "Diseases in Twins", "Injury"})
_LONG_WORD = 7
_PARTS, _CONTAINED_LOW, _FUZZY_ONE, _FUZZY_TWO = 0.90, 0.60, 0.86, 0.70


@dataclass(frozen=True)
class Condition:
    """A disease heading.

    Attributes:
        condition_id: `mesh:D002289`, or `mondo:MONDO_…` for a concept that only MONDO has.
        name: the heading.
        mesh_id, mondo_id, efo_id: empty where unknown; MONDO and EFO are matched by the words of the name.
        tree_numbers: places in the MeSH tree; the first is taken for a single roll-up.
    """

    condition_id: str
    name: str
    mesh_id: str = ""
    mondo_id: str = ""
    efo_id: str = ""
    tree_numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Name:
    """A stored name: whose it is and where it comes from."""

    condition_id: str
    alias: str
    source: str
    score: float


class ConditionBook:
    """Conditions by id and by words.

    A person's corrections come first. Names are headings, MONDO and EFO names, and the synonyms of the packaged tables.
    """

    def __init__(self, conditions: Iterable[Condition], corrections: Corrections | None = None) -> None:
        self.conditions: Mapping[str, Condition] = {one.condition_id: one for one in conditions}
        self._corrections = corrections or Corrections()
        self._of_tree = {tree: one.condition_id for one in self.conditions.values() for tree in one.tree_numbers}
        self._of_name = {fold(one.name): one.condition_id for one in self.conditions.values()}

    def with_corrections(self, corrections: Corrections) -> ConditionBook:
        return ConditionBook(self.conditions.values(), corrections)

    def link(self, text: str) -> tuple[Link, ...]:
        """The conditions that the text names; at least one link, without an id where it names none."""
        decided = self._corrections.links("condition", text)
        if decided is not None:
            return decided or (no_link("condition", text, "correction"),)
        if names_no_disease(text):
            return (no_link("condition", text, "condition.no_disease"),)
        if has_chinese(text):
            return self._link_chinese(text) or (no_link("condition", text, "condition.unknown"),)
        return self._link_words(text) or (no_link("condition", text, "condition.unknown"),)

    def ancestors(self, condition_id: str) -> tuple[str, ...]:
        """The conditions above, nearest first, over all places in the tree; the condition itself is not among them."""
        found: dict[str, int] = {}
        for tree in self.conditions[condition_id].tree_numbers:
            above = tree
            while "." in above:
                above = above.rpartition(".")[0]
                one = self._of_tree.get(above, "")
                if one and one != condition_id:
                    steps = tree.count(".") - above.count(".")
                    found[one] = min(steps, found.get(one, steps))
        return tuple(sorted(found, key=lambda one: (found[one], one)))

    def branches(self, condition_id: str) -> tuple[str, ...]:
        """The first-level MeSH branches (such as C04, neoplasms) for a roll-up to therapeutic areas."""
        return tuple(dict.fromkeys(tree.partition(".")[0] for tree in self.conditions[condition_id].tree_numbers))

    def _link_words(self, text: str) -> tuple[Link, ...]:
        exact = self._exact(text)
        if exact:
            return exact
        parts = parts_of(text)
        if len(parts) > 1:
            found = [replace(link, score=min(_PARTS, link.score)) for part in parts for link in self._exact(part)]
            if found:
                return tuple({link.entity_id: link for link in reversed(found)}.values())[::-1]
        return self._like(text) or self._contained(text)

    def _exact(self, text: str) -> tuple[Link, ...]:
        for rule, highest, words in readings(text):
            names = self._names.get(words)
            if names:
                return (self._as_link(names, text, rule, highest),)
        return ()

    def _as_link(self, names: tuple[_Name, ...], text: str, rule: str, highest: float) -> Link:
        best = names[0]
        others = tuple(dict.fromkeys(one.condition_id for one in names[1:] if one.score == best.score))
        score = min(highest, best.score)
        evidence = Evidence(rule, best.alias, best.source)
        name = self.conditions[best.condition_id].name
        return Link("condition", text, best.condition_id, name, min(score, 0.7) if others else score, evidence, others)

    def _like(self, text: str) -> tuple[Link, ...]:
        for _, _, words in readings(text):
            joined = " ".join(words)
            near = self._index.near(joined)
            if near and near[0].edits:
                stored = tuple(self._index.names[near[0].place].split())
                score = _FUZZY_ONE if near[0].edits == 1 and _is_misspelt(words, stored) else _FUZZY_TWO
                names = self._names[stored]
                return (self._as_link(names, text, "condition.fuzzy", score),)
        return ()

    def _contained(self, text: str) -> tuple[Link, ...]:
        """The heading with the most words of the text; the score grows with the share of words that it covers."""
        words = next((words for rule, _, words in readings(text) if rule.startswith("condition.words")), ())
        rare = [word for word in words if word in self._with_word]
        counts: dict[Words, int] = defaultdict(int)
        for word in rare:
            for stored in self._with_word[word]:
                counts[stored] += 1
        whole = [stored for stored, count in counts.items() if count == len(stored)]
        if not whole:
            return ()
        best = min(whole, key=lambda stored: (-len(stored), -sum(map(len, stored)), stored))
        score = _CONTAINED_LOW + 0.24 * len(best) / len(words)
        return (self._as_link(self._names[best], text, "condition.contained", score),)

    def _link_chinese(self, text: str) -> tuple[Link, ...]:
        """The Chinese words of the packaged table inside the text, the longest first and none twice."""
        folded, found = fold(text).replace(" ", ""), []
        for word, heading in _chinese_words():
            at = folded.find(word)
            condition_id = self._of_name.get(fold(heading))
            if at < 0 or condition_id is None:
                continue
            folded = folded.replace(word, "\x00" * len(word))
            score = 0.95 if len(word) >= len(fold(text)) - 1 else 0.88
            evidence = Evidence("condition.chinese", word, _tables()["chinese"]["title"])
            found.append((at, Link("condition", text, condition_id, heading, score, evidence)))
        unique = {link.entity_id: link for _, link in sorted(found, key=lambda pair: -pair[0])}
        return tuple(unique.values())[::-1]

    @cached_property
    def _names(self) -> dict[Words, tuple[_Name, ...]]:
        found: dict[Words, dict[str, _Name]] = defaultdict(dict)

        def add(alias: str, condition_id: str, source: str, score: float) -> None:
            words = condition_words(alias)
            kept = found[words].get(condition_id)
            if words and (kept is None or (-score, alias) < (-kept.score, kept.alias)):
                found[words][condition_id] = _Name(condition_id, alias, source, score)

        for one in self.conditions.values():
            add(one.name, one.condition_id, "mesh" if one.mesh_id else "mondo_efo", 1.0 if one.mesh_id else 0.9)
        for table in ("learned", "own"):
            for alias, heading in _tables()[table]["names"]:
                condition_id = self._of_name.get(fold(heading))
                if condition_id:
                    add(alias, condition_id, _tables()[table]["title"], 0.95)
        return {
            words: tuple(sorted(of.values(), key=lambda one: (-one.score, one.condition_id)))
            for words, of in found.items()
            if words
        }

    @cached_property
    def _index(self) -> FuzzyIndex:
        return FuzzyIndex(tuple(sorted(" ".join(words) for words in self._names)))

    @cached_property
    def _with_word(self) -> dict[str, tuple[Words, ...]]:
        found: dict[str, list[Words]] = defaultdict(list)
        for words in sorted(self._names):
            for word in words:
                found[word].append(words)
        return {word: tuple(of) for word, of in found.items()}


def condition_book_from_rows(
    rows: Iterable[Mapping[str, Any]], corrections: Corrections | None = None
) -> ConditionBook:
    """A book out of `vocabulary` rows of `mesh` (terms and tree numbers) and `mondo_efo` (maps).

    Headings outside diseases (trees C and F03) and rows without a name are left out. A MONDO concept whose name has a
    heading's words gives that heading its ids; others stand by themselves.
    """
    terms: dict[str, str] = {}
    trees: dict[str, list[str]] = defaultdict(list)
    maps: dict[Words, tuple[str, str, str]] = {}
    for row in rows:
        record, name = str(row["record_id"]), str(row["term"] or "")
        if not name:
            continue
        if row["vocabulary"] == "mesh":
            terms[record] = name
            if row["kind"] == "tree_number":
                trees[record].append(str(row["tree_number"]))
        elif row["vocabulary"] == "mondo_efo":
            if name.capitalize() in _TOO_WIDE:
                continue
            maps.setdefault(condition_words(name), (record, str(row["mapped_id"] or ""), name))
    found = []
    for mesh_id in sorted(trees):
        if terms[mesh_id] not in _TOO_WIDE and any(t.startswith(_DISEASE_TREES) for t in trees[mesh_id]):
            mondo, efo, _ = maps.pop(condition_words(terms[mesh_id]), ("", "", ""))
            places = tuple(sorted(tree for tree in trees[mesh_id] if tree.startswith(_DISEASE_TREES)))
            found.append(Condition(f"mesh:{mesh_id}", terms[mesh_id], mesh_id, mondo, efo, places))
    for mondo, efo, name in sorted(maps.values()):
        found.append(Condition(f"mondo:{mondo}", name, "", mondo, efo))
    return ConditionBook(found, corrections)


def _is_misspelt(words: Words, stored: Words) -> bool:
    """One long word differs, not in its first letter: hip is not a misspelt lip, nor norovirus a torovirus."""
    ours, theirs = {*words} - {*stored}, {*stored} - {*words}
    if len(ours) != 1 or len(theirs) != 1:
        return False
    one, other = ours.pop(), theirs.pop()
    return one[0] == other[0] and min(len(one), len(other)) >= _LONG_WORD


@cache
def _tables() -> dict[str, Any]:
    text = files("onepill.registries.entities").joinpath("data", "condition_names.json").read_text(encoding="utf-8")
    return {table["id"]: table for table in json.loads(text)["tables"]}


@cache
def _chinese_words() -> tuple[tuple[str, str], ...]:
    pairs = ((fold(word), heading) for word, heading in _tables()["chinese"]["names"])
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0])))
