"""Workbooks of payer paths on which several ways lead through one chance, such as China's group buying."""

from __future__ import annotations

from pathlib import Path

import pytest

from onepill.core.errors import InputError
from onepill.reports.workbook.cases import Cases
from onepill.sim.plan import Contract, Gate, Link, Royalty
from onepill.workbench.sheets.build import value_inputs
from tests.sim.plans import chance, make_market, make_plan, work
from tests.sim.test_branches import every_future
from tests.workbench.sheets import Recomputed, example_text, valued, workbook

CHINA = """\
onepill: 1
programme: small
as_of: 2024-08-01
asset: {name: small, modality: small_molecule}
indication: {name: a tumour, area: oncology}
development:
  trial: {kind: phase_3, regions: [CN], held: [CN], cost: 12 MUSD, success_prob: 0.6, duration: 30 months}
filings:
  CN: {route: nda, after: [trial], review: 10 months, preparation: 6 months, approval_prob: 0.9}
markets:
  CN:
    patients_per_year: 20_000
    peak_share: 0.3
    months_on_treatment: 10
    net_price_per_month: 12_000 CNY
    cogs_share: 0.1
    loss_of_exclusivity: {exclusivity_years: 8}
    access: {path: cn_national}
capital: {exchange_rates: {CNY: {per_usd: 7.1, date: 2024-01-01}}}
"""
BID, PRICE = "markets.cn.access.transitions.bid.prob", "markets.cn.net_price_per_month"


def with_access(text: str, access: str) -> str:
    assert text.count("access: {path: cn_national}") == 1
    return text.replace("access: {path: cn_national}", f"access: {{path: cn_national, {access}}}")


def main_example_by_default() -> str:
    """The main example without its scenarios, its market in China on the path's own numbers."""
    text = example_text("tunlametinib")
    text = text[: text.index("\nscenarios:") + 1]
    head, _, rest = text.partition("      path: cn_national\n")
    return head + "      path: cn_national\n" + rest[rest.index("    uptake:") :]


LARGE = pytest.param(main_example_by_default(), marks=pytest.mark.slow)


@pytest.mark.parametrize("text", [CHINA, LARGE], ids=["small", "tunlametinib"])
def test_chinas_default_path_recomputes_before_and_after_a_change(text: str, tmp_path: Path) -> None:
    book = Recomputed(workbook(text), tmp_path).change({})
    before = valued(text).value.rnpv_usd
    assert abs(book.rnpv_usd - before) < 1
    price = next(row.value for row in valued(text).inputs if row.path == PRICE)
    dearer = value_inputs(_priced(text, price * 1.25)).value.rnpv_usd
    assert abs(book.change({PRICE: price * 1.25}).rnpv_usd - dearer) < 1
    assert abs(dearer - before) > 1_000
    book.change({PRICE: price})
    sooner = value_inputs(_bidding(text, 0.75)).value.rnpv_usd
    assert abs(book.change({BID: 0.75}).rnpv_usd - sooner) < 1
    assert abs(sooner - before) > 1_000


def _bidding(text: str, prob: float) -> str:
    given = f"{{bid: {{prob: {{value: {prob}, assumption: a test}}}}}}"
    if text == CHINA:
        return with_access(text, f"transitions: {given}")
    return text.replace("      path: cn_national\n", f"      path: cn_national\n      transitions: {given}\n")


def _priced(text: str, amount: float) -> str:
    head, mark, rest = text.partition("    net_price_per_month:")
    end = rest.index("    cogs_share") if text == CHINA else rest.index("    access:")
    return f"{head}{mark} {{value: {amount} CNY, assumption: a test}}\n{rest[end:]}"


def test_the_shared_chance_stands_once_among_the_inputs() -> None:
    found = valued(CHINA)
    gates = [a.gate for a in found.value.plan.activities if a.gate and ".bid." in a.id]
    assert len(gates) == 3
    assert len({gate.stream for gate in gates}) == 1
    rows = [row for row in found.inputs if "bid" in row.path and "prob" in row.path]
    assert [(row.path, row.value) for row in rows] == [(BID, 0.3)]
    assert rows[0].provenance is not None
    listing = [row.path for row in found.inputs if ".listing." in row.path or "round_" in row.path]
    assert listing == ["markets.cn.access.transitions.listing.prob"], "one chance for each of the five rounds"


def test_the_deterministic_value_is_that_of_every_outcome_weighted() -> None:
    """Two rounds of the list: 64 futures, in each of which one outcome of the bid holds on all ways."""
    found = valued(with_access(CHINA, "transitions: {listing: {rounds: 2}}"))
    assert every_future(found.value.plan) == pytest.approx(found.value.rnpv_usd, rel=1e-9)


MOVED = Gate("shared", (("moved", 0.3), ("stayed", 0.7)))
TIERS = ((0.0, 0.05), (5e6, 0.1))


def test_gates_of_one_stream_are_refused_where_one_part_hangs_on_two() -> None:
    ways = (work("first", gate=MOVED), work("second", gate=MOVED))
    apart = (make_market("one", Link("first", "moved")), make_market("two", Link("second", "moved")))
    assert len(Cases(make_plan(*ways, markets=apart)).launches) == 2
    both = work("third", Link("first", "moved"), Link("second", "stayed"))
    owed = {"contracts": (Contract("up", "owner", "other", (Royalty(("one", "two"), TIERS),)),)}
    ended = (make_market("one", Link("first", "moved"), ends_on=(Link("second", "moved"),)),)
    factors = [work(name, *after, gate=chance("shared", 0.5)) for name, after in (("a", ()), ("b", ("a",)))]
    for plan in (
        make_plan(*ways, both),
        make_plan(*ways, markets=apart, parties=("owner", "other"), **owed),
        make_plan(*ways, markets=ended),
        make_plan(*factors, work("c", "b")),
    ):
        with pytest.raises(InputError) as refused:
            Cases(plan)
        assert refused.value.findings[0].code == "workbook.plan"
        assert "shared" in refused.value.findings[0].message
