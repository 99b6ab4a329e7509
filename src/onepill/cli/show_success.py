"""Chances of stages and approvals as text."""

from __future__ import annotations

from typing import Any

from onepill.cli.show_registry import show_findings
from onepill.cli.tables import show_table

Row = dict[str, Any]


def show_success(answer: Row) -> None:
    """Stages with base, factors and result; approvals; what counts and what does not, with sources."""
    print(f"{answer['programme']} as of {answer['as_of']}, table {answer['table']}, {answer['other_table']} beside")
    for name, profile in answer["profiles"].items():
        print(f"  {name}: " + ", ".join(f"{cut} {level}" for cut, level in profile.items() if level))
    show_table(
        [_stage(row) for row in answer["stages"]],
        ["stage", "base [95 %]", "adjustments", "chance [95 %]", "n", f"{answer['other_table']} beside"],
    )
    show_table(
        [_overall(row) for row in answer["overall"]],
        ["approval", "without evidence", "chance [95 %]", f"{answer['other_table']} [95 %]"],
    )
    _cuts(answer)
    _factors(answer)
    for table in answer["tables"]:
        print(f"{table['key']}: {table['name']}, {table['window']}; {table['counting']}")
    show_findings(answer["findings"])


def _stage(row: Row) -> list[str]:
    base = "" if row["base"] is None else _limited(row["base"], row["base_low"], row["base_high"])
    used = [f"{item['factor']} x{item['odds_ratio']:.2f}" for item in row["adjustments"] if item["used"]]
    told = "stated in the file" if row["overrides"] else "in phase 3" if row["included"] else ", ".join(used) or "none"
    other = row["other"]
    beside = f"{other['prob']:.1%} {other['quantity']} (own {other['own_prob']:.1%})" if other else ""
    chance = _limited(row["prob"], row["low"], row["high"])
    return [row["id"], base, told, chance, "" if row["n"] is None else f"{row['n']:,}", beside]


def _overall(row: Row) -> list[str]:
    if row["prob"] is None:
        return [row["filing"], "", "no plain product: see the passport", ""]
    other = _limited(row["other_prob"], row["other_low"], row["other_high"]) if row["other_prob"] is not None else ""
    return [row["filing"], f"{row['base']:.1%}", _limited(row["prob"], row["low"], row["high"]), other]


def _cuts(answer: Row) -> None:
    """What each base rests on: the printed cells, and how much of their distance counts."""
    told = set()
    for stage in answer["stages"]:
        for gate in stage["gates"]:
            first, *cuts = gate["cuts"]
            parts = [f"all {first['prob']:.1%} (n {first['n']:,})"]
            parts += [
                f"{cut['cut']} {cut['level']} {cut['prob']:.1%} (n {cut['n']:,}, odds x{cut['odds_ratio']:.2f})"
                for cut in cuts
            ]
            line = f"{gate['transition']}: " + ", ".join(parts) + (f"; {gate['note']}" if gate["note"] else "")
            if line not in told:
                told.add(line)
                print(line)


def _factors(answer: Row) -> None:
    told = {item["factor"]: item for row in answer["stages"] for item in row["adjustments"]}
    for factor in (factor for factor in answer["factors"] if factor["known"]):
        item = told.get(factor["factor"])
        why = item["reason"]["en"] if item else f"acts on {', '.join(factor['acts_on'])}, which is not predicted here"
        print(f"{factor['factor']}: {why}")
        if item:
            low, high = item["odds_ratio_low"], item["odds_ratio_high"]
            print(f"    odds times {item['odds_ratio']:.2f} ({low:.2f} to {high:.2f}), {factor['grade']}")
        print(f"    {factor['source']['title']} {factor['source']['url']}")
    unknown = [factor["factor"] for factor in answer["factors"] if not factor["known"]]
    if unknown:
        print(f"not known (indication.evidence): {', '.join(unknown)}")


def _limited(prob: float, low: float | None, high: float | None) -> str:
    return f"{prob:.1%}" if low is None or high is None else f"{prob:.1%} [{low:.1%}, {high:.1%}]"
