"""Answers about learned models as text."""

from __future__ import annotations

from typing import Any

from onepill.cli.tables import show_table

Row = dict[str, Any]
MEASURES = ("roc_auc", "log_loss", "brier", "calibration_error")
VERDICTS = {
    "better": "better than the base rate by log-loss, interval included",
    "not_shown": "NOT SHOWN to be better than the base rate: the interval of the gain holds 0",
    "worse": "NOT better than the base rate",
}


def show_train(answer: Row) -> None:
    trained = answer["trained_on"]
    print(f"{answer['model']}: {answer['kind']} on {trained['n']:,} trials, {trained['successes']:,} successes")
    print(f"learned from: {', '.join(answer['features'])}")
    columns = {kind: held["measures"] for kind, held in answer["held_out"].items()} | {"base rate": answer["base"]}
    print(f"\nOn the {answer['base']['n']:,} trials registered last, which were not learned from:")
    _measures(columns)
    held = answer["held_out"][answer["kind"]]
    print(f"gain in log-loss over the base rate: {_range(held['gain'])}")
    print(f"{answer['kind']} is {VERDICTS[answer['verdict']]}")
    _findings(answer)


def show_evaluate(answer: Row) -> None:
    print(f"{answer['n']:,} trials, {answer['successes']:,} successes")
    _measures({"model": answer, "base rate": answer["base"]})
    perfect = answer["calibration_error_if_perfect"]
    print(f"right probabilities would have a calibration error of {perfect:.3f} on so many trials")
    print(f"gain in log-loss over the base rate: {_range(answer['gain'])}: {VERDICTS[answer['verdict']]}")
    print("\nReliability (trials with neighbouring probabilities):")
    rows = [
        [f"{b['n']:,}", f"{b['prob']:.3f}", f"{b['share']:.3f}", f"{b['low']:.3f} to {b['high']:.3f}"]
        for b in answer["bins"]
    ]
    show_table(rows, ["trials", "probability", "succeeded", "95 % limits"])
    print("\nROC-AUC that others printed, on other test sets:")
    _published(answer["published"])
    _findings(answer)


def _published(rows: list[Row]) -> None:
    """A line a model, a column a phase, and the sources beneath."""
    whats = dict.fromkeys(row["what"] for row in rows)
    phases = sorted({row["phase"] for row in rows})
    told = {(row["what"], row["phase"]): f"{row['low']:.2f} to {row['high']:.2f}" for row in rows}
    show_table([[what, *(told.get((what, phase), "") for phase in phases)] for what in whats], ["", *phases])
    for source in dict.fromkeys(f"{row['source']} ({row['grade']})" for row in rows):
        print(f"  {source}")


def show_score(answer: Row) -> None:
    rows = [[row["id"], f"{row['prob']:.3f}", f"{row['base_prob']:.3f}"] for row in answer["rows"]]
    show_table(rows, ["trial", "chance", "base rate"])
    _findings(answer)


def _measures(columns: dict[str, Row]) -> None:
    rows = [[name.replace("_", " "), *(_range(found[name]) for found in columns.values())] for name in MEASURES]
    show_table(rows, ["", *columns])


def _range(found: Row) -> str:
    return f"{found['value']:.3f} ({found['low']:.3f} to {found['high']:.3f})"


def _findings(answer: Row) -> None:
    for finding in answer["findings"]:
        print(f"{finding['severity']}: {finding['message']}; {finding['hint']}")
