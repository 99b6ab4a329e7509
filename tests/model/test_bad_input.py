"""Every kind of wrong file is refused with all its findings, each with line and hint."""

from __future__ import annotations

import pytest

from onepill.model import load_programme
from tests.model.programmes import FILE, TEXT, errors_of, findings_of, line_of, spoilt


def test_the_unspoilt_file_is_sound() -> None:
    assert load_programme(TEXT, file=FILE).findings == ()


ONE_MISTAKE = {
    "unknown key": (("    cost: 60 MUSD", "    costs: 60 MUSD"), "schema.unknown_key"),
    "unknown top key": (("factors: {efficacy: how", "factor: {efficacy: how"), "schema.unknown_key"),
    "wrong kind": (("kind: phase_3", "kind: phase_7"), "schema.choice"),
    "wrong unit of a duration": (("duration: 36 months", "duration: 36 moons"), "unit.duration"),
    "duration without unit": (("duration: 36 months", "duration: 36"), "unit.duration"),
    "money for time": (("duration: 36 months", "duration: 36 MUSD"), "unit.duration"),
    "time for money": (("cost: 60 MUSD", "cost: 60 months"), "unit.amount"),
    "mixed units": (("{low: 12 months, mode: 18 months", "{low: 30 wd, mode: 18 months"), "unit.mixed"),
    "negative duration": (("duration: 36 months", "duration: -36 months"), "value.negative"),
    "negative cost": (("cost: 60 MUSD", "cost: -60 MUSD"), "value.negative"),
    "endless duration": (("duration: 36 months", "duration: 3600 years"), "value.range"),
    "probability of 1.2": (("{value: 0.4, source: a paper}", "1.2"), "value.share"),
    "probability as text": (("{value: 0.4, source: a paper}", "likely"), "value.number"),
    "negative count": (("patients_per_year: 3_000", "patients_per_year: -3"), "value.negative"),
    "payers of more than all": (
        (
            "    patients_per_year: 3_000",
            "    payers: [{payer: a, patient_share: 0.7}, {payer: b, patient_share: 0.31}]\n"
            "    patients_per_year: 3_000",
        ),
        "payers.share",
    ),
    "falling triangle": (("mode: 18 months, high: 30", "mode: 18 months, high: 13"), "value.distribution"),
    "half a distribution": (
        ("{low: 12 months, mode: 18 months, high: 30 months}", "{low: 12 months}"),
        "value.distribution",
    ),
    "value and distribution": (("{value: 0.4, source: a paper}", "{value: 0.4, low: 0.1, high: 0.2}"), "value.shape"),
    "source without title": (("source: a paper", "source: {url: x}"), "source.shape"),
    "grade of its own": (("source: a paper", "source: a paper, grade: good"), "source.grade"),
    "day of a source": (("source: a paper", "source: {title: a paper, date: 2024-02-30}"), "day.unknown"),
    "month of a source": (("source: a paper", "source: {title: a paper, date: 2024-13}"), "day.format"),
    "day of reading": (("source: a paper", "source: {title: a paper, retrieved: soon}"), "day.format"),
    "day of a value": (("source: a paper", "source: a paper, date: 2024-02-30"), "day.unknown"),
    "30 February": (("as_of: 2024-08-01", "as_of: 2024-02-30"), "day.unknown"),
    "a day as people write it": (("started: 2023-03-01", "started: 1 March 2023"), "day.format"),
    "unknown jurisdiction of a stage": (("regions: [CN, US]", "regions: [CN, XX]"), "jurisdiction.unknown"),
    "unknown jurisdiction of a filing": (
        ("  CN:\n    after: [phase_3]", "  XX:\n    after: [phase_3]"),
        "jurisdiction.unknown",
    ),
    "unknown stage": (("    after: [phase_2]", "    after: [phase_1]"), "reference.unknown"),
    "unknown event": (("    after: [phase_2]", "    after: ['phase_2:begun']"), "reference.unknown"),
    "currency without a rate": (("cost: 60 MUSD", "cost: 60 MEUR"), "currency.no_rate"),
    "rate of the dollar": (
        ("    CNY: {per_usd", "    USD: {per_usd: 1, date: 2024-08-01}\n    CNY: {per_usd"),
        "currency.base",
    ),
    "undeclared factor": (("{efficacy: 0.6}", "{safety: 0.6}"), "factors.unknown"),
    "loadings above 1": (("{efficacy: 0.6}", "{efficacy: 1.1}"), "factors.loadings"),
    "unknown indication": (("    calendar: US", "    indication: other\n    calendar: US"), "indication.unknown"),
    "ends before it starts": (("{started: 2023-03-01}", "{started: 2023-03-01, succeeded: 2023-02-28}"), "done.order"),
    "end without start": (("{started: 2023-03-01}", "{failed: 2023-02-28}"), "done.no_start"),
    "both outcomes": (
        ("{started: 2023-03-01}", "{started: 2023-03-01, failed: 2024-01-01, succeeded: 2024-01-01}"),
        "done.outcome",
    ),
    "working days of which calendar": (
        (
            "    calendar: US\n    after: [phase_2]\n    duration: 36 months",
            "    after: [phase_2]\n    duration: 90 wd",
        ),
        "stage.calendar",
    ),
    "market without a filing": (("markets:\n  US:", "markets:\n  JP:"), "market.no_filing"),
    "quoted number": (("per_usd: 7.2441", "per_usd: '7.2441'"), "schema.type"),
    "answer in words": (("development:\n", "conditions: {output_in_shanghai: 'yes'}\ndevelopment:\n"), "schema.type"),
    "answer without its value": (
        ("development:\n", "conditions: {output_in_shanghai: {assumption: so}}\ndevelopment:\n"),
        "schema.missing",
    ),
    "rate of 0": (("per_usd: 7.2441", "per_usd: 0"), "schema.range"),
    "currency in small letters": (("    CNY: {per_usd", "    cny: {per_usd"), "schema.pattern"),
    "id in capitals": (("  phase_3:\n    kind", "  Phase_3:\n    kind"), "id.shape"),
    "empty text": (("name: a pill", "name: ''"), "text.shape"),
    "after as a word": (("    after: [phase_2]", "    after: phase_2"), "after.shape"),
    "alias": (("    cost: 60 MUSD", "    cost: *x"), "yaml.alias"),
    "key twice": (("    cost: 60 MUSD", "    cost: 60 MUSD\n    cost: 70 MUSD"), "yaml.duplicate_key"),
    "bad indentation": (("    cost: 60 MUSD", "   cost: 60 MUSD"), "yaml.syntax"),
}


@pytest.mark.parametrize("name", ONE_MISTAKE)
def test_one_mistake_is_one_error_of_its_code_with_line_and_hint(name: str) -> None:
    change, code = ONE_MISTAKE[name]
    errors = [finding for finding in findings_of(spoilt(change)) if finding.severity == "error"]
    assert code in [finding.code for finding in errors]
    # What follows from the mistake elsewhere (a stage of another name, say) may be named as well, but not by much.
    assert len(errors) <= 3


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("unknown key", "costs: 60"),
        ("probability of 1.2", "success_prob"),
        ("30 February", "as_of"),
        ("unknown stage", "after: [phase_1]"),
        ("undeclared factor", "peak_share"),
        ("currency without a rate", "cost: 60"),
        ("wrong unit of a duration", "duration: 36"),
        ("quoted number", "per_usd"),
        ("alias", "*x"),
        ("id in capitals", "  Phase_3"),
        ("ends before it starts", "done:"),
        ("unknown jurisdiction of a filing", "  XX:"),
    ],
)
def test_a_mistake_has_the_line_of_its_value(name: str, part: str) -> None:
    change, code = ONE_MISTAKE[name]
    text = spoilt(change)
    assert (code, line_of(part, text)) in errors_of(text)


@pytest.mark.parametrize(
    ("raw", "hint"),
    [
        ("40", "0.4 for 40 %"),
        ("40 %", "0.4 for 40 %"),
        ("12.5%", "0.125 for 12.5 %"),
        ("1.2", "from 0 to 1"),
        ("-0.1", "from 0 to 1"),
    ],
)
def test_a_percentage_is_told_how_to_become_a_share(raw: str, hint: str) -> None:
    (finding,) = findings_of(spoilt(("{value: 0.4, source: a paper}", raw)))
    assert finding.code == "value.share"
    assert hint in finding.hint


def test_a_misspelt_key_is_told_the_near_one() -> None:
    (finding,) = findings_of(spoilt(("    cost: 60 MUSD", "    coost: 60 MUSD")))
    assert "cost" in finding.hint
    assert finding.path == "development.phase_3.coost"
    assert finding.value == "60 MUSD"


def test_errors_of_every_kind_in_one_file_come_together() -> None:
    text = spoilt(
        ("onepill: 1\n", "onepill: 1\nowner: somebody\n"),
        ("kind: phase_3", "kind: phase_x"),
        ("{value: 0.4, source: a paper}", "40"),
        ("    after: [phase_2]", "    after: [phase_2, phase_9]"),
        ("  US:\n    after: [phase_3]", "  US:\n    after: [phase_3, filings.cn]"),
        ("  CN:\n    after: [phase_3]", "  CN:\n    after: [phase_3, filings.us]"),
        ("net_price_per_month: 9_000 USD", "net_price_per_month: 9_000 EUR"),
        ("peak_share: {low: 0.1, mode: 0.2", "peak_share: {low: 0.3, mode: 0.2"),
        ("path: filings.EU.not_before", "path: filings.FR.not_before"),
    )
    assert errors_of(text) == [
        ("schema.unknown_key", line_of("owner:", text)),
        ("value.share", line_of("success_prob", text)),
        ("schema.choice", line_of("phase_x", text)),
        ("reference.unknown", line_of("phase_9", text)),
        ("plan.cycle", line_of("filings.cn", text)),
        ("value.distribution", line_of("peak_share", text)),
        ("currency.no_rate", line_of("9_000 EUR", text)),
        ("scenario.path", line_of("filings.FR", text)),
    ]


def test_a_wrong_id_does_not_bring_errors_about_what_names_it() -> None:
    assert errors_of(spoilt(("  phase_2:\n", "  Phase 2:\n"))) == [("id.shape", line_of("  phase_2:\n"))]


def test_what_is_missing_does_not_hide_a_mistake_elsewhere() -> None:
    text = spoilt(("    patients_per_year: 3_000\n", ""), ("    after: [phase_2]", "    after: [phase_1]"))
    assert errors_of(text) == [
        ("reference.unknown", line_of("after: [phase_1]", text)),
        ("schema.missing", line_of("markets:", text) + 1),
    ]


def test_cycles_are_each_named_once() -> None:
    text = spoilt(
        ("    after: [phase_2]", "    after: [phase_3]"),
        ("  US:\n    after: [phase_3]", "  US:\n    after: [filings.cn]"),
        ("  CN:\n    after: [phase_3]", "  CN:\n    after: [filings.us]"),
    )
    messages = [finding.message for finding in findings_of(text)]
    assert messages == [
        "each waits for the next: phase_3 → phase_3",
        "each waits for the next: filings.us → filings.cn → filings.us",
    ]


def test_a_stage_that_is_stopped_by_what_waits_for_it_is_a_cycle() -> None:
    text = spoilt(("    held: [CN]", "    held: [CN]\n    stops_on: ['phase_3:started']"))
    assert [code for code, _ in errors_of(text)] == ["plan.cycle"]


def test_a_long_chain_is_no_cycle_and_needs_no_deep_stack() -> None:
    stages = "".join(f"  s{i}: {{kind: other, after: [s{i + 1}]}}\n" for i in range(3000))
    text = spoilt(("development:\n", f"development:\n{stages}  s3000: {{kind: other}}\n"))
    assert load_programme(text).findings == ()
    assert [c for c, _ in errors_of(text.replace("s3000: {kind: other}", "s3000: {kind: other, after: [s0]}"))] == [
        "plan.cycle"
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "yaml.empty"), ("just words\n", "yaml.shape"), ("- a\n- b\n", "yaml.shape"), ("12\n", "yaml.shape")],
)
def test_what_is_no_mapping_is_refused_on_its_first_line(text: str, code: str) -> None:
    assert errors_of(text) == [(code, 1)]


def test_an_empty_mapping_is_told_what_is_missing() -> None:
    missing = [finding.path for finding in findings_of("{}\n")]
    assert missing == ["as_of", "asset", "indication", "onepill", "programme"]


def test_ids_that_differ_by_case_alone_are_one_id() -> None:
    text = spoilt(("  CN:\n    after: [phase_3]", "  us:\n    after: [phase_3]"))
    assert ("id.repeated", line_of("  us:", text)) in errors_of(text)


@pytest.mark.parametrize("version", ["2", "'1'", "1.5", "one"])
def test_another_version_of_the_file_is_refused(version: str) -> None:
    assert [code for code, _ in errors_of(spoilt(("onepill: 1", f"onepill: {version}")))] == ["schema.choice"]


def test_facts_of_later_than_the_day_are_noted_and_warnings_do_not_refuse() -> None:
    text = spoilt(
        ("date: 2024-08-01}", "date: 2024-08-02}"),
        ("{started: 2023-03-01}", "{started: 2023-03-01, finished: 2024-07-01}"),
        ("    regions: [CN]\n    held: [CN]", "    regions: [CN]\n    held: [CN, US]"),
    )
    found = [(f.code, f.severity, f.line) for f in load_programme(text, file=FILE).findings]
    assert found == [
        ("stage.held", "warning", line_of("held:", text)),
        ("done.no_outcome", "warning", line_of("done:", text)),
        ("currency.later_rate", "warning", line_of("CNY:", text)),
    ]
