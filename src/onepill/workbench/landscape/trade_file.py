"""A user's table of trade by commodity code, checked row by row."""

from __future__ import annotations

import csv
from io import StringIO
from math import isfinite

from onepill.core.errors import Finding, InputError
from onepill.landscape.trade import Flow, TradeRow

COLUMNS = ("hs_code", "year", "reporter", "partner", "flow", "value_usd")
FLOW_WORDS: dict[str, Flow] = {
    **dict.fromkeys(("import", "imports", "m"), "import"),
    **dict.fromkeys(("export", "exports", "x"), "export"),
    "production": "production",
}
"""Flows in words, or as UN Comtrade codes them (M, X)."""
MOST_FINDINGS = 20
HINT = f"columns: {', '.join(COLUMNS)}; flow is import, export or production; value_usd is in US dollars"


def read_trade(text: str, file: str = "") -> list[TradeRow]:
    """The rows of a trade table.

    Raises:
        InputError: columns are missing, a value is wrong, a row occurs twice, or there is none; with the line of each.
    """
    reader = csv.DictReader(StringIO(text.removeprefix("\ufeff")))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        message = f"the trade table has no column {', '.join(missing)}"
        raise InputError.single("trade.columns", message, hint=HINT, file=file, line=1)
    rows: list[TradeRow] = []
    findings: list[Finding] = []
    first: dict[tuple[object, ...], int] = {}
    for given in reader:
        row = _row(given, reader.line_num, file, findings)
        if row is None:
            continue
        key = (row.hs_code, row.year, row.reporter, row.partner, row.flow)
        if key in first:
            message = f"the same code, year, reporter, partner and flow stand in line {first[key]}"
            findings.append(_finding("trade.twice", message, file, reader.line_num, row.hs_code))
        first.setdefault(key, reader.line_num)
        rows.append(row)
    if findings:
        raise InputError(f"{len(findings)} problems in {file or 'the trade table'}", findings=findings[:MOST_FINDINGS])
    if not rows:
        raise InputError.single("trade.empty", "the trade table holds no row", hint=HINT, file=file)
    return rows


def _row(given: dict[str, str], line: int, file: str, findings: list[Finding]) -> TradeRow | None:
    values = {name: (given[name] or "").strip() for name in COLUMNS}
    flow = FLOW_WORDS.get(values["flow"].casefold())
    value = _number(values["value_usd"])
    wrong = {
        "hs_code": not (values["hs_code"].isdigit() and 2 <= len(values["hs_code"]) <= 10),
        "year": not (values["year"].isdigit() and 1960 <= int(values["year"]) <= 2200),
        "reporter": not values["reporter"],
        "partner": not values["partner"] and flow != "production",
        "flow": flow is None,
        "value_usd": value is None,
    }
    for name in (name for name, is_wrong in wrong.items() if is_wrong):
        findings.append(_finding(f"trade.{name}", f"{values[name]!r} is no {name}", file, line, values[name]))
    if any(wrong.values()) or flow is None or value is None:
        return None
    return TradeRow(values["hs_code"], int(values["year"]), values["reporter"], values["partner"], flow, value)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) and value >= 0 else None


def _finding(code: str, message: str, file: str, line: int, value: str) -> Finding:
    return Finding(code, "error", message, HINT, path="trade", file=file, line=line, value=value)
