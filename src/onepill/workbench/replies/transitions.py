"""What `success transitions` answers."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from onepill.workbench.replies.parts import Chance, FindingRow, Iso, Reply, SourceRow, Text
from onepill.workbench.replies.success import TableRow


class WithinRow(Reply):
    """The share that advanced within so many years; nulls where nobody was followed for so long."""

    years: float
    prob: Chance | None
    low: Chance | None
    high: Chance | None
    at_risk: int


class SurvivalCell(Reply):
    """From the first evidence in the phase on; what had not advanced by the day is censored."""

    n: int
    events: int
    censored: int
    already_further: int
    within: list[WithinRow]
    median_years: float | None


class CountedCell(Reply):
    """`prob` is advanced / (advanced + given up); what still runs is in neither."""

    prob: Chance | None
    low: Chance | None
    high: Chance | None
    n: int
    advanced: int
    given_up: int
    running: int
    imputed: int


class PrintedRow(Reply):
    """What a publication prints for the cell; `is_product` where it is a product of its rates."""

    table: str
    row: str
    prob: Chance
    low: Chance | None
    high: Chance | None
    n: int | None
    is_product: bool
    source: SourceRow


class TransitionCell(Reply):
    """One step of one group, counted in each way; `phase_by_phase` is null for what is no single step."""

    group: Literal["all", "area", "modality", "origin", "period"]
    level: str
    step: str
    survival: SurvivalCell
    path_by_path: CountedCell
    phase_by_phase: CountedCell | None
    published: list[PrintedRow]


class WaitRow(Reply):
    phase: str
    days: int
    origin: Literal["user", "assumption"]


class PeriodRow(Reply):
    """Null where all years count."""

    from_year: int | None
    to_year: int | None


class TransitionsReply(Reply):
    warehouse: str
    generation: int
    as_of: Iso
    as_of_method: Literal["snapshot", "reconstructed"]
    annotations: Literal["as_known", "hindsight"]
    period: PeriodRow
    filters: dict[str, list[str]]
    pairs: int = Field(description="drug-indication pairs with evidence of a clinical phase by the day")
    drugs: int
    left_out: dict[str, int]
    approvals: dict[str, int]
    waits: list[WaitRow]
    cells: list[TransitionCell]
    tables: list[TableRow]
    assumptions: list[Text]
    findings: list[FindingRow]
