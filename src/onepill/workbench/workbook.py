"""A programme's deterministic model as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from onepill import __version__
from onepill.model import Loaded, load_programme
from onepill.model.names import place
from onepill.reports.workbook import InputRow, WorkbookModel, build_workbook
from onepill.reports.workbook.model import MarketWords, StepWords
from onepill.rulebook import load_rulebook
from onepill.workbench.assemble import Assembled, assemble
from onepill.workbench.deterministic import Deterministic, deterministic_value
from onepill.workbench.fill import fill
from onepill.workbench.rows_identity import title
from onepill.workbench.workbook_inputs import gate_factors, input_rows, launch_lag

Row = dict[str, Any]
Lang = Literal["en", "zh"]


@dataclass(frozen=True)
class Valued:
    """A programme with its deterministic value and the inputs behind it."""

    loaded: Loaded
    base: Assembled
    value: Deterministic
    inputs: tuple[InputRow, ...]


def value_inputs(text: str, *, file: str = "", as_of: date | None = None, scenarios: Sequence[str] = ()) -> Valued:
    """Read a programme, fill it, and value it at its means.

    Raises:
        InputError: all findings about the file, an unknown scenario, a plan with too many futures.
    """
    loaded = load_programme(text, file=file, as_of=as_of, scenarios=scenarios)
    base = assemble(fill(loaded.programme, load_rulebook()))
    value = deterministic_value(base.plan)
    return Valued(loaded, base, value, input_rows(loaded, base, value.plan))


def make_workbook(valued: Valued, *, lang: Lang = "en", scenarios: Sequence[str] = ()) -> bytes:
    """The workbook's bytes.

    Raises:
        MissingExtra: `onepill[workbook]` is not installed.
        InputError: the plan has no sheets of a sensible size.
    """
    return build_workbook(workbook_model(valued, scenarios=scenarios), lang=lang)


def workbook_model(valued: Valued, *, scenarios: Sequence[str] = ()) -> WorkbookModel:
    """What the sheets show."""
    programme, base, value = valued.loaded.programme, valued.base, valued.value
    infos = {info.id: StepWords(info.label, info.jurisdiction, info.path) for info in base.network.activities}
    return WorkbookModel(
        programme=programme.programme,
        title=title(programme),
        as_of=programme.as_of,
        engine_version=__version__,
        rulebook_hash=base.filled.rulebook.hash,
        convention=programme.capital.convention,
        horizon_years=programme.capital.horizon_years,
        inputs=valued.inputs,
        plan=value.plan,
        markets=base.markets,
        rnpv_usd=value.rnpv_usd,
        by_market=value.by_market,
        steps=infos,
        market_words={m.id: _market_words(base, m.id) for m in base.markets},
        gates={a.id: gate_factors(a) for a in value.plan.activities if a.gate and a.outcome is None},
        scenario=", ".join(scenarios),
    )


def _market_words(base: Assembled, market: str) -> MarketWords:
    markets = {key.lower(): m for key, m in base.filled.programme.markets.items()}
    codes = [m.jurisdiction or key.upper() for key, m in markets.items()]
    code = markets[market].jurisdiction or market.upper()
    name = place(code) if codes.count(code) == 1 else {k: f"{v} ({market})" for k, v in place(code).items()}
    return MarketWords(name, f"markets.{market}", launch_lag(base, market))
