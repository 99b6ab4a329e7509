"""Every number of a payer path that a file leaves out has a row: a source, an assumption, or what it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from onepill.access import PayerPath
from onepill.workbench.operations import operation
from onepill.workbench.plan.payer_fill import PathContext
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


PLACES = {"CN": "cn_national", "US": "us_medicare", "EU": "eu_country_groups", "JP": "jp_nhi"}
BARE = """\
onepill: 1
programme: bare
as_of: 2026-06-01
asset: {name: a pill, modality: small_molecule}
indication: {name: a tumour, area: oncology}
development:
  phase_3: {kind: phase_3, regions: [US, CN, EU, JP], held: [US, CN, EU, JP]}
filings:
"""
FILED = "  {where}: {{after: [phase_3]}}\n"
SOLD = """\
  {where}:
    patients_per_year: 10_000
    peak_share: 0.5
    months_on_treatment: 12
    net_price_per_month: 10_000 USD
    access: {{path: {path}}}
"""
EVERYWHERE = (
    "launch_lag", "growth_per_year", "uptake", "cogs_share", "selling_share", "tax_share",
    "loss_of_exclusivity.retained_share",
)  # fmt: skip
DEFAULT_OF: dict[str, str] = {
    "cn": """
        states.self_pay.patient_share states.city_insurance.patient_share states.commercial_list.patient_share
        states.commercial_list.price_factor states.listed.price_factor states.listed.renewal.cut_share
        states.listed.renewal.every_years states.listed.renewal.halved_after_years states.listed.renewal.until_years
        states.listed.uptake.years_to_peak states.group_buying.price_factor
        transitions.listing.prob transitions.listing.rounds transitions.commercial_listing.prob
        transitions.commercial_listing.rounds transitions.city_listing.lag transitions.city_listing.prob
        transitions.bid.lag transitions.bid.prob calendars.nrdl.cut_off calendars.nrdl.in_force""",
    "us": """
        medicare_share gross_to_net_share negotiated_cut_share negotiated_cut_share.ceiling_share
        negotiated_cut_share.ceiling_share_extended negotiated_cut_share.ceiling_share_long
        states.negotiated.price_factor transitions.selection.prob transitions.selection.rounds
        transitions.selection.low_spend calendars.medicare_negotiation.elapsed_years
        calendars.medicare_negotiation.selection_day calendars.medicare_negotiation.first_price_year""",
    "eu": """
        transitions.launch_germany.lag transitions.launch_germany.prob transitions.launch_others.lag
        states.germany.patient_share states.germany.price_factor states.germany.revision.cut_share
        states.germany.revision.day states.others.patient_share states.others.revision.cut_share
        states.others.revision.day""",
    "jp": """
        price_maintenance states.generic.price_factor states.generic.revision.cut_share states.repriced.price_factor
        transitions.market_expansion.prob calendars.price_revision.day""",
}  # fmt: skip
"""Every number that enters these markets without a word in the file."""


def test_every_default_of_a_market_has_a_source_or_is_called_an_assumption_in_the_answer_of_value() -> None:
    """A file that says as little as it may: what it leaves out is listed above, and nothing else comes in."""
    text = BARE + "".join(FILED.format(where=where) for where in PLACES) + "markets:\n"
    text += "".join(SOLD.format(where=where, path=path) for where, path in PLACES.items())
    asked = operation("value")
    question = {"text": text, "file": "bare.yaml", "draws": 100, "seed": 1, "threads": 1}
    answer = asked.ask(asked.question.model_validate(question))
    rows: dict[str, Row] = {row["path"]: row for row in answer["provenance"]}
    expected = {f"markets.{where}.{name}" for where in DEFAULT_OF for name in EVERYWHERE}
    expected |= {f"markets.{where}.access.{name}" for where, names in DEFAULT_OF.items() for name in names.split()}
    parents = {parent for row in rows.values() for parent in row["from"]}
    brought = {path for path, row in rows.items() if path.startswith("markets.") and row["origin"] != "user"}
    assert sorted(path for path in brought if not is_told(path, rows)) == []
    assert sorted(expected - brought) == []
    assert sorted(brought - expected - parents) == []
