"""A change of a watch with what tells it, on its way to the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from onepill.landscape import DatedChange

Kind = Literal["programme", "approval", "trial"]


@dataclass(frozen=True)
class Told:
    """A change with what it is told by.

    Attributes:
        drugs: ids.
        record: the record that tells it; empty where none alone does.
        evidence: ids of records.
        title, url: of the record, where it has them.
    """

    kind: Kind
    dated: DatedChange
    drugs: tuple[str, ...]
    record: str
    evidence: tuple[str, ...]
    title: str = ""
    url: str = ""
