"""What every view reads: the document, the words, the figures, the footnotes, and the few look-ups that all share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from onepill.reports.catalogue import Catalogue, Lang, capital, catalogue
from onepill.reports.footnotes import Footnotes, Mark
from onepill.reports.markets import Market, markets_of
from onepill.reports.numerals import Estimate, Numerals
from onepill.reports.told import Places, filled, joined, linked

if TYPE_CHECKING:
    from onepill.reports.charts.frame import Chart

Row = Mapping[str, Any]
View = dict[str, Any]


@dataclass(frozen=True)
class Context:
    """One passport being written in one language; look-ups answer with empty rows rather than fail."""

    passport: Row
    words: Catalogue
    numerals: Numerals
    notes: Footnotes
    places: Places | None = None
    """Where figures lead, on a page whose figures are links."""

    def href(self, *places: str) -> str:
        """The address of the first of these places that the document has; empty on a page without links."""
        return self.places.href(*places) if self.places else ""

    def told(self, text: str, *places: str) -> str:
        """A figure, as a link to the first of these places that the document has."""
        return linked(text, self.href(*places))

    def estimate(self, found: Estimate | None, *places: str) -> Estimate | None:
        """An estimate, as a link to the first of these places that the document has."""
        return found and replace(found, href=self.href(*places))

    def drawn(self, chart: Chart | None, *places: str) -> Chart | None:
        """A chart, with a link beside it to the part of the document that it shows."""
        return chart and replace(chart, href=self.href(*places))

    def says(self, key: str, /, **values: Any) -> str:
        """A message with its names filled; links of its values are kept."""
        return filled(self.words.message(key), values)

    def join(self, parts: Sequence[str]) -> str:
        """Sentences in a row; their links are kept."""
        return joined([part for part in parts if part], "" if self.words.lang == "zh" else " ")

    @cached_property
    def value(self) -> Row:
        return self.passport.get("value") or {}

    @cached_property
    def milestones(self) -> Sequence[Row]:
        return self.passport.get("milestones") or ()

    @cached_property
    def all_markets(self) -> Sequence[Market]:
        """Every part of the value, development first."""
        return markets_of(self.passport, self.words)

    @cached_property
    def markets(self) -> Sequence[Market]:
        """The markets without development, in the document's order."""
        return [market for market in self.all_markets if not market.is_development]

    @cached_property
    def open_markets(self) -> Sequence[Market]:
        """Markets whose approval is still to come, in the document's order."""
        return [market for market in self.markets if market.is_open]

    @cached_property
    def best_market(self) -> Market | None:
        """The market that the answer calls the best, else none."""
        best = (self.passport.get("answer") or {}).get("best_market")
        return next((m for m in self.markets if best in (m.row["market"], m.id)), None)

    @cached_property
    def activities(self) -> Mapping[str, Row]:
        return {row["id"]: row for row in self.passport.get("activities") or ()}

    def label(self, row: Row | None) -> str:
        """A row's label in the page's language with a capital, else its id in plain words."""
        if not row:
            return ""
        named = self.words.text(row.get("label") or row.get("name")) or str(row.get("id", "")).replace("_", " ")
        return capital(named)

    def activity_name(self, activity_id: str) -> str:
        """The label of an activity with its place, such as "global phase 3"; an unknown id in plain words."""
        row = self.activities.get(activity_id)
        return self.label(row) if row else activity_id.replace("_", " ").replace(".", " ")

    def place(self, jurisdiction: str | None) -> str:
        return self.words.either("jurisdiction", jurisdiction or "development")

    def asset_marks(self) -> tuple[Mark, ...]:
        """Where what the drug is comes from."""
        source = ((self.passport.get("identity") or {}).get("asset") or {}).get("source")
        return self.notes.source(source, grade=None, used_for="asset") or self.notes.path("asset")

    def milestone_marks(self, row: Row) -> tuple[Mark, ...]:
        """Where a milestone's day comes from: a fact's own source, else the inputs of the steps before it."""
        activity = self.activities.get(str(row.get("activity"))) or {}
        if row.get("status") == "actual":
            return self.notes.path(activity.get("path")) or self.notes.path(f"milestones.{row['id']}")
        return self.notes.roots(f"milestones.{row['id']}.p50")


def open_context(passport: Row, lang: Lang, places: Places | None = None) -> Context:
    """The context of a passport in a language; with `places` its figures are links."""
    words = catalogue(lang)
    return Context(passport, words, Numerals(words), Footnotes(passport, words), places)
