"""What is questionable about a market's input: each finding where it should be, and none on a sound market."""

from __future__ import annotations

from datetime import date

import pytest

from onepill.access import OrderOfEntry, Pool, Rival, check_market
from tests.access.test_market import AS_OF, market

LATER, BY_NOW = date(2030, 1, 1).toordinal(), AS_OF.toordinal()


def entry(day: int, *rivals: float) -> OrderOfEntry:
    return OrderOfEntry(AS_OF, 1, 0, 0.5, tuple(Rival((day,), prob) for prob in rivals))


@pytest.mark.parametrize(
    ("given", "flow_share", "code", "path"),
    [
        (market(cogs_share=0.5, selling_share=0.6), None, "market.margin", "markets.us"),
        (market(), 0.0009, "patients.few", "markets.us.patients"),
        (market(pool=Pool(20.1, 3.0)), 0.5, "patients.pool_large", "markets.us.patients.prevalence"),
        (market(competition=entry(BY_NOW, 0.1)), None, "competition.past", "markets.us.competition"),
        (market(competition=entry(LATER, 1.0, 1.0)), None, "competition.small", "markets.us.competition"),
    ],
)
def test_each_finding_says_where_and_what_to_do(given, flow_share, code, path) -> None:  # type: ignore[no-untyped-def]
    (found,) = check_market(given, flow_share=flow_share)
    assert (found.code, found.path) == (code, path)
    assert found.severity in ("warning", "note")
    assert found.hint


@pytest.mark.parametrize(
    "given",
    [
        market(cogs_share=0.4, selling_share=0.6),
        market(pool=Pool(20.0, 3.0)),
        market(pool=Pool(100.0, 3.0), has_yearly_patients=False),
        market(competition=entry(BY_NOW + 1, 0.1)),
        market(competition=entry(LATER, 1.0)),
    ],
)
def test_a_sound_market_has_none(given) -> None:  # type: ignore[no-untyped-def]
    assert check_market(given, flow_share=0.001) == []
