"""The page of the landscape's pictures: written in each language, and summed up in a terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Literal

from onepill.cli.show_registry import show_findings
from onepill.workbench.common.documents import to_json, write_landscape
from onepill.workbench.operations import Operation

Lang = Literal["en", "zh"]
FOLDER = Path("out") / "landscape"


def show_page(found: Operation, question: Any, *, langs: list[Lang], out: Path | None, as_json: bool) -> None:
    """Ask, write the pages where a folder is named or a person looks on, and say what they hold."""
    answer = found.ask(question)
    folder = out or (None if as_json else FOLDER)
    written = write_landscape(answer, langs=langs, out=folder) if folder else []
    if as_json:
        sys.stdout.write(to_json(answer))
        return
    print(f"as of {answer['as_of']} ({answer['as_of_method']}), load {answer['generation']} of {answer['warehouse']}")
    show_findings(answer["findings"])
    entered = answer["measures"]["entry_rate_per_year"]["n"]
    print(f"{answer['coverage']['programmes']:,} programmes of {answer['shown']:,} drugs, {entered:,} entered lately")
    for name in ("timeline", "burden"):
        if answer[name] is None:
            print(f"no picture of the {name}: the page says why")
    print("\nOpen " + " or ".join(str(path) for path in written if path.suffix == ".html"))
