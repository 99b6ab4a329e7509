"""An agent finds tools that say what they do, and reads what its account may read, with its provenance."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, MCPError, StdioServerParameters

from onepill.mcp import make_server
from onepill.store.workspace import Workspace
from onepill.workbench.asking.context import Actor, account
from onepill.workbench.common.documents import to_json
from onepill.workbench.operations import OPERATIONS, operation
from tests.loops import apart

PASSPORT = "onepill://programmes/minimal/passport"
FILE = "onepill://programmes/minimal/file"
SERVE = "from onepill.cli import main; main()"


@pytest.fixture(scope="module")
def reader(workspace: Workspace) -> Actor:
    """An account that sees public programmes and none of its own."""
    return account(workspace.accounts.add("vera", role="viewer", actor="test", password="many long words here"))


def asked(work: Callable[[Client], Awaitable[Any]], actor: Actor | None = None, **options: Any) -> Any:
    async def run() -> Any:
        async with Client(make_server(actor), **options) as client:
            return await work(client)

    return apart(run)


def text_of(uri: str, actor: Actor | None = None) -> str:
    async def read(client: Client) -> Any:
        return await client.read_resource(uri)

    contents = asked(read, actor).contents
    assert [part.uri for part in contents] == [uri]
    return str(contents[0].text)


def refusal_of(uri: str, actor: Actor | None = None) -> MCPError:
    async def read(client: Client) -> MCPError:
        with pytest.raises(MCPError) as caught:
            await client.read_resource(uri)
        return caught.value

    found: MCPError = asked(read, actor)
    return found


def listed(actor: Actor | None = None) -> list[str]:
    async def every(client: Client) -> list[str]:
        return [str(row.uri) for row in (await client.list_resources()).resources]

    found: list[str] = asked(every, actor)
    return found


def test_every_programme_has_its_passport_and_its_file(workspace: Workspace) -> None:
    ids = [kept.id for kept in workspace.documents.list("programme")]
    assert {f"onepill://programmes/{one}/{what}" for one in ids for what in ("passport", "file")} <= set(listed())
    assert "onepill://programmes/tunlametinib-nras-melanoma/competitors" in listed()
    assert text_of(FILE) == workspace.documents.get("minimal").text


def test_a_passport_is_the_operations_own_with_the_provenance_of_its_numbers(workspace: Workspace) -> None:
    found = json.loads(text_of(PASSPORT))
    question = operation("programmes live").question.model_validate({"id": "minimal", "with_passport": True})
    assert question.model_dump()["draws"] == 10_000
    assert found == json.loads(to_json(operation("programmes live").ask(question)["passport"]))
    told = {row["path"]: row for row in found["provenance"]}
    assert told["value.rnpv_usd.mean"]["origin"] == "derived"
    assert all(row["origin"] for row in told.values())


def test_templates_name_what_can_be_read() -> None:
    async def every(client: Client) -> Any:
        return (await client.list_resource_templates()).resource_templates

    templates = {row.uri_template: row for row in asked(every)}
    assert set(templates) == {
        "onepill://programmes/{id}/passport",
        "onepill://programmes/{id}/file",
        "onepill://programmes/{id}/competitors",
        "onepill://answers/{tool}",
    }
    assert all(row.description and row.mime_type for row in templates.values())


@pytest.mark.parametrize(
    "uri",
    [
        "onepill://programmes/nobody/passport",
        "onepill://programmes/minimal/competitors",
        "onepill://programmes/minimal",
        "onepill://programmes/..%2F..%2Fetc/file",
        "onepill://answers/nothing",
        "file:///etc/passwd",
        "onepill://",
    ],
)
def test_what_is_not_there_is_refused_by_the_protocol(uri: str, workspace: Workspace) -> None:
    assert refusal_of(uri).error.code == -32002


def test_an_account_reads_what_it_may_and_nothing_else(workspace: Workspace, reader: Actor) -> None:
    text = workspace.documents.get("minimal").text.replace("programme: minimal", "programme: secret")
    workspace.documents.add("secret", text, kind="programme", actor="ada", reason="own")
    secret = "onepill://programmes/secret/passport"
    assert (secret in listed(), secret in listed(reader)) == (True, False)
    refused, absent = refusal_of(secret, reader), refusal_of("onepill://programmes/absent/passport", reader)
    assert [row["code"] for row in refused.error.data["findings"]] == ["access.programme"]
    assert refused.error.message == absent.error.message.replace("absent", "secret")
    assert json.loads(text_of(PASSPORT, reader)) == json.loads(text_of(PASSPORT))


def test_a_passport_with_a_withheld_field_is_no_resource(workspace: Workspace, reader: Actor) -> None:
    workspace.accounts.set_tier("minimal", "development.phase_2.cost", "strictly", actor="ada", reason="a contract")
    try:
        assert (PASSPORT in listed(reader), FILE in listed(reader), PASSPORT in listed()) == (False, True, True)
        assert "15 MUSD" not in text_of(FILE, reader)
        assert [row["code"] for row in refusal_of(PASSPORT, reader).error.data["findings"]] == ["access.tier"]
    finally:
        workspace.accounts.set_tier("minimal", "development.phase_2.cost", None, actor="ada", reason="over")


def test_a_tool_says_what_it_answers_and_what_each_field_means() -> None:
    async def every(client: Client) -> Any:
        return (await client.list_tools()).tools

    tools = {row.name: row for row in asked(every)}
    assert set(tools) == {found.name.replace(" ", "_") for found in OPERATIONS if "mcp" in found.faces}
    silent = []
    for name, tool in tools.items():
        assert len(tool.description) > 30, name
        schema = tool.input_schema
        assert (schema["type"], schema["additionalProperties"]) == ("object", False), name
        rows = schema.get("properties", {}).items()
        silent += [f"{name}.{field}" for field, told in rows if not told.get("description")]
    assert silent == []
    assert not tools["programmes_save"].annotations.read_only_hint
    assert json.loads(text_of("onepill://answers/due"))["properties"]["due"]


def test_over_standard_input_and_output_as_an_account(workspace: Workspace, reader: Actor) -> None:
    token = workspace.tokens.add("vera", "agent", scopes=("read",), days=1, actor="test")[1]
    home = {"ONEPILL_HOME": str(workspace.home), "ONEPILL_TOKEN": token}
    words = StdioServerParameters(command=sys.executable, args=["-c", SERVE, "mcp"], env={**os.environ, **home})

    async def talk() -> tuple[Any, Any, Any]:
        async with Client(words) as client:
            listed = (await client.list_resources()).resources
            read = await client.read_resource(FILE)
            refused = await client.call_tool("programmes_add", {"text": "x", "reason": "y"})
            return listed, read, refused

    listed_, read, refused = apart(talk)
    assert PASSPORT in {str(row.uri) for row in listed_}
    assert read.contents[0].text == workspace.documents.get("minimal").text
    assert refused.is_error
    assert [row["code"] for row in json.loads(refused.content[0].text)["findings"]] == ["access.scope"]


def test_a_token_that_nobody_has_ends_the_command(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from onepill.cli.commands import build_app

    monkeypatch.setenv("ONEPILL_TOKEN", "onepill_made_up")
    result = CliRunner().invoke(build_app(frozenset({"mcp"})), ["mcp"])
    assert result.exit_code == 2 or "mcp.token" in repr(result.exception.__dict__)  # type: ignore[union-attr]
    assert Path(workspace.home).is_dir()
