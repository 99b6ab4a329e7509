"""The parts of a load on its way that are read already: a load that was stopped goes on from them.

unfinished/SOURCE/KEY/PART      a part, with its checksum in front; KEY names the file's content and onepill's version
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zlib
from pathlib import Path

FOLDER = "unfinished"
_CHECK_BYTES = 4


class Journal:
    """Parts of one file by name. They are the parser's own bytes; the journal keeps them until the load stands.

    Attributes:
        kept: parts that an earlier call had finished.
        dropped: parts of another file of the source, or of another version, that could not be used.
    """

    def __init__(self, root: Path, source: str, *, sha256: str, engine_version: str) -> None:
        key = hashlib.sha256(json.dumps([sha256, engine_version]).encode()).hexdigest()[:32]
        self._of_source = root / FOLDER / source
        self._folder = self._of_source / key
        others = [path for path in self._of_source.glob("*") if path != self._folder]
        self.dropped = sum(len(list(path.glob("*"))) for path in others)
        for path in others:
            shutil.rmtree(path, ignore_errors=True)
        self.kept = len([path for path in self._folder.glob("*") if not path.name.endswith(".new")])

    def find(self, part: str) -> bytes | None:
        """A part that was kept; None where it was not, or is damaged."""
        try:
            data = (self._folder / part).read_bytes()
        except FileNotFoundError:
            return None
        check, content = data[:_CHECK_BYTES], data[_CHECK_BYTES:]
        return content if check == _check(content) else None

    def keep(self, part: str, content: bytes) -> None:
        """Keep a part: it is there whole or not at all.

        It is not forced to the disk: a part that a failing machine loses is told by its checksum and read again.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        aside = self._folder / f"{part}.new"
        with aside.open("wb") as file:
            file.write(_check(content))
            file.write(content)
        os.replace(aside, self._folder / part)

    def clear(self) -> None:
        """The load stands, and its parts are needed no more."""
        shutil.rmtree(self._of_source, ignore_errors=True)


def _check(content: bytes) -> bytes:
    return zlib.crc32(content).to_bytes(_CHECK_BYTES, "big")
