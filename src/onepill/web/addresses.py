"""Addresses of a programme's pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from onepill.web.speaking import Speaking


def base_path(programme_id: str) -> str:
    return f"/programmes/{quote(programme_id, safe='')}"


def explain_path(programme_id: str, path: str) -> str:
    return f"{base_path(programme_id)}/explain/{quote(path, safe='.')}"


def number_address(programme_id: str, asked: Speaking) -> Callable[[str], str]:
    """Where a place of a programme's passport is explained: by its chain, or by its pointer into the document."""

    def address(place: str) -> str:
        is_pointer = place.startswith("/")
        at = (
            f"{base_path(programme_id)}/number{quote(place, safe='/~.:@,*')}"
            if is_pointer
            else explain_path(programme_id, place)
        )
        return asked.link(at, drop=("draws", "format"))

    return address
