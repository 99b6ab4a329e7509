"""Ids of documents in the workspace, and what messages call their texts."""

from __future__ import annotations

BETWEEN = ".deal."
"""What stands between the programme and the deal's own name in a document's id."""


def deal_id(programme_id: str, name: str) -> str:
    """The document's id of a programme's deal."""
    return f"{programme_id}{BETWEEN}{name}"


def deal_name(document_id: str) -> str:
    """A deal's own name; empty where the document is a programme."""
    return document_id.partition(BETWEEN)[2]


def deal_file(document_id: str) -> str:
    """What messages call a kept deal's text."""
    return f"{deal_name(document_id)}.yaml"
