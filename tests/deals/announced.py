"""Made-up deals for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from onepill.deals.comparables import Deal

PLAIN = Deal(
    deal_id="plain",
    announced_on=date(2024, 6, 1),
    licensor="Licensor",
    licensee="Licensee",
    asset="asset",
    modality="small_molecule",
    area="oncology",
    stage="phase_2",
    structure="licence",
    territory_kind="outside_china",
    source_title="a release",
    source_url="https://example.org/release",
    source_kind="company_site",
    source_grade="official",
)


def deal(deal_id: str, **told: Any) -> Deal:
    """A licence for an oncology drug in phase 2, changed in what is told."""
    return replace(PLAIN, deal_id=deal_id, **told)
