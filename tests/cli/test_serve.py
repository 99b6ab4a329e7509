"""The server says where it is, brings the examples along, and refuses what cannot or must not be served."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

from onepill.cli.commands import build_app
from onepill.core.errors import InputError
from onepill.store import places

SERVE = "from onepill.cli import main; main()"


def refused(*words: str) -> str:
    """The code of the finding that a server ends with."""
    result = CliRunner().invoke(build_app(frozenset({"serve"})), ["serve", *words])
    assert isinstance(result.exception, InputError), result.output
    return result.exception.findings[0].code


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ONEPILL_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_another_host_without_accounts_is_refused(host: str) -> None:
    assert refused("--host", host) == "serve.host"


def test_a_port_in_use_is_refused_with_the_way_on() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert refused("--port", str(taken.getsockname()[1])) == "serve.port"


def test_a_team_without_an_administrator_and_a_certificate_without_its_key_are_refused() -> None:
    assert refused("--team") == "serve.admin"
    assert refused("--certificate", "cert.pem") == "serve.certificate"


def test_a_first_start_says_where_it_is_and_has_the_examples(own_home: Path) -> None:
    home = own_home / "given"
    words = [sys.executable, "-c", SERVE, "serve", "--port", "0", "--home", str(home), "--job-workers", "0"]
    environment = {**os.environ, "ONEPILL_HOME": str(own_home / "unused")}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            address = said.split()[2]
            asked = urllib.request.Request(f"{address}api/programmes/list", b"{}", {"content-type": "application/json"})
            with urllib.request.urlopen(asked) as answer:
                ids = {row["id"] for row in json.load(answer)["programmes"]}
        finally:
            process.terminate()
    assert address.startswith("http://127.0.0.1:")
    assert said.strip().endswith(str(home))
    assert {"minimal", "tunlametinib-nras-melanoma"} <= ids
    assert not (own_home / "unused").exists()


def test_several_processes_answer_and_an_interrupt_ends_them_in_good_order(own_home: Path) -> None:
    words = [sys.executable, "-c", SERVE, "serve", "--port", "0", "--workers", "2", "--job-workers", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split()[2]
            with urllib.request.urlopen(address) as answer:
                assert answer.status == 200
        finally:
            process.send_signal(signal.SIGINT)
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("platform", "variable", "folder"),
    [("linux", "XDG_DATA_HOME", "onepill"), ("win32", "LOCALAPPDATA", "onepill")],
)
def test_without_a_home_the_platforms_own_folder_is_taken(
    platform: str, variable: str, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ONEPILL_HOME")
    monkeypatch.setattr(places.sys, "platform", platform)
    monkeypatch.setenv(variable, str(tmp_path))
    assert places.home_folder() == tmp_path / folder
