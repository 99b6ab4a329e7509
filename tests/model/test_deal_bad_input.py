"""Every kind of wrong terms file is refused with all its findings, each with line and hint."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.deals import FILE, TEXT, VEHICLE, errors_of, findings_of, line_of, sound, spoilt

TERMS = "terms:\n"


def test_the_unspoilt_files_are_sound() -> None:
    assert list(sound(TEXT).terms) == ["upfront", "funding", "approval", "peak", "royalty"]
    assert sound(VEHICLE).owner_id() == "owner"


def two_terms(what: str) -> str:
    """Two terms of which the shares pass 1 together."""
    each = f"{{{what}, from: partner, to: owner, share:"
    return f"{TERMS}  a: {each} 0.6}}\n  b: {each} 0.5}}\n"


Case = tuple[tuple[str, str], str, str]
"""(what is replaced by what), the code, and a part of the line on which it is told."""
BAD_TERMS: dict[str, Case] = {
    "unknown key": (("amount: 10 MUSD", "amount: 10 MUSD, amout: 1"), "schema.unknown_key", "amout"),
    "unknown kind": (("kind: upfront", "kind: up_front"), "schema.choice", "up_front"),
    "no kind": (("{kind: upfront, from", "{from"), "schema.missing", "upfront:"),
    "royalty above 100 %": (("rate: 0.1}]", "rate: 1.1}]"), "value.share", "rate: 1.1"),
    "royalty in percent": (("rate: 0.08}", "rate: 8 %}"), "value.share", "8 %"),
    "first tier not at 0": (("{above: 0, up_to", "{above: 5 MUSD, up_to"), "deal.tiers_start", "above: 5 MUSD"),
    "tiers overlap": (("up_to: 100 MUSD", "up_to: 120 MUSD"), "deal.tiers_overlap", "up_to: 120"),
    "tiers leave a gap": (("up_to: 100 MUSD", "up_to: 90 MUSD"), "deal.tiers_overlap", "up_to: 90"),
    "tiers fall back": (("up_to: 100 MUSD, ", ""), "", ""),
    "tiers in two currencies": (
        ("{above: 100 MUSD, rate: 0.1}", "{above: 100 MUSD, rate: 0.1}, {above: 900 MCNY, rate: 0.2}"),
        "deal.tiers_currency",
        "tiers:",
    ),
    "caps out of order": (
        ("by: 2035-12-31}, {total: 80 MUSD}", "by: 2035-12-31}, {total: 80 MUSD, by: 2030-01-01}"),
        "deal.caps_order",
        "caps:",
    ),
    "cap below the price": (
        (TERMS, "terms:\n  price: {kind: purchase_price, from: owner, to: partner, amount: 60 MUSD}\n"),
        "deal.cap_below_price",
        "caps:",
    ),
    "an event that the programme lacks": (("filings.US:approved", "filings.US:aproved"), "deal.event", "aproved"),
    "a filing that the programme lacks": (("filings.US:approved", "filings.JP:approved"), "deal.event", "filings.JP"),
    "a past event": (
        ("on: filings.US:approved", "on: phase_2:started"),
        "deal.event_past",
        "on: phase_2:started",
    ),
    "a day before the signing": (("on: filings.US:approved", "on: 2024-11-30"), "deal.before_signing", "2024-11-30"),
    "lapsed at the signing": (
        ("amount: 10 MUSD}", "amount: 10 MUSD, by: 2024-11-30}"),
        "deal.window",
        "by: 2024-11-30",
    ),
    "a window that ends before it begins": (
        ("until: phase_2:finished", "until: 2024-11-30"),
        "deal.window",
        "until: 2024-11-30",
    ),
    "a window that ends by its lag": (
        ("until: phase_2:finished", "since: {event: phase_2, lag: 2 months}, until: {event: phase_2, lag: 1 months}"),
        "deal.window",
        "research_funding",
    ),
    "unknown party": (
        ("from: partner, to: owner, amount: 10", "from: partnr, to: owner, amount: 10"),
        "deal.party",
        "partnr",
    ),
    "pays itself": (("to: owner, amount: 10 MUSD", "to: partner, amount: 10 MUSD"), "deal.pays_itself", "amount: 10"),
    "reserved party": (
        ("  owner: {role", "  tax: {role: other, name: a tax}\n  owner: {role"),
        "deal.party_reserved",
        "  tax:",
    ),
    "no owner": (("role: licensor", "role: partner"), "deal.owner", "parties:"),
    "unknown role": (("role: licensor", "role: lessor"), "schema.choice", "lessor"),
    "unknown scenario": (("believes: [dearer]", "believes: [cheaper]"), "scenario.unknown", "cheaper"),
    "belief without a reason": (
        ("believes: [dearer]", "believes: [{path: markets.US.peak_share, value: 0.3}]"),
        "belief.shape",
        "believes",
    ),
    "unknown market": (("territory: US", "territory: [US, JP]"), "deal.territory", "territory: [US, JP]"),
    "unknown field": (("territory: US", "territory: US, field: [another]"), "deal.field", "another"),
    "a grant of nothing": (("territory: US", "territory: {world_except: [US]}"), "deal.grant_empty", "america"),
    "unknown work": (("pays: [phase_3", "pays: [phase_4"), "deal.activity", "phase_4"),
    "overlapping grants": (
        ("grants:\n", "grants:\n  all: {to: partner, territory: world}\n"),
        "deal.grants_overlap",
        "america:",
    ),
    "unknown option": (("since: option.opt_in", "since: option.opt_out"), "deal.option", "opt_out"),
    "option on an option": (
        ("on: phase_2, exercise", "on: option.opt_in, exercise"),
        "deal.option_chain",
        "on: option.opt_in",
    ),
    "an uncertain term": (("amount: 10 MUSD", "amount: {low: 8 MUSD, high: 12 MUSD}"), "deal.uncertain", "low: 8"),
    "working days": (
        ("on: filings.US:approved", "on: {event: filings.us, lag: 30 wd}"),
        "deal.working_days",
        "30 wd",
    ),
    "currency without a rate": (("amount: 10 MUSD", "amount: 10 MEUR"), "currency.no_rate", "10 MEUR"),
    "unknown currency day": (
        ("amount: 80 MCNY", "amount: {value: 80 MCNY, date: 2020-01-01}"),
        "currency.day",
        "2020-01-01",
    ),
    "no such day": (("amount: 80 MCNY", "amount: {value: 80 MCNY, date: 2020-02-30}"), "day.unknown", "2020-02-30"),
    "rate of a later day": (
        (TERMS, "exchange_rates:\n  EUR: {per_usd: 0.9, date: 2030-01-01}\nterms:\n"),
        "currency.later_rate",
        "EUR:",
    ),
    "rate of the dollar": (
        (TERMS, "exchange_rates:\n  USD: {per_usd: 1.0, date: 2024-08-01}\nterms:\n"),
        "currency.base",
        "USD:",
    ),
    "party's currency": (("role: licensor,", "role: licensor, currency: EUR,"), "currency.no_rate", "currency: EUR"),
    "signed before the plan's day": (("2024-12-01", "2024-07-31"), "deal.signed_before", "signed_on"),
    "signed after the horizon": (("2024-12-01", "2050-01-01"), "deal.signed_after", "signed_on"),
    "royalties above 100 % together": (
        (TERMS, "terms:\n  more: {kind: royalty, from: partner, to: owner, tiers: [{above: 0, rate: 0.95}]}\n"),
        "deal.royalty_sum",
        "  royalty:",
    ),
    "royalty with stacking above 100 %": (
        ("    caps:", "    stacking: {rate: 0.95, offset_share: 0.5, floor_share: 0.5}\n    caps:"),
        "deal.royalty_sum",
        "  royalty:",
    ),
    "royalty and supply above 100 %": (
        (
            "    caps: [{total: 50 MUSD, by: 2035-12-31}, {total: 80 MUSD}]\n",
            "  goods: {kind: supply, from: partner, to: owner, share_of_sales: 0.95, cost_share_of_sales: 0.1}\n",
        ),
        "deal.sales_sum",
        "  goods:",
    ),
    "profit shares above 100 %": (
        (
            TERMS,
            two_terms("kind: profit_share"),
        ),
        "deal.profit_sum",
        "  b:",
    ),
    "costs borne twice": (
        (
            TERMS,
            two_terms("kind: cost_share, activities: [phase_2]"),
        ),
        "deal.cost_sum",
        "  b:",
    ),
    "a royalty on nothing": (
        (TERMS, "terms:\n  back: {kind: royalty, from: owner, to: partner, tiers: [{above: 0, rate: 0.1}]}\n"),
        "deal.no_sales",
        "  back:",
    ),
    "a royalty on no royalty": (
        (
            TERMS,
            "terms:\n  sold: {kind: royalty, from: owner, to: partner, of: upfront, tiers: [{above: 0, rate: 0.5}]}\n",
        ),
        "deal.royalty_base",
        "  sold:",
    ),
    "a sales milestone on nothing": (("above: 200 MUSD", "above: 0 USD"), "deal.threshold", "above: 0 USD"),
    "structure without its part": (("structure: licence", "structure: newco"), "deal.structure", "structure: newco"),
    "unknown structure": (("structure: licence", "structure: lease"), "schema.choice", "structure: lease"),
    "territory of another shape": (("territory: US", "territory: {only: US}"), "territory.shape", "only: US"),
    "a negative amount": (("amount: 10 MUSD", "amount: -10 MUSD"), "value.negative", "-10 MUSD"),
    "no instalments": (("amount: 10 MUSD}", "amount: 10 MUSD, instalments: 0}"), "schema.range", "instalments"),
}
BAD_TERMS["tiers fall back"] = (
    (
        "tiers: [{above: 0, up_to: 100 MUSD, rate: 0.08}, {above: 100 MUSD, rate: 0.1}]",
        "tiers: [{above: 0, rate: 0.08}, {above: 90 MUSD, rate: 0.1}, {above: 80 MUSD, rate: 0.2}]",
    ),
    "deal.tiers_order",
    "above: 80 MUSD",
)


@pytest.mark.parametrize("name", BAD_TERMS)
def test_one_mistake_is_told_with_its_code_line_and_hint(name: str) -> None:
    change, code, part = BAD_TERMS[name]
    text = spoilt(TEXT, change)
    errors = errors_of(text)
    found = [finding for finding in errors if finding.code == code]
    assert found, [(finding.code, finding.message) for finding in errors]
    assert found[0].line == line_of(part, text)
    assert all(finding.hint and finding.file == FILE and finding.line > 0 for finding in errors)
    # What follows from the mistake elsewhere may be named as well, but not by much.
    assert len(errors) <= 3


BAD_VEHICLES: dict[str, Case] = {
    "stakes above 100 %": (("share: 0.75", "share: 0.8"), "deal.equity", "stakes:"),
    "protected stake and a round": (("pre_money: 20 MUSD", "pre_money: 10 MUSD"), "deal.equity", "pre_money: 10"),
    "warrants above 100 %": (("share: 0.05", "share: 1.05"), "value.share", "share: 1.05"),
    "tranches": (("{share: 0.4}", "{share: 0.5}"), "deal.tranches", "tranches:"),
    "round at no value": (("pre_money: 20 MUSD", "pre_money: 0 USD"), "deal.pre_money", "pre_money: 0"),
    "unknown holder": (("holder: pool", "holder: poll"), "deal.party", "holder: poll"),
    "unknown investor": (("investors: {fund:", "investors: {bank:"), "deal.party", "investors: {bank"),
    "warrants for all of it": (("share: 0.05", "share: 1"), "deal.equity", "warrants:"),
    "a warrant for nothing": (("share: 0.05", "share: 0"), "deal.warrant", "share: 0, strike"),
    "an investor without money": (
        ("investors: {fund: 40 MUSD}", "investors: {fund: 40 MUSD, pool: 0 USD}"),
        "deal.round.amount",
        "pool: 0 USD",
    ),
    "a worthless exit": (("exits:\n    sale: {", "exits:\n    sale: {value: 0 USD, "), "deal.exit.value", "value: 0"),
    "all of the gain carried": (("carry_share: 0.2", "carry_share: 1"), "deal.fund.carry", "carry_share"),
    "a catch-up below the carry": (
        ("carry_share: 0.2", "carry_share: 0.2, catch_up_share: 0.15"),
        "deal.fund.catch_up",
        "catch_up_share",
    ),
    "own stake": (("    pool: {share", "    newco: {share"), "deal.own_stake", "    newco: {share"),
    "fund of one party": (("partners: partners", "partners: fund"), "deal.fund_parties", "  one:"),
    "exit on no event": (('"filings.US:approved"', '"filings.US:sold"'), "deal.event", "sale:"),
}


@pytest.mark.parametrize("name", BAD_VEHICLES)
def test_a_mistake_in_a_vehicle_is_told_with_its_code_line_and_hint(name: str) -> None:
    change, code, part = BAD_VEHICLES[name]
    text = spoilt(VEHICLE, change)
    errors = errors_of(text)
    found = [finding for finding in errors if finding.code == code]
    assert found, [(finding.code, finding.message) for finding in errors]
    assert found[0].line == line_of(part, text)
    assert all(finding.hint and finding.line > 0 for finding in errors)


WARNED: dict[str, tuple[str, tuple[str, str], str]] = {
    "party without a part": (
        TEXT,
        ("parties:\n", "parties:\n  guest: {role: other, name: a guest}\n"),
        "deal.party_unused",
    ),
    "a cap that ends": (TEXT, (", {total: 80 MUSD}", ""), "deal.cap_ends"),
    "stakes below 100 %": (VEHICLE, ("share: 0.75", "share: 0.7"), "deal.equity_outside"),
    "an empty vehicle": (VEHICLE, ("america: {to: newco", "america: {to: pool"), "deal.vehicle_empty"),
}


@pytest.mark.parametrize("name", WARNED)
def test_what_is_odd_but_possible_is_a_warning(name: str) -> None:
    text, change, code = WARNED[name]
    found = [finding for finding in findings_of(spoilt(text, change)) if finding.code == code]
    assert [finding.severity for finding in found] == ["warning"]
    assert found[0].line > 0
    assert found[0].hint


def test_all_mistakes_are_told_at_once_by_line() -> None:
    names = ("unknown market", "unknown party", "an event that the programme lacks", "tiers overlap", "unknown key")
    text = spoilt(TEXT, *(BAD_TERMS[name][0] for name in names if name != "unknown key"))
    text = text.replace("above: 200 MUSD", "above: 200 MUSD, abuv: 1")
    errors = errors_of(text)
    codes = [finding.code for finding in errors]
    assert {"deal.territory", "deal.party", "deal.event", "deal.tiers_overlap", "schema.unknown_key"} <= set(codes)
    assert [finding.line for finding in errors] == sorted(finding.line for finding in errors)


def test_what_the_schema_refuses_hides_no_mistake_beside_it() -> None:
    """A tier's rate, the structure, the day of the signing and a party are refused; the other terms are read yet."""
    text = spoilt(
        TEXT,
        ("structure: licence", "structure: lience"),
        ("signed_on: 2024-12-01", "signed_on: 2024-13-01"),
        ("discount_rate_per_year: 0.09", "discount_rate_per_year: 9"),
        ("filings.US:approved", "filings.US:aproved"),
        ("amount: 10 MUSD", "amount: 10 MCHF"),
        ("up_to: 100 MUSD, rate: 0.08", "up_to: 120 MUSD, rate: 1.08"),
    )
    wanted = {
        "schema.choice": "lience",
        "day.unknown": "2024-13-01",
        "value.share": "discount_rate_per_year: 9",
        "deal.event": "aproved",
        "currency.no_rate": "MCHF",
        "deal.tiers_overlap": "up_to: 120",
    }
    errors = errors_of(text)
    assert {finding.code for finding in errors} == set(wanted)
    assert len(errors) == len(wanted) + 1
    for code, part in wanted.items():
        assert line_of(part, text) in {finding.line for finding in errors if finding.code == code}


FORM = ("schema.", "value.", "unit.", "day.", "belief.")
WITHOUT_IT = ("unknown kind", "no kind", "no such day")
"""Mistakes that leave only the names of a term to check, or nothing of its amount."""


def test_no_mistake_of_the_form_hides_another_of_the_sense() -> None:
    """Each two mistakes that can be made together, one that the schema refuses and one that only the checks see."""
    refused = [case for name, case in BAD_TERMS.items() if case[1].startswith(FORM) and name not in WITHOUT_IT]
    checked = [case for case in BAD_TERMS.values() if not case[1].startswith((*FORM, "territory."))]
    both = [
        (one, other)
        for one, *_ in refused
        for other, *_ in checked
        if TEXT.count(one[0]) == 1 == spoilt(TEXT, one).count(other[0])
    ]
    codes = {change: code for change, code, _ in BAD_TERMS.values()}
    for pair in both:
        assert {codes[change] for change in pair} <= {finding.code for finding in errors_of(spoilt(TEXT, *pair))}, pair


ODD = "[[x]]"
FIELDS = (("partner", "nobody"), ("owner", "nobody"), ("filings.US:approved", "filings.US:aproved"))
"""What a term of `TEXT` names, and a name that nobody knows."""


@pytest.mark.parametrize("key", ["kind", "from", "to", "amount"])
def test_a_field_that_is_refused_hides_nothing_else_of_its_term(key: str) -> None:
    term = next(line for line in TEXT.splitlines() if line.startswith("  approval:"))
    bent = re.sub(rf"\b{key}: [^,}}]+", f"{key}: {ODD}", term)
    names = {new: code for (old, new), code in zip(FIELDS, ("party", "party", "event"), strict=True) if old in bent}
    for old, new in FIELDS:
        bent = bent.replace(old, new)
    told = errors_of(spoilt(TEXT, (term, bent)))
    assert {finding.code for finding in told} >= {f"deal.{code}" for code in names.values()}
    assert sum(f.code == "deal.party" for f in told) == (1 if key in ("from", "to") else 2)
    assert {finding.path.split(".")[1] for finding in told} == {"approval"}


def test_a_round_without_a_price_is_looked_at_yet() -> None:
    text = spoilt(VEHICLE, ("pre_money: 20 MUSD", "pre_money: -20 MUSD"), ("{fund: 40 MUSD}", "{fnd: 40 MUSD}"))
    assert {f.code for f in errors_of(text)} == {"value.negative", "deal.party"}


REFUSED_IN_A_VEHICLE = {
    "party: newco": "party: [[x]]",
    "  party: newco\n": "",
    "protected_until: 40 MUSD": "protected_until: 40 MUSDD",
    "share: 0.75": "shre: 0.75",
    "investors: {fund: 40 MUSD}": "investors: {}",
    "strike: 5 MUSD": "strike: five",
    "kind: sale": "kind: sail",
    "partners: partners, ": "",
    "manager: manager": "manager: [[x]]",
}


@pytest.mark.parametrize("refused", REFUSED_IN_A_VEHICLE)
def test_what_is_refused_in_a_vehicle_or_a_fund_hides_no_mistake_in_it(refused: str) -> None:
    change = (refused, REFUSED_IN_A_VEHICLE[refused])
    kinds = ("tranches", "unknown holder", "a worthless exit", "all of the gain carried", "own stake")
    cases = [BAD_VEHICLES[name] for name in kinds]
    beside = [(one, code) for one, code, _ in cases if one[0] not in refused and refused not in one[0]]
    if "party: newco" in refused:
        beside = [(one, code) for one, code in beside if code != "deal.own_stake"]
    text = VEHICLE
    for one, _ in beside:
        text = spoilt(text, one)
    alone = {finding.code for finding in errors_of(spoilt(VEHICLE, change))}
    assert {finding.code for finding in errors_of(spoilt(text, change))} == alone | {code for _, code in beside}
    assert len(beside) >= 4


def test_parties_or_a_threshold_that_are_refused_hide_no_mistake_of_the_terms() -> None:
    text = spoilt(TEXT, ("parties:\n", "partys:\n"), ("up_to: 100 MUSD", "up_to: 120 MUSD"))
    assert {f.code for f in errors_of(text)} == {"schema.unknown_key", "schema.missing", "deal.tiers_overlap"}
    text = spoilt(TEXT, ("above: 200 MUSD", "abov: 200 MUSD"), ("up_to: 100 MUSD", "up_to: 120 MUSD"))
    assert {f.code for f in errors_of(text)} == {"schema.unknown_key", "schema.missing", "deal.tiers_overlap"}


@pytest.mark.parametrize("kind", ["kind: up_front, ", ""])
def test_a_term_of_an_unknown_kind_is_read_as_the_likeliest(kind: str) -> None:
    """What it lacks by that kind is not told, its other mistakes are."""
    term = "{kind: upfront, from: partner, to: owner, amount: 10 MUSD}"
    bent = f"{{{kind}from: partner, to: owner, amount: -10 MUSD, instalmnts: 2, by: 2024-11-30}}"
    found = {(f.code, f.path) for f in errors_of(spoilt(TEXT, (term, bent)))}
    unknown = ("schema.choice", "terms.upfront.kind") if kind else ("schema.missing", "terms.upfront")
    assert found == {
        unknown,
        ("value.negative", "terms.upfront.amount"),
        ("schema.unknown_key", "terms.upfront.instalmnts"),
        ("deal.window", "terms.upfront.by"),
    }


def test_an_unknown_kind_is_told_on_its_own_line() -> None:
    (found,) = errors_of(spoilt(TEXT, ("    kind: royalty\n    from: partner", "    from: partner\n    kind: royalti")))
    assert found.path == "terms.royalty.kind"
    assert TEXT.splitlines()[found.line - 2].strip() == "kind: royalty"


def test_a_grant_to_nobody_says_nothing_of_the_sales_that_terms_count() -> None:
    assert [f.code for f in errors_of(spoilt(TEXT, ("{to: partner, territory", "{to: partnr, territory")))] == [
        "deal.party"
    ]


def test_a_refused_stake_hides_no_mistake_in_the_terms() -> None:
    text = spoilt(VEHICLE, ("share: 0.75", "share: 1.75"), ('"filings.US:approved"', '"filings.US:aproved"'))
    text += "terms:\n  fee: {kind: upfront, from: newco, to: owner, amount: 1 MUSD, on: phase_9}\n"
    assert [f.code for f in errors_of(text)] == ["value.share", "deal.event", "deal.event"]


def test_the_hint_of_an_unknown_event_names_the_nearest() -> None:
    (found,) = errors_of(spoilt(TEXT, ("filings.US:approved", "filings.US:aproved")))
    assert "nearest: filings.us:approved" in found.hint


def test_the_hint_of_an_unknown_key_looks_into_the_terms_kind() -> None:
    (found,) = errors_of(spoilt(TEXT, ("amount: 10 MUSD", "amount: 10 MUSD, instalment: 2")))
    assert "near it: instalments" in found.hint


def test_a_past_signing_with_its_source_is_a_fact() -> None:
    past = spoilt(TEXT, ("signed_on: 2024-12-01", "signed_on: 2024-05-01\nsigned_source: {title: a release}"))
    assert sound(past).signed_on.isoformat() == "2024-05-01"


def test_grants_that_follow_each_other_do_not_overlap() -> None:
    later = "  america: {to: partner, territory: US, until: option.opt_in}\n  later:"
    change = (
        "  america: {to: partner, territory: US, pays: [phase_3, filings], since:",
        f"{later} {{to: partner, territory: US, since:",
    )
    assert list(sound(spoilt(TEXT, change)).grants) == ["america", "later"]


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_file_with_a_line_taken_out_or_bent_is_read_or_refused_with_findings(data: st.DataObject) -> None:
    """Nothing but findings comes out, and every error has its hint and line."""
    lines = data.draw(st.sampled_from([TEXT, VEHICLE])).splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    bend = data.draw(st.sampled_from(["drop", "twice", "comma", "number", "colon", "indent"]))
    changed = {
        "drop": [],
        "twice": [lines[at], lines[at]],
        "comma": [lines[at].replace(",", " ", 1)],
        "number": [lines[at].replace("1", "-1e9", 1)],
        "colon": [lines[at].replace(": ", ": {", 1)],
        "indent": [f"  {lines[at]}"],
    }[bend]
    text = "\n".join([*lines[:at], *changed, *lines[at + 1 :]])
    assert all(finding.hint and finding.line > 0 for finding in findings_of(text) if finding.severity == "error")
