"""Every route that an application answers, included routers and all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI


def routes_of(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of each, without what only tells what may be asked (HEAD, OPTIONS)."""
    found = {(method, path) for methods, path in _walk(app.routes) for method in methods}
    return sorted((method, path) for method, path in found if method not in {"HEAD", "OPTIONS"})


def _walk(routes: Any) -> Iterator[tuple[set[str], str]]:
    for route in routes:
        if hasattr(route, "path"):
            assert hasattr(route, "methods"), f"a route that is not understood: {route!r}"
            yield set(route.methods), route.path
        elif hasattr(route, "original_router"):
            yield from _walk(route.original_router.routes)
        else:
            raise AssertionError(f"a route that is not understood: {route!r}")
