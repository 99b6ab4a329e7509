"""ClinicalTrials.gov API v2: one study a file, pages, arrays, or JSON lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from onepill.core.errors import InputError
from onepill.registries.ctgov_study import read_study
from onepill.registries.extras import need
from onepill.registries.opening import Member
from onepill.registries.sink import Refused, Sink

_SIGNS = (b'"protocolSection"', b'"studies"')
_UNREAD, _AFTER = b'"resultsSection":', (b'"derivedSection":', b'"hasResults":')
MOST_LINE = 64 * 1024**2
"""Bytes of one JSON line: the largest study with results has a few million."""


@dataclass(frozen=True)
class ApiJson:
    """JSON of the API v2, in any of its packings."""

    name: str = "api_v2_json"
    rank: int = 0
    needs: str = ""

    def fits(self, head: bytes) -> bool:
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
        return start in (b"{", b"[") and any(sign in head for sign in _SIGNS)

    def parse(self, member: Member, sink: Sink) -> Iterator[None]:
        if _is_lines(member.head):
            yield from _lines(member, sink)
        else:
            yield from _document(member, sink)


def _is_lines(head: bytes) -> bool:
    """Whether the first line is a study by itself and another line follows, or may follow beyond the head."""
    line, newline, _ = head.partition(b"\n")
    if not line.startswith(b'{"protocolSection"') and not (line[:1] == b"{" and b'"protocolSection":{' in line[:400]):
        return False
    return not newline or _loads(line) is not None


def parse_json(data: bytes) -> Any:
    """The JSON without its results sections, and the annotations and documents that follow them: they are not read.

    A quotation mark within a JSON text is escaped, so that a key followed by a colon can only be a key. Where the bytes
    without the sections are no JSON, the whole decides.

    Raises:
        orjson.JSONDecodeError: the whole is no JSON.
    """
    orjson = need("orjson")
    if _UNREAD in data:
        try:
            return orjson.loads(_without_results(data))
        except orjson.JSONDecodeError:
            pass
    return orjson.loads(data)


def _without_results(data: bytes) -> bytes:
    kept, start = [], 0
    while (cut := data.find(_UNREAD, start)) >= 0:
        end = next((end for key in _AFTER if (end := data.find(key, cut)) >= 0), None)
        if end is None:
            break
        kept.append(data[start:cut])
        start = end
    return b"".join((*kept, data[start:]))


def _loads(data: bytes) -> Any:
    orjson = need("orjson")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


def _lines(member: Member, sink: Sink) -> Iterator[None]:
    orjson = need("orjson")
    for number, line in enumerate(iter(lambda: member.stream.readline(MOST_LINE), b""), 1):
        if line.isspace():
            continue
        try:
            study = parse_json(line)
        except orjson.JSONDecodeError as error:
            sink.refuse(_text(line), number, Refused("invalid_json", f"invalid JSON: {error}"))
        else:
            sink.take(study, number, read_study, unique=True)
        yield


def _document(member: Member, sink: Sink) -> Iterator[None]:
    orjson = need("orjson")
    data = member.read().removeprefix(b"\xef\xbb\xbf")
    try:
        document = parse_json(data)
    except orjson.JSONDecodeError as error:
        if _holds_many(data):
            hint = "the page is cut or damaged: fetch it again"
            line = data.count(b"\n", 0, error.pos) + 1
            message = f"{member.name}: invalid JSON: {error}"
            raise InputError.single("registry.json", message, hint=hint, path=member.name, line=line) from None
        sink.refuse(_text(data), 1, Refused("invalid_json", f"{member.name}: invalid JSON: {error}"))
        yield
        return
    for number, study in enumerate(_studies(document), 1):
        sink.take(study, number, read_study, unique=True)
        yield


def _holds_many(data: bytes) -> bool:
    """A damaged document that held more than one study cannot be counted, and is refused whole."""
    return data.lstrip()[:1] == b"[" or b'"studies"' in data[:65536] or data.count(b'"protocolSection"', 0) > 1


def _studies(document: Any) -> list[Any]:
    if isinstance(document, dict):
        studies = document.get("studies", [document])
        return studies if isinstance(studies, list) else [studies]
    return document if isinstance(document, list) else [document]


def _text(data: bytes) -> str:
    return data[:400].decode("utf-8", errors="replace")
