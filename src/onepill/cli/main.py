"""The entry point: builds the commands from the operations, maps errors to exit codes."""

from __future__ import annotations

import gc
import os
import sys

from onepill.cli.errors import show_error
from onepill.core.errors import OnepillError
from onepill.core.preparing import when_preparing

STOPPED = 130
OUR_FAULT = 1
PREPARING = (
    "preparing the calculation on this machine, once: a minute or so",
    "首次使用，正在为本机准备计算，约需一分钟",
)
"""What people read while nothing else can be seen, whatever language they will be answered in."""


def main() -> None:
    """Run the command line; never shows a traceback unless ONEPILL_DEBUG is set."""
    from onepill.cli.commands import build_app, joined, refuse_unfinished

    words = joined(sys.argv[1:])
    when_preparing(say_preparing)
    gc.disable()  # a command lives for seconds: looking for cycles among what it imports takes 0.15 s of them
    app = build_app(frozenset(words))
    try:
        refuse_unfinished(words)
        app(words, prog_name="onepill")
    except OnepillError as error:
        show_error(error, as_json="--json" in sys.argv)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("stopped; nothing was half written", file=sys.stderr)
        sys.exit(STOPPED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(OUR_FAULT)
    except Exception as error:
        if os.environ.get("ONEPILL_DEBUG"):
            raise
        if "--json" in sys.argv:
            show_error(OnepillError(f"{type(error).__name__}: {error}"), as_json=True)
        print(f"onepill failed: {type(error).__name__}: {error}", file=sys.stderr)
        print("this is our fault; run again with ONEPILL_DEBUG=1 for the details and report them", file=sys.stderr)
        sys.exit(OUR_FAULT)


def say_preparing() -> None:
    """Say it where no answer goes, even while that is being read by a program."""
    print(" / ".join(PREPARING), file=sys.stderr, flush=True)
