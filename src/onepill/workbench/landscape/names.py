"""Which drug, condition and company the texts of a warehouse name: each distinct text is linked once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from onepill.registries.entities import (
    Alias,
    ConditionBook,
    Corrections,
    DrugBook,
    TargetBook,
    aliases_from_rows,
    condition_book_from_rows,
    packaged_aliases,
)
from onepill.workbench.landscape.links import KINDS, Books, Kind, Said, Tell, link_many, make_books

if TYPE_CHECKING:
    from onepill.store.warehouse import Reader

Row = dict[str, Any]
NAME_SOURCES = ["repurposing_hub", "pharma_space"]
"""Sources whose drugs and aliases name substances; registers list anything under `other names`."""
APPROVAL_NAMES = ["fda_nme", "purple_book", "ema"]
"""Sources of approvals whose substances and brands the labelled sample of links was measured with."""

_NAMES: tuple[tuple[str, str, tuple[object, ...]], ...] = (
    ("drug", "SELECT source, record_id, drug_name FROM drug WHERE list_contains(?, source)", (NAME_SOURCES,)),
    (
        "alias",
        "SELECT source, record_id, drug_name, alias, alias_kind FROM alias WHERE list_contains(?, source)",
        (NAME_SOURCES,),
    ),
    ("vocabulary", "SELECT source, record_id, vocabulary, term FROM vocabulary WHERE vocabulary = 'atc'", ()),
    (
        "approval",
        "SELECT source, record_id, substance, drug_name FROM approval "
        "WHERE is_human AND substance IS NOT NULL AND list_contains(?, source)",
        (APPROVAL_NAMES,),
    ),
)
"""Where names of drugs stand."""
_CONDITIONS = """
    SELECT source, record_id, vocabulary, kind, term, tree_number, mapped_id, mapped_term FROM vocabulary
    WHERE vocabulary IN ('mesh', 'mondo_efo') ORDER BY record_id, ordinal
"""


@dataclass
class Linked:
    """What became of the distinct texts of one kind: accepted, uncertain, own_code, no_drug, unknown, no_condition."""

    texts: Counter[str] = field(default_factory=Counter)


def rows_of(reader: Reader, sql: str, given: Iterable[object] = ()) -> Iterator[Row]:
    """The rows of a question as dicts, some thousand at a time."""
    cursor = reader.connection.execute(sql, list(given))
    names = [column[0] for column in cursor.description]
    while batch := cursor.fetchmany(10_000):
        for row in batch:
            yield dict(zip(names, row, strict=True))


def drug_book(reader: Reader) -> DrugBook:
    """The drugs that the packaged tables and the warehouse's drug sources and approvals name.

    Trial records teach no name, so that a record loaded later never changes what an earlier text is linked to.
    """
    return DrugBook(_aliases(reader))


def condition_book(reader: Reader, corrections: Corrections | None = None) -> ConditionBook:
    """The conditions of MeSH, MONDO and EFO, as far as they are loaded."""
    return condition_book_from_rows(rows_of(reader, _CONDITIONS), corrections)


def books_of(reader: Reader, corrections: Corrections) -> Books:
    """The books of a warehouse's names, under a person's corrections."""
    return make_books(_aliases(reader), list(rows_of(reader, _CONDITIONS)), corrections)


def _aliases(reader: Reader) -> list[Alias]:
    found = [
        alias for table, sql, given in _NAMES for alias in aliases_from_rows(table, rows_of(reader, sql, list(given)))
    ]
    return [*packaged_aliases(), *found]


def target_book(reader: Reader, book: DrugBook, corrections: Corrections | None = None) -> TargetBook:
    """Targets, mechanisms and modalities that the loaded sources claim, and those that stems of names tell."""
    return TargetBook(
        book,
        targets=rows_of(reader, "SELECT source, record_id, drug_name, target, action FROM target"),
        mechanisms=rows_of(reader, "SELECT source, record_id, drug_name, mechanism FROM mechanism"),
        modalities=rows_of(reader, "SELECT source, record_id, drug_name, modality FROM drug WHERE modality <> ''"),
        atc=list(rows_of(reader, "SELECT source, record_id, term FROM vocabulary WHERE vocabulary = 'atc'")),
        corrections=corrections,
    )


class Names:
    """Links of texts, each made once; what is uncertain or unknown is counted and not used.

    Args:
        books: those that texts are linked by.
        kept: links of these same books that were made before, by kind and text.
        tell: called with ("link", done, total) where many texts are linked.
    """

    def __init__(
        self,
        books: Books,
        *,
        kept: Mapping[str, Mapping[str, Said]] | None = None,
        tell: Tell | None = None,
    ) -> None:
        self._books = books
        self._kept, self._tell = kept or {}, tell
        self.links: dict[Kind, dict[str, Said]] = {kind: {} for kind in KINDS}
        self.linked = {"drug": Linked(), "condition": Linked()}
        self.drug_names: dict[str, str] = {}
        self.sponsor_names: dict[str, str] = {}

    def link_all(self, kind: Kind, texts: Iterable[str]) -> None:
        """Link what was not linked before."""
        kept, made = self._kept.get(kind, {}), self.links[kind]
        fresh = []
        for text in texts:
            if text in made:
                continue
            if text in kept:
                self._note(kind, text, kept[text])
            else:
                fresh.append(text)
        for text, said in link_many(kind, fresh, self._books, tell=self._tell):
            self._note(kind, text, said)

    def drug_ids(self, text: str) -> tuple[str, ...]:
        """Drugs that the text surely names; a company's code that no table has is a drug of its own."""
        return self._ids("drug", text)

    def drugs_by_text(self) -> dict[str, tuple[str, ...]]:
        """The drugs that each text linked so far surely names."""
        return {text: tuple(one for one, _ in said[1]) for text, said in self.links["drug"].items()}

    def condition_ids(self, text: str) -> tuple[str, ...]:
        """Conditions that the text surely names."""
        return self._ids("condition", text)

    def company(self, text: str) -> tuple[str, str]:
        """Id and country of the company that a sponsor's text names; both may be empty."""
        ids = self._ids("company", text)
        return (ids[0] if ids else ""), self.links["company"][text][0]

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """Distinct texts by kind and by what became of them."""
        return {kind: dict(sorted(linked.texts.items())) for kind, linked in self.linked.items()}

    def _ids(self, kind: Kind, text: str) -> tuple[str, ...]:
        if text not in self.links[kind]:
            self.link_all(kind, (text,))
        return tuple(one for one, _ in self.links[kind][text][1])

    def _note(self, kind: Kind, text: str, said: Said) -> None:
        self.links[kind][text] = said
        if kind == "company":
            for company_id, name in said[1]:
                self.sponsor_names.setdefault(company_id, name)
            return
        self.linked[kind].texts[said[0]] += 1
        if kind == "drug":
            self.drug_names.update(said[1])
