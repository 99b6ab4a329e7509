"""Write how many rows of which kind the packaged table of deals has into docs/methods/comparable-deals.md."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from onepill.deals.comparables import SOURCE_KINDS, STAGES, STRUCTURES, UNRANKED_STAGES, Deal
from onepill.workbench.deals.table import packaged_deals

PAGE = Path(__file__).resolve().parents[1] / "docs/methods/comparable-deals.md"
BEGIN, END = "<!-- counts: made by tools/count_deals.py -->", "<!-- end of counts -->"
GRADES = ("official", "secondary", "unverified")
AMOUNTS = ("upfront_usd", "total_usd", "royalty_low_share", "equity_share")


def counts(deals: Sequence[Deal]) -> str:
    """A row for each kind of source by grade; lines by stage, structure, year, known amounts and double steps."""
    head = ("source", *GRADES, "rows")
    rows = [_row(kind, [deal for deal in deals if deal.source_kind == kind]) for kind in SOURCE_KINDS]
    lines = [head, ("---", *("---:" for _ in head[1:])), *(row for row in rows if row[-1] != "0")]
    lines.append(tuple(f"**{cell}**" for cell in _row("all", deals)))
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    years = sorted({deal.year for deal in deals})
    return "\n".join(
        [
            table,
            "",
            f"- by stage: {_listed(deals, (*STAGES, *UNRANKED_STAGES), lambda deal: deal.stage)}",
            f"- by structure: {_listed(deals, STRUCTURES, lambda deal: deal.structure)}",
            f"- by year: {_listed(deals, years, lambda deal: deal.year)}",
            f"- amounts told: {', '.join(f'{name} {_known(deals, name)}' for name in AMOUNTS)}",
            f"- not counted: {sum(bool(deal.amends) for deal in deals)} later steps of a deal,"
            f" {sum(bool(deal.duplicate_of) for deal in deals)} told twice,"
            f" {sum(deal.product == 'biosimilar' for deal in deals)} biosimilars",
        ]
    )


def _row(name: str, deals: Sequence[Deal]) -> tuple[str, ...]:
    found = Counter(deal.source_grade for deal in deals)
    return name, *(str(found[grade]) for grade in GRADES), str(len(deals))


def _listed(deals: Sequence[Deal], names: Sequence[str], feature: Callable[[Deal], str]) -> str:
    found = Counter(map(feature, deals))
    return ", ".join(f"{name} {found[name]}" for name in names if found[name])


def _known(deals: Sequence[Deal], name: str) -> int:
    return sum(deal.amount(name) is not None for deal in deals)


def written(page: str, table: str) -> str:
    """The page with the counts between their marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def main() -> int:
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), counts(packaged_deals())), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
