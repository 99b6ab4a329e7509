"""Chances of success, enrichment and the size of phase II as text."""

from __future__ import annotations

from typing import Any

from onepill.cli.tables import show_table

Row = dict[str, Any]
DESIGNS = {"all_comers": "all comers", "targeted": "targeted", "adaptive": "adaptive"}
MEASURES = {"cost_usd": "cost", "months": "time", "randomised": "patients randomised", "screened": "patients screened"}


def show_assurance(answer: Row) -> None:
    known = answer["known"]
    print(f"assurance {answer['assurance']:.4f}; power {answer['power_assumed']:.4f} if the effect is as assumed")
    print(f"  {answer['unit']}: {answer['amount']:,.1f} at most, {answer['expected_amount']:,.1f} expected")
    if known["se"] is None:
        points = zip(known["effects"], known["weights"], strict=True)
        print("  known: " + ", ".join(f"{effect:g} with {weight:.1%}" for effect, weight in points))
    else:
        print(f"  known: {known['effects'][0]:g}, standard error {known['se']:.4g}")
    if known["from_file"]:
        source = known["from_file"]["source"]
        print(f"  from the file: {known['from_file']['path']} ({source['title'] if source else 'no source'})")
    print(f"  chance of a benefit {known['benefit_prob']:.4f}; of no effect at all {known['no_effect_prob']:.4f}")
    rows = [
        [str(look + 1), f"{share:.4g}", "none" if z is None else f"{z:.4f}", f"{up:.4f}", f"{down:.4f}"]
        for look, (share, z, up, down) in enumerate(
            zip(answer["at"], answer["upper_z"], answer["upper"], answer["lower"], strict=True)
        )
    ]
    show_table(rows, ["look", "information", "upper z", "success", "stopped below"])
    _assumptions(answer)


def show_interim(answer: Row) -> None:
    stop = "; the bound is crossed" if answer["stops"] else ""
    seen = f"effect seen {answer['effect_seen']:.3g} of the one assumed"
    print(f"look {answer['look']} at {answer['share']:.4g} of the information, z {answer['z']:.4g}: {seen}{stop}")
    names = {
        "conditional_power_null": "conditional power, no effect from here on",
        "conditional_power_seen": "conditional power, the effect seen",
        "conditional_power_assumed": "conditional power, the effect assumed",
        "predictive_power": "predictive power, nothing known before",
        "predictive_power_known": "predictive power, with what was known",
    }
    show_table([[text, f"{answer[key]:.4f}"] for key, text in names.items() if answer[key] is not None], ["", "chance"])
    _assumptions(answer)


def show_responses(answer: Row) -> None:
    print(f"{answer['decision'].replace('_', '-')}: predictive probability {answer['predictive_prob']:.4f}")
    print(
        f"  {answer['responses']} of {answer['patients']} respond; the rate is above the null with chance "
        f"{answer['posterior_prob']:.4f}"
    )
    least = answer["least_responses"]
    print(f"  success at the end: {'never' if least is None else f'{least} respond'} of {answer['max_patients']}")
    rows = [[str(row["patients"]), _count(row["no_go"]), _count(row["go"])] for row in answer["bounds"]]
    show_table(rows, ["patients", "no-go at or below", "go at or above"])
    rows = [
        [
            f"{row['rate']:g}",
            f"{row['go_prob']:.4f}",
            f"{row['early_no_go_prob']:.4f}",
            f"{row['expected_patients']:.2f}",
        ]
        for row in answer["operating"]
    ]
    show_table(rows, ["true rate", "go", "no-go before the end", "expected patients"])
    _assumptions(answer)


def show_enrichment(answer: Row) -> None:
    print(
        f"prevalence {answer['prevalence']:.1%}, assay sensitivity {answer['sensitivity']:.1%}, specificity "
        f"{answer['specificity']:.1%}: {answer['positive_share']:.1%} test positive, "
        f"{answer['predictive_value']:.1%} of them rightly"
    )
    rows = [_design(row) for row in answer["designs"]]
    show_table(rows, ["design", "randomised", "screened", "assayed", "enriches", "MUSD", "months"])
    for name in answer["without_size"]:
        print(f"  {DESIGNS[name]}: no number of patients has the power: the mean effect is none, or next to none")
    for row in answer["worth"]:
        print(
            f"  {DESIGNS[row['design']]} against all comers: {row['randomised']:+,.0f} randomised, "
            f"{row['screened']:+,.0f} screened, {row['cost_usd'] / 1e6:+,.2f} MUSD, {row['months']:+,.1f} months saved"
        )
    if answer["cheapest"]:
        print(f"cheapest: {DESIGNS[answer['cheapest']]}; fastest: {DESIGNS[answer['fastest']]}")
    for row in answer["crossings"]:
        print(
            f"  {MEASURES[row['measure']]} flips at a prevalence of {row['prevalence']:.2%}: below "
            f"{DESIGNS[row['below']]}, above {DESIGNS[row['above']]}"
        )
    _assumptions(answer)


def show_programme(answer: Row) -> None:
    best = answer["best"]
    print(f"{'go' if answer['go'] else 'no-go'}: utility {best['utility_musd']:,.2f} MUSD")
    print(f"  phase II: {best['phase_2_patients']:,} patients for {best['events']:,} events; cost ", end="")
    print(f"{best['phase_2_cost_musd']:,.2f} MUSD")
    print(f"  go to phase III below a hazard ratio of {best['threshold']:g}: chance {best['go_prob']:.4f}", end="")
    print(f", {best['no_effect_go_prob']:.4f} without any effect")
    print(f"  phase III on average: {best['phase_3_patients']:,} patients, {best['phase_3_events']:,} events; ", end="")
    print(f"cost {best['phase_3_cost_musd']:,.2f} MUSD")
    chances = ", ".join(f"{prob:.4f}" for prob in best["class_probs"])
    print(f"  success {best['success_prob']:.4f} ({chances} by class): worth {best['gain_musd']:,.2f} MUSD on average")
    low, high = answer["near_best_events"]
    print(f"  from {low:,} to {high:,} events the utility is within 1 % of the best")
    if answer["at_edge"]:
        print("  the best stands at the edge of what was tried: widen --events or --thresholds")
    _assumptions(answer)


def _design(row: Row) -> list[str]:
    enriches = "" if row["enrich_prob"] is None else f"{row['enrich_prob']:.1%}"
    counts = (f"{row[key]:,.1f}" for key in ("randomised", "screened", "assayed"))
    return [DESIGNS[row["design"]], *counts, enriches, f"{row['cost_usd'] / 1e6:,.2f}", f"{row['months']:,.1f}"]


def _count(count: int | None) -> str:
    return "" if count is None else str(count)


def _assumptions(answer: Row) -> None:
    for text in answer["assumptions"]:
        print(f"  {text['en']}")
