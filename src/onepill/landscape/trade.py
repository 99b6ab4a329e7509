"""Import dependence of starting materials, from trade by commodity code: import share, and how few partners supply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from onepill.landscape.concentration import effective_number, hhi

Flow = Literal["import", "export", "production"]
FLOWS: tuple[Flow, ...] = ("import", "export", "production")
ORGANIC_CHEMICALS = ("29",)
"""Chapter 29 of the Harmonized System, organic chemicals: most active substances, and what they are made of."""
WORLD = frozenset({"world", "wld", "w00", "0", "all"})
"""Words for all partners together: a total, not a partner."""


@dataclass(frozen=True)
class TradeRow:
    """One flow of one commodity between two places in a year.

    Attributes:
        hs_code: digits of the Harmonized System, at any level. value_usd: at or above 0.
        partner: empty for production.
    """

    hs_code: str
    year: int
    reporter: str
    partner: str
    flow: Flow
    value_usd: float


@dataclass(frozen=True)
class ImportDependence:
    """A reporter's trade of a year; shares from 0 to 1, None where they are not defined.

    Attributes:
        import_share: imports / (imports + exports): which way trade goes. It does not tell dependence where much is
            made at home.
        import_penetration: imports / (production + imports - exports), the share of home use that is imported; None
            without production. Above 1 where goods are imported to be exported again.
        partner_hhi: Herfindahl-Hirschman index of imports over partners, from 1/partners to 1.
        effective_partners: 1/HHI. top_partner: the largest, first by name where two are equal.
    """

    reporter: str
    year: int
    imports_usd: float
    exports_usd: float
    production_usd: float | None
    import_share: float | None
    import_penetration: float | None
    partners: int
    partner_hhi: float | None
    effective_partners: float | None
    top_partner: str
    top_partner_share: float | None


@dataclass(frozen=True)
class TradeTable:
    """Dependence by reporter and year, and how many rows were used or left out, by reason."""

    rows: tuple[ImportDependence, ...]
    counts: dict[str, int]


def import_dependence(
    rows: Sequence[TradeRow], *, hs_codes: Sequence[str] = ORGANIC_CHEMICALS, before_year: int | None = None
) -> TradeTable:
    """Import share and concentration of partners by reporter and year.

    Left out and counted: codes that do not begin with one of `hs_codes`; years from `before_year` on; rows of all
    partners together; and totals, whose code is the beginning of another's of the same reporter, year and flow.
    """
    counts = {"rows": len(rows), "other_codes": 0, "later_years": 0, "all_partners": 0, "totals": 0, "used": 0}
    kept: list[TradeRow] = []
    for row in rows:
        if not row.hs_code.startswith(tuple(hs_codes)):
            counts["other_codes"] += 1
        elif before_year is not None and row.year >= before_year:
            counts["later_years"] += 1
        elif row.partner.casefold() in WORLD:
            counts["all_partners"] += 1
        else:
            kept.append(row)
    used = _without_totals(kept)
    counts |= {"totals": len(kept) - len(used), "used": len(used)}
    by_place: dict[tuple[str, int], list[TradeRow]] = defaultdict(list)
    for row in used:
        by_place[row.reporter, row.year].append(row)
    return TradeTable(tuple(_dependence(*key, by_place[key]) for key in sorted(by_place)), counts)


def _without_totals(rows: Iterable[TradeRow]) -> list[TradeRow]:
    """Rows whose code is not the beginning of a longer one of the same reporter, year and flow."""
    every, above = list(rows), set()
    for row in every:
        above |= {(row.reporter, row.year, row.flow, row.hs_code[:end]) for end in range(1, len(row.hs_code))}
    return [row for row in every if (row.reporter, row.year, row.flow, row.hs_code) not in above]


def _dependence(reporter: str, year: int, rows: list[TradeRow]) -> ImportDependence:
    total = {flow: sum(row.value_usd for row in rows if row.flow == flow) for flow in FLOWS}
    imports, exports = total["import"], total["export"]
    production = total["production"] if any(row.flow == "production" for row in rows) else None
    home_use = None if production is None else production + imports - exports
    by_partner: dict[str, float] = defaultdict(float)
    for row in rows:
        if row.flow == "import":
            by_partner[row.partner] += row.value_usd
    shares = np.asarray([by_partner[name] for name in sorted(by_partner)], dtype=np.float64)
    top = max(sorted(by_partner), key=lambda name: by_partner[name], default="")
    return ImportDependence(
        reporter=reporter,
        year=year,
        imports_usd=imports,
        exports_usd=exports,
        production_usd=production,
        import_share=imports / (imports + exports) if imports + exports else None,
        import_penetration=imports / home_use if home_use and home_use > 0 else None,
        partners=int(np.count_nonzero(shares)),
        partner_hhi=float(hhi(shares)) if imports else None,
        effective_partners=float(effective_number(shares)) if imports else None,
        top_partner=top if imports else "",
        top_partner_share=by_partner[top] / imports if imports else None,
    )
