"""Where this user's own data stands on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from onepill.core.errors import InputError


def home_folder() -> Path:
    """`ONEPILL_HOME`, or the folder `onepill` among the user's application data as the platform has it."""
    named = os.environ.get("ONEPILL_HOME", "")
    if named:
        return named_path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "onepill"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "onepill"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "onepill"


def warehouse_folder(named: str | None = None) -> Path:
    """The warehouse that is named, else the one in the home folder."""
    return (home_folder() / "warehouse" if named is None else named_path(named)).absolute()


def named_path(text: str) -> Path:
    """A path as a person writes it, `~` being their home folder.

    Raises:
        InputError: `path.home`: `~name` of a user that this machine does not have.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError:
        message = f"{text}: this machine knows no such home folder"
        raise InputError.single("path.home", message, hint="write the whole path", file=text) from None
