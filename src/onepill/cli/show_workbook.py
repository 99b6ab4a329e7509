"""A workbook that is written beside an answer, and what an imported one changes, as text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from onepill.cli.tables import show_table
from onepill.core.errors import InputError

Row = dict[str, Any]


def sheets_of(question: Any, out: Path, *, lang: Any) -> tuple[bytes, float]:
    """The workbook of a programme and the value in it, US dollars, made before anything is simulated, so that what
    stops it is told at once.

    Raises:
        InputError: `workbook.kind` where the place is no .xlsx file; those of the workbook itself.
    """
    from onepill.workbench.sheets.answers import valued_workbook

    if out.suffix.lower() != ".xlsx":
        message, hint = f"{out.name} is no .xlsx file", "name it so that it ends in .xlsx"
        raise InputError.single("workbook.kind", message, hint=hint, path="--workbook", value=str(out))
    return valued_workbook(question.text, file=question.file, as_of=question.as_of, lang=lang)


SHOWN_IN = {
    "en": "written: {file}\n  it shows the deterministic rNPV, {book} MUSD, with every input at its mean; the "
    "simulated mean above is {mean} ± {error} MUSD",
    "zh": "已写入：{file}\n  其中为确定性rNPV（各输入取均值）{book}百万美元；上面的模拟均值为{mean} ± {error}百万美元",
}


def show_written(out: Path, answer: Row, rnpv_usd: float, *, lang: str) -> None:
    """Where the workbook is, and how its value differs from the simulated one of the answer."""
    found = answer["rnpv_usd"]
    amounts = {"book": rnpv_usd, "mean": found["mean"], "error": found["standard_error"]}
    print(SHOWN_IN[lang].format(file=out, **{name: _musd(amount) for name, amount in amounts.items()}))


def _musd(amount: float) -> str:
    return f"{amount / 1e6 + 0.0:,.2f}".replace("-0.00", "0.00")


def show_import(answer: Row) -> None:
    """The changes with their cells, what was written out with them, and the value before and after."""
    rows = [_row(row) for row in answer["changes"]]
    if not rows:
        print(f"{answer['workbook']} changes nothing of {answer['programme']} as of {answer['as_of']}")
        _show_told(answer)
        return
    show_table(rows, ["input", "before", "after", "unit", "cell"])
    for row in answer["kept"]:
        print(f"  kept at {row['before']:,.6g} {row['unit']}, since it would have moved too: {row['path']}")
    before, after = answer["rnpv_before_usd"], answer["rnpv_after_usd"]
    print(f"deterministic rNPV: {before:,} USD before, {after:,} USD after ({after - before:+,})")
    _show_told(answer)
    if answer["scenario"]:
        print(f"brought in as the scenario {answer['scenario']}")


def _show_told(answer: Row) -> None:
    """What the workbook itself shows, where that is not what its inputs give."""
    shown, after = answer["rnpv_in_workbook_usd"], answer["rnpv_after_usd"]
    if shown is None:
        print("  the workbook itself shows no value: it was saved without being computed")
    elif abs(shown - after) > 1:
        print(
            f"  the workbook itself shows {shown:,} USD: it was saved without being computed, or formulas were changed"
        )


def _row(row: Row) -> list[str]:
    return [row["path"], f"{row['before']:,.6g}", f"{row['after']:,.6g}", row["unit"], row["cell"]]
