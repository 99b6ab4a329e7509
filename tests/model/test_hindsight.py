"""`as_of` hides what came later, and says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from onepill.model import Programme, load_programme
from tests.model.programmes import FILE, line_of, spoilt

FACTS = spoilt(
    ("{started: 2023-03-01}", "{started: 2023-03-01, finished: 2024-06-30, succeeded: 2024-07-15}"),
    ("  CN:\n    after: [phase_3]", "  CN:\n    done: {submitted: 2024-07-20, accepted: 2024-07-25}"),
    ("net_price_per_month: 9_000 USD", "net_price_per_month: 9_000 USD\n    launched: 2024-07-30"),
    (
        "capital:\n",
        """\
rights:
  granted:
    - {to: early, territory: Asia, since: 2022-01-01, until: 2024-10-18}
    - {to: late, territory: Europe, since: 2024-07-01}
readouts:
  - {trial: old, n: 10, cut_off: 2022-05-01, source: {title: t, date: 2022}}
  - {trial: cut early and told late, n: 10, cut_off: 2023-05-01, source: {title: t, date: 2024-06-02}}
  - {trial: told in a month, n: 10, source: {title: t, date: 2024-03}}
capital:
""",
    ),
)
DAYS = st.dates(date(2021, 1, 1), date(2026, 12, 31))


def facts_of(programme: Programme) -> dict[str, date]:
    """Every fact's day by its path."""
    found: dict[str, date] = {}
    for group in ("development", "filings"):
        for name, item in getattr(programme, group).items():
            found |= {f"{group}.{name}.done.{k}": v for k, v in item.done if isinstance(v, date)}
    found |= {f"markets.{name}.launched": m.launched for name, m in programme.markets.items() if m.launched}
    found |= {f"granted.{grant.to}": grant.since for grant in programme.rights.granted}
    return found


def test_the_day_before_an_event_does_not_know_it_and_the_day_itself_does() -> None:
    for path, day in facts_of(load_programme(FACTS).programme).items():
        before = load_programme(FACTS, as_of=day - timedelta(days=1))
        on = load_programme(FACTS, as_of=day)
        assert path not in facts_of(before.programme)
        assert facts_of(on.programme)[path] == day


def test_each_hidden_fact_is_noted_on_its_line() -> None:
    found = load_programme(FACTS, file=FILE, as_of=date(2024, 7, 10)).findings
    notes = [(f.path, f.line) for f in found if f.code == "as_of.hidden"]
    assert notes == [
        ("development.phase_2.done.succeeded", line_of("done: {started", FACTS)),
        ("filings.CN.done.accepted", line_of("done: {submitted", FACTS)),
        ("filings.CN.done.submitted", line_of("done: {submitted", FACTS)),
        ("markets.US.launched", line_of("launched:", FACTS)),
    ]


@pytest.mark.parametrize(
    ("day", "trials"),
    [
        ("2022-04-30", []),
        ("2022-05-01", ["old"]),
        ("2024-02-29", ["old"]),
        ("2024-03-01", ["old", "told in a month"]),
        ("2024-06-01", ["old", "told in a month"]),
        ("2024-06-02", ["old", "cut early and told late", "told in a month"]),
    ],
)
def test_a_readout_is_known_from_its_cut_off_and_its_publication(day: str, trials: list[str]) -> None:
    found = load_programme(FACTS, as_of=date.fromisoformat(day)).programme
    assert [readout.trial for readout in found.readouts] == trials


def test_what_ends_a_grant_later_is_no_hidden_event() -> None:
    found = load_programme(FACTS).programme
    assert str(found.rights.granted[0].until) == "2024-10-18"


def test_hindsight_can_be_asked_for() -> None:
    day = date(2022, 1, 1)
    assert len(facts_of(load_programme(FACTS, as_of=day, hide_later=False).programme)) > 5
    assert facts_of(load_programme(FACTS, as_of=day).programme) == {"granted.early": day}


@given(DAYS)
def test_nothing_later_than_the_day_is_left(day: date) -> None:
    found = load_programme(FACTS, as_of=day)
    assert found.programme.as_of == day
    assert all(known <= day for known in facts_of(found.programme).values())


@given(DAYS, DAYS)
def test_a_later_day_knows_all_that_an_earlier_one_knew(one: date, other: date) -> None:
    early, late = (facts_of(load_programme(FACTS, as_of=day).programme) for day in sorted((one, other)))
    assert early.items() <= late.items()


@given(DAYS)
def test_hiding_is_the_same_as_never_having_typed_it(day: date) -> None:
    seen = load_programme(FACTS, as_of=day)
    again = load_programme(FACTS, as_of=day, hide_later=False)
    hidden = {f.path for f in seen.findings if f.code == "as_of.hidden"}
    kept = facts_of(seen.programme)
    missing = set(facts_of(again.programme)) - set(kept)
    assert len(missing) + sum("readouts" in path for path in hidden) == len(hidden)


@pytest.mark.parametrize("name", ["tunlametinib", "adc_shanghai", "dual_submission"])
def test_the_examples_know_nothing_of_2010(name: str, repository: Path) -> None:
    text = (repository / "examples" / f"{name}.yaml").read_text(encoding="utf-8")
    found = load_programme(text, as_of=date(2010, 1, 1)).programme
    assert facts_of(found) == {}
    assert found.readouts == []
    assert not list(_later(found.rights.granted, date(2010, 1, 1)))


def _later(items: list[BaseModel], day: date) -> Iterator[BaseModel]:
    return (item for item in items if item.since > day)  # type: ignore[attr-defined]  # grants have it
