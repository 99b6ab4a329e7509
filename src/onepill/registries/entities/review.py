"""What a person should look at: texts whose links are uncertain, the most used first, as a file to be filled in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from onepill.registries.entities.corrections import COLUMNS, to_csv
from onepill.registries.entities.links import Link
from onepill.registries.entities.text import fold

REVIEW_COLUMNS = (*COLUMNS, "uses", "score", "rule", "alias", "source", "record", "others", "example")
"""Those of a correction, `decided_by`, `decided_on` and `reason` left empty, and what the link rests on."""


@dataclass(frozen=True)
class Linked:
    """A link with how often its text stands.

    Attributes:
        uses: records in which the text stands.
        example: one of those, `source:id`.
    """

    link: Link
    uses: int = 1
    example: str = ""


def linked(links: Iterable[Link], *, uses: int, example: str) -> list[Linked]:
    """The links of one text, those of one part of it joined: `entity_id` and `name` by `|`, as in corrections."""
    of_part: dict[str, list[Link]] = {}
    for link in links:
        of_part.setdefault(fold(link.text), []).append(link)
    return [Linked(_as_one(part), uses, example) for part in of_part.values()]


def review_rows(linked: Iterable[Linked], *, with_unknown: bool = False) -> list[Linked]:
    """One row for each text with an uncertain link, the most used first, then by kind and text.

    Of several links of one text (two drugs that one brand names) the surest stands for it; uses are added up.

    Args:
        with_unknown: take in the texts of which nothing is known, too; what is surely no drug or no disease is not.
    """
    found: dict[tuple[str, str], Linked] = {}
    for one in linked:
        if not (one.link.status == "uncertain" or (with_unknown and is_unknown(one.link))):
            continue
        key = (one.link.kind, fold(one.link.text))
        kept = found.get(key)
        found[key] = one if kept is None else _joined(kept, one)
    return [found[key] for key in sorted(found, key=lambda key: (-found[key].uses, key))]


def is_unknown(link: Link) -> bool:
    """Whether no rule said anything of the text."""
    return link.evidence.rule.endswith(".unknown")


def review_to_csv(rows: Iterable[Linked]) -> str:
    """The rows with empty cells for a person's decision.

    A person keeps or changes `entity_id` (empties it for "nothing") and fills `decided_by`, `decided_on` and `reason`;
    `corrections_from_csv` reads the file back.
    """
    return to_csv(REVIEW_COLUMNS, (_cells(row) for row in rows))


def _cells(row: Linked) -> tuple[object, ...]:
    link = row.link.as_row()
    told = (link[name] for name in ("score", "rule", "alias", "source", "record", "others"))
    return (*(link[name] for name in COLUMNS[:4]), "", "", "", row.uses, *told, row.example)


def _as_one(links: list[Link]) -> Link:
    first = links[0]
    ids, names = ("|".join(getattr(link, of) for link in links) for of in ("entity_id", "name"))
    others = tuple(dict.fromkeys(other for link in links for other in link.others))
    return replace(first, entity_id=ids, name=names, score=min(link.score for link in links), others=others)


def _joined(one: Linked, other: Linked) -> Linked:
    best = min(one, other, key=lambda row: (-row.link.score, row.link.text, row.link.entity_id))
    return Linked(best.link, one.uses + other.uses, min(one.example, other.example))
