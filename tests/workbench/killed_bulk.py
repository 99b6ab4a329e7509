"""A program for tests, there to be killed: loads a bulk zip into a warehouse in small runs and says when it begins."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from onepill.registries import bulk, loading
from onepill.workbench.operations import operation


def load_in_runs(root: Path, file: Path, **options: Any) -> dict[str, Any]:
    """Load a zip in runs of 25 files, whatever its size."""
    found, usual = operation("registry load"), (bulk.CHUNK, loading.FROM)
    fields = {"source": "ctgov", "path": str(file), "warehouse": str(root)}
    bulk.CHUNK, loading.FROM = 25, 10
    try:
        return dict(found.ask(found.question.model_validate(fields), **options))
    finally:
        bulk.CHUNK, loading.FROM = usual


def main() -> None:
    sys.stdout.write("loading\n")
    sys.stdout.flush()
    load_in_runs(Path(sys.argv[1]), Path(sys.argv[2]))


if __name__ == "__main__":
    main()
