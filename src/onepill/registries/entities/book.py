"""Drugs with all their names: names of one substance in several sources come together under one id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from onepill.registries.entities.aliases import NAME_KINDS, Alias
from onepill.registries.entities.drug_names import code_key, drug_key, plain_key
from onepill.registries.entities.text import has_chinese, slug


@dataclass(frozen=True)
class DrugEntry:
    """A drug: its id, its preferred name, and every alias that names it.

    The id is the slug of the preferred name: the INN or the like where a source gives one, else a code, else Chinese.
    """

    drug_id: str
    name: str
    aliases: tuple[Alias, ...]


@dataclass(frozen=True)
class NameHit:
    """An alias found under a key: the drugs it names (several for a combination product) and how."""

    drug_ids: tuple[str, ...]
    alias: Alias


class DrugBook:
    """Drugs by id and by name key; the order in which aliases are given does not matter.

    Two names are one drug where their keys (without form and salt) are equal or a source says that one is another name
    of the other. A source that lists two names as drugs of their own keeps them apart, whatever another source says.
    """

    def __init__(self, aliases: Iterable[Alias]) -> None:
        unique = sorted({*aliases}, key=lambda a: (a.drug, a.alias, a.kind, a.source, a.record))
        self._aliases = tuple(alias for alias in unique if _usable(alias))
        groups = _Groups(self._aliases)
        members: dict[str, list[str]] = defaultdict(list)
        for key in groups.all_keys():
            members[groups.find(key)].append(key)
        self._id_of_key: dict[str, str] = {}
        self._name_of_id: dict[str, str] = {}
        for keys in members.values():
            best = min(keys, key=groups.preference)
            drug_id = slug(best)
            for key in keys:
                self._id_of_key[key] = drug_id
            self._name_of_id[drug_id] = best

    def __len__(self) -> int:
        return len(self._name_of_id)

    @property
    def aliases(self) -> tuple[Alias, ...]:
        return self._aliases

    def id_of(self, name: str) -> str:
        """The drug's id by any of the names a source gives it; empty where there is none or several."""
        ids = {hit.drug_ids for key in (plain_key(name), code_key(name), drug_key(name)) for hit in self.hits(key)}
        return ids.pop()[0] if len(ids) == 1 and len(next(iter(ids))) == 1 else ""

    def name_of(self, drug_id: str) -> str:
        return self._name_of_id.get(drug_id, drug_id)

    def hits(self, key: str) -> tuple[NameHit, ...]:
        """The aliases stored under a key, those that name the substance before brands."""
        return self._by_key.get(key, ())

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Every key, sorted."""
        return tuple(sorted(self._by_key))

    @cached_property
    def entries(self) -> Mapping[str, DrugEntry]:
        """Every drug with its aliases."""
        found: dict[str, list[Alias]] = defaultdict(list)
        for alias in self._aliases:
            ids = self._ids(alias)
            if len(ids) == 1:
                found[ids[0]].append(alias)
        return {one: DrugEntry(one, self._name_of_id[one], tuple(found[one])) for one in sorted(found)}

    @cached_property
    def _by_key(self) -> dict[str, tuple[NameHit, ...]]:
        found: dict[str, dict[tuple[str, ...], Alias]] = defaultdict(dict)
        for alias in self._aliases:
            ids = self._ids(alias)
            for key in {plain_key(alias.alias), drug_key(alias.alias), code_key(alias.alias)} - {""}:
                kept = found[key].get(ids)
                if kept is None or _rank(alias) < _rank(kept):
                    found[key][ids] = alias
        return {
            key: tuple(NameHit(ids, alias) for ids, alias in sorted(of.items(), key=lambda item: _rank(item[1])))
            for key, of in found.items()
        }

    def _ids(self, alias: Alias) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._id_of_key[drug_key(part)] for part in alias.drug.split(";") if part.strip()))


class _Groups:
    """Which keys are one drug: equal keys and stated names joined, the statements sorted so that order is nothing."""

    def __init__(self, aliases: Iterable[Alias]) -> None:
        self._parent: dict[str, str] = {}
        self._inn: set[str] = set()
        self._uses: dict[str, int] = defaultdict(int)
        own: dict[str, set[str]] = defaultdict(set)
        stated = []
        for alias in aliases:
            for part in alias.drug.split(";"):
                key = drug_key(part)
                self._parent.setdefault(key, key)
                self._uses[key] += 1
                own[alias.source].add(key)
                if alias.kind == "inn":
                    self._inn.add(key)
            if ";" not in alias.drug and (alias.kind in NAME_KINDS or code_key(alias.alias)):
                stated.append((drug_key(alias.drug), drug_key(alias.alias), alias.source))
        for drug, other, source in sorted(set(stated)):
            if other in self._parent and not {drug, other} <= own[source]:
                self._join(drug, other)

    def all_keys(self) -> Iterable[str]:
        return sorted(self._parent)

    def find(self, key: str) -> str:
        while self._parent[key] != key:
            self._parent[key] = self._parent[self._parent[key]]
            key = self._parent[key]
        return key

    def preference(self, key: str) -> tuple[object, ...]:
        """INNs first, then words without figures, Latin before Chinese, the more used, then by letter."""
        figures = any(letter.isdigit() for letter in key)
        return (key not in self._inn, has_chinese(key), figures, -self._uses[key], key)

    def _join(self, one: str, other: str) -> None:
        first, second = sorted((self.find(one), self.find(other)))
        self._parent[second] = first


def _usable(alias: Alias) -> bool:
    return bool(drug_key(alias.drug.split(";")[0])) and len(plain_key(alias.alias)) >= 2


def _rank(alias: Alias) -> tuple[object, ...]:
    return (alias.kind == "brand", ";" in alias.drug, alias.kind not in {"inn", "name"}, alias.source, alias.record)
