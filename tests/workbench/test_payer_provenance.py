"""Every number of a payer path that a file leaves out has a row: a source, an assumption, or what it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from onepill.access import PayerPath
from onepill.workbench.payer_fill import PathContext
from tests.workbench.passports import Row, assembled, passport_of, text_of
from tests.workbench.test_payers import small

PATHS = {
    "cn_national": "CN",
    "us_medicare": "US",
    "eu_reimbursement": "EU",
    "eu_country_groups": "EU",
    "jp_nhi": "JP",
}
TEXTS = {name: small(f"{{path: {name}}}", where=where) for name, where in PATHS.items()}
TEXTS["jp_nhi without the premium"] = small("{path: jp_nhi, price_maintenance: false}", where="JP")
TEXTS["custom"] = small("{path: custom, states: {sold: {initial: true}}}")
NAMED, DAYS = tuple(TEXTS), ("2024-08-01", "2026-06-01")
TEXTS["tunlametinib"] = text_of("tunlametinib")
UNUSED = {"eu.hta.joint_clinical_assessment"}
"""Named in a finding, and without an effect on any number."""
CALENDARS = {
    "nrdl": ("cut_off", "in_force"),
    "medicare_negotiation": ("elapsed_years", "selection_day", "first_price_year"),
    "price_revision": ("day",),
}
RENEWALS = ("cut_share", "every_years", "halved_after_years", "until_years")


def used_by(path: PayerPath) -> Iterator[str]:
    """The value path of each number that the kernel takes for a payer path, worked out from the compiled one."""
    top = f"markets.{path.market.id}.access"
    for state in path.states:
        yield from (draw.stream for draw in (state.price, state.patients) if draw is not None)
        if state.years_to_peak != path.market.years_to_peak:
            yield f"{top}.states.{state.id}.uptake.years_to_peak"
        if state.yearly_cut is not None:
            yield from (f"{top}.states.{state.id}.revision.{field}" for field in ("cut_share", "day"))
        if state.price_ages and state.id == "listed":
            yield from (f"{top}.states.{state.id}.renewal.{field}" for field in RENEWALS)
        if state.price_ages and state.id == "negotiated":
            yield from (f"{top}.negotiated_cut_share.ceiling_share{age}" for age in ("", "_extended", "_long"))
    for move in path.moves:
        if move.lag is not None:
            yield move.lag.stream
        if move.prob < 1:
            yield f"{top}.transitions.{move.id}.prob"
        if move.rounds > 1:
            yield f"{top}.transitions.{move.id}.rounds"
    for name in path.calendars:
        yield from (f"{top}.calendars.{name}.{field}" for field in CALENDARS[name])


def is_told(path: str, rows: dict[str, Row]) -> bool:
    """Whether a number rests on sources, on the user's word and on assumptions with a reason, and on nothing else."""
    row = rows.get(path)
    if row is None:
        return False
    if row["origin"] == "derived":
        return bool(row["from"]) and all(is_told(parent, rows) for parent in row["from"])
    return row["origin"] == "user" or bool(row["source"]) or (row["origin"] == "assumption" and bool(row["note"]))


@pytest.mark.parametrize(("name", "day"), [*product(NAMED, (*DAYS, "2012-08-01")), ("tunlametinib", "2024-08-01")])
def test_every_number_of_a_payer_path_is_told(name: str, day: str) -> None:
    text = TEXTS[name].replace("as_of: 2024-08-01", f"as_of: {day}")
    rows = {row["path"]: row for row in passport_of(text, draws=200)["provenance"]}
    used = {number for path in assembled(text).paths.values() for number in used_by(path.path)}
    assert sorted(number for number in used if not is_told(number, rows)) == []
    assert len(used) >= (0 if name == "custom" else 3)


@pytest.mark.parametrize(("name", "day"), [*product(NAMED, DAYS), ("tunlametinib", "2024-08-01")])
def test_every_rule_that_a_payer_path_asks_for_is_named_beside_a_number(
    name: str, day: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, known = set(), PathContext.known

    def watched(ctx: PathContext, rule_id: str) -> object:
        found = known(ctx, rule_id)
        asked.update([rule_id] if found is not None else [])
        return found

    monkeypatch.setattr(PathContext, "known", watched)
    text = TEXTS[name].replace("as_of: 2024-08-01", f"as_of: {day}")
    words = [f"{entry.note};" for entry in assembled(text).filled.ledger if entry.origin == "rule"]
    assert asked or name == "custom"
    assert {rule for rule in asked - UNUSED if not any(f"rule {rule};" in note for note in words)} == set()
