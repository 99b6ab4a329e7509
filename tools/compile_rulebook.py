"""Compile the rulebook's packs into the JSON text that the product reads; `--check` only says whether it is current."""

from __future__ import annotations

import sys
from pathlib import Path

from onepill.core.errors import InputError
from onepill.rulebook.checks import check_packs
from onepill.rulebook.packs import compile_packs, packaged_texts, parse_pack

COMPILED = Path(__file__).parents[1] / "src/onepill/rulebook/compiled.json"


def main(arguments: list[str]) -> int:
    """Write compiled.json; exit code 2 on findings, with --check 1 where it is not current."""
    try:
        packs = [parse_pack(text, file=name) for name, text in packaged_texts().items()]
        findings = check_packs(packs)
    except InputError as error:
        findings = list(error.findings)
    if findings:
        for finding in findings:
            print(f"{finding.file}:{finding.line}: {finding.path}: {finding.message}", file=sys.stderr)
        return 2
    text = compile_packs(packs)
    if "--check" in arguments:
        return 0 if COMPILED.exists() and COMPILED.read_text(encoding="utf-8") == text else 1
    COMPILED.write_text(text, encoding="utf-8")
    print(f"{COMPILED.name}: {len(text):,} characters from {len(packs)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
