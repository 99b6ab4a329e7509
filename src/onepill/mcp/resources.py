"""What an agent may read without asking: passports and files of programmes, and the schema of each tool's answer."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, unquote

from mcp import MCPError, types
from pydantic import TypeAdapter

from onepill.core.errors import OnepillError
from onepill.workbench.asking.access_guard import withheld_paths
from onepill.workbench.asking.context import Context
from onepill.workbench.common.documents import to_json
from onepill.workbench.operations import OPERATIONS, operation

Row = dict[str, Any]
SCHEME = "onepill://"
UNKNOWN = -32002
"""The protocol's code of a resource that is not there."""
DRAWS = 10_000
JSON, YAML, CSV = "application/json", "application/yaml", "text/csv"
TEMPLATES = (
    types.ResourceTemplate(
        name="passport",
        title="The passport of a programme",
        uri_template=f"{SCHEME}programmes/{{id}}/passport",
        description=f"Route, days, chances, value and policies on {DRAWS:,} futures, as of the programme's own day. "
        "Every number's origin, rule, source, date and grade stands under `provenance` by its path: quote it with the "
        "number.",
        mime_type=JSON,
    ),
    types.ResourceTemplate(
        name="file",
        title="The file of a programme",
        uri_template=f"{SCHEME}programmes/{{id}}/file",
        description="The newest text, to be given to tools as `text`.",
        mime_type=YAML,
    ),
    types.ResourceTemplate(
        name="competitors",
        title="The competitor table of a programme",
        uri_template=f"{SCHEME}programmes/{{id}}/competitors",
        description="The newest table, where there is one.",
        mime_type=CSV,
    ),
    types.ResourceTemplate(
        name="answer",
        title="The JSON Schema of a tool's answer",
        uri_template=f"{SCHEME}answers/{{tool}}",
        description="What the fields of the answer mean, their units and ranges.",
        mime_type=JSON,
    ),
)


def listed(context: Context) -> list[types.Resource]:
    """What there is of each programme that may be read; the passport only where all of its fields may."""
    found = []
    for row in _ask("programmes list", context)["programmes"]:
        about = f"version {row['newest']['version']} by {row['newest']['saved_by']}, as of {row['as_of']}"
        title, place = row["title"]["en"], f"{SCHEME}programmes/{quote(row['id'], safe='')}"
        there = {
            "passport": not withheld_paths(context, row["id"]),
            "file": True,
            "competitors": row["competitors_version"] is not None,
        }
        for name, kind in (("passport", JSON), ("file", YAML), ("competitors", CSV)):
            if not there[name]:
                continue
            found.append(
                types.Resource(
                    name=f"{row['id']} {name}",
                    title=f"{title}: {name}",
                    uri=f"{place}/{name}",
                    description=about,
                    mime_type=kind,
                    annotations=types.Annotations(last_modified=row["newest"]["saved_at"]),
                )
            )
    return found


def read(uri: str, context: Context) -> types.TextResourceContents:
    """A resource by its address.

    Raises:
        MCPError: there is none, or the person who asks may not read it; the findings as data.
    """
    scheme, _, path = uri.partition("://")
    parts = [unquote(part) for part in path.split("/")]
    try:
        if scheme == "onepill" and len(parts) == 3 and parts[0] == "programmes" and parts[2] in _READS:
            text, kind = _READS[parts[2]](parts[1], context)
            return types.TextResourceContents(uri=uri, mime_type=kind, text=text)
        if scheme == "onepill" and len(parts) == 2 and parts[0] == "answers":
            return types.TextResourceContents(uri=uri, mime_type=JSON, text=_schema(parts[1], uri))
    except OnepillError as error:
        rows = [finding.as_row() for finding in error.findings]
        raise MCPError(UNKNOWN, str(error), {"uri": uri, "findings": rows}) from None
    raise _unknown(uri)


def _ask(name: str, context: Context, **fields: Any) -> Row:
    found = operation(name)
    answer: Row = json.loads(found.tell(found.remote_question.model_validate(fields), context, compact=True).text)
    return answer


def _passport(programme_id: str, context: Context) -> tuple[str, str]:
    told = _ask("programmes live", context, id=programme_id, draws=DRAWS, with_passport=True)
    return to_json(told["passport"]), JSON


def _file(programme_id: str, context: Context) -> tuple[str, str]:
    return _ask("programmes show", context, id=programme_id)["text"], YAML


def _competitors(programme_id: str, context: Context) -> tuple[str, str]:
    table = _ask("programmes show", context, id=programme_id)["competitors"]
    if table is None:
        raise _unknown(f"{SCHEME}programmes/{programme_id}/competitors")
    return table["text"], CSV


_READS = {"passport": _passport, "file": _file, "competitors": _competitors}


def _schema(tool: str, uri: str) -> str:
    for found in OPERATIONS:
        if "mcp" in found.faces and found.name.replace(" ", "_") == tool:
            return to_json(TypeAdapter(found.answer).json_schema(mode="serialization"))
    raise _unknown(uri)


def _unknown(uri: str) -> MCPError:
    return MCPError(UNKNOWN, f"there is no resource {uri[:200]!r}", {"uri": uri, "findings": []})
