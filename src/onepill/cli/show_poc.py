"""The lean proof of concept as text: the policy as an indented tree, its averages, and simple policies beside it."""

from __future__ import annotations

from typing import Any

from onepill.cli.show_registry import show_findings
from onepill.cli.tables import show_table

Row = dict[str, Any]
DEEPEST = 6
"""Levels of the tree that are printed; the JSON document and the picture have the rest."""
POLICIES = {
    "best": "best policy",
    "go_now": "go now",
    "no_go_now": "no-go now",
    "straight_to": "straight to",
    "best_stop_at_negative": "best order, ended by a negative result",
    "best_stop_when_clear": "best order, ended when clear",
    "all_then_decide": "all, one after the other",
    "all_at_once": "all, side by side",
}
COLUMNS = ["policy", "worth", "cost", "months", "go", "wrong go", "wrong no-go"]


def show_plan(answer: Row) -> None:
    names = {row["id"]: row["title"]["en"] for row in answer["experiments"]}
    limits = answer["limits"]
    print(f"{answer['title']['en']}: before {answer['decides'] or 'the decision'}, as of {answer['as_of']}")
    print(f"budget {_limit(limits['budget_usd'])}, months {limits['months'] or 'not limited'}")
    _tree(answer["policy"], names, depth=0, prefix="")
    print()
    rows = [
        _averages({**row, "label": _label(row, names)}) for row in [{**answer, "kind": "best"}, *answer["compared"]]
    ]
    show_table(rows, COLUMNS)
    print("worth in MUSD today, net of experiments; wrong: chance of that decision against the hidden truth")
    print(f"without any experiment {_musd(answer['value_without_experiments_usd'])} MUSD; information is worth:")
    print(f"  {_musd(answer['value_of_information_usd'])} MUSD by this policy, net of its cost and time")
    if answer["value_of_sample_information_usd"] is not None:
        print(f"  {_musd(answer['value_of_sample_information_usd'])} MUSD if all experiments were free and at once")
    print(f"  {_musd(answer['value_of_perfect_information_usd'])} MUSD if the truth were known")
    if not answer["exact"]:
        print(f"the policy is not proven best; none is worth more than {_musd(answer['bound_usd'])} MUSD")
    _success(answer)
    show_findings(answer["findings"])


def show_simulation(answer: Row) -> None:
    print(f"{answer['title']['en']}: {answer['trials']:,} simulated truths, seed {answer['seed']}")
    for row in answer["policies"]:
        print(_label(row, {}))
        print("  " + "; ".join(f"{word} {_measured(row, name)}" for name, word in MEASURES.items()))
        if row["behind_usd"]["mean"]:
            print(f"  {_spread(row['behind_usd'], 1e6, 2)} MUSD behind the best policy")
    print("mean ± standard error (exact value); worth and cost in MUSD, chances in percent")
    show_findings(answer["findings"])


MEASURES = {
    "expected_value_usd": "worth",
    "expected_cost_usd": "cost",
    "expected_months": "months",
    "wrong_go_prob": "wrong go",
    "wrong_no_go_prob": "wrong no-go",
}


def _measured(row: Row, name: str) -> str:
    scale, places = (1e6, 2) if name.endswith("_usd") else (0.01, 2) if name.endswith("_prob") else (1, 2)
    return f"{_spread(row[name], scale, places)} ({row['exact'][name] / scale:,.{places}f})"


def _spread(value: Row, scale: float, places: int) -> str:
    return f"{value['mean'] / scale:,.{places}f} ± {value['standard_error'] / scale:,.{places}f}"


def _tree(node: Row, names: dict[str, str], *, depth: int, prefix: str) -> None:
    """One line a point, indented by what led there."""
    indent = "  " * depth
    odds = f"reached {node['prob']:.1%}, go is right {node['go_is_right_prob']:.0%}"
    if node["decision"]:
        print(f"{indent}{prefix}{'GO' if node['decision'] == 'go' else 'NO-GO'}  ({odds})")
        return
    started = " with ".join(names[name] for name in node["start"])
    cost = f"{_musd(node['cost_usd'])} MUSD, {node['takes_months']:g} months"
    print(f"{indent}{prefix}{started}  ({cost}; {odds})")
    if depth >= DEEPEST:
        print(f"{indent}  …")
        return
    for branch in node["branches"]:
        results = ", ".join(
            result if len(node["start"]) == 1 else f"{names[name]} {result}"
            for name, result in branch["results"].items()
        )
        _tree(branch["then"], names, depth=depth + 1, prefix=f"{results}: ")


def _label(row: Row, names: dict[str, str]) -> str:
    order = " > ".join(names.get(name, name) for name in row.get("order", ()) if not row["kind"].startswith("all"))
    return f"{POLICIES[row['kind']]}{': ' if order else ''}{order}"


def _averages(row: Row) -> list[str]:
    probs = (f"{row[key]:.1%}" for key in ("go_prob", "wrong_go_prob", "wrong_no_go_prob"))
    return [
        row["label"],
        _musd(row["expected_value_usd"]),
        _musd(row["expected_cost_usd"]),
        f"{row['expected_months']:.1f}",
        *probs,
    ]


def _success(answer: Row) -> None:
    found = answer["success"]
    if found is None:
        return
    values = (
        f"{_musd(found[key]['mean'])} ± {_musd(found[key]['standard_error'])}" for key in ("success_usd", "failure_usd")
    )
    worth, lost = values
    print(
        f"{answer['decides']}: worth {worth} MUSD where it succeeds, {lost} where it fails, on the programme's futures"
    )


def _limit(amount_usd: int | None) -> str:
    return "not limited" if amount_usd is None else f"{_musd(amount_usd)} MUSD"


def _musd(amount_usd: float) -> str:
    return f"{amount_usd / 1e6:,.2f}"
