"""What is asked when a workbook comes back."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

from pydantic import BeforeValidator, Field

from onepill.workbench.questions.programme import ProgrammeText, Question


def _bytes(raw: object) -> object:
    """Bytes as they are, or as base64 text, for faces that carry text alone."""
    if not isinstance(raw, str):
        return raw
    try:
        return base64.b64decode(raw, validate=True)
    except binascii.Error:
        raise ValueError("the content of a file is base64 text") from None


class WorkbookFile(Question):
    """The content of an .xlsx file (base64 in JSON); `file` is its name in messages."""

    content: Annotated[bytes, BeforeValidator(_bytes)]
    file: str = ""


class ImportWorkbookAsk(ProgrammeText):
    """A workbook that `onepill value FILE --workbook` wrote, and the programme file that it was written from."""

    workbook: WorkbookFile
    scenario: str | None = Field(
        default=None, pattern=r"^[a-z][a-z0-9_\-]*$", description="bring the changes in as a scenario of this name"
    )
    reason: str | None = Field(default=None, description="why: the reason of the scenario's changes")
