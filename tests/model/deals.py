"""A small deal on the small programme of the tests, and ways to spoil it."""

from __future__ import annotations

import pytest

from onepill.core.errors import Finding, InputError
from onepill.model import load_programme
from onepill.model.deal import Deal
from onepill.model.deal_load import load_deal
from onepill.model.schema import Programme
from tests.model.programmes import TEXT as PROGRAMME

FILE = "deal.yaml"
TEXT = """\
onepill: 1
deal: a-licence
structure: licence
title: {en: A licence, zh: 一项许可}
signed_on: 2024-12-01
parties:
  owner: {role: licensor, name: the owner}
  partner: {role: licensee, name: a partner, discount_rate_per_year: 0.09, believes: [dearer]}
options:
  opt_in: {holder: partner, on: phase_2, exercise_prob: 0.5}
grants:
  america: {to: partner, territory: US, pays: [phase_3, filings], since: option.opt_in}
terms:
  upfront: {kind: upfront, from: partner, to: owner, amount: 10 MUSD}
  funding: {kind: research_funding, from: partner, to: owner, per_year: 2 MUSD, until: phase_2:finished}
  approval: {kind: regulatory_milestone, from: partner, to: owner, amount: 80 MCNY, on: filings.US:approved}
  peak: {kind: sales_milestone, from: partner, to: owner, amount: 20 MUSD, above: 200 MUSD}
  royalty:
    kind: royalty
    from: partner
    to: owner
    tiers: [{above: 0, up_to: 100 MUSD, rate: 0.08}, {above: 100 MUSD, rate: 0.1}]
    caps: [{total: 50 MUSD, by: 2035-12-31}, {total: 80 MUSD}]
"""
VEHICLE = """\
onepill: 1
deal: a-newco
structure: newco
title: A NewCo
signed_on: 2024-12-01
parties:
  owner: {role: licensor, name: the owner}
  newco: {role: newco, name: the company}
  pool: {role: founders, name: a pool}
  fund: {role: fund, name: a fund}
  partners: {role: fund_partners, name: its partners}
  manager: {role: fund_manager, name: its manager}
grants:
  america: {to: newco, territory: US, pays: [phase_3, filings]}
vehicle:
  party: newco
  stakes:
    owner: {share: 0.25, protected_until: 40 MUSD}
    pool: {share: 0.75}
  rounds:
    a: {investors: {fund: 40 MUSD}, pre_money: 20 MUSD, tranches: [{share: 0.4}, {share: 0.6, on: phase_2}]}
  warrants:
    w: {holder: pool, share: 0.05, strike: 5 MUSD}
  exits:
    sale: {kind: sale, on: {event: "filings.US:approved", lag: 12 months}, discount_rate_per_year: 0.1}
funds:
  one:
    {party: fund, partners: partners, manager: manager, fee_share_per_year: 0.02, carry_share: 0.2}
"""


def programme() -> Programme:
    return load_programme(PROGRAMME).programme


def spoilt(text: str, *changes: tuple[str, str]) -> str:
    """The text with each part replaced; every part must be there, once."""
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def sound(text: str) -> Deal:
    loaded = load_deal(text, programme(), file=FILE)
    assert loaded.findings == ()
    return loaded.deal


def findings_of(text: str) -> tuple[Finding, ...]:
    try:
        return load_deal(text, programme(), file=FILE).findings
    except InputError as error:
        return error.findings


def errors_of(text: str) -> list[Finding]:
    with pytest.raises(InputError) as caught:
        load_deal(text, programme(), file=FILE)
    return [finding for finding in caught.value.findings if finding.severity == "error"]


def line_of(part: str, text: str) -> int:
    """The line, from 1, on which a part first stands."""
    return text[: text.index(part)].count("\n") + 1
