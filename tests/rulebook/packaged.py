"""The packaged packs, read once a process: their YAML takes seconds."""

from __future__ import annotations

from functools import cache

from onepill.rulebook.packs import PackFile, packaged_texts, parse_pack


@cache
def packaged() -> dict[str, PackFile]:
    """Every packaged file by its name."""
    return {name: parse_pack(text, file=name) for name, text in packaged_texts().items()}
