"""Further names of drugs, each with the source that states it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

NAME_KINDS = frozenset({"substance", "english", "chinese", "former", "synonym", "code", "programme", "inn"})
"""Kinds that name the substance itself; a brand may name several substances or lots of them."""
_MISSING = frozenset({"", "-", "—", "na", "n/a", "none", "unknown", "无", "暂无"})
_PARTS = re.compile(r"\s*(?:;|\|)\s*")
_JOINED = re.compile(r"\s+\+\s+|\s*;\s*")


@dataclass(frozen=True)
class Alias:
    """One further name of one drug, as a source writes both.

    Attributes:
        drug: the drug's name in the source; several substances of one product are joined by `;`.
        alias: the further name; the drug's name itself makes the drug known.
        kind: substance, inn, english, chinese, former, synonym, code, programme, brand or name.
        source: the source's id or the packaged table's title.
        record: the record's id in the source.
    """

    drug: str
    alias: str
    kind: str
    source: str
    record: str = ""


def aliases_from_rows(table: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[Alias]:
    """Aliases out of rows of the one table model.

    `drug`: the names. `alias`: `drug_name`, `alias`, `alias_kind`. `approval`: substances with their brands.
    `vocabulary`: ATC terms of the fifth level (seven characters). `intervention`: `other_names` of an investigated drug
    are not taken: registers list there anything from sponsors to dose forms.

    Raises:
        KeyError: the table is none of these.
    """
    readers = {"drug": _of_drug, "alias": _of_alias, "approval": _of_approval, "vocabulary": _of_vocabulary}
    read = readers[table]
    for row in rows:
        yield from read(row)


def programme_aliases(programme: str, name: str, aliases: Iterable[str]) -> Iterator[Alias]:
    """The names that a programme's file gives its own asset."""
    for alias in (name, *aliases):
        yield Alias(name, alias, "programme", f"programme {programme}")


@cache
def packaged_aliases() -> tuple[Alias, ...]:
    """The packaged tables: Chinese names of drugs, names that differ between the INN and national names, codes."""
    text = files("onepill.registries.entities").joinpath("data", "drug_names.json").read_text(encoding="utf-8")
    found: list[Alias] = []
    for table in json.loads(text)["tables"]:
        for alias, drug in table["names"]:
            found.extend(Alias(part, part, "inn", table["title"]) for part in drug.split(";"))
            found.append(Alias(drug, alias, table["kind"], table["title"]))
    return tuple(found)


def _of_drug(row: Mapping[str, Any]) -> Iterator[Alias]:
    for part in _JOINED.split(_clean(row.get("drug_name"))):
        if part:
            yield Alias(part, part, "name", row["source"], str(row["record_id"]))


def _of_alias(row: Mapping[str, Any]) -> Iterator[Alias]:
    name, alias = ";".join(_JOINED.split(_clean(row.get("drug_name")))), _clean(row.get("alias"))
    if name and alias:
        yield Alias(name, alias, str(row.get("alias_kind") or "synonym"), row["source"], str(row["record_id"]))


def _of_approval(row: Mapping[str, Any]) -> Iterator[Alias]:
    substance, brand = _clean(row.get("substance")), _clean(row.get("drug_name"))
    source, record = row["source"], str(row["record_id"])
    if not substance:
        return
    for part in _PARTS.split(substance):
        yield Alias(part, part, "substance", source, record)
    joined = ";".join(_PARTS.split(substance))
    for one in re.split(r"\s*[,;]\s*", brand):
        if one and one.casefold() != substance.casefold():
            yield Alias(joined, one, "brand", source, record)


def _of_vocabulary(row: Mapping[str, Any]) -> Iterator[Alias]:
    code, term = str(row["record_id"]), _clean(row.get("term"))
    if row.get("vocabulary") == "atc" and len(code) == 7 and term:
        if " and " in term or "combination" in term or term.startswith("various"):
            return
        yield Alias(term, term, "inn", row["source"], code)


def _clean(value: object) -> str:
    text = " ".join(str(value or "").split()).strip(" \"'")
    return "" if text.casefold() in _MISSING else text
