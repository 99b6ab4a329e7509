"""Import dependence by hand, its laws, and what is wrong with a trade table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.core.errors import InputError
from onepill.landscape.trade import TradeRow, import_dependence
from onepill.workbench.landscape.trade_file import read_trade

HEAD = "hs_code,year,reporter,partner,flow,value_usd\n"


def row(code: str, partner: str, flow: str, value: float, *, year: int = 2020, reporter: str = "CN") -> TradeRow:
    return TradeRow(code, year, reporter, partner, flow, value)  # type: ignore[arg-type]


def test_shares_and_hhi_by_hand() -> None:
    rows = [
        row("294110", "IN", "import", 100),
        row("293399", "IN", "import", 200),
        row("294110", "IT", "import", 100),
        row("294110", "US", "export", 1200),
        row("294110", "", "production", 2800),
    ]
    (found,) = import_dependence(rows).rows
    assert (found.imports_usd, found.exports_usd) == (400, 1200)
    assert found.import_share == pytest.approx(0.25)
    assert found.import_penetration == pytest.approx(400 / (2800 + 400 - 1200))
    assert found.partner_hhi == pytest.approx(0.75**2 + 0.25**2)
    assert (found.partners, found.top_partner, found.top_partner_share) == (2, "IN", 0.75)
    assert found.effective_partners == pytest.approx(1.6)


def test_the_printed_index_of_four_suppliers() -> None:
    """30, 30, 20 and 20 percent make 2,600 points: https://www.rhayden.us/managerial-economics/info-nlr.html."""
    rows = [row("29", name, "import", share) for name, share in zip("ABCD", (30, 30, 20, 20), strict=True)]
    assert import_dependence(rows).rows[0].partner_hhi == pytest.approx(0.26)


def test_totals_of_codes_and_of_partners_are_not_counted_twice() -> None:
    rows = [
        row("29", "IN", "import", 500),
        row("2941", "IN", "import", 300),
        row("294110", "IN", "import", 300),
        row("294110", "World", "import", 300),
        row("300490", "IN", "import", 900),
        row("294110", "IN", "import", 700, year=2021),
    ]
    found = import_dependence(rows, before_year=2021)
    (only,) = found.rows
    assert only.imports_usd == 300
    assert found.counts == {"rows": 6, "other_codes": 1, "later_years": 1, "all_partners": 1, "totals": 2, "used": 1}


def test_without_imports_or_production_nothing_is_made_up() -> None:
    (found,) = import_dependence([row("29", "US", "export", 10)]).rows
    assert (found.import_share, found.partner_hhi, found.top_partner, found.partners) == (0, None, "", 0)
    assert (found.production_usd, found.import_penetration) == (None, None)
    (nothing,) = import_dependence([row("29", "US", "export", 0)]).rows
    assert nothing.import_share is None


values = st.lists(st.tuples(st.sampled_from("ABCDE"), st.floats(0.01, 1e9)), min_size=1, max_size=12)


@given(values, st.floats(0.001, 1000))
def test_a_common_factor_or_another_order_changes_no_share(given_rows: list[tuple[str, float]], factor: float) -> None:
    plain = [row(f"2941{place:02}", name, "import", value) for place, (name, value) in enumerate(given_rows)]
    scaled = [row(one.hs_code, one.partner, "import", one.value_usd * factor) for one in reversed(plain)]
    (one,), (other,) = import_dependence(plain).rows, import_dependence(scaled).rows
    assert other.partner_hhi == pytest.approx(one.partner_hhi)
    assert other.top_partner_share == pytest.approx(one.top_partner_share)
    assert 1 / one.partners - 1e-9 <= (one.partner_hhi or 0) <= 1 + 1e-9


def test_a_table_is_read_in_words_or_in_comtrades_letters() -> None:
    text = "\ufeff" + HEAD + "0294,2020,CN,IN,M,1.5\n2941,2020,CN,US,Exports,2\n2941,2020,CN,,production,3\n"
    rows = read_trade(text, "t.csv")
    assert [(one.hs_code, one.flow, one.value_usd) for one in rows] == [
        ("0294", "import", 1.5),
        ("2941", "export", 2),
        ("2941", "production", 3),
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("29x1,2020,CN,IN,import,1", "trade.hs_code"),
        ("2,2020,CN,IN,import,1", "trade.hs_code"),
        ("2941,20,CN,IN,import,1", "trade.year"),
        ("2941,2020,,IN,import,1", "trade.reporter"),
        ("2941,2020,CN,,import,1", "trade.partner"),
        ("2941,2020,CN,IN,re-import,1", "trade.flow"),
        ("2941,2020,CN,IN,import,-1", "trade.value_usd"),
        ("2941,2020,CN,IN,import,inf", "trade.value_usd"),
        ("2941,2020,CN,IN,import,", "trade.value_usd"),
        ("2941,2020,CN,IN,import", "trade.value_usd"),
        ("2941,2020,CN,IN,import,1\n2941,2020,CN,IN,import,1", "trade.twice"),
    ],
)
def test_a_wrong_value_is_told_with_its_line(line: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read_trade(f"{HEAD}2936,2020,CN,IN,import,1\n{line}\n", "t.csv")
    (finding,) = refused.value.findings
    assert (finding.code, finding.file, finding.line) == (code, "t.csv", 3 + ("\n" in line))
    assert "value_usd" in finding.hint


@pytest.mark.parametrize(
    ("text", "code"), [("", "trade.columns"), ("hs_code,year\n", "trade.columns"), (HEAD, "trade.empty")]
)
def test_a_table_without_columns_or_rows_is_refused(text: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read_trade(text)
    assert refused.value.findings[0].code == code
