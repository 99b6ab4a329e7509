"""What every view reads: the document, the words, the figures, the footnotes, and the few look-ups that all share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from onepill.reports.catalogue import Catalogue, Lang, catalogue
from onepill.reports.footnotes import Footnotes
from onepill.reports.numerals import Numerals

Row = Mapping[str, Any]
View = dict[str, Any]


@dataclass(frozen=True)
class Context:
    """One passport being written in one language; look-ups answer with empty rows rather than fail."""

    passport: Row
    words: Catalogue
    numerals: Numerals
    notes: Footnotes

    @cached_property
    def value(self) -> Row:
        return self.passport.get("value") or {}

    @cached_property
    def milestones(self) -> Sequence[Row]:
        return self.passport.get("milestones") or ()

    @cached_property
    def markets(self) -> Sequence[Row]:
        """Rows of the value by market, development left out, in the document's order."""
        return [row for row in self.value.get("by_market") or () if row["market"] != "development"]

    @cached_property
    def activities(self) -> Mapping[str, Row]:
        return {row["id"]: row for row in self.passport.get("activities") or ()}

    def label(self, row: Row | None) -> str:
        """A row's label in the page's language, else its id in plain words."""
        if not row:
            return ""
        return self.words.text(row.get("label") or row.get("name")) or str(row.get("id", "")).replace("_", " ")

    def activity_name(self, activity_id: str) -> str:
        """The label of an activity with its place, such as "global phase 3"; an unknown id in plain words."""
        row = self.activities.get(activity_id)
        return self.label(row) if row else activity_id.replace("_", " ").replace(".", " ")

    def place(self, jurisdiction: str | None) -> str:
        return self.words.either("jurisdiction", jurisdiction or "development")

    def approval(self, market: str) -> Row | None:
        """The approval milestone of a market: one that happened, else the likeliest one still to come."""
        found = [m for m in self.milestones if m.get("jurisdiction") == market and m.get("kind") == "approval"]
        done = [m for m in found if m.get("status") == "actual"]
        return (done or sorted(found, key=lambda m: -(m.get("prob") or 0.0)) or [None])[0]

    @cached_property
    def open_markets(self) -> list[str]:
        """Markets whose approval is still to come, in the document's order."""
        rows = [(str(row["market"]), self.approval(str(row["market"]))) for row in self.markets]
        return [market for market, approval in rows if approval and approval.get("status") != "actual"]


def open_context(passport: Row, lang: Lang) -> Context:
    """The context of a passport in a language."""
    words = catalogue(lang)
    return Context(passport, words, Numerals(words), Footnotes(passport, words))
