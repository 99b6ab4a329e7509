"""ClinicalTrials.gov API v2: one study a file, pages, arrays, or JSON lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from onepill.core.errors import InputError
from onepill.registries.ctgov_study import read_study, study_id
from onepill.registries.delimited import BOM
from onepill.registries.extras import need
from onepill.registries.opening import Member
from onepill.registries.sink import Refused, Sink

_SIGNS = (b'"protocolSection"', b'"studies"')
_UNREAD, _AFTER = b'"resultsSection":', (b'"derivedSection":', b'"hasResults":')
_NEXT = b'"protocolSection":'
_ONE = b'{"protocolSection":'
MOST_LINE = 64 * 1024**2
"""Bytes of one JSON line: the largest study with results has a few million."""


@dataclass(frozen=True)
class ApiJson:
    """JSON of the API v2, in any of its packings."""

    name: str = "api_v2_json"
    rank: int = 0
    needs: str = ""

    def fits(self, head: bytes) -> bool:
        start = head.removeprefix(BOM).lstrip()[:1]
        return start in (b"{", b"[") and any(sign in head for sign in _SIGNS)

    def parse(self, member: Member, sink: Sink) -> Iterator[None]:
        if _is_lines(member.head):
            yield from _lines(member, sink)
        else:
            yield from _document(member, sink)


def _is_lines(head: bytes) -> bool:
    """Whether the first line is a study by itself and another line follows, or may follow beyond the head.

    A compact page of the API is one line too, but names its studies before the first one's protocol.
    """
    line, newline, _ = head.removeprefix(BOM).partition(b"\n")
    at = line.find(b'"protocolSection"', 0, 400)
    if line[:1] != b"{" or at < 0 or b'"studies"' in line[:at]:
        return False
    return not newline or _loads(line) is not None


def parse_json(data: bytes) -> Any:
    """The JSON without its results sections, and the annotations and documents that follow them: they are not read.

    A quotation mark within a JSON text is escaped, so that a key followed by a colon can only be a key. Where the next
    study begins before such a key follows, or the bytes without the sections are no JSON, the whole decides.

    Raises:
        orjson.JSONDecodeError: the whole is no JSON.
    """
    orjson = need("orjson")
    cut = data.find(_UNREAD)
    if cut >= 0:
        try:
            kept = _one_without_results(data, cut) if data.startswith(_ONE) else _without_results(data, cut)
            return orjson.loads(kept)
        except orjson.JSONDecodeError:
            pass
    return orjson.loads(data)


def _parse(data: bytes, sink: Sink) -> Any:
    return need("orjson").loads(data) if sink.with_results else parse_json(data)


def _one_without_results(data: bytes, cut: int) -> bytes:
    """A document that begins with its protocol holds one study, whose results end at the last of the keys after them.

    Looked for from behind, since results are long and what follows them is short.
    """
    end = next((end for key in _AFTER if (end := data.rfind(key)) > cut), None)
    return data if end is None else data[:cut] + data[end:]


def _without_results(data: bytes, cut: int) -> bytes:
    kept, start = [], 0
    while cut >= 0:
        end = next((end for key in _AFTER if (end := data.find(key, cut)) >= 0), None)
        if end is None or data.find(_NEXT, cut, end) >= 0:
            break
        kept.append(data[start:cut])
        start, cut = end, data.find(_UNREAD, end)
    return b"".join((*kept, data[start:]))


def _loads(data: bytes) -> Any:
    orjson = need("orjson")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


def _lines(member: Member, sink: Sink) -> Iterator[None]:
    orjson = need("orjson")
    for number, text in enumerate(_split(member), 1):
        line = text.removeprefix(BOM) if number == 1 else text
        if not line.strip():
            continue
        try:
            study = _parse(line, sink)
        except orjson.JSONDecodeError as error:
            sink.refuse(_text(line), number, Refused("invalid_json", f"invalid JSON: {error}"))
        else:
            sink.take(study, number, read_study, unique=True, id_of=study_id)
        yield


def _split(member: Member) -> Iterator[bytes]:
    """The lines of a file, the last one with or without its end.

    Raises:
        InputError: `registry.line`: a line has no end.
    """
    while line := member.stream.readline(MOST_LINE + 1):
        if len(line) > MOST_LINE:
            message, hint = f"{member.name}: a line has no end", "the file is damaged, or not what its name says"
            raise InputError.single("registry.line", message, hint=hint, path=member.name)
        yield line


def _document(member: Member, sink: Sink) -> Iterator[None]:
    orjson = need("orjson")
    data = member.read().removeprefix(BOM)
    try:
        document = _parse(data, sink)
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
        sink.take(study, number, read_study, unique=True, id_of=study_id)
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
