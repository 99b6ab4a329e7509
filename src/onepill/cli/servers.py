"""The commands that serve the other faces until they are stopped."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onepill.core.errors import InputError, MissingExtra

if TYPE_CHECKING:
    from onepill.store.workspace import Workspace
    from onepill.workbench.asking.context import Actor

ANY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - names what is not a name
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
TOKEN = "ONEPILL_TOKEN"  # noqa: S105 - the variable's name
HOME = typer.Option("--home", help="Folder of stores and settings, else ONEPILL_HOME, else the user's data folder.")


def add_servers(app: typer.Typer) -> None:
    """`serve`, `worker` and `mcp`."""
    app.command("serve", help="The workbench in a browser, at an address of this machine.")(serve)
    app.command("worker", help="Work on the jobs of the workspace, beside those that `serve` starts.")(worker)
    app.command("mcp", help="The operations as tools for a software agent, over standard input and output.")(agents)


def serve(
    *,
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="0: any free port.")] = 8765,
    host: Annotated[
        str, typer.Option("--host", help="Without accounts only an address of this machine.")
    ] = "127.0.0.1",
    home: Annotated[Path | None, HOME] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes that answer.")] = 1,
    team: Annotated[bool, typer.Option("--team", help="Everybody signs in; allows any host.")] = False,
    sso: Annotated[Path | None, typer.Option("--sso", help="File that describes a service of single sign-on.")] = None,
    name: Annotated[list[str] | None, typer.Option("--name", help="A name that the server is reached by.")] = None,
    certificate: Annotated[Path | None, typer.Option("--certificate", help="Of https, as PEM.")] = None,
    key: Annotated[Path | None, typer.Option("--key", help="The certificate's key, as PEM.")] = None,
    behind_https: Annotated[bool, typer.Option("--behind-https", help="A proxy serves https before it.")] = False,
    job_workers: Annotated[int, typer.Option("--job-workers", min=0, max=64, help="Processes that work on jobs.")] = 1,
) -> None:
    """Serve the workbench until it is stopped."""
    if host not in LOOPBACK and not team:
        hint = "without accounts everybody who reaches the port may read and change everything"
        raise InputError.single("serve.host", f"{host} is not an address of this machine alone", hint=hint, value=host)
    if (certificate is None) != (key is None):
        hint = "give both, or neither and --behind-https where a proxy does it"
        raise InputError.single("serve.certificate", "a certificate needs its key", hint=hint)
    _use(home)

    try:
        import uvicorn

        from onepill.web import LOOPBACK as LOCAL_NAMES
        from onepill.web import Settings, create_app
    except ImportError:
        raise MissingExtra("the workbench needs fastapi and uvicorn: install onepill[web]") from None
    from onepill.workbench.asking.context import shared_workspace
    from onepill.workbench.workspace.job_processes import keep_working

    workspace = shared_workspace()
    if sso is not None:
        _check_sso(sso, team=team)
    if team:
        _check_team(workspace, is_open=host not in LOOPBACK and not (certificate or behind_https))
    hosts = (*LOCAL_NAMES, *(() if host in ANY_ADDRESS else (host,)), *(name or ()))
    single = str(sso.absolute()) if sso else ""
    settings = Settings(hosts=hosts, team=team, sso=single, https=bool(certificate or behind_https))
    settings.leave()
    descriptor, address = _listen(host, port)
    keep_working(job_workers)
    # An application is made anew in each process; one process takes it as it is.
    application = create_app(settings) if workers == 1 else "onepill.web:create_app"
    scheme = "https" if certificate else "http"
    print(f"onepill serves {scheme}://{address}/ out of {workspace.home}", flush=True)
    uvicorn.run(
        application,
        factory=workers > 1,
        workers=workers,
        fd=descriptor,
        log_level="warning",
        server_header=False,
        date_header=False,
        # Without a proxy whoever asks could say that he is somebody else, and try passwords without end.
        proxy_headers=behind_https,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )


def _listen(host: str, port: int) -> tuple[int, str]:
    """The descriptor of a socket that listens, and its address: told by then, so that who asks early waits."""
    import uvicorn

    try:
        listening = uvicorn.Config("", host=host, port=port, log_level="critical").bind_socket()
    except SystemExit:
        hint = "name another with --port, or --port 0 for any that is free"
        raise InputError.single("serve.port", f"{host}:{port} cannot be listened at", hint=hint) from None
    listening.listen(2_048)
    taken = listening.getsockname()[1]
    return listening.detach(), f"[{host}]:{taken}" if ":" in host else f"{host}:{taken}"


def _check_sso(file: Path, *, team: bool) -> None:
    """Refuse a file that is wrong before the server starts, and one that no account could use."""
    if not team:
        hint = "add --team: without it there are no accounts to sign in to"
        raise InputError.single("serve.sso", "--sso needs --team", hint=hint)
    from onepill.web import read_sso

    read_sso(file)


def _check_team(workspace: Workspace, *, is_open: bool) -> None:
    """Refuse to serve accounts of which none can administer, and warn of passwords that go out in the clear."""
    if not any(user.role == "admin" and user.disabled_at is None for user in workspace.accounts.list()):
        hint = "make one first: `onepill users add NAME --role admin`"
        raise InputError.single("serve.admin", "there is no administrator", hint=hint)
    if is_open:
        said = "warning: without --certificate or --behind-https, passwords and sessions can be read on the network"
        print(said, file=sys.stderr)


def worker(
    *,
    home: Annotated[Path | None, HOME] = None,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="End when no job is left.")] = False,
) -> None:
    """Work on jobs until it is stopped."""
    import threading

    from onepill.workbench.asking.context import shared_workspace
    from onepill.workbench.workspace.job_worker import work

    _use(home)
    taken = work(shared_workspace(), stop=threading.Event(), until_idle=until_idle)
    print(f"{taken} jobs worked on")


def agents(*, home: Annotated[Path | None, HOME] = None) -> None:
    """Serve one agent until it hangs up: as this machine's user, or as the account of the token in `ONEPILL_TOKEN`."""
    _use(home)
    from onepill.mcp import serve_stdio

    serve_stdio(_account_of(os.environ.get(TOKEN, "")))


def _account_of(token: str) -> Actor | None:
    """The account of a token, with the token's scopes; None without a token."""
    if not token:
        return None
    from onepill.workbench.asking.context import account, shared_workspace

    found = shared_workspace().tokens.user(token)
    if found is None:
        hint = "`onepill tokens add` makes one; without the variable the agent asks as this machine's user"
        raise InputError.single("mcp.token", f"the token in {TOKEN} is not known, or has ended", hint=hint)
    return account(*found)


def _use(home: Path | None) -> None:
    if home is not None:
        os.environ["ONEPILL_HOME"] = str(home)
