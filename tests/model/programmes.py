"""A small programme for the tests, and ways to spoil it."""

from __future__ import annotations

from typing import Any

import pytest

from onepill.core.errors import Finding, InputError
from onepill.model import load_programme

FILE = "pill.yaml"
TEXT = """\
onepill: 1
programme: a-pill
as_of: 2024-08-01
asset: {name: a pill, modality: small_molecule}
indication: {name: a tumour, area: oncology}
factors: {efficacy: how well it works}
development:
  phase_2:
    kind: phase_2
    regions: [CN]
    held: [CN]
    done: {started: 2023-03-01}
    duration: {low: 12 months, mode: 18 months, high: 30 months}
    cost: 80 MCNY
    success_prob: {value: 0.4, source: a paper}
  phase_3:
    kind: phase_3
    regions: [CN, US]
    calendar: US
    after: [phase_2]
    duration: 36 months
    cost: 60 MUSD
filings:
  US:
    after: [phase_3]
  CN:
    after: [phase_3]
markets:
  US:
    patients_per_year: 3_000
    peak_share: {low: 0.1, mode: 0.2, high: 0.35, factors: {efficacy: 0.6}}
    months_on_treatment: 5
    net_price_per_month: 9_000 USD
capital:
  discount_rate_per_year: 0.11
  exchange_rates:
    CNY: {per_usd: 7.2441, date: 2024-08-01}
scenarios:
  dearer:
    changes:
      - {path: markets.us.net_price_per_month, value: 12_000 USD, reason: a price of a peer}
      - {path: markets.us.net_price_per_month, value: 15_000 USD, reason: and more}
  europe:
    changes:
      - path: filings.EU
        value:
          after: [phase_3]
        reason: one more market
      - {path: filings.EU.not_before, value: 2030-01-01, reason: it waits}
"""


def spoilt(*changes: tuple[str, str]) -> str:
    """The text with each first part, which must stand in it once, replaced by the second."""
    text = TEXT
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return text


def line_of(part: str, text: str = TEXT) -> int:
    """The line on which the part, which must stand in the text once, begins."""
    assert text.count(part) == 1, f"{part!r} stands {text.count(part)} times"
    return text[: text.index(part)].count("\n") + 1


def findings_of(text: str, **options: Any) -> tuple[Finding, ...]:
    """What a wrong file is refused with; every finding has its file, a line and a hint."""
    with pytest.raises(InputError) as caught:
        load_programme(text, file=FILE, **options)
    assert caught.value.exit_code == 2
    for finding in caught.value.findings:
        assert finding.file == FILE
        assert finding.line > 0
        assert finding.hint
        assert finding.message
        assert finding.severity in ("error", "warning", "note")
    return caught.value.findings


def errors_of(text: str, **options: Any) -> list[tuple[str, int]]:
    """Code and line of each error."""
    return [(f.code, f.line) for f in findings_of(text, **options) if f.severity == "error"]
