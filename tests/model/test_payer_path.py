"""Payer paths in a programme file: what is refused, with line and hint, and what an earlier day does not know."""

from __future__ import annotations

from datetime import date

import pytest

from onepill.core.errors import Finding
from onepill.model import load_programme
from onepill.model.payer_path import Access, shape_of
from onepill.model.payer_shapes import PATHS
from tests.model.programmes import FILE, findings_of, line_of, spoilt

PRICE = "net_price_per_month: 9_000 USD"


def with_access(access: str, market: str = "") -> str:
    """The small programme with a payer path in its market of the United States."""
    return spoilt((PRICE, f"{PRICE}\n    {market}\n    access: {access}"))


def errors(text: str) -> list[Finding]:
    return [finding for finding in findings_of(text) if finding.severity == "error"]


SOUND = {
    "a named path": "{path: us_medicare}",
    "a number of its own": "{path: us_medicare, medicare_share: 0.4, negotiated_cut_share: {low: 0.2, high: 0.5}}",
    "a chance of its own": "{path: us_medicare, transitions: {selection: {prob: 0.3, rounds: 2}}}",
    "an own path": (
        "{states: {a: {initial: true}, b: {price_factor: 0.5}}, "
        "transitions: {t: {from: a, to: b, lag: 12 months, prob: 0.5}}}"
    ),
    "contracts": (
        "{path: us_medicare, outcome_contract: {refund_share: 0.5, non_response_share: 0.3}, free_goods_share: 0.1, "
        "instalments: {years: 3, kept_share_per_year: 0.9}, tariff: {origin: CN, customs_value_share: 0.2}}"
    ),
    "renewals and revisions": (
        "{path: us_medicare, states: {market_price: {renewal: {every_years: 2, cut_share: 0.05}, "
        "revision: {day: 04-01, cut_share: 0.03, every_years: 2}}}}"
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_path_is_taken(name: str) -> None:
    assert load_programme(with_access(SOUND[name]), file=FILE).findings == ()


MISTAKES = {
    "unknown path": ("{path: us_medicaid}", "schema.choice"),
    "a path of another place": ("{path: cn_national}", "access.jurisdiction"),
    "a share above 1": ("{path: us_medicare, medicare_share: 1.4}", "value.share"),
    "a price above 1": ("{path: us_medicare, states: {generic: {price_factor: 1.2}}}", "value.share"),
    "an unknown key": ("{path: us_medicare, rebate: 0.2}", "schema.unknown_key"),
    "a state nobody enters": ("{path: us_medicare, states: {negotiatd: {price_factor: 0.5}}}", "access.unreached"),
    "to nowhere": ("{path: us_medicare, transitions: {selection: {to: nowhere}}}", "access.unknown_state"),
    "from nowhere": ("{path: us_medicare, transitions: {selection: {from: [here]}}}", "access.unknown_state"),
    "half a transition": (
        "{path: us_medicare, transitions: {extra: {to: generic, lag: 1 years}}}",
        "access.transition_ends",
    ),
    "a negotiation without a calendar": (
        "{path: us_medicare, transitions: {extra: {from: market_price, to: generic, prob: 0.5}}}",
        "access.no_clock",
    ),
    "rounds without a calendar": (
        "{path: us_medicare, transitions: {selection: {lag: 3 years, rounds: 4}}}",
        "access.rounds_without_calendar",
    ),
    "two clocks": (
        "{path: us_medicare, transitions: {selection: {lag: 3 years, calendar: nrdl}}}",
        "access.two_clocks",
    ),
    "a lag in working days": ("{path: us_medicare, transitions: {selection: {lag: 30 wd}}}", "access.lag_unit"),
    "a circle": (
        "{path: us_medicare, transitions: {back: {from: negotiated, to: market_price, lag: 2 years}}}",
        "access.cycle",
    ),
    "no first state": ("{states: {a: {price_factor: 0.5}}}", "access.no_initial"),
    "first states with too many patients": (
        "{states: {a: {initial: true, patient_share: 0.7}, b: {initial: true, patient_share: 0.6}}}",
        "access.shares",
    ),
    "a first state that follows": ("{states: {a: {initial: true, follows: true}}}", "access.follows_nothing"),
    "no day of every year": (
        "{path: us_medicare, states: {generic: {revision: {day: 02-29, cut_share: 0.1}}}}",
        "access.day",
    ),
    "a day that is none": (
        "{path: us_medicare, states: {generic: {revision: {day: 13-01, cut_share: 0.1}}}}",
        "schema.pattern",
    ),
    "rounds without end": ("{path: us_medicare, transitions: {selection: {rounds: 11}}}", "schema.range"),
    "Japan's premium elsewhere": ("{path: us_medicare, price_maintenance: true}", "access.price_maintenance"),
    "a state before launch": ("{path: us_medicare, done: {negotiated: 2024-01-01}}", "access.done_before_launch"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_its_line_and_a_hint(name: str) -> None:
    access, code = MISTAKES[name]
    text = with_access(access)
    found = [f for f in errors(text) if f.code == code]
    assert found, [f.code for f in errors(text)]
    assert all(f.line == line_of("    access:", text) and f.hint and f.file == FILE for f in found)


LAUNCHED = "launched: 2024-02-01"


@pytest.mark.parametrize(
    ("access", "code"),
    [
        ("{path: us_medicare, done: {unknown: 2024-06-01}}", "access.unknown_state"),
        ("{path: us_medicare, done: {negotiated: 2024-01-31}}", "access.done_order"),
        ("{states: {a: {initial: true}, b: {}, c: {}}, transitions: {t: {from: a, to: b, lag: 1 years}, "
         "u: {from: b, to: c, lag: 1 years}}, done: {c: 2024-06-01}}", "access.done_path"),
    ],
)  # fmt: skip
def test_facts_that_no_path_leads_to_are_refused(access: str, code: str) -> None:
    assert code in {f.code for f in errors(with_access(access, LAUNCHED))}


def test_two_price_steps_of_one_day_are_refused() -> None:
    steps = "price_steps: [{since: 2025-01-01, factor: 0.5}, {since: 2025-01-01, factor: 0.4}]"
    (found,) = errors(spoilt((PRICE, f"{PRICE}\n    {steps}")))
    assert (found.code, found.path) == ("market.same_day", "markets.US.price_steps.1")


def test_price_steps_and_a_path_are_two_prices() -> None:
    steps = "price_steps: [{since: 2025-01-01, factor: 0.5}]"
    assert "access.two_prices" in {f.code for f in errors(with_access("{path: us_medicare}", steps))}


def test_all_findings_come_at_once() -> None:
    access = "{path: us_medicare, price_maintenance: true, states: {x: {}}, transitions: {selection: {to: nowhere}}}"
    codes = {f.code for f in errors(with_access(access))}
    assert {"access.price_maintenance", "access.unreached", "access.unknown_state"} <= codes


def test_a_state_entered_after_the_plans_day_is_not_known_on_it() -> None:
    text = with_access("{path: us_medicare, done: {negotiated: 2024-07-01}}", LAUNCHED)
    known = load_programme(text, file=FILE)
    assert known.programme.markets["US"].access.done == {"negotiated": date(2024, 7, 1)}
    earlier = load_programme(text, file=FILE, as_of=date(2024, 6, 30))
    assert earlier.programme.markets["US"].access.done == {}
    assert "markets.US.access.done.negotiated" in {f.path for f in earlier.findings}


@pytest.mark.parametrize("name", [n for n in PATHS if n != "custom"])
def test_each_named_path_is_whole(name: str) -> None:
    """Every state is entered at launch or led to, every transition joins known states, and both languages name all."""
    shape = shape_of(Access(path=name))
    targets = {move.target for move in shape.moves.values()}
    for state, place in shape.states.items():
        assert place.initial != (state in targets)
        assert set(place.title) == {"en", "zh"}
    for move in shape.moves.values():
        assert {*move.sources, move.target} <= set(shape.states)
