"""What every view reads: the document, the words, the figures, the footnotes, and the few look-ups that all share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from onepill.reports.catalogue import Catalogue, Lang, catalogue
from onepill.reports.footnotes import Footnotes, Mark
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

    def market_name(self, row: Row) -> str:
        """A market's name; where a place has several, its id tells them apart."""
        name = self.place(str(row["market"]))
        twins = [r for r in self.markets if r["market"] == row["market"]]
        return name if len(twins) < 2 else f"{name} ({str(row.get('id', '')).replace('_', ' ')})"

    def milestone(self, market: str, kind: str, row: Row | None = None) -> Row | None:
        """A market's milestone of a kind: its own by id, else of its place: one that happened, else the likeliest."""
        found = [m for m in self.milestones if m.get("jurisdiction") == market and m.get("kind") == kind]
        own = [m for m in found if row is not None and str(m["id"]) == f"{row.get('id')}.{kind}"]
        found = own or found
        done = [m for m in found if m.get("status") == "actual"]
        return next(iter(done or sorted(found, key=lambda m: -(m.get("prob") or 0.0))), None)

    def approval(self, market: str, row: Row | None = None) -> Row | None:
        """The approval milestone of a market, see `milestone`."""
        return self.milestone(market, "approval", row)

    def milestone_marks(self, row: Row) -> tuple[Mark, ...]:
        """Where a milestone's day comes from: a fact's own source, else the inputs of the steps before it."""
        activity = self.activities.get(str(row.get("activity"))) or {}
        if row.get("status") == "actual":
            return self.notes.path(activity.get("path")) or self.notes.path(f"milestones.{row['id']}")
        return self.notes.roots(f"milestones.{row['id']}")

    @cached_property
    def open_markets(self) -> list[str]:
        """Markets whose approval is still to come, in the document's order."""
        rows = [(str(row["market"]), self.approval(str(row["market"]), row)) for row in self.markets]
        return list(dict.fromkeys(m for m, approval in rows if approval and approval.get("status") != "actual"))


def open_context(passport: Row, lang: Lang) -> Context:
    """The context of a passport in a language."""
    words = catalogue(lang)
    return Context(passport, words, Numerals(words), Footnotes(passport, words))
