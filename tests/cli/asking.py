"""The command line in this process: words in, exit code and both streams out."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from onepill.cli import main
from onepill.cli.main import PREPARING


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output; anything before or after it fails here."""
        return json.loads(self.out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


Ask = Callable[..., Answer]


def without_preparing(said: str) -> str:
    """What a command said but for the line that a machine's first compilation adds, whichever command that meets."""
    return said.replace(" / ".join(PREPARING) + "\n", "", 1)


def asker(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    def ask(*words: str) -> Answer:
        monkeypatch.setattr("sys.argv", ["onepill", *words])
        capsys.readouterr()
        code: Any = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0
        finally:
            gc.enable()  # a command of seconds does without; the process of many tests would grow by gigabytes
        streams = capsys.readouterr()
        return Answer(code, streams.out, without_preparing(streams.err))

    return ask
