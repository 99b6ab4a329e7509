"""The operations as tools of the Model Context Protocol: same questions, same documents, findings instead of traces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from onepill.core.errors import Finding, MissingExtra, OnepillError

try:
    from mcp import MCPError, types
    from mcp.server.lowlevel import Server
except ImportError:  # pragma: no cover - the everyday installation has it
    raise MissingExtra("agents need the Model Context Protocol: install onepill[agents]") from None

import anyio
from pydantic import ValidationError

from onepill import __version__
from onepill.mcp.resources import TEMPLATES, listed, read
from onepill.workbench.asking.context import Actor, Context
from onepill.workbench.common.documents import to_json
from onepill.workbench.explain.field_meanings import question_schema
from onepill.workbench.operations import OPERATIONS, Operation

INSTRUCTIONS = (
    "One innovative drug through its full cycle. Programmes and deal terms are given as the text of their YAML files. "
    "Every number of an answer has its origin, source, date and grade under `provenance`; quote them with the number. "
    "The programmes of the workspace are resources: onepill://programmes/{id}/passport and /file; what the fields of "
    "an answer mean stands at onepill://answers/{tool}. Answers of long questions (a passport of a million futures) "
    "come as jobs: jobs_start, then jobs_show. "
    "onepill informs decisions; it gives no legal, medical or investment advice."
)


def make_server(actor: Actor | None = None) -> Server[Any]:
    """A server whose tools are the operations of the face `mcp`, and whose resources are passports and files.

    Everything is asked as `actor`; this machine's own user if left out.
    """
    context = Context(actor) if actor else Context()

    async def call(_: Any, asked: types.CallToolRequestParams) -> types.CallToolResult:
        return await _call_tool(asked, context)

    async def resources(_: Any, __: Any) -> types.ListResourcesResult:
        return types.ListResourcesResult(resources=await _told(listed, context))

    async def read_one(_: Any, asked: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        return types.ReadResourceResult(contents=[await _told(read, str(asked.uri), context)])

    return Server(
        "onepill",
        version=__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=_list_tools,
        on_call_tool=call,
        on_list_resources=resources,
        on_list_resource_templates=_list_templates,
        on_read_resource=read_one,
    )


async def _told(work: Callable[..., Any], *given: Any) -> Any:
    """What the workbench says, or its refusal as an error of the protocol with the findings."""
    try:
        return await anyio.to_thread.run_sync(work, *given)
    except OnepillError as error:
        raise MCPError(types.INVALID_REQUEST, str(error), [found.as_row() for found in error.findings]) from None


async def _list_templates(_: Any, __: Any) -> types.ListResourceTemplatesResult:
    return types.ListResourceTemplatesResult(resource_templates=list(TEMPLATES))


def tool_name(found: Operation) -> str:
    """An operation's name as one word: `rules_show`."""
    return found.name.replace(" ", "_")


def serve_stdio(actor: Actor | None = None) -> None:
    """Serve one agent over standard input and output until it hangs up."""
    anyio.run(_serve, actor)


async def _serve(actor: Actor | None) -> None:
    from mcp.server.stdio import stdio_server

    server = make_server(actor)
    async with stdio_server() as (receives, sends):
        await server.run(receives, sends, server.create_initialization_options())


def _offered() -> dict[str, Operation]:
    return {tool_name(found): found for found in OPERATIONS if "mcp" in found.faces}


async def _list_tools(_: Any, __: Any) -> types.ListToolsResult:
    return types.ListToolsResult(tools=[_tool(name, found) for name, found in _offered().items()])


def _tool(name: str, found: Operation) -> types.Tool:
    reads = found.effect == "read"
    hints = types.ToolAnnotations(
        read_only_hint=reads, destructive_hint=False, idempotent_hint=reads, open_world_hint=False
    )
    return types.Tool(
        name=name,
        title=f"onepill {found.name}",
        description=described(found),
        input_schema=question_schema(found),
        annotations=hints,
    )


def described(found: Operation) -> str:
    """What an agent is told of a tool: what it answers, what it takes, what it changes."""
    fields = found.remote_question.model_fields
    said = [found.summary]
    if "text" in fields:
        said.append(
            "`text` is the whole YAML text of a file, not its path; the tool `schema` tells a programme's fields."
        )
    if "id" in fields and found.name.startswith(("programmes", "scenarios")):
        said.append("`id` is a programme's, as `programmes_list` names it.")
    if found.effect != "read":
        said.append("It changes what the workspace keeps; earlier versions stay.")
    if found.keeps:
        said.append("It takes seconds; `jobs_start` asks the same in the background.")
    return " ".join([*said, f"The answer's fields: onepill://answers/{tool_name(found)}."])


async def _call_tool(asked: types.CallToolRequestParams, context: Context) -> types.CallToolResult:
    found = _offered().get(asked.name)
    if found is None:
        return _refused(f"there is no tool {asked.name!r}", [])
    try:
        question = found.remote_question.model_validate(asked.arguments or {})
        answer = await anyio.to_thread.run_sync(found.ask_remote, question, context)
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
