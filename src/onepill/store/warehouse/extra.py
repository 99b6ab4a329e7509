"""The optional packages behind the warehouse, and the error that names their extra."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from onepill.core.errors import Finding, MissingExtra

HINT = "pip install 'onepill[registry]'"


def need(name: str) -> ModuleType:
    """Import a package of the extra `onepill[registry]`.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError:
        message = f"the warehouse needs {name.partition('.')[0]}: install onepill[registry]"
        raise MissingExtra(message, findings=[Finding("extra.missing", "error", message, HINT)]) from None
