"""The commands that serve the other faces until they are stopped."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from onepill.core.errors import InputError, MissingExtra

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
HOME = typer.Option("--home", help="Folder of stores and settings, else ONEPILL_HOME, else the user's data folder.")


def add_servers(app: typer.Typer) -> None:
    """`serve` and `mcp`."""
    app.command("serve", help="The workbench in a browser, at an address of this machine.")(serve)
    app.command("mcp", help="The operations as tools for a software agent, over standard input and output.")(agents)


def serve(
    *,
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="0: any free port.")] = 8765,
    host: Annotated[
        str, typer.Option("--host", help="Without accounts only an address of this machine.")
    ] = "127.0.0.1",
    home: Annotated[Path | None, HOME] = None,
) -> None:
    """Serve the workbench until it is stopped."""
    if host not in LOOPBACK:
        hint = "without accounts everybody who reaches the port may read and change everything"
        raise InputError.single("serve.host", f"{host} is not an address of this machine alone", hint=hint, value=host)
    _use(home)
    try:
        import uvicorn

        from onepill.web import create_app
    except ImportError:
        raise MissingExtra("the workbench needs fastapi and uvicorn: install onepill[web]") from None
    uvicorn.run(create_app(), host=host, port=port, log_level="warning", server_header=False, date_header=False)


def agents(*, home: Annotated[Path | None, HOME] = None) -> None:
    """Serve one agent until it hangs up."""
    _use(home)
    from onepill.mcp import serve_stdio

    serve_stdio()


def _use(home: Path | None) -> None:
    if home is not None:
        os.environ["ONEPILL_HOME"] = str(home)
