"""A link from a text to a thing, with the rule, the alias and the source that it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

LinkKind = Literal["drug", "company", "condition", "target"]
LinkStatus = Literal["accepted", "uncertain", "rejected"]

ACCEPTED_AT = 0.85
"""Scores from here on are links; a project's own threshold, see docs/methods/entities.md."""
UNCERTAIN_AT = 0.60
"""Scores from here to `ACCEPTED_AT` go to a person; below, nothing is linked."""


@dataclass(frozen=True)
class Evidence:
    """What a link rests on.

    Attributes:
        rule: the rule's id, such as `drug.name`, `drug.salt`, `company.key`, `condition.inverted`.
        alias: the alias as its source writes it.
        source: the source's id, or the packaged table's title.
        record: the source's record id, where known.
    """

    rule: str
    alias: str = ""
    source: str = ""
    record: str = ""


@dataclass(frozen=True)
class Link:
    """One text (or part of one), what it names, and how sure that is.

    Attributes:
        text: the part of the text that names the thing, as given.
        entity_id: the thing's id; empty where nothing is linked.
        name: the thing's preferred name.
        score: 0 to 1; an ordering of rules by trust, not a probability.
        others: ids that the same alias also names, best first; a link with others is never accepted by itself.
    """

    kind: LinkKind
    text: str
    entity_id: str
    name: str
    score: float
    evidence: Evidence
    others: tuple[str, ...] = ()

    @property
    def status(self) -> LinkStatus:
        if not self.entity_id or self.score < UNCERTAIN_AT:
            return "rejected"
        return "accepted" if self.score >= ACCEPTED_AT else "uncertain"

    def as_row(self) -> dict[str, Any]:
        """The link as a flat row, for a table or a file."""
        return {
            "kind": self.kind,
            "text": self.text,
            "entity_id": self.entity_id,
            "name": self.name,
            "score": round(self.score, 4),
            "status": self.status,
            "rule": self.evidence.rule,
            "alias": self.evidence.alias,
            "source": self.evidence.source,
            "record": self.evidence.record,
            "others": "|".join(self.others),
        }


def no_link(kind: LinkKind, text: str, rule: str) -> Link:
    """The finding that nothing is named, with the rule that says so."""
    return Link(kind, text, "", "", 0.0, Evidence(rule))
