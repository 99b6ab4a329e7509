"""What each text of a warehouse was linked to: made once for a text, by several processes where there are many, kept.

The kept links belong to one book of names: `book_key` names everything that can change what a text is linked to.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from onepill import __version__
from onepill.core.errors import InputError
from onepill.registries.bulk import begin_helper
from onepill.registries.entities import (
    Alias,
    CompanyBook,
    ConditionBook,
    Corrections,
    DrugBook,
    DrugLinker,
    Link,
    condition_book_from_rows,
)
from onepill.registries.entities.drug_names import code_key
from onepill.registries.entities.text import slug
from onepill.store.files import write_whole
from onepill.store.warehouse.extra import need

if TYPE_CHECKING:
    from onepill.store.warehouse import Generation

Kind = Literal["drug", "condition", "company"]
KINDS: tuple[Kind, ...] = ("drug", "condition", "company")
Said = Sequence[Any]
"""A word, and a pair of id and name for each thing that a text names. The word is what became of the text (accepted,
uncertain, own_code, no_drug, unknown); that of a company is its country."""
Tell = Callable[[str, int, int], None]
FORM = 2
"""To be raised with every change of the linker between two versions of onepill."""
FOLDER = "landscape"
NAMING_TABLES = frozenset({"drug", "alias", "vocabulary", "approval"})
"""Tables whose rows teach the books a name."""
CHUNK = 1_000
SHARED_FROM = 8 * CHUNK
"""Texts from which processes pay for their start."""
MOST_WORKERS = 4


def link_drug(linker: DrugLinker, text: str) -> Said:
    """Drugs that the text surely names; a company's code that no table has is a drug of its own."""
    links = linker.link(text)
    found = {link.entity_id: link.name for link in links if link.status == "accepted"}
    if found:
        return "accepted", tuple(found.items())
    if any(link.status == "uncertain" for link in links):
        return "uncertain", ()
    codes = _own_codes(links)
    if codes:
        return "own_code", codes
    says_no_drug = all(link.evidence.rule.startswith("drug.not_a_drug") for link in links)
    return ("no_drug" if says_no_drug else "unknown"), ()


def link_condition(book: ConditionBook, text: str) -> Said:
    """Conditions that the text surely names."""
    links = book.link(text)
    # A correction may name a condition whose source was forgotten since.
    sure = (link.entity_id for link in links if link.status == "accepted" and link.entity_id in book.conditions)
    found = dict.fromkeys(sure)
    if found:
        return "accepted", tuple((one, "") for one in found)
    return ("uncertain" if any(link.status == "uncertain" for link in links) else "unknown"), ()


def link_company(book: CompanyBook, text: str) -> Said:
    """The company that a sponsor's text names, with its country; an unlisted one goes by its own name."""
    found = book.company(text)
    return found.country, (((found.company_id, found.name),) if found.company_id else ())


def _own_codes(links: Sequence[Link]) -> tuple[tuple[str, str], ...]:
    """Codes such as SHR-1234 that no table has: surely a drug, of which nothing else is known."""
    keys = [link.name for link in links if link.evidence.rule == "drug.unknown" and code_key(link.name)]
    return tuple({slug(code_key(key)): key.upper() for key in keys}.items())


@dataclass(frozen=True)
class Books:
    """The books of names, and the rows that teach them: another process makes its own books of those."""

    drugs: DrugLinker
    conditions: ConditionBook
    companies: CompanyBook
    aliases: Sequence[Alias]
    condition_rows: Sequence[Mapping[str, Any]]
    corrections: Corrections


def make_books(
    aliases: Sequence[Alias], condition_rows: Sequence[Mapping[str, Any]], corrections: Corrections
) -> Books:
    """Books out of the rows that teach them, under a person's corrections."""
    return Books(
        DrugLinker(DrugBook(aliases), corrections),
        condition_book_from_rows(condition_rows, corrections),
        CompanyBook(corrections),
        aliases,
        condition_rows,
        corrections,
    )


def link_many(
    kind: Kind, texts: Sequence[str], books: Books, *, tell: Tell | None = None
) -> Iterator[tuple[str, Said]]:
    """Link texts, by as many processes as there are cores where they are many; the answer is that of one process."""
    report = tell or (lambda step, done, total: None)
    workers = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1, MOST_WORKERS)
    chunks = [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]
    if workers < 2 or len(texts) < SHARED_FROM:
        results: Iterator[list[Said]] = (_link_chunk(kind, chunk, books) for chunk in chunks)
        yield from _reported(results, chunks, report)
        return
    given = (books.aliases, books.condition_rows, books.corrections)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin, initargs=given) as pool:
        yield from _reported(pool.map(_link_chunk, repeat(kind), chunks), chunks, report)


_own: list[Books] = []
"""This process's own books."""


def _begin(aliases: Sequence[Alias], condition_rows: Sequence[Mapping[str, Any]], corrections: Corrections) -> None:
    """Begin a process with books of its own."""
    begin_helper()
    _own[:] = [make_books(aliases, condition_rows, corrections)]


def _link_chunk(kind: Kind, texts: Sequence[str], books: Books | None = None) -> list[Said]:
    found = books or _own[0]
    if kind == "drug":
        return [link_drug(found.drugs, text) for text in texts]
    if kind == "condition":
        return [link_condition(found.conditions, text) for text in texts]
    return [link_company(found.companies, text) for text in texts]


def _reported(results: Iterator[list[Said]], chunks: Sequence[Sequence[str]], tell: Tell) -> Iterator[tuple[str, Said]]:
    total, done = sum(map(len, chunks)), 0
    for texts, said in zip(chunks, results, strict=True):
        yield from zip(texts, said, strict=True)
        done += len(texts)
        tell("link", done, total)


def book_key(generation: Generation, mark: str) -> str:
    """A hash of what links depend on: this version of onepill, and the segments and ledgers that teach a name,
    and the mark of a person's corrections."""
    taught = [
        segment.sha256
        for _, state in sorted(generation.sources.items())
        if any(segment.table in NAMING_TABLES for segment in state.segments)
        for segment in (*(one for one in state.segments if one.table in NAMING_TABLES), state.ledger)
    ]
    return hashlib.sha256(json.dumps([__version__, FORM, mark, taught]).encode()).hexdigest()


def read_links(root: Path, key: str) -> dict[str, dict[str, Said]]:
    """The kept links of these books by kind and text; empty where there are none that can be read."""
    try:
        kept = need("orjson").loads((root / FOLDER / "links.json").read_bytes())
        return {kind: kept["links"][kind] for kind in KINDS} if kept["key"] == key else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def write_links(root: Path, key: str, links: Mapping[Kind, Mapping[str, Said]]) -> None:
    """Keep the links in place of the ones before; a folder that may only be read keeps none."""
    with suppress(InputError):
        write_whole(root / FOLDER / "links.json", need("orjson").dumps({"key": key, "links": links}))
