"""Files that are made once on a machine and kept in its home: what was lost is made again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from onepill.core.errors import InputError

FOLDER = "cache"


def kept_text(name: str, make: Callable[[], str]) -> str:
    """The text of a kept file, made where it is missing; a home that cannot be written to keeps nothing.

    Args:
        name: of the file; it names everything that its content depends on.
        make: makes the content.
    """
    from onepill.store.files import write_whole
    from onepill.store.places import home_folder

    file = home_folder() / FOLDER / name
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        text = make()
    with suppress(OSError, InputError):
        write_whole(file, text)
    return text
