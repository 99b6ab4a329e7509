"""What grants bring is kept for further structures, and only for those that it is true of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from onepill.core.dates import NEVER
from onepill.deals import Bases, Case, evaluate
from onepill.deals.bases import SUMS_KEPT
from onepill.deals.inputs import Grant, Option, Party, Payment, Royalty, Structure, When, Window
from onepill.sim.plan import Link
from tests.deals.contracts import (
    AS_OF,
    OWNER,
    PARTNER,
    chancy_plan,
    chancy_terms,
    contract,
    discounts,
    make_bases,
)
from tests.deals.test_conservation import assert_same
from tests.deals.twin import evaluate_slowly

PATHS = 300
OPTION = Option("o", PARTNER, When(link=Link("trial")), 0.6)
GRANT = Grant("g", PARTNER, ("home", "abroad"), ("late", "filing"), Window(When(option="o")))


@pytest.fixture(scope="module")
def bases() -> Bases:
    return make_bases(chancy_plan(), *chancy_terms(), draws=PATHS)


def posed(structure: Structure, rate: float = 0.06, **parts: object) -> Case:
    return Case(structure, {OWNER: discounts(0.1), PARTNER: discounts(rate)}, **parts)  # type: ignore[arg-type]


def optional(amount_usd: float = 1e6, grant: Grant = GRANT, option: Option = OPTION, **parts: object) -> Structure:
    fee = Payment("fee", "fee", PARTNER, OWNER, amount_usd=amount_usd)
    return contract(fee, grants=(grant,), options=(option,), **parts)


def entries(bases: Bases) -> dict[object, object]:
    kept = bases.kept["grants"]
    assert isinstance(kept, dict)
    return dict(kept)


def test_another_price_finds_what_the_grants_bring(bases: Bases) -> None:
    evaluate(posed(optional()), bases)
    before = entries(bases)
    evaluate(posed(optional(7e6)), bases)
    assert entries(bases).keys() == before.keys()
    assert next(reversed(entries(bases).values())) is next(reversed(before.values()))


def test_what_grants_hang_on_is_told_apart(bases: Bases) -> None:
    """One thing changed at a time, each on bases that know all before: as the slow twin has it."""
    ending = np.where(np.arange(PATHS) % 3, NEVER, AS_OF.toordinal() + 900).astype(np.int32)
    taxed = (Party(OWNER, 0.1), Party(PARTNER, 0.1, 0.2), Party("fund", 0.1))
    until = replace(GRANT, window=Window(When(option="o"), When(day=AS_OF.toordinal() + 2_000)))
    cases = [
        posed(optional()),
        posed(optional(), 0.12),
        posed(optional(option=replace(OPTION, exercise_prob=0.3))),
        posed(optional(option=replace(OPTION, when=When(link=Link("trial"), lag_days=90)))),
        posed(optional(grant=until)),
        posed(optional(grant=replace(GRANT, to="fund"))),
        posed(optional(parties=taxed)),
        posed(optional(), held_until=ending),
        posed(optional(), held_until=ending + 30),
        posed(optional(signed=AS_OF.toordinal() + 700)),
        posed(optional()),
    ]
    for case in cases:
        assert_same(evaluate(case, bases), evaluate_slowly(case, bases))


def test_kept_grants_are_not_changed_by_legs(bases: Bases) -> None:
    first = evaluate(posed(optional()), bases)
    evaluate(posed(optional(9e6)), bases)
    assert_same(evaluate(posed(optional()), bases), first)


def test_what_is_kept_takes_no_more_room_than_the_sales(bases: Bases) -> None:
    for lag in range(60):
        late = replace(OPTION, when=When(link=Link("trial"), lag_days=lag))
        evaluate(posed(optional(option=late)), bases)
    assert 1 <= len(entries(bases)) < 60
    assert sum(one.bytes for one in entries(bases).values()) <= bases.sales.nbytes  # type: ignore[attr-defined]


def test_sums_of_markets_are_given_up_and_made_again(bases: Bases) -> None:
    """A royalty signed on more days than there is room for sums, and on the first of them again."""
    shared = {"payer": PARTNER, "payee": OWNER, "markets": ("home", "abroad"), "tiers": ((0.0, 0.1), (3e7, 0.2))}
    royalty = Royalty("r", "royalty", **shared)  # type: ignore[arg-type]
    days = [AS_OF.toordinal() + 1_200 + 97 * i for i in range(SUMS_KEPT + 3)]
    for signed in (*days, days[0]):
        case = posed(contract(royalty, signed=signed))
        assert_same(evaluate(case, bases), evaluate_slowly(case, bases))
    assert bases.kernel_paths.path.size < 3 * PATHS + (SUMS_KEPT + 1) * PATHS
