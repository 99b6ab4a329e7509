"""Where this user's own data stands on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def home_folder() -> Path:
    """`ONEPILL_HOME`, or the folder `onepill` among the user's application data as the platform has it."""
    named = os.environ.get("ONEPILL_HOME", "")
    if named:
        return Path(named).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "onepill"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "onepill"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "onepill"


def warehouse_folder(named: str | None = None) -> Path:
    """The warehouse that is named, else the one in the home folder."""
    return (Path(named).expanduser() if named else home_folder() / "warehouse").absolute()
