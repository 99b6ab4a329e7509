"""Tables of an answer: which rows, which columns; each cell as a page shows it and as a file holds it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from onepill.reports.numerals import MINUS
from onepill.web.code_words import IDENTIFIER, SAID
from onepill.web.speaking import Words

Row = Mapping[str, Any]
DASH = "–"
MILLION = 1e6
SHOWN_ROWS = 200
"""Rows of a table on a page; a file has all of them."""
FAMILIES = {
    "jurisdiction": "jurisdiction",
    "topic": "topic",
    "source_grade": "grade",
    "grade": "grade",
    "status": "status",
    "change": "law",
    "market": "jurisdiction",
    "route": "route",
    "origin": "from",
    "unit": "unit",
    "running_unit": "unit",
    "decision": "decision",
    "endpoint": "endpoint",
    "structure": "structure",
    "severity": "severity",
    "modality": "modality",
    "area": "area",
    "territory_kind": "territory_kind",
    "stage": "stage",
    "tag": "tag",
    "interval": "interval",
    "kinds": "support",
    "design": "enrichment",
}
"""Columns whose codes have words in every table, and the family of these; a table's own stand in its `words`."""
SHARES = ("_prob", "_share", "prob", "share", "shares", "prob_loss", "prob_positive")
OF_SHARE = ("prob_", "share_on_")
"""Ends and beginnings of the names of shares and chances."""
OF_MONEY = ("mean", "standard_error", "sd", "p5", "p10", "p50", "p90", "p95")
"""Parts of an amount: their unit stands in the name of what they are parts of."""
OF_CHANCE = ("base", "low", "high")
"""Beside a `prob`, the rate that it began with and its limits."""
OF_UNIT = ("value", "before")
"""Beside a `unit`, what it is the unit of: a share is shown in percent."""
SHARE = "share"
PARENT = "^"
AT = "@"
"""Where a row says at which place of the answer it stands: a JSON pointer."""
ONLY = "value"
"""The column of rows that are plain values: it stands at the row's own place."""
NAMES = frozenset(
    {
        *("activity", "asset", "cause", "class", "clause", "column_name", "company", "deal_id", "deal_title", "design"),
        *("document", "dominated_by", "drug", "drugs", "factor", "id", "indication", "indication_name", "key", "label"),
        *("licensee", "licensor", "market", "name", "owner", "party", "policy", "procedure", "programme", "record"),
        *("route", "row_name", "rule", "sponsors", "stage", "stage_name", "target", "targets", "title", "variant_name"),
        *("waits_for", "watch", "evidence", "file", "markets"),
    }
)
"""Columns of names and identifiers: a figure in one is part of the name, and no result."""
IDS = frozenset({"id", "activity", "factor", "procedure"})
"""Columns of identifiers alone, beside others that say what they stand for."""
PARTY, ROLE = "party", "party_role"
"""Families of a party's id and of its role."""


@dataclass(frozen=True)
class Table:
    """A table of an answer.

    `path` leads to its rows: `changes` is a list, `terms{}` a mapping whose keys become the column `key`, and
    `deals[].parties` the parties of every deal, each with its deal as `^`. `columns` are dotted paths in a row. A
    number is shown by the name of its column (`…_usd`, `…_share`); `units` gives such a name to columns that lack it,
    `unit_by` the column whose value is one. `words` are the families of columns that hold codes, `explained` the path
    of a number's provenance, of the columns `explains`: `{}` is the row's id, `row` the row, `up` what it is a part of,
    and where it ends in a dot the column follows.
    Rows in which the column `leads` is true stand first on the page; a file keeps the answer's order.
    """

    id: str
    path: str
    columns: tuple[str, ...]
    units: Mapping[str, str] = field(default_factory=dict)
    unit_by: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    explained: str = ""
    explains: tuple[str, ...] = ()
    leads: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    """Columns that hold the id of what has a page, and the address of that page with the id as `{}`."""
    spare: tuple[str, ...] = ()
    """Columns that the page leaves out where no row has anything in them; a file keeps them."""


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: `error` is the standard error beside a mean, `code` the file's word, `path` what explains
    it by name; `at` and `error_at` are their places in the answer, where they hold a figure. `is_name` says that its
    figures are part of a name."""

    text: str
    is_number: bool = False
    error: str = ""
    href: str = ""
    grade: str = ""
    code: str = ""
    path: str = ""
    at: str | None = None
    error_at: str | None = None
    is_name: bool = False


def rows_of(answer: Any, path: str) -> list[Row]:
    """The rows that a path leads to, each with its place; none where a part of the path is null or missing."""
    found: list[Any] = [answer]
    for part in path.split(".") if path else ():
        found = [item for node in found for item in _step(node, part)]
    if len(found) == 1 and isinstance(found[0], list):
        return [{AT: f"/{number}", **_as_row(row)} for number, row in enumerate(found[0])]
    return [row if isinstance(row, Mapping) else {ONLY: row} for row in found]


def _step(node: Any, part: str) -> Iterator[Any]:
    name = part.removesuffix("[]").removesuffix("{}")
    inner = node.get(name) if isinstance(node, Mapping) else None
    if inner is None:
        return
    at = str(node.get(AT, "")) if _is_plain(node, name) else f"{node.get(AT, '')}/{_escaped(name)}"
    if part.endswith("{}") and isinstance(inner, Mapping):
        for key, value in inner.items():
            yield {**_as_row(value), "key": key, PARENT: node, AT: f"{at}/{_escaped(key)}"}
    elif part.endswith("[]") or isinstance(inner, list):
        yield from ({**_as_row(value), PARENT: node, AT: f"{at}/{number}"} for number, value in enumerate(inner))
    else:
        yield {**inner, PARENT: node, AT: at} if isinstance(inner, Mapping) else inner


def _as_row(value: Any) -> Row:
    return value if isinstance(value, Mapping) else {ONLY: value}


def _escaped(key: object) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")


def _is_plain(row: Row, name: str) -> bool:
    """Whether a row is a plain value, or a list, that was made a row: the value has the row's own place."""
    return name == ONLY and AT in row and set(row) <= {ONLY, AT, PARENT, "key"}


def place_of(row: Row, column: str) -> str:
    """The place in the answer of a column of a row, as a JSON pointer."""
    node, path = row, column
    while path.startswith(f"{PARENT}."):
        node, path = node.get(PARENT, {}), path.removeprefix(f"{PARENT}.")
    at = str(node.get(AT, ""))
    if path == "key" and PARENT in node:
        return at
    return at if _is_plain(node, path) else "/".join([at, *map(_escaped, path.split("."))])


def raw(row: Row, column: str) -> Any:
    """The value at a dotted path of a row; None where a part of it is missing."""
    node: Any = row
    for part in column.split("."):
        node = node.get(part) if isinstance(node, Mapping) else None
    return node


def file_value(value: Any, lang: str) -> Any:
    """A value as a file holds it: numbers and texts as they are, a text of two languages in the one asked for."""
    if _is_text(value):
        return value[lang]
    if isinstance(value, list) and all(isinstance(item, str) or _is_text(item) for item in value):
        return "; ".join(str(file_value(item, lang)) for item in value)
    if isinstance(value, Mapping | list):
        return json.dumps(value, ensure_ascii=False)
    return value


def _is_text(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {"en", "zh"}


def file_columns(table: Table, answer: Any) -> tuple[str, ...]:
    """The columns of a table as a file has them: a mean with its error, and a day with its quantiles, are several."""
    rows, found = rows_of(answer, table.path), dict[str, None]()
    for column in table.columns:
        values = [value for row in rows if (value := raw(row, column)) is not None]
        parts = {part: None for value in values for part in value} if all(map(_is_spread, values)) else {}
        found |= dict.fromkeys([f"{column}.{part}" for part in parts] or [column])
    return tuple(found)


def _is_spread(value: Any) -> bool:
    known = set(value) if isinstance(value, Mapping) else set()
    return known >= {"mean", "standard_error"} or known >= {"p10", "p50", "p90"}


def file_rows(table: Table, answer: Any, lang: str) -> Iterator[list[Any]]:
    """Every row of a table with its columns' values."""
    columns = file_columns(table, answer)
    for row in rows_of(answer, table.path):
        yield [file_value(raw(row, column), lang) for column in columns]


def label(column: str, t: Words, table: str = "") -> str:
    """The head of a column: of this table's, else of its whole path, else of its last part."""
    names = (f"ecol.{table}.{column}", f"ecol.{column}")
    return next((t(name) for name in names if t.has(name)), None) or t(f"ecol.{column.rpartition('.')[2]}")


def cells(table: Table, answer: Any, t: Words) -> list[list[Cell]]:
    """The first rows of a table as they are shown."""
    rows = rows_of(answer, table.path)
    rows = (sorted(rows, key=lambda row: not raw(row, table.leads)) if table.leads else rows)[:SHOWN_ROWS]
    return [[_placed(_told(table, row, column, answer, t), row, column) for column in table.columns] for row in rows]


def _placed(cell: Cell, row: Row, column: str) -> Cell:
    """A cell with the places of its figures in the answer."""
    if cell.href or not any(sign.isdigit() for sign in cell.text + cell.error):
        return cell
    value, at = raw(row, column), place_of(row, column)
    if not cell.is_number and column.rpartition(".")[2] in NAMES:
        return replace(cell, is_name=True)
    if isinstance(value, Mapping) and "standard_error" in value:
        return replace(cell, at=f"{at}/mean", error_at=f"{at}/standard_error")
    if isinstance(value, Mapping) and {"p10", "p50", "p90"} <= set(value):
        return replace(cell, at=f"{at}/p50", error_at=at)
    return replace(cell, at=at)


def _told(table: Table, row: Row, column: str, answer: Any, t: Words) -> Cell:
    """A cell, its code in words where the table says which, its number with what explains it."""
    is_id = column.rpartition(".")[2] in IDS and column not in table.links
    value, family = raw(row, column), table.words.get(column, IDENTIFIER if is_id else None)
    if family == PARTY:
        return _party(str(value), row, t)
    if family in SAID and value:
        codes = value if isinstance(value, list) else [value]
        said = t("list.comma").join(SAID[family](str(code), t) for code in codes)
        return Cell(said, code="" if isinstance(value, list) else str(value), is_name=True)
    if family == ROLE:
        return Cell(t.either(family, value), code=str(row.get("id", "")))
    years = answer.get("years") if isinstance(answer, Mapping) else None
    if years and isinstance(value, list) and len(value) == len(years):
        told = Cell(_by_year(value, years, t))
        return replace(told, path=_explained(table, row, column)) if column in table.explains else told
    is_of_row = table.unit_by and column != "n" and isinstance(value, int | float)
    units = {column: str(row[table.unit_by])} if is_of_row else table.units
    cell = _cell(row, column, replace(table, units=units), t)
    if column in table.links and cell.text != DASH:
        return replace(cell, href=table.links[column].format(quote(str(value), safe="")))
    if column not in table.explains or cell.text == DASH:
        return cell
    return replace(cell, path=_explained(table, row, f"{column}.mean" if isinstance(value, Mapping) else column))


def _explained(table: Table, row: Row, leaf: str) -> str:
    """The path of a number's provenance."""
    path = table.explained.format(row.get("id", row.get("key", "")), row=row, up=row.get(PARENT))
    return path + leaf if path.endswith(".") else path


def _party(name: str, row: Row, t: Words) -> Cell:
    """A party by what the terms call it, else by the word of its role, its id beside."""
    parties = row.get(PARENT, {}).get("parties")
    named = next((one["name"] for one in parties if one["id"] == name), None) if isinstance(parties, list) else None
    return Cell(t.text(named) if named else t.either(ROLE, name), code=name)


def _by_year(values: Sequence[float], years: Sequence[int], t: Words) -> str:
    """The years in which an amount is not nothing, in millions."""
    told = [(year, number(value, "usd")) for year, value in zip(years, values, strict=True)]
    shown = [t("engine.in_year", year=year, amount=text) for year, text in told if text.strip(f"0.,{MINUS}")]
    return t("engine.years_sep").join(shown) or "0"


def _cell(row: Row, column: str, table: Table, t: Words) -> Cell:
    value, name = raw(row, column), table.units.get(column) or _unit_name(row, column)
    family = table.words.get(column) or FAMILIES.get(name)
    if value is None or value in ("", []) or (family == "unit" and value == SHARE):
        return Cell(DASH)
    if isinstance(value, Mapping) and {"mean", "standard_error"} <= set(value):
        return Cell(number(value["mean"], name), True, number(value["standard_error"], name))
    if isinstance(value, Mapping) and {"p10", "p50", "p90"} <= set(value):
        return Cell(str(value["p50"] or DASH), True, f"{value['p10'] or DASH} / {value['p90'] or DASH}")
    if name in ("source", "source_title"):
        return _source(value, row, t)
    if isinstance(value, bool):
        return Cell(t("engine.yes" if value else "engine.no"))
    if isinstance(value, int | float) and not (family and t.has(f"{family}.{value}")):
        return Cell(number(value, name), True)
    if family:
        codes = value if isinstance(value, list) else [value]
        said = t("list.comma").join(t.either(family, code) for code in codes)
        return Cell(said, grade=str(value) if family == "grade" else "")
    return Cell(_text(value, t, name))


def _unit_name(row: Row, column: str) -> str:
    """The part of a column's path that tells the unit."""
    above, _, leaf = column.rpartition(".")
    if leaf in OF_MONEY and above.endswith("_usd"):
        return above.rpartition(".")[2]
    if leaf in OF_UNIT and row.get("unit") == SHARE:
        return SHARE
    return "prob" if leaf in OF_CHANCE and "prob" in row else leaf


def _source(value: Any, row: Row, t: Words) -> Cell:
    is_whole = isinstance(value, Mapping)
    title, url = (value.get("title"), value.get("url") or value.get("address")) if is_whole else (value, None)
    address = str(url or row.get("source_url") or "")
    return Cell(t.text(title) or address or DASH, href=address if address.startswith(("https://", "http://")) else "")


def _text(value: Any, t: Words, name: str) -> str:
    if isinstance(value, Mapping):
        if {"en", "zh"} <= set(value):
            return t.text({lang: value[lang] for lang in ("en", "zh")})
        return t.text(value["name"]) if "name" in value else _pairs(value, t, name)
    if isinstance(value, list):
        return t("list.comma").join(_text(item, t, name) for item in value)
    if name == "class":
        return _class(str(value), t)
    return number(value, name) if isinstance(value, int | float) and not isinstance(value, bool) else t.law(str(value))


def _class(name: str, t: Words) -> str:
    """Targets, mechanism and modality of a class: its modality, which ends the name, in words."""
    targets, _, modality = name.rpartition(" ")
    return f"{targets} {t.either('modality', modality)}" if t.has(f"modality.{modality}") else name


def _pairs(value: Row, t: Words, name: str) -> str:
    parts = ((_part(str(key), t), item) for key, item in value.items() if key not in (PARENT, AT))
    shown = ((key, _part(item, t, item) if isinstance(item, str) else _text(item, t, name)) for key, item in parts)
    return t("list.semicolon").join(f"{key} {item}" for key, item in shown)


def _part(code: str, t: Words, otherwise: str = "") -> str:
    """What a part of a value is called: a stage, or a word of its own; else the code in plain words."""
    family = "stage" if t.has(f"stage.{code}") else "pair"
    return t.either(family, code) if t.has(f"{family}.{code}") or not otherwise else otherwise


def number(value: float, name: str) -> str:
    """A number by what its column is: money in millions of US dollars, chances in percent, else (prices too) to four
    figures.
    """
    is_price = name.endswith("_per_month_usd")
    if name == "usd" or (name.endswith("_usd") and not is_price):
        shown = f"{value / MILLION:,.2f}"
    elif name.endswith(SHARES) or name.startswith(OF_SHARE):
        shown = f"{value:.1%}"
    elif isinstance(value, int) or value == int(value):
        shown = f"{int(value):,}" if abs(value) >= 10_000 else str(int(value))
    elif abs(value) >= 100_000:
        shown = f"{value:,.0f}"
    else:
        shown = f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.4g}"
    return shown.replace("-", MINUS)


def shown_tables(tables: Sequence[Table], answer: Any, t: Words) -> list[dict[str, Any]]:
    """Tables as the template draws them; one without rows says so."""
    views = []
    for table in (_without_empty(one, answer) for one in tables):
        rows, total = cells(table, answer, t), len(rows_of(answer, table.path))
        heads: list[dict[str, Any]] = [
            {"text": label(column, t, table.id), "is_number": any(row[i].is_number for row in rows)}
            for i, column in enumerate(table.columns)
        ]
        for row in rows:
            row[:] = [
                replace(c, is_number=bool(heads[i]["is_number"])) if c.text == DASH else c for i, c in enumerate(row)
            ]
        about = {"id": table.id, "title": t(f"etable.{table.id}"), "at": _list_place(table.path, answer)}
        views.append({**about, "heads": heads, "rows": rows, "total": total})
    return views


def _without_empty(table: Table, answer: Any) -> Table:
    """A table without those of its spare columns that are empty in every row."""
    rows = rows_of(answer, table.path) if table.spare else []
    empty = {column for column in table.spare if rows and all(raw(row, column) in (None, "", [], {}) for row in rows)}
    return replace(table, columns=tuple(one for one in table.columns if one not in empty)) if empty else table


def _list_place(path: str, answer: Any) -> str | None:
    """The place of a table's rows; `*` stands for every row, or key, of what it follows. None where there are none."""
    above = {str(row.get(AT, "")).rpartition("/")[0] for row in rows_of(answer, path)}
    if len(above) <= 1:
        return above.pop() + ("/*" if path.endswith("{}") else "") if above else None
    parts = path.split(".") if path else []
    at = ""
    for number, part in enumerate(parts):
        name = part.removesuffix("[]").removesuffix("{}")
        at += "" if name == ONLY and at.endswith("/*") else f"/{_escaped(name)}"
        is_inner = number < len(parts) - 1 and part.endswith("[]")
        at += "/*" if is_inner or part.endswith("{}") else ""
    return at


def told_value(row: Row, column: str, t: Words) -> str:
    """A value of a row as a table shows it."""
    return _told(Table("", "", ()), row, column, None, t).text
