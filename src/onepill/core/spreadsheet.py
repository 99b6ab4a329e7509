"""Texts that a spreadsheet would run as formulas: written with an apostrophe before them, and read back without it."""

from __future__ import annotations

from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would run."""


def safe(value: Any) -> Any:
    """A value that no spreadsheet takes for a formula: such a text begins with an apostrophe; numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def unsafe(text: str) -> str:
    """A text as it was before `safe`."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text
