"""The warehouse's folder: one generation is current, readers hold the one they opened, one process writes.

manifest.json               the current generation, switched by rename
generations/000007.json     the same text, kept while a reader holds it
leases/000007               locked shared by each reader of that generation
segments/ctgov/...parquet   never changed; deleted only when no generation's manifest names them
staging/...                 a load on its way
unfinished/...              parts of a file that a load which was stopped has read (`journal`)
writer.lock                 locked by the process that writes
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from onepill.core.errors import Finding, InputError, MissingExtra, StoreBusy
from onepill.store.files import write_whole
from onepill.store.warehouse import manifest
from onepill.store.warehouse.manifest import Generation

READ_TRIES = 20
"""A generation can be swept between its being named and its being leased; that many loads in a row are not expected."""


@dataclass
class Reading:
    """A generation that stays on the disk until it is closed."""

    root: Path
    generation: Generation
    _lease: IO[bytes] | None = field(default=None, repr=False)

    def path(self, file: str) -> Path:
        return self.root / file

    def close(self) -> None:
        if self._lease is not None:
            self._lease.close()
            self._lease = None


def current(root: Path) -> Generation:
    """The current generation; the empty one where nothing was ever loaded.

    Raises:
        InputError: `warehouse.manifest`.
    """
    try:
        return manifest.from_file(root / "manifest.json")
    except (FileNotFoundError, NotADirectoryError):
        return manifest.empty_generation()


def hold(root: Path) -> Reading:
    """Open the current generation and keep its segments from being deleted; no load waits for it, nor it for a load.

    Raises:
        InputError: `warehouse.manifest`.
        StoreBusy: loads replaced the generation again and again while it was opened.
    """
    for _ in range(READ_TRIES):
        found = current(root)
        if found.number == 0:
            return Reading(root, found)
        lease = _leased(root, found.number)
        if lease is None or _generation_file(root, found.number).exists():
            return Reading(root, found, lease)
        lease.close()
    raise StoreBusy(f"{root} is replaced faster than it can be opened; ask again")


def _leased(root: Path, number: int) -> IO[bytes] | None:
    """A shared lock on the generation; none where this user may only read the folder."""
    path = root / "leases" / f"{number:06d}"
    try:
        path.parent.mkdir(exist_ok=True)
        file = path.open("ab")
    except PermissionError:
        return None
    except OSError as error:
        if error.errno == errno.EROFS:
            return None
        raise
    _lock(file, shared=True)
    return file


@contextmanager
def writing(root: Path) -> Iterator[None]:
    """Be the one process that writes.

    Raises:
        StoreBusy: another process writes.
        InputError: `store.not_written`: the folder cannot be made.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        file = (root / "writer.lock").open("ab")
    except OSError as error:
        raise not_written(root, error) from error
    with file:
        if not _lock(file, shared=False):
            hint = "wait for it to end, or name another folder with --warehouse; reading is not blocked"
            message = f"another process is loading into {root}"
            raise StoreBusy(message, findings=[Finding("warehouse.busy", "error", message, hint, file=str(root))])
        yield


def switch(root: Path, generation: Generation) -> None:
    """Make this generation the current one: the one moment at which a load becomes visible."""
    text = manifest.to_bytes(generation)
    write_whole(_generation_file(root, generation.number), text)
    write_whole(root / "manifest.json", text)


def sweep(root: Path) -> None:
    """Delete what no reader holds: older generations, segments that no manifest names, loads that were cut short.

    Only the writer may call it. Nothing that is needed goes: what cannot be deleted now goes at the next sweep.
    """
    for path in (root / "staging").glob("*"):
        shutil.rmtree(path, ignore_errors=True)
    standing = current(root)
    kept = set(standing.files)
    for path in sorted((root / "generations").glob("*.json")):
        if path.stem != f"{standing.number:06d}" and not _released(root, path):
            try:
                kept |= manifest.from_file(path).files
            except InputError:
                return  # a reader holds what this version cannot read: it may need any segment
    for path in (root / "segments").glob("*/*"):
        if path.relative_to(root).as_posix() not in kept:
            _delete(path)


def _released(root: Path, generation_file: Path) -> bool:
    """Delete a generation that no reader holds; a reader on its way to it finds its manifest gone and asks again."""
    lease = root / "leases" / generation_file.stem
    lease.parent.mkdir(exist_ok=True)
    with lease.open("ab") as file:
        if not _lock(file, shared=False):
            return False
        _delete(generation_file)
        _delete(lease)
    return True


def not_written(root: Path, error: OSError) -> InputError:
    hint = "choose a folder that you may write to, with enough space; what was loaded before is unchanged"
    message = f"cannot write into {root}: {error.strerror or error}"
    return InputError.single("store.not_written", message, hint=hint, file=str(root))


def _generation_file(root: Path, number: int) -> Path:
    return root / "generations" / f"{number:06d}.json"


def _delete(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _lock(file: IO[bytes], *, shared: bool) -> bool:
    """Lock the open file until it is closed or its process ends; an exclusive lock is refused, a shared one waits."""
    try:
        import fcntl
    except ImportError:
        raise MissingExtra("the warehouse needs a system with POSIX file locks (Linux, macOS, WSL)") from None
    try:
        fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
