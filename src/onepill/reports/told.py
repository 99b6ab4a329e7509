"""Figures of a page that lead to where they come from: a text, and on a page that can, a link.

A place is the dotted path of a row of the passport's provenance (`value.rnpv_usd.mean`), or a pointer into the document
(`/value/yearly`, RFC 6901) for what has no row of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape

Row = Mapping[str, Any]
PART = ("", ".mean", ".prob", ".p50", ".cumulative_prob")
"""What a place that names a row, and none of its values, means: the value itself, else the one that it is known by."""


class Told(str):
    """A text that is set with its links where HTML is made, and is itself everywhere else."""

    __slots__ = ("html",)
    html: Markup

    def __new__(cls, text: str, html: Markup) -> Told:
        made = super().__new__(cls, text)
        made.html = html
        return made

    def __html__(self) -> str:
        return self.html


def linked(text: str, href: str) -> str:
    """A figure as a link to where it comes from; the text itself where there is no place to lead to."""
    if not text or not href:
        return text
    return Told(text, Markup('<a class="explain-link" href="{}">{}</a>').format(href, text))


def filled(message: str, values: Mapping[str, Any]) -> str:
    """A message with its `{names}` filled; links of its values are kept."""
    text = message.format_map(values)
    if not any(isinstance(value, Told) for value in values.values()):
        return text
    return Told(text, Markup(escape(message)).format_map(values))  # noqa: S704 -- escaped, and so are the values


def without_stop(text: str) -> str:
    """A Chinese sentence without its full stop, so that a footnote stands before it; links are kept."""
    return Told(text[:-1], text.html[: -len("。")]) if isinstance(text, Told) else text[:-1]


def joined(parts: Sequence[str], between: str) -> str:
    """Texts in a row; their links are kept."""
    text = between.join(parts)
    if not any(isinstance(part, Told) for part in parts):
        return text
    return Told(text, escape(between).join(parts))


@dataclass
class Places:
    """Where the numbers of one document lead: each to what `address` says of its place.

    `cited` lists the places that a page has asked for, in its order.
    """

    passport: Row
    address: Callable[[str], str]
    cited: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = self.passport.get("provenance") or ()
        self._known = {str(row["path"]).lower(): str(row["path"]) for row in rows}

    def href(self, *places: str) -> str:
        """The address of the first of these places that there is; empty where there is none."""
        found = next((at for place in places if (at := self._found(place))), "")
        if not found:
            return ""
        self.cited.setdefault(found)
        return self.address(found)

    def _found(self, place: str) -> str:
        if place.startswith("/"):
            return place if exists(self.passport, place) else ""
        return next((at for part in PART if (at := self._known.get(f"{place}{part}".lower()))), "")


def exists(document: Any, pointer: str) -> bool:
    """Whether a pointer names something in the document."""
    return value_at(document, pointer) is not None


def value_at(document: Any, pointer: str) -> Any:
    """What a pointer names; None where there is nothing."""
    node = document
    for key in pointer.removeprefix("/").split("/"):
        if isinstance(node, Mapping):
            node = node.get(key.replace("~1", "/").replace("~0", "~"))
        elif isinstance(node, Sequence) and not isinstance(node, str) and key.isdecimal() and int(key) < len(node):
            node = node[int(key)]
        else:
            return None
    return node
