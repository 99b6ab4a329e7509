"""Whole files: a reader meets the old content or the new one, never a part."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from onepill.core.errors import InputError

_HINT = "choose a folder that you may write to, with enough space; what stood there before is unchanged"


def write_whole(path: Path, data: bytes | str) -> None:
    """Write one file, or leave what was there.

    Args:
        path: the file; missing folders above it are made, and a link is followed.
        data: the content; text is written as UTF-8, with its line ends as they are.

    Raises:
        InputError: the place cannot be written to (code `store.not_written`).
    """
    write_all_whole({path: data})


def write_all_whole(contents: Mapping[Path, bytes | str]) -> None:
    """Write several files that belong together: none is switched before all are safely on disk beside their places.

    The switches themselves are one rename a file, so that only a crash between two renames can leave a mixed set.
    Arguments and errors are those of `write_whole`.
    """
    staged: dict[Path, Path] = {}
    target = Path()
    try:
        for path, data in contents.items():
            target = path.resolve()
            target.parent.mkdir(parents=True, exist_ok=True)
            staged[target] = _stage(target, data.encode("utf-8") if isinstance(data, str) else data)
        for target, aside in staged.items():
            aside.replace(target)
    except OSError as error:
        raise InputError.single(
            "store.not_written", f"cannot write {target}: {error.strerror or error}", hint=_HINT, file=str(target)
        ) from error
    finally:
        _remove(staged.values())
    for folder in {target.parent for target in staged}:
        _sync_folder(folder)


def _stage(target: Path, content: bytes) -> Path:
    """Write the content to a new file beside the target, through to the disk."""
    aside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(8)}.part")
    try:
        with aside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            aside.chmod(stat.S_IMODE(target.stat().st_mode))
    except BaseException:
        _remove([aside])
        raise
    return aside


def _remove(files: Iterable[Path]) -> None:
    for file in files:
        # The error that is on its way says more than a second one about the file aside.
        with suppress(OSError):
            file.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the renames last through a power cut, where the system lets a folder be opened."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
