"""Addresses of a programme's pages."""

from __future__ import annotations

from urllib.parse import quote


def base_path(programme_id: str) -> str:
    return f"/programmes/{quote(programme_id, safe='')}"


def explain_path(programme_id: str, path: str) -> str:
    return f"{base_path(programme_id)}/explain/{quote(path, safe='.')}"
