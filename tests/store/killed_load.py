"""A program for tests, there to be killed: loads so many trials into a warehouse and says when it begins."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.store.warehouses import Registry, load, trials


def main() -> None:
    root, count, status = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    sys.stdout.write("loading\n")
    sys.stdout.flush()
    load(root, Registry(trials(count, status=status), batch=500), text=f"{count} {status}")


if __name__ == "__main__":
    main()
