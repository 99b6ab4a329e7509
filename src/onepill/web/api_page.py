"""What can be asked over HTTP, as a page of our own: it needs nothing from elsewhere."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response

from onepill.web.api import address
from onepill.web.layout import page
from onepill.workbench.explain.field_meanings import question_schema
from onepill.workbench.operations import OPERATIONS, Operation

Row = dict[str, Any]
OPENAPI = "/api/openapi.json"


def add_api_page(app: FastAPI) -> None:
    """`/api`."""

    @app.get("/api", include_in_schema=False)
    async def api(request: Request) -> Response:
        rows = [asked_row(found) for found in OPERATIONS if "web" in found.faces]
        return page(request, "api.html.j2", rows=rows, openapi=OPENAPI, base=str(request.base_url).rstrip("/"), here="")


@cache
def asked_row(found: Operation) -> Row:
    """An operation with its address and the fields of its question."""
    schema = question_schema(found)
    needed = set(schema.get("required", ()))
    fields = [
        {
            "name": name,
            "kind": _kind(told),
            "needed": name in needed,
            "default": "" if told.get("default") in (None, "", [], {}) else str(told["default"]),
            "meaning": told.get("description", ""),
        }
        for name, told in schema.get("properties", {}).items()
    ]
    about = {"name": found.name, "address": address(found), "summary": found.summary, "effect": found.effect}
    return {**about, "is_long": found.keeps, "fields": fields}


def _kind(told: Row) -> str:
    """The type of a field in a word or two: choices are named, an optional one is called by what it is otherwise."""
    if "enum" in told:
        return " | ".join(str(one) for one in told["enum"])
    if "anyOf" in told:
        return " | ".join(_kind(one) for one in told["anyOf"] if one.get("type") != "null")
    if "$ref" in told:
        return str(told["$ref"]).rpartition("/")[2]
    if told.get("type") == "array":
        return f"[{_kind(told.get('items', {}))}]"
    return str(told.get("format") or told.get("type") or "")
