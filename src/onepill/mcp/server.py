"""The operations as tools of the Model Context Protocol: same questions, same documents, findings instead of traces."""

from __future__ import annotations

from typing import Any

from onepill.core.errors import Finding, MissingExtra, OnepillError

try:
    from mcp import types
    from mcp.server.lowlevel import Server
except ImportError:  # pragma: no cover - the everyday installation has it
    raise MissingExtra("agents need the Model Context Protocol: install onepill[agents]") from None

import anyio
from pydantic import ValidationError

from onepill import __version__
from onepill.workbench.documents import to_json
from onepill.workbench.operations import OPERATIONS, Operation

INSTRUCTIONS = (
    "One innovative drug through its full cycle. Programmes and deal terms are given as the text of their YAML files. "
    "Every number of an answer has its origin, source, date and grade under `provenance`; quote them with the number. "
    "onepill informs decisions; it gives no legal, medical or investment advice."
)


def make_server() -> Server[Any]:
    """A server whose tools are the operations of the face `mcp`."""
    return Server(
        "onepill", version=__version__, instructions=INSTRUCTIONS, on_list_tools=_list_tools, on_call_tool=_call_tool
    )


def tool_name(found: Operation) -> str:
    """An operation's name as one word: `rules_show`."""
    return found.name.replace(" ", "_")


def serve_stdio() -> None:
    """Serve one agent over standard input and output until it hangs up."""
    anyio.run(_serve)


async def _serve() -> None:
    from mcp.server.stdio import stdio_server

    server = make_server()
    async with stdio_server() as (receives, sends):
        await server.run(receives, sends, server.create_initialization_options())


def _offered() -> dict[str, Operation]:
    return {tool_name(found): found for found in OPERATIONS if "mcp" in found.faces}


async def _list_tools(_: Any, __: Any) -> types.ListToolsResult:
    return types.ListToolsResult(tools=[_tool(name, found) for name, found in _offered().items()])


def _tool(name: str, found: Operation) -> types.Tool:
    reads = found.effect == "read"
    return types.Tool(
        name=name,
        title=f"onepill {found.name}",
        description=found.summary,
        input_schema=found.remote_question.model_json_schema(),
        annotations=types.ToolAnnotations(read_only_hint=reads, idempotent_hint=reads, open_world_hint=False),
    )


async def _call_tool(_: Any, asked: types.CallToolRequestParams) -> types.CallToolResult:
    found = _offered().get(asked.name)
    if found is None:
        return _refused(f"there is no tool {asked.name!r}", [])
    try:
        question = found.remote_question.model_validate(asked.arguments or {})
        answer = await anyio.to_thread.run_sync(found.ask_remote, question)
    except ValidationError as error:
        return _refused("the question is not understood", [_finding(item) for item in error.errors()])
    except OnepillError as error:  # a day of the question raises it too
        return _refused(str(error), list(error.findings))
    return types.CallToolResult(content=[types.TextContent(type="text", text=answer)])


def _finding(item: Any) -> Finding:
    path = ".".join(str(part) for part in item["loc"])
    return Finding("question.value", "error", f"{path}: {item['msg']}", "see the tool's input schema", path)


def _refused(message: str, findings: list[Finding]) -> types.CallToolResult:
    text = to_json({"error": message, "findings": [finding.as_row() for finding in findings]})
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], is_error=True)
