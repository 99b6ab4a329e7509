"""What `onepill serve` refuses before it listens: a server that is open, that nobody could enter or administer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from onepill.workbench.asking.context import close_workspaces
from tests.cli.asking import Ask


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("ONEPILL_HOME", str(tmp_path / "home"))
    yield tmp_path
    close_workspaces()


@pytest.mark.parametrize(("words", "believed"), [((), False), (("--behind-https",), True)])
def test_an_address_told_in_a_header_is_believed_of_a_proxy_alone(
    ask: Ask, home: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], believed: bool
) -> None:
    """Else everybody of this machine could try passwords from as many addresses as he likes to write."""
    told: list[object] = []

    def run(_: object, *, fd: int, proxy_headers: bool = True, **others: object) -> None:
        told.append(proxy_headers)
        os.close(fd)

    monkeypatch.setattr("uvicorn.run", run)
    assert ask("serve", "--port", "0", "--job-workers", "0", *words).code == 0
    assert told == [believed]


def test_serve_refuses_what_would_be_open_or_of_no_use(ask: Ask, home: Path) -> None:
    wrong, absent = home / "sso.yaml", home / "absent.yaml"
    wrong.write_text("issuer: http://id.example\nclient_id: x\nclient_secret: quite secret\n", encoding="utf-8")
    asked = {
        ("--host", "0.0.0.0"): "0.0.0.0 is not an address of this machine alone",
        ("--certificate", "x.pem"): "a certificate needs its key",
        ("--team",): "there is no administrator",
        ("--sso", str(wrong)): "--sso needs --team",
        ("--team", "--sso", str(wrong)): "issuer",
        ("--team", "--sso", str(absent)): "cannot be read",
    }
    for words, said in asked.items():
        answer = ask("serve", *words)
        assert answer.code == 2, words
        assert said in answer.err
        assert "quite secret" not in answer.err + answer.out
