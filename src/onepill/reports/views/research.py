"""Chapter 1: who else is on the same targets, out of a loaded warehouse or of the programme's competitor table."""

from __future__ import annotations

from onepill.reports.catalogue import capital
from onepill.reports.charts import Chart
from onepill.reports.charts.competitors import competitors_chart
from onepill.reports.charts.entrants import entrants_chart
from onepill.reports.context import Context, Row, View
from onepill.reports.footnotes import Mark
from onepill.reports.numerals import number, percent

Facts = list[tuple[str, str]]


def landscape_view(context: Context) -> tuple[Facts, View | None]:
    """The competitors, the drug's own place, what that rests on and how old it is, as label and text; and the rows of a
    competitor table. Both empty without a warehouse and a table.
    """
    chapters = context.passport.get("chapters") or ()
    found = next((row["landscape"] for row in chapters if row.get("landscape")), None)
    if found is None:
        return [], None
    if found.get("origin") == "table":
        return _placed(context, _table_facts(context, found)), _table(context, found)
    return _placed(context, _warehouse_facts(context, found)), None


def _placed(context: Context, facts: Facts) -> Facts:
    """The facts as links to the landscape in the document, which has no chain of its own."""
    return [(label, context.told(text, landscape_place(context))) for label, text in facts]


def _warehouse_facts(context: Context, found: Row) -> Facts:
    words = context.words
    rests = words("landscape.coverage", generation=found["generation"], share=percent(found["world_class_share"], 0))
    facts = [
        (words("landscape.on"), _rivals(context, found)),
        (words("landscape.own"), _own(context, found)),
        (words("landscape.rests"), rests),
    ]
    if found.get("data"):
        facts.append((words("landscape.data"), _age(context, found, "landscape.data_old", "landscape.data_new")))
    if found.get("table_set_aside"):
        facts.append((words("landscape.aside_title"), words("landscape.aside", file=_name(found["table_set_aside"]))))
    return facts


def landscape_charts(context: Context) -> list[Chart]:
    """Who came how far when, and entrants by origin; none without a warehouse, or where it knows no drug."""
    chapters = context.passport.get("chapters") or ()
    pictures = next((row["landscape"].get("pictures") for row in chapters if row.get("landscape")), None)
    if not pictures:
        return []
    at = landscape_place(context)
    charts = (
        context.drawn(competitors_chart(pictures["timeline"], context.words), f"{at}/pictures/timeline"),
        context.drawn(entrants_chart(pictures["entrants"], context.words), f"{at}/pictures/entrants"),
    )
    return [chart for chart in charts if chart]


def landscape_place(context: Context) -> str:
    """Where the landscape stands in the document."""
    chapters = context.passport.get("chapters") or ()
    index = next((i for i, row in enumerate(chapters) if row.get("landscape")), 0)
    return f"/chapters/{index}/landscape"


def _rivals(context: Context, found: Row) -> str:
    words, rivals = context.words, found["rivals"]
    if not rivals:
        return words("landscape.none", day=found["as_of"])
    count = words("landscape.count", n=found["rivals_known"], shown=len(rivals), day=found["as_of"])
    named = [
        words("landscape.rival", name=row["name"], stage=words.text(row["stage_name"]), day=row["reached"])
        for row in rivals
    ]
    return words("list.semicolon").join([count, *named])


def _own(context: Context, found: Row) -> str:
    if not found["own"]:
        return context.words("landscape.own_unknown", day=found["as_of"])
    return str(context.words.text(found["own"]["tag_reason"]))


def _age(context: Context, found: Row, older: str, newer: str, day: str = "") -> str:
    """How many days the data are before the day of the programme, or after it."""
    data = found["data"]
    days = int(data["age_days"])
    shown = {"day": day or data["day"], "days": number(abs(days)), "on": found["as_of"]}
    return context.words(older if days >= 0 else newer, **shown)


def _name(file: str) -> str:
    """The file without its folders: a page goes to people who have other ones."""
    return file.replace("\\", "/").rpartition("/")[2] or "–"


def _table_facts(context: Context, found: Row) -> Facts:
    words, data = context.words, found["data"]
    rivals, others = int(found["rivals_known"]), len({row["drug"] for row in found["others"]})
    counts = [("landscape.table_on", rivals), *([("landscape.table_others", others)] if others else [])]
    facts = [
        (words(key), words("landscape.table_count", n=n, day=found["as_of"]) if n else _none(context, found))
        for key, n in counts
    ]
    rests = words("landscape.table_rests", file=_name(found["file"]), rows=number(data["rows"]))
    later = words("landscape.table_later", n=number(found["later"])) if found["later"] else ""
    span = words("landscape.table_span", day=data["day"], newest=data["newest_day"])
    day = data["day"] if data["day"] == data["newest_day"] else span
    age = _age(context, found, "landscape.table_data", "landscape.table_data_new", day)
    return [
        *facts,
        (words("landscape.own"), _own_in_table(context, found)),
        (words("landscape.rests"), words("list.semicolon").join(part for part in (rests, later) if part)),
        (words("landscape.data"), age),
    ]


def _none(context: Context, found: Row) -> str:
    return context.words("landscape.none", day=found["as_of"])


def _own_in_table(context: Context, found: Row) -> str:
    words = context.words
    if not found["own"]:
        return words("landscape.table_own_unknown", day=found["as_of"])
    named = [
        words(
            "landscape.named",
            name=words.text(row["names"]),
            stage=words.text(row["stage_name"]),
            since=words("list.comma").join(_since(context, step) for step in row["steps"]),
            use=words.text(row["indication"]),
        )
        for row in found["own"]
    ]
    return words("list.semicolon").join(named)


def _table(context: Context, found: Row) -> View | None:
    """The table's drugs, first those on the same target, each step with the mark of its source."""
    at = landscape_place(context)
    parts = ("own", "rivals", "others")
    rows = [_table_row(context, row, f"{at}/{part}/{i}") for part in parts for i, row in enumerate(found[part])]
    names = [context.words(f"column.rival{part}") for part in ("", "_company", "_stage", "_since", "_use")]
    return {"title": context.words("landscape.table_title"), "columns": names, "rows": rows} if rows else None


def _table_row(context: Context, row: Row, at: str) -> View:
    words = context.words
    return {
        "name": words.text(row["names"]),
        "targets": words("list.comma").join(row["targets"]),
        "company": words("list.comma").join(part for part in (row["company"], _place(context, row["origin"])) if part),
        "stage": capital(words.text(row["stage_name"])),
        "steps": [
            {
                "since": context.told(_since(context, step), f"{at}/steps/{i}/since"),
                "marks": context.notes.source(step["source"], grade=None, used_for="asset"),
            }
            for i, step in enumerate(row["steps"])
        ],
        "use": words.text(row["indication"]),
    }


def _marks(context: Context, step: Row, drug: str) -> tuple[Mark, ...]:
    return context.notes.source(step["source"], grade=step["source_grade"], used_for=f"competitors.{drug}")


def _place(context: Context, code: str) -> str:
    return context.words.either("jurisdiction", code) if code else ""


def _since(context: Context, step: Row) -> str:
    if not step["market"]:
        return str(step["since"])
    return context.words("landscape.step", market=_place(context, step["market"]), since=step["since"])
