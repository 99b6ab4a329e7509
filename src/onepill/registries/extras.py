"""Imports of the extra `onepill[registry]`, inside the functions that need them."""

from __future__ import annotations

import importlib
from typing import Any

from onepill.core.errors import MissingExtra


def need(module: str) -> Any:
    """The module named, or the error that names the extra it comes with.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        package = module.partition(".")[0]
        message = f"registries need {package}, which is not installed: pip install 'onepill[registry]'"
        raise MissingExtra(message) from None
