"""Answers about the research behind the world's programmes as text."""

from __future__ import annotations

from typing import Any

from onepill.cli.show_landscape import show_head
from onepill.cli.tables import show_table

Row = dict[str, Any]


def show_burden(answer: Row) -> None:
    show_head(answer)
    print(f"trials against the burden of disease, {answer['area']} {answer['year']}, {answer['burden']['publisher']}")
    show_table(
        [_cause(row) for row in answer["causes"] if not row["unmeasured"]],
        ["cause", "trials", "million DALYs", "per million", "log ratio [95 %]"],
    )
    for reason in dict.fromkeys(row["unmeasured"]["en"] for row in answer["causes"] if row["unmeasured"]):
        left_out = [row for row in answer["causes"] if row["unmeasured"] and row["unmeasured"]["en"] == reason]
        print(f"not in the shares: {', '.join(row['cause']['en'] for row in left_out)} ({reason})")
    found = answer["coverage"]
    print(
        f"{found['mapped_trials']:,} of {found['trials']:,} trials have a cause; "
        f"{found['without_condition']:,} have no known condition"
    )
    print("log ratio: share of trials over share of DALYs, 0 in proportion; the burden's own uncertainty is not in it")
    print(f"conditions to causes: own reading, {answer['cause_map']['source_grade']}")


def _cause(row: Row) -> list[str]:
    per_million = "" if row["trials_per_million_dalys"] is None else f"{row['trials_per_million_dalys']:,.3g}"
    return [row["cause"]["en"], f"{row['trials']:,}", f"{row['dalys'] / 1e6:,.3g}", per_million, _log_ratio(row)]


def _log_ratio(row: Row) -> str:
    limits = ", ".join("none" if row[key] is None else f"{row[key]:+.2f}" for key in ("low", "high"))
    return f"{'no trial' if row['log_ratio'] is None else format(row['log_ratio'], '+.2f')} [{limits}]"


SHOWN_PAIRS = 20


def show_whitespace(answer: Row) -> None:
    show_head(answer)
    for place, pair in enumerate(answer["pairs"][:SHOWN_PAIRS], 1):
        print(f"{place}. {pair['target']} in {pair['indication_name']}: {_drugs(pair['drugs'])}")
        for one in pair["supports"]:
            print(f"   + {one['statement']['en']} ({one['kind']}; {one['source']}, {one['known_on']})")
        for one in [*pair["programmes"], *pair["listed"]]:
            print(f"   = {one['name']}, {one['stage'] or 'stage not told'}")
        for one in pair["failures"]:
            where = "here" if one["here"] else "condition not told"
            print(
                f"   ! {one['name']} failed ({where}), {one['year'] or 'year not told'}: {one['mode']}, {one['scope']}"
            )
    print(
        f"{min(len(answer['pairs']), SHOWN_PAIRS):,} of {answer['found']:,} pairs; `--json` gives each with its records"
    )
    print(answer["order"]["en"])
    found = answer["coverage"]
    print(f"class known of {found['target_share']:.0%} of programmes; others may stand in these pairs unseen")


def _drugs(number: int) -> str:
    return {0: "no drug at work", 1: "one drug at work"}.get(number, f"{number:,} drugs at work")
