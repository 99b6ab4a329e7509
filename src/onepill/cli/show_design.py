"""Designs of trials as text: what a statistician checks first, then patients, events and months."""

from __future__ import annotations

from typing import Any

from onepill.cli.tables import show_table

Row = dict[str, Any]
EFFECTS = {"null": "no effect", "intermediate": "half the effect", "alternative": "the effect assumed"}
STOPS_SHOWN = ("null", "alternative")


def show_fixed(answer: Row) -> None:
    size = answer["size"]
    print(f"one look, one-sided error {answer['alpha']:g}, power {answer['power']:.4g} ({size['method']['en']})")
    print(f"{size['unit']}: {size['maximum_whole']:,} ({size['maximum']:,.2f})")
    _size_foot(size)
    _assumptions(answer)


def show_sequential(answer: Row) -> None:
    sides = f", {answer['sides']} sides" if answer["sides"] == 2 else ""
    print(
        f"{answer['looks']} looks, {answer['bound']}, one-sided error {answer['alpha']:g}, "
        f"power {answer['power']:g}{sides}"
    )
    _looks(answer)
    expected = answer["expected_inflation"]
    print(f"information: at most {answer['inflation']:.4f} times that of one look; expected:")
    rows = [
        [
            EFFECTS[name],
            f"{expected[name]:.4f}",
            f"{sum(answer['stop_probs'][name]['upper']):.4f}",
            *([_amount(answer["size"]["expected"][name])] if answer["size"] else []),
            *([_month(answer["size"]["expected_months"][name])] if _has_months(answer) else []),
        ]
        for name in EFFECTS
    ]
    units = [answer["size"]["unit"]] if answer["size"] else []
    show_table(rows, ["true effect", "times one look", "success", *units, *(["month"] if _has_months(answer) else [])])
    if answer["size"]:
        size = answer["size"]
        amounts = f"{size['fixed']:,.2f} with one look, at most {size['maximum']:,.2f}"
        print(f"{size['unit']}: {amounts} ({size['method']['en']})")
        _size_foot(size)
    _assumptions(answer)


def show_single_arm(answer: Row) -> None:
    print(
        f"response {answer['target_rate']:g} against {answer['null_rate']:g}, one-sided error {answer['alpha']:g}, "
        f"power {answer['power']:g}"
    )
    rows = []
    for name in ("optimal", "minimax"):
        row = answer[name]
        rows.append(
            [
                name,
                f"{row['first_responses']}/{row['first_patients']}",
                f"{row['responses']}/{row['patients']}",
                f"{row['expected_null']:.1f}",
                f"{row['stop_prob_null']:.3f}",
                f"{row['error']:.4f}",
                f"{row['power']:.4f}",
            ]
        )
    row = answer["one_stage"]
    rows.append(
        ["one stage", "", f"{row['responses']}/{row['patients']}", f"{row['patients']}", "", f"{row['error']:.4f}"]
    )
    rows[-1].append(f"{row['power']:.4f}")
    show_table(rows, ["design", "stop at or below", "reject drug at or below", "expected", "stops", "error", "power"])
    print("expected patients and the chance to stop early are at the rate of no interest")
    _assumptions(answer)


def show_regional(answer: Row) -> None:
    print(
        f"{answer['region']}: {answer['chance']:.0%} chance, part of the effect {answer['effect_kept']:g}, "
        f"power {answer['power']:g}, one-sided error {answer['alpha']:g}"
    )
    rows = []
    for name in ("method_1", "method_2"):
        row = answer[name]
        least = "no share is enough" if row["least_share"] is None else f"{row['least_share']:.1%}"
        patients = "" if row["least_patients"] is None else f"{row['least_patients']:,}"
        rows.append([row["name"]["en"], least, patients, "" if row["prob"] is None else f"{row['prob']:.1%}"])
    given = "with " + ", ".join(f"{share:.1%}" for share in answer["shares"]) if answer["shares"] else "as planned"
    show_table(rows, ["method", "least share", "patients", f"chance {given}"])
    for rule in answer["rules"]:
        source = (rule.get("source") or {}).get("title", "")
        print(f"  {rule['rule']}: {rule.get('value', rule.get('absent'))} ({source})")
    _assumptions(answer)


def _looks(answer: Row) -> None:
    """Bounds and what each look needs; then who stops there. Two tables, so that each fits a terminal."""
    size = answer["size"]
    header = ["look", "share", "upper z", *(["lower z"] if answer["lower_z"] else []), "nominal p", "alpha spent"]
    header += [size["unit"]] if size else []
    header += ["month", "entered"] if _has_months(answer) else []
    looks = range(answer["looks"])
    show_table([_bounds(answer, look) for look in looks], header)
    print("chance to stop at each look:")
    sides = ["above", "below"] if answer["lower_z"] else ["above"]
    header = ["look", *(f"{side}, {EFFECTS[name]}" for side in sides for name in STOPS_SHOWN)]
    show_table([_stops(answer, look, sides) for look in looks], header)


def _bounds(answer: Row, look: int) -> list[str]:
    row = [str(look + 1), f"{answer['at'][look]:.4g}", _z(answer["upper_z"][look])]
    if answer["lower_z"]:
        row.append(_z(answer["lower_z"][look]))
    row += [f"{answer['upper_p'][look]:.6f}", f"{answer['alpha_spent'][look]:.6f}"]
    if answer["size"]:
        found = answer["size"]["looks"][look]
        row.append(_amount(found["needed"]))
        row += [_month(found["month"]), f"{found['entered']:,.0f}"] if _has_months(answer) else []
    return row


def _stops(answer: Row, look: int, sides: list[str]) -> list[str]:
    columns = {"above": "upper", "below": "lower"}
    chances = [answer["stop_probs"][name][columns[side]][look] for side in sides for name in STOPS_SHOWN]
    return [str(look + 1), *(f"{chance:.4f}" for chance in chances)]


def _has_months(answer: Row) -> bool:
    return bool(answer["size"] and answer["size"]["months"] is not None)


def _size_foot(size: Row) -> None:
    if size["arms"]:
        arms = ", ".join(f"{count:,} {arm}" for arm, count in size["arms"].items())
        print(f"patients to enter: {size['patients']:,} ({arms})")
    if size["months"] is not None:
        print(f"patients enter for {size['accrual_months']:.1f} months; the last look is in month {size['months']:.1f}")


def _z(bound: float | None) -> str:
    return "none" if bound is None else f"{bound:.4f}"


def _amount(amount: float) -> str:
    return f"{amount:,.1f}"


def _month(month: float | None) -> str:
    return "never" if month is None else f"{month:.1f}"


def _assumptions(answer: Row) -> None:
    for text in answer["assumptions"]:
        print(f"  {text['en']}")
