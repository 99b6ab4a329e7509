"""A term on sales or costs counts while the one who has them has them, and a grant gives what its words say."""

from __future__ import annotations

from datetime import date

import pytest

from onepill.model import load_programme
from onepill.model.deal import Deal
from onepill.model.deal_load import load_deal
from onepill.model.deal_places import granted_in, paid_for
from onepill.model.deal_when import When
from onepill.model.deal_windows import Window, is_beyond_grants, window_of
from tests.model.deals import TEXT, findings_of, programme, spoilt
from tests.model.programmes import TEXT as PROGRAMME

IN, OUT = When(option="opt_in"), When(event="phase_3")
SIGNED = date(2024, 12, 1)
ROYALTY = "    kind: royalty\n"


def read(*changes: tuple[str, str]) -> Deal:
    return load_deal(spoilt(TEXT, *changes), programme()).deal


def window(deal: Deal, term: str = "royalty") -> Window:
    return window_of(deal, programme(), deal.terms[term])  # type: ignore[arg-type]


def test_a_royalty_is_owed_where_the_option_is_taken_and_from_then_on() -> None:
    assert window(read()) == (When(day=SIGNED, option="opt_in"), None)
    assert window(read(), "peak") == window(read())


def test_a_territory_that_is_all_granted_is_cut_as_well_and_one_that_is_the_owners_is_not() -> None:
    named = read((ROYALTY, f"{ROYALTY}    territory: [US]\n"))
    assert window(named) == window(read())
    back = "terms:\n  back: {kind: royalty, from: owner, to: partner, territory: US, tiers: [{above: 0, rate: 0.1}]}\n"
    assert window(read(("terms:\n", back)), "back") == (When(), None)


@pytest.mark.parametrize(
    ("own", "since"),
    [
        ("since: 2031-01-01", When(day=date(2031, 1, 1), option="opt_in")),
        ("since: phase_3", When(event="phase_3", option="opt_in")),
        ("since: option.opt_in", IN),
        ("since: {option: opt_in, lag: 12 months}", None),
    ],
)
def test_a_royalty_that_begins_later_waits_for_both(own: str, since: When | None) -> None:
    deal = read((ROYALTY, f"{ROYALTY}    {own}\n"))
    assert window(deal)[0] == (since or deal.terms["royalty"].since)  # type: ignore[union-attr]


def test_the_window_ends_with_the_grant_or_before_it() -> None:
    back = ("since: option.opt_in}", "until: phase_3}")
    assert window(read(back)) == (When(), OUT)
    assert window(read(back, (ROYALTY, f"{ROYALTY}    until: {{event: phase_3, lag: 1 years}}\n"))) == (When(), OUT)
    sooner = read(("since: option.opt_in}", "until: 2040-01-01}"), (ROYALTY, f"{ROYALTY}    until: 2035-01-01\n"))
    assert window(sooner) == (When(), When(day=date(2035, 1, 1)))


def test_shared_costs_are_those_that_the_payee_has_been_granted() -> None:
    share = "terms:\n  share: {kind: cost_share, from: owner, to: partner, activities: [phase_3], share: 0.5}\n"
    assert window(read(("terms:\n", share)), "share") == (When(day=SIGNED, option="opt_in"), None)
    own = share.replace("from: owner, to: partner", "from: partner, to: owner")
    assert window(read(("terms:\n", own)), "share") == (When(), None)


def test_what_no_window_can_say_is_told() -> None:
    ends = ("filings], since: option.opt_in}", "filings], since: option.opt_in, until: phase_3}")
    again = ("grants:\n", "grants:\n  later: {to: partner, territory: US, since: {event: phase_3, lag: 1 years}}\n")
    found = [f for f in findings_of(spoilt(TEXT, ends, again)) if f.code == "deal.beyond_grants"]
    assert {(f.path, f.severity) for f in found} == {("terms.peak", "warning"), ("terms.royalty", "warning")}
    deal = read(ends, again)
    assert window(deal) == (When(), None)
    assert is_beyond_grants(deal, programme(), deal.terms["royalty"])  # type: ignore[arg-type]


TWO_USES = PROGRAMME.replace(
    "indication: {name: a tumour, area: oncology}",
    "indications: {one: {name: a tumour, area: oncology}, two: {name: another, area: oncology}}",
)
"""The United States for one use, China for one use and for another."""
for old, new in (
    ("kind: phase_2\n", "kind: phase_2\n    indication: one\n"),
    ("kind: phase_3\n", "kind: phase_3\n    indication: one\n"),
    ("  US:\n    after", "  US:\n    indication: one\n    after"),
    (
        "  CN:\n    after: [phase_3]\n",
        "  CN: {after: [phase_3], indication: one}\n  CN_2: {after: [phase_3], indication: two, jurisdiction: CN}\n",
    ),
    (
        "capital:\n",
        "  CN: {indication: one, patients_per_year: 9, peak_share: 0.1, months_on_treatment: 5, "
        "net_price_per_month: 9 USD}\n"
        "  CN_2: {indication: two, jurisdiction: CN, filing: CN_2, patients_per_year: 9, peak_share: 0.1, "
        "months_on_treatment: 5, net_price_per_month: 9 USD}\ncapital:\n",
    ),
    ("    patients_per_year: 3_000", "    indication: one\n    patients_per_year: 3_000"),
):
    assert TWO_USES.count(old) == 1, old
    TWO_USES = TWO_USES.replace(old, new)
TWO_USES = TWO_USES[: TWO_USES.index("scenarios:")]


@pytest.mark.parametrize(
    ("words", "markets", "filings"),
    [
        ("territory: CN", ["cn", "cn_2"], ["filings.cn", "filings.cn_2"]),
        ("territory: cn_2", ["cn_2"], ["filings.cn_2"]),
        ("territory: {world_except: [CN]}", ["us"], ["filings.us"]),
        ("territory: CN, field: [two]", ["cn_2"], ["filings.cn_2"]),
        ("territory: world, field: [one]", ["us", "cn"], ["filings.us", "filings.cn"]),
    ],
)
def test_a_country_is_all_of_its_markets_and_a_field_pays_its_own_filings(
    words: str, markets: list[str], filings: list[str]
) -> None:
    loaded = load_programme(TWO_USES).programme
    change = ("territory: US, pays: [phase_3, filings]", f"{words}, pays: [filings]")
    grant = load_deal(spoilt(TEXT, change, ("believes: [dearer]", "believes: []")), loaded).deal.grants["america"]
    assert granted_in(loaded, grant) == markets
    assert paid_for(loaded, grant.pays, markets) == filings
