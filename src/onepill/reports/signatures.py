"""Who signed the text that a passport was made of, as lines of its first page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onepill.reports.catalogue import Catalogue


@dataclass(frozen=True)
class Signed:
    """A kept programme as it is shown: its version, whether it is changed without being saved, and all its signatures.

    `rows` are those of `approvals list`; only one that holds for the version's own text counts.
    """

    version: int
    is_edited: bool
    rows: Sequence[Mapping[str, Any]]

    @property
    def holding(self) -> list[Mapping[str, Any]]:
        """The signatures of just what is shown: none of a view that nobody has saved."""
        return [] if self.is_edited else [row for row in self.rows if row["version"] == self.version and row["holds"]]


def signature_lines(signed: Signed | None, words: Catalogue) -> list[str]:
    """A line a signature, else that there is none; nothing of a passport that no workspace keeps."""
    if signed is None:
        return []
    if signed.holding:
        return [words("signed.line", **signature_words(row, words)) for row in signed.holding]
    lines = [words("signed.edited" if signed.is_edited else "signed.none", version=signed.version)]
    last = max((int(row["version"]) for row in signed.rows if row["holds"]), default=None)
    return lines if last is None else [*lines, words("signed.other", version=last)]


def signature_words(row: Mapping[str, Any], words: Catalogue) -> dict[str, Any]:
    """What a line says of a signature."""
    return {
        "meaning": words.either("signed_meaning", row["meaning"]),
        "who": row["shown_name"] or row["user_name"],
        "user": row["user_name"],
        "when": str(row["signed_at"])[:16].replace("T", " "),
        "version": row["version"],
        "hash": str(row["text_hash"])[:12],
    }
