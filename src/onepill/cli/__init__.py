"""How does one ask from a terminal? Every operation as a command, with the same answers as every other face."""

from onepill.cli.main import main

__all__ = ["main"]
