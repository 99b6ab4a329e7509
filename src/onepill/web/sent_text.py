"""The text of a new document as a form sends it: typed, or the content of a file that was chosen."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile

from onepill.core.errors import Finding, InputError
from onepill.store.workspace.texts import MOST_TEXT_BYTES

if TYPE_CHECKING:
    from fastapi import Request

MOST_FIELDS = 20
UPLOAD = "upload"
COPY = {"programme": "-copy", "deal": "_copy"}
"""What follows the id of a copy, in the form of ids of its kind."""
NAME_LETTERS = 80


@dataclass(frozen=True)
class Sent:
    """What a form says: the text, the reason, the name of the file that the text is of, and what is wrong with that."""

    text: str
    reason: str
    file: str = ""
    findings: tuple[Finding, ...] = ()

    def checked(self) -> Sent:
        """The same, where nothing is wrong.

        Raises:
            InputError: `upload.none`, `upload.both`, `upload.size`, `upload.letters` with its line.
        """
        if self.findings:
            raise InputError(self.findings[0].message, findings=list(self.findings))
        return self


async def sent_text(request: Request) -> Sent:
    """The fields `text`, `reason` and `upload` of a form; what was typed is kept where the file is refused."""
    # A field may be as long as a text: the parser's own limit is half of that.
    form = await request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=2 * MOST_TEXT_BYTES)
    text, reason, upload = form.get("text"), form.get("reason"), form.get(UPLOAD)
    sent = Sent(_typed(text), reason if isinstance(reason, str) else "")
    if isinstance(upload, UploadFile) and upload.filename:
        return _of_file(sent, await upload.read(MOST_TEXT_BYTES + 1), _name(upload.filename))
    return sent if sent.text.strip() else replace(sent, findings=(_none(),))


def _typed(text: object) -> str:
    return text.replace("\r\n", "\n") if isinstance(text, str) else ""


def _name(filename: str) -> str:
    """The last part of a file's name, with nothing in it that a message or a header could not hold."""
    last = re.split(r"[\\/]", filename)[-1]
    return re.sub(r"[^\w.-]", "_", last)[-NAME_LETTERS:]


def _of_file(sent: Sent, content: bytes, name: str) -> Sent:
    if len(content) > MOST_TEXT_BYTES:
        message = f"{name} is larger than {MOST_TEXT_BYTES:,} bytes"
        hint = "keep tables beside the file"
        return replace(sent, findings=(Finding("upload.size", "error", message, hint, UPLOAD, value=name),))
    try:
        text = _typed(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = Finding("upload.letters", "error", f"{name} is no UTF-8 text", "save it as plain UTF-8 text", UPLOAD)
        return replace(sent, findings=(replace(found, file=name, line=line, value=name),))
    if sent.text.strip() and sent.text.strip() != text.strip():
        message, hint = "a file is chosen and a text is typed", "send one of the two"
        return replace(sent, findings=(Finding("upload.both", "error", message, hint, UPLOAD, value=name),))
    return replace(sent, text=text, file=name, findings=() if text.strip() else (_none(),))


def _none() -> Finding:
    hint = "choose a file or type its text"
    return Finding("upload.none", "error", "there is no text", hint, "text")


def under_another_id(text: str, key: str) -> str:
    """The text of a document with its id, which stands at `key`, followed by `copy`: what a new one may start from."""
    return re.sub(rf"^{key}:\s*[\w.-]+", lambda found: f"{found[0]}{COPY[key]}", text, count=1, flags=re.MULTILINE)
