"""Watches: small named documents in the home folder, one file each, written aside and renamed."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from onepill.core.errors import InputError
from onepill.store.files import write_whole
from onepill.store.places import home_folder

MOST_LETTERS = 40
"""So that a name of four-byte letters, with what is added to it while it is written, fits a file name."""
MARKS = "-_."
NAME_HINT = f"letters and digits of any script, and {' '.join(MARKS)} after the first; at most {MOST_LETTERS} letters"


def watch_folder() -> Path:
    """Where this user's watches stand."""
    return home_folder() / "watches"


def watch_name(text: str) -> str:
    """A name as it is kept: composed, small letters, so that `MEK` and `mek` are one watch on every file system.

    Raises:
        InputError: `watch.name`.
    """
    name = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    if not name or len(name) > MOST_LETTERS or name[0] in MARKS or not all(_fits(letter) for letter in name):
        raise InputError.single("watch.name", f"{text!r} names no watch", hint=NAME_HINT, path="name", value=text)
    return name


def _fits(letter: str) -> bool:
    return letter.isalnum() or letter in MARKS or unicodedata.category(letter) in ("Mn", "Mc")


def watch_file(name: str) -> Path:
    """The file of a watch, whether there is one or not.

    Raises:
        InputError: `watch.name`.
    """
    return watch_folder() / f"{watch_name(name)}.json"


def watch_files() -> list[Path]:
    """All watches' files by name; none where nothing was ever saved."""
    return sorted(path for path in watch_folder().glob("*.json") if not path.name.startswith("."))


def read_watch(name: str) -> str | None:
    """The text of a watch; None where there is none.

    Raises:
        InputError: `watch.name`; `watch.unreadable`.
    """
    path = watch_file(name)
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, str(error)) from None


def write_watch(name: str, text: str) -> Path:
    """Write a watch whole.

    Raises:
        InputError: `watch.name`; `store.not_written`.
    """
    path = watch_file(name)
    write_whole(path, text)
    return path


def delete_watch(name: str) -> bool:
    """Delete a watch, readable or not; False where there is none.

    Raises:
        InputError: `watch.name`; `store.not_written`.
    """
    path = watch_file(name)
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        message = f"{path} cannot be deleted: {error.strerror or error}"
        raise InputError.single(
            "store.not_written", message, hint="check who may write there", file=str(path)
        ) from None
    return True


def unreadable(path: Path, why: str) -> InputError:
    """The error about a file that holds no watch."""
    hint = f"`onepill landscape watch forget {path.stem}`, then save it again"
    return InputError.single("watch.unreadable", f"{path} holds no watch: {why}", hint=hint, file=str(path))
