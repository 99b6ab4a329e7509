"""A person's corrections of links, kept beside the warehouse: no load and no `forget` touches them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from onepill.core.errors import InputError

if TYPE_CHECKING:
    from onepill.registries.entities import Corrections

FILE = "corrections.csv"
NONE = "0"
"""The mark of no corrections."""


def corrections_file(root: Path) -> Path:
    """Where the corrections of a warehouse stand; a person may edit the file, and a deleted line is undone."""
    return root / FILE


@dataclass(frozen=True, eq=False)
class Kept:
    """The corrections that stand, and a hash of them: what was linked under another hash is linked again."""

    corrections: Corrections
    mark: str


def kept_corrections(root: Path) -> Kept:
    """The corrections that are kept; none where there is no file.

    Raises:
        InputError: the file was damaged since: what is wrong, with its line.
    """
    from onepill.registries.entities import Corrections, corrections_from_csv

    text = _text(root)
    corrections = corrections_from_csv(text, file=str(corrections_file(root))) if text else Corrections()
    return Kept(corrections, _mark(text))


def corrections_mark(root: Path) -> str:
    """The hash of the kept corrections; `NONE` without any."""
    return _mark(_text(root))


def keep_corrections(root: Path, corrections: Corrections) -> None:
    """Write the corrections aside and rename them; only the process that writes the warehouse may.

    Raises:
        InputError: `store.not_written`.
    """
    from onepill.registries.entities import corrections_to_csv
    from onepill.store.files import write_whole

    write_whole(corrections_file(root), corrections_to_csv(corrections))


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else NONE


def _text(root: Path) -> str:
    file = corrections_file(root)
    try:
        return file.read_bytes().decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, UnicodeDecodeError) as error:
        message = f"the kept corrections cannot be read: {error}"
        hint = "save the file as UTF-8, or take it away: without it no correction counts"
        raise InputError.single("corrections.unreadable", message, hint=hint, file=str(file)) from error
