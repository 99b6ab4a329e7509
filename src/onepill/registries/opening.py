"""Opens what a path holds: a file, a folder, zip, gz or tar, always within limits of size and ratio."""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from onepill.core.errors import InputError

HEAD_BYTES = 64 * 1024
"""How much of a file is looked into to tell what it is."""
BUFFER_BYTES = 1024**2
"""Read at once from a long file: larger than a record, so that few lines are put together from two."""
MAX_BYTES = 64 * 1024**3
"""Unpacked bytes of one load; the whole of ClinicalTrials.gov is about 8 to 12 GB."""
MAX_RATIO = 200
"""Unpacked to packed bytes; registry text packs 4 to 20 times, zeros a thousand times."""
RATIO_FROM = 16 * 1024**2
"""Unpacked bytes from which the ratio is judged."""
MAX_DOCUMENT = 512 * 1024**2
"""Bytes of one JSON, XML or xlsx document, which must be held in memory whole."""
AT_ONCE = 16 * 1024**2
"""Bytes of a packed file up to which it is unpacked at once, which is faster for files by the hundred thousand."""
TAR_HEAD = 262
"""Bytes up to the end of the word `ustar` that tells a tar."""
HAS_FOLDERS = ("folder", "zip", "tar")


class Budget:
    """What a load may still unpack."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        self.path, self.max_bytes, self.unpacked = path, max_bytes, 0

    def spend(self, unpacked: int, *, name: str, of_unpacked: int = 0, packed: int = 0) -> None:
        """Count unpacked bytes; `of_unpacked` of this member so far came from `packed` bytes.

        Raises:
            InputError: `registry.too_large` or `registry.zip_bomb`.
        """
        self.unpacked += unpacked
        if self.unpacked > self.max_bytes:
            message = f"more than {self.max_bytes:,} bytes unpacked"
            raise self._error("registry.too_large", message, "load it in parts, or allow more bytes", name)
        if packed and of_unpacked > RATIO_FROM and of_unpacked > MAX_RATIO * packed:
            message = f"it unpacks to more than {MAX_RATIO} times its size, as no register does"
            raise self._error("registry.zip_bomb", message, "fetch it again from the publisher", name)

    def _error(self, code: str, message: str, hint: str, name: str) -> InputError:
        return InputError.single(code, f"{name}: {message}", hint=hint, file=str(self.path), path=name)


class _Counted(io.RawIOBase):
    """A stream that counts what passes, after the head that was looked at."""

    def __init__(self, stream: IO[bytes], budget: Budget, name: str, packed: IO[bytes] | None, size: int) -> None:
        super().__init__()
        self._stream, self._budget, self._name = stream, budget, name
        self._packed, self._size, self._read = packed, size, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        size = self._stream.readinto(buffer)  # type: ignore[attr-defined]
        self._read += size
        packed = self._size or (self._packed.tell() if self._packed else 0)
        self._budget.spend(size, name=self._name, of_unpacked=self._read, packed=packed)
        return int(size)


@dataclass
class Member:
    """One file within what is loaded; its stream can be read once."""

    name: str
    stream: IO[bytes]
    head: bytes

    def read(self, *, most: int = MAX_DOCUMENT) -> bytes:
        """The whole file.

        Raises:
            InputError: `registry.document_size`: it is larger than a document may be.
        """
        data = self.stream.read(most + 1)
        if len(data) > most:
            message = f"{self.name}: one document of more than {most:,} bytes"
            hint = "load JSON lines, pages of the API, or the bulk zip of one file a study"
            raise InputError.single("registry.document_size", message, hint=hint, path=self.name)
        return data


def members(path: Path, *, max_bytes: int = MAX_BYTES) -> Iterator[Member]:
    """The files that a path holds, in order of name within a folder or zip, as packed within a tar.

    Raises:
        InputError: `registry.path`, `registry.damaged`, `registry.too_large`, `registry.zip_bomb`.
    """
    budget = Budget(path, max_bytes)
    with damage(path):
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                if file.is_file() and not _is_hidden(file.relative_to(path).as_posix()):
                    yield from _file(file, file.relative_to(path).as_posix(), budget)
        elif path.is_file():
            yield from _file(path, path.name, budget)
        else:
            hint = "give a file or a folder that exists"
            raise InputError.single("registry.path", f"there is nothing at {path}", hint=hint, file=str(path))


@contextmanager
def damage(path: Path) -> Iterator[None]:
    """Turns what broken packing raises into one clear error."""
    broken = (
        *(zipfile.BadZipFile, gzip.BadGzipFile, tarfile.TarError, zlib.error, lzma.LZMAError),
        *(EOFError, NotImplementedError),
    )
    try:
        yield
    except broken as error:
        raise _damaged(path, error) from None
    except PermissionError:
        hint = "check the file's permissions"
        raise InputError.single("registry.path", f"{path} may not be read", hint=hint, file=str(path)) from None
    except OSError as error:
        # What is broken in bzip2 comes so, without the number that an error of the system has.
        if error.errno is not None:
            raise
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> InputError:
    hint = "the download is incomplete or damaged: fetch it again"
    message = f"{path.name} cannot be unpacked: {error}"
    return InputError.single("registry.damaged", message, hint=hint, file=str(path))


def container_of(path: Path) -> str:
    """`folder`, `zip`, `gz`, `tar`, `xlsx` or `file`."""
    if path.is_dir():
        return "folder"
    with damage(path):
        with path.open("rb") as file:
            head = file.read(TAR_HEAD)
        if head[:4] == b"PK\x03\x04":
            return "xlsx" if _is_workbook(zipfile.ZipFile(path)) else "zip"
        if head[:2] == b"\x1f\x8b":
            with gzip.open(path) as inner:
                return "tar" if _is_tar(inner.read(TAR_HEAD)) else "gz"
        return "tar" if _is_tar(head) else "file"


def _file(path: Path, name: str, budget: Budget) -> Iterator[Member]:
    kind = container_of(path)
    if kind == "zip":
        yield from _zip(path, budget)
    elif kind == "tar":
        yield from _tar(path, budget)
    elif kind == "gz":
        with path.open("rb") as packed, gzip.GzipFile(fileobj=packed) as inner:
            yield _member(name, inner, budget, packed=packed)  # type: ignore[arg-type]
    else:
        with path.open("rb") as plain:
            yield _member(name, plain, budget)


def _zip(path: Path, budget: Budget) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        yield from zip_members(archive, archive.infolist(), budget)


def zip_members(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], budget: Budget) -> Iterator[Member]:
    """Files of an opened zip, judged by what they say they unpack to before they are."""
    for info in infos:
        if info.is_dir() or _is_hidden(info.filename):
            continue
        if info.flag_bits & 1:
            raise zipfile.BadZipFile(f"{info.filename} is locked with a password")
        budget.spend(0, name=info.filename, of_unpacked=info.file_size, packed=info.compress_size)
        if info.file_size <= AT_ONCE:
            yield _at_once(info.filename, archive.read(info), budget, size=info.compress_size)
        else:
            with archive.open(info) as stream:
                yield _unwrapped(info.filename, stream, budget, size=info.compress_size)


def _tar(path: Path, budget: Budget) -> Iterator[Member]:
    with path.open("rb") as packed, tarfile.open(fileobj=packed, mode="r|*") as archive:
        for info in archive:
            if not info.isfile() or _is_hidden(info.name):
                continue
            # A member's own ratio is not known here: all that was unpacked stands against all that was read.
            _skip_check(budget, info, packed)
            stream = archive.extractfile(info)
            assert stream is not None
            yield _unwrapped(info.name, stream, budget)


def _skip_check(budget: Budget, info: tarfile.TarInfo, packed: IO[bytes]) -> None:
    """Judge a tar by what its members say they hold, before any is unpacked."""
    budget.spend(0, name=info.name, of_unpacked=info.size, packed=max(packed.seek(0, io.SEEK_CUR), 1) + HEAD_BYTES)


def _at_once(name: str, data: bytes, budget: Budget, *, size: int) -> Member:
    """A member that is already unpacked."""
    budget.spend(len(data), name=name, of_unpacked=len(data), packed=size)
    stream = io.BytesIO(data)
    if data[:2] == b"\x1f\x8b":
        return _unwrapped(name, stream, budget, size=size)
    return Member(name, stream, data[:HEAD_BYTES])


def _unwrapped(name: str, stream: IO[bytes], budget: Budget, *, size: int = 0) -> Member:
    """A member, unpacked once more if it is itself a gz."""
    member = _member(name, stream, budget, size=size)
    if member.head[:2] != b"\x1f\x8b":
        return member
    inner = gzip.GzipFile(fileobj=member.stream)
    return _member(name, inner, budget, size=size)  # type: ignore[arg-type]


def _member(name: str, stream: IO[bytes], budget: Budget, *, packed: IO[bytes] | None = None, size: int = 0) -> Member:
    reader = io.BufferedReader(_Counted(stream, budget, name, packed, size), buffer_size=BUFFER_BYTES)
    return Member(name, reader, reader.peek(HEAD_BYTES)[:HEAD_BYTES])


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/"))


def _is_workbook(archive: zipfile.ZipFile) -> bool:
    with archive:
        return "xl/workbook.xml" in archive.namelist()


def _is_tar(block: bytes) -> bool:
    return block[TAR_HEAD - 5 : TAR_HEAD] == b"ustar"
