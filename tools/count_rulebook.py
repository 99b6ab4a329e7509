"""Write the counts of the rulebook into docs/methods/rulebook.md, between the two marks."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from onepill.core.provenance import GRADES
from onepill.rulebook import Rulebook, Version, load_rulebook

PAGE = Path(__file__).resolve().parents[1] / "docs/methods/rulebook.md"
BEGIN, END = "<!-- counts: made by tools/count_rulebook.py -->", "<!-- end of counts -->"
STATES = ("complete", "partial", "absent", "missing")
HEAD = ("jurisdiction", "rules", "procedures", *GRADES, *(f"topics {state}" for state in STATES))


def counts(book: Rulebook) -> str:
    """A row for each jurisdiction (rules, procedures, values by grade, topics by state) and a line on the policies."""
    rows = [_row(book, jurisdiction) for jurisdiction in book.jurisdictions]
    total = [sum(column) for column in zip(*(numbers for _, numbers in rows), strict=True)]
    lines = [HEAD, ("---", *("---:" for _ in HEAD[1:])), *((name, *map(str, numbers)) for name, numbers in rows)]
    lines.append(("**all**", *(f"**{number}**" for number in total)))
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{table}\n\n{_policies(book)}"


def _row(book: Rulebook, jurisdiction: str) -> tuple[str, list[int]]:
    rules, procedures = book.rules(jurisdiction), book.procedures(jurisdiction)
    grades = _by_grade(v for rule in rules for v in (*rule.all_versions(), *rule.beside))
    states = Counter(row.state for row in book.coverage() if row.jurisdiction == jurisdiction)
    return jurisdiction, [len(rules), len(procedures), *grades, *(states[state] for state in STATES)]


def _by_grade(versions: Iterable[Version]) -> list[int]:
    found = Counter(version.source_grade for version in versions)
    return [found[grade] for grade in GRADES]


def _policies(book: Rulebook) -> str:
    measures = [measure for policy in book.policies() for measure in policy.measures]
    grades = _by_grade(version for measure in measures for version in measure.versions)
    by_grade = ", ".join(f"{number} {grade}" for number, grade in zip(grades, GRADES, strict=True))
    absent = sum(rule.absent is not None for rule in book.rules())
    return (
        f"Beside them stand {len(book.policies())} policies with {len(measures)} measures ({by_grade}). "
        f"{absent} of the rules are recorded absent: looked for and not found."
    )


def written(page: str, table: str) -> str:
    """The page with the table between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def main() -> int:
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), counts(load_rulebook())), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
