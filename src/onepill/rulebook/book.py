"""The rulebook as loaded: look-up by id, made when first asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from datetime import date
from functools import cached_property, lru_cache
from pkgutil import get_data
from typing import Any

from onepill.core.errors import InputError
from onepill.rulebook.coverage import TopicCoverage, coverage
from onepill.rulebook.lookup import Rule
from onepill.rulebook.make import SourceTable, make_policy, make_procedure, make_rule
from onepill.rulebook.nouns import Policy, Procedure, Term

_MAKERS: dict[str, Any] = {"rules": make_rule, "procedures": make_procedure, "policies": make_policy}


@lru_cache(maxsize=1)
def load_rulebook() -> Rulebook:
    """The packaged rulebook; the same object on every call."""
    # pkgutil instead of importlib.resources, whose import takes as long as the parsing.
    compiled = get_data("onepill.rulebook", "compiled.json")
    return Rulebook(compiled or b"")


class Rulebook:
    """Rules, procedures and policies by id.

    Parsing a compiled rulebook is fast because its entries become objects only when asked for; each is made once.
    """

    def __init__(self, compiled: bytes) -> None:
        data = json.loads(compiled)
        self._compiled = compiled
        self.absent_topics: tuple[Mapping[str, str], ...] = tuple(data.get("absent_topics", ()))
        self.jurisdictions: tuple[str, ...] = tuple(data["jurisdictions"])
        self._vocabulary: dict[str, dict[str, Any]] = data["vocabulary"]
        self._rows: dict[str, dict[str, Any]] = {kind: data.get(kind, {}) for kind in _MAKERS}
        self._sources = SourceTable(data.get("sources", {}))
        self._made: dict[tuple[str, str], Any] = {}
        self._known_until: date | None = None

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the compiled text, hexadecimal."""
        from hashlib import sha256

        return sha256(self._compiled).hexdigest()

    def known_by(self, day: date) -> Rulebook:
        """The rulebook of somebody who has heard of nothing announced after that day, whatever day they plan from."""
        found = copy(self)
        found._made, found._known_until = {}, day
        return found

    def has_news(self, *, after: date, until: date) -> bool:
        """Whether any version of a rule became known after one day and up to another."""
        versions = (version for rule in self.rules() for version in rule.all_versions())
        return any(after < version.known_from <= until for version in versions)

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id.

        Raises:
            InputError: `rule.unknown`, with the nearest ids.
        """
        made: Rule = self._get("rules", rule_id)
        return made

    def rules(self, jurisdiction: str | None = None) -> tuple[Rule, ...]:
        """All rules (of one jurisdiction), by id."""
        return tuple(self._all("rules", jurisdiction))

    def procedure(self, procedure_id: str) -> Procedure:
        """The procedure of that id.

        Raises:
            InputError: `rule.unknown`.
        """
        made: Procedure = self._get("procedures", procedure_id)
        return made

    def procedures(self, jurisdiction: str | None = None) -> tuple[Procedure, ...]:
        """All procedures (of one jurisdiction), by id."""
        return tuple(self._all("procedures", jurisdiction))

    def policy(self, policy_id: str) -> Policy:
        """The policy of that id.

        Raises:
            InputError: `rule.unknown`.
        """
        made: Policy = self._get("policies", policy_id)
        return made

    def policies(self) -> tuple[Policy, ...]:
        """All policies, by id."""
        return tuple(self._all("policies", None))

    def term(self, term_id: str, jurisdiction: str = "") -> Term | None:
        """A word of the vocabulary, in the words of `jurisdiction` (or policy id) where it has its own.

        None for a word that no pack declares.
        """
        for owner in (jurisdiction, "shared", *sorted(self._vocabulary)):
            row = self._vocabulary.get(owner, {}).get(term_id)
            if row is not None:
                return Term(term_id, row["name"], row.get("answered_by", ""))
        return None

    @cached_property
    def vocabulary(self) -> Mapping[str, Term]:
        """Every word that some pack declares, in its shared meaning where packs word it differently."""
        words = sorted({word for words in self._vocabulary.values() for word in words})
        return {word: term for word in words if (term := self.term(word)) is not None}

    def words_of(self, jurisdiction: str) -> frozenset[str]:
        """The words that a jurisdiction's own pack declares, and those that all share."""
        return frozenset((*self._vocabulary.get(jurisdiction, ()), *self._vocabulary.get("shared", ())))

    def coverage(self) -> tuple[TopicCoverage, ...]:
        """What the rulebook covers, a row for each jurisdiction and topic."""
        return coverage(self)

    def ids(self) -> list[str]:
        """Ids of everything that can be asked for, sorted."""
        return sorted(key for rows in self._rows.values() for key in rows)

    def _all(self, kind: str, jurisdiction: str | None) -> list[Any]:
        rows = self._rows[kind]
        return [self._get(kind, key) for key in rows if jurisdiction in (None, rows[key]["jurisdiction"])]

    def _get(self, kind: str, key: str) -> Any:
        found = self._made.get((kind, key))
        if found is None:
            row = self._rows[kind].get(key)
            if row is None:
                raise _unknown(key, list(self._rows[kind]), kind=kind)
            found = _MAKERS[kind](key, row, self._sources)
            if kind == "rules" and self._known_until is not None:
                found = replace(found, known_until=self._known_until)
            self._made[kind, key] = found
        return found


def _unknown(key: str, known: list[str], *, kind: str) -> InputError:
    from difflib import get_close_matches

    near = get_close_matches(key, known, n=3, cutoff=0.4)
    command = "onepill policy list" if kind == "policies" else "onepill rules list"
    hint = f"nearest: {', '.join(near)}" if near else f"see `{command}`"
    return InputError.single("rule.unknown", f"the rulebook has no {key!r}", hint=hint, path=key, value=key)
