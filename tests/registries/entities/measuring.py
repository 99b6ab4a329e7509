"""Precision and recall of links against the labelled sample."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from onepill.registries.entities import (
    CompanyBook,
    ConditionBook,
    DrugLinker,
    TargetBook,
    sponsor_class,
)
from onepill.registries.entities.targets import targets_in_title
from onepill.registries.entities.text import slug
from onepill.stats.proportions import wilson_interval

LABELS = Path(__file__).with_name("labelled_links.csv")


@dataclass(frozen=True)
class Label:
    """One labelled string: the alternatives are sets of things, any of which is right."""

    link_id: str
    kind: str
    split: str
    language: str
    difficulty: str
    text: str
    alternatives: tuple[frozenset[str], ...]


@dataclass(frozen=True)
class Verdict:
    """A label with what was linked."""

    label: Label
    linked: frozenset[str]
    right: int
    wrong: int
    missed: int


@dataclass(frozen=True)
class Score:
    """Precision and recall with Wilson 95 % limits; n is links made, and links there are to make."""

    right: int
    linked: int
    wanted: int

    @property
    def precision(self) -> tuple[float, float, float]:
        return (self.right / self.linked, *wilson_interval(self.right, self.linked))

    @property
    def recall(self) -> tuple[float, float, float]:
        return (self.right / self.wanted, *wilson_interval(self.right, self.wanted))


def read_labels() -> list[Label]:
    with LABELS.open(encoding="utf-8", newline="") as file:
        return [_label(row) for row in csv.DictReader(file)]


def _label(row: dict[str, str]) -> Label:
    alternatives = tuple(
        frozenset(part.strip() for part in one.split(";") if part.strip() not in {"NONE", "UNKNOWN"})
        for one in row["expected"].split(" OR ")
    )
    keys = ("link_id", "kind", "split", "language", "difficulty", "text")
    return Label(*(row[key] for key in keys), alternatives=alternatives)


def judge(label: Label, linked: frozenset[str]) -> Verdict:
    """Against the alternative that fits best."""
    best = min(label.alternatives, key=lambda one: (len(one ^ linked), -len(one & linked), sorted(one)))
    return Verdict(label, linked, len(best & linked), len(linked - best), len(best - linked))


def score(verdicts: Iterable[Verdict]) -> Score:
    every = list(verdicts)
    right = sum(verdict.right for verdict in every)
    return Score(right, right + sum(v.wrong for v in every), right + sum(v.missed for v in every))


Answer = Callable[[Label], frozenset[str]]


def answer_drugs(linker: DrugLinker, statuses: frozenset[str]) -> Answer:
    """Ids in the words of the label: an id that the label's own name leads to is shown as that name."""

    def answer(label: Label) -> frozenset[str]:
        wanted = {linker.book.id_of(name) or slug(name): name for one in label.alternatives for name in one}
        ids = {link.entity_id for link in linker.link(label.text) if link.status in statuses}
        return frozenset(wanted.get(one, one) for one in ids)

    return answer


def answer_conditions(book: ConditionBook, statuses: frozenset[str]) -> Answer:
    return lambda label: frozenset(link.name for link in book.link(label.text) if link.status in statuses)


def answer_companies(book: CompanyBook, statuses: frozenset[str]) -> Answer:
    def answer(label: Label) -> frozenset[str]:
        link = book.link(label.text)
        return frozenset({link.entity_id} if link.status in statuses else ())

    return answer


def answer_classes(label: Label) -> frozenset[str]:
    found = sponsor_class(label.text)
    return frozenset() if found == "unknown" else frozenset({found})


def answer_titles(label: Label) -> frozenset[str]:
    return frozenset(link.entity_id for link in targets_in_title(label.text))


def answer_drug_targets(book: TargetBook, linker: DrugLinker) -> Answer:
    def answer(label: Label) -> frozenset[str]:
        drug_id = linker.book.id_of(label.text) or slug(label.text)
        return frozenset(book.targets(drug_id, name=label.text))

    return answer
