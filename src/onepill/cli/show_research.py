"""Answers about the research behind the world's programmes as text."""

from __future__ import annotations

from typing import Any

from onepill.cli.show_landscape import measure_text, show_head
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


SPONSOR_MEASURES = ("sponsors", "top_1_share", "top_10_share", "hhi", "effective_number")


def show_industry(answer: Row) -> None:
    show_head(answer)
    groups = {"all": answer["all"], **answer["by_origin"]}
    rows = [[name, *(measure_text(one["sponsors"][key]) for key in SPONSOR_MEASURES)] for name, one in groups.items()]
    show_table(rows, ["origin", "sponsors", "top 1", "top 10", "HHI [95 %]", "effective number"])
    print(f"the origin of {answer['origin_share']:.0%} of the drugs is known; the others are in `all` alone")
    print(f"from first evidence in humans (since {answer['first_year']}) to first approval anywhere:")
    rows = [[name, *_translated(one["translation"])] for name, one in groups.items()]
    show_table(rows, ["origin", "drugs", "approved", "median years [95 %]", "within 5 years", "10", "15"])
    if answer["trade_absent"]:
        print(answer["trade_absent"]["en"])
        return
    rows = [_dependence(row) for row in answer["trade"]["rows"]]
    print(f"trade in commodity codes {', '.join(answer['trade']['hs_codes'])}, {answer['trade']['file']}:")
    show_table(rows, ["reporter", "year", "imports, MUSD", "import share", "of home use", "partner HHI", "largest"])
    left_out = {name: count for name, count in answer["trade"]["counts"].items() if name not in ("rows", "used")}
    print("left out: " + ", ".join(f"{name} {count:,}" for name, count in left_out.items()))
    print(answer["trade_note"]["en"])


def _translated(found: Row) -> list[str]:
    median = found["median_years"]
    limits = ", ".join("-" if median[key] is None else f"{median[key]:.1f}" for key in ("low", "high"))
    value = "not reached" if median["value"] is None else f"{median['value']:.1f}"
    within = [measure_text(one) for one in found["approved_within_years"].values()]
    return [f"{found['agents']:,}", f"{found['approved']:,}", f"{value} [{limits}]", *within]


def _dependence(row: Row) -> list[str]:
    shares = ["" if row[key] is None else f"{row[key]:.1%}" for key in ("import_share", "import_penetration")]
    few = "" if row["partner_hhi"] is None else f"{row['partner_hhi']:.3f}"
    top = f"{row['top_partner']} {row['top_partner_share']:.1%}" if row["top_partner"] else ""
    return [row["reporter"], str(row["year"]), f"{row['imports_usd'] / 1e6:,.1f}", *shares, few, top]


SHOWN_TABLES, SHOWN_ROWS = 8, 12


def show_readouts(answer: Row) -> None:
    show_head(answer)
    print(answer["caveat"]["en"])
    if answer["results_absent"]:
        print(answer["results_absent"]["en"])
        return
    for table in answer["tables"][:SHOWN_TABLES]:
        print(f"{table['endpoint']['en']}, {table['unit']}; {_trials(table['trials'])}")
        rows = [_readout(row) for row in table["rows"][:SHOWN_ROWS]]
        show_table(rows, ["drugs", "trial", "arm", "value", "limits or spread", "n", "time frame"])
        if table["differences"]:
            print(f"  the rows differ in {', '.join(table['differences'])}")
    have = f"{answer['trials_with_results']:,} of {answer['trials']:,} trials have posted results"
    print(f"{have}, {answer['found']:,} numbers; `--json` gives each")
    print(answer["endpoint_note"]["en"])


def _readout(row: Row) -> list[str]:
    names = ", ".join(one["name"] for one in row["drugs"])
    limits = "" if row["low"] is None or row["high"] is None else f"{row['low']:g} to {row['high']:g}"
    spread = limits or ("" if row["spread"] is None else f"± {row['spread']:g}")
    value = f"{row['value']:g} {row['statistic'].lower()}".strip()
    count = "" if row["participants"] is None else f"{row['participants']:,}"
    return [names, row["trial"].partition(":")[2], row["arm"], value, spread, count, row["time_frame"]]


def _trials(number: int) -> str:
    return "one trial" if number == 1 else f"{number:,} trials"
