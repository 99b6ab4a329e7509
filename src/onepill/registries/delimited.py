"""Rows of comma-, tab- or otherwise separated text, line by line, with what is wrong set aside."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO, TYPE_CHECKING

from onepill.core.errors import InputError

if TYPE_CHECKING:
    import _csv

MOST_LINE = 8 * 1024**2
"""Bytes of one line; the longest of a real register has some hundred thousand."""
BOM = b"\xef\xbb\xbf"
_END = "\x00"
"""A row of two of these is handed to the reader behind the last line; no line of a text holds it."""


@dataclass(frozen=True)
class Dialect:
    """How a source separates its fields; `quoted` is False where a quotation mark is an ordinary sign."""

    delimiter: str = ","
    quoted: bool = True


COMMA = Dialect()
TAB = Dialect("\t", quoted=False)
QUOTED_TAB = Dialect("\t")
TILDE = Dialect("~", quoted=False)


def header_of(head: bytes, dialect: Dialect) -> tuple[str, ...]:
    """The fields of the first line, loosely named; empty where the head is no such text."""
    return tuple(map(loose, first_fields(head, dialect)))


def first_fields(head: bytes, dialect: Dialect) -> list[str]:
    """The fields of the first line; empty where the head is no such text."""
    line = first_line(head)
    if line is None:
        return []
    try:
        return next(read_csv([line], dialect), [])
    except csv.Error:
        return []


def first_line(head: bytes) -> str | None:
    """The first line of a text without its byte-order mark; None where it is not text."""
    if b"\x00" in head:
        return None
    try:
        return head.removeprefix(BOM).split(b"\n", 1)[0].decode("utf-8").rstrip("\r")
    except UnicodeDecodeError:
        return None


def loose(name: str) -> str:
    """A column's name without case, line breaks and signs, since editions differ in them."""
    return "".join(c for c in name.lower() if c.isalnum())


def read_csv(lines: Iterator[str] | list[str], dialect: Dialect) -> _csv.Reader:
    """The fields of each line or quoted run of lines."""
    csv.field_size_limit(MOST_LINE)
    if dialect.quoted:
        return csv.reader(lines, delimiter=dialect.delimiter)
    return csv.reader(lines, delimiter=dialect.delimiter, quoting=csv.QUOTE_NONE)


def rows_of(stream: IO[bytes], dialect: Dialect, name: str) -> Iterator[tuple[int, list[str]]]:
    """Line (from 1) and fields of each row that is not empty.

    Where a quotation mark stands open at the end, how many rows it swallowed cannot be told: the file is refused.

    Raises:
        InputError: `registry.encoding`, `registry.line`, `registry.csv`, each with its line.
    """
    reader = read_csv(chain(_lines(stream, name), [_END + dialect.delimiter + _END]), dialect)
    start = 1
    try:
        for row in reader:
            if row == [_END, _END]:
                return
            if row and row[-1].endswith(_END):
                raise csv.Error("a quotation mark that this row opens is never closed")
            if row:
                yield start, row
            start = reader.line_num + 1
    except csv.Error as error:
        hint = "open the file at this line: a quotation mark or a separator is out of place"
        raise InputError.single("registry.csv", f"{name}: {error}", hint=hint, path=name, line=start) from None


def _lines(stream: IO[bytes], name: str) -> Iterator[str]:
    for number, raw in enumerate(iter(lambda: stream.readline(MOST_LINE), b""), 1):
        if len(raw) >= MOST_LINE or b"\x00" in raw:
            message = f"{name}: line {number} is no text" if b"\x00" in raw else f"{name}: line {number} has no end"
            hint = "the file is damaged, or not what its name says"
            raise InputError.single("registry.line", message, hint=hint, path=name, line=number)
        try:
            yield (raw.removeprefix(BOM) if number == 1 else raw).decode("utf-8")
        except UnicodeDecodeError as error:
            message = f"{name}: line {number} is not UTF-8 at its byte {error.start + 1}"
            hint = "save the file as UTF-8 (files from China are often GB 18030) and load it again"
            raise InputError.single("registry.encoding", message, hint=hint, path=name, line=number) from None
