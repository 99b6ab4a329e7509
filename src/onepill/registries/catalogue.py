"""The catalogue of sources: publisher, licence, cadence, address, formats, fields, warnings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from onepill.registries.tables import KEY, tables


@dataclass(frozen=True)
class Source:
    """One source.

    Attributes:
        title: by language, `en` and `zh`.
        licence, cadence: in English; `zh` has them in Chinese.
        may_ship: whether its rows may go into the product; else they are read from the user's own copy.
        formats: names of the layouts in which it may come.
        tables: tables that it fills.
        fields: the publisher's field, and where it goes and what that column means, in English.
        warnings: what misleads, in English.
        zh: `licence`, `cadence`, `fields` and `warnings` in Chinese.
    """

    id: str
    publisher: str
    title: Mapping[str, str]
    licence: str
    may_ship: bool
    cadence: str
    address: str
    formats: tuple[str, ...]
    tables: tuple[str, ...]
    fields: Mapping[str, str]
    warnings: tuple[str, ...]
    zh: Mapping[str, Any]


class _Catalogue(Mapping[str, Source]):
    """The sources by id, read when the first is asked for."""

    def __getitem__(self, name: str) -> Source:
        return _sources()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_sources())

    def __len__(self) -> int:
        return len(_sources())


SOURCES: Mapping[str, Source] = _Catalogue()
"""Every source by its id."""


@cache
def _sources() -> Mapping[str, Source]:
    text = files("onepill.registries").joinpath("data", "sources.json").read_text(encoding="utf-8")
    return MappingProxyType({name: _source(name, entry) for name, entry in json.loads(text).items()})


def _source(name: str, entry: dict[str, Any]) -> Source:
    chinese = {key: entry[key]["zh"] for key in ("licence", "cadence", "warnings")}
    chinese["fields"] = MappingProxyType({field: meaning(to, "zh") for field, to in entry["fields"].items()})
    return Source(
        id=name,
        publisher=entry["publisher"],
        title=MappingProxyType(entry["title"]),
        licence=entry["licence"]["en"],
        may_ship=entry["may_ship"],
        cadence=entry["cadence"]["en"],
        address=entry["address"],
        formats=tuple(entry["formats"]),
        tables=tuple(entry["tables"]),
        fields=MappingProxyType({field: meaning(to, "en") for field, to in entry["fields"].items()}),
        warnings=tuple(entry["warnings"]["en"]),
        zh=MappingProxyType(chinese),
    )


def meaning(place: str, language: str) -> str:
    """`table.column: what the column means`, for a place such as `trial.title`."""
    table, _, column = place.partition(".")
    known = {one.name: one for one in (*KEY, *tables()[table].columns)}
    return f"{place}: {known[column].meaning[language]}"
