"""How a file of a source may be laid out, and how it is told from others by looking into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from onepill.core.errors import InputError
from onepill.registries.days import BadDay, Order, read_day
from onepill.registries.delimited import COMMA, Dialect, first_fields, header_of, loose, rows_of
from onepill.registries.opening import Member
from onepill.registries.sink import Kept, Refused, Sink

Row = dict[str, str]
"""A row by the loose names of its columns."""


class Layout(Protocol):
    """One form that a file of a source may have.

    Attributes:
        name: the format's name, such as `api_v2_json`.
        rank: files of a lower rank are read first, since others refer to them.
        needs: the layout whose records this one adds to; a load without it is refused.
    """

    @property
    def name(self) -> str: ...
    @property
    def rank(self) -> int: ...
    @property
    def needs(self) -> str: ...
    def fits(self, head: bytes) -> bool:
        """Whether a file that begins so is laid out like this."""
        ...

    def parse(self, member: Member, sink: Sink) -> Iterator[None]:
        """Read the file into the sink, pausing after each record."""
        ...


@dataclass(frozen=True)
class Separated:
    """Separated text with a header.

    Attributes:
        columns: loose names that the header must have; others are allowed.
        read: reads one row.
        unique: whether one row is one record, so that an id may occur once.
        key: the column of the id, if it is not the first of `columns`.
    """

    name: str
    columns: tuple[str, ...]
    read: Callable[[Row, Sink], Kept]
    dialect: Dialect = COMMA
    unique: bool = False
    rank: int = 0
    needs: str = ""
    key: str = ""

    def fits(self, head: bytes) -> bool:
        header = set(header_of(head, self.dialect))
        return all(loose(column) in header for column in self.columns)

    def lacks(self, head: bytes) -> list[str]:
        """Columns that the header lacks, where it has at least half of them; else empty."""
        header = set(header_of(head, self.dialect))
        absent = [column for column in self.columns if loose(column) not in header]
        return absent if 2 * len(absent) <= len(self.columns) else []

    def parse(self, member: Member, sink: Sink) -> Iterator[None]:
        rows = rows_of(member.stream, self.dialect, member.name)
        _, first = next(rows)
        header = [loose(name) for name in first]
        for line, fields in rows:
            if len(fields) != len(header):
                refuse_width(sink, fields, line, self.dialect, expected=f"the header has {len(header)}")
            else:
                row = dict(zip(header, fields, strict=True))
                sink.take(row, line, self.read, unique=self.unique, id_of=self._id_of)
            yield

    def _id_of(self, row: Row) -> str:
        return row[loose(self.key or self.columns[0])].strip()


@dataclass(frozen=True)
class Headless:
    """Separated text without a header: told by its first line."""

    name: str
    looks: Callable[[list[str]], bool]
    widths: tuple[int, ...]
    read: Callable[[list[str], Sink], Kept]
    dialect: Dialect = COMMA
    unique: bool = False
    rank: int = 0
    needs: str = ""
    id_of: Callable[[list[str]], str] = lambda fields: ""

    def fits(self, head: bytes) -> bool:
        return self.looks(first_fields(head, self.dialect))

    def parse(self, member: Member, sink: Sink) -> Iterator[None]:
        for line, fields in rows_of(member.stream, self.dialect, member.name):
            if len(fields) not in self.widths:
                expected = f"{self.widths[-1]} are expected"
                refuse_width(sink, fields, line, self.dialect, expected=expected, record_id=self.id_of(fields))
            else:
                sink.take(fields, line, self.read, unique=self.unique, id_of=self.id_of)
            yield


def layout_of(layouts: tuple[Layout, ...], head: bytes) -> Layout | None:
    """The first layout that a file fits."""
    return next((layout for layout in layouts if layout.fits(head)), None)


def refuse_width(
    sink: Sink, fields: list[str], line: int, dialect: Dialect, *, expected: str, record_id: str = ""
) -> None:
    """Set a row aside that has more or fewer fields than it should."""
    text = dialect.delimiter.join(fields)
    lines = 1 + sum(field.count("\n") for field in fields)
    over = f", over {lines} lines: is a quotation mark out of place?" if lines > 1 else ""
    sink.refuse(text, line, Refused("field_count", f"{len(fields)} fields where {expected}{over}", record_id))


def release_day(text: str, order: Order, *, name: str, line: int) -> int | None:
    """Days since 1970-01-01 of the day of release that a file states above its rows; None where it tells none.

    Raises:
        InputError: `registry.release_day`: it is no day.
    """
    try:
        return read_day(text, order)[0]
    except BadDay as bad:
        message = f"{name}: line {line} states a day of release that is none: {bad}"
        hint = "correct this line: the age of the data is counted from it"
        raise InputError.single("registry.release_day", message, hint=hint, path=name, line=line, value=text) from None


def refuse_head(head: bytes, name: str) -> None:
    """Refuse what is no data at all, whatever the source.

    Raises:
        InputError: `registry.empty`, `registry.html`, `registry.encoding`, `registry.binary`.
    """
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if not start:
        raise _no(name, "registry.empty", "the file is empty", "fetch it again")
    if start.startswith((b"<!doctype html", b"<html")):
        message = "this is a web page, not data: probably the publisher's error page"
        raise _no(name, "registry.html", message, "open it in a browser to see what it says, and fetch the data again")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _no(name, "registry.encoding", "the text is UTF-16", "save it as UTF-8")
    if b"\x00" in head and not head.startswith(b"PK"):
        raise _no(name, "registry.binary", "this is neither text nor a packed file", "fetch it again")


def _no(name: str, code: str, message: str, hint: str) -> InputError:
    return InputError.single(code, f"{name}: {message}", hint=hint, path=name)
